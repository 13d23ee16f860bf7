import {
  BLACK,
  createImage,
  drawLine,
  drawText,
  fillRect,
  frameRect,
  type Image,
  numberText,
  PALETTE,
  type Rgb,
  ticksOf,
} from '../render/index.ts';
import type { PairedComparison, ScoreSeries } from './cohort.ts';
import { pText } from './cohort-table.ts';

const WIDTH = 720;
const HEIGHT = 520;
const TEXT = 16;
const LEFT = 70;
const RIGHT = WIDTH - 24;
const TOP = 56;
const BOTTOM = HEIGHT - 58;
const GRID: Rgb = [224, 224, 224];
const SOFT: Rgb = [120, 130, 140];

/** A line from before to after for each case, boxes of quartiles at both ends. */
export function pairedPlot(p: PairedComparison): Image {
  const all = p.values.flat();
  const { image, y } = frame(all, `${p.name}${p.unit ? ` (${p.unit})` : ''}`);
  const [a, b] = [LEFT + 0.3 * (RIGHT - LEFT), LEFT + 0.7 * (RIGHT - LEFT)];
  for (const [u, v] of p.values) drawLine(image, [a, y(u), b, y(v)], v <= u ? PALETTE[2] : PALETTE[5], 1.5);
  for (const [u, v] of p.values) {
    dot(image, a, y(u), PALETTE[0]);
    dot(image, b, y(v), PALETTE[0]);
  }
  boxAt(image, a - 52, p.before, y);
  boxAt(image, b + 52, p.after, y);
  name(image, a, p.from);
  name(image, b, p.to);
  const text = `n = ${p.values.length}, z = ${p.test.z.toFixed(3)}, P ${pSign(p.test.pAsymptotic)} asymptotic, ${pSign(p.test.pExact)} exact`;
  note(image, `${text}; ${BOXES}`);
  return image;
}

const pSign = (p: number): string => (pText(p).startsWith('<') ? pText(p) : `= ${pText(p)}`);

/** Boxes of quartiles with every case as a point, one box a visit. */
export function visitsPlot({ scale, visits }: ScoreSeries): Image {
  const { image, y } = frame([0, ...visits.flatMap((v) => v.values)], `SMFA ${scale} (0 best, 100 worst)`);
  visits.forEach(({ visit, summary, values }, i) => {
    const x = LEFT + ((i + 0.5) / visits.length) * (RIGHT - LEFT);
    boxAt(image, x, summary, y);
    for (const [k, v] of values.entries()) dot(image, x + 30 + 5 * (k % 3), y(v), PALETTE[0]);
    name(image, x, visit);
  });
  note(image, `${BOXES}, each point a case`);
  return image;
}

const BOXES = 'boxes: quartiles and median, lines: least to most';

const note = (image: Image, text: string): void =>
  drawText(image, text, WIDTH / 2, HEIGHT - 16, { sizePx: TEXT - 3, anchor: 'middle', colour: SOFT });

function frame(values: readonly number[], title: string): { image: Image; y: (v: number) => number } {
  const lo = Math.min(0, ...values);
  const hi = Math.max(lo + 1, ...values) * 1.05;
  const image = createImage(WIDTH, HEIGHT);
  const y = (v: number) => BOTTOM - ((v - lo) / (hi - lo)) * (BOTTOM - TOP);
  const ticks = ticksOf(lo, hi, 6);
  for (const t of ticks.at) {
    drawLine(image, [LEFT, y(t), RIGHT, y(t)], GRID, 1);
    drawText(image, numberText(t, ticks.decimals), LEFT - 10, y(t), { sizePx: TEXT, anchor: 'right' });
  }
  drawLine(image, [LEFT, TOP, LEFT, BOTTOM, RIGHT, BOTTOM], BLACK, 1.5);
  drawText(image, title, LEFT, 26, { sizePx: TEXT + 2, bold: true });
  return { image, y };
}

function boxAt(
  image: Image,
  x: number,
  s: {
    readonly q1: number;
    readonly q3: number;
    readonly median: number;
    readonly least: number;
    readonly most: number;
  },
  y: (v: number) => number,
): void {
  drawLine(image, [x, y(s.least), x, y(s.most)], SOFT, 1.5);
  const [top, height] = [Math.round(y(s.q3)), Math.max(1, Math.round(y(s.q1) - y(s.q3)))];
  fillRect(image, x - 18, top, 36, height, [222, 232, 242]);
  frameRect(image, x - 18, top, 36, height, SOFT);
  drawLine(image, [x - 18, y(s.median), x + 18, y(s.median)], BLACK, 2.5);
}

const dot = (image: Image, x: number, y: number, colour: Rgb): void => drawLine(image, [x, y, x, y], colour, 7);

const name = (image: Image, x: number, text: string): void =>
  drawText(image, text, x, BOTTOM + 18, { sizePx: TEXT, anchor: 'middle' });
