import { gzipSync } from 'fflate';
import { type Finding, OsteonError, RAS_FROM_LPS } from '../base/index.ts';
import { compose, determinant, invert } from '../math/index.ts';
import { createVolume, type Grid, spacingMm, type Volume } from '../volume/index.ts';
import { concatBytes, latin1, requireBytes, requireLimit, viewOf } from './bytes.ts';
import { gunzipBounded, isGzip } from './inflate.ts';
import { IO_LIMITS } from './limits.ts';
import {
  bytesOfSamples,
  kindOf,
  type ReadVolumeOptions,
  refuseNotFinite,
  type SampleKind,
  sampleBytes,
  samplesOf,
  type VolumeFile,
} from './samples.ts';

const HEADER = 352;
const CODE_OF: Readonly<Record<SampleKind, number>> = {
  u1: 2,
  i2: 4,
  i4: 8,
  f4: 16,
  f8: 64,
  i1: 256,
  u2: 512,
  u4: 768,
};
const KIND_OF = new Map(Object.entries(CODE_OF).map(([kind, code]) => [code, kind as SampleKind]));

export interface NiftiOptions {
  readonly gzip?: boolean;
}

/**
 * NIfTI-1, one file. The format counts x to the right and y to the front: the grid is turned from LPS to RAS by name, the
 * samples stay as they are. @accuracy the grid is kept in single precision, as the format has it: 1e-5 mm at 100 mm
 */
export function writeNifti({ grid, data, quantity }: Volume, { gzip = false }: NiftiOptions = {}): Uint8Array {
  const head = new Uint8Array(HEADER);
  const v = viewOf(head);
  const { m } = compose(RAS_FROM_LPS, grid.lpsFromVoxel);
  const kind = kindOf(data);
  v.setInt32(0, 348, true);
  v.setInt16(40, 3, true);
  const spacing = spacingMm(grid);
  for (let k = 0; k < 3; k++) {
    v.setInt16(42 + 2 * k, grid.size[k], true);
    v.setFloat32(80 + 4 * k, spacing[k], true);
  }
  for (let k = 3; k < 7; k++) v.setInt16(42 + 2 * k, 1, true);
  v.setInt16(70, CODE_OF[kind], true);
  v.setInt16(72, 8 * sampleBytes(kind), true);
  v.setFloat32(76, 1, true);
  v.setFloat32(108, HEADER, true);
  v.setFloat32(112, 1, true);
  v.setUint8(123, 2);
  const text = `osteon ${quantity}`;
  for (let i = 0; i < text.length; i++) head[148 + i] = text.charCodeAt(i);
  v.setInt16(254, 1, true);
  for (let i = 0; i < 12; i++) v.setFloat32(280 + 4 * i, m[i], true);
  head.set([110, 43, 49, 0], 344);
  const out = concatBytes([head, bytesOfSamples(data)]);
  return gzip ? gzipSync(out, { level: 1, mtime: 0 }) : out;
}

/**
 * NIfTI-1 in one file, plain or gzip, three dimensions. The affine form is preferred, then the quaternion; metres and
 * microns become mm; a scale of the samples is applied. @throws io.format, io.truncated, io.limit, io.unsupported
 */
