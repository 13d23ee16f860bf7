import { type Finding, type Job, LPS_IDENTITY, type LpsTransform, NO_JOB, OsteonError } from '../base/index.ts';
import { compose, invert, quantile, reflection } from '../math/index.ts';
import { buildBvh, type Mesh, transformMesh } from '../mesh/index.ts';
import { type Candidate, coarseCandidates, distinct, misfit } from './coarse.ts';
import { ballAround, type IcpState, icp } from './icp.ts';
import type { Surface } from './pairs.ts';
import { sampleSurface } from './sample.ts';
import { firmness, type Jackknife, jackknife } from './stability.ts';

export interface AlignOptions {
  /** The moving surface is the mirror image of the fixed one (other side of the body). */
  readonly mirror: boolean;
  /** A start known from elsewhere, fixed from moving, with the mirror in it where `mirror` is set; skips the search. */
  readonly initial?: LpsTransform;
  /** One flag per triangle: only what is flagged takes part as a sample. For bones of which a part is damaged. */
  readonly movingRegion?: Uint8Array;
  readonly fixedRegion?: Uint8Array;
  /** Samples on each surface in the last stage. */
  readonly samples: number;
  /** Samples on each surface while searching. */
  readonly coarseSamples: number;
  /** A sample farther than this from the other surface does not overlap it, mm. */
  readonly overlapMm: number;
  /** Less of the moving or the fixed surface in overlap than this is refused. */
  readonly minOverlapFraction: number;
}

export const ALIGN_DEFAULTS: AlignOptions = {
  mirror: false,
  samples: 8000, // a tenth of a millimetre of noise on each then moves the answer by a few micrometres
  coarseSamples: 250, // enough to tell the ways apart that a bone can lie; more only costs time
  overlapMm: 2, // left and right bones of one person differ by up to about 1.5 mm at 95 %
  minOverlapFraction: 0.3, // below a third the answer rests on too little surface to be trusted
};

export interface Alignment {
  /** Fixed frame from moving frame; determinant −1 with `mirror`. Both are LPS mm. */
  readonly lpsFromMoving: LpsTransform;
  /** Root mean square distance over the samples in overlap, both ways, mm. */
  readonly rmsMm: number;
  /** 95 % of the samples in overlap are nearer than this, mm. */
  readonly p95Mm: number;
  /** Robust standard deviation of the distances that decided who is an outlier, mm. */
  readonly sdMm: number;
  /** Part of the moving surface (by area) that has the fixed one within `overlapMm`, facing the same way. */
  readonly overlapFraction: number;
  readonly jackknife: Jackknife;
  readonly iterations: number;
  readonly findings: readonly Finding[];
}

/**
 * Brings one surface onto another without landmarks: a search over the ways it can lie, then robust nearest-point
 * alignment both ways. Parts that are missing, different or cut off are left out by weight, not by hand.
 * @requires surfaces with outward normals (closed or open); at least a third of each in overlap
 * @throws register.no-overlap, mesh.empty
 * @cost about a second for two bones of 30 000 triangles; a third of it with `initial`
 * @accuracy docs/evidence/registration.md
 */
export function alignSurfaces(
  moving: Mesh,
  fixed: Mesh,
  options: Partial<AlignOptions> = {},
  job: Job = NO_JOB,
): Alignment {
  const o = { ...ALIGN_DEFAULTS, ...options };
  const flip = o.mirror ? reflection(ballAround(moving.positions).centre, [1, 0, 0]) : LPS_IDENTITY;
  const movingBody = createBody(transformMesh(flip, moving), o.samples, o.movingRegion);
  const fixedBody = createBody(fixed, o.samples, o.fixedRegion);
  job.at(0.1);
  const candidates = o.initial
    ? [{ fixedFromMoving: compose(o.initial, invert(flip)), score: 0 }]
    : search(movingBody, fixedBody, o.coarseSamples);
  job.at(0.4);
  const state = icp(candidates[0].fixedFromMoving, movingBody, fixedBody, FINAL);
  job.at(0.9);
  return {
    ...judge(state, o.samples, o),
    lpsFromMoving: compose(state.fixedFromMoving, flip),
    sdMm: state.sdMm,
    jackknife: jackknife(state),
    iterations: state.iterations,
    findings: findingsOf(state, candidates, candidates[0].score),
  };
}

