import { type LpsTransform, OsteonError, type Vec3 } from '../base/index.ts';
import { applyAll, determinant } from '../math/index.ts';

/** Triangles in patient LPS, mm. Three numbers a vertex, three indices a triangle, outward side counter-clockwise. */
export interface Mesh {
  readonly positions: Float64Array;
  readonly triangles: Uint32Array;
}

/** @throws mesh.index, mesh.not-finite */
export function createMesh(positions: Float64Array, triangles: Uint32Array): Mesh {
  const n = positions.length / 3;
  for (let i = 0; i < triangles.length; i++)
    if (triangles[i] >= n)
      throw new OsteonError('mesh.index', { triangle: Math.floor(i / 3), vertex: triangles[i], vertices: n });
  for (let i = 0; i < positions.length; i++)
    if (!Number.isFinite(positions[i])) throw new OsteonError('mesh.not-finite', { vertex: Math.floor(i / 3) });
  return { positions, triangles };
}

export const vertexCount = (mesh: Mesh): number => mesh.positions.length / 3;
export const triangleCount = (mesh: Mesh): number => mesh.triangles.length / 3;

/** Signed volume, mm³: positive when faces point outward. Divergence theorem about the first vertex; exact for a closed mesh up to rounding. */
export function volumeMm3({ positions: p, triangles: t }: Mesh): number {
  const [ox, oy, oz] = p;
  let six = 0;
  for (let i = 0; i < t.length; i += 3) {
    const a = 3 * t[i];
    const b = 3 * t[i + 1];
    const c = 3 * t[i + 2];
    const ax = p[a] - ox;
    const ay = p[a + 1] - oy;
    const az = p[a + 2] - oz;
    const bx = p[b] - ox;
    const by = p[b + 1] - oy;
    const bz = p[b + 2] - oz;
    const cx = p[c] - ox;
    const cy = p[c + 1] - oy;
    const cz = p[c + 2] - oz;
    six += ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
  }
  return six / 6;
}

/** Surface area, mm². */
export function areaMm2(mesh: Mesh): number {
  let area = 0;
  for (let i = 0; i < triangleCount(mesh); i++) area += triangleAreaMm2(mesh, i);
  return area;
}

/** Area of triangle i. */
export function triangleAreaMm2({ positions: p, triangles: t }: Mesh, i: number): number {
  const a = 3 * t[3 * i];
  const b = 3 * t[3 * i + 1];
  const c = 3 * t[3 * i + 2];
  const ux = p[b] - p[a];
  const uy = p[b + 1] - p[a + 1];
  const uz = p[b + 2] - p[a + 2];
  const vx = p[c] - p[a];
  const vy = p[c + 1] - p[a + 1];
  const vz = p[c + 2] - p[a + 2];
  const x = uy * vz - uz * vy;
  const y = uz * vx - ux * vz;
  const z = ux * vy - uy * vx;
  return Math.sqrt(x * x + y * y + z * z) / 2;
}

/** Area of every triangle, mm². */
export const triangleAreasMm2 = (mesh: Mesh): Float64Array =>
  Float64Array.from({ length: triangleCount(mesh) }, (_, i) => triangleAreaMm2(mesh, i));

export interface Box {
  readonly lo: Vec3;
  readonly hi: Vec3;
}

/** Bounding box of all vertices, mm. @throws mesh.empty */
export function bounds({ positions: p }: Mesh): Box {
  if (p.length === 0) throw new OsteonError('mesh.empty');
  const lo: [number, number, number] = [p[0], p[1], p[2]];
  const hi: [number, number, number] = [p[0], p[1], p[2]];
  for (let i = 0; i < p.length; i += 3)
    for (let k = 0; k < 3; k++) {
      if (p[i + k] < lo[k]) lo[k] = p[i + k];
      if (p[i + k] > hi[k]) hi[k] = p[i + k];
    }
  return { lo, hi };
}

