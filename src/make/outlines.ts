/**
 * Closed outlines in a plane, mm: outer ones counter-clockwise, holes clockwise, so that the solid is always on the left.
 */
export interface Outlines {
  /** x and y of every point, loop after loop; a loop does not repeat its first point. */
  readonly points: Float64Array;
  /** Loop i holds the points `start[i]` to `start[i + 1] − 1`. */
  readonly start: Uint32Array;
}

export const NO_OUTLINES: Outlines = { points: new Float64Array(0), start: new Uint32Array(1) };

export const loopCount = ({ start }: Outlines): number => start.length - 1;

/** Signed area of one loop, mm²: positive for an outer outline, negative for a hole. */
export function loopAreaMm2({ points: p, start }: Outlines, loop: number): number {
  const from = 2 * start[loop];
  const to = 2 * start[loop + 1];
  const ox = p[from];
  const oy = p[from + 1];
  let twice = 0;
  for (let i = from + 2; i < to - 2; i += 2) twice += (p[i] - ox) * (p[i + 3] - oy) - (p[i + 1] - oy) * (p[i + 2] - ox);
  return twice / 2;
}

/** Area of the solid, mm²: holes taken off. Parts that overlap count twice. */
export function outlinesAreaMm2(outlines: Outlines): number {
  let sum = 0;
  for (let i = 0; i < loopCount(outlines); i++) sum += loopAreaMm2(outlines, i);
  return sum;
}

/** Length of all outlines, mm. */
export function outlinesLengthMm({ points: p, start }: Outlines): number {
  let sum = 0;
  for (let loop = 0; loop + 1 < start.length; loop++) {
    const to = 2 * start[loop + 1];
    let j = to - 2;
    for (let i = 2 * start[loop]; i < to; i += 2) {
      const dx = p[i] - p[j];
      const dy = p[i + 1] - p[j + 1];
      sum += Math.sqrt(dx * dx + dy * dy);
      j = i;
    }
  }
  return sum;
}

/** How often the outlines run around a point, counter-clockwise positive: above zero inside the solid. */
export function windingAt({ points: p, start }: Outlines, x: number, y: number): number {
  let winding = 0;
  for (let loop = 0; loop + 1 < start.length; loop++) {
    const to = 2 * start[loop + 1];
    let j = to - 2;
    for (let i = 2 * start[loop]; i < to; i += 2) {
      const up = p[j + 1] <= y;
      if (up !== p[i + 1] <= y) {
        const side = (p[i] - p[j]) * (y - p[j + 1]) - (x - p[j]) * (p[i + 1] - p[j + 1]);
        if (up ? side > 0 : side < 0) winding += up ? 1 : -1;
      }
      j = i;
    }
  }
  return winding;
}

/** Loops given as lists of x, y, … as one value. */
export function outlinesOf(loops: readonly ArrayLike<number>[]): Outlines {
  const start = new Uint32Array(loops.length + 1);
  loops.forEach((loop, i) => {
    start[i + 1] = start[i] + loop.length / 2;
  });
  const points = new Float64Array(2 * start[loops.length]);
  loops.forEach((loop, i) => {
    points.set(loop, 2 * start[i]);
  });
  return { points, start };
}

/** Several sets of outlines, one after the other; nothing is merged. */
export function joinOutlines(parts: readonly Outlines[]): Outlines {
  const points = new Float64Array(parts.reduce((n, o) => n + o.points.length, 0));
  const start = new Uint32Array(parts.reduce((n, o) => n + loopCount(o), 0) + 1);
  let at = 0;
  let loop = 0;
  for (const o of parts) {
    for (let i = 0; i < loopCount(o); i++) start[loop++] = at + o.start[i];
    points.set(o.points, 2 * at);
    at += o.points.length / 2;
  }
  start[loop] = at;
  return { points, start };
}

/** Box of all points as [x0, y0, x1, y1], mm; of nothing, an inverted one. */
export function outlinesBox({ points: p }: Outlines): readonly [x0: number, y0: number, x1: number, y1: number] {
  let x0 = Number.POSITIVE_INFINITY;
  let y0 = Number.POSITIVE_INFINITY;
  let x1 = Number.NEGATIVE_INFINITY;
  let y1 = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < p.length; i += 2) {
    if (p[i] < x0) x0 = p[i];
    if (p[i] > x1) x1 = p[i];
    if (p[i + 1] < y0) y0 = p[i + 1];
    if (p[i + 1] > y1) y1 = p[i + 1];
  }
  return [x0, y0, x1, y1];
}