const FINAL = { maxIterations: 60, stepMm: 1e-6, freezeAfter: 15 };
const MIDDLE = { maxIterations: 30, stepMm: 1e-3, freezeAfter: 10 };

/** A surface that can be sampled again. */
interface Body extends Surface {
  readonly region: Uint8Array | undefined;
}

const createBody = (mesh: Mesh, samples: number, region?: Uint8Array): Body => ({
  region,
  samples: sampleSurface(mesh, samples, 1, region),
  bvh: buildBvh(mesh),
});
const thinned = (b: Body, count: number): Body => ({ ...b, samples: sampleSurface(b.bvh.mesh, count, 2, b.region) });

/** A place with more than this many times the best misfit is not looked at again. */
const HOPELESS = 1.5;

/** The few best places of a coarse search, each refined on more samples; best first. */
function search(moving: Body, fixed: Body, coarseSamples: number): Candidate[] {
  const [m, f] = [thinned(moving, coarseSamples), thinned(fixed, coarseSamples)];
  const [m2, f2] = [thinned(moving, 4 * coarseSamples), thinned(fixed, 4 * coarseSamples)];
  const found = coarseCandidates(m, f);
  const worthwhile = found.filter((c) => c.score < HOPELESS * found[0].score + 0.01);
  const refined = worthwhile.map((c) => {
    const { fixedFromMoving } = icp(c.fixedFromMoving, m2, f2, MIDDLE);
    return { fixedFromMoving, score: misfit(fixedFromMoving, m2, f2) };
  });
  return distinct(refined, f);
}

function overlapOf({ pairs }: IcpState, from: number, to: number, overlapMm: number): number {
  let inside = 0;
  for (let i = from; i < to; i++) if (pairs.facing[i] && Math.abs(pairs.signedMm[i]) <= overlapMm) inside++;
  return inside / (to - from);
}

/** Distances over the samples in overlap. @throws register.no-overlap */
function judge(state: IcpState, forward: number, o: AlignOptions) {
  const { pairs } = state;
  const overlapFraction = overlapOf(state, 0, forward, o.overlapMm);
  const fixedFraction = overlapOf(state, forward, pairs.count, o.overlapMm);
  if (!(Math.max(overlapFraction, fixedFraction) >= o.minOverlapFraction))
    throw new OsteonError(
      'register.no-overlap',
      { overlapMm: o.overlapMm, movingFraction: overlapFraction, fixedFraction, neededFraction: o.minOverlapFraction },
      'Check that both are the same bone, and whether one is a mirror image.',
    );
  const near = Float64Array.from(pairs.signedMm, (d, i) =>
    pairs.facing[i] && Math.abs(d) <= o.overlapMm ? Math.abs(d) : Number.NaN,
  ).filter(Number.isFinite);
  const rmsMm = Math.sqrt(near.reduce((s, d) => s + d * d, 0) / near.length);
  return { rmsMm, p95Mm: quantile(near, 0.95), overlapFraction };
}

/** A motion held less firmly than this changes the distances too little to be found; a talus holds its worst with 0.05. */
const LEAST_FIRMNESS = 1e-3;
/** Another place whose misfit is within this fraction of the best one's is as good an answer. */
const RIVAL_FRACTION = 0.1;

function findingsOf(state: IcpState, candidates: readonly Candidate[], best: number): Finding[] {
  const findings: Finding[] = [];
  const held = firmness(state);
  if (held < LEAST_FIRMNESS)
    findings.push({
      level: 'warning',
      code: 'register.free-motion',
      text: 'the shape can be moved along or turned about itself without changing the fit',
      facts: { firmness: held },
      hint: 'Give points that are the same on both surfaces.',
    });
  const rival = candidates.slice(1).find((c) => c.score < best * (1 + RIVAL_FRACTION) + 1e-3);
  if (rival)
    findings.push({
      level: 'warning',
      code: 'register.rival',
      text: 'another, quite different position fits nearly as well',
      facts: { misfit: best, rivalMisfit: rival.score },
      hint: 'Look at the overlay; is one of the other side of the body? Points that are the same on both would decide it.',
    });
  if (!state.converged)
    findings.push({
      level: 'warning',
      code: 'register.not-converged',
      text: 'the alignment was still moving when it was stopped',
      facts: { iterations: state.iterations },
    });
  return findings;
}
