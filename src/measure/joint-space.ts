import { type Bvh, closestPoints, type Mesh, triangleCount, unitFaceNormals, vertexNormals } from '../mesh/index.ts';

export interface JointSpaceOptions {
  /** Surfaces farther apart than this do not form a joint, mm. */
  readonly maxMm: number;
  /** The two surfaces must look at each other to within this angle. */
  readonly facingDeg: number;
}

export const JOINT_SPACE_DEFAULTS: JointSpaceOptions = {
  maxMm: 5, // ankle and subtalar cartilage together are 1 to 3 mm thick; the margin is for malpositioned bones
  facingDeg: 60, // the rim of a joint turns away by more than this
};

/** Joint space at points: the distance to the opposite surface where the two look at each other, NaN elsewhere. */
export interface JointSpace {
  /** Negative where the point lies inside the other body, mm. */
  readonly gapMm: Float64Array;
  /** Unit vectors from each point to the nearest opposite point (away from the other body's inside), flat xyz. */
  readonly towards: Float64Array;
}

/**
 * Joint space at points with outward unit normals.
 * @cost one nearest-point query a point, cheap beyond `maxMm`
 */
export function jointSpaceAt(
  points: Float64Array,
  normals: Float64Array,
  other: Bvh,
  options: Partial<JointSpaceOptions> = {},
): JointSpace {
  const o = { ...JOINT_SPACE_DEFAULTS, ...options };
  const opposed = -Math.cos((o.facingDeg * Math.PI) / 180);
  const gapMm = new Float64Array(points.length / 3).fill(Number.NaN);
  const towards = new Float64Array(points.length);
  const f = other.faceNormals;
  const { points: q, distanceMm, triangles } = closestPoints(other, points, { limitMm: o.maxMm });
  for (let i = 0; i < points.length; i += 3) {
    if (triangles[i / 3] < 0) continue;
    const t = 3 * triangles[i / 3];
    if (f[t] * normals[i] + f[t + 1] * normals[i + 1] + f[t + 2] * normals[i + 2] > opposed) continue;
    const dx = q[i] - points[i];
    const dy = q[i + 1] - points[i + 1];
    const dz = q[i + 2] - points[i + 2];
    const outside = dx * f[t] + dy * f[t + 1] + dz * f[t + 2] <= 0;
    const gap = outside ? distanceMm[i / 3] : -distanceMm[i / 3];
    gapMm[i / 3] = gap;
    towards[i] = gap === 0 ? -f[t] : dx / gap;
    towards[i + 1] = gap === 0 ? -f[t + 1] : dy / gap;
    towards[i + 2] = gap === 0 ? -f[t + 2] : dz / gap;
  }
  return { gapMm, towards };
}

/** Joint space at the vertices of a mesh. */
export const jointSpaceMap = (mesh: Mesh, other: Bvh, options: Partial<JointSpaceOptions> = {}): JointSpace =>
  jointSpaceAt(mesh.positions, vertexNormals(mesh), other, options);

/** One flag per triangle: 1 where the middle of the triangle forms a joint with any of the other surfaces. */
export function facingRegion(mesh: Mesh, others: readonly Bvh[], options: Partial<JointSpaceOptions> = {}): Uint8Array {
  const { positions: p, triangles: t } = mesh;
  const middles = new Float64Array(t.length);
  for (let i = 0; i < t.length; i += 3)
    for (let k = 0; k < 3; k++) middles[i + k] = (p[3 * t[i] + k] + p[3 * t[i + 1] + k] + p[3 * t[i + 2] + k]) / 3;
  const normals = unitFaceNormals(mesh);
  const out = new Uint8Array(triangleCount(mesh));
  for (const other of others) {
    const { gapMm } = jointSpaceAt(middles, normals, other, options);
    gapMm.forEach((g, i) => {
      if (!Number.isNaN(g)) out[i] = 1;
    });
  }
  return out;
}
