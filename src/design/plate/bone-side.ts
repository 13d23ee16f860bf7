import { type Bvh, buildBvh, closestPoints, type Mesh, meshIntersections, signedDistance } from '../../mesh/index.ts';
import { coarseDistance, createHeight, type Ground, heightAt } from './ground.ts';
import type { BoneSide } from './types.ts';

/** A hollow that is bridged by more than this is counted, mm. */
const BRIDGED_MM = 0.1;
/** Triangles of the bone side look at the bone within this angle (cosine) and are not farther up than this, mm. */
const FACING = 0.9;
const LOW_MM = 0.5;

/**
 * The side of a plate that lies on the bone, and how well it does: distances of the middles of its triangles and of its
 * vertices, weighted by area, to the stand-off surface and to the bone.
 * @cost two nearest-point queries for each triangle and vertex near the bone
 */
export function boneSideOf(body: Mesh, ground: Ground, standOffMm: number): BoneSide {
  const { positions: p, triangles: t } = body;
  const h = createHeight();
  const picked: number[] = [];
  const middles: number[] = [];
  const areas: number[] = [];
  const heights: number[] = [];
  for (let i = 0; i < t.length; i += 3) {
    const [a, b, c] = [3 * t[i], 3 * t[i + 1], 3 * t[i + 2]];
    const m = [0, 1, 2].map((k) => (p[a + k] + p[b + k] + p[c + k]) / 3);
    const d = coarseDistance(ground, m[0], m[1], m[2]);
    if (d > ground.radiusMm) continue;
    heightAt(ground, m[0], m[1], m[2], h, true);
    if (h.mm > standOffMm + LOW_MM) continue;
    const ux = p[b] - p[a];
    const uy = p[b + 1] - p[a + 1];
    const uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a];
    const vy = p[c + 1] - p[a + 1];
    const vz = p[c + 2] - p[a + 2];
    const n = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    const twice = Math.hypot(n[0], n[1], n[2]);
    if (n[0] * h.gx + n[1] * h.gy + n[2] * h.gz > -FACING * twice) continue;
    picked.push(i / 3);
    middles.push(m[0], m[1], m[2]);
    areas.push(twice / 2);
    heights.push(h.mm - standOffMm);
  }
  const gaps = closestPoints(ground.bone, Float64Array.from(middles)).distanceMm;
  const area = areas.reduce((s, x) => s + x, 0);
  let square = 0;
  let maxMm = 0;
  let gap = 0;
  let bridged = 0;
  let deepest = 0;
  for (let i = 0; i < areas.length; i++) {
    square += areas[i] * heights[i] * heights[i];
    maxMm = Math.max(maxMm, Math.abs(heights[i]));
    gap += areas[i] * gaps[i];
    const over = gaps[i] - standOffMm - heights[i];
    if (over > BRIDGED_MM) bridged += areas[i];
    deepest = Math.max(deepest, over);
  }
  return {
    triangles: Uint32Array.from(picked),
    areaMm2: area,
    rmsMm: Math.sqrt(square / area),
    maxMm,
    leastGapMm: gaps.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    meanGapMm: gap / area,
    bridgedFraction: bridged / area,
    bridgedDepthMm: Math.max(0, deepest),
  };
}

/**
 * Whether two solids overlap, answered exactly: pairs of triangles that meet, and, where there are none, whether one lies
 * in the other.
 * @accuracy exact for the coordinates: with no pair and neither inside the other, the volume of overlap is zero
 */
export function overlapOf(body: Mesh, bone: Bvh): { pairs: number; inside: boolean } {
  const tree = buildBvh(body);
  const pairs = meshIntersections(tree, bone).length / 2;
  if (pairs > 0) return { pairs, inside: false };
  const [x, y, z] = body.positions;
  const q = bone.mesh.positions;
  const inside = signedDistance(bone, x, y, z) < 0 || signedDistance(tree, q[0], q[1], q[2]) < 0;
  return { pairs, inside };
}
