import type { Axis, Probe } from './rod-profile.ts';
import { ringLow, SECTORS } from './rod-profile.ts';

/** A head is wider than its shaft at least by this factor; what is wide as far out as that is a plate. */
const HEAD_WIDTH = 1.4;
const PLATE_WIDTH = 2.3;
/** On three quarters of its sides a head is brighter than this, and than what is farther out by so much: bone is not. */
const METAL_HU = 1400;
const STANDS_OUT_HU = 900;
/** Shorter is the blur of an end, longer no head, mm. */
const SHORTEST_MM = 1.2;
const LONGEST_MM = 8;
const STEP_MM = 0.1;
const FALL_MM = 0.4;

/**
 * How far the head of a screw reaches down from one end of its metal, mm; zero for an end without a head. A head is metal
 * on all sides of the shaft; where a plate follows, that reaches farther out, the head ends at the plate.
 * @param at the end along the axis, `way` to the outside
 * @accuracy docs/evidence/evaluation.md
 */
export function headOf(p: Probe, axis: Axis, at: number, way: 1 | -1, r: number): number {
  const scratch = new Float64Array(SECTORS);
  const n = Math.round(LONGEST_MM / STEP_MM);
  const near = new Float64Array(n);
  const far = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const s = at - way * i * STEP_MM;
    near[i] = ringLow(p, axis, s, HEAD_WIDTH * r, scratch);
    far[i] = ringLow(p, axis, s, PLATE_WIDTH * r, scratch);
  }
  const first = Math.round(SHORTEST_MM / STEP_MM);
  let brightest = 0;
  for (let i = 0; i < 2 * first; i++) if (near[i] - far[i] > near[brightest] - far[brightest]) brightest = i;
  if (near[brightest] < METAL_HU || near[brightest] - far[brightest] < STANDS_OUT_HU) return 0;
  const end = steepest(near, first);
  const plate = steepest(
    far.map((v) => -v),
    first,
  );
  const beforePlate = plate > 0 && far[Math.min(n - 1, plate + first)] > METAL_HU && plate < end ? plate : end;
  return beforePlate * STEP_MM;
}

/** Where values fall most within twice `FALL_MM`, from `first` on; the end of the list where they do not fall. */
function steepest(values: Float64Array, first: number): number {
  const half = Math.round(FALL_MM / STEP_MM);
  let best = values.length - 1;
  let most = 0;
  for (let i = Math.max(first, half); i < values.length - half; i++) {
    const fall = values[i - half] - values[i + half];
    if (fall <= most) continue;
    most = fall;
    best = i;
  }
  return best;
}
