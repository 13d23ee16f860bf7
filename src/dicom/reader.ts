import { OsteonError } from '../base/index.ts';
import { tagName, vrOf } from './dictionary.ts';
import { DICOM_LIMITS } from './limits.ts';
import { BIG_ENDIAN, DEFLATED, EXPLICIT_LITTLE, IMPLICIT_LITTLE } from './syntaxes.ts';
import type { DicomFile, Inflate } from './types.ts';
import {
  damaged,
  groupAt,
  ITEM,
  ITEM_END,
  LONG,
  readTag,
  SEQUENCE_END,
  SHORT,
  skipFragments,
  type TagHead,
  truncated,
  UNDEFINED,
  viewOf,
  type Walk,
} from './walk.ts';

/** One element that this room has a use for. Its value is `bytes[at, at + length)` of the data set; items for SQ. */
export interface Element {
  readonly tag: number;
  readonly vr: string;
  readonly at: number;
  readonly length: number;
  readonly items: readonly DataSet[];
}

export interface DataSet {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly elements: ReadonlyMap<number, Element>;
}

/** Where the pixel element's value starts in `bytes`. `length` is null where it is encapsulated in fragments. */
export interface PixelElement {
  readonly at: number;
  readonly length: number | null;
}

/** The elements of a file up to its pixels. `bytes` is the file, or what came out of a deflated one. */
export interface ParsedFile {
  readonly transferSyntax: string;
  /** Where the data set begins in `bytes`. */
  readonly startsAt: number;
  readonly dataSet: DataSet;
  readonly bytes: Uint8Array;
  readonly sizeBytes: number;
  readonly pixels: PixelElement | null;
}

/**
 * Reads a file's elements up to its pixels, inside fixed limits: nesting, element count, lengths against the file's
 * size, and for deflated files the size and ratio of what comes out. Never recurses deeper than `DICOM_LIMITS.depth`.
 * @throws io.format where the bytes are not DICOM
 * @throws io.truncated where the bytes end before the pixels (hand in more of the file)
 * @throws dicom.damaged, dicom.limit
 * @cost linear in the elements before the pixels; a CT slice takes about 20 µs
 */
export function readElements(file: DicomFile, inflate?: Inflate): ParsedFile {
  const { head, sizeBytes } = file;
  const count = { n: 0 };
  const start = findStart(head, sizeBytes);
  let walk: Walk = { bytes: head, view: viewOf(head), size: sizeBytes, explicit: true, little: true, count };
  const meta = start.hasMeta ? readLevel(walk, start.at, sizeBytes, 0, 2) : null;
  const transferSyntax = meta ? uidOf(meta.elements.get(0x0002_0010), head) : start.syntax;
  let at = meta ? meta.next : start.at;
  if (transferSyntax === DEFLATED) {
    if (head.length < sizeBytes) throw truncated(at, sizeBytes);
    const body = inflateWithin(head.subarray(at), inflate);
    walk = { ...walk, bytes: body, view: viewOf(body), size: body.length };
    at = 0;
  } else walk = { ...walk, explicit: transferSyntax !== IMPLICIT_LITTLE, little: transferSyntax !== BIG_ENDIAN };
  const { elements, pixels } = readLevel(walk, at, walk.size, 0, 0);
  const dataSet = { bytes: walk.bytes, littleEndian: walk.little, elements };
  return { transferSyntax, startsAt: at, dataSet, bytes: walk.bytes, sizeBytes: walk.size, pixels };
}

/** Part 10 files start with 128 free bytes and `DICM`; older ones start with the first element. */
function findStart(head: Uint8Array, size: number): { at: number; hasMeta: boolean; syntax: string } {
  if (head.length >= 132 && head[128] === 0x44 && head[129] === 0x49 && head[130] === 0x43 && head[131] === 0x4d)
    return { at: 132, hasMeta: true, syntax: '' };
  if (size >= 16 && head.length >= 16 && head[1] === 0 && head[3] === 0) {
    if (head[0] === 2 && head[2] === 0) return { at: 0, hasMeta: true, syntax: '' };
    const vr = String.fromCharCode(head[4], head[5]);
    if (head[0] === 8 && head[2] <= 0x18)
      return { at: 0, hasMeta: false, syntax: LONG.has(vr) || SHORT.has(vr) ? EXPLICIT_LITTLE : IMPLICIT_LITTLE };
  }
  throw new OsteonError('io.format', { expected: 'DICOM' });
}

function uidOf(e: Element | undefined, bytes: Uint8Array): string {
  if (!e || e.length === 0) return IMPLICIT_LITTLE;
  let text = '';
  for (let i = 0; i < e.length && i < 64; i++) text += String.fromCharCode(bytes[e.at + i]);
  return text.replace(/[\0 ]+$/, '');
}

