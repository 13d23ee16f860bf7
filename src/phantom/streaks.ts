import { type Grid, spacingMm } from '../volume/index.ts';

export interface StreakModel {
  /** How much of the attenuation of metal a hardened beam loses, of what is left after an exponential law. */
  readonly hardening: number;
  /** The detector sees no more than this much attenuation (natural logarithm). */
  readonly starvation: number;
  /** Noise of starved rays. */
  readonly noise: number;
  readonly angles: number;
}
export const STREAK_DEFAULTS: StreakModel = { hardening: 0.1, starvation: 6, noise: 0.08, angles: 120 };

/** Attenuation of water at about 70 keV, 1/mm. */
const WATER = 0.019;
/** Pixels a side of the slice that is projected. */
const SIZE = 192;

/**
 * Metal artefacts slice by slice: what beam hardening, starvation and their noise add to the projections of a slice,
 * filtered and projected back. Bones and body enter as the attenuation along each ray.
 * @requires grid along x, y, z; `metal` the share of metal in each voxel; `hu` changed in place
 * @cost 60 ms a slice that holds metal
 */
export function addStreaks(
  hu: Float32Array,
  metal: Float32Array,
  grid: Grid,
  normal: () => number,
  model: StreakModel = STREAK_DEFAULTS,
): void {
  const [nx, ny, nz] = grid.size;
  const [sx, sy] = spacingMm(grid);
  const pixelMm = Math.max(nx * sx, ny * sy) / SIZE;
  const tables = anglesOf(model.angles);
  const kernel = rampKernel();
  for (let k = 0; k < nz; k++) {
    const from = k * nx * ny;
    const share = metal.subarray(from, from + nx * ny);
    if (!share.some((m) => m > 0.05)) continue;
    const slice = hu.subarray(from, from + nx * ny);
    const mu = shrink(slice, nx, ny, sx, sy, pixelMm, (v) => Math.max(0, ((v + 1000) / 1000) * WATER));
    const of = shrink(share, nx, ny, sx, sy, pixelMm, (v) => v);
    const error = projectionError(project(mu, tables), project(of, tables), pixelMm, model, normal);
    const wrong = backProject(filterRows(error, model.angles, kernel), tables);
    addTo(slice, wrong, nx, ny, sx, sy, pixelMm, 1000 / (WATER * pixelMm));
  }
}

const anglesOf = (n: number) =>
  Array.from({ length: n }, (_, i) => [Math.cos((Math.PI * i) / n), Math.sin((Math.PI * i) / n)] as const);

/** The slice on the coarse square that is projected, area by area. */
function shrink(
  v: Float32Array,
  nx: number,
  ny: number,
  sx: number,
  sy: number,
  pixelMm: number,
  map: (v: number) => number,
): Float32Array {
  const sum = new Float32Array(SIZE * SIZE);
  const count = new Float32Array(SIZE * SIZE);
  for (let j = 0; j < ny; j++)
    for (let i = 0; i < nx; i++) {
      const x = Math.floor(((i + 0.5 - nx / 2) * sx) / pixelMm + SIZE / 2);
      const y = Math.floor(((j + 0.5 - ny / 2) * sy) / pixelMm + SIZE / 2);
      if (x < 0 || y < 0 || x >= SIZE || y >= SIZE) continue;
      sum[y * SIZE + x] += map(v[j * nx + i]);
      count[y * SIZE + x]++;
    }
  return sum.map((s, i) => (count[i] > 0 ? s / count[i] : 0));
}

