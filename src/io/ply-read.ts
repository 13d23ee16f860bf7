import { OsteonError } from '../base/index.ts';
import { createMesh } from '../mesh/index.ts';
import { latin1, requireBytes, requireLimit, viewOf } from './bytes.ts';
import { growDoubles } from './growing.ts';
import { IO_LIMITS } from './limits.ts';
import type { MeshFile } from './types.ts';

type Kind = 'i1' | 'u1' | 'i2' | 'u2' | 'i4' | 'u4' | 'f4' | 'f8';
const KINDS: Readonly<Record<string, Kind>> = {
  char: 'i1',
  int8: 'i1',
  uchar: 'u1',
  uint8: 'u1',
  short: 'i2',
  int16: 'i2',
  ushort: 'u2',
  uint16: 'u2',
  int: 'i4',
  int32: 'i4',
  uint: 'u4',
  uint32: 'u4',
  float: 'f4',
  float32: 'f4',
  double: 'f8',
  float64: 'f8',
};

interface Property {
  readonly name: string;
  readonly kind: Kind;
  /** For a list: the kind of its count. */
  readonly countKind?: Kind;
}
interface Element {
  readonly name: string;
  readonly count: number;
  readonly properties: Property[];
}
interface Header {
  readonly format: string;
  readonly elements: readonly Element[];
  readonly comments: readonly string[];
  readonly bodyAt: number;
}
/** Hands out the next value of the body. */
type Next = (kind: Kind) => number;

/**
 * PLY, ASCII or binary of either byte order; polygons are cut into fans. Scalars (`quality`, `scalar`, `value`) and
 * red/green/blue of vertices are kept. @throws io.format, io.truncated, io.limit, mesh.index, mesh.not-finite, mesh.empty
 */
export function readPly(bytes: Uint8Array): MeshFile {
  const header = readHeader(bytes);
  const next = header.format === 'ascii' ? asciiReader(bytes, header.bodyAt) : binaryReader(bytes, header);
  const minimum = header.format === 'ascii' ? 2 : 1;
  const positions = growDoubles();
  const corners = growDoubles();
  const scalars = growDoubles();
  const colours = growDoubles();
  for (const element of header.elements) {
    if (element.count > 0 && element.properties.length === 0) bad('an element without properties');
    const left = (bytes.length - header.bodyAt + 1) / minimum;
    if (element.count > left) throw new OsteonError('io.truncated', { what: element.name, count: element.count });
    if (element.name === 'vertex') readVertices(element, next, positions, scalars, colours);
    else readFaces(element, next, element.name === 'face' ? corners : undefined);
  }
  if (corners.length === 0) throw new OsteonError('mesh.empty');
  return {
    format: 'ply',
    name: header.comments.join('; ').slice(0, 400),
    mesh: createMesh(positions.take(), Uint32Array.from(corners.take())),
    findings: [],
    ...(scalars.length > 0 && { scalars: Float32Array.from(scalars.take()) }),
    ...(colours.length > 0 && { colours: Uint8Array.from(colours.take()) }),
  };
}

function bad(reason: string): never {
  throw new OsteonError('io.format', { what: 'PLY', reason });
}

function readHeader(bytes: Uint8Array): Header {
  const elements: Element[] = [];
  const comments: string[] = [];
  let format = '';
  let at = 0;
  for (let n = 0; ; n++) {
    const end = bytes.indexOf(10, at);
    if (end < 0 || end > IO_LIMITS.headerBytes) throw new OsteonError('io.truncated', { what: 'PLY header', at });
    const line = latin1(bytes, at, end).trim();
    at = end + 1;
    const [word, ...rest] = line.split(/\s+/);
    if (n === 0) {
      if (word !== 'ply') bad('does not begin with ply');
    } else if (word === 'format') format = rest[0];
    else if (word === 'comment' || word === 'obj_info') comments.push(rest.join(' '));
    else if (word === 'element') elements.push(elementOf(rest));
    else if (word === 'property')
      (elements.at(-1) ?? bad('a property before its element')).properties.push(propertyOf(rest));
    else if (word === 'end_header') break;
    else bad('unknown word in the header');
  }
  if (!['ascii', 'binary_little_endian', 'binary_big_endian'].includes(format)) bad('unknown format');
  return { format, elements, comments, bodyAt: at };
}

