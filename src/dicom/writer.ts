import { tagName } from './dictionary.ts';
import { BIG_ENDIAN, IMPLICIT_LITTLE } from './syntaxes.ts';

/** Text, numbers in the element's own format, bytes as they are, or the items of a sequence. */
export type NewValue = string | readonly number[] | Uint8Array | readonly NewElements[];
/** Elements of one data set, in any order. */
export type NewElements = readonly (readonly [tag: number, vr: string, value: NewValue])[];

const LONG = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'UC', 'UN', 'UR', 'UT']);

/** How a transfer syntax writes elements. */
export interface Style {
  readonly explicit: boolean;
  readonly little: boolean;
}

/**
 * A DICOM file with an empty preamble. Native pixels are the value of (7FE0,0010); the frames of a compressed syntax go
 * into `frames`, one fragment each, with an offset table.
 * @requires pixels in the byte order of the syntax; a deflated syntax is for the caller to deflate
 */
export function writeDicomFile(
  transferSyntax: string,
  elements: NewElements,
  frames?: readonly Uint8Array[],
): Uint8Array {
  const find = (tag: number) => (elements.find((e) => e[0] === tag)?.[2] as string | undefined) ?? '';
  const head = fileHead(transferSyntax, find(0x0008_0016), find(0x0008_0018));
  return concat([head, encode(elements, styleOf(transferSyntax)), frames ? encapsulate(frames) : new Uint8Array(0)]);
}

export const styleOf = (transferSyntax: string): Style => ({
  explicit: transferSyntax !== IMPLICIT_LITTLE,
  little: transferSyntax !== BIG_ENDIAN,
});

/** The empty preamble and the file meta information: everything before the data set. */
export function fileHead(transferSyntax: string, sopClassUid: string, sopInstanceUid: string): Uint8Array {
  const style: Style = { explicit: true, little: true };
  const meta = encode(
    [
      [0x0002_0001, 'OB', new Uint8Array([0, 1])],
      [0x0002_0002, 'UI', sopClassUid],
      [0x0002_0003, 'UI', sopInstanceUid],
      [0x0002_0010, 'UI', transferSyntax],
      [0x0002_0012, 'UI', IMPLEMENTATION_UID],
      [0x0002_0013, 'SH', 'OSTEON'],
    ],
    style,
  );
  const magic = new Uint8Array(132);
  magic.set([0x44, 0x49, 0x43, 0x4d], 128);
  return concat([magic, encode([[0x0002_0000, 'UL', [meta.length]]], style), meta]);
}

const IMPLEMENTATION_UID = '2.25.181245920712345678901234567890123456';

export function encode(elements: NewElements, style: Style): Uint8Array {
  const sorted = [...elements].sort((a, b) => a[0] - b[0]);
  return concat(
    sorted.flatMap(([tag, vr, value]) => {
      const bytes = valueBytes(tag, vr, value, style);
      return [headBytes(tag, vr, bytes.length, style), bytes];
    }),
  );
}

export function headBytes(tag: number, vr: string, length: number, { explicit, little }: Style): Uint8Array {
  const isLong = explicit && LONG.has(vr);
  const view = new DataView(new ArrayBuffer(isLong ? 12 : 8));
  view.setUint16(0, Math.floor(tag / 65536), little);
  view.setUint16(2, tag % 65536, little);
  if (explicit) {
    view.setUint8(4, vr.charCodeAt(0));
    view.setUint8(5, vr.charCodeAt(1));
  }
  if (isLong) view.setUint32(8, length, little);
  else if (!explicit) view.setUint32(4, length, little);
  else if (length > 65535) throw new RangeError(`${tagName(tag)} ${vr} cannot hold ${length} bytes`);
  else view.setUint16(6, length, little);
  return new Uint8Array(view.buffer);
}

/** AT holds pairs: group, element. */
const NUMBER_BYTES: Readonly<Record<string, number>> = { AT: 2, US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8 };

function valueBytes(tag: number, vr: string, value: NewValue, style: Style): Uint8Array {
  if (value instanceof Uint8Array) return padded(value, 0);
  // UIDs are padded with a zero, other text with a space.
  if (typeof value === 'string') return padded(new TextEncoder().encode(value), vr === 'UI' ? 0 : 0x20);
  if (vr === 'SQ') {
    const items = (value as readonly NewElements[]).map((item) => encode(item, style));
    return concat(
      items.flatMap((item) => [headBytes(0xfffe_e000, '', item.length, { ...style, explicit: false }), item]),
    );
  }
  const size = NUMBER_BYTES[vr];
  if (!size) throw new TypeError(`${tagName(tag)}: ${vr} does not hold numbers`);
  const view = new DataView(new ArrayBuffer(size * value.length));
  (value as readonly number[]).forEach((n, i) => {
    if (vr === 'FL') view.setFloat32(4 * i, n, style.little);
    else if (vr === 'FD') view.setFloat64(8 * i, n, style.little);
    else if (size === 2) view.setUint16(2 * i, n, style.little);
    else view.setUint32(4 * i, n, style.little);
  });
  return new Uint8Array(view.buffer);
}

function padded(bytes: Uint8Array, filler: number): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  const out = new Uint8Array(bytes.length + 1);
  out.set(bytes);
  out[bytes.length] = filler;
  return out;
}

/** (7FE0,0010) OB of undefined length: offset table, one fragment a frame, delimiter. */
function encapsulate(frames: readonly Uint8Array[]): Uint8Array {
  const style: Style = { explicit: false, little: true };
  const head = new Uint8Array([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]);
  const table = new DataView(new ArrayBuffer(4 * frames.length));
  const parts: Uint8Array[] = [head, headBytes(0xfffe_e000, '', table.byteLength, style), new Uint8Array(table.buffer)];
  let at = 0;
  frames.forEach((frame, i) => {
    const bytes = padded(frame, 0);
    table.setUint32(4 * i, at, true);
    parts.push(headBytes(0xfffe_e000, '', bytes.length, style), bytes);
    at += 8 + bytes.length;
  });
  return concat([...parts, headBytes(0xfffe_e0dd, '', 0, style)]);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}
