import { OsteonError } from '../base/index.ts';

/**
 * DICOM RLE: a header of 64 bytes with up to 15 segment offsets, then one PackBits segment for each byte of a sample,
 * the most significant first.
 * @returns `samples` little-endian samples of one frame
 * @throws dicom.damaged where a segment is short, long or out of place
 * @source DICOM PS3.5 annex G
 */
export function decodeRle(frame: Uint8Array, samples: number, bytesPerSample: number): Uint8Array {
  if (frame.length < 64) throw damaged('no header');
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const segments = view.getUint32(0, true);
  if (segments !== bytesPerSample) throw damaged(`${segments} segments where ${bytesPerSample} belong`);
  const out = new Uint8Array(samples * bytesPerSample);
  for (let s = 0; s < segments; s++) {
    const from = view.getUint32(4 + 4 * s, true);
    const to = s + 1 < segments ? view.getUint32(8 + 4 * s, true) : frame.length;
    if (from < 64 || to < from || to > frame.length) throw damaged(`segment ${s} out of place`);
    unpackBits(frame.subarray(from, to), out, segments - 1 - s, bytesPerSample, samples);
  }
  return out;
}

/** Writes `count` bytes to out[first], out[first + step], … */
function unpackBits(packed: Uint8Array, out: Uint8Array, first: number, step: number, count: number): void {
  let o = first;
  const end = first + step * count;
  for (let p = 0; p < packed.length && o < end; ) {
    const n = packed[p++];
    if (n < 128) {
      const stop = Math.min(p + n + 1, packed.length);
      if (stop - p < n + 1) throw damaged('a literal run is cut off');
      if (o + step * (n + 1) > end) throw damaged('a segment is too long');
      while (p < stop) {
        out[o] = packed[p++];
        o += step;
      }
    } else if (n > 128) {
      if (p >= packed.length) throw damaged('a repeat run is cut off');
      if (o + step * (257 - n) > end) throw damaged('a segment is too long');
      const value = packed[p++];
      for (let c = 257 - n; c > 0; c--) {
        out[o] = value;
        o += step;
      }
    }
  }
  if (o < end) throw damaged('a segment is too short');
}

/** The inverse, with one literal or repeat run at a time. Segments are padded to even length. */
export function encodeRle(samples: Uint8Array, bytesPerSample: number): Uint8Array {
  const parts: number[][] = [];
  for (let s = 0; s < bytesPerSample; s++) parts.push(packBits(samples, bytesPerSample - 1 - s, bytesPerSample));
  const head = new DataView(new ArrayBuffer(64));
  head.setUint32(0, bytesPerSample, true);
  let at = 64;
  parts.forEach((part, s) => {
    head.setUint32(4 + 4 * s, at, true);
    at += part.length;
  });
  const out = new Uint8Array(at);
  out.set(new Uint8Array(head.buffer));
  at = 64;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function packBits(data: Uint8Array, first: number, step: number): number[] {
  const out: number[] = [];
  const at = (i: number) => data[first + i * step];
  const n = data.length / step;
  for (let i = 0; i < n; ) {
    let run = 1;
    while (i + run < n && run < 128 && at(i + run) === at(i)) run++;
    if (run > 1) out.push(257 - run, at(i));
    else {
      while (i + run < n && run < 128 && at(i + run) !== at(i + run - 1)) run++;
      out.push(run - 1);
      for (let k = 0; k < run; k++) out.push(at(i + k));
    }
    i += run;
  }
  if (out.length % 2) out.push(128);
  return out;
}

const damaged = (why: string) => new OsteonError('dicom.damaged', { codec: 'RLE', why });