/** Sums along parallel rays, in pixels; one row an angle. */
function project(f: Float32Array, tables: readonly (readonly [number, number])[]): Float32Array {
  const out = new Float32Array(tables.length * SIZE);
  const c = SIZE / 2;
  for (let j = 0; j < SIZE; j++)
    for (let i = 0; i < SIZE; i++) {
      const v = f[j * SIZE + i];
      if (v === 0) continue;
      for (let a = 0; a < tables.length; a++) {
        const s = (i + 0.5 - c) * tables[a][0] + (j + 0.5 - c) * tables[a][1] + c - 0.5;
        const at = Math.floor(s);
        if (at < 0 || at + 1 >= SIZE) continue;
        out[a * SIZE + at] += v * (at + 1 - s);
        out[a * SIZE + at + 1] += v * (s - at);
      }
    }
  return out;
}

/** What the scanner measures less what it should. */
function projectionError(
  p: Float32Array,
  metal: Float32Array,
  pixelMm: number,
  { hardening, starvation, noise }: StreakModel,
  normal: () => number,
): Float32Array {
  return p.map((sum, i) => {
    const ideal = sum * pixelMm;
    const path = metal[i] * pixelMm;
    if (path === 0) return 0;
    const hard = ideal - (hardening * path * 0.1 * ideal) / (1 + 0.1 * ideal);
    const starved = Math.exp(Math.min(3, Math.max(-4, hard - 4)) / 2);
    return Math.min(hard, starvation) + noise * 0.2 * starved * normal() - ideal;
  });
}

/** Ramp filter with a Hann window, in space. */
function rampKernel(): Float64Array {
  const raw = (n: number) => (n === 0 ? 0.25 : n % 2 === 0 ? 0 : -1 / (Math.PI * Math.PI * n * n));
  return Float64Array.from({ length: SIZE }, (_, n) => 0.5 * raw(n) + 0.25 * (raw(n - 1) + raw(n + 1)));
}

function filterRows(rows: Float32Array, angles: number, kernel: Float64Array): Float32Array {
  const out = new Float32Array(rows.length);
  for (let a = 0; a < angles; a++)
    for (let s = 0; s < SIZE; s++) {
      const v = rows[a * SIZE + s];
      if (v === 0) continue;
      for (let t = 0; t < SIZE; t++) out[a * SIZE + t] += v * kernel[Math.abs(t - s)];
    }
  return out;
}

function backProject(rows: Float32Array, tables: readonly (readonly [number, number])[]): Float32Array {
  const out = new Float32Array(SIZE * SIZE);
  const c = SIZE / 2;
  const weight = Math.PI / tables.length;
  for (let a = 0; a < tables.length; a++)
    for (let j = 0; j < SIZE; j++) {
      let s = (0.5 - c) * tables[a][0] + (j + 0.5 - c) * tables[a][1] + c - 0.5;
      for (let i = 0; i < SIZE; i++, s += tables[a][0]) {
        if (s < 0 || s >= SIZE - 1) continue;
        const at = s | 0;
        const v = rows[a * SIZE + at];
        out[j * SIZE + i] += weight * (v + (s - at) * (rows[a * SIZE + at + 1] - v));
      }
    }
  return out;
}

function addTo(
  slice: Float32Array,
  wrong: Float32Array,
  nx: number,
  ny: number,
  sx: number,
  sy: number,
  pixelMm: number,
  factor: number,
): void {
  for (let j = 0; j < ny; j++) {
    const y = Math.min(SIZE - 1.001, Math.max(0, ((j + 0.5 - ny / 2) * sy) / pixelMm + SIZE / 2 - 0.5));
    const y0 = Math.floor(y);
    for (let i = 0; i < nx; i++) {
      const x = Math.min(SIZE - 1.001, Math.max(0, ((i + 0.5 - nx / 2) * sx) / pixelMm + SIZE / 2 - 0.5));
      const x0 = Math.floor(x);
      const o = y0 * SIZE + x0;
      const top = wrong[o] + (x - x0) * (wrong[o + 1] - wrong[o]);
      const low = wrong[o + SIZE] + (x - x0) * (wrong[o + SIZE + 1] - wrong[o + SIZE]);
      slice[j * nx + i] += factor * (top + (y - y0) * (low - top));
    }
  }
}
