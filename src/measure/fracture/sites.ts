import type { Vec3 } from '../../base/index.ts';
import { add, dot, scale, sub, unit } from '../../math/index.ts';
import { type Bvh, closestPoints } from '../../mesh/index.ts';
import { cosOf, type LaidOut } from './patches.ts';

/** Sphere of the joint surface. */
export interface Joint {
  readonly centreMm: Vec3;
  readonly radiusMm: number;
}

/** A piece of fracture face just below the joint surface, with its partner on the neighbour; all in the reduced pose. */
export interface Site {
  readonly p: Vec3;
  readonly q: Vec3;
  /** Number of the neighbour. */
  readonly neighbour: number;
  readonly face: Vec3;
  readonly areaMm2: number;
  /** From the joint surface, mm. */
  readonly depthMm: number;
  /** Unit normal of the joint surface, out of the bone. */
  readonly normal: Vec3;
  /** Across the fracture in the joint surface, away from the piece; its length tells how steep the face is (1 upright). */
  readonly across: Vec3;
}

/** The strip of fracture face below the joint surface that stands for the fracture line, mm: the subchondral bone. */
export const STRIP_MM = 4;
/** In the reduced pose the faces lie within this of each other, mm; a wider gap there is missing bone. */
const MATCH_MM = 3;
const OPPOSED = -0.5;
/** The way across the fracture is that of the face over this distance, mm: longer than its roughness. */
const SMOOTH_MM = 6;

/**
 * Sites of piece i. Where three pieces meet, the nearest neighbour is the partner.
 * @param surface joint surface as it should be; null: each piece's own
 */
export function sitesOf(pieces: readonly LaidOut[], i: number, { centreMm }: Joint, surface: Bvh | null): Site[] {
  const own = pieces[i];
  const patch = surface ?? own.patch;
  if (!patch) return [];
  const { middles, normals, areasMm2 } = own.faces;
  const near = closestPoints(patch, middles, { limitMm: STRIP_MM });
  const asked = Array.from(areasMm2.keys()).filter((t) => near.distanceMm[t] > 0 && near.triangles[t] >= 0);
  const points = new Float64Array(3 * asked.length);
  asked.forEach((t, s) => {
    points.set(middles.subarray(3 * t, 3 * t + 3), 3 * s);
  });
  const best = new Float64Array(asked.length).fill(Infinity);
  const found: { neighbour: number; q: Vec3 }[] = new Array(asked.length);
  pieces.forEach((other, j) => {
    if (j === i || !(surface ?? other.patch)) return;
    const hit = closestPoints(other.bvh, points, { limitMm: MATCH_MM });
    asked.forEach((t, s) => {
      const h = hit.triangles[s];
      if (h < 0 || hit.distanceMm[s] >= best[s]) return;
      if (cosOf(other.bvh.faceNormals, 3 * h, normals, 3 * t) > OPPOSED) return;
      best[s] = hit.distanceMm[s];
      found[s] = { neighbour: j, q: at(hit.points, s) };
    });
  });
  const bare = asked.flatMap((t, s) =>
    found[s]
      ? [{ ...found[s], p: at(middles, t), face: at(normals, t), areaMm2: areasMm2[t], depthMm: near.distanceMm[t] }]
      : [],
  );
  return bare.map((site) => {
    const normal = unit(sub(centreMm, site.p));
    const smooth = faceAround(bare, site);
    return { ...site, normal, across: sub(smooth, scale(normal, dot(smooth, normal))) };
  });
}

const at = (a: Float64Array, i: number): Vec3 => [a[3 * i], a[3 * i + 1], a[3 * i + 2]];

/** Mean normal of the face towards one neighbour around a site. */
function faceAround(
  sites: readonly Omit<Site, 'normal' | 'across'>[],
  { p, neighbour }: { p: Vec3; neighbour: number },
) {
  let sum: Vec3 = [0, 0, 0];
  for (const s of sites) {
    if (s.neighbour !== neighbour) continue;
    const d = sub(s.p, p);
    if (dot(d, d) < SMOOTH_MM * SMOOTH_MM) sum = add(sum, scale(s.face, s.areaMm2));
  }
  return unit(sum);
}
