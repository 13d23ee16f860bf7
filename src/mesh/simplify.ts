import { type Job, NO_JOB, OsteonError } from '../base/index.ts';
import { buildBvh } from './bvh.ts';
import { collapseEdges } from './collapse.ts';
import { selfIntersections } from './collide.ts';
import { type Deviation, deviationOf } from './deviation.ts';
import { type Mesh, volumeMm3 } from './mesh.ts';

export interface SimplifyOptions {
  /** Stop at this many triangles. */
  readonly triangles: number;
  /** Neither surface lies farther than this from the other, mm; as measured (see `Deviation`). */
  readonly maxDeviationMm: number;
  readonly job: Job;
}

export const SIMPLIFY_DEFAULTS: SimplifyOptions = {
  triangles: 4, // as few as the deviation allows
  maxDeviationMm: 0.05, // a tenth of a voxel of a foot CT
  job: NO_JOB,
};

export interface Simplified extends Deviation {
  readonly mesh: Mesh;
  readonly volumeBeforeMm3: number;
  readonly volumeAfterMm3: number;
}

/** The root mean square of the distances that a collapse may cause at first, as a part of the largest distance allowed. */
const FIRST_SHARE = 0.6;
/** A place this near to the largest distance counts as over it for the next round, which then has some room. */
const NEAR = 0.9;
/** A place that does not come right gets half of what it had, and nothing once it is down to a thousandth. */
const TIGHTER2 = 4;
const HOPELESS2 = 1e-6;
const LOCKED = -1;
const MOST_ROUNDS = 40;
/** After so many rounds the cause lies beside the places that are wrong: each further round takes in a ring more. */
const PATIENT = 4;

/**
 * Fewer triangles for the same surface, by collapsing the edges that matter least. The result is measured against the
 * old surface both ways and looked through for triangles that cut each other; where either is wrong, the old vertices
 * there are kept and the work is done again, so what comes back holds what is promised.
 * @requires a closed manifold mesh; gives one, and one free of self-intersections where the input is
 * @throws mesh.empty, mesh.not-closed, mesh.not-manifold, param.range
 * @cost docs/evidence/kernels.md
 * @accuracy deviation within `maxDeviationMm` both ways, as measured
 * @job every pass
 * @source Garland and Heckbert 1997; the point of least error as Lindstrom and Turk 1998 advise it
 */
export function simplify(mesh: Mesh, options: Partial<SimplifyOptions> = {}): Simplified {
  const { triangles, maxDeviationMm, job } = { ...SIMPLIFY_DEFAULTS, ...options };
  if (!(maxDeviationMm > 0) || !(triangles >= 4))
    throw new OsteonError('param.range', { triangles, maxDeviationMm }, 'Both must be above zero; a solid has 4.');
  const old = buildBvh(mesh);
  job.at(0.2);
  const firstMm = FIRST_SHARE * maxDeviationMm;
  const limits2 = new Float64Array(mesh.positions.length / 3).fill(firstMm * firstMm);
  let start2 = 0;
  let cutsItself = false;
  let isLookedAt = false;
  for (let round = 0; ; round++) {
    const { mesh: out, into } = collapseEdges(mesh, { triangles, limits2, job: job.part(0.2, 0.7) });
    const bvh = buildBvh(out);
    const { deviation, wrong } = deviationOf(old, bvh, NEAR * maxDeviationMm);
    const pairs = cutsItself ? [] : [...selfIntersections(bvh)];
    // Crossings may show only after places have been given back: they may be those of the old surface.
    if (pairs.length > 0 && !isLookedAt) {
      isLookedAt = true;
      cutsItself = selfIntersections(old, { mostPairs: 1 }).length > 0;
    }
    const sound = pairs.length === 0 || cutsItself;
    if (sound && deviation.maxDeviationMm <= maxDeviationMm) {
      job.at(1);
      return { mesh: out, ...deviation, volumeBeforeMm3: volumeMm3(mesh), volumeAfterMm3: volumeMm3(out) };
    }
    if (round === MOST_ROUNDS) throw new OsteonError('mesh.self-intersects', { pairs: pairs.length / 2 });
    if (round === 0) start2 = deviation.maxDeviationMm * deviation.maxDeviationMm;
    const rings = Math.max(0, round - PATIENT);
    tighten(limits2, into, out, sound ? wrong : [...wrong, ...pairs], start2, rings);
  }
}

/** Lowers the limits of the old vertices that went into the corners of the triangles named, and of `rings` around them. */
function tighten(
  limits2: Float64Array,
  into: Int32Array,
  { positions, triangles: t }: Mesh,
  named: readonly number[],
  start2: number,
  rings: number,
): void {
  const corner = new Uint8Array(positions.length / 3);
  for (const i of named) for (let k = 0; k < 3; k++) corner[t[3 * i + k]] = 1;
  for (let ring = 1; ring <= rings; ring++) {
    for (let i = 0; i < t.length; i += 3)
      if (corner[t[i]] === ring || corner[t[i + 1]] === ring || corner[t[i + 2]] === ring)
        for (let k = 0; k < 3; k++) corner[t[i + k]] ||= ring + 1;
  }
  for (let v = 0; v < limits2.length; v++)
    if (corner[into[v]]) {
      const limit2 = Math.min(limits2[v], start2) / TIGHTER2;
      limits2[v] = limit2 < HOPELESS2 * start2 ? LOCKED : limit2;
    }
}
