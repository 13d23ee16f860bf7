import { type Job, NO_JOB, OsteonError, type Vec3 } from '../../base/index.ts';
import {
  type Bvh,
  buildBvh,
  closestPoint,
  joinMeshes,
  type Mesh,
  signedDistance,
  smoothMesh,
  vertexNormals,
} from '../../mesh/index.ts';
import { isoSurface, signedDistanceVolume } from '../../surface/index.ts';
import { axisGrid, type Volume } from '../../volume/index.ts';

/**
 * The bone as a plate sees it: closed by a rolling ball, so that pits, fracture lines and undercuts narrower than the
 * ball are bridged and everything else is followed. The height of a point above it is the ball's radius less the way to
 * the surface the ball's centre rolls on.
 */
export interface Ground {
  /** All bones together, as given. */
  readonly bone: Bvh;
  /** Where the centre of the ball rolls: the bone grown by its radius, near the plate. */
  readonly rolled: Bvh;
  readonly radiusMm: number;
  /** Signed distance to the bone on a coarse grid, cut at the radius and two steps, mm. */
  readonly field: Volume<'mm', Float32Array>;
  /**
   * The rolling surface without forms of less than a centimetre: how far each vertex of it moved outward, mm, and its
   * normals. For the side of a plate that nothing touches.
   */
  readonly evenShift: Float64Array;
  readonly evenNormals: Float64Array;
  /** The bone grown by a little, so that fragments are one surface to walk on. */
  readonly walk: Bvh;
}

/** Height above the closed bone, mm, the unit direction in which it rises, and the foot of the point on it. */
export interface Height {
  mm: number;
  gx: number;
  gy: number;
  gz: number;
  x: number;
  y: number;
  z: number;
}

/** Fragments nearer to each other than twice this are one surface for paths, mm; no more than half the ball. */
const WALK_MM = 3;
/** Spacing of the coarse field, mm: the ball smooths what it leaves, so finer gives the same (docs/evidence/plate.md). */
const COARSE_MM = 0.7;
/** Passes that take forms of less than about 6 mm off a surface with edges of 0.7 mm. */
const EVEN_PASSES = 60;
/** No point of the even side moves farther than this, mm. */
export const EVEN_MM = 0.4;
/** More voxels than this would not fit a small machine. */
const MOST_VOXELS = 6e7;

/**
 * @param points flat xyz that the plate passes, LPS mm
 * @param reachMm how far from them the plate may go
 * @requires closed bones with outward faces; they may touch and overlap
 * @throws mesh.empty, plate.too-large
 * @cost a few seconds: a distance field at 0.7 mm around the points
 * @accuracy 0.02 mm where the bone is smooth
 */
export function plateGround(
  bones: readonly Mesh[],
  points: ArrayLike<number>,
  reachMm: number,
  radiusMm: number,
  job: Job = NO_JOB,
): Ground {
  const joined = bones.length === 1 ? bones[0] : joinMeshes(bones);
  const bone = buildBvh(joined);
  const h = COARSE_MM;
  const pad = reachMm + radiusMm + 2 * h;
  const lo = [Infinity, Infinity, Infinity];
  const hi = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    lo[i % 3] = Math.min(lo[i % 3], points[i]);
    hi[i % 3] = Math.max(hi[i % 3], points[i]);
  }
  const size = [0, 1, 2].map((k) => Math.ceil((hi[k] - lo[k] + 2 * pad) / h) + 1) as [number, number, number];
  const voxels = size[0] * size[1] * size[2];
  if (!(voxels <= MOST_VOXELS))
    throw new OsteonError('plate.too-large', { xMm: size[0] * h, yMm: size[1] * h, zMm: size[2] * h });
  const grid = axisGrid(size, [h, h, h], [lo[0] - pad, lo[1] - pad, lo[2] - pad]);
  const field = signedDistanceVolume(joined, grid, radiusMm + 2 * h, { job: job.part(0, 0.8) });
  const rolled = isoSurface(field, radiusMm, { solid: 'below' });
  const walk = isoSurface(field, Math.min(WALK_MM, radiusMm / 2), { solid: 'below' });
  if (rolled.triangles.length === 0) throw new OsteonError('plate.point-off-bone', { distanceMm: radiusMm });
  job.at(1);
  return { bone, rolled: buildBvh(rolled), radiusMm, field, ...evened(rolled), walk: buildBvh(walk) };
}

function evened(rolled: Mesh): Pick<Ground, 'evenShift' | 'evenNormals'> {
  const even = smoothMesh(rolled, { passes: EVEN_PASSES, maxMoveMm: EVEN_MM, keepVolume: false }).mesh;
  const evenNormals = vertexNormals(even);
  const evenShift = new Float64Array(rolled.positions.length / 3);
  for (let i = 0; i < rolled.positions.length; i++)
    evenShift[(i / 3) | 0] += (even.positions[i] - rolled.positions[i]) * evenNormals[i];
  return { evenShift, evenNormals };
}

/** An empty answer for `heightAt` to write into. */
export const createHeight = (): Height => ({ mm: 0, gx: 0, gy: 0, gz: 1, x: 0, y: 0, z: 0 });

/** Where the way to the rolling surface is shorter than this its direction is taken from the triangle, mm. */
const NEAR_MM = 1e-3;

/**
 * Height of a point above the closed bone, into `out`. `below`: known to be under the rolling surface, which saves
 * finding out.
 * @cost one nearest-point query, 3 µs; two where the side is not known
 */
