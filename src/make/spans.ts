import type { Outlines } from './outlines.ts';

/** Parallel scan lines over the plate: turned by an angle, line j at (j + ½) · spacing. */
export interface ScanLines {
  /** Direction of the lines, x and y of a unit vector. */
  readonly ux: number;
  readonly uy: number;
  readonly spacingMm: number;
}

export const scanLines = (angleRad: number, spacingMm: number): ScanLines => ({
  ux: Math.cos(angleRad),
  uy: Math.sin(angleRad),
  spacingMm,
});

/** Pieces of scan lines: where a solid is. */
export interface Spans {
  /** Number of the first line. */
  readonly first: number;
  /** Spans of line `first + i` are those from `lineStart[i]` to `lineStart[i + 1] − 1`. */
  readonly lineStart: Uint32Array;
  /** Beginning and end of every span along its line, mm, ascending. */
  readonly ends: Float64Array;
}

export const NO_SPANS: Spans = { first: 0, lineStart: new Uint32Array(1), ends: new Float64Array(0) };

/** Length of all spans, mm. */
export function spansLengthMm({ ends }: Spans): number {
  let sum = 0;
  for (let i = 0; i < ends.length; i += 2) sum += ends[i + 1] - ends[i];
  return sum;
}

/**
 * Where scan lines run inside a solid: where outlines wind around a point more often counter-clockwise than clockwise.
 * @cost O(points + crossings · log): 1 ms for 1000 points and 500 lines
 * @accuracy exact for the outlines up to rounding
 */
export function spansOf({ points: p, start }: Outlines, { ux, uy, spacingMm }: ScanLines): Spans {
  if (p.length === 0) return NO_SPANS;
  // Across the lines, in units of their spacing, so that line j is at j.
  const across = (i: number) => (ux * p[i + 1] - uy * p[i]) / spacingMm - 0.5;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < p.length; i += 2) {
    const v = across(i);
    if (v < low) low = v;
    if (v > high) high = v;
  }
  const first = Math.ceil(low);
  const lines = Math.floor(high) - first + 1;
  if (lines <= 0) return NO_SPANS;

  // An edge crosses line j where j is at or above its lower end and below its upper one.
  const count = new Uint32Array(lines + 1);
  for (let loop = 0; loop + 1 < start.length; loop++) {
    const to = 2 * start[loop + 1];
    let a = across(to - 2);
    for (let i = 2 * start[loop]; i < to; i += 2) {
      const b = across(i);
      const end = Math.ceil(Math.max(a, b));
      for (let j = Math.ceil(Math.min(a, b)); j < end; j++) count[j - first + 1]++;
      a = b;
    }
  }
  for (let j = 0; j < lines; j++) count[j + 1] += count[j];
  const fill = count.slice(0, lines);
  const at = new Float64Array(count[lines]);
  const turn = new Int8Array(count[lines]);
  for (let loop = 0; loop + 1 < start.length; loop++) {
    const to = 2 * start[loop + 1];
    let k = to - 2;
    let a = across(k);
    let along = ux * p[k] + uy * p[k + 1];
    for (let i = 2 * start[loop]; i < to; i += 2) {
      const b = across(i);
      const next = ux * p[i] + uy * p[i + 1];
      const end = Math.ceil(Math.max(a, b));
      for (let j = Math.ceil(Math.min(a, b)); j < end; j++) {
        const slot = fill[j - first]++;
        at[slot] = along + ((j - a) / (b - a)) * (next - along);
        turn[slot] = b < a ? 1 : -1;
      }
      a = b;
      along = next;
      k = i;
    }
  }
  return joined(first, lines, count, at, turn);
}

/** Sorts the crossings of each line and keeps the pieces with a positive winding. */
function joined(first: number, lines: number, count: Uint32Array, at: Float64Array, turn: Int8Array): Spans {
  const lineStart = new Uint32Array(lines + 1);
  const ends = new Float64Array(at.length);
  let used = 0;
  for (let j = 0; j < lines; j++) {
    const from = count[j];
    const to = count[j + 1];
    for (let i = from + 1; i < to; i++) {
      const x = at[i];
      const s = turn[i];
      let k = i - 1;
      while (k >= from && at[k] > x) {
        at[k + 1] = at[k];
        turn[k + 1] = turn[k];
        k--;
      }
      at[k + 1] = x;
      turn[k + 1] = s;
    }
    let winding = 0;
    let begin = 0;
    for (let i = from; i < to; i++) {
      const before = winding;
      winding += turn[i];
      if (before <= 0 && winding > 0) begin = at[i];
      else if (before > 0 && winding <= 0 && at[i] > begin) {
        ends[used++] = begin;
        ends[used++] = at[i];
      }
    }
    lineStart[j + 1] = used / 2;
  }
  return { first, lineStart, ends: ends.slice(0, used) };
}

/** Where both are. @requires spans of the same scan lines */
export const commonSpans = (a: Spans, b: Spans): Spans => combine(a, b, false);

