import { OsteonError } from '../base/index.ts';
import type { PixelElement } from './reader.ts';

type Span = readonly [from: number, to: number];

/**
 * The bytes of each encapsulated frame. One fragment for each frame is taken as it is; a single frame is all its
 * fragments joined; otherwise the Basic Offset Table, and without one the codec's start marks, tell where frames begin.
 * @throws dicom.damaged where the fragments do not make `frames` frames
 * @source DICOM PS3.5 annex A.4
 */
export function encapsulatedFrames(bytes: Uint8Array, pixels: PixelElement, frames: number): Uint8Array[] {
  const [table, ...fragments] = readFragments(bytes, pixels.at, frames);
  if (!table || fragments.length < frames) throw damaged(`${fragments.length} fragments for ${frames} frames`);
  if (fragments.length === frames) return fragments.map(([a, b]) => bytes.subarray(a, b));
  if (frames === 1) return [join(bytes, fragments)];
  const starts = table[1] > table[0] ? fromTable(bytes, table, fragments, frames) : fromMarks(bytes, fragments);
  if (starts.length !== frames) throw damaged(`${starts.length} frames begin where ${frames} belong`);
  return starts.map((s, f) => join(bytes, fragments.slice(s, starts[f + 1] ?? fragments.length)));
}

/** The first is the offset table. */
function readFragments(bytes: Uint8Array, at: number, frames: number): Span[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const spans: Span[] = [];
  // Codecs write a few kilobytes a fragment at least; a file with more pieces than that is made to hurt.
  const most = 16 * frames + 4096;
  let p = at;
  while (p + 8 <= bytes.length) {
    const tag = view.getUint16(p, true) * 65536 + view.getUint16(p + 2, true);
    const length = view.getUint32(p + 4, true);
    if (tag === 0xfffe_e0dd) return spans;
    if (tag !== 0xfffe_e000 || p + 8 + length > bytes.length) throw damaged(`no fragment at byte ${p}`);
    if (spans.length > most) throw new OsteonError('dicom.limit', { fragments: spans.length, frames });
    spans.push([p + 8, p + 8 + length]);
    p += 8 + length;
  }
  // Without the closing delimiter the last fragment may still be whole: its decoder checks that.
  return spans;
}

function fromTable(bytes: Uint8Array, [from, to]: Span, fragments: readonly Span[], frames: number): number[] {
  if (to - from !== 4 * frames) throw damaged('the offset table is of the wrong length');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const index = new Map(fragments.map(([a], i) => [a - 8 - to, i]));
  const starts: number[] = [];
  for (let f = 0; f < frames; f++) {
    const i = index.get(view.getUint32(from + 4 * f, true));
    if (i === undefined || (f > 0 && i <= starts[f - 1])) throw damaged('the offset table names no fragment');
    starts.push(i);
  }
  return starts;
}

/** Fragments that begin with a JPEG (FF D8) or JPEG 2000 (FF 4F) start mark. */
function fromMarks(bytes: Uint8Array, fragments: readonly Span[]): number[] {
  const starts: number[] = [];
  fragments.forEach(([a, b], i) => {
    if (b - a > 2 && bytes[a] === 0xff && (bytes[a + 1] === 0xd8 || bytes[a + 1] === 0x4f)) starts.push(i);
  });
  return starts;
}

function join(bytes: Uint8Array, spans: readonly Span[]): Uint8Array {
  if (spans.length === 1) return bytes.subarray(spans[0][0], spans[0][1]);
  const out = new Uint8Array(spans.reduce((n, [a, b]) => n + b - a, 0));
  let at = 0;
  for (const [a, b] of spans) {
    out.set(bytes.subarray(a, b), at);
    at += b - a;
  }
  return out;
}

const damaged = (why: string) => new OsteonError('dicom.damaged', { tag: '(7fe0,0010)', why });
