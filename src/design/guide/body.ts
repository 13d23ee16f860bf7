import { type Job, OsteonError, type Vec3 } from '../../base/index.ts';
import { dot, frameAbout } from '../../math/index.ts';
import {
  type Bvh,
  buildBvh,
  castRay,
  closestPoints,
  components,
  type Mesh,
  pickTriangles,
  simplify,
  vertexNormals,
  volumeMm3,
} from '../../mesh/index.ts';
import { isoSurface, signedDistanceVolume } from '../../surface/index.ts';
import { createVolume, type Grid, spacingMm, type Volume } from '../../volume/index.ts';
import { coarseDistance, type Ground } from '../plate/index.ts';
import type { TextPlace } from './lettering.ts';
import type { GuideBore } from './types.ts';

/** What a guide is made of, before bores and letters are cut. */
export interface GuideShape {
  /** The plate without holes. */
  readonly plate: Mesh;
  /** Extensions; no triangles where there are none. */
  readonly legs: Mesh;
  readonly bores: readonly GuideBore[];
  /** The flat place for letters with its half sizes along and up, and how far it reaches into the guide, mm. */
  readonly tab: { readonly place: TextPlace; readonly half: readonly [number, number]; readonly deepMm: number } | null;
  readonly removal: Vec3;
  readonly wallMm: number;
  readonly plateGapMm: number;
  readonly boneGapMm: number;
  readonly gridMm: number;
  readonly deviationMm: number;
}

/** What is thinner than twice this is taken off, and outer edges are rounded by it, mm. */
const OPEN_MM = 0.7;
const MOST_VOXELS = 6e7;
/** Bone farther up than this does not stand in the way, mm. */
const WAY_MM = 100;

/**
 * The body of a guide: a wall around the plate, extensions, sleeves and a place for letters, less everything from which
 * plate and bone would keep it on its way off. So it has no undercut by construction. Parts too thin to print are taken
 * off, edges rounded.
 * @returns closed, manifold, outward; the piece that is largest, and the volumes of the others
 * @cost some seconds: four distance fields at the grid's spacing
 */
export function guideBody(shape: GuideShape, ground: Ground, job: Job): { mesh: Mesh; dropped: number[] } {
  const h = shape.gridMm;
  const grid = gridFor(shape, h);
  const wall = shape.plateGapMm + shape.wallMm;
  const plate = signedDistanceVolume(shape.plate, grid, wall + 2 * h, { job: job.part(0, 0.25) });
  const solid = new Float32Array(plate.data.length);
  for (let i = 0; i < solid.length; i++) solid[i] = plate.data[i] - wall;
  if (shape.legs.triangles.length > 0) {
    const legs = signedDistanceVolume(shape.legs, grid, 2 + 2 * h, { job: job.part(0.25, 0.35) });
    for (let i = 0; i < solid.length; i++) solid[i] = Math.min(solid[i], legs.data[i]);
  }
  addBores(solid, grid, shape.bores);
  if (shape.tab) addTab(solid, grid, shape.tab);
  carve(solid, grid, plate.data, shape, ground);
  const opened = open(createVolume(grid, 'mm', solid), job.part(0.4, 0.8));
  const { count, ofTriangle } = components(opened);
  if (count === 0) throw new OsteonError('mesh.empty', { what: 'guide' });
  const parts = Array.from({ length: count }, (_, c) => pickTriangles(opened, (t) => ofTriangle[t] === c));
  const volumes = parts.map(volumeMm3);
  const main = volumes.reduce((best, x, c) => (x > volumes[best] ? c : best), 0);
  const { mesh } = simplify(clear(parts[main], shape, ground), {
    maxDeviationMm: shape.deviationMm,
    job: job.part(0.8, 1),
  });
  return { mesh, dropped: volumes.filter((x, c) => c !== main && x > 0) };
}

