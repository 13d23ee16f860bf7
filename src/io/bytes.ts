import { OsteonError } from '../base/index.ts';

/** View over exactly these bytes, wherever they lie in their buffer. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Every byte as one character: for headers and formats that are ASCII by definition. Works on shared memory. */
export function latin1(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let s = '';
  for (let i = from; i < to; i += 8192) s += String.fromCharCode(...bytes.subarray(i, Math.min(to, i + 8192)));
  return s;
}

/** UTF-8, byte order mark dropped, wrong bytes replaced. `TextDecoder` refuses shared memory, hence the copy. */
export const utf8 = (bytes: Uint8Array): string => new TextDecoder('utf-8').decode(new Uint8Array(bytes));

export const toUtf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Arrays one after the other, as one. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** Are there `need` bytes at `at`? @throws io.truncated */
export function requireBytes(bytes: Uint8Array, at: number, need: number, what: string): void {
  if (!(need >= 0) || at + need > bytes.length)
    throw new OsteonError('io.truncated', { what, at, needBytes: need, haveBytes: Math.max(0, bytes.length - at) });
}

/** Is a count under its limit? @throws io.limit */
export function requireLimit(what: string, count: number, limit: number): void {
  if (!(count <= limit)) throw new OsteonError('io.limit', { what, count, limit });
}

const TABLE = /* @__PURE__ */ crcTable();
function crcTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    table[n] = c >>> 0;
  }
  return table;
}

/** CRC-32 of ISO 3309, as in zip, gzip and PNG. */
export function crc32(bytes: Uint8Array, from = 0, to = bytes.length, seed = 0): number {
  let c = ~seed;
  for (let i = from; i < to; i++) c = TABLE[(c ^ bytes[i]) & 255] ^ (c >>> 8);
  return ~c >>> 0;
}
