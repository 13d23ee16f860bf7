import { type Job, NO_JOB, OsteonError, type Vec3 } from '../base/index.ts';
import { createVolume, type Quantity, spacingMm, type Volume, type VoxelArray } from './volume.ts';

/** Where the kernel is cut: the share beyond 4 σ is 6e-5, below the noise of any scan. */
export const GAUSSIAN_DEFAULTS = { truncate: 4 };

export interface GaussianOptions {
  /** Kernel is cut at this many σ. */
  readonly truncate?: number;
  readonly job?: Job;
}

/**
 * Gaussian blur with standard deviation `sigmaMm` along i, j, k (one number: all alike), mm. Beyond the rim the samples
 * continue mirrored about the outermost one. Zero σ leaves an axis alone.
 * @cost about 1 ns a voxel and kernel tap; memory 4 bytes a voxel
 * @accuracy sampled kernel, normalised: constants stay constant; sums in double precision per axis, stored as float32
 * @throws param.range for a σ that is negative or not finite
 */
export function gaussian<Q extends Quantity>(
  volume: Volume<Q>,
  sigmaMm: number | Vec3,
  options: GaussianOptions = {},
): Volume<Q, Float32Array> {
  const { truncate, job } = { ...GAUSSIAN_DEFAULTS, job: NO_JOB, ...options };
  const { size } = volume.grid;
  const kernels = gaussianKernels(volume, sigmaMm, truncate);
  const out = new Float32Array(volume.data.length);
  blurInSlices(volume.data, size, kernels, out, 0, size[2], job.part(0, 0.7));
  blurAcrossSlices(out, size, kernels[2], 0, size[1], job.part(0.7, 1));
  return createVolume(volume.grid, volume.quantity, out);
}

/** Half kernels along i, j, k, centre first, each summing to 1 over both halves. @throws param.range */
export function gaussianKernels(
  volume: Volume,
  sigmaMm: number | Vec3,
  truncate = GAUSSIAN_DEFAULTS.truncate,
): readonly Float64Array[] {
  const spacing = spacingMm(volume.grid);
  const sigmas = typeof sigmaMm === 'number' ? [sigmaMm, sigmaMm, sigmaMm] : sigmaMm;
  if (!sigmas.every((s) => s >= 0 && s < Number.POSITIVE_INFINITY))
    throw new OsteonError('param.range', { sigmaMm: sigmas.join(' ') });
  return sigmas.map((s, axis) => halfKernel(s / spacing[axis], truncate));
}

function halfKernel(sigma: number, truncate: number): Float64Array {
  const reach = Math.ceil(truncate * sigma - 1e-9);
  const k = Float64Array.from({ length: reach + 1 }, (_, i) =>
    i === 0 ? 1 : Math.exp((-i * i) / (2 * sigma * sigma)),
  );
  let sum = k[0];
  for (let i = 1; i <= reach; i++) sum += 2 * k[i];
  return k.map((x) => x / sum);
}

/** First half, for slices z0 ≤ z < z1: blur along x and y. Slices do not depend on each other. */
export function blurInSlices(
  data: VoxelArray,
  [nx, ny]: Vec3,
  [kx, ky]: readonly Float64Array[],
  out: Float32Array,
  z0: number,
  z1: number,
  job: Job = NO_JOB,
): void {
  const rx = kx.length - 1;
  const ry = ky.length - 1;
  const line = new Float32Array(nx + 2 * rx);
  const slice = new Float32Array((ny + 2 * ry) * nx);
  for (let z = z0; z < z1; z++) {
    job.at((z - z0) / (z1 - z0));
    for (let y = 0; y < ny; y++) {
      const from = (z * ny + y) * nx;
      line.set(data.subarray(from, from + nx), rx);
      mirrorEnds(line, nx, rx, 1);
      convolve(line, rx, 1, kx, slice, (ry + y) * nx, nx);
    }
    mirrorEnds(slice, ny, ry, nx);
    for (let y = 0; y < ny; y++) convolve(slice, (ry + y) * nx, nx, ky, out, (z * ny + y) * nx, nx);
  }
}

/** Second half, for rows y0 ≤ y < y1 of every slice: blur along z, in place. Needs the first half of all slices. */
export function blurAcrossSlices(
  out: Float32Array,
  [nx, ny, nz]: Vec3,
  kz: Float64Array,
  y0: number,
  y1: number,
  job: Job = NO_JOB,
): void {
  const rz = kz.length - 1;
  if (rz === 0) return;
  for (let y = y0; y < y1; y++) {
    job.at((y - y0) / (y1 - y0));
    for (let x = 0; x < nx; x += TILE) {
      const width = Math.min(TILE, nx - x);
      const lines = new Float32Array((nz + 2 * rz) * width);
      for (let z = 0, o = y * nx + x; z < nz; z++, o += nx * ny)
        lines.set(out.subarray(o, o + width), (rz + z) * width);
      mirrorEnds(lines, nz, rz, width);
      for (let z = 0, o = y * nx + x; z < nz; z++, o += nx * ny)
        convolve(lines, (rz + z) * width, width, kz, out, o, width);
    }
  }
}

/** Columns taken together along z: their lines fit the second-level cache. */
const TILE = 128;

/** n lines of `width` samples stand after `reach` empty ones: fills those before and after, mirrored about the outermost. */
function mirrorEnds(lines: Float32Array, n: number, reach: number, width: number): void {
  const period = Math.max(1, 2 * n - 2);
  for (let i = 1; i <= reach; i++) {
    const m = i % period;
    const inward = m < n ? m : period - m;
    lines.copyWithin((reach - i) * width, (reach + inward) * width, (reach + inward + 1) * width);
    const back = reach + n - 1;
    lines.copyWithin((back + i) * width, (back - inward) * width, (back - inward + 1) * width);
  }
}

/**
 * out[o + i] = Σ k(d) · (f[c + i − d·stride] + f[c + i + d·stride]) over i < n. Four pairs of taps at once: the sum stays
 * in registers, which is 2.5 times faster than a pair at a time (Node 20, 2026).
 */
function convolve(
  f: Float32Array,
  c: number,
  stride: number,
  k: Float64Array,
  out: Float32Array,
  o: number,
  n: number,
): void {
  const k0 = k[0];
  if (k.length === 1) {
    out.set(f.subarray(c, c + n), o);
    return;
  }
  for (let d = 1; d < k.length; d += 4) {
    const s1 = d * stride;
    // Taps past the end of the kernel weigh nothing and read the centre.
    const [k1, k2, k3, k4] = [k[d], k[d + 1] ?? 0, k[d + 2] ?? 0, k[d + 3] ?? 0];
    const s2 = k2 ? s1 + stride : 0;
    const s3 = k3 ? s2 + stride : 0;
    const s4 = k4 ? s3 + stride : 0;
    if (d === 1)
      for (let i = 0, p = c; i < n; i++, p++)
        out[o + i] =
          k0 * f[p] +
          k1 * (f[p - s1] + f[p + s1]) +
          k2 * (f[p - s2] + f[p + s2]) +
          k3 * (f[p - s3] + f[p + s3]) +
          k4 * (f[p - s4] + f[p + s4]);
    else
      for (let i = 0, p = c; i < n; i++, p++)
        out[o + i] +=
          k1 * (f[p - s1] + f[p + s1]) +
          k2 * (f[p - s2] + f[p + s2]) +
          k3 * (f[p - s3] + f[p + s3]) +
          k4 * (f[p - s4] + f[p + s4]);
  }
}
