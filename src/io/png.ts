import { zlibSync } from 'fflate';
import { OsteonError } from '../base/index.ts';
import { concatBytes, crc32, requireLimit, viewOf } from './bytes.ts';

/** Rows from the top. `data` holds 4 (RGBA) or 1 (grey) bytes a pixel. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

export interface PngOptions {
  /** Printed size, dots per inch; written as pixels per metre. */
  readonly dpi?: number;
  /** 0 to 9. 6: near the smallest size; 9 is twice as slow for 1 %. */
  readonly level?: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
}

/**
 * PNG, 8 bits a channel, RGBA or grey by the number of bytes; an opaque RGBA picture is stored as RGB. Equal pictures give
 * equal bytes. @throws param.range where the size does not fit the data
 */
export function writePng({ width, height, data }: Raster, { dpi, level = 6 }: PngOptions = {}): Uint8Array {
  const channels = data.length / (width * height);
  if (!(width > 0 && height > 0 && (channels === 1 || channels === 4)))
    throw new OsteonError('param.range', { what: 'picture', width, height, bytes: data.length });
  requireLimit('pixels', width * height, 1 << 28);
  const kept = channels === 4 && isOpaque(data) ? 3 : channels;
  const head = new Uint8Array(13);
  const view = viewOf(head);
  view.setUint32(0, width);
  view.setUint32(4, height);
  head.set([8, kept === 1 ? 0 : kept === 3 ? 2 : 6, 0, 0, 0], 8);
  const parts = [Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10), chunk('IHDR', head)];
  if (dpi !== undefined) {
    const density = new Uint8Array(9);
    const perMetre = Math.round(dpi / 0.0254);
    viewOf(density).setUint32(0, perMetre);
    viewOf(density).setUint32(4, perMetre);
    density[8] = 1;
    parts.push(chunk('pHYs', density));
  }
  const rows = filterRows(data, width, height, channels, kept);
  parts.push(chunk('IDAT', zlibSync(rows, { level })), chunk('IEND', new Uint8Array(0)));
  return concatBytes(parts);
}

function isOpaque(data: Uint8Array | Uint8ClampedArray): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
  return true;
}

/** Each row by the filter (none, left, up, mean, Paeth) with the smallest sum of magnitudes, as the standard advises. */
function filterRows(
  data: Uint8Array | Uint8ClampedArray,
  width: number,
  height: number,
  from: number,
  to: number,
): Uint8Array {
  const stride = width * to;
  const out = new Uint8Array(height * (stride + 1));
  let above = new Uint8Array(stride);
  let row = new Uint8Array(stride);
  const trial = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    for (let x = 0, o = 0, i = y * width * from; x < width; x++, i += from)
      for (let c = 0; c < to; c++) row[o++] = data[i + c];
    let best = Number.POSITIVE_INFINITY;
    for (let filter = 0; filter < 5; filter++) {
      const sum = applyFilter(filter, row, above, to, trial);
      if (sum >= best) continue;
      best = sum;
      out[y * (stride + 1)] = filter;
      out.set(trial, y * (stride + 1) + 1);
    }
    [above, row] = [row, above];
  }
  return out;
}

function applyFilter(filter: number, row: Uint8Array, above: Uint8Array, bpp: number, out: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) {
    const a = i >= bpp ? row[i - bpp] : 0;
    const b = above[i];
    let guess = 0;
    if (filter === 1) guess = a;
    else if (filter === 2) guess = b;
    else if (filter === 3) guess = (a + b) >> 1;
    else if (filter === 4) guess = paeth(a, b, i >= bpp ? above[i - bpp] : 0);
    const d = (row[i] - guess) & 255;
    out[i] = d;
    sum += d < 128 ? d : 256 - d;
  }
  return sum;
}

function paeth(a: number, b: number, c: number): number {
  const pa = Math.abs(b - c);
  const pb = Math.abs(a - c);
  const pc = Math.abs(a + b - 2 * c);
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

function chunk(kind: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + data.length);
  const view = viewOf(out);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) out[4 + i] = kind.charCodeAt(i);
  out.set(data, 8);
  view.setUint32(8 + data.length, crc32(out, 4, 8 + data.length));
  return out;
}
