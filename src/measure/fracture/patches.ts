import type { LpsTransform, Vec3 } from '../../base/index.ts';
import {
  type Bvh,
  closestPoints,
  components,
  type Mesh,
  pickTriangles,
  triangleAreasMm2,
  triangleCount,
  unitFaceNormals,
} from '../../mesh/index.ts';
import { jointSurface } from '../acetabulum.ts';

export interface FracturePiece {
  readonly name: string;
  /** As imaged, LPS mm. */
  readonly mesh: Mesh;
  /** Where it belongs: the pose in which its fracture faces meet those of its neighbours. */
  readonly reduced: LpsTransform;
}

/** Sphere of the joint surface. */
export interface Joint {
  readonly centreMm: Vec3;
  readonly radiusMm: number;
}

/** Faces of neighbours closer than this, and opposed, touch in the reduced pose: fracture, not joint surface. mm. */
const TOUCH_MM = 1.5;
export const OPPOSED = -0.5;
/** Smaller islands of joint surface are texture of the fossa or of a fracture face, mm². */
const ISLAND_MM2 = 40;
/** What lies farther outside the sphere is neither joint surface nor floor of the fossa, mm. */
export const AROUND_MM = 8;

/** Joint surface of a whole bone; null where it has none. */
export function wholePatch(bone: Mesh, joint: Joint): Mesh | null {
  const near = nearJoint(bone, joint);
  return patchOf(near, jointSurface(near, joint));
}

/** Joint surface of each piece in its reduced pose, without its fracture faces; null where it has none. */
export const piecePatches = (trees: readonly Bvh[], joint: Joint): (Mesh | null)[] =>
  trees.map((own, i) => {
    const near = nearJoint(own.mesh, joint);
    const flags = jointSurface(near, joint);
    dropTouching(
      flags,
      near,
      trees.filter((_, j) => j !== i),
    );
    return patchOf(near, flags);
  });

/** The part of a surface that the centre of the joint may see. */
export function nearJoint(mesh: Mesh, { centreMm: c, radiusMm }: Joint): Mesh {
  const { positions: p, triangles: t } = mesh;
  const reach = (radiusMm + AROUND_MM) * (radiusMm + AROUND_MM);
  return pickTriangles(mesh, (i) => {
    const v = 3 * t[3 * i];
    const [x, y, z] = [p[v] - c[0], p[v + 1] - c[1], p[v + 2] - c[2]];
    return x * x + y * y + z * z < reach;
  });
}

function dropTouching(flags: Uint8Array, mesh: Mesh, others: readonly Bvh[]): void {
  const { positions: p, triangles: t } = mesh;
  const normals = unitFaceNormals(mesh);
  const asked = Array.from(flags.keys()).filter((i) => flags[i]);
  const points = new Float64Array(3 * asked.length);
  asked.forEach((i, s) => {
    const [a, b, c] = [3 * t[3 * i], 3 * t[3 * i + 1], 3 * t[3 * i + 2]];
    for (let k = 0; k < 3; k++) points[3 * s + k] = (p[a + k] + p[b + k] + p[c + k]) / 3;
  });
  for (const other of others) {
    const { triangles } = closestPoints(other, points, { limitMm: TOUCH_MM });
    asked.forEach((i, s) => {
      if (triangles[s] >= 0 && cosOf(other.faceNormals, 3 * triangles[s], normals, 3 * i) < OPPOSED) flags[i] = 0;
    });
  }
}

export const cosOf = (a: Float64Array, i: number, b: Float64Array, j: number): number =>
  a[i] * b[j] + a[i + 1] * b[j + 1] + a[i + 2] * b[j + 2];

function patchOf(mesh: Mesh, flags: Uint8Array): Mesh | null {
  const all = pickTriangles(mesh, (i) => flags[i] === 1);
  if (triangleCount(all) === 0) return null;
  const { count, ofTriangle } = components(all);
  const area = new Float64Array(count);
  triangleAreasMm2(all).forEach((a, i) => {
    area[ofTriangle[i]] += a;
  });
  const patch = pickTriangles(all, (i) => area[ofTriangle[i]] >= ISLAND_MM2);
  return triangleCount(patch) > 0 ? patch : null;
}