/** Vertices that the grid left nearer to plate or bone than their gap, moved out to it. */
function clear(mesh: Mesh, { plate, plateGapMm, boneGapMm }: GuideShape, ground: Ground): Mesh {
  const p = mesh.positions.slice();
  for (const [tree, gap] of [
    [buildBvh(plate), plateGapMm],
    [ground.bone, boneGapMm],
  ] as const) {
    const near = closestPoints(tree, p, { limitMm: gap });
    for (let i = 0; i < p.length; i++) {
      const d = near.distanceMm[(i / 3) | 0];
      if (d > 1e-3 && Number.isFinite(d)) p[i] = near.points[i] + (gap / d) * (p[i] - near.points[i]);
    }
  }
  const out = { positions: p, triangles: mesh.triangles };
  for (let round = 0; round < CLEAR_ROUNDS; round++) clearOfCorners(out, plate, plateGapMm);
  return out;
}

/** Facets that cut a rounded edge of the plate short are moved off its vertices in so many rounds. */
const CLEAR_ROUNDS = 2;

/** Corners of facets that come nearer to a vertex of the plate than the gap, moved away from it; changes `mesh`. */
function clearOfCorners({ positions: p, triangles: t }: Mesh, plate: Mesh, gapMm: number): void {
  const tree = buildBvh({ positions: p.slice(), triangles: t });
  const near = closestPoints(tree, plate.positions, { limitMm: gapMm });
  const normals = vertexNormals(plate);
  const push = new Float64Array(p.length / 3);
  const way = new Float64Array(p.length);
  for (let i = 0; i < near.triangles.length; i++) {
    if (near.triangles[i] < 0) continue;
    const lack = gapMm - near.distanceMm[i];
    for (let k = 0; k < 3; k++) {
      const v = t[3 * near.triangles[i] + k];
      if (lack <= push[v]) continue;
      push[v] = lack;
      for (let c = 0; c < 3; c++) way[3 * v + c] = lack * normals[3 * i + c];
    }
  }
  for (let i = 0; i < p.length; i++) p[i] += way[i];
}

/** A grid whose third axis is the way off, around everything that the guide may hold. */
function gridFor(s: GuideShape, h: number): Grid {
  const [u, v, w] = frameAbout(s.removal, [0.36, 0.48, 0.8]);
  const lo = [Infinity, Infinity, Infinity];
  const hi = [-Infinity, -Infinity, -Infinity];
  const hold = (x: number, y: number, z: number, pad: number) =>
    [u, v, w].forEach((a, k) => {
      const d = a[0] * x + a[1] * y + a[2] * z;
      lo[k] = Math.min(lo[k], d - pad);
      hi[k] = Math.max(hi[k], d + pad);
    });
  const wall = s.plateGapMm + s.wallMm;
  for (let i = 0; i < s.plate.positions.length; i += 3)
    hold(s.plate.positions[i], s.plate.positions[i + 1], s.plate.positions[i + 2], wall);
  for (let i = 0; i < s.legs.positions.length; i += 3)
    hold(s.legs.positions[i], s.legs.positions[i + 1], s.legs.positions[i + 2], 0);
  for (const b of s.bores) for (const z of [b.fromMm, b.toMm]) hold(...along(b, z), b.outerDiameterMm / 2);
  if (s.tab) hold(...s.tab.place.at, Math.hypot(...s.tab.half));
  const size = [0, 1, 2].map((k) => Math.ceil((hi[k] - lo[k]) / h) + 6) as [number, number, number];
  if (size[0] * size[1] * size[2] > MOST_VOXELS)
    throw new OsteonError('plate.too-large', { xMm: size[0] * h, yMm: size[1] * h, zMm: size[2] * h });
  const o = [0, 1, 2].map((k) => (lo[0] - 2 * h) * u[k] + (lo[1] - 2 * h) * v[k] + (lo[2] - 2 * h) * w[k]);
  const row = (k: number) => [h * u[k], h * v[k], h * w[k], o[k]];
  return { size, lpsFromVoxel: { from: 'voxel', to: 'lps', m: [...row(0), ...row(1), ...row(2)] } };
}

export const along = ({ entryMm: e, outward: o }: GuideBore, z: number): Vec3 => [
  e[0] + z * o[0],
  e[1] + z * o[1],
  e[2] + z * o[2],
];

