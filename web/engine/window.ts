/** Grey values shown from black to white, HU. */
export interface GreyWindow {
  readonly low: number;
  readonly high: number;
}
export interface WindowPreset extends GreyWindow {
  readonly name: string;
  readonly label: string;
  /** Key that calls it. */
  readonly key: string;
}

const wide = (name: string, label: string, key: string, level: number, width: number): WindowPreset => ({
  name,
  label,
  key,
  low: level - width / 2,
  high: level + width / 2,
});

/** Level and width as reading rooms use them. */
export const WINDOW_PRESETS: readonly WindowPreset[] = [
  wide('bone', 'Bone', '1', 500, 2000),
  wide('soft-tissue', 'Soft tissue', '2', 40, 400),
  wide('bone-fine', 'Bone, fine', '3', 300, 1000),
  wide('lung', 'Lung', '4', -600, 1500),
  wide('metal', 'Metal', '5', 2000, 6000),
];

/** A drag: right widens, up darkens, as on every reading station. */
export function draggedWindow({ low, high }: GreyWindow, dx: number, dy: number): GreyWindow {
  const width = Math.max(1, high - low + dx * 4);
  const level = (low + high) / 2 + dy * 4;
  return { low: level - width / 2, high: level + width / 2 };
}

export const windowText = ({ low, high }: GreyWindow): string =>
  `WL ${Math.round((low + high) / 2)}  WW ${Math.round(high - low)}`;
