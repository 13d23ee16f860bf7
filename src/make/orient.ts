import { type Job, NO_JOB, OsteonError, type Vec3 } from '../base/index.ts';
import { dot, frameAbout, unit } from '../math/index.ts';
import type { Mesh } from '../mesh/index.ts';
import type { Faces } from './faces.ts';
import { createJudge, type Judge, type Score, sphereDirections } from './orient-judge.ts';
import { ORIENT_DEFAULTS, type Orientation, type OrientOptions } from './orientation.ts';

/**
 * Looks at every direction and gives the best few. Articular faces never carry supports: a direction in which one would
 * have to is barred, whatever else speaks for it. Where fewer than the best few are free, the cheapest barred ones follow,
 * to show what the rule costs.
 *
 * @param mesh  outward faces, LPS mm
 * @param faces one class a triangle
 * @returns best first, apart from each other; the first is free
 * @throws make.no-orientation, make.too-large, mesh.empty
 * @cost O(directions · triangles): 1 s for 40 000 triangles
 */
export function searchOrientations(
  mesh: Mesh,
  faces: Faces,
  options: Partial<OrientOptions> = {},
  job: Job = NO_JOB,
): readonly Orientation[] {
  const o = { ...ORIENT_DEFAULTS, ...options };
  const judge = createJudge(mesh, faces, o);
  const scored = sphereDirections(o.directions).map((up, i): Scored => {
    if ((i & 63) === 0) job.at((0.6 * i) / o.directions);
    return { up, ...judge.guess(up) };
  });
  const starts = apart(scored, o.apartDeg, 4 * o.best);
  const refined = starts.map((start, i) => {
    job.at(0.6 + (0.4 * i) / starts.length);
    const { up } = refine(start, judge.guess, 0.05, 0.006);
    return refine({ up, ...judge.score(up) }, judge.score, 0.006, 0.0015);
  });
  const all = apart(refined, o.apartDeg, 4 * o.best).map(({ up }) => judge.describe(up));
  const free = all.filter((d) => d.articularTooFlatMm2 === 0).sort((a, b) => a.cost - b.cost);
  job.at(1);
  if (free.length === 0) refuse(mesh, all, o);
  const low = free.filter((d) => d.heightMm <= o.maxHeightMm);
  if (low.length === 0)
    throw new OsteonError(
      'make.too-large',
      { heightMm: Math.min(...free.map((d) => d.heightMm)), limitMm: o.maxHeightMm },
      'Choose a larger machine, or build in parts.',
    );
  const cheapest = apart(
    scored.map(({ up, cost }) => ({ up, cost, score: cost })),
    4 * o.apartDeg,
    o.best,
  );
  const barred = cheapest.map(({ up }) => judge.describe(up)).filter((d) => d.articularTooFlatMm2 > 0);
  return [...low, ...barred].slice(0, o.best);
}

/** One direction that a person chose. @throws make.no-orientation where it needs support on an articular face */
export function orientAs(mesh: Mesh, faces: Faces, up: Vec3, options: Partial<OrientOptions> = {}): Orientation {
  const o = { ...ORIENT_DEFAULTS, ...options };
  const one = createJudge(mesh, faces, o).describe(unit(up));
  if (one.articularTooFlatMm2 > 0) refuse(mesh, [one], o);
  return one;
}

function refuse(mesh: Mesh, all: readonly Orientation[], o: OrientOptions): never {
  if (mesh.triangles.length === 0) throw new OsteonError('mesh.empty');
  throw new OsteonError(
    'make.no-orientation',
    {
      articularTooFlatMm2: round(Math.min(...all.map((d) => d.articularTooFlatMm2))),
      leastOverhangDeg: o.leastOverhangDeg,
      bridgeMm: o.bridgeMm,
    },
    'It would need support on an articular face. Name fewer faces articular, take another direction, or a process with a smaller overhang angle.',
  );
}

const round = (x: number): number => Math.round(100 * x) / 100;

interface Scored extends Score {
  readonly up: Vec3;
}

/** The best that lie apart from each other. */
function apart(list: readonly Scored[], deg: number, most: number): Scored[] {
  const limit = Math.cos((deg * Math.PI) / 180);
  const out: Scored[] = [];
  for (const one of [...list].sort((a, b) => a.score - b.score)) {
    if (out.length >= most) break;
    if (out.every((other) => dot(other.up, one.up) < limit)) out.push(one);
  }
  return out;
}

const RING = 8;

/** Steps to the best neighbour, in ever smaller rings. */
function refine(start: Scored, score: Judge['score'], fromRad: number, toRad: number): Scored {
  let best = start;
  for (let stepRad = fromRad; stepRad > toRad; ) {
    const [u, v, w] = frameAbout(best.up, [0.3, 0.7, 0.2]);
    let next = best;
    for (let k = 0; k < RING; k++) {
      const a = (2 * Math.PI * k) / RING;
      const x = stepRad * Math.cos(a);
      const y = stepRad * Math.sin(a);
      const s = 1 / Math.sqrt(1 + x * x + y * y);
      const up: Vec3 = [
        s * (w[0] + x * u[0] + y * v[0]),
        s * (w[1] + x * u[1] + y * v[1]),
        s * (w[2] + x * u[2] + y * v[2]),
      ];
      const value = score(up);
      if (value.score < next.score) next = { up, ...value };
    }
    if (next === best) stepRad /= 2;
    best = next;
  }
  return best;
}
