import { type Job, NO_JOB } from '../../base/index.ts';
import { closestPoints, components, type Mesh, pickTriangles, simplify, volumeMm3 } from '../../mesh/index.ts';
import { isoSurface } from '../../surface/index.ts';
import { axisGrid, createVolume, type Volume } from '../../volume/index.ts';
import { bucketAt, bucketsOf, type Footprint, join, type Lateral, lateral, nearPieces, stretch } from './footprint.ts';
import { coarseDistance, createHeight, EVEN_MM, evenAt, type Ground, type Height, heightAt } from './ground.ts';
import type { PlannedHole } from './holes.ts';

export interface BodyValues {
  readonly standOffMm: number;
  readonly outerEdgeMm: number;
  readonly boneEdgeMm: number;
  readonly gridMm: number;
  readonly deviationMm: number;
}

export interface Blank {
  readonly mesh: Mesh;
  /** Pieces that were left out because nothing joins them to the largest, mm³. */
  readonly dropped: readonly number[];
}

/** A boss goes this many of its radii along the bone: enough for a screw that leans by 45°. */
const LEAN = 1.4;
/** Beyond the surface the field is cut here, in steps of the grid. */
const MARGIN = 3;
/** A point of the marching surface counts as bone side where its height is this near to the stand-off, in steps. */
const SNAP = 0.75;

/**
 * The plate without holes: everything between the stand-off and the thickness above the closed bone, inside the
 * footprint, with bosses and rounded edges. Made as a field on a grid and surfaced; then its bone side is put on the
 * stand-off surface exactly.
 * @returns closed, manifold, outward
 * @cost a nearest-point query for each sample near the plate: 3 s for 35 cm of arms at 0.4 mm
 * @accuracy bone side as stated by `boneSide`; outer side and edges to about grid²/(8R) for a radius of curvature R
 */
export function plateBlank(
  ground: Ground,
  footprint: Footprint,
  holes: readonly PlannedHole[],
  v: BodyValues,
  job: Job = NO_JOB,
): Blank {
  const field = plateField(ground, footprint, holes, v, job.part(0, 0.6));
  const raw = largest(isoSurface(field, 0, { solid: 'below' }));
  job.at(0.7);
  const placed = onStandOff(raw.mesh, ground, v);
  const { mesh } = simplify(placed, { maxDeviationMm: v.deviationMm, job: job.part(0.75, 1) });
  return { mesh, dropped: raw.dropped };
}

/** Negative inside the plate, mm; cut where it is more than some steps outside. */
export function plateField(
  ground: Ground,
  footprint: Footprint,
  holes: readonly PlannedHole[],
  v: BodyValues,
  job: Job,
): Volume<'mm', Float32Array> {
  const h = v.gridMm;
  const margin = MARGIN * h;
  const thickest = footprint.thicknessMm.reduce((a, b) => Math.max(a, b), 0);
  const tallest = holes.reduce((m, p) => Math.max(m, p.tallMm), v.standOffMm + thickest + EVEN_MM);
  const tallMm = tallest + margin;
  const reachMm = Math.max(footprint.filletMm, ...holes.map((p) => p.bossRadiusMm)) + margin + tallMm / 2;
  const buckets = bucketsOf(footprint, reachMm);
  const cells = [...buckets.pieces.keys()].sort((a, b) => a - b);
  const at = (key: number) => [
    key % buckets.nx,
    Math.floor(key / buckets.nx) % buckets.ny,
    Math.floor(key / (buckets.nx * buckets.ny)),
  ];
  const most = cells.reduce((m, key) => at(key).map((c, k) => Math.max(m[k], c)), [0, 0, 0]);
  const size = most.map((c) => Math.ceil(((c + 1) * buckets.cellMm) / h) + 2) as [number, number, number];
  const grid = axisGrid(size, [h, h, h], buckets.lo);
  const data = new Float32Array(size[0] * size[1] * size[2]).fill(margin);
  const out: Lateral = { mm: 0, dx: 0, dy: 0, dz: 0, thicknessMm: 0 };
  const even = createHeight();
  const places = new Int32Array(Math.ceil(buckets.cellMm / h + 1) ** 3);
  for (const [n, key] of cells.entries()) {
    if (n % 64 === 0) job.at(n / cells.length);
    const list = buckets.pieces.get(key)!;
    const from = at(key).map((c) => Math.ceil((c * buckets.cellMm) / h - 1e-9));
    const to = at(key).map((c) => Math.ceil(((c + 1) * buckets.cellMm) / h - 1e-9));
    let count = 0;
    const points: number[] = [];
    for (let z = from[2]; z < to[2]; z++)
      for (let y = from[1]; y < to[1]; y++)
        for (let x = from[0]; x < to[0]; x++) {
          const px = buckets.lo[0] + x * h;
          const py = buckets.lo[1] + y * h;
          const pz = buckets.lo[2] + z * h;
          const d = coarseDistance(ground, px, py, pz);
          // The closed bone lies no lower than the bone; a step of the coarse field may be off by its half.
          if (d < v.standOffMm - margin - 0.4 || d > ground.radiusMm + tallMm) continue;
          if (!nearPieces(footprint, list, px, py, pz, reachMm)) continue;
          places[count++] = (z * size[1] + y) * size[0] + x;
          points.push(px, py, pz);
        }
    if (count === 0) continue;
    const p = Float64Array.from(points);
    const near = closestPoints(ground.rolled, p, { limitMm: ground.radiusMm + tallMm + 2 });
    for (let i = 0; i < count; i++) {
      const d = near.distanceMm[i];
      if (!(d > 1e-3) || !Number.isFinite(d)) continue;
      const [x, y, z] = [p[3 * i], p[3 * i + 1], p[3 * i + 2]];
      const under = coarseDistance(ground, x, y, z) < ground.radiusMm;
      const mm = under ? ground.radiusMm - d : ground.radiusMm + d;
      if (mm < v.standOffMm - margin || mm > tallMm) continue;
      evenAt(ground, near.triangles[i], near.points[3 * i], near.points[3 * i + 1], near.points[3 * i + 2], even);
      // The outline and the outer side follow the smoothed bone; only the bone side follows every form of it.
      const fx = x - mm * even.gx;
      const fy = y - mm * even.gy;
      const fz = z - mm * even.gz;
      const tall = mm - even.mm;
      lateral(footprint, bucketAt(buckets, fx, fy, fz), fx, fy, fz, even.gx, even.gy, even.gz, out);
      const value = solidAt(out, holes, mm, tall, x, y, z, even, footprint.filletMm, v);
      data[places[i]] = Math.min(margin, value);
    }
  }
  return createVolume(grid, 'mm', data);
}

