import type { Facts, Finding, Verdict } from '../../base/index.ts';

/** What a report says, apart from how it looks; HTML and PDF are both made from this. Plain data. */
export interface Report {
  readonly title: string;
  readonly subtitle: string;
  readonly verdict: Verdict;
  /** Printed on every page. */
  readonly footer: string;
  readonly sections: readonly Section[];
}
export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [label: string, value: string])[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
      /** Columns from this one on hold numbers and are set flush right. */
      readonly numbersFrom: number;
      /** The column that takes all the width that is left; else all columns of text share it. */
      readonly wide?: number;
    }
  | { readonly kind: 'findings'; readonly findings: readonly Finding[] }
  | { readonly kind: 'figures'; readonly figures: readonly Figure[]; readonly columns: 1 | 2 | 3 };

export interface Figure {
  readonly png: Uint8Array;
  readonly caption: string;
}

/** A block of pictures, or none where there are none. */
export const pictures = (figures: readonly Figure[], columns: 1 | 2 | 3 = 1): Block[] =>
  figures.length ? [{ kind: 'figures', figures, columns }] : [];

/** The sentence that must not be missing. */
export const RESEARCH_SENTENCE =
  'Osteon is research software. It is not a medical device, it has not been approved by any authority, and nothing made with it may be used on a person on its word alone.';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648. */
export function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let start = 0; start < bytes.length; start += 6144) {
    let part = '';
    const end = Math.min(bytes.length, start + 6144);
    for (let i = start; i < end; i += 3) {
      const n = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
      part += ALPHABET[n >> 18] + ALPHABET[(n >> 12) & 63];
      part += i + 1 < end ? ALPHABET[(n >> 6) & 63] : '=';
      part += i + 2 < end ? ALPHABET[n & 63] : '=';
    }
    parts.push(part);
  }
  return parts.join('');
}

export const pngUri = (png: Uint8Array): string => `data:image/png;base64,${base64(png)}`;

/** Numbers as people read them: fixed decimals, a true minus sign, a dash where there is none. */
export function fixed(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? (0).toFixed(decimals) : text.replace('-', '−');
}

/** The numbers behind a finding, in one line: `minGapMm −0.27, contactMm2 491`. */
export function factsText(facts: Facts = {}): string {
  const shown = (value: Facts[string]): string =>
    typeof value === 'number' && !Number.isInteger(value) ? fixed(value, decimalsOf(value)) : String(value);
  return Object.entries(facts)
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join(', ');
}

/** About three digits. */
const decimalsOf = (value: number): number =>
  Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
