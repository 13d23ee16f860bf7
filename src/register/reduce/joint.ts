import { LPS_IDENTITY, type LpsTransform, type Vec3 } from '../../base/index.ts';
import { apply, compose, quantile, solveSpd } from '../../math/index.ts';
import { motionFromTwist, orthonormalised } from '../rigid.ts';
import { type Body, carried, type Hits, hits } from './bodies.ts';

export interface Scene {
  /** All fragments, with samples as imaged; poses run along with them. */
  readonly bodies: readonly Body[];
  readonly movable: readonly boolean[];
  readonly template: Body;
}

/** What a sample may be explained by, how far away, and how much that is worth. */
export interface Reach {
  /** Outer surface: the template within this, mm. */
  readonly templateMm: number;
  /** Fracture face: the face of another fragment within this, mm. */
  readonly faceMm: number;
  /** Information of one mm² of either, mm⁻⁴: 1 / (variance · area that errs as one). */
  readonly templateWeight: number;
  readonly faceWeight: number;
  /** Deeper than this in another fragment is forbidden, mm; Infinity while pieces may still pass through each other. */
  readonly overlapMm: number;
}

export interface Step {
  readonly poses: readonly LpsTransform[];
  /** How far the farthest sample went, mm. */
  readonly movedMm: number;
  /** Of each body: mean over its samples of what is not explained, or forbidden: 0 (all in place) to 1. */
  readonly costs: readonly number[];
  /** Robust standard deviation of the distances between faces, mm; NaN where no faces meet. */
  readonly faceSdMm: number;
  /** The same of outer surfaces that move, from the template. */
  readonly outerSdMm: number;
  /** Normal matrix at the poses given, 6 unknowns (turn about its centre, shift) for each movable body in order. */
  readonly information: Float64Array;
}

/** Cosines: the same wall, and two faces that look at each other. */
export const SAME = 0.5;
export const OPPOSED = -0.5;
const MAD_TO_SD = 1.4826;
/** Penetration is looked for down to this depth, mm: half a wall is then through, and the way out is the other one. */
const DEEP_MM = 5;
const NOBODY = -2;
const TEMPLATE = -1;

/**
 * One Gauss–Newton step of all movable fragments together. Every sample is explained by the template (outer surface) or by
 * a neighbour's face (fracture surface), whichever is nearer in units of its reach: nobody has to say which is which.
 * Tukey's weights; a sample that nothing explains costs 1 and pulls nowhere. The template is asked back, so that a fragment
 * cannot slide off a part that only it can cover.
 * @cost (fragments + 1) nearest-point queries a sample, most of them cut short by the reach
 */
export function step(scene: Scene, poses: readonly LpsTransform[], reach: Reach): Step {
  const system = createSystem(scene, poses);
  const seen: Seen = { faces: [], outer: [] };
  const costs = scene.bodies.map((_, i) => explainBody(system, i, reach, seen));
  explainTemplate(system, reach);
  return {
    ...solve(system),
    costs,
    faceSdMm: MAD_TO_SD * quantile(seen.faces, 0.5),
    outerSdMm: MAD_TO_SD * quantile(seen.outer, 0.5),
    information: system.a,
  };
}

/** Distances without sign, mm: of fracture faces, and of outer surfaces of what moves. */
interface Seen {
  readonly faces: number[];
  readonly outer: number[];
}

interface System {
  readonly scene: Scene;
  readonly poses: readonly LpsTransform[];
  /** First unknown of each body, −1 for one that stays. */
  readonly first: readonly number[];
  readonly centres: readonly Vec3[];
  readonly size: number;
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly row: Float64Array;
}

function createSystem(scene: Scene, poses: readonly LpsTransform[]): System {
  const first: number[] = [];
  let size = 0;
  for (const free of scene.movable) {
    first.push(free ? size : -1);
    if (free) size += 6;
  }
  return {
    scene,
    poses,
    first,
    centres: scene.bodies.map((body, i) => apply(poses[i], body.centre)),
    size,
    a: new Float64Array(size * size),
    b: new Float64Array(size),
    row: new Float64Array(12),
  };
}

/** Pulls body i at sample s towards what explains it. @returns the mean cost of its samples */
function explainBody(system: System, i: number, reach: Reach, seen: Seen): number {
  const { scene, poses, first } = system;
  const { points, normals } = carried(scene.bodies[i], poses[i]);
  const count = points.length / 3;
  const best = new Float64Array(count).fill(1);
  const who = new Int32Array(count).fill(NOBODY);
  const sunk = new Uint8Array(count);
  const outer = hits(points, normals, scene.template.bvh, LPS_IDENTITY, reach.templateMm);
  claim(outer, (cos) => cos > SAME, reach.templateMm, TEMPLATE, best, who);
  const found = scene.bodies.map((other, j) => {
    if (j === i) return null;
    const strict = reach.overlapMm < Infinity;
    const h = hits(points, normals, other.bvh, poses[j], strict ? Math.max(reach.faceMm, DEEP_MM) : reach.faceMm);
    claim(h, (cos) => cos < OPPOSED, reach.faceMm, j, best, who);
    if (strict) forbid(system, i, j, points, h, reach, sunk);
    return h;
  });
  let cost = 0;
  for (let s = 0; s < count; s++) {
    cost += sunk[s] ? 1 : best[s];
    const j = who[s];
    if (j === NOBODY) continue;
    const h = j === TEMPLATE ? outer : found[j]!;
    if (j >= 0) seen.faces.push(Math.abs(h.distanceMm[s]));
    else if (first[i] >= 0) seen.outer.push(Math.abs(h.distanceMm[s]));
    if (first[i] < 0 && (j < 0 || first[j] < 0)) continue;
    const k = 1 - best[s];
    const worth = (j < 0 ? reach.templateWeight : reach.faceWeight) * scene.bodies[i].sampleMm2;
    addRow(system, i, j, points, 3 * s, h.directions, h.distanceMm[s], worth * k * k);
  }
  return count > 0 ? cost / count : 0;
}

