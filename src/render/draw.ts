import { blend, type Image, type Rgb } from './image.ts';

/** How far each pixel of a box is covered, 0 to 255. Strokes overlap without getting darker. */
export interface Mask {
  /** Upper left corner in the picture. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly cover: Uint8Array;
}

export const createMask = (x: number, y: number, width: number, height: number): Mask => ({
  x,
  y,
  width: Math.max(0, width),
  height: Math.max(0, height),
  cover: new Uint8Array(Math.max(0, width) * Math.max(0, height)),
});

/** Line with round ends between picture points, its edge softened over one pixel. */
export function stroke(mask: Mask, x0: number, y0: number, x1: number, y1: number, widthPx: number): void {
  const half = widthPx / 2;
  const reach = half + 0.5;
  const dx = x1 - x0;
  const dy = y1 - y0;
  const square = dx * dx + dy * dy;
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach) - mask.x);
  const right = Math.min(mask.width - 1, Math.ceil(Math.max(x0, x1) + reach) - mask.x);
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach) - mask.y);
  const bottom = Math.min(mask.height - 1, Math.ceil(Math.max(y0, y1) + reach) - mask.y);
  for (let j = top; j <= bottom; j++)
    for (let i = left; i <= right; i++) {
      const px = mask.x + i + 0.5 - x0;
      const py = mask.y + j + 0.5 - y0;
      const t = square > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / square)) : 0;
      const qx = px - t * dx;
      const qy = py - t * dy;
      const a = reach - Math.sqrt(qx * qx + qy * qy);
      if (a <= 0) continue;
      const cover = Math.round(255 * Math.min(1, a, widthPx));
      const k = j * mask.width + i;
      if (cover > mask.cover[k]) mask.cover[k] = cover;
    }
}

/** Lay a colour over the picture where the mask covers it. */
export function paintMask(image: Image, mask: Mask, colour: Rgb, opacity = 1): void {
  for (let j = 0; j < mask.height; j++)
    for (let i = 0; i < mask.width; i++) {
      const cover = mask.cover[j * mask.width + i];
      if (cover > 0) blend(image, mask.x + i, mask.y + j, colour, (cover / 255) * opacity);
    }
}

/** One polyline, as x, y, x, y … in picture coordinates. */
export function drawLine(image: Image, points: readonly number[], colour: Rgb, widthPx = 1.5): void {
  let [left, top, right, bottom] = [image.width, image.height, 0, 0];
  for (let i = 0; i < points.length; i += 2) {
    left = Math.min(left, points[i]);
    right = Math.max(right, points[i]);
    top = Math.min(top, points[i + 1]);
    bottom = Math.max(bottom, points[i + 1]);
  }
  const x = Math.max(0, Math.floor(left - widthPx - 1));
  const y = Math.max(0, Math.floor(top - widthPx - 1));
  const w = Math.min(image.width, Math.ceil(right + widthPx + 1)) - x;
  const mask = createMask(x, y, w, Math.min(image.height, Math.ceil(bottom + widthPx + 1)) - y);
  for (let i = 0; i + 3 < points.length; i += 2)
    stroke(mask, points[i], points[i + 1], points[i + 2], points[i + 3], widthPx);
  paintMask(image, mask, colour);
}

/** Whole pixels, cut at the border of the picture. */
export function fillRect(
  image: Image,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: Rgb,
  opacity = 1,
): void {
  const x1 = Math.min(image.width, Math.round(x + width));
  const y1 = Math.min(image.height, Math.round(y + height));
  for (let j = Math.max(0, Math.round(y)); j < y1; j++)
    for (let i = Math.max(0, Math.round(x)); i < x1; i++) blend(image, i, j, colour, opacity);
}

export function frameRect(image: Image, x: number, y: number, width: number, height: number, colour: Rgb): void {
  fillRect(image, x, y, width, 1, colour);
  fillRect(image, x, y + height - 1, width, 1, colour);
  fillRect(image, x, y, 1, height, colour);
  fillRect(image, x + width - 1, y, 1, height, colour);
}
