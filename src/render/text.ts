import { createMask, paintMask, stroke } from './draw.ts';
import { CAPITAL, glyphOf, TRACKING } from './font.ts';
import { BLACK, type Image, type Rgb } from './image.ts';

export interface TextOptions {
  /** Size as of a font: capitals are 0.7 of it high. */
  readonly sizePx?: number;
  readonly colour?: Rgb;
  /** Which point of the text `x` is. */
  readonly anchor?: 'left' | 'middle' | 'right';
  /** Drawn around the letters, so that they can be read on any ground. */
  readonly halo?: Rgb;
  readonly bold?: boolean;
}

export const TEXT_DEFAULTS = { sizePx: 16, colour: BLACK, anchor: 'left', bold: false } as const;

const unitPx = (sizePx: number): number => (0.7 * sizePx) / CAPITAL;

/** Width of one line of text, pixels. */
export function textWidthPx(text: string, sizePx: number = TEXT_DEFAULTS.sizePx): number {
  let w = 0;
  for (const c of text) w += glyphOf(c).width + TRACKING;
  return Math.max(0, w - TRACKING) * unitPx(sizePx);
}

/** One line of text; `y` is the middle of its capitals. Changes `image`. */
export function drawText(image: Image, text: string, x: number, y: number, options: TextOptions = {}): void {
  const { sizePx, colour, anchor, bold } = { ...TEXT_DEFAULTS, ...options };
  const unit = unitPx(sizePx);
  const width = textWidthPx(text, sizePx);
  const left = x - (anchor === 'middle' ? width / 2 : anchor === 'right' ? width : 0);
  const baseline = y + 0.35 * sizePx;
  const pen = Math.max(1, sizePx * (bold ? 0.125 : 0.085));
  const around = Math.ceil(sizePx / 3) + 2;
  const box = [Math.floor(left) - around, Math.floor(y - 0.7 * sizePx) - 3, Math.ceil(width) + 2 * around] as const;
  const inks = options.halo ? [[pen + Math.max(2, sizePx * 0.16), options.halo] as const] : [];
  for (const [penPx, ink] of [...inks, [pen, colour] as const]) {
    const mask = createMask(box[0], box[1], box[2], Math.ceil(1.5 * sizePx) + 6);
    let at = left;
    for (const c of text) {
      const glyph = glyphOf(c);
      for (const s of glyph.strokes)
        for (let i = 0; i + 3 < s.length; i += 2)
          stroke(
            mask,
            at + s[i] * unit,
            baseline - s[i + 1] * unit,
            at + s[i + 2] * unit,
            baseline - s[i + 3] * unit,
            penPx,
          );
      at += (glyph.width + TRACKING) * unit;
    }
    paintMask(image, mask, ink);
  }
}

/** Words broken into lines no wider than `widthPx`; a longer word has a line of its own. */
export function wrapText(text: string, widthPx: number, sizePx: number = TEXT_DEFAULTS.sizePx): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && textWidthPx(longer, sizePx) > widthPx) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    lines.push(line);
  }
  return lines;
}

/** A number with fixed decimals and a true minus sign, never "-0". */
export function numberText(x: number, decimals: number): string {
  const s = x.toFixed(decimals);
  return Number(s) === 0 ? s.replace('-', '') : s.replace('-', '−');
}
