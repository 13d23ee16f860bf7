import type { Vec3 } from '../base/index.ts';
import { cross } from '../math/index.ts';
import type { Mesh } from '../mesh/index.ts';

/**
 * A round surface that facets of a mesh stand for: they become one true surface in the file. Heights are along the axis
 * from `centreMm`; `seam` is a direction at right angles to the axis in which corners of the facets lie on one line, as
 * they do half a turn on.
 */
export interface RoundSurface {
  readonly name: string;
  readonly kind: 'cylinder' | 'sphere' | 'cone';
  /** On the axis; the middle of a sphere. */
  readonly centreMm: Vec3;
  readonly axis: Vec3;
  readonly seam: Vec3;
  /** Of a cone: at `centreMm`. */
  readonly radiusMm: number;
  /** Of a cone: how much the radius grows for each mm along the axis. */
  readonly slope?: number;
  readonly fromMm: number;
  readonly toMm: number;
}

/** Facets of a polygon about a circle lie inside it by up to this part of the radius (40 sides and more). */
const SAG = 0.004;
const SLACK_MM = 1e-3;
/** Facets that stand for a surface look the way it does, to within this cosine. */
const ALIKE = 0.97;

/** A region for each triangle: 0 for a facet of its own, else 2·i + 1 or 2·i + 2 for the halves of round surface i. */
export function roundRegions({ positions: p, triangles: t }: Mesh, rounds: readonly RoundSurface[]): Int32Array {
  const region = new Int32Array(t.length / 3);
  const frames = rounds.map((s) => cross(s.axis, s.seam));
  for (let i = 0; i < region.length; i++) {
    const o = [3 * t[3 * i], 3 * t[3 * i + 1], 3 * t[3 * i + 2]];
    for (let k = 0; k < rounds.length && region[i] === 0; k++)
      if (o.every((v) => onRound(rounds[k], p[v], p[v + 1], p[v + 2])) && alike(rounds[k], p, o)) {
        const m = [0, 1, 2].map((c) => (p[o[0] + c] + p[o[1] + c] + p[o[2] + c]) / 3 - rounds[k].centreMm[c]);
        const w = frames[k];
        region[i] = 2 * k + (m[0] * w[0] + m[1] * w[1] + m[2] * w[2] >= 0 ? 1 : 2);
      }
  }
  return region;
}

function onRound(s: RoundSurface, x: number, y: number, z: number): boolean {
  const { h, r } = heightAndRadius(s, x, y, z);
  if (h < s.fromMm - SLACK_MM || h > s.toMm + SLACK_MM) return false;
  const want = radiusAt(s, h);
  const have = s.kind === 'sphere' ? Math.sqrt(r * r + h * h) : r;
  return have < want + SLACK_MM && have > want * (1 - SAG) - SLACK_MM;
}

const radiusAt = (s: RoundSurface, h: number): number => s.radiusMm + (s.kind === 'cone' ? (s.slope ?? 0) * h : 0);

export function heightAndRadius({ centreMm: c, axis: a }: RoundSurface, x: number, y: number, z: number) {
  const [dx, dy, dz] = [x - c[0], y - c[1], z - c[2]];
  const h = dx * a[0] + dy * a[1] + dz * a[2];
  return { h, r: Math.hypot(dx - h * a[0], dy - h * a[1], dz - h * a[2]) };
}

function alike(s: RoundSurface, p: Float64Array, [a, b, c]: readonly number[]): boolean {
  const u: Vec3 = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
  const v: Vec3 = [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]];
  const n = cross(u, v);
  const length = Math.hypot(n[0], n[1], n[2]);
  if (length === 0) return true;
  const m = [0, 1, 2].map((k) => (p[a + k] + p[b + k] + p[c + k]) / 3) as unknown as Vec3;
  const w = roundNormal(s, m);
  return Math.abs(n[0] * w[0] + n[1] * w[1] + n[2] * w[2]) > ALIKE * length;
}

/** Unit normal of the surface away from its axis or middle, at the height and angle of a point near it. */
export function roundNormal(s: RoundSurface, [x, y, z]: Vec3): Vec3 {
  const { centreMm: c, axis: a } = s;
  const d = [x - c[0], y - c[1], z - c[2]];
  const h = d[0] * a[0] + d[1] * a[1] + d[2] * a[2];
  const keep = s.kind === 'sphere' ? 1 : 0;
  const lean = s.kind === 'cone' ? (s.slope ?? 0) : 0;
  const out = [0, 1, 2].map((k) => d[k] - (1 - keep) * h * a[k]);
  const r = Math.hypot(out[0], out[1], out[2]) || 1;
  const k = 1 / Math.sqrt(1 + lean * lean);
  return [0, 1, 2].map((i) => k * (out[i] / r - lean * a[i])) as unknown as Vec3;
}

/** A point next to the surface, moved onto it away from the axis or middle. */
export function ontoRound(s: RoundSurface, [x, y, z]: Vec3): Vec3 {
  const { centreMm: c, axis: a } = s;
  const { h, r } = heightAndRadius(s, x, y, z);
  const d: Vec3 = [x - c[0], y - c[1], z - c[2]];
  if (s.kind === 'sphere') {
    const k = s.radiusMm / Math.sqrt(r * r + h * h);
    return [c[0] + k * d[0], c[1] + k * d[1], c[2] + k * d[2]];
  }
  const k = radiusAt(s, h) / r;
  return [0, 1, 2].map((i) => c[i] + h * a[i] + k * (d[i] - h * a[i])) as unknown as Vec3;
}
