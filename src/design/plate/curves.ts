import { type Finding, OsteonError, type Vec3 } from '../../base/index.ts';
import { distance } from '../../math/index.ts';
import { closestPoint } from '../../mesh/index.ts';
import { createHeight, footOf, type Ground, heightAt } from './ground.ts';
import { insideOf } from './panel.ts';
import { createWalker, pathTo, vertexNear, type Walker, waysFrom } from './paths.ts';
import type { ArmCurve, PlateNetwork } from './types.ts';

/** Points of a curve lie this far apart, mm. */
const STEP_MM = 1.5;
/** A way along edges is drawn straight at these steps, mm, long waves first, for so many rounds each. */
const STRAIGHTEN_MM = [6, 3, STEP_MM];
const STRAIGHTEN = 40;
/** Rounds that take the corner out of a drawn point afterwards; it moves by a fraction of a millimetre. */
const ROUND = 6;

export interface Curves {
  readonly arms: readonly ArmCurve[];
  /** Points all over the inside of panels, with normals. */
  readonly fill: readonly { readonly points: Float64Array; readonly normals: Float64Array }[];
  readonly findings: readonly Finding[];
}

/** Every id known and used, every arm of at least two different points. @throws plate.network */
export function checkNetwork(network: PlateNetwork): void {
  const ids = new Set<string>();
  for (const { id, at } of network.points) {
    if (ids.has(id)) throw new OsteonError('plate.network', { point: id, why: 'used twice' });
    if (!at.every(Number.isFinite)) throw new OsteonError('plate.network', { point: id, why: 'not a finite number' });
    ids.add(id);
  }
  if (network.arms.length === 0) throw new OsteonError('plate.network', { why: 'no arm' });
  for (const { id, points } of [...network.arms, ...(network.panels ?? [])]) {
    const unknown = points.find((p) => !ids.has(p));
    if (unknown !== undefined) throw new OsteonError('plate.network', { arm: id, point: unknown, why: 'not a point' });
    if (points.length < 2) throw new OsteonError('plate.network', { arm: id, why: 'fewer than two points' });
    for (let i = 1; i < points.length; i++)
      if (points[i] === points[i - 1])
        throw new OsteonError('plate.network', { arm: id, point: points[i], why: 'twice in a row' });
  }
  for (const { id, points } of network.panels ?? [])
    if (points.length < 3) throw new OsteonError('plate.network', { panel: id, why: 'fewer than three points' });
}

/**
 * Arms as they run on the closed bone: the shortest way over the surface from point to point, rounded a little at the
 * points. A panel adds its outline as an arm and the bone inside it.
 * @throws plate.network, plate.point-off-bone, plate.not-connected
 */
export function curvesOn(
  network: PlateNetwork,
  ground: Ground,
  defaults: { readonly widthMm: number; readonly thicknessMm: number; readonly pointReachMm: number },
): Curves {
  checkNetwork(network);
  const walker = createWalker(ground.walk);
  const findings: Finding[] = [];
  const places = new Map<string, Vec3>();
  for (const { id, at } of network.points) {
    const off = closestPoint(ground.bone, at[0], at[1], at[2])!.distanceMm;
    if (off > defaults.pointReachMm)
      throw new OsteonError(
        'plate.point-off-bone',
        { point: id, distanceMm: off, limitMm: defaults.pointReachMm },
        'Draw the point on the reduced bone, or raise the reach.',
      );
    const q = footOf(ground, at).at;
    const moved = distance(q, at);
    if (moved > 1)
      findings.push({
        level: 'note',
        code: 'plate.point-moved',
        text: 'a drawn point was moved onto the bone',
        facts: { point: id, movedMm: moved },
      });
    places.set(id, q);
  }
  const curve = (id: string, points: readonly string[], widthMm: number, thicknessMm: number): ArmCurve => {
    const line = wayThrough(
      points.map((p) => places.get(p)!),
      ground,
      walker,
    );
    return { id, ...onGround(line, ground), widthMm, thicknessMm, lengthMm: lengthOf(line) };
  };
  const arms = network.arms.map((a) =>
    curve(a.id, a.points, a.widthMm ?? defaults.widthMm, a.thicknessMm ?? defaults.thicknessMm),
  );
  const fill = (network.panels ?? []).map((panel) => {
    const round = [...panel.points, panel.points[0]];
    arms.push(curve(panel.id, round, defaults.widthMm, defaults.thicknessMm));
    return onGround(insideOf(panel.id, arms[arms.length - 1].points, ground, walker), ground);
  });
  return { arms, fill, findings };
}

