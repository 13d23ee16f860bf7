import type { LpsTransform, Vec3 } from '../../base/index.ts';
import { applyAll, invert } from '../../math/index.ts';
import { type Bvh, signedDistance, signedDistances } from '../../mesh/index.ts';
import { CLEARANCE_DEFAULTS } from '../clearance.ts';
import { sharedVolume } from '../fracture/shared.ts';
import { jointSpaceAt } from '../joint-space.ts';
import type { LiveSurface } from './surface.ts';

export interface LiveOptions {
  /** Nothing farther apart than this is looked for, mm. */
  readonly reachMm: number;
  /** Surfaces farther apart than this do not form a joint, and penetration deeper than this is not told, mm. */
  readonly maxMm: number;
  /** The two surfaces of a joint look at each other to within this angle. */
  readonly facingDeg: number;
  /** Fracture faces form none: what they are apart is told by `readFracture`. */
  readonly joint: boolean;
  /** Where the gap is at most this, the surfaces count as in contact, mm. */
  readonly contactMm: number;
}

export const LIVE_DEFAULTS: LiveOptions = {
  reachMm: 8, // what is farther than this from a bone does not touch it in the next few moves
  maxMm: CLEARANCE_DEFAULTS.maxMm,
  facingDeg: CLEARANCE_DEFAULTS.facingDeg,
  contactMm: CLEARANCE_DEFAULTS.contactMm,
  joint: true,
};

/** How one surface stands to another at one moment of a drag. */
export interface LiveRelation {
  /** Least signed gap, mm: negative is penetration; null beyond `reachMm`. */
  readonly gapMm: number | null;
  /** Where it is, in the frame of the second surface, mm. */
  readonly at: Vec3 | null;
  /** Deepest point of either inside the other, mm. */
  readonly depthMm: number;
  /** Volume both fill, mm³. */
  readonly overlapMm3: number;
  /** Joint space where the first faces the second, by area: median, and below which a twentieth lies, mm; null without. */
  readonly jointMm: number | null;
  readonly jointLeastMm: number | null;
  /** Area of the first that faces the second, and the part of it in contact, mm². */
  readonly jointMm2: number;
  readonly contactMm2: number;
}

/**
 * Gap, penetration, shared volume and joint space of two surfaces, for a pose that changes ten times a second.
 *
 * The least gap is looked for at the points of both surfaces: a group of them, or a point, is asked only where the last
 * answer and the way from there leave room for less. Joint space and areas are read at a few points of each group; the volume
 * inside both is that of the run with larger cells.
 *
 * Contributor's note: the volume from depths at the samples, or from the flux through them, was twice as fast and wrong by
 * half where a piece passed the middle of a thin wall, or a thin lens was curved (1512 mm³ read as 592; 782 as 589).
 *
 * @param bFromA pose of the first in the frame of the second
 * @requires closed meshes with outward normals
 * @cost docs/evidence/planner.md
 * @accuracy against `clearance` and `gapsAt`: least gap 0.2 mm, joint space 0.2 mm, volume a tenth and 7 mm³
 *   (tests/twin/measure-live.test.ts)
 */
export function liveRelation(
  a: LiveSurface,
  b: LiveSurface,
  bFromA: LpsTransform,
  options: Partial<LiveOptions> = {},
): LiveRelation {
  const o = { ...LIVE_DEFAULTS, ...options };
  const aFromB = invert(bFromA);
  const near = nearGroups(a, b.bvh, bFromA, o.reachMm);
  const back = nearGroups(b, a.bvh, aFromB, o.reachMm);
  const own = leastOf(a, b.bvh, bFromA, near, Infinity);
  const other = leastOf(b, a.bvh, aFromB, back, own.mm);
  const mine = own.mm <= other.mm;
  const least = mine ? own : other;
  if (least.mm === Infinity) return APART;
  return {
    gapMm: least.mm,
    at: mine ? vec(applyAll(bFromA, least.at)) : vec(least.at),
    depthMm: Math.max(0, -least.mm),
    overlapMm3: least.mm < 0 ? overlapMm3(a, b, bFromA, aFromB, near, back) : 0,
    ...(o.joint ? jointOf(readJoint(a, b.bvh, bFromA, near, o), o.contactMm) : NO_JOINT),
  };
}

const NO_JOINT = { jointMm: null, jointLeastMm: null, jointMm2: 0, contactMm2: 0 };
const APART: LiveRelation = { gapMm: null, at: null, depthMm: 0, overlapMm3: 0, ...NO_JOINT };

interface Near {
  readonly groups: readonly number[];
  /** Signed distance of the middle of each, mm. */
  readonly mm: readonly number[];
}

/** Groups that may come within reach. Beyond reach inside is not told: depths are told to `maxMm`. */
function nearGroups(s: LiveSurface, to: Bvh, move: LpsTransform, reachMm: number): Near {
  const d = signedDistances(to, applyAll(move, s.middles), { limitMm: reachMm });
  const groups: number[] = [];
  const mm: number[] = [];
  for (let g = 0; g < d.length; g++)
    if (!Number.isNaN(d[g])) {
      groups.push(g);
      mm.push(d[g]);
    }
  return { groups, mm };
}

interface Least {
  readonly mm: number;
  /** In the frame of the surface asked. */
  readonly at: Float64Array;
}

/**
 * The least signed distance of all points, if below `bound`. A signed distance changes by no more than the way gone: whole
 * groups fall out by their middles, and points by the last one that was asked.
 */
