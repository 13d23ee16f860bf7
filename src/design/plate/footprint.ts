import type { ArmCurve } from './types.ts';

/**
 * The outline of a plate on the bone: a signed distance along the surface to the edge of the nearest arm, negative
 * inside, and the thickness there. Arms are joined with fillets whose size falls to nothing where they run on in line.
 */
export interface Footprint {
  /** Eleven numbers a piece: its two ends, the normal of the bone between them, half the width, the arm. */
  readonly pieces: Float64Array;
  readonly count: number;
  readonly thicknessMm: Float64Array;
  readonly filletMm: number;
}

const PIECE = 11;

export function footprintOf(
  arms: readonly ArmCurve[],
  fill: readonly { readonly points: Float64Array; readonly normals: Float64Array }[],
  fillThicknessMm: number,
  filletMm: number,
): Footprint {
  const rows: number[] = [];
  const thickness: number[] = [];
  for (const [a, { points: p, normals: n, widthMm, thicknessMm }] of arms.entries()) {
    for (let i = 0; i + 3 < p.length; i += 3) {
      rows.push(p[i], p[i + 1], p[i + 2], p[i + 3], p[i + 4], p[i + 5]);
      rows.push(n[i] + n[i + 3], n[i + 1] + n[i + 4], n[i + 2] + n[i + 5], widthMm / 2, a);
    }
    thickness.push(thicknessMm);
  }
  for (const { points: p, normals: n } of fill) {
    for (let i = 0; i < p.length; i += 3) {
      rows.push(p[i], p[i + 1], p[i + 2], p[i], p[i + 1], p[i + 2]);
      rows.push(2 * n[i], 2 * n[i + 1], 2 * n[i + 2], FILL_HALF_MM, thickness.length);
    }
    thickness.push(fillThicknessMm);
  }
  for (let i = 0; i < rows.length; i += PIECE) {
    const s = Math.hypot(rows[i + 6], rows[i + 7], rows[i + 8]) || 1;
    for (let k = 6; k < 9; k++) rows[i + k] /= s;
  }
  return {
    pieces: Float64Array.from(rows),
    count: rows.length / PIECE,
    thicknessMm: Float64Array.from(thickness),
    filletMm,
  };
}

/** Discs of this radius around the points inside a panel cover it, mm. */
const FILL_HALF_MM = 1.6;

/** Lists of the pieces that may matter in a cell of space. */
export interface Buckets {
  readonly cellMm: number;
  readonly pieces: ReadonlyMap<number, readonly number[]>;
  readonly lo: readonly [number, number, number];
  readonly nx: number;
  readonly ny: number;
}

/** Pieces by cells of 4 mm, each in all cells within `reachMm` of its edge. */
export function bucketsOf(f: Footprint, reachMm: number): Buckets {
  const cellMm = 4;
  const lo: [number, number, number] = [Infinity, Infinity, Infinity];
  const hi = [-Infinity, -Infinity, -Infinity];
  let widest = 0;
  for (let o = 0; o < f.pieces.length; o += PIECE) {
    widest = Math.max(widest, f.pieces[o + 9]);
    for (let k = 0; k < 6; k++) {
      lo[k % 3] = Math.min(lo[k % 3], f.pieces[o + k]);
      hi[k % 3] = Math.max(hi[k % 3], f.pieces[o + k]);
    }
  }
  for (let k = 0; k < 3; k++) lo[k] -= widest + reachMm + cellMm;
  const nx = Math.ceil((hi[0] + widest + reachMm + cellMm - lo[0]) / cellMm) + 1;
  const ny = Math.ceil((hi[1] + widest + reachMm + cellMm - lo[1]) / cellMm) + 1;
  const pieces = new Map<number, number[]>();
  for (let i = 0; i < f.count; i++) {
    const o = PIECE * i;
    const p = f.pieces;
    const reach = p[o + 9] + reachMm;
    const c = [0, 1, 2].map((k) => (p[o + k] + p[o + 3 + k]) / 2);
    const r = reach + Math.hypot(p[o + 3] - p[o], p[o + 4] - p[o + 1], p[o + 5] - p[o + 2]) / 2;
    const from = c.map((x, k) => Math.floor((x - r - lo[k]) / cellMm));
    const to = c.map((x, k) => Math.floor((x + r - lo[k]) / cellMm));
    for (let z = from[2]; z <= to[2]; z++)
      for (let y = from[1]; y <= to[1]; y++)
        for (let x = from[0]; x <= to[0]; x++) {
          const mx = lo[0] + (x + 0.5) * cellMm - c[0];
          const my = lo[1] + (y + 0.5) * cellMm - c[1];
          const mz = lo[2] + (z + 0.5) * cellMm - c[2];
          // Half the diagonal of a cell on top of the reach.
          if (mx * mx + my * my + mz * mz > (r + 0.87 * cellMm) * (r + 0.87 * cellMm)) continue;
          const key = (z * ny + y) * nx + x;
          const list = pieces.get(key);
          if (list) list.push(i);
          else pieces.set(key, [i]);
        }
  }
  return { cellMm, pieces, lo, nx, ny };
}

const NOTHING: readonly number[] = [];