/** The field at one point, from its distance to the outline and its height. */
function solidAt(
  out: Lateral,
  holes: readonly PlannedHole[],
  mm: number,
  tall: number,
  x: number,
  y: number,
  z: number,
  { gx, gy, gz }: Height,
  filletMm: number,
  v: BodyValues,
): number {
  const top = v.standOffMm + out.thicknessMm;
  let boss = Number.POSITIVE_INFINITY;
  let blend = 0;
  for (const { hole, bossRadiusMm: r, bossTopMm, normal: n, foot } of holes) {
    const fx = x - foot[0];
    const fy = y - foot[1];
    const fz = z - foot[2];
    if (fx * fx + fy * fy + fz * fz > 9 * r * r + 100) continue;
    const { outward: o, entryMm: e } = hole;
    const along = (x - e[0]) * o[0] + (y - e[1]) * o[1] + (z - e[2]) * o[2];
    const rx = x - e[0] - along * o[0];
    const ry = y - e[1] - along * o[1];
    const rz = z - e[2] - along * o[2];
    const away = Math.sqrt(rx * rx + ry * ry + rz * rz);
    const turned = stretch(gx * n[0] + gy * n[1] + gz * n[2]);
    // Around the axis, and not farther along the bone than a leaning screw needs.
    const across = Math.max(away * turned - r, Math.sqrt(fx * fx + fy * fy + fz * fz) * turned - LEAN * r - mm);
    const k = away > 0 ? 1 / away : 0;
    if (bossTopMm !== null) {
      const d = rounded(across, along - bossTopMm, Math.min(v.outerEdgeMm, r / 2));
      if (d < boss) {
        boss = d;
        blend = bossTopMm - hole.outerSideMm;
      }
    }
    join(out, across, k * rx, k * ry, k * rz, filletMm);
  }
  let body = rounded(out.mm, tall - top, v.outerEdgeMm);
  if (boss < Number.POSITIVE_INFINITY) {
    const k = Math.min(1.5, Math.max(0, blend));
    const gap = Math.abs(body - boss);
    body = Math.min(body, boss) - (gap < k ? ((k - gap) * (k - gap)) / (4 * k) : 0);
  }
  return rounded(body, v.standOffMm - mm, v.boneEdgeMm);
}

/** Both conditions, the edge between them rounded by `radius`. */
function rounded(a: number, b: number, radius: number): number {
  const p = a + radius > 0 ? a + radius : 0;
  const q = b + radius > 0 ? b + radius : 0;
  return Math.min(Math.max(a, b), -radius) + Math.sqrt(p * p + q * q);
}

function largest(mesh: Mesh): { mesh: Mesh; dropped: number[] } {
  const { count, ofTriangle } = components(mesh);
  if (count <= 1) return { mesh, dropped: [] };
  const parts = Array.from({ length: count }, (_, c) => pickTriangles(mesh, (t) => ofTriangle[t] === c));
  const volumes = parts.map(volumeMm3);
  const main = volumes.reduce((best, x, c) => (x > volumes[best] ? c : best), 0);
  return { mesh: parts[main], dropped: volumes.filter((x, c) => c !== main && x > 0) };
}

/**
 * Vertices near the stand-off surface put on it, and none nearer to the bone than the stand-off: the marching surface is
 * off by a fraction of a step where the bone is rough.
 */
function onStandOff(mesh: Mesh, ground: Ground, { standOffMm: s, gridMm, boneEdgeMm }: BodyValues): Mesh {
  const p = mesh.positions.slice();
  const h = createHeight();
  const reach = Math.min(SNAP * gridMm, boneEdgeMm / 4);
  const inside = closestPoints(ground.bone, p, { limitMm: s + reach });
  for (let i = 0; i < p.length; i += 3) {
    if (coarseDistance(ground, p[i], p[i + 1], p[i + 2]) > ground.radiusMm) continue;
    heightAt(ground, p[i], p[i + 1], p[i + 2], h, true);
    let move = Math.abs(h.mm - s) < reach ? s - h.mm : Math.max(0, s - h.mm);
    const gap = inside.distanceMm[i / 3];
    if (gap < s) move = Math.max(move, s - gap);
    p[i] += move * h.gx;
    p[i + 1] += move * h.gy;
    p[i + 2] += move * h.gz;
  }
  return { positions: p, triangles: mesh.triangles };
}
