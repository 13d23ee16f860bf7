import type { LpsTransform, Vec3 } from '../../base/index.ts';
import { compose, invert } from '../../math/index.ts';
import {
  type Bvh,
  buildBvh,
  closestPoints,
  components,
  type Mesh,
  pickTriangles,
  transformMesh,
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
  /** Where it is measured: as imaged (the identity), as planned, as found after surgery. */
  readonly measured: LpsTransform;
}

/** A piece laid out for measuring, in the reduced pose. */
export interface LaidOut {
  readonly name: string;
  readonly bvh: Bvh;
  /** Its part of the joint surface; null where it has none. */
  readonly patch: Bvh | null;
  /** Middle, outward normal and area of its triangles. */
  readonly faces: SurfacePieces;
  /** Measured from reduced. */
  readonly moved: LpsTransform;
}

export interface SurfacePieces {
  readonly middles: Float64Array;
  readonly normals: Float64Array;
  readonly areasMm2: Float64Array;
}

/** Faces of neighbours closer than this, and opposed, touch in the reduced pose: fracture, not joint surface. mm. */
const TOUCH_MM = 1.5;
const OPPOSED = -0.5;
/** Smaller islands of joint surface are texture of the fossa or of a fracture face, mm². */
const ISLAND_MM2 = 40;

/** Pieces in their reduced pose with their joint surface. @cost one nearest-point query a triangle near the joint */
export function layOut(pieces: readonly FracturePiece[], joint: { centreMm: Vec3; radiusMm: number }): LaidOut[] {
  const reduced = pieces.map((p) => transformMesh(p.reduced, p.mesh));
  const trees = reduced.map(buildBvh);
  return pieces.map((piece, i) => {
    const faces = surfacePieces(reduced[i]);
    const flags = jointSurface(reduced[i], joint);
    const others = trees.filter((_, j) => j !== i);
    dropTouching(flags, faces, others);
    return {
      name: piece.name,
      bvh: trees[i],
      patch: patchOf(reduced[i], flags),
      faces,
      moved: compose(piece.measured, invert(piece.reduced)),
    };
  });
}

function surfacePieces(mesh: Mesh): SurfacePieces {
  const { positions: p, triangles: t } = mesh;
  const middles = new Float64Array(t.length);
  for (let i = 0; i < t.length; i += 3)
    for (let k = 0; k < 3; k++) middles[i + k] = (p[3 * t[i] + k] + p[3 * t[i + 1] + k] + p[3 * t[i + 2] + k]) / 3;
  return { middles, normals: unitFaceNormals(mesh), areasMm2: triangleAreasMm2(mesh) };
}

function dropTouching(flags: Uint8Array, { middles, normals }: SurfacePieces, others: readonly Bvh[]): void {
  const asked = Array.from(flags.keys()).filter((i) => flags[i]);
  const points = new Float64Array(3 * asked.length);
  asked.forEach((i, s) => {
    points.set(middles.subarray(3 * i, 3 * i + 3), 3 * s);
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

/** Joint surface of a whole bone. */
export const wholePatch = (bone: Mesh, joint: { centreMm: Vec3; radiusMm: number }): Bvh | null =>
  patchOf(bone, jointSurface(bone, joint));

function patchOf(mesh: Mesh, flags: Uint8Array): Bvh | null {
  const all = pickTriangles(mesh, (i) => flags[i] === 1);
  if (triangleCount(all) === 0) return null;
  const { count, ofTriangle } = components(all);
  const area = new Float64Array(count);
  surfacePieces(all).areasMm2.forEach((a, i) => {
    area[ofTriangle[i]] += a;
  });
  const patch = pickTriangles(all, (i) => area[ofTriangle[i]] >= ISLAND_MM2);
  return triangleCount(patch) > 0 ? buildBvh(patch) : null;
}
