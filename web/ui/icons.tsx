const PATHS = {
  scan: 'M4 7V4h3M17 4h3v3M20 17v3h-3M7 20H4v-3M4 12h16',
  look: 'M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 100 6 3 3 0 000-6z',
  correct: 'M14 4l6 6L9 21H3v-6zM12 6l6 6',
  plan: 'M12 3v18M3 12h18M12 3l-3 3M12 3l3 3M12 21l-3-3M12 21l3-3M3 12l3-3M3 12l3 3M21 12l-3-3M21 12l-3 3',
  judge: 'M4 20V10M10 20V4M16 20v-7M22 20H2',
  review: 'M4 5h16v11H9l-5 4zM8 9h8M8 12h5',
  undo: 'M9 7L4 12l5 5M4 12h10a6 6 0 010 12h-1',
  redo: 'M15 7l5 5-5 5M20 12H10a6 6 0 000 12h1',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  eye: 'M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 100 6 3 3 0 000-6z',
  hidden:
    'M3 3l18 18M6 6.5C3.5 8.500 2 12 2 12s4 7 10 7c1.600 0 3-.4 4.300-1M10 5.200A9 9 0 0112 5c6 0 10 7 10 7a17 17 0 01-2.500 3.300',
  sun: 'M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.500 1.500M17.500 17.500L19 19M5 19l1.500-1.500M17.500 6.500L19 5',
  moon: 'M20 14A8 8 0 0110 4a8 8 0 1010 10z',
  back: 'M15 5l-7 7 7 7',
  help: 'M12 3a9 9 0 100 18 9 9 0 000-18zM9.500 9.500a2.500 2.500 0 115 0c0 2-2.500 2-2.500 4M12 17v.5',
  run: 'M7 4l13 8-13 8z',
  stop: 'M6 6h12v12H6z',
  close: 'M5 5l14 14M19 5L5 19',
  full: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  pin: 'M12 21s-6-6-6-11a6 6 0 1112 0c0 5-6 11-6 11zM12 8a2 2 0 100 4 2 2 0 000-4z',
  trash: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13',
} as const;
export type IconName = keyof typeof PATHS;

export const Icon = ({ name, size = 16 }: { name: IconName; size?: number }) => (
  <svg
    width={size}
    height={size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.7"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d={PATHS[name]} />
  </svg>
);
