import { createImage, type Image, paste, type Rgb, WHITE } from './image.ts';
import { drawText, wrapText } from './text.ts';

export interface LayoutOptions {
  readonly background?: Rgb;
  readonly gapPx?: number;
}
export const LAYOUT_DEFAULTS = { background: WHITE, gapPx: 12 } as const;

/** Pictures in a row, centred on one line. */
export function sideBySide(images: readonly Image[], options: LayoutOptions = {}): Image {
  return grid(images, images.length, options);
}

/** Pictures in rows of `columns`; each column is as wide and each row as high as its largest picture. */
export function grid(images: readonly Image[], columns: number, options: LayoutOptions = {}): Image {
  const { background, gapPx } = { ...LAYOUT_DEFAULTS, ...options };
  const rows = Math.ceil(images.length / columns);
  const widths = Array.from({ length: columns }, (_, c) =>
    Math.max(...images.filter((_, i) => i % columns === c).map((m) => m.width)),
  );
  const heights = Array.from({ length: rows }, (_, r) =>
    Math.max(...images.slice(r * columns, (r + 1) * columns).map((m) => m.height)),
  );
  const sum = (n: readonly number[]) => n.reduce((s, x) => s + x + gapPx, -gapPx);
  const out = createImage(sum(widths), sum(heights), background);
  images.forEach((m, i) => {
    const [c, r] = [i % columns, Math.floor(i / columns)];
    const x = sum([...widths.slice(0, c), 0]) + Math.floor((widths[c] - m.width) / 2);
    const y = sum([...heights.slice(0, r), 0]) + Math.floor((heights[r] - m.height) / 2);
    paste(out, m, x, y);
  });
  return out;
}

/** A picture with a line or two of text under it. */
export function withCaption(
  image: Image,
  text: string,
  { sizePx = 18, background = WHITE }: { readonly sizePx?: number; readonly background?: Rgb } = {},
): Image {
  const lines = wrapText(text, image.width - sizePx, sizePx);
  const line = Math.round(1.45 * sizePx);
  const out = createImage(image.width, image.height + Math.round(0.4 * sizePx) + line * lines.length, background);
  paste(out, image, 0, 0);
  lines.forEach((t, i) => {
    drawText(out, t, image.width / 2, image.height + Math.round(0.4 * sizePx) + line * (i + 0.5), {
      sizePx,
      anchor: 'middle',
    });
  });
  return out;
}