/** Centre of the enclosed volume, mm. @requires a closed mesh */
export function centroid({ positions: p, triangles: t }: Mesh): Vec3 {
  const [ox, oy, oz] = p;
  let v = 0;
  const s = [0, 0, 0];
  for (let i = 0; i < t.length; i += 3) {
    const a = 3 * t[i];
    const b = 3 * t[i + 1];
    const c = 3 * t[i + 2];
    const ax = p[a] - ox;
    const ay = p[a + 1] - oy;
    const az = p[a + 2] - oz;
    const bx = p[b] - ox;
    const by = p[b + 1] - oy;
    const bz = p[b + 2] - oz;
    const cx = p[c] - ox;
    const cy = p[c + 1] - oy;
    const cz = p[c + 2] - oz;
    const d = ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
    v += d;
    s[0] += d * (ax + bx + cx);
    s[1] += d * (ay + by + cy);
    s[2] += d * (az + bz + cz);
  }
  return [ox + s[0] / (4 * v), oy + s[1] / (4 * v), oz + s[2] / (4 * v)];
}

/** The mesh moved, mirrored or scaled. A mirror flips the winding, so that outward stays outward. */
export function transformMesh(transform: LpsTransform, { positions, triangles }: Mesh): Mesh {
  return {
    positions: applyAll(transform, positions),
    triangles: determinant(transform) < 0 ? flipWinding(triangles) : triangles,
  };
}

export function flipWinding(triangles: Uint32Array): Uint32Array {
  const out = new Uint32Array(triangles.length);
  for (let i = 0; i < triangles.length; i += 3) {
    out[i] = triangles[i];
    out[i + 1] = triangles[i + 2];
    out[i + 2] = triangles[i + 1];
  }
  return out;
}

/** Unit normals at vertices, weighted by the angle of each corner (Thürmer and Wüthrich 1998), so they do not depend on the triangulation. */
export function vertexNormals({ positions: p, triangles: t }: Mesh): Float64Array {
  const out = new Float64Array(p.length);
  for (let i = 0; i < t.length; i += 3)
    for (let k = 0; k < 3; k++) {
      const a = 3 * t[i + k];
      const b = 3 * t[i + ((k + 1) % 3)];
      const c = 3 * t[i + ((k + 2) % 3)];
      const ux = p[b] - p[a];
      const uy = p[b + 1] - p[a + 1];
      const uz = p[b + 2] - p[a + 2];
      const vx = p[c] - p[a];
      const vy = p[c + 1] - p[a + 1];
      const vz = p[c + 2] - p[a + 2];
      const nx = uy * vz - uz * vy;
      const ny = uz * vx - ux * vz;
      const nz = ux * vy - uy * vx;
      const s = Math.sqrt(nx * nx + ny * ny + nz * nz);
      if (s === 0) continue;
      const w = Math.atan2(s, ux * vx + uy * vy + uz * vz) / s;
      out[a] += w * nx;
      out[a + 1] += w * ny;
      out[a + 2] += w * nz;
    }
  for (let i = 0; i < out.length; i += 3) {
    const s = Math.sqrt(out[i] * out[i] + out[i + 1] * out[i + 1] + out[i + 2] * out[i + 2]) || 1;
    out[i] /= s;
    out[i + 1] /= s;
    out[i + 2] /= s;
  }
  return out;
}

/** A third of the area of the triangles around each vertex, mm²: the weight of a vertex in an average over the surface. */
export function vertexAreasMm2(mesh: Mesh): Float64Array {
  const { positions, triangles: t } = mesh;
  const out = new Float64Array(positions.length / 3);
  for (let i = 0; i < t.length; i += 3) {
    const third = triangleAreaMm2(mesh, i / 3) / 3;
    out[t[i]] += third;
    out[t[i + 1]] += third;
    out[t[i + 2]] += third;
  }
  return out;
}
