import { type Mesh, triangleAreaMm2 } from './mesh.ts';

/** Shapes of the triangles. */
export interface Quality {
  /** Triangles by smallest angle: 0-10°, 10-20° … 50-60°. */
  readonly minAngleHistogram: Uint32Array;
  /** Triangles by longest edge over twice the inscribed radius, scaled so that 1 is equilateral: limits in ASPECT_LIMITS. */
  readonly aspectHistogram: Uint32Array;
  readonly minAngleDeg: number;
  readonly meanMinAngleDeg: number;
  readonly maxAspect: number;
  readonly worstTriangle: number;
  /** Triangles without area to working precision. */
  readonly degenerate: number;
  readonly minEdgeMm: number;
  readonly meanEdgeMm: number;
  readonly maxEdgeMm: number;
}

/** Upper limits of the aspect bins; the last bin is open. */
export const ASPECT_LIMITS = [1.2, 1.5, 2, 3, 5, 10, 100] as const;

/** @cost O(triangles) */
export function measureQuality(mesh: Mesh): Quality {
  const { positions: p, triangles: t } = mesh;
  const minAngleHistogram = new Uint32Array(6);
  const aspectHistogram = new Uint32Array(ASPECT_LIMITS.length + 1);
  let worst = Number.POSITIVE_INFINITY;
  let worstTriangle = 0;
  let angles = 0;
  let maxAspect = 0;
  let degenerate = 0;
  let edges = 0;
  let minEdgeMm = Number.POSITIVE_INFINITY;
  let maxEdgeMm = 0;
  for (let i = 0; i < t.length; i += 3) {
    const a = length(p, t[i + 1], t[i + 2]);
    const b = length(p, t[i + 2], t[i]);
    const c = length(p, t[i], t[i + 1]);
    const long = Math.max(a, b, c);
    const short = Math.min(a, b, c);
    edges += a + b + c;
    if (short < minEdgeMm) minEdgeMm = short;
    if (long > maxEdgeMm) maxEdgeMm = long;
    const twice = 2 * triangleAreaMm2(mesh, i / 3);
    if (twice <= 1e-12 * long * long) degenerate++;
    // The smallest angle lies opposite the shortest edge: sin = 2·area / product of the other two.
    const middle = a + b + c - long - short;
    const angle = long > 0 ? (Math.asin(Math.min(1, twice / (long * middle || 1))) * 180) / Math.PI : 0;
    const aspect = twice > 0 ? (long * (a + b + c)) / (2 * Math.sqrt(3) * twice) : Number.POSITIVE_INFINITY;
    angles += angle;
    minAngleHistogram[Math.min(5, Math.floor(angle / 10))]++;
    const bin = ASPECT_LIMITS.findIndex((limit) => aspect <= limit);
    aspectHistogram[bin < 0 ? ASPECT_LIMITS.length : bin]++;
    if (aspect > maxAspect) maxAspect = aspect;
    if (angle < worst) {
      worst = angle;
      worstTriangle = i / 3;
    }
  }
  return {
    minAngleHistogram,
    aspectHistogram,
    minAngleDeg: worst,
    meanMinAngleDeg: (3 * angles) / t.length,
    maxAspect,
    worstTriangle,
    degenerate,
    minEdgeMm,
    meanEdgeMm: edges / t.length,
    maxEdgeMm,
  };
}

function length(p: Float64Array, a: number, b: number): number {
  const x = p[3 * b] - p[3 * a];
  const y = p[3 * b + 1] - p[3 * a + 1];
  const z = p[3 * b + 2] - p[3 * a + 2];
  return Math.sqrt(x * x + y * y + z * z);
}
