import { type Job, NO_JOB } from '../base/index.ts';
import { type LayerStack, layerCount, layerOutlines } from './layers.ts';
import { loopCount, NO_OUTLINES, type Outlines } from './outlines.ts';
import { type Process, settingOf } from './process.ts';
import type { RegionEngine } from './region.ts';
import { commonSpans, hatchVectors, longSpans, type Spans, scanLines, spansOf, spansWithout } from './spans.ts';

export interface ExtrudeOptions {
  readonly layerMm: number;
  /** Width of an extruded line, mm. */
  readonly lineMm: number;
  readonly perimeters: number;
  /** Solid layers at top and bottom. */
  readonly solidLayers: number;
  /** Share of the inside that is filled. */
  readonly infillFraction: number;
  readonly supportFraction: number;
  readonly skirtLoops: number;
  /** From the part to the skirt, mm. */
  readonly skirtGapMm: number;
  /** How far infill reaches into the innermost perimeter, as a share of a line. */
  readonly infillOverlap: number;
}

export const EXTRUDE_DEFAULTS: ExtrudeOptions = {
  layerMm: 0.2,
  lineMm: 0.45,
  perimeters: 2,
  solidLayers: 4,
  infillFraction: 0.2,
  supportFraction: 0.2,
  skirtLoops: 2,
  skirtGapMm: 5,
  infillOverlap: 0.15, // as other slicers do, so that infill holds to the wall
};

export function extrudeOptionsOf(process: Process): ExtrudeOptions {
  const of = (name: Parameters<typeof settingOf>[1]) => settingOf(process, name);
  return {
    ...EXTRUDE_DEFAULTS,
    layerMm: of('layerMm'),
    lineMm: of('lineMm'),
    perimeters: of('perimeters'),
    solidLayers: of('solidLayers'),
    infillFraction: of('infillFraction'),
    supportFraction: of('supportFraction'),
    skirtLoops: of('skirtLoops'),
  };
}

export type PathKind = 'skirt' | 'outer' | 'inner' | 'solid' | 'infill' | 'support';

/** One line of plastic. A closed one ends where it begins and does not repeat the point. */
export interface ExtrudedPath {
  readonly kind: PathKind;
  readonly closed: boolean;
  /** x and y of every point along the middle of the line, plate mm. */
  readonly points: Float64Array;
}

export interface ExtrudedLayer {
  /** Height of the nozzle, mm. */
  readonly topMm: number;
  readonly paths: readonly ExtrudedPath[];
}

/**
 * Distance of two lines side by side, mm. A line's section is a rectangle with round sides; two of them overlap by what
 * that leaves open, so that lines fill a layer without gap or excess.
 * @source Slic3r manual, flow math
 */
export const lineSpacingMm = (lineMm: number, layerMm: number): number => lineMm - layerMm * (1 - Math.PI / 4);

/** Plastic in a millimetre of line, mm²: spacing times layer. */
export const lineSectionMm2 = (lineMm: number, layerMm: number): number => lineSpacingMm(lineMm, layerMm) * layerMm;

/**
 * What the nozzle draws in every layer: supports, perimeters from the inside out, solid skin, infill; a skirt first.
 * @param supports layers of the supports at the same heights; absent for none
 * @job once a layer
 */
export function extrudeLayers(
  stack: LayerStack,
  supports: LayerStack | undefined,
  engine: RegionEngine,
  options: Partial<ExtrudeOptions> = {},
  job: Job = NO_JOB,
): ExtrudedLayer[] {
  const o = { ...EXTRUDE_DEFAULTS, ...options };
  const out: ExtrudedLayer[] = [];
  const supportOf = (k: number) => (supports && k < layerCount(supports) ? layerOutlines(supports, k) : NO_OUTLINES);
  let x = 0;
  let y = 0;
  for (let k = 0; k < layerCount(stack); k++) {
    job.at(k / layerCount(stack));
    const groups = [
      ...(k === 0 ? skirt([layerOutlines(stack, 0), supportOf(0)], engine, o) : []),
      supportPaths(supportOf(k), layerOutlines(stack, k), k, engine, o),
      ...partPaths(stack, k, engine, o),
    ];
    const paths: ExtrudedPath[] = [];
    for (const group of groups) [x, y] = appendNearest(paths, group, x, y);
    out.push({ topMm: stack.heights[k] + o.layerMm / 2, paths });
  }
  job.at(1);
  return out;
}

/** Loops around everything in the first layer, the outermost first: the nozzle is primed on them. */
function skirt(parts: readonly Outlines[], engine: RegionEngine, o: ExtrudeOptions): ExtrudedPath[][] {
  const spacing = lineSpacingMm(o.lineMm, o.layerMm);
  const at = Array.from({ length: o.skirtLoops }, (_, i) => o.skirtGapMm + (i + 0.5) * spacing);
  return engine
    .offsets(engine.union(parts), at, 'round')
    .map((loop) => loopPaths(loop, 'skirt').filter((p) => area(p.points) > 0))
    .reverse();
}

/** Perimeters, innermost first; then skin and infill. */
function partPaths(stack: LayerStack, k: number, engine: RegionEngine, o: ExtrudeOptions): ExtrudedPath[][] {
  const spacing = lineSpacingMm(o.lineMm, o.layerMm);
  const region = layerOutlines(stack, k);
  const walls = Array.from({ length: o.perimeters }, (_, i) => -(o.lineMm / 2 + i * spacing));
  const fillAt = -(o.lineMm / 2 + (o.perimeters - 0.5 - o.infillOverlap) * spacing);
  const rings = engine.offsets(region, [...walls, fillAt], 'sharp');
  const fill = rings[rings.length - 1];
  const perimeters = rings.slice(0, -1).map((ring, i) => loopPaths(ring, i === 0 ? 'outer' : 'inner'));
  return [...perimeters.reverse(), ...fillPaths(stack, k, fill, o)];
}

