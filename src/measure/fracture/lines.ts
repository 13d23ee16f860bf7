import type { Vec3 } from '../../base/index.ts';
import { add, distance, dot, norm, scale, sub, unit } from '../../math/index.ts';
import { type Bvh, closestPoint } from '../../mesh/index.ts';
import { cosOf, type Joint, OPPOSED } from './patches.ts';
import { DEPTH_MM, type JointBone, type Seam, seamsOf } from './seam.ts';

/** A place on the fracture line between two pieces in the joint surface, in the reduced pose. */
export interface Place {
  /** The same place on the one piece and on the other; they differ where faces do not match. */
  readonly p: Vec3;
  readonly q: Vec3;
  /** Unit normal of the joint surface, out of the bone. */
  readonly out: Vec3;
  /** Unit way across the fracture line in the joint surface, from the one piece to the other. */
  readonly across: Vec3;
  /** Length of fracture line that the place stands for, mm. */
  readonly lineMm: number;
}

/** The fracture lines of a joint surface between two pieces. */
export interface FractureLine {
  /** Numbers of the pieces. */
  readonly a: number;
  readonly b: number;
  readonly places: readonly Place[];
}

/**
 * The course of a line, and how well its faces match, is that over this distance (standard deviation of the weights), mm:
 * longer than fracture faces are rough and voxels wide, shorter than lines are straight.
 */
const SMOOTH_MM = 4;
/** Fracture faces farther than this from the seam between them are missing bone, mm. */
const MATCH_MM = 3;

/**
 * Fracture lines between all pairs of pieces that meet in the joint.
 */
export function fractureLines(trees: readonly Bvh[], on: JointBone, joint: Joint): FractureLine[] {
  const seams = seamsOf(trees, on, joint);
  return trees.flatMap((_, a) =>
    trees.slice(a + 1).flatMap((_, k) => {
      const b = a + 1 + k;
      const places = placesOf(
        seams.filter((s) => s.a === a && s.b === b),
        trees[a],
        trees[b],
        joint.centreMm,
      );
      return places.length > 0 ? [{ a, b, places }] : [];
    }),
  );
}

function placesOf(seams: readonly Seam[], a: Bvh, b: Bvh, centre: Vec3): Place[] {
  const faces = seams.map((s) => facesAt(s.at, a, b));
  return seams.flatMap((seam) => {
    let way: Vec3 = [0, 0, 0];
    let apart: Vec3 = [0, 0, 0];
    let normal: Vec3 = [0, 0, 0];
    let known = 0;
    seams.forEach((other, i) => {
      const d = distance(other.at, seam.at);
      if (d > 3 * SMOOTH_MM) return;
      const near = Math.exp((-d * d) / (2 * SMOOTH_MM * SMOOTH_MM));
      way = add(way, scale(other.way, near));
      const face = faces[i];
      if (!face) return;
      const w = near * norm(other.way);
      apart = add(apart, scale(face.apart, w));
      normal = add(normal, scale(face.normal, w));
      known += w;
    });
    const at = known > 0 ? alongFace(seam, unit(normal)) : add(seam.at, scale(seam.out, DEPTH_MM));
    const out = unit(sub(centre, at));
    const flat = sub(way, scale(out, dot(way, out)));
    if (norm(flat) === 0) return [];
    const across = unit(flat);
    const half = known > 0 ? scale(withoutOverlap(apart, across), 0.5 / known) : ([0, 0, 0] as const);
    // What runs to and fro of a rough line cancels; in the joint surface the line is shorter than below it.
    const lineMm = Math.max(0, dot(seam.way, across)) * (distance(at, centre) / distance(seam.at, centre));
    return [{ p: sub(at, half), q: add(at, half), out, across, lineMm }];
  });
}

/** Bone does not fill room twice: faces that overlap where they belong were traced too far out, and touch. */
const withoutOverlap = (apart: Vec3, across: Vec3): Vec3 => sub(apart, scale(across, Math.min(0, dot(apart, across))));

/** A face that leans more than this (sine of its rise: 45°) is followed no farther aside. */
const LEAST_RISE = Math.SQRT1_2;

/** From a seam up to the joint surface, along the fracture face. */
function alongFace({ at, out }: Seam, normal: Vec3): Vec3 {
  const up = unit(sub(out, scale(normal, dot(out, normal))));
  return add(at, scale(up, DEPTH_MM / Math.max(LEAST_RISE, dot(up, out))));
}

/** From the face of one piece to that of the other, and the normal of both; null where no two faces look at each other. */
function facesAt([x, y, z]: Vec3, a: Bvh, b: Bvh): { apart: Vec3; normal: Vec3 } | null {
  const p = closestPoint(a, x, y, z, MATCH_MM);
  const q = p && closestPoint(b, x, y, z, MATCH_MM);
  if (!p || !q || cosOf(a.faceNormals, 3 * p.triangle, b.faceNormals, 3 * q.triangle) > OPPOSED) return null;
  const [i, j] = [3 * p.triangle, 3 * q.triangle];
  const [n, m] = [a.faceNormals, b.faceNormals];
  return {
    apart: [q.x - p.x, q.y - p.y, q.z - p.z],
    normal: [n[i] - m[j], n[i + 1] - m[j + 1], n[i + 2] - m[j + 2]],
  };
}
