import { OsteonError } from '../base/index.ts';
import { type ColourScale, colourOf } from './colour.ts';
import { drawLine, fillRect } from './draw.ts';
import { BLACK, createImage, type Image, type Rgb } from './image.ts';
import { ticksOf } from './legend.ts';
import { drawText, numberText } from './text.ts';

export interface Axis {
  readonly label: string;
  readonly lo?: number;
  readonly hi?: number;
}
export interface PlotOptions {
  readonly width?: number;
  readonly height?: number;
  readonly x: Axis;
  readonly y: Axis;
  readonly sizePx?: number;
}
export interface Curve {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly colour: Rgb;
  readonly label?: string;
}

const PLOT_DEFAULTS = { width: 900, height: 520, sizePx: 18 } as const;
const GRID: Rgb = [222, 222, 222];

interface Frame {
  readonly image: Image;
  readonly px: (x: number) => number;
  readonly py: (y: number) => number;
  readonly bottom: number;
}

/** Axes, ticks and a light grid; the curves are drawn by the caller. */
function plotFrame(o: PlotOptions, [x0, x1]: readonly number[], [y0, y1]: readonly number[]): Frame {
  const { width, height, sizePx } = { ...PLOT_DEFAULTS, ...o };
  if (!(x0 < x1 && y0 < y1)) throw new OsteonError('param.range', { what: 'axes', x0, x1, y0, y1 });
  const image = createImage(width, height);
  const left = Math.round(4.2 * sizePx);
  const top = Math.round(2.4 * sizePx);
  const right = width - Math.round(1.4 * sizePx);
  const bottom = height - Math.round(3.4 * sizePx);
  const px = (x: number) => left + ((x - x0) / (x1 - x0)) * (right - left);
  const py = (y: number) => bottom - ((y - y0) / (y1 - y0)) * (bottom - top);
  const xTicks = ticksOf(x0, x1, 8);
  const yTicks = ticksOf(y0, y1, 6);
  for (const x of xTicks.at) {
    drawLine(image, [px(x), top, px(x), bottom], GRID, 1);
    drawText(image, numberText(x, xTicks.decimals), px(x), bottom + 0.9 * sizePx, { sizePx, anchor: 'middle' });
  }
  for (const y of yTicks.at) {
    drawLine(image, [left, py(y), right, py(y)], GRID, 1);
    drawText(image, numberText(y, yTicks.decimals), left - 0.5 * sizePx, py(y), { sizePx, anchor: 'right' });
  }
  drawLine(image, [left, top, left, bottom, right, bottom], BLACK, 1.5);
  drawText(image, o.x.label, (left + right) / 2, height - 0.9 * sizePx, { sizePx, anchor: 'middle' });
  drawText(image, o.y.label, 0.6 * sizePx, 0.9 * sizePx, { sizePx });
  return { image, px, py, bottom };
}

/** Curves over one pair of axes, with a key where they have labels. @throws param.range */
export function linePlot(curves: readonly Curve[], options: PlotOptions): Image {
  const { sizePx, width } = { ...PLOT_DEFAULTS, ...options };
  const xs = rangeOf(
    curves.map((c) => c.x),
    options.x,
  );
  const ys = rangeOf(
    curves.map((c) => c.y),
    options.y,
  );
  const { image, px, py } = plotFrame(options, xs, ys);
  curves.forEach(({ x, y, colour, label }, n) => {
    const points: number[] = [];
    for (let i = 0; i < x.length; i++) points.push(px(x[i]), py(y[i]));
    drawLine(image, points, colour, 2.4);
    if (!label) return;
    const ky = (2.9 + 1.4 * n) * sizePx;
    drawLine(image, [width - 3.4 * sizePx, ky, width - 1.8 * sizePx, ky], colour, 3);
    drawText(image, label, width - 3.8 * sizePx, ky, { sizePx, anchor: 'right' });
  });
  return image;
}

function rangeOf(lists: readonly ArrayLike<number>[], axis: Axis): readonly [number, number] {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const list of lists)
    for (let i = 0; i < list.length; i++) {
      lo = Math.min(lo, list[i]);
      hi = Math.max(hi, list[i]);
    }
  if (lo === hi) [lo, hi] = [lo - 1, hi + 1];
  return [axis.lo ?? lo, axis.hi ?? hi];
}

export interface HistogramOptions extends PlotOptions {
  readonly bins?: number;
  /** Bars take the colours of this scale, as the surface it belongs to. */
  readonly scale?: ColourScale;
  /** Weight of each value, e.g. mm² of surface; absent: 1. */
  readonly weights?: ArrayLike<number>;
}

/** How often values occur, in percent of the whole weight; values outside the range fall into the end bars. @throws param.range */
export function histogram(values: ArrayLike<number>, options: HistogramOptions): Image {
  const { bins = 60, scale, weights } = options;
  const [lo, hi] = scale && options.x.lo === undefined ? [scale.lo, scale.hi] : rangeOf([values], options.x);
  const heights = new Float64Array(bins);
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    const w = weights ? weights[i] : 1;
    heights[Math.min(bins - 1, Math.max(0, Math.floor((bins * (values[i] - lo)) / (hi - lo))))] += w;
    total += w;
  }
  if (!(total > 0)) throw new OsteonError('param.range', { what: 'histogram of nothing' });
  let top = 0;
  for (let b = 0; b < bins; b++) {
    heights[b] *= 100 / total;
    top = Math.max(top, heights[b]);
  }
  const { image, px, py, bottom } = plotFrame(options, [lo, hi], [0, options.y.hi ?? 1.05 * top]);
  for (let b = 0; b < bins; b++) {
    const middle = lo + ((b + 0.5) * (hi - lo)) / bins;
    const x = Math.round(px(lo + (b * (hi - lo)) / bins));
    const next = Math.round(px(lo + ((b + 1) * (hi - lo)) / bins));
    const y = Math.round(py(heights[b]));
    fillRect(
      image,
      x,
      y,
      Math.max(1, next - x - 1),
      Math.round(bottom) - y,
      scale ? colourOf(scale, middle) : [86, 120, 160],
    );
  }
  return image;
}
