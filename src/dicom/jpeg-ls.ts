import { OsteonError } from '../base/index.ts';
import { type JpegLsHeader, readJpegLsHeader } from './jpeg-ls-header.ts';
import type { FrameDecoder } from './types.ts';

/** Run lengths grow along this table: a run segment of index i is 2^J[i] samples. */
const J = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const CONTEXTS = 365;

/**
 * JPEG-LS, lossless and near-lossless, one component of up to 16 bits, without restart intervals or palettes.
 *
 * Ours instead of the usual CharLS, which takes up to 40 s over a damaged frame of 6 kB. Here every code has a longest
 * length, so a frame takes the same time whatever is in it, and the scan must end where its data ends: damage that
 * shifts the codes, which is nearly all of it, is found.
 * @throws dicom.damaged, dicom.syntax
 * @cost about 50 ns a sample, twice what CharLS takes
 * @source ITU-T T.87 (ISO/IEC 14495-1); letters as there
 */
export const decodeJpegLs: FrameDecoder = (frame, p) => {
  const h = readJpegLsHeader(frame, p);
  const { columns: width, rows, maxVal, near, range, qbpp, limit, reset } = h;
  const { bits, count } = unstuff(frame, h.scanAt);
  const out = new Uint16Array(width * rows);
  const gradient = gradientTable(h);
  const step = 2 * near + 1;
  const wrap = range * step;
  const a0 = Math.max(2, (range + 32) >> 6);
  const A = new Int32Array(CONTEXTS + 2).fill(a0);
  const B = new Int32Array(CONTEXTS);
  const C = new Int32Array(CONTEXTS);
  const N = new Int32Array(CONTEXTS + 2).fill(1);
  const Nn = [0, 0];
  // Two lines with a sample on either side: [0] is left of the line, [width + 1] right of it.
  let above = new Int32Array(width + 2);
  let line = new Int32Array(width + 2);
  const longest = limit - qbpp - 1;
  let run = 0;
  let pos = 0;

  for (let y = 0; y < rows; y++) {
    above[width + 1] = above[width];
    line[0] = above[1];
    let x = 1;
    while (x <= width) {
      const ra = line[x - 1];
      const rb = above[x];
      const rc = above[x - 1];
      const rd = above[x + 1];
      let q = 81 * gradient[rd - rb + maxVal] + 9 * gradient[rb - rc + maxVal] + gradient[rc - ra + maxVal];
      if (q !== 0) {
        let sign = 1;
        if (q < 0) {
          q = -q;
          sign = -1;
        }
        let px =
          rc >= (ra > rb ? ra : rb)
            ? ra < rb
              ? ra
              : rb
            : rc <= (ra < rb ? ra : rb)
              ? ra > rb
                ? ra
                : rb
              : ra + rb - rc;
        px += sign * C[q];
        if (px < 0) px = 0;
        else if (px > maxVal) px = maxVal;
        let a = A[q];
        let b = B[q];
        let n = N[q];
        const k = golomb(a, n);
        // Golomb code: zeros, a one, k bits; or, after the longest run of zeros, qbpp bits.
        let m: number;
        const zeros = leadingZeros(bits, pos);
        if (zeros < longest) {
          pos += zeros + 1;
          m = (zeros << k) | (k > 0 ? peek(bits, pos) >>> (32 - k) : 0);
          pos += k;
        } else {
          pos += longest + 1;
          m = (peek(bits, pos) >>> (32 - qbpp)) + 1;
          pos += qbpp;
        }
        let e = m & 1 ? -((m + 1) >> 1) : m >> 1;
        if (k === 0 && near === 0 && 2 * b <= -n) e = -e - 1;
        a += e < 0 ? -e : e;
        b += e * step;
        if (n === reset) {
          a >>= 1;
          b >>= 1;
          n >>= 1;
        }
        n++;
        if (b <= -n) {
          b += n;
          if (C[q] > -128) C[q]--;
          if (b <= -n) b = 1 - n;
        } else if (b > 0) {
          b -= n;
          if (C[q] < 127) C[q]++;
          if (b > 0) b = 0;
        }
        A[q] = a;
        B[q] = b;
        N[q] = n;
        let value = px + sign * e * step;
        if (value < -near) value += wrap;
        else if (value > maxVal + near) value -= wrap;
        line[x++] = value < 0 ? 0 : value > maxVal ? maxVal : value;
      } else {
        // Run: whole segments of one value, then the rest of the run and the sample that ends it.
        let left = width - x + 1;
        while (left > 0 && peek(bits, pos) < 0) {
          pos++;
          const n = 1 << J[run];
          const fill = n < left ? n : left;
          for (const end = x + fill; x < end; x++) line[x] = ra;
          left -= fill;
          if (fill === n && run < 31) run++;
          if (pos > count) break;
        }
        if (left === 0) continue;
        pos++;
        const j = J[run];
        const rest = j > 0 ? peek(bits, pos) >>> (32 - j) : 0;
        pos += j;
        if (rest >= left || pos > count) throw damaged('a run passes the end of its line');
        for (const end = x + rest; x < end; x++) line[x] = ra;
        const up = above[x];
        const type = Math.abs(ra - up) <= near ? 1 : 0;
        const c = CONTEXTS + type;
        const t = A[c] + (type ? N[c] >> 1 : 0);
        const k = golomb(t, N[c]);
        const most = longest - j - 1;
        const zeros = leadingZeros(bits, pos);
        let m: number;
        if (zeros < most) {
          pos += zeros + 1;
          m = (zeros << k) | (k > 0 ? peek(bits, pos) >>> (32 - k) : 0);
          pos += k;
        } else {
          pos += most + 1;
          m = (peek(bits, pos) >>> (32 - qbpp)) + 1;
          pos += qbpp;
        }
        const odd = (m + type) & 1;
        const size = (m + type + odd) >> 1;
        const e = (k !== 0 || 2 * Nn[type] >= N[c]) === (odd === 1) ? -size : size;
        if (e < 0) Nn[type]++;
        A[c] += (m + 1 - type) >> 1;
        if (N[c] === reset) {
          A[c] >>= 1;
          N[c] >>= 1;
          Nn[type] >>= 1;
        }
        N[c]++;
        let value = (type ? ra : up) + (type === 0 && ra > up ? -e : e) * step;
        if (value < -near) value += wrap;
        else if (value > maxVal + near) value -= wrap;
        line[x++] = value < 0 ? 0 : value > maxVal ? maxVal : value;
        if (run > 0) run--;
      }
    }
    if (pos > count) throw damaged('the data ends too early');
    out.set(line.subarray(1, width + 1), y * width);
    [above, line] = [line, above];
  }
  if (count - pos >= 8) throw damaged(`${count - pos} bits are left over`);
  return out;
};

