import { OsteonError } from '../base/index.ts';
import { tagName } from './dictionary.ts';
import { DICOM_LIMITS } from './limits.ts';

// Walking over the bytes of a file, element by element: what reading and rewriting have in common.

export const ITEM = 0xfffe_e000;
export const ITEM_END = 0xfffe_e00d;
export const SEQUENCE_END = 0xfffe_e0dd;
export const UNDEFINED = 0xffff_ffff;
/** VRs whose length takes four bytes. */
export const LONG = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
export const SHORT = new Set(
  'AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US'.split(' '), // two bytes
);

/** A span of bytes being walked. `size` may lie beyond `bytes`: then only the head of the file is at hand. */
export interface Walk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly size: number;
  readonly explicit: boolean;
  readonly little: boolean;
  /** Elements and items met so far, shared by all walks of one file. */
  readonly count: { n: number };
}

export const damaged = (tag: number, at: number, why: string) =>
  new OsteonError(
    'dicom.damaged',
    { tag: tagName(tag), byte: at, why },
    'Export the series again from the scanner or archive',
  );

export const viewOf = (b: Uint8Array) => new DataView(b.buffer, b.byteOffset, b.byteLength);
export const truncated = (at: number, size: number) => new OsteonError('io.truncated', { byte: at, fileBytes: size });

/** Encapsulated data that is of no use here, such as an icon. */
export function skipFragments(w: Walk, at: number, end: number, tag: number): number {
  let p = at;
  while (p + 8 <= end) {
    const h = readTag(w, p);
    if (h.tag === SEQUENCE_END) return p + 8;
    if (h.tag !== ITEM || h.length === UNDEFINED) throw damaged(tag, p, 'a fragment is not an item');
    p = h.value + h.length;
  }
  throw damaged(tag, at, 'fragments without an end');
}

export interface TagHead {
  readonly tag: number;
  readonly vr: string;
  readonly length: number;
  readonly value: number;
}

export function groupAt(w: Walk, p: number): number {
  if (p + 2 > w.bytes.length) throw truncated(p, w.size);
  return w.view.getUint16(p, w.little);
}

export function readTag(w: Walk, p: number): TagHead {
  if (++w.count.n > DICOM_LIMITS.elements) throw new OsteonError('dicom.limit', { elements: w.count.n });
  const { view, little } = w;
  if (p + 12 > w.bytes.length && p + 12 <= w.size) throw truncated(p, w.size);
  if (p + 8 > w.bytes.length) throw truncated(p, w.size);
  const tag = view.getUint16(p, little) * 65536 + view.getUint16(p + 2, little);
  if (!w.explicit || tag >= 0xfffe_0000) return { tag, vr: '', length: view.getUint32(p + 4, little), value: p + 8 };
  const vr = String.fromCharCode(view.getUint8(p + 4), view.getUint8(p + 5));
  if (SHORT.has(vr)) return { tag, vr, length: view.getUint16(p + 6, little), value: p + 8 };
  if (!LONG.has(vr)) throw damaged(tag, p, 'its value representation is not known');
  if (p + 12 > w.bytes.length) throw truncated(p, w.size);
  return { tag, vr, length: view.getUint32(p + 8, little), value: p + 12 };
}
