import { type Finding, OsteonError } from '../base/index.ts';
import type { Quantity, Volume, VoxelArray } from '../volume/index.ts';

/** What reading a volume gives. */
export interface VolumeFile {
  readonly format: 'nrrd' | 'nifti';
  readonly volume: Volume;
  /** Key–value pairs of the header. Untrusted. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
}

export interface ReadVolumeOptions {
  /** What the numbers mean, where the file does not say. */
  readonly quantity?: Quantity;
}

export type SampleKind = 'i1' | 'u1' | 'i2' | 'u2' | 'i4' | 'u4' | 'f4' | 'f8';
export const sampleBytes = (kind: SampleKind): number => Number(kind[1]);

export function kindOf(data: VoxelArray): SampleKind {
  if (data instanceof Uint8Array) return 'u1';
  if (data instanceof Int16Array) return 'i2';
  if (data instanceof Uint16Array) return 'u2';
  return data instanceof Int32Array ? 'i4' : 'f4';
}

/** Are the machines that run this little-endian? All are; a strange one is refused rather than written wrongly. */
const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The samples as little-endian bytes, without a copy. */
export function bytesOfSamples(data: VoxelArray): Uint8Array {
  if (!LITTLE) throw new OsteonError('io.unsupported', { what: 'big-endian machine' });
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * Bytes to samples, bytes swapped where they are big-endian. 8-bit signed widens to 16; 32-bit unsigned must fit 31 bits;
 * doubles become single precision with a finding. @requires bytes.length = count · size of the kind
 */
export function samplesOf(bytes: Uint8Array, kind: SampleKind, little: boolean, findings: Finding[]): VoxelArray {
  const size = sampleBytes(kind);
  const own = new Uint8Array(bytes.length);
  own.set(bytes);
  if (!little && size > 1) swap(own, size);
  const buffer = own.buffer;
  if (kind === 'u1') return own;
  if (kind === 'i1') return Int16Array.from(new Int8Array(buffer));
  if (kind === 'i2') return new Int16Array(buffer);
  if (kind === 'u2') return new Uint16Array(buffer);
  if (kind === 'i4') return new Int32Array(buffer);
  if (kind === 'f4') return new Float32Array(buffer);
  if (kind === 'u4') {
    const out = new Int32Array(buffer);
    for (let i = 0; i < out.length; i++)
      if (out[i] < 0) throw new OsteonError('io.unsupported', { what: 'samples above 2147483647' });
    return out;
  }
  findings.push({
    level: 'note',
    code: 'io.rounded',
    text: 'Double-precision samples were rounded to single precision.',
  });
  return Float32Array.from(new Float64Array(buffer));
}

function swap(bytes: Uint8Array, size: number): void {
  for (let i = 0; i < bytes.length; i += size)
    for (let a = i, b = i + size - 1; a < b; a++, b--) [bytes[a], bytes[b]] = [bytes[b], bytes[a]];
}

/** @throws volume.size for NaN or Inf, which no measurement can use */
export function refuseNotFinite(data: VoxelArray): void {
  if (!(data instanceof Float32Array)) return;
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw new OsteonError('io.format', { what: 'sample is not a finite number', sample: i });
}
