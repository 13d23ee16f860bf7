import type { LpsTransform, Vec3 } from '../../base/index.ts';
import { applyAll, invert } from '../../math/index.ts';
import { areaMm2, type Bvh, buildBvh, closestPoints, FACE, type Mesh } from '../../mesh/index.ts';
import { ballAround } from '../icp.ts';
import { type SurfaceSamples, sampleSurface } from '../sample.ts';

/** A bone that takes part: its samples and the tree that answers for it, both as imaged. */
export interface Body {
  readonly name: string;
  readonly bvh: Bvh;
  readonly samples: SurfaceSamples;
  /** Area each sample stands for, mm². */
  readonly sampleMm2: number;
  readonly centre: Vec3;
  readonly radiusMm: number;
}

export function createBody(name: string, mesh: Mesh, samples: number): Body {
  const bvh = buildBvh(mesh);
  const spread = sampleSurface(mesh, samples);
  const { centre, radiusMm } = ballAround(spread.points);
  return { name, bvh, samples: spread, sampleMm2: areaMm2(mesh) / samples, centre, radiusMm };
}

/** The samples that `keep` names. */
export function picked(body: Body, keep: ArrayLike<number>): Body {
  const points = new Float64Array(3 * keep.length);
  const normals = new Float64Array(3 * keep.length);
  for (let i = 0; i < keep.length; i++) {
    points.set(body.samples.points.subarray(3 * keep[i], 3 * keep[i] + 3), 3 * i);
    normals.set(body.samples.normals.subarray(3 * keep[i], 3 * keep[i] + 3), 3 * i);
  }
  return { ...body, samples: { points, normals } };
}

/** To look at a body cheaply: `count` of its samples, evenly chosen, each standing for more area. */
export function thinned(body: Body, count: number): Body {
  const n = body.samples.points.length / 3;
  if (n <= count) return body;
  const keep = Uint32Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * n) / count));
  return { ...picked(body, keep), sampleMm2: (body.sampleMm2 * n) / count };
}

/** Nearest points of a body, for points and normals of the world. */
export interface Hits {
  /** Negative inside; Infinity where nothing lies within the limit. */
  readonly distanceMm: Float64Array;
  /** Cosine between the two normals. */
  readonly cos: Float64Array;
  /** Unit directions along which the distance grows, flat xyz, world. */
  readonly directions: Float64Array;
  readonly nearest: Float64Array;
}

/** Below this distance the line between a pair has no reliable direction and the triangle's normal stands in, mm. */
const TOUCHING_MM = 1e-6;

/** @cost one nearest-point query a point, cheap beyond the limit */
export function hits(points: Float64Array, normals: Float64Array, bvh: Bvh, pose: LpsTransform, limitMm: number): Hits {
  const n = points.length / 3;
  const found = closestPoints(bvh, applyAll(invert(pose), points), { limitMm });
  const nearest = applyAll(pose, found.points);
  const distanceMm = new Float64Array(n).fill(Infinity);
  const cos = new Float64Array(n);
  const directions = new Float64Array(3 * n);
  const { m } = pose;
  const f = bvh.faceNormals;
  for (let i = 0; i < n; i++) {
    const t = 3 * found.triangles[i];
    if (t < 0) continue;
    const k = 3 * i;
    const fx = m[0] * f[t] + m[1] * f[t + 1] + m[2] * f[t + 2];
    const fy = m[4] * f[t] + m[5] * f[t + 1] + m[6] * f[t + 2];
    const fz = m[8] * f[t] + m[9] * f[t + 1] + m[10] * f[t + 2];
    cos[i] = fx * normals[k] + fy * normals[k + 1] + fz * normals[k + 2];
    let dx = points[k] - nearest[k];
    let dy = points[k + 1] - nearest[k + 1];
    let dz = points[k + 2] - nearest[k + 2];
    let d = found.distanceMm[i];
    if (d > TOUCHING_MM) {
      const side = isInside(bvh, found.triangles[i], found.features[i], m, dx, dy, dz) ? -1 : 1;
      dx *= side / d;
      dy *= side / d;
      dz *= side / d;
      d *= side;
    } else {
      dx = fx;
      dy = fy;
      dz = fz;
    }
    distanceMm[i] = d;
    directions[k] = dx;
    directions[k + 1] = dy;
    directions[k + 2] = dz;
  }
  return { distanceMm, cos, directions, nearest };
}

/** Side of the surface by the normal of the face, edge or corner that is nearest: right at sharp rims too. */
function isInside(bvh: Bvh, t: number, feature: number, m: readonly number[], dx: number, dy: number, dz: number) {
  const [n, at] =
    feature === FACE
      ? [bvh.faceNormals, 3 * t]
      : feature >= 3
        ? [bvh.edgeNormals, 3 * (3 * t + feature - 3)]
        : [bvh.vertexNormals, 3 * bvh.mesh.triangles[3 * t + feature]];
  const x = m[0] * dx + m[4] * dy + m[8] * dz;
  const y = m[1] * dx + m[5] * dy + m[9] * dz;
  const z = m[2] * dx + m[6] * dy + m[10] * dz;
  return x * n[at] + y * n[at + 1] + z * n[at + 2] < 0;
}

/** Samples carried to the world. */
export function carried({ samples }: Body, pose: LpsTransform): SurfaceSamples {
  const { m } = pose;
  const turn = { ...pose, m: [m[0], m[1], m[2], 0, m[4], m[5], m[6], 0, m[8], m[9], m[10], 0] };
  return { points: applyAll(pose, samples.points), normals: applyAll(turn, samples.normals) };
}
