import { type Outlines, outlinesOf } from './outlines.ts';

/**
 * Fewer points: none that is left out lies farther than the tolerance from the outline that stays. Coordinates are rounded
 * to a tenth of a micrometre, so that they are short in a file and equal when read back. Loops that vanish are left out.
 * @source Douglas and Peucker 1973; each loop is cut at its first point and the one farthest from it
 */
export function simplifyOutlines({ points: p, start }: Outlines, toleranceMm: number): Outlines {
  const loops: number[][] = [];
  for (let loop = 0; loop + 1 < start.length; loop++) {
    const kept = simplifyLoop(p, start[loop], start[loop + 1], toleranceMm * toleranceMm);
    const out: number[] = [];
    for (const i of kept) {
      const x = round(p[2 * i]);
      const y = round(p[2 * i + 1]);
      if (out.length === 0 || x !== out[out.length - 2] || y !== out[out.length - 1]) out.push(x, y);
    }
    if (out.length >= 4 && out[0] === out[out.length - 2] && out[1] === out[out.length - 1]) out.length -= 2;
    if (out.length >= 6) loops.push(out);
  }
  return outlinesOf(loops);
}

const round = (x: number): number => Math.round(x * 1e4) / 1e4 || 0;

function simplifyLoop(p: Float64Array, from: number, to: number, limit: number): number[] {
  let far = from;
  let most = 0;
  for (let i = from; i < to; i++) {
    const dx = p[2 * i] - p[2 * from];
    const dy = p[2 * i + 1] - p[2 * from + 1];
    if (dx * dx + dy * dy > most) {
      most = dx * dx + dy * dy;
      far = i;
    }
  }
  const keep = new Uint8Array(to - from + 1);
  keep[0] = 1;
  keep[far - from] = 1;
  const n = to - from;
  const stack = [0, far - from, far - from, n];
  while (stack.length > 0) {
    const b = stack.pop()!;
    const a = stack.pop()!;
    let worst = limit;
    let at = -1;
    const ax = p[2 * (from + a)];
    const ay = p[2 * (from + a) + 1];
    const bi = from + (b === n ? 0 : b);
    const ux = p[2 * bi] - ax;
    const uy = p[2 * bi + 1] - ay;
    const uu = ux * ux + uy * uy;
    for (let i = a + 1; i < b; i++) {
      const x = p[2 * (from + i)] - ax;
      const y = p[2 * (from + i) + 1] - ay;
      const s = uu > 0 ? Math.min(1, Math.max(0, (x * ux + y * uy) / uu)) : 0;
      const dx = x - s * ux;
      const dy = y - s * uy;
      if (dx * dx + dy * dy > worst) {
        worst = dx * dx + dy * dy;
        at = i;
      }
    }
    if (at < 0) continue;
    keep[at] = 1;
    stack.push(a, at, at, b);
  }
  const out: number[] = [];
  for (let i = 0; i < n; i++) if (keep[i]) out.push(from + i);
  return out;
}
