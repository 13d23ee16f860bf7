import { OsteonError } from '../base/index.ts';

/** A picture: RGBA, 8 bits each, rows from the top, not premultiplied. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Red, green, blue, 0 to 255, in sRGB. */
export type Rgb = readonly [r: number, g: number, b: number];

export const WHITE: Rgb = [255, 255, 255];
export const BLACK: Rgb = [0, 0, 0];

/** @throws param.range for a size that is not 1 to 16384 pixels a side */
export function createImage(width: number, height: number, background: Rgb = WHITE): Image {
  for (const n of [width, height])
    if (!Number.isInteger(n) || n < 1 || n > 16_384)
      throw new OsteonError('param.range', { what: 'picture', width, height });
  const data = new Uint8Array(4 * width * height);
  for (let i = 0; i < data.length; i += 4) {
    data[i] = background[0];
    data[i + 1] = background[1];
    data[i + 2] = background[2];
    data[i + 3] = 255;
  }
  return { width, height, data };
}

export const copyImage = ({ width, height, data }: Image): Image => ({ width, height, data: data.slice() });

/** Lay a colour over one pixel. Drawing functions of this room change the image they are handed; nobody else's do. */
export function blend({ width, height, data }: Image, x: number, y: number, [r, g, b]: Rgb, alpha: number): void {
  if (x < 0 || y < 0 || x >= width || y >= height || alpha <= 0) return;
  const i = 4 * (y * width + x);
  const a = Math.min(alpha, 1);
  data[i] += (r - data[i]) * a + 0.5;
  data[i + 1] += (g - data[i + 1]) * a + 0.5;
  data[i + 2] += (b - data[i + 2]) * a + 0.5;
}

/** Copy `from` onto `onto` with its upper left corner at (x, y); what sticks out is cut. */
export function paste(onto: Image, from: Image, x: number, y: number): void {
  const x0 = Math.max(0, -x);
  const x1 = Math.min(from.width, onto.width - x);
  if (x1 <= x0) return;
  for (let j = Math.max(0, -y); j < from.height && j + y < onto.height; j++)
    onto.data.set(
      from.data.subarray(4 * (j * from.width + x0), 4 * (j * from.width + x1)),
      4 * ((j + y) * onto.width + x + x0),
    );
}
