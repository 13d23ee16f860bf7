import type { LpsTransform, Vec3 } from '../base/index.ts';
import { add, apply, frameAbout, scale, unit } from '../math/index.ts';
import { type Bvh, castRayAll } from '../mesh/index.ts';
import { type Sampler, sampleAt } from '../volume/index.ts';

/** A fragment where it shall be, and the way back to where the scan shows it. */
export interface PlacedFragment {
  readonly name: string;
  /** Of the closed surface of the reduced fragment. */
  readonly bvh: Bvh;
  readonly imagedFromReduced: LpsTransform;
}

/** What a thread holds on to. */
export interface Purchase {
  /** Mean grey value along the thread where it is in bone; NaN where it is nowhere. */
  readonly meanHu: number;
  /** Share of the thread in bone. */
  readonly inBone: number;
  /** Length of the axis in each fragment it passes, in the order it meets them, mm. */
  readonly fragments: readonly { readonly name: string; readonly fromMm: number; readonly lengthMm: number }[];
}

const LINES = 8;
const STEP_MM = 0.5;

/**
 * Grey values along the outside of the thread, on eight lines, every half millimetre, read in the scan through the pose
 * of the fragment that each point lies in.
 * @requires closed fragments
 * @cost 1 ms
 */
export function threadPurchase(
  fragments: readonly PlacedFragment[],
  scan: Sampler,
  entryMm: Vec3,
  direction: Vec3,
  lengthMm: number,
  radiusMm: number,
): Purchase {
  const [u, v, w] = frameAbout(unit(direction), Math.abs(direction[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0]);
  const steps = Math.max(1, Math.round(lengthMm / STEP_MM));
  let inside = 0;
  const points: number[] = [];
  for (let line = 0; line < LINES; line++) {
    const turn = (2 * Math.PI * line) / LINES;
    const from = add(entryMm, add(scale(u, radiusMm * Math.cos(turn)), scale(v, radiusMm * Math.sin(turn))));
    const runs = fragments.map((f) => insideRuns(f.bvh, from, w, lengthMm));
    for (let i = 0; i < steps; i++) {
      const s = ((i + 0.5) * lengthMm) / steps;
      const at = runs.findIndex((run) => run.some(([a, b]) => s >= a && s <= b));
      if (at < 0) continue;
      inside++;
      points.push(...apply(fragments[at].imagedFromReduced, add(from, scale(w, s))));
    }
  }
  let sum = 0;
  let counted = 0;
  for (const hu of sampleAt(scan, Float64Array.from(points)))
    if (!Number.isNaN(hu)) {
      sum += hu;
      counted++;
    }
  const passed = fragments.flatMap(({ name, bvh }) => {
    const runs = insideRuns(bvh, entryMm, w, lengthMm);
    const inMm = runs.reduce((total, [a, b]) => total + b - a, 0);
    return inMm > 0.1 ? [{ name, fromMm: runs[0][0], lengthMm: inMm }] : [];
  });
  return {
    meanHu: sum / counted,
    inBone: inside / (LINES * steps),
    fragments: passed.sort((a, b) => a.fromMm - b.fromMm),
  };
}

/** Rays begin this far before the point they are asked for, so that their first wall tells in from out, mm. */
const BEFORE_MM = 1000;

/** Where a line from a point is inside a closed surface, as from and to along it, no farther than `lengthMm`. */
export function insideRuns(bvh: Bvh, from: Vec3, d: Vec3, lengthMm: number): [number, number][] {
  const runs: [number, number][] = [];
  let entered: number | undefined;
  for (const { distanceMm, leaving } of castRayAll(bvh, add(from, scale(d, -BEFORE_MM)), d, BEFORE_MM + lengthMm)) {
    const s = distanceMm - BEFORE_MM;
    if (!leaving) entered ??= s;
    else if (entered !== undefined) {
      if (s > 0) runs.push([Math.max(0, entered), s]);
      entered = undefined;
    }
  }
  if (entered !== undefined) runs.push([Math.max(0, entered), lengthMm]);
  return runs;
}