function leastOf(s: LiveSurface, to: Bvh, { m }: LpsTransform, { groups, mm }: Near, bound: number): Least {
  const order = Array.from(groups.keys()).sort((p, q) => mm[p] - s.radiiMm[groups[p]] - (mm[q] - s.radiiMm[groups[q]]));
  const { points } = s;
  let best = bound;
  let at = -1;
  for (const n of order) {
    const g = groups[n];
    if (mm[n] - s.radiiMm[g] >= best - SLACK_MM) break;
    let d = mm[n];
    let [x, y, z] = [s.middles[3 * g], s.middles[3 * g + 1], s.middles[3 * g + 2]];
    for (let i = 3 * s.first[g]; i < 3 * s.first[g + 1]; i += 3) {
      const [u, v, w] = [points[i] - x, points[i + 1] - y, points[i + 2] - z];
      const gone = Math.sqrt(u * u + v * v + w * w);
      if (d - gone >= best - SLACK_MM) continue;
      x = points[i];
      y = points[i + 1];
      z = points[i + 2];
      const limit = (Math.abs(d) + gone) * (1 + 1e-9) + 1e-9;
      d = signedDistance(
        to,
        m[0] * x + m[1] * y + m[2] * z + m[3],
        m[4] * x + m[5] * y + m[6] * z + m[7],
        m[8] * x + m[9] * y + m[10] * z + m[11],
        limit,
      );
      if (d < best) {
        best = d;
        at = i;
      }
    }
  }
  return at < 0 ? { mm: Infinity, at: NOWHERE } : { mm: best, at: points.slice(at, at + 3) };
}
/** A point that beats the least by no more than this is not asked, mm. */
const SLACK_MM = 0.1;
const NOWHERE = new Float64Array(3);

interface Joint {
  /** Of samples that face the other surface, mm and mm². */
  readonly gapsMm: readonly number[];
  readonly areasMm2: readonly number[];
}

function readJoint(s: LiveSurface, to: Bvh, move: LpsTransform, { groups, mm }: Near, o: LiveOptions): Joint {
  const asked: number[] = [];
  groups.forEach((g, n) => {
    if (Math.abs(mm[n]) - s.radiiMm[g] > o.maxMm) return;
    for (let i = s.firstSample[g]; i < s.firstSample[g + 1]; i++) asked.push(i);
  });
  const { gapMm } = jointSpaceAt(
    applyAll(move, picked(s.samples, asked)),
    applyAll(turn(move), picked(s.normals, asked)),
    to,
    o,
  );
  const found = Array.from(gapMm.keys()).filter((i) => !Number.isNaN(gapMm[i]));
  return { gapsMm: found.map((i) => gapMm[i]), areasMm2: found.map((i) => s.areasMm2[asked[i]]) };
}

/** Volume inside both, in a box about the groups of either that may lie in the other body. */
function overlapMm3(
  a: LiveSurface,
  b: LiveSurface,
  bFromA: LpsTransform,
  aFromB: LpsTransform,
  near: Near,
  back: Near,
): number {
  const lo: [number, number, number] = [Infinity, Infinity, Infinity];
  const hi: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  const hold = (s: LiveSurface, { groups, mm }: Near, middles: Float64Array) =>
    groups.forEach((g, n) => {
      const r = s.radiiMm[g];
      if (mm[n] - r >= 0) return;
      for (let k = 0; k < 3; k++) {
        lo[k] = Math.min(lo[k], middles[3 * g + k] - r);
        hi[k] = Math.max(hi[k], middles[3 * g + k] + r);
      }
    });
  hold(a, near, applyAll(bFromA, a.middles));
  hold(b, back, b.middles);
  return sharedVolume(a.bvh, b.bvh, { lo, hi }, CELL_MM, aFromB).mm3;
}
/** With cells of this edge the volume of a fifth of a millimetre or of five is right to some hundredths, mm. */
const CELL_MM = 2.5;

function jointOf({ gapsMm, areasMm2 }: Joint, contactMm: number) {
  if (gapsMm.length === 0) return NO_JOINT;
  const order = Array.from(gapsMm.keys()).sort((a, b) => gapsMm[a] - gapsMm[b]);
  const jointMm2 = areasMm2.reduce((s, x) => s + x, 0);
  const below = (share: number) => {
    let run = 0;
    for (const i of order) {
      run += areasMm2[i];
      if (run >= share * jointMm2) return gapsMm[i];
    }
    return gapsMm[order[order.length - 1]];
  };
  return {
    jointMm: below(0.5),
    jointLeastMm: below(0.05),
    jointMm2,
    contactMm2: areasMm2.reduce((s, x, i) => s + (gapsMm[i] <= contactMm ? x : 0), 0),
  };
}

const picked = (values: Float64Array, indices: readonly number[]): Float64Array => {
  const out = new Float64Array(3 * indices.length);
  for (let i = 0; i < indices.length; i++) for (let k = 0; k < 3; k++) out[3 * i + k] = values[3 * indices[i] + k];
  return out;
};

const vec = (p: Float64Array): Vec3 => [p[0], p[1], p[2]];
const turn = ({ m }: LpsTransform): LpsTransform => ({
  from: 'lps',
  to: 'lps',
  m: [m[0], m[1], m[2], 0, m[4], m[5], m[6], 0, m[8], m[9], m[10], 0],
});