/** Whether the edge of any piece of the list is nearer to a point than this, as the crow flies. */
export function nearPieces(
  f: Footprint,
  list: readonly number[],
  x: number,
  y: number,
  z: number,
  mm: number,
): boolean {
  const { pieces: p } = f;
  for (let i = 0; i < list.length; i++) {
    const o = PIECE * list[i];
    const dx = x - (p[o] + p[o + 3]) / 2;
    const dy = y - (p[o + 1] + p[o + 4]) / 2;
    const dz = z - (p[o + 2] + p[o + 5]) / 2;
    const r = p[o + 9] + mm;
    if (dx * dx + dy * dy + dz * dz < r * r) return true;
  }
  return false;
}

export function bucketAt({ cellMm, pieces, lo, nx, ny }: Buckets, x: number, y: number, z: number): readonly number[] {
  const i = Math.floor((x - lo[0]) / cellMm);
  const j = Math.floor((y - lo[1]) / cellMm);
  const k = Math.floor((z - lo[2]) / cellMm);
  return pieces.get((k * ny + j) * nx + i) ?? NOTHING;
}

/** What `lateral` answers: distance to the edge along the surface, the direction in which it grows, the thickness. */
export interface Lateral {
  mm: number;
  dx: number;
  dy: number;
  dz: number;
  thicknessMm: number;
}

/** Outside of everything. */
const FAR_MM = 1e3;

/**
 * Signed distance to the outline for a foot (x, y, z) on the bone whose normal is (gx, gy, gz).
 * The way along a surface that turns by φ is taken as chord · (φ/2)/sin(φ/2), exact on spheres and cylinders; beyond a
 * right angle it grows steeply, so that a plate does not come out on the other side of a thin bone.
 */
export function lateral(
  f: Footprint,
  list: readonly number[],
  x: number,
  y: number,
  z: number,
  gx: number,
  gy: number,
  gz: number,
  out: Lateral,
): void {
  const { pieces: p } = f;
  let arm = -1;
  let best = FAR_MM;
  let bx = 0;
  let by = 0;
  let bz = 0;
  out.mm = FAR_MM;
  let weights = 0;
  let thick = 0;
  // Pieces of one arm follow each other; after its last the arm is joined with what is there.
  for (let i = 0; i <= list.length; i++) {
    const o = i < list.length ? PIECE * list[i] : -1;
    const next = o < 0 ? -2 : p[o + 10];
    if (next !== arm) {
      if (arm >= 0 && best < FAR_MM) {
        const w = weightOf(best);
        weights += w;
        thick += w * f.thicknessMm[arm];
        join(out, best, bx, by, bz, f.filletMm);
      }
      arm = next;
      best = FAR_MM;
    }
    if (o < 0) break;
    const ax = p[o];
    const ay = p[o + 1];
    const az = p[o + 2];
    const ex = p[o + 3] - ax;
    const ey = p[o + 4] - ay;
    const ez = p[o + 5] - az;
    const ee = ex * ex + ey * ey + ez * ez;
    let s = ee > 0 ? ((x - ax) * ex + (y - ay) * ey + (z - az) * ez) / ee : 0;
    s = s < 0 ? 0 : s > 1 ? 1 : s;
    const dx = x - ax - s * ex;
    const dy = y - ay - s * ey;
    const dz = z - az - s * ez;
    const chord = Math.sqrt(dx * dx + dy * dy + dz * dz);
    if (chord - p[o + 9] >= best) continue;
    const d = chord * stretch(gx * p[o + 6] + gy * p[o + 7] + gz * p[o + 8]) - p[o + 9];
    if (d >= best) continue;
    best = d;
    const k = chord > 0 ? 1 / chord : 0;
    bx = k * dx;
    by = k * dy;
    bz = k * dz;
  }
  out.thicknessMm = weights > 0 ? thick / weights : 0;
}

/** How much longer the way along a surface is than its chord, from the cosine between the normals at its ends. */
export function stretch(cos: number): number {
  // φ/2 / sin(φ/2) with sin(φ/2) = √((1 − cos)/2), by its series: φ²/24 + 7φ⁴/5760, and φ² from 2(1 − cos).
  const v = 1 - cos;
  if (v <= 0) return 1;
  const k = 1 + v / 12 + (v * v * 3) / 160 + v * v * v * 0.0056;
  return v <= 1 ? k : k + 12 * (v - 1) * (v - 1);
}

/** The nearer edge counts most, so that the thickness runs from one arm's into the other's. */
function weightOf(mm: number): number {
  const d = Math.max(0, mm) + 0.5;
  return 1 / (d * d * d * d);
}

/** The lesser of two distances with a fillet between them, as large as their directions disagree. */
export function join(out: Lateral, mm: number, dx: number, dy: number, dz: number, filletMm: number): void {
  const cos = out.dx * dx + out.dy * dy + out.dz * dz;
  const k = out.mm < FAR_MM ? (filletMm * (1 - cos)) / 2 : 0;
  const gap = Math.abs(out.mm - mm);
  const dip = gap < k ? ((k - gap) * (k - gap)) / (4 * k) : 0;
  if (mm < out.mm) {
    out.mm = mm;
    out.dx = dx;
    out.dy = dy;
    out.dz = dz;
  }
  out.mm -= dip;
}
