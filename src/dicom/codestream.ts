import { OsteonError } from '../base/index.ts';
import type { PixelFormat } from './types.ts';

/** What a compressed frame says about itself before it is decoded. */
export interface CodedSize {
  readonly columns: number;
  readonly rows: number;
  readonly components: number;
  readonly bits: number;
}

/**
 * Reads the size out of a JPEG, JPEG-LS, JPEG 2000 or HTJ2K frame. A frame that claims more than the file's header has
 * is refused before a codec reserves memory for it, and so is one that is cut off: codecs fill what is missing with
 * grey and call it decoded.
 * @throws dicom.damaged where there is no such size, where it differs from the header's, or where the end mark is missing
 */
export function checkCodedSize(frame: Uint8Array, p: PixelFormat): CodedSize {
  const size = frame[0] === 0xff && frame[1] === 0xd8 ? jpegSize(frame) : j2kSize(frame);
  if (!size) throw new OsteonError('dicom.damaged', { why: 'a compressed frame has no size' });
  const { columns, rows, components } = size;
  if (columns !== p.columns || rows !== p.rows || components !== p.samplesPerPixel)
    throw new OsteonError('dicom.damaged', {
      why: 'a compressed frame is of another size than the header',
      frame: `${columns}x${rows}x${components}`,
      header: `${p.columns}x${p.rows}x${p.samplesPerPixel}`,
    });
  if (!hasEndMark(frame)) throw new OsteonError('dicom.damaged', { why: 'a compressed frame is cut off' });
  return size;
}

/** FF D9 closes both families; fragments may be padded with zeros behind it. */
function hasEndMark(b: Uint8Array): boolean {
  let end = b.length;
  while (end > 0 && b[end - 1] === 0) end--;
  return end > 1 && b[end - 2] === 0xff && b[end - 1] === 0xd9;
}

/** From the first start-of-frame marker: C0 to CF but C4, C8 and CC; F7 for JPEG-LS. */
function jpegSize(b: Uint8Array): CodedSize | null {
  let p = 2;
  while (p + 9 < b.length) {
    if (b[p] !== 0xff) return null;
    const marker = b[p + 1];
    if (marker === 0xff) {
      p++;
      continue;
    }
    const isFrame = marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker));
    if (isFrame)
      return {
        bits: b[p + 4],
        rows: b[p + 5] * 256 + b[p + 6],
        columns: b[p + 7] * 256 + b[p + 8],
        components: b[p + 9],
      };
    if (marker === 0xda) return null;
    p += 2 + b[p + 2] * 256 + b[p + 3];
  }
  return null;
}

/** From the SIZ marker segment, which follows the start mark; some writers put a JP2 box around it. */
function j2kSize(b: Uint8Array): CodedSize | null {
  for (let p = 0; p + 45 < b.length && p < 1024; p++) {
    if (b[p] !== 0xff || b[p + 1] !== 0x4f || b[p + 2] !== 0xff || b[p + 3] !== 0x51) continue;
    const at = (o: number) => ((b[p + o] * 256 + b[p + o + 1]) * 256 + b[p + o + 2]) * 256 + b[p + o + 3];
    return {
      columns: at(8) - at(16),
      rows: at(12) - at(20),
      components: b[p + 40] * 256 + b[p + 41],
      bits: (b[p + 42] & 0x7f) + 1,
    };
  }
  return null;
}