/** Samples for which this is the better explanation. */
function claim(
  h: Hits,
  fits: (cos: number) => boolean,
  reachMm: number,
  name: number,
  best: Float64Array,
  who: Int32Array,
): void {
  for (let s = 0; s < best.length; s++) {
    if (h.distanceMm[s] === Infinity || !fits(h.cos[s])) continue;
    const u = h.distanceMm[s] / reachMm;
    if (u * u >= best[s]) continue;
    best[s] = u * u;
    who[s] = name;
  }
}

/** Bone does not enter bone: what lies deeper than allowed pushes back, whatever way it looks, without a robust limit. */
function forbid(
  system: System,
  i: number,
  j: number,
  points: Float64Array,
  h: Hits,
  reach: Reach,
  sunk: Uint8Array,
): void {
  const isHeld = system.first[i] < 0 && system.first[j] < 0;
  const worth = reach.faceWeight * system.scene.bodies[i].sampleMm2;
  for (let s = 0; s < h.distanceMm.length; s++) {
    const tooDeep = h.distanceMm[s] + reach.overlapMm;
    if (tooDeep >= 0) continue;
    sunk[s] = 1;
    if (!isHeld) addRow(system, i, j, points, 3 * s, h.directions, tooDeep, worth);
  }
}

function explainTemplate(system: System, reach: Reach): void {
  const { scene, poses, first } = system;
  const { points, normals } = scene.template.samples;
  const count = points.length / 3;
  const best = new Float64Array(count).fill(1);
  const who = new Int32Array(count).fill(NOBODY);
  const found = scene.bodies.map((body, j) => {
    const h = hits(points, normals, body.bvh, poses[j], reach.templateMm);
    claim(h, (cos) => cos > SAME, reach.templateMm, j, best, who);
    return h;
  });
  const worth = reach.templateWeight * scene.template.sampleMm2;
  for (let s = 0; s < count; s++) {
    const j = who[s];
    if (j < 0 || first[j] < 0) continue;
    const k = 1 - best[s];
    addRow(system, j, TEMPLATE, found[j].nearest, 3 * s, found[j].directions, -found[j].distanceMm[s], worth * k * k);
  }
}

/** One distance e along direction d at point p, between body i and body j (or the template), into the normal equations. */
function addRow(
  { first, centres, size, a, b, row }: System,
  i: number,
  j: number,
  p: Float64Array,
  at: number,
  d: Float64Array,
  e: number,
  w: number,
): void {
  let end = 0;
  if (first[i] >= 0) {
    fill(row, 0, centres[i], p, d, at, 1);
    end = 6;
  }
  const own = end;
  if (j >= 0 && first[j] >= 0) {
    fill(row, end, centres[j], p, d, at, -1);
    end += 6;
  }
  for (let r = 0; r < end; r++) {
    const y = r < own ? first[i] + r : first[j] + r - own;
    const wr = w * row[r];
    b[y] -= wr * e;
    for (let c = 0; c < end; c++) a[y * size + (c < own ? first[i] + c : first[j] + c - own)] += wr * row[c];
  }
}

function fill(row: Float64Array, from: number, c: Vec3, p: Float64Array, d: Float64Array, at: number, sign: number) {
  const x = p[at] - c[0];
  const y = p[at + 1] - c[1];
  const z = p[at + 2] - c[2];
  row[from] = sign * (y * d[at + 2] - z * d[at + 1]);
  row[from + 1] = sign * (z * d[at] - x * d[at + 2]);
  row[from + 2] = sign * (x * d[at + 1] - y * d[at]);
  row[from + 3] = sign * d[at];
  row[from + 4] = sign * d[at + 1];
  row[from + 5] = sign * d[at + 2];
}

/** Damping, as a fraction of the mean stiffness: a fragment that nothing holds stays where it is. */
const DAMPING = 1e-6;

function solve({ scene, poses, first, centres, size, a, b }: System): Pick<Step, 'poses' | 'movedMm'> {
  const damped = a.slice();
  let stiffness = 0;
  for (let k = 0; k < size; k++) if (k % 6 > 2) stiffness += (2 / size) * a[k * size + k];
  for (let i = 0; i < first.length; i++)
    for (let k = 0; first[i] >= 0 && k < 6; k++) {
      const lever = k < 3 ? scene.bodies[i].radiusMm : 1;
      damped[(first[i] + k) * (size + 1)] += DAMPING * stiffness * lever * lever + 1e-12;
    }
  const x = solveSpd(damped, b, size);
  let movedMm = 0;
  const out = poses.map((pose, i) => {
    if (first[i] < 0 || !x) return pose;
    const t = x.subarray(first[i], first[i] + 6);
    const turn = Math.sqrt(t[0] * t[0] + t[1] * t[1] + t[2] * t[2]);
    const shift = Math.sqrt(t[3] * t[3] + t[4] * t[4] + t[5] * t[5]);
    movedMm = Math.max(movedMm, turn * scene.bodies[i].radiusMm + shift);
    return orthonormalised(compose(motionFromTwist(t, centres[i]), pose));
  });
  return { poses: out, movedMm };
}