/** Calls `use` for the voxels in a ball about a point. */
function eachNear(
  grid: Grid,
  at: Vec3,
  radiusMm: number,
  use: (o: number, x: number, y: number, z: number) => void,
): void {
  const { m } = grid.lpsFromVoxel;
  const h = Math.hypot(m[0], m[4], m[8]);
  const d: Vec3 = [at[0] - m[3], at[1] - m[7], at[2] - m[11]];
  const c = [0, 1, 2].map((k) => (m[k] * d[0] + m[4 + k] * d[1] + m[8 + k] * d[2]) / (h * h));
  const from = c.map((x) => Math.max(0, Math.ceil(x - radiusMm / h)));
  const to = c.map((x, k) => Math.min(grid.size[k] - 1, Math.floor(x + radiusMm / h)));
  for (let k = from[2]; k <= to[2]; k++)
    for (let j = from[1]; j <= to[1]; j++)
      for (let i = from[0]; i <= to[0]; i++)
        use(
          (k * grid.size[1] + j) * grid.size[0] + i,
          m[0] * i + m[1] * j + m[2] * k + m[3],
          m[4] * i + m[5] * j + m[6] * k + m[7],
          m[8] * i + m[9] * j + m[10] * k + m[11],
        );
}

function addBores(solid: Float32Array, grid: Grid, bores: readonly GuideBore[]): void {
  for (const b of bores) {
    const half = (b.toMm - b.fromMm) / 2;
    const middle = (b.toMm + b.fromMm) / 2;
    const radius = b.outerDiameterMm / 2;
    eachNear(grid, along(b, middle), Math.hypot(half, radius) + 2, (o, x, y, z) => {
      const d: Vec3 = [x - b.entryMm[0], y - b.entryMm[1], z - b.entryMm[2]];
      const s = dot(d, b.outward);
      const r = Math.sqrt(Math.max(0, dot(d, d) - s * s));
      solid[o] = Math.min(solid[o], Math.max(r - radius, Math.abs(s - middle) - half));
    });
  }
}

function addTab(solid: Float32Array, grid: Grid, { place: p, half, deepMm }: NonNullable<GuideShape['tab']>): void {
  eachNear(grid, p.at, Math.hypot(half[0], half[1], deepMm) + 2, (o, x, y, z) => {
    const d: Vec3 = [x - p.at[0], y - p.at[1], z - p.at[2]];
    const s = dot(d, p.out);
    const box = Math.max(Math.abs(dot(d, p.along)) - half[0], Math.abs(dot(d, p.up)) - half[1], s, -s - deepMm);
    solid[o] = Math.min(solid[o], box);
  });
}

/** Takes off what lies, seen along the way off, under plate or bone with their gaps: walking down every column. */
function carve(solid: Float32Array, grid: Grid, plate: Float32Array, s: GuideShape, ground: Ground): void {
  const [nx, ny, nz] = grid.size;
  const { m } = grid.lpsFromVoxel;
  const slice = nx * ny;
  for (let j = 0; j < ny; j++)
    for (let i = 0; i < nx; i++) {
      const x = m[0] * i + m[1] * j + m[3];
      const y = m[4] * i + m[5] * j + m[7];
      const z = m[8] * i + m[9] * j + m[11];
      const up: Vec3 = [x + m[2] * nz, y + m[6] * nz, z + m[10] * nz];
      let over = blocked(ground.bone, up, s.removal) ? -1 : Number.POSITIVE_INFINITY;
      for (let k = nz - 1; k >= 0; k--) {
        const o = k * slice + j * nx + i;
        const bone = coarseDistance(ground, x + m[2] * k, y + m[6] * k, z + m[10] * k) - s.boneGapMm;
        over = Math.min(over, plate[o] - s.plateGapMm, bone);
        solid[o] = Math.max(solid[o], -over);
      }
    }
}

const blocked = (bone: Bvh, from: Vec3, way: Vec3): boolean => castRay(bone, from, way, WAY_MM) !== null;

/** Opened by a ball: what it does not fit in goes, and edges get its radius. */
function open(solid: Volume<'mm', Float32Array>, job: Job): Mesh {
  const core = isoSurface(solid, -OPEN_MM, { solid: 'below' });
  if (core.triangles.length === 0) return core;
  const field = signedDistanceVolume(core, solid.grid, OPEN_MM + 2 * spacingMm(solid.grid)[0], { job });
  return isoSurface(field, OPEN_MM, { solid: 'below' });
}