/** Solid where some layer close above or below is missing, sparse elsewhere; the ends of lines keep half a line inside. */
function fillPaths(stack: LayerStack, k: number, fill: Outlines, o: ExtrudeOptions): ExtrudedPath[][] {
  const spacing = lineSpacingMm(o.lineMm, o.layerMm);
  const angle = ((k % 2 === 0 ? 45 : 135) * Math.PI) / 180;
  const dense = scanLines(angle, spacing);
  const whole = spansOf(fill, dense);
  const covered = coveredSpans(stack, k, whole, dense, o);
  const solid = longSpans(spansWithout(whole, covered), spacing);
  const sparse: Spans[] = [];
  const lines = scanLines(angle, spacing / Math.max(o.infillFraction, 1e-3));
  if (o.infillFraction > 0) {
    const own = spansOf(fill, lines);
    sparse.push(longSpans(coveredSpans(stack, k, own, lines, o), spacing));
  }
  const toPaths = (vectors: Float64Array, kind: PathKind): ExtrudedPath[] => {
    const paths: ExtrudedPath[] = [];
    for (let i = 0; i < vectors.length; i += 4) paths.push({ kind, closed: false, points: vectors.slice(i, i + 4) });
    return paths;
  };
  const none = { stripeMm: 0, overlapMm: 0 };
  return [
    toPaths(hatchVectors(solid, dense, none), 'solid'),
    ...sparse.map((spans) => toPaths(hatchVectors(spans, lines, none), 'infill')),
  ];
}

/** Where every layer within reach above and below is solid too. */
function coveredSpans(
  stack: LayerStack,
  k: number,
  spans: Spans,
  lines: ReturnType<typeof scanLines>,
  o: ExtrudeOptions,
): Spans {
  let covered = spans;
  for (let i = 1; i <= o.solidLayers; i++)
    for (const j of [k - i, k + i]) {
      const there = j < 0 || j >= layerCount(stack) ? NO_OUTLINES : layerOutlines(stack, j);
      covered = commonSpans(covered, spansOf(there, lines));
    }
  return covered;
}

/** Supports, kept a line away from the part at their sides: a wall around each piece, sparse lines inside. */
function supportPaths(
  columns: Outlines,
  part: Outlines,
  k: number,
  engine: RegionEngine,
  o: ExtrudeOptions,
): ExtrudedPath[] {
  if (loopCount(columns) === 0) return [];
  const [near] = engine.offsets(part, [o.lineMm], 'sharp');
  const region = engine.difference(columns, near);
  const spacing = lineSpacingMm(o.lineMm, o.layerMm);
  const [wall, inside] = engine.offsets(region, [-o.lineMm / 2, -o.lineMm / 2 - spacing], 'sharp');
  const lines = scanLines(k % 2 === 0 ? 0 : Math.PI / 2, spacing / o.supportFraction);
  const vectors = hatchVectors(longSpans(spansOf(inside, lines), spacing), lines, { stripeMm: 0, overlapMm: 0 });
  const paths = loopPaths(wall, 'support');
  for (let i = 0; i < vectors.length; i += 4)
    paths.push({ kind: 'support', closed: false, points: vectors.slice(i, i + 4) });
  return paths;
}

function loopPaths({ points, start }: Outlines, kind: PathKind): ExtrudedPath[] {
  const out: ExtrudedPath[] = [];
  for (let loop = 0; loop + 1 < start.length; loop++)
    out.push({ kind, closed: true, points: points.slice(2 * start[loop], 2 * start[loop + 1]) });
  return out;
}

function area(p: Float64Array): number {
  let twice = 0;
  for (let i = 0, j = p.length - 2; i < p.length; j = i, i += 2) twice += p[j] * p[i + 1] - p[j + 1] * p[i];
  return twice / 2;
}

/** Each time the path whose beginning (or for an open one, end) is nearest; loops begin at their nearest point. */
function appendNearest(
  into: ExtrudedPath[],
  group: readonly ExtrudedPath[],
  fromX: number,
  fromY: number,
): [x: number, y: number] {
  const left = group.slice();
  let x = fromX;
  let y = fromY;
  while (left.length > 0) {
    let best = 0;
    let at = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < left.length; i++) {
      const { points: p, closed } = left[i];
      const step = closed ? 2 : Math.max(2, p.length - 2);
      for (let j = 0; j < p.length; j += step) {
        const dx = p[j] - x;
        const dy = p[j + 1] - y;
        const d = dx * dx + dy * dy;
        if (d < least) {
          least = d;
          best = i;
          at = j;
        }
      }
    }
    const [path] = left.splice(best, 1);
    const points = path.closed ? rotated(path.points, at) : at === 0 ? path.points : reversed(path.points);
    into.push({ ...path, points });
    const end = path.closed ? 0 : points.length - 2;
    x = points[end];
    y = points[end + 1];
  }
  return [x, y];
}

function rotated(p: Float64Array, at: number): Float64Array {
  const out = new Float64Array(p.length);
  out.set(p.subarray(at));
  out.set(p.subarray(0, at), p.length - at);
  return out;
}

function reversed(p: Float64Array): Float64Array {
  const out = new Float64Array(p.length);
  for (let i = 0; i < p.length; i += 2) {
    out[i] = p[p.length - 2 - i];
    out[i + 1] = p[p.length - 1 - i];
  }
  return out;
}