function elementOf([name, text]: readonly string[]): Element {
  if (!name || !/^\d{1,12}$/.test(text ?? '')) bad('element');
  requireLimit(name, Number(text), IO_LIMITS.vertices);
  return { name, count: Number(text), properties: [] };
}

function propertyOf(words: readonly string[]): Property {
  const list = words[0] === 'list';
  const [kind, name] = list ? words.slice(2) : words;
  const known = (k: string | undefined): Kind =>
    k !== undefined && Object.hasOwn(KINDS, k) ? KINDS[k] : bad('unknown type');
  if (!name) bad('a property without name');
  return list ? { name, kind: known(kind), countKind: known(words[1]) } : { name, kind: known(kind) };
}

function readVertices(
  { count, properties }: Element,
  next: Next,
  positions: ReturnType<typeof growDoubles>,
  scalars: ReturnType<typeof growDoubles>,
  colours: ReturnType<typeof growDoubles>,
): void {
  const slot = (...names: string[]) => properties.findIndex((p) => names.includes(p.name));
  const axes = [slot('x'), slot('y'), slot('z')];
  const rgb = [slot('red', 'r'), slot('green', 'g'), slot('blue', 'b')];
  const scalar = slot('quality', 'scalar', 'value', 'scalar_value');
  if (axes.includes(-1) || properties.some((p) => p.countKind)) bad('vertices need x, y and z, and no lists');
  const row = new Float64Array(properties.length);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < row.length; k++) row[k] = next(properties[k].kind);
    for (const k of axes) {
      if (!Number.isFinite(row[k])) throw new OsteonError('mesh.not-finite', { vertex: i });
      positions.push(row[k]);
    }
    if (scalar >= 0) scalars.push(row[scalar]);
    if (!rgb.includes(-1))
      for (const k of rgb)
        colours.push(properties[k].kind[0] === 'f' ? Math.round(255 * Math.min(1, Math.max(0, row[k]))) : row[k]);
  }
}

/** Also walks over elements nobody asked for (`corners` undefined). */
function readFaces(
  { count, properties }: Element,
  next: Next,
  corners: ReturnType<typeof growDoubles> | undefined,
): void {
  for (let i = 0; i < count; i++)
    for (const { name, kind, countKind } of properties) {
      if (!countKind) {
        next(kind);
        continue;
      }
      const n = next(countKind);
      if (!Number.isInteger(n) || n < 0 || n > 65_535) bad('length of a list');
      const wanted = corners && (name === 'vertex_indices' || name === 'vertex_index');
      let first = 0;
      let last = 0;
      for (let k = 0; k < n; k++) {
        const v = next(kind);
        if (!wanted) continue;
        if (!Number.isInteger(v) || v < 0) throw new OsteonError('mesh.index', { triangle: i, vertex: v });
        if (k === 0) first = v;
        else if (k > 1) {
          corners.push(first);
          corners.push(last);
          corners.push(v);
        }
        last = v;
      }
      if (wanted) requireLimit('triangles', corners.length / 3, IO_LIMITS.triangles);
    }
}

function asciiReader(bytes: Uint8Array, from: number): Next {
  let at = from;
  return () => {
    while (at < bytes.length && bytes[at] <= 32) at++;
    const start = at;
    while (at < bytes.length && bytes[at] > 32) at++;
    if (at === start) throw new OsteonError('io.truncated', { what: 'PLY', at });
    if (at - start > 64) bad('a word is too long');
    const word = latin1(bytes, start, at);
    const x = Number(word);
    if (Number.isNaN(x) && !/^[-+]?nan$/i.test(word) && !/^[-+]?inf(inity)?$/i.test(word)) bad('not a number');
    return x;
  };
}

function binaryReader(bytes: Uint8Array, { bodyAt, format }: Header): Next {
  const little = format === 'binary_little_endian';
  const view = viewOf(bytes);
  let at = bodyAt;
  return (kind) => {
    const size = Number(kind[1]);
    requireBytes(bytes, at, size, 'PLY');
    at += size;
    if (kind === 'f4') return view.getFloat32(at - 4, little);
    if (kind === 'f8') return view.getFloat64(at - 8, little);
    if (kind === 'u1') return bytes[at - 1];
    if (kind === 'i1') return view.getInt8(at - 1);
    if (kind === 'i2') return view.getInt16(at - 2, little);
    if (kind === 'u2') return view.getUint16(at - 2, little);
    return kind === 'i4' ? view.getInt32(at - 4, little) : view.getUint32(at - 4, little);
  };
}
