import { type LayerStack, layerCount, layerOutlines } from './layers.ts';
import { loopAreaMm2, type Outlines, outlinesOf, windingAt } from './outlines.ts';
import { commonSpans, scanLines, spansOf } from './spans.ts';

/** A piece of a layer with nothing below it. */
export interface Island {
  readonly layer: number;
  /** Plate mm: a point of it, at the height of its layer. */
  readonly at: readonly [x: number, y: number, z: number];
  readonly areaMm2: number;
}

/** Smaller pieces are no place for a beam or a nozzle: they are taken to begin where they have grown to this, mm². */
const LEAST_MM2 = 0.01;
/** Points of an outline looked at before scan lines are. */
const PROBES = 12;
/** Lines across an island. */
const LINES = 9;

/**
 * Pieces that begin in mid-air, and the first layer's.
 * @cost O(points) for most layers, a few scan lines where a piece only widens
 * @accuracy a piece is taken for an island if neither points of its outline nor nine lines across it meet the layer below
 */
export function findIslands(stack: LayerStack): Island[] {
  const out: Island[] = [];
  let below: Outlines | undefined;
  for (let k = 0; k < layerCount(stack); k++) {
    const layer = withoutSpecks(layerOutlines(stack, k));
    for (let loop = 0; loop + 1 < layer.start.length; loop++) {
      const areaMm2 = loopAreaMm2(layer, loop);
      if (areaMm2 <= 0 || (below && rests(layer, loop, below))) continue;
      const [x, y] = pointInside(layer, loop);
      out.push({ layer: k, at: [x, y, stack.heights[k]], areaMm2 });
    }
    below = layer;
  }
  return out;
}

function withoutSpecks(layer: Outlines): Outlines {
  const loops = Array.from({ length: layer.start.length - 1 }, (_, i) => i);
  const speck = (i: number) => Math.abs(loopAreaMm2(layer, i)) < LEAST_MM2;
  if (!loops.some(speck)) return layer;
  return outlinesOf(loops.filter((i) => !speck(i)).map((i) => oneLoop(layer, i).points));
}

function rests(layer: Outlines, loop: number, below: Outlines): boolean {
  const from = layer.start[loop];
  const n = layer.start[loop + 1] - from;
  const step = Math.max(1, Math.floor(n / PROBES));
  for (let i = from; i < from + n; i += step)
    if (windingAt(below, layer.points[2 * i], layer.points[2 * i + 1]) > 0) return true;
  const own = oneLoop(layer, loop);
  const lines = scanLines(0, heightOf(own) / LINES);
  const piece = commonSpans(spansOf(own, lines), spansOf(layer, lines));
  return commonSpans(piece, spansOf(below, lines)).ends.length > 0;
}

const oneLoop = ({ points, start }: Outlines, loop: number): Outlines => ({
  points: points.subarray(2 * start[loop], 2 * start[loop + 1]),
  start: Uint32Array.of(0, start[loop + 1] - start[loop]),
});

function heightOf({ points }: Outlines): number {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < points.length; i += 2) {
    lo = Math.min(lo, points[i]);
    hi = Math.max(hi, points[i]);
  }
  return Math.max(hi - lo, 1e-6);
}

/** The middle of the longest of a few lines across a loop. */
function pointInside(layer: Outlines, loop: number): readonly [number, number] {
  const own = oneLoop(layer, loop);
  const spacingMm = heightOf(own) / LINES;
  const { first, lineStart, ends } = spansOf(own, scanLines(0, spacingMm));
  let best: readonly [number, number] = [own.points[0], own.points[1]];
  let longest = 0;
  for (let j = 0; j + 1 < lineStart.length; j++)
    for (let i = 2 * lineStart[j]; i < 2 * lineStart[j + 1]; i += 2)
      if (ends[i + 1] - ends[i] > longest) {
        longest = ends[i + 1] - ends[i];
        best = [(ends[i] + ends[i + 1]) / 2, (first + j + 0.5) * spacingMm];
      }
  return best;
}