/** Where the first is and the second is not. @requires spans of the same scan lines */
export const spansWithout = (a: Spans, b: Spans): Spans => combine(a, b, true);

function combine(a: Spans, b: Spans, without: boolean): Spans {
  const lines = a.lineStart.length - 1;
  const lineStart = new Uint32Array(lines + 1);
  const ends = new Float64Array(2 * a.ends.length + b.ends.length);
  let used = 0;
  for (let j = 0; j < lines; j++) {
    const other = a.first + j - b.first;
    const known = other >= 0 && other + 1 < b.lineStart.length;
    let k = known ? b.lineStart[other] : 0;
    const stop = known ? b.lineStart[other + 1] : 0;
    for (let i = a.lineStart[j]; i < a.lineStart[j + 1]; i++) {
      let from = a.ends[2 * i];
      const to = a.ends[2 * i + 1];
      while (k < stop && b.ends[2 * k + 1] <= from) k++;
      // The last span looked at may reach into the next one of `a`: it is looked at again.
      let m = k;
      for (; m < stop && b.ends[2 * m] < to; m++) {
        const lo = Math.max(from, b.ends[2 * m]);
        const hi = Math.min(to, b.ends[2 * m + 1]);
        if (without) {
          if (lo > from) {
            ends[used++] = from;
            ends[used++] = lo;
          }
          from = hi;
        } else if (hi > lo) {
          ends[used++] = lo;
          ends[used++] = hi;
        }
      }
      if (without && from < to) {
        ends[used++] = from;
        ends[used++] = to;
      }
    }
    lineStart[j + 1] = used / 2;
  }
  return { first: a.first, lineStart, ends: ends.slice(0, used) };
}

/** Only the spans of at least this length. */
export function longSpans({ first, lineStart, ends }: Spans, leastMm: number): Spans {
  const kept = new Float64Array(ends.length);
  const start = new Uint32Array(lineStart.length);
  let used = 0;
  for (let j = 0; j + 1 < lineStart.length; j++) {
    for (let i = 2 * lineStart[j]; i < 2 * lineStart[j + 1]; i += 2)
      if (ends[i + 1] - ends[i] >= leastMm) {
        kept[used++] = ends[i];
        kept[used++] = ends[i + 1];
      }
    start[j + 1] = used / 2;
  }
  return { first, lineStart: start, ends: kept.slice(0, used) };
}

export interface StripeOptions {
  /** Width of a stripe, mm; 0 for none. */
  readonly stripeMm: number;
  /** How far the vectors of two stripes overlap, mm. */
  readonly overlapMm: number;
}

/**
 * Vectors to scan: spans cut at stripes, stripe after stripe, line after line, there and back.
 * @returns x and y of the beginning and of the end of every vector, plate mm
 */
export function hatchVectors(spans: Spans, { ux, uy, spacingMm }: ScanLines, o: StripeOptions): Float64Array {
  const { first, lineStart, ends } = spans;
  if (ends.length === 0) return new Float64Array(0);
  const width = o.stripeMm > 0 ? o.stripeMm : Number.POSITIVE_INFINITY;
  const stripeOf = (x: number) => (width === Number.POSITIVE_INFINITY ? 0 : Math.floor(x / width));
  const lastOf = (x: number) => (width === Number.POSITIVE_INFINITY ? 0 : Math.ceil(x / width) - 1);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < ends.length; i += 2) {
    low = Math.min(low, stripeOf(ends[i]));
    high = Math.max(high, lastOf(ends[i + 1]));
  }
  const count = new Uint32Array(high - low + 2);
  for (let i = 0; i < ends.length; i += 2)
    for (let s = stripeOf(ends[i]); s <= lastOf(ends[i + 1]); s++) count[s - low + 1]++;
  for (let s = 0; s <= high - low; s++) count[s + 1] += count[s];
  const out = new Float64Array(4 * count[high - low + 1]);
  const fill = count.slice(0, high - low + 1);
  for (let j = 0; j + 1 < lineStart.length; j++) {
    const v = (first + j + 0.5) * spacingMm;
    const back = ((first + j) & 1) === 1;
    for (let i = 2 * lineStart[j]; i < 2 * lineStart[j + 1]; i += 2) {
      const last = lastOf(ends[i + 1]);
      for (let s = stripeOf(ends[i]); s <= last; s++) {
        const from = s * width > ends[i] ? Math.max(ends[i], s * width - o.overlapMm / 2) : ends[i];
        const to =
          (s + 1) * width < ends[i + 1] ? Math.min(ends[i + 1], (s + 1) * width + o.overlapMm / 2) : ends[i + 1];
        const slot = 4 * fill[s - low]++;
        const a = back ? to : from;
        const b = back ? from : to;
        out[slot] = ux * a - uy * v;
        out[slot + 1] = uy * a + ux * v;
        out[slot + 2] = ux * b - uy * v;
        out[slot + 3] = uy * b + ux * v;
      }
    }
  }
  return out;
}
