import { type ColourScale, requireScale } from './colour.ts';
import { drawLine, fillRect, frameRect } from './draw.ts';
import { BLACK, createImage, type Image, type Rgb, WHITE } from './image.ts';
import { drawText, numberText, textWidthPx } from './text.ts';

/** A round step (1, 2 or 5 times a power of ten) that gives about `count` ticks over a range. */
export function tickStep(range: number, count: number): number {
  const raw = range / count;
  let power = 1;
  while (power > raw) power /= 10;
  while (power * 10 <= raw) power *= 10;
  const lead = raw / power;
  return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}

/** Multiples of a round step within [lo, hi], and the decimals they need. */
export function ticksOf(
  lo: number,
  hi: number,
  count: number,
): { readonly at: readonly number[]; readonly decimals: number } {
  const step = tickStep(hi - lo, count);
  const at: number[] = [];
  for (let k = Math.ceil(lo / step - 1e-9); k * step <= hi + 1e-9 * step; k++) at.push(k * step);
  let decimals = 0;
  for (let s = step; s < 0.9999 && decimals < 6; s *= 10) decimals++;
  return { at, decimals };
}

export interface ColourBarOptions {
  readonly scale: ColourScale;
  /** What is shown, e.g. `gap to the tibia`. */
  readonly title?: string;
  readonly unit: string;
  readonly heightPx?: number;
  readonly sizePx?: number;
  readonly background?: Rgb;
}

export const COLOUR_BAR_DEFAULTS = { heightPx: 480, sizePx: 18, background: WHITE, title: '' } as const;

/** Upright colour bar with ticks; the highest value is at the top. @throws param.range */
export function colourBar(options: ColourBarOptions): Image {
  const { scale, unit, title, heightPx, sizePx, background } = { ...COLOUR_BAR_DEFAULTS, ...options };
  requireScale(scale);
  const { at, decimals } = ticksOf(scale.lo, scale.hi, 6);
  const labels = at.map((v) => numberText(v, decimals));
  const barWidth = Math.round(1.4 * sizePx);
  const top = Math.round(sizePx * (title ? 3.4 : 2));
  const bottom = heightPx - Math.round(sizePx);
  const widest = Math.max(...labels.map((l) => textWidthPx(l, sizePx)));
  const tickEnd = sizePx + barWidth + 0.4 * sizePx;
  const width = Math.ceil(
    sizePx + Math.max(tickEnd + widest, textWidthPx(title, sizePx), textWidthPx(unit, sizePx)) + 4,
  );
  const image = createImage(width, heightPx, background);
  const n = bottom - top;
  for (let y = 0; y < n; y++) {
    const i = 3 * Math.min(255, Math.floor((256 * (n - 1 - y)) / (n - 1)));
    const { rgb } = scale.map;
    fillRect(image, sizePx, top + y, barWidth, 1, [rgb[i], rgb[i + 1], rgb[i + 2]]);
  }
  frameRect(image, sizePx - 1, top - 1, barWidth + 2, n + 2, BLACK);
  at.forEach((v, k) => {
    const y = bottom - ((v - scale.lo) / (scale.hi - scale.lo)) * n;
    drawLine(image, [sizePx + barWidth, y, tickEnd, y], BLACK, 1.2);
    drawText(image, labels[k], tickEnd + 0.3 * sizePx, y, { sizePx });
  });
  if (title) drawText(image, title, sizePx - 1, sizePx * 0.9, { sizePx, bold: true });
  drawText(image, unit, sizePx - 1, top - 0.9 * sizePx, { sizePx });
  return image;
}

export interface ScaleBarOptions {
  readonly pixelMm: number;
  readonly colour?: Rgb;
  readonly halo?: Rgb;
  readonly sizePx?: number;
}

/** A bar of a round length with its length in mm, in the lower left corner. Changes `image`. */
export function drawScaleBar(image: Image, { pixelMm, colour = BLACK, halo, sizePx = 16 }: ScaleBarOptions): void {
  const mm = tickStep(image.width * pixelMm * 0.22, 1);
  const length = mm / pixelMm;
  const x = sizePx;
  const y = image.height - sizePx * 1.1;
  const bar = [x, y - 5, x, y + 5, x, y, x + length, y, x + length, y - 5, x + length, y + 5];
  if (halo) drawLine(image, bar, halo, 5);
  drawLine(image, bar, colour, 2);
  const text = `${numberText(mm, mm < 1 ? 1 : 0)} mm`;
  drawText(image, text, x + length / 2, y - 0.9 * sizePx, { sizePx, colour, anchor: 'middle', ...(halo && { halo }) });
}
