import type { Vec3 } from '../base/index.ts';
import { norm, scale } from '../math/index.ts';
import { BLACK, type Image, type Rgb } from './image.ts';
import { drawText } from './text.ts';

const LETTERS = [
  ['L', 'R'],
  ['P', 'A'],
  ['H', 'F'],
] as const;

/** Where a direction points in the patient: Left, Right, Anterior, Posterior, Head, Feet; a second letter where it leans by more than 20°. */
export function directionLetters(direction: Vec3): string {
  const s = 1 / (norm(direction) || 1);
  return [0, 1, 2]
    .filter((k) => Math.abs(direction[k] * s) > 0.342)
    .sort((a, b) => Math.abs(direction[b]) - Math.abs(direction[a]) || a - b)
    .slice(0, 2)
    .map((k) => LETTERS[k][direction[k] > 0 ? 0 : 1])
    .join('');
}

export interface LetterOptions {
  readonly right: Vec3;
  readonly up: Vec3;
  readonly colour?: Rgb;
  readonly halo?: Rgb;
  readonly sizePx?: number;
}

/** The four letters at the middles of the picture's sides. Changes `image`. */
export function drawOrientation(image: Image, { right, up, colour = BLACK, halo, sizePx = 20 }: LetterOptions): void {
  const { width: w, height: h } = image;
  const style = { sizePx, colour, bold: true, ...(halo && { halo }) };
  const inset = 0.9 * sizePx;
  drawText(image, directionLetters(scale(right, -1)), inset * 0.6, h / 2, style);
  drawText(image, directionLetters(right), w - inset * 0.6, h / 2, { ...style, anchor: 'right' });
  drawText(image, directionLetters(up), w / 2, inset, { ...style, anchor: 'middle' });
  drawText(image, directionLetters(scale(up, -1)), w / 2, h - inset, { ...style, anchor: 'middle' });
}