/** The least k with n·2^k ≥ a. */
function golomb(a: number, n: number): number {
  const k = Math.clz32(n) - Math.clz32(a);
  if (k < 0) return 0;
  return n << k < a ? k + 1 : k;
}

/** 32 bits from bit `pos` on, most significant first. */
function peek(words: Int32Array, pos: number): number {
  const i = pos >> 5;
  const s = pos & 31;
  return (words[i] << s) | ((words[i + 1] >>> 1) >>> (31 - s));
}

/** At most 63. */
function leadingZeros(words: Int32Array, pos: number): number {
  const word = peek(words, pos);
  return word !== 0 ? Math.clz32(word) : 32 + Math.min(31, Math.clz32(peek(words, pos + 32)));
}

/** The scan without its stuffed bits (a zero after each FF), up to the end mark, and zeros behind it to read past. */
function unstuff(frame: Uint8Array, from: number): { bits: Int32Array; count: number } {
  const bits = new Int32Array(((frame.length - from) >> 2) + 6);
  let count = 0;
  let p = from;
  for (let before = 0; p < frame.length; p++) {
    const byte = frame[p];
    if (byte === 0xff && frame[p + 1] >= 0x80) break;
    const size = before === 0xff ? 7 : 8;
    const room = 32 - (count & 31) - size;
    const word = count >> 5;
    if (room >= 0) bits[word] |= byte << room;
    else {
      bits[word] |= byte >> -room;
      bits[word + 1] = byte << (32 + room);
    }
    count += size;
    before = byte;
  }
  // Any number of FF may stand before a mark.
  while (frame[p] === 0xff) p++;
  if (frame[p] !== 0xd9) throw damaged('no end mark');
  return { bits, count };
}

/** Region −4 … 4 of a difference, at index difference + maxVal. */
function gradientTable({ maxVal, near, t1, t2, t3 }: JpegLsHeader): Int8Array {
  const out = new Int8Array(2 * maxVal + 1);
  out.fill(-4).fill(4, maxVal + t3);
  for (let d = -t3 + 1; d < t3; d++) {
    const m = d < 0 ? -d : d;
    const region = m >= t2 ? 3 : m >= t1 ? 2 : m > near ? 1 : 0;
    out[maxVal + d] = d < 0 ? -region : region;
  }
  return out;
}

const damaged = (why: string) => new OsteonError('dicom.damaged', { codec: 'jpeg-ls', why });
