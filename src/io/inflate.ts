import { Inflate } from 'fflate';
import { OsteonError } from '../base/index.ts';
import { concatBytes, crc32, requireBytes, viewOf } from './bytes.ts';

/** Fed in pieces, so that a bomb is noticed after at most this times 1032 bytes. */
const PIECE = 1 << 16;

/**
 * Raw deflate with a bound on what comes out, counted while it comes out: sizes that a file states are never believed.
 * @throws io.limit above `maxBytes`, io.format for a damaged stream, io.truncated where it does not end
 */
export function inflateBounded(packed: Uint8Array, maxBytes: number, what: string): Uint8Array {
  const parts: Uint8Array[] = [];
  let total = 0;
  let ended = false;
  let over = false;
  const stream = new Inflate((part, final) => {
    total += part.length;
    over ||= total > maxBytes;
    // The buffer behind a part may be used again by the next push.
    if (!over) parts.push(part.slice());
    ended ||= final;
  });
  for (let at = 0; at < packed.length || at === 0; at += PIECE) {
    const end = Math.min(packed.length, at + PIECE);
    try {
      stream.push(packed.subarray(at, end), end === packed.length);
    } catch (cause) {
      throw new OsteonError('io.format', { what, reason: `deflate: ${(cause as Error).message}` });
    }
    if (over) throw new OsteonError('io.limit', { what, unpackedBytes: total, limit: maxBytes });
  }
  if (!ended) throw new OsteonError('io.truncated', { what });
  return concatBytes(parts);
}

/** One gzip member, checksum checked. @throws io.limit, io.format, io.truncated */
export function gunzipBounded(bytes: Uint8Array, maxBytes: number, what: string): Uint8Array {
  requireBytes(bytes, 0, 18, what);
  if (!isGzip(bytes)) throw new OsteonError('io.format', { what, reason: 'not gzip' });
  const flags = bytes[3];
  let at = 10;
  if (flags & 4) at += 2 + bytes[at] + 256 * bytes[at + 1];
  for (const flag of [8, 16])
    if (flags & flag) {
      while (at < bytes.length && bytes[at] !== 0) at++;
      at++;
    }
  if (flags & 2) at += 2;
  requireBytes(bytes, at, 8, what);
  const out = inflateBounded(bytes.subarray(at, bytes.length - 8), maxBytes, what);
  const tail = viewOf(bytes);
  if (tail.getUint32(bytes.length - 4, true) !== out.length % 4294967296)
    throw new OsteonError('io.truncated', { what, reason: 'gzip length' });
  if (tail.getUint32(bytes.length - 8, true) !== crc32(out))
    throw new OsteonError('io.format', { what, reason: 'gzip checksum' });
  return out;
}

export const isGzip = (bytes: Uint8Array): boolean =>
  bytes.length > 3 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