function inflateWithin(deflated: Uint8Array, inflate: Inflate | undefined): Uint8Array {
  if (!inflate) throw new OsteonError('dicom.syntax', { transferSyntax: DEFLATED });
  const { inflatedBytes, inflateRatio, inflatedSmall } = DICOM_LIMITS;
  const most = Math.min(inflatedBytes, Math.max(inflatedSmall, inflateRatio * deflated.length));
  const body = inflate(deflated, most);
  if (body.length > most) throw new OsteonError('dicom.limit', { inflatedBytes: body.length, limit: most });
  return body;
}

interface Level {
  readonly elements: Map<number, Element>;
  readonly next: number;
  readonly pixels: PixelElement | null;
}

/**
 * Elements from `at` to `end`, or to an item delimiter, or (at the top) to the pixels. `onlyGroup` 2 stops at the first
 * element of another group.
 */
function readLevel(w: Walk, at: number, end: number, depth: number, onlyGroup: number): Level {
  const elements = new Map<number, Element>();
  let p = at;
  while (p + 8 <= end) {
    if (onlyGroup && groupAt(w, p) !== onlyGroup) break;
    const h = readTag(w, p);
    if (h.tag === ITEM_END) return { elements, next: p + 8, pixels: null };
    if (h.tag === ITEM || h.tag === SEQUENCE_END) throw damaged(h.tag, p, 'an item where an element belongs');
    const isPixels = h.tag === 0x7fe0_0010 || h.tag === 0x7fe0_0008 || h.tag === 0x7fe0_0009;
    if (h.length !== UNDEFINED && h.value + h.length > Math.min(end, w.size)) {
      // Pixels that are cut off are judged where they are read, with the number of frames that is left.
      if (!(isPixels && depth === 0)) throw damaged(h.tag, p, `its ${h.length} bytes pass the end`);
    }
    if (isPixels && depth === 0)
      return { elements, next: p, pixels: { at: h.value, length: h.length === UNDEFINED ? null : h.length } };
    p = readValue(w, h, p, end, depth, elements);
  }
  if (depth > 0 && p !== end) throw damaged(0, p, 'an item ends inside an element');
  return { elements, next: p, pixels: null };
}

/** Keeps the element where it is one of ours, and returns where the next one starts. */
function readValue(w: Walk, h: TagHead, p: number, end: number, depth: number, elements: Map<number, Element>): number {
  const known = vrOf(h.tag);
  const isSequence = h.vr === 'SQ' || (h.length === UNDEFINED && (h.vr === 'UN' || h.vr === ''));
  let items: DataSet[] = [];
  let next = h.value + h.length;
  if (h.length === UNDEFINED && !isSequence) next = skipFragments(w, h.value, end, h.tag);
  else if (isSequence && (known === 'SQ' || h.length === UNDEFINED)) {
    // A sequence of unknown VR is always implicit little-endian (PS3.5, 6.2.2 note 2).
    const inner = h.vr === 'UN' ? { ...w, explicit: false, little: true } : w;
    const sequence = readSequence(
      inner,
      h.value,
      h.length === UNDEFINED ? end : next,
      h.length === UNDEFINED,
      depth + 1,
      h.tag,
    );
    items = sequence.items;
    next = sequence.next;
  }
  if (known) {
    if (elements.has(h.tag)) throw damaged(h.tag, p, 'it is there twice');
    const length = h.length === UNDEFINED ? 0 : h.length;
    elements.set(h.tag, { tag: h.tag, vr: h.vr === '' || h.vr === 'UN' ? known : h.vr, at: h.value, length, items });
  }
  return next;
}

function readSequence(w: Walk, at: number, end: number, isOpen: boolean, depth: number, tag: number) {
  if (depth > DICOM_LIMITS.depth) throw new OsteonError('dicom.limit', { nestedSequences: depth, tag: tagName(tag) });
  const items: DataSet[] = [];
  let p = at;
  while (p + 8 <= end) {
    const h = readTag(w, p);
    if (h.tag === SEQUENCE_END) return { items, next: p + 8 };
    if (h.tag !== ITEM) throw damaged(h.tag, p, `not an item of ${tagName(tag)}`);
    const itemEnd = h.length === UNDEFINED ? end : h.value + h.length;
    if (itemEnd > end) throw damaged(tag, p, 'an item passes the end of its sequence');
    const level = readLevel(w, h.value, itemEnd, depth, 0);
    items.push({ bytes: w.bytes, littleEndian: w.little, elements: level.elements });
    p = level.next;
  }
  if (isOpen || p !== end) throw damaged(tag, p, 'a sequence without an end');
  return { items, next: p };
}