/** Evenly spaced points on the shortest way over the surface through all places in order. */
function wayThrough(places: readonly Vec3[], ground: Ground, walker: Walker): Float64Array {
  const pieces: Float64Array[] = [];
  for (let i = 1; i < places.length; i++) pieces.push(straightWay(places[i - 1], places[i], ground, walker));
  const all: number[] = [];
  for (const [i, piece] of pieces.entries()) all.push(...(i === 0 ? piece : piece.subarray(3)));
  let line: Float64Array = Float64Array.from(all);
  for (let round = 0; round < ROUND; round++) line = relaxed(line, ground);
  return resampled(line, STEP_MM);
}

/** The way along edges between two points, drawn straight on the surface. */
function straightWay(a: Vec3, b: Vec3, ground: Ground, walker: Walker): Float64Array {
  const to = vertexNear(walker, b);
  const from = vertexNear(walker, a);
  const path = from === to ? [] : pathTo(walker, waysFrom(walker, from, [to]), to).slice(3, -3);
  let line: Float64Array = Float64Array.from([...a, ...path, ...b]);
  for (const step of STRAIGHTEN_MM) {
    line = resampled(line, step);
    for (let round = 0; round < STRAIGHTEN; round++) line = relaxed(line, ground);
  }
  return resampled(line, STEP_MM);
}

/** Every inner point halfway to the middle of its neighbours, then down to the closed bone. */
function relaxed(line: Float64Array, ground: Ground): Float64Array {
  const out = line.slice();
  const h = createHeight();
  for (let i = 3; i < line.length - 3; i += 3) {
    const x = line[i] / 2 + (line[i - 3] + line[i + 3]) / 4;
    const y = line[i + 1] / 2 + (line[i - 2] + line[i + 4]) / 4;
    const z = line[i + 2] / 2 + (line[i - 1] + line[i + 5]) / 4;
    heightAt(ground, x, y, z, h, true);
    out[i] = h.x;
    out[i + 1] = h.y;
    out[i + 2] = h.z;
  }
  return out;
}

export function lengthOf(line: Float64Array): number {
  let sum = 0;
  for (let i = 3; i < line.length; i += 3)
    sum += Math.hypot(line[i] - line[i - 3], line[i + 1] - line[i - 2], line[i + 2] - line[i - 1]);
  return sum;
}

/** Points at equal distances along a polyline, both ends kept. */
function resampled(line: Float64Array, stepMm: number): Float64Array {
  const length = lengthOf(line);
  const pieces = Math.max(1, Math.round(length / stepMm));
  const out = new Float64Array(3 * (pieces + 1));
  out.set(line.subarray(0, 3), 0);
  out.set(line.subarray(line.length - 3), 3 * pieces);
  let at = 0;
  let i = 3;
  for (let k = 1; k < pieces; k++) {
    const want = (length * k) / pieces;
    for (;;) {
      const d = Math.hypot(line[i] - line[i - 3], line[i + 1] - line[i - 2], line[i + 2] - line[i - 1]);
      if (at + d >= want || i + 3 >= line.length) {
        const s = d > 0 ? Math.min(1, (want - at) / d) : 0;
        for (let c = 0; c < 3; c++) out[3 * k + c] = line[i - 3 + c] + s * (line[i + c] - line[i - 3 + c]);
        break;
      }
      at += d;
      i += 3;
    }
  }
  return out;
}

/** Points moved to the closed bone, with its normals. */
export function onGround(line: Float64Array, ground: Ground): { points: Float64Array; normals: Float64Array } {
  const points = new Float64Array(line.length);
  const normals = new Float64Array(line.length);
  const h = createHeight();
  for (let i = 0; i < line.length; i += 3) {
    heightAt(ground, line[i], line[i + 1], line[i + 2], h);
    points.set([h.x, h.y, h.z], i);
    normals.set([h.gx, h.gy, h.gz], i);
  }
  return { points, normals };
}