export function heightAt(ground: Ground, x: number, y: number, z: number, out: Height, below?: boolean): Height {
  const { rolled, radiusMm: r } = ground;
  const q = closestPoint(rolled, x, y, z)!;
  const under = below ?? signedDistance(rolled, x, y, z) <= 0;
  const d = q.distanceMm;
  if (d < NEAR_MM) {
    out.gx = rolled.faceNormals[3 * q.triangle];
    out.gy = rolled.faceNormals[3 * q.triangle + 1];
    out.gz = rolled.faceNormals[3 * q.triangle + 2];
  } else {
    const s = (under ? 1 : -1) / d;
    out.gx = s * (q.x - x);
    out.gy = s * (q.y - y);
    out.gz = s * (q.z - z);
  }
  out.mm = under ? r - d : r + d;
  out.x = q.x - r * out.gx;
  out.y = q.y - r * out.gy;
  out.z = q.z - r * out.gz;
  return out;
}

/** The foot of a point on the closed bone and the normal there. */
export function footOf(ground: Ground, at: Vec3): { at: Vec3; normal: Vec3; heightMm: number } {
  const h = heightAt(ground, at[0], at[1], at[2], createHeight());
  return { at: [h.x, h.y, h.z], normal: [h.gx, h.gy, h.gz], heightMm: h.mm };
}

/** Distance to the bone from the coarse field, mm; twice the radius outside the grid. */
export const coarseDistance = ({ field, radiusMm }: Ground, x: number, y: number, z: number): number =>
  between(field, x, y, z, 2 * radiusMm);

/** Whether a point lies in the last step of the part of the bone that is looked at, where its surface is cut off. */
export function atBorder({ field: { grid } }: Ground, x: number, y: number, z: number): boolean {
  const { m } = grid.lpsFromVoxel;
  const near = (i: number, size: number) => i < 1 || i > size - 2;
  return (
    near((x - m[3]) / m[0], grid.size[0]) ||
    near((y - m[7]) / m[5], grid.size[1]) ||
    near((z - m[11]) / m[10], grid.size[2])
  );
}

/**
 * At the point (x, y, z) of triangle `t` of the rolling surface: the direction in which the height above the evened bone
 * rises, into `out`, and in `out.mm` how far it lies above the bone's own height.
 */
export function evenAt(
  { rolled, evenShift, evenNormals }: Ground,
  t: number,
  x: number,
  y: number,
  z: number,
  out: Height,
): void {
  const { positions: p, triangles } = rolled.mesh;
  const a = triangles[3 * t];
  const b = triangles[3 * t + 1];
  const c = triangles[3 * t + 2];
  const ux = p[3 * b] - p[3 * a];
  const uy = p[3 * b + 1] - p[3 * a + 1];
  const uz = p[3 * b + 2] - p[3 * a + 2];
  const vx = p[3 * c] - p[3 * a];
  const vy = p[3 * c + 1] - p[3 * a + 1];
  const vz = p[3 * c + 2] - p[3 * a + 2];
  const wx = x - p[3 * a];
  const wy = y - p[3 * a + 1];
  const wz = z - p[3 * a + 2];
  const uu = ux * ux + uy * uy + uz * uz;
  const uv = ux * vx + uy * vy + uz * vz;
  const vv = vx * vx + vy * vy + vz * vz;
  const wu = wx * ux + wy * uy + wz * uz;
  const wv = wx * vx + wy * vy + wz * vz;
  const k = 1 / (uu * vv - uv * uv || 1);
  const s = k * (vv * wu - uv * wv);
  const r = k * (uu * wv - uv * wu);
  const q = 1 - s - r;
  const n = evenNormals;
  const gx = q * n[3 * a] + s * n[3 * b] + r * n[3 * c];
  const gy = q * n[3 * a + 1] + s * n[3 * b + 1] + r * n[3 * c + 1];
  const gz = q * n[3 * a + 2] + s * n[3 * b + 2] + r * n[3 * c + 2];
  const l = 1 / (Math.sqrt(gx * gx + gy * gy + gz * gz) || 1);
  out.gx = l * gx;
  out.gy = l * gy;
  out.gz = l * gz;
  out.mm = q * evenShift[a] + s * evenShift[b] + r * evenShift[c];
}

/** A field with axes along LPS, by three lines between eight samples; `outside` beyond the grid. */
function between(
  { grid, data: d }: Volume<'mm', Float32Array>,
  x: number,
  y: number,
  z: number,
  outside: number,
): number {
  const { m } = grid.lpsFromVoxel;
  const [nx, ny, nz] = grid.size;
  const u = (x - m[3]) / m[0];
  const v = (y - m[7]) / m[5];
  const w = (z - m[11]) / m[10];
  const i = Math.floor(u);
  const j = Math.floor(v);
  const k = Math.floor(w);
  if (i < 0 || j < 0 || k < 0 || i >= nx - 1 || j >= ny - 1 || k >= nz - 1) return outside;
  const a = u - i;
  const b = v - j;
  const c = w - k;
  const o = (k * ny + j) * nx + i;
  const p = o + nx * ny;
  const low = (1 - b) * ((1 - a) * d[o] + a * d[o + 1]) + b * ((1 - a) * d[o + nx] + a * d[o + nx + 1]);
  const high = (1 - b) * ((1 - a) * d[p] + a * d[p + 1]) + b * ((1 - a) * d[p + nx] + a * d[p + nx + 1]);
  return (1 - c) * low + c * high;
}
