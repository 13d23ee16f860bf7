import type { LpsTransform, Vec3 } from '../../base/index.ts';
import { type Mesh, triangleAreasMm2 } from '../../mesh/index.ts';
import type { Joint } from './patches.ts';

/** Room for cartilage between a piece's part of the socket and the head. */
export interface HeadSpace {
  readonly piece: string;
  /** From the joint surface to the sphere of the head, by area: median, and below which a twentieth of it lies, mm. */
  readonly medianMm: number;
  readonly leastMm: number;
  readonly areaMm2: number;
}

/**
 * Joint space between each piece of a socket and the head where it belongs.
 * @param patches joint surface of each piece; a piece that has none is left out
 * @param head sphere of the bony head, LPS mm
 * @accuracy 0.005 mm at the triangles' middles; a head that is not round is off by as much
 */
export const headSpaces = (
  names: readonly string[],
  patches: readonly (Mesh | null)[],
  moved: readonly LpsTransform[],
  { centreMm, radiusMm }: Joint,
): HeadSpace[] =>
  patches.flatMap((patch, i) => {
    if (!patch) return [];
    const areas = triangleAreasMm2(patch);
    const below = quantiles(middleDistances(patch, moved[i], centreMm), areas);
    const areaMm2 = areas.reduce((s, a) => s + a, 0);
    return [{ piece: names[i], medianMm: below(0.5) - radiusMm, leastMm: below(0.05) - radiusMm, areaMm2 }];
  });

/** Width of the steps in which quantiles are counted, mm. */
const STEP_MM = 0.01;

/** Quantiles by area without sorting: a socket has 50 000 triangles and a hand asks ten times a second. */
function quantiles(values: Float64Array, areas: Float64Array): (share: number) => number {
  const lo = values.reduce((m, v) => Math.min(m, v), Infinity);
  const hi = values.reduce((m, v) => Math.max(m, v), -Infinity);
  const held = new Float64Array(Math.floor((hi - lo) / STEP_MM) + 1);
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    held[Math.floor((values[i] - lo) / STEP_MM)] += areas[i];
    total += areas[i];
  }
  return (share) => {
    let run = 0;
    const at = held.findIndex((area) => {
      run += area;
      return run >= share * total;
    });
    return lo + (at + 0.5) * STEP_MM;
  };
}

function middleDistances({ positions: p, triangles: t }: Mesh, { m }: LpsTransform, c: Vec3): Float64Array {
  const out = new Float64Array(t.length / 3);
  for (let i = 0; i < out.length; i++) {
    const [a, b, d] = [3 * t[3 * i], 3 * t[3 * i + 1], 3 * t[3 * i + 2]];
    const x = (p[a] + p[b] + p[d]) / 3;
    const y = (p[a + 1] + p[b + 1] + p[d + 1]) / 3;
    const z = (p[a + 2] + p[b + 2] + p[d + 2]) / 3;
    const u = m[0] * x + m[1] * y + m[2] * z + m[3] - c[0];
    const v = m[4] * x + m[5] * y + m[6] * z + m[7] - c[1];
    const w = m[8] * x + m[9] * y + m[10] * z + m[11] - c[2];
    out[i] = Math.sqrt(u * u + v * v + w * w);
  }
  return out;
}
