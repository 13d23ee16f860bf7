import { deflateSync } from 'fflate';
import { OsteonError } from '../base/index.ts';
import { concatBytes, crc32, requireBytes, requireLimit, toUtf8, utf8, viewOf } from './bytes.ts';
import { inflateBounded } from './inflate.ts';
import { IO_LIMITS } from './limits.ts';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** 1980-01-01 00:00:00, the first moment zip knows: written into every entry, so equal content gives equal bytes. */
const DOS_DATE = 0x0021;
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;

/** Zip of a few files: entries in the order given, fixed dates, deflate, UTF-8 names. */
export function writeZip(entries: readonly ZipEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes } of entries) {
    const text = toUtf8(name);
    const packed = deflateSync(bytes, { level: 6 });
    const fields = new Uint8Array(26);
    const v = viewOf(fields);
    v.setUint16(0, 20, true);
    v.setUint16(2, 0x0800, true);
    v.setUint16(4, 8, true);
    v.setUint16(8, DOS_DATE, true);
    v.setUint32(10, crc32(bytes), true);
    v.setUint32(14, packed.length, true);
    v.setUint32(18, bytes.length, true);
    v.setUint16(22, text.length, true);
    const tail = new Uint8Array(14);
    viewOf(tail).setUint32(10, at, true);
    central.push(u32(CENTRAL), Uint8Array.of(20, 0), fields, tail, text);
    parts.push(u32(LOCAL), fields, text, packed);
    at += 30 + text.length + packed.length;
  }
  const directory = concatBytes(central);
  requireLimit('zip bytes', at + directory.length, 0xfffffffe);
  const end = new Uint8Array(18);
  const v = viewOf(end);
  v.setUint16(4, entries.length, true);
  v.setUint16(6, entries.length, true);
  v.setUint32(8, directory.length, true);
  v.setUint32(12, at, true);
  return concatBytes([...parts, directory, u32(END), end]);
}

function u32(n: number): Uint8Array {
  const out = new Uint8Array(4);
  viewOf(out).setUint32(0, n, true);
  return out;
}

/** One row of the directory. Names are data here, never paths. */
export interface ZipRow {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** First byte of the packed data. */
  readonly dataAt: number;
}

/**
 * The directory of a zip in memory, every row checked before anything is unpacked: counts, ranges, overlaps, ratios.
 * @throws io.format, io.truncated, io.limit, io.unsupported (encrypted, zip64 or split archives)
 */
export function readZipDirectory(bytes: Uint8Array): readonly ZipRow[] {
  const view = viewOf(bytes);
  const end = findEnd(bytes, view);
  const count = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  const start = view.getUint32(end + 16, true);
  if (view.getUint16(end + 4, true) !== 0 || view.getUint16(end + 8, true) !== count)
    throw new OsteonError('io.unsupported', { what: 'zip in several parts' });
  if (count === 0xffff || start === 0xffffffff) throw new OsteonError('io.unsupported', { what: 'zip64' });
  requireLimit('zip entries', count, IO_LIMITS.zipEntries);
  if (start + size > end) throw new OsteonError('io.format', { what: 'zip directory', at: start, bytes: size });
  const rows: ZipRow[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    requireBytes(bytes.subarray(0, end), at, 46, 'zip directory');
    if (view.getUint32(at, true) !== CENTRAL) throw new OsteonError('io.format', { what: 'zip directory', at });
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    requireBytes(bytes.subarray(0, end), at, next - at, 'zip directory');
    if (view.getUint16(at + 8, true) & 1) throw new OsteonError('io.unsupported', { what: 'encrypted zip' });
    rows.push(readRow(bytes, view, at, nameLength, start));
    at = next;
  }
  checkRows(rows);
  return rows;
}

function readRow(bytes: Uint8Array, view: DataView, at: number, nameLength: number, directory: number): ZipRow {
  const packedBytes = view.getUint32(at + 20, true);
  const unpackedBytes = view.getUint32(at + 24, true);
  const local = view.getUint32(at + 42, true);
  requireBytes(bytes.subarray(0, directory), local, 30, 'zip entry');
  if (view.getUint32(local, true) !== LOCAL) throw new OsteonError('io.format', { what: 'zip entry', at: local });
  const dataAt = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  requireBytes(bytes.subarray(0, directory), dataAt, packedBytes, 'zip entry');
  return {
    name: utf8(bytes.subarray(at + 46, at + 46 + nameLength)),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packedBytes,
    unpackedBytes,
    dataAt,
  };
}

/** The end record is the last one whose comment reaches exactly the end of the file. */
function findEnd(bytes: Uint8Array, view: DataView): number {
  const last = bytes.length - 22;
  for (let at = last; at >= 0 && at >= last - 65535; at--)
    if (view.getUint32(at, true) === END && at + 22 + view.getUint16(at + 20, true) === bytes.length) return at;
  throw new OsteonError(bytes.length < 22 ? 'io.truncated' : 'io.format', { what: 'zip end record' });
}

function checkRows(rows: readonly ZipRow[]): void {
  const names = new Set<string>();
  let total = 0;
  for (const { name, unpackedBytes, packedBytes } of rows) {
    if (names.has(name)) throw new OsteonError('io.format', { what: 'zip: a name is used twice' });
    names.add(name);
    total += unpackedBytes;
    requireLimit('entry bytes', unpackedBytes, maxUnpacked(packedBytes));
  }
  requireLimit('container bytes', total, IO_LIMITS.containerBytes);
  const byPlace = [...rows].sort((a, b) => a.dataAt - b.dataAt);
  for (let i = 1; i < byPlace.length; i++)
    if (byPlace[i - 1].dataAt + byPlace[i - 1].packedBytes > byPlace[i].dataAt)
      throw new OsteonError('io.format', { what: 'zip: entries overlap', at: byPlace[i].dataAt });
}

/** Small entries may be dense: a kilobyte of equal bytes is no bomb. */
const maxUnpacked = (packedBytes: number): number =>
  Math.min(IO_LIMITS.entryBytes, Math.max(65_536, packedBytes * IO_LIMITS.inflateRatio));

/** Unpack one entry; its stated size and checksum must be true. @throws io.format, io.limit, io.unsupported */
export function readZipEntry(bytes: Uint8Array, row: ZipRow): Uint8Array {
  const packed = bytes.subarray(row.dataAt, row.dataAt + row.packedBytes);
  const limit = Math.min(row.unpackedBytes, maxUnpacked(row.packedBytes));
  if (row.method !== 0 && row.method !== 8)
    throw new OsteonError('io.unsupported', { what: `zip method ${row.method}` });
  const out = row.method === 0 ? packed : inflateBounded(packed, limit, 'zip entry');
  if (out.length !== row.unpackedBytes || crc32(out) !== row.crc)
    throw new OsteonError('io.format', { what: 'zip entry', reason: 'size or checksum' });
  return out;
}
