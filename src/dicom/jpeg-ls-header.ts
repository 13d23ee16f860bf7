import { OsteonError } from '../base/index.ts';
import type { PixelFormat } from './types.ts';

/** What a JPEG-LS frame is coded with; names as in T.87. */
export interface JpegLsHeader {
  readonly columns: number;
  readonly rows: number;
  readonly maxVal: number;
  readonly near: number;
  readonly range: number;
  readonly qbpp: number;
  readonly limit: number;
  readonly reset: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  /** First byte of the entropy-coded data. */
  readonly scanAt: number;
}

/** Markers from the start of image to the start of scan. @throws dicom.damaged, dicom.syntax */
export function readJpegLsHeader(b: Uint8Array, p: PixelFormat): JpegLsHeader {
  const word = (at: number) => b[at] * 256 + b[at + 1];
  let bits = 0;
  let preset = [0, 0, 0, 0, 0];
  let at = 2;
  while (at + 8 < b.length && b[at] === 0xff) {
    const marker = b[at + 1];
    const length = word(at + 2);
    const body = at + 4;
    if (marker === 0xf7) {
      bits = b[body];
      if (word(body + 1) !== p.rows || word(body + 3) !== p.columns || b[body + 5] !== 1) break;
    } else if (marker === 0xf8) {
      if (b[body] !== 1 || length !== 13) throw unsupported('a palette or an oversize image');
      preset = [1, 3, 5, 7, 9].map((o) => word(body + o));
    } else if (marker === 0xdd) throw unsupported('restart intervals');
    else if (marker === 0xda) {
      if (b[body] !== 1 || b[body + 4] !== 0 || b[body + 5] !== 0) throw unsupported('interleaved or shifted samples');
      return withDefaults(bits, b[body + 3], preset, p, at + 2 + length);
    }
    at += 2 + length;
  }
  throw new OsteonError('dicom.damaged', { codec: 'jpeg-ls', why: 'no start of scan' });
}

function withDefaults(
  bits: number,
  near: number,
  preset: readonly number[],
  p: PixelFormat,
  scanAt: number,
): JpegLsHeader {
  const maxVal = preset[0] || (1 << bits) - 1;
  if (bits < 2 || bits > 16 || maxVal >= 1 << bits || near > Math.min(255, maxVal >> 1))
    throw new OsteonError('dicom.damaged', { codec: 'jpeg-ls', bits, maxVal, near });
  const clamp = (v: number, low: number) => (v > maxVal || v < low ? low : v);
  const big = maxVal >= 128;
  const factor = big ? (Math.min(maxVal, 4095) + 128) >> 8 : Math.floor(256 / (maxVal + 1));
  const base = (large: number, add: number, small: number, more: number) =>
    big ? factor * large + add + more : Math.max(add, Math.floor(small / factor) + more);
  const t1 = preset[1] || clamp(base(1, 2, 3, 3 * near), near + 1);
  const t2 = preset[2] || clamp(base(4, 3, 7, 5 * near), t1);
  const t3 = preset[3] || clamp(base(17, 4, 21, 7 * near), t2);
  const range = Math.floor((maxVal + 2 * near) / (2 * near + 1)) + 1;
  const bpp = Math.max(2, 32 - Math.clz32(maxVal));
  const qbpp = 32 - Math.clz32(range - 1);
  const limit = 2 * (bpp + Math.max(8, bpp));
  return {
    columns: p.columns,
    rows: p.rows,
    maxVal,
    near,
    range,
    qbpp,
    limit,
    reset: preset[4] || 64,
    t1,
    t2,
    t3,
    scanAt,
  };
}

const unsupported = (why: string) =>
  new OsteonError('dicom.syntax', { codec: 'jpeg-ls', why }, 'Export the series uncompressed');