export function readNifti(file: Uint8Array, options: ReadVolumeOptions = {}): VolumeFile {
  const bytes = isGzip(file) ? gunzipBounded(file, IO_LIMITS.entryBytes, 'NIfTI') : file;
  requireBytes(bytes, 0, HEADER, 'NIfTI header');
  const v = viewOf(bytes);
  const little = v.getInt32(0, true) === 348;
  if (!little && v.getInt32(0, false) !== 348)
    throw new OsteonError(v.getInt32(0, true) === 540 ? 'io.unsupported' : 'io.format', { what: 'NIfTI-1 header' });
  const magic = latin1(bytes, 344, 347);
  if (magic === 'ni1') throw new OsteonError('io.unsupported', { what: 'NIfTI in two files' });
  if (magic !== 'n+1') bad('magic');
  const findings: Finding[] = [];
  const grid = gridOf(v, little, findings);
  const kind = KIND_OF.get(v.getInt16(70, little));
  if (!kind) throw new OsteonError('io.unsupported', { what: 'NIfTI type', code: v.getInt16(70, little) });
  const voxels = grid.size[0] * grid.size[1] * grid.size[2];
  requireLimit('voxels', voxels, IO_LIMITS.voxels);
  const at = v.getFloat32(108, little);
  if (!Number.isInteger(at) || at < HEADER) bad('vox_offset');
  const need = voxels * sampleBytes(kind);
  requireBytes(bytes, at, need, 'NIfTI samples');
  const raw = samplesOf(bytes.subarray(at, at + need), kind, little, findings);
  const slope = v.getFloat32(112, little);
  const data =
    slope === 0 || (slope === 1 && v.getFloat32(116, little) === 0)
      ? raw
      : scaled(raw, slope, v.getFloat32(116, little));
  refuseNotFinite(data);
  const text = latin1(bytes, 148, 228)
    .replace(/[^\x20-\x7e]/g, ' ')
    .trim();
  const said = /^osteon (hu|mr|label|mm|fraction)$/.exec(text)?.[1] as ReadVolumeOptions['quantity'];
  const volume = createVolume(grid, said ?? options.quantity ?? 'mr', data);
  return { format: 'nifti', volume, metadata: { description: text }, findings };
}

function bad(reason: string): never {
  throw new OsteonError('io.format', { what: 'NIfTI', reason });
}

function scaled(raw: ArrayLike<number>, slope: number, intercept: number): Float32Array {
  const out = new Float32Array(raw.length);
  for (let i = 0; i < out.length; i++) out[i] = raw[i] * slope + intercept;
  return out;
}

function gridOf(v: DataView, little: boolean, findings: Finding[]): Grid {
  const dimensions = v.getInt16(40, little);
  const size = [42, 44, 46].map((at) => v.getInt16(at, little));
  for (let k = 3; k < dimensions; k++)
    if (v.getInt16(42 + 2 * k, little) > 1)
      throw new OsteonError('io.unsupported', { what: 'NIfTI with more than three dimensions' });
  if (dimensions < 3 || dimensions > 7 || size.some((n) => n < 1)) bad('dimensions');
  const f = (at: number) => v.getFloat32(at, little);
  const unit = v.getUint8(123) & 7;
  const mm = unit === 1 ? 1000 : unit === 3 ? 0.001 : 1;
  let ras: number[];
  if (v.getInt16(254, little) > 0) ras = Array.from({ length: 12 }, (_, i) => f(280 + 4 * i));
  else if (v.getInt16(252, little) > 0) ras = quaternionForm(f);
  else {
    ras = [f(80), 0, 0, 0, 0, f(84), 0, 0, 0, 0, f(88), 0];
    findings.push({
      level: 'warning',
      code: 'io.no-orientation',
      text: 'The NIfTI does not say how it lies in the patient; its axes were taken as RAS.',
      hint: 'Left and right cannot be trusted.',
    });
  }
  if (ras.some((x) => !Number.isFinite(x))) bad('the grid is not finite');
  const lpsFromRas = invert(RAS_FROM_LPS);
  const { m } = compose(lpsFromRas, { from: 'voxel', to: 'ras', m: ras.map((x) => x * mm) });
  // Adding 0 turns -0 into 0.
  const grid: Grid = {
    size: [size[0], size[1], size[2]],
    lpsFromVoxel: { from: 'voxel', to: 'lps', m: m.map((x) => x + 0) },
  };
  if (!(Math.abs(determinant(grid.lpsFromVoxel)) > 1e-12)) bad('the axes lie in one plane');
  return grid;
}

/** Rotation from three quaternion components, spacing and the sign of the third axis, as the standard's method 2. */
function quaternionForm(f: (at: number) => number): number[] {
  const [b, c, d] = [f(256), f(260), f(264)];
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d));
  const flip = f(76) < 0 ? -1 : 1;
  const [x, y, z] = [f(80), f(84), f(88) * flip];
  return [
    (a * a + b * b - c * c - d * d) * x,
    2 * (b * c - a * d) * y,
    2 * (b * d + a * c) * z,
    f(268),
    2 * (b * c + a * d) * x,
    (a * a + c * c - b * b - d * d) * y,
    2 * (c * d - a * b) * z,
    f(272),
    2 * (b * d - a * c) * x,
    2 * (c * d + a * b) * y,
    (a * a + d * d - b * b - c * c) * z,
    f(276),
  ];
}
