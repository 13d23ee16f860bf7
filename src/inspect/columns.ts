/** What a column of a cohort's table is, read from its name. */
export type Column =
  | { readonly kind: 'pair'; readonly name: string; readonly when: 'before' | 'after'; readonly unit: string }
  | { readonly kind: 'score'; readonly scale: string; readonly visit: string }
  | { readonly kind: 'plain'; readonly name: string; readonly unit: string };

const UNITS: Readonly<Record<string, string>> = {
  mm: 'mm',
  mm2: 'mm²',
  mm3: 'mm³',
  deg: '°',
  percent: '%',
  years: 'years',
  days: 'days',
  minutes: 'min',
  h: 'h',
};
const WHEN: Readonly<Record<string, 'before' | 'after'>> = {
  before: 'before',
  preop: 'before',
  preoperative: 'before',
  after: 'after',
  postop: 'after',
  postoperative: 'after',
};

/**
 * `gapBeforeMm`, `gap before (mm)` and `gap_preop_mm` are the same column. `before` or `after` makes one half of a pair;
 * `smfa`, then the scale, then the visit (from the first word that is `preinjury`, `baseline` or starts with a digit)
 * makes a score; the rest are plain.
 */
export function columnOf(header: string): Column {
  const words = wordsOf(header);
  if (words[0] === 'smfa' && words.length > 2) {
    const at = words.findIndex((w, i) => i > 1 && (/^\d/.test(w) || w === 'preinjury' || w === 'baseline'));
    if (at > 1) return { kind: 'score', scale: words.slice(1, at).join(' '), visit: words.slice(at).join(' ') };
  }
  const unit = words.length > 1 ? (UNITS[words[words.length - 1]] ?? '') : '';
  const named = unit ? words.slice(0, -1) : words;
  const when = named.map((w) => WHEN[w]).find((w) => w !== undefined);
  if (when && named.length > 1) return { kind: 'pair', name: named.filter((w) => !WHEN[w]).join(' '), when, unit };
  return { kind: 'plain', name: named.join(' '), unit };
}

const wordsOf = (header: string): string[] =>
  header
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([a-zA-Z])(\d)/g, (all, a: string, d: string, at: number, whole: string) =>
      /mm$/i.test(whole.slice(0, at + 1)) ? all : `${a} ${d}`,
    )
    .replace(/(\d)([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
