import { type Job, NO_JOB, OsteonError, type Transform, type Vec3 } from '../base/index.ts';
import { apply, dot, frameAbout, unit } from '../math/index.ts';
import { areaMm2, bounds, type Mesh, unitFaceNormals, volumeMm3 } from '../mesh/index.ts';
import { ARTICULAR, type Faces } from './faces.ts';
import { flatPatches } from './patches.ts';
import { type Process, settingOf } from './process.ts';

export interface OrientOptions {
  /** Faces flatter than this above the plate need support, °. */
  readonly overhangDeg: number;
  /** Articular faces, which get none, may be as flat as this, °; they build rough. */
  readonly leastOverhangDeg: number;
  /** Patches narrower than this carry themselves at any angle, mm. */
  readonly bridgeMm: number;
  readonly layerMm: number;
  readonly plateGapMm: number;
  /** Tallest part, mm. */
  readonly maxHeightMm: number;
  /** Directions looked at first, evenly over the sphere. */
  readonly directions: number;
  /** Two of the best are at least this far apart, °. */
  readonly apartDeg: number;
  readonly best: number;
  readonly weights: OrientWeights;
}

/** What a share of one counts. Own choice: support and what it roughens first, then time, then stair steps. */
export interface OrientWeights {
  /** Supported area over all area. */
  readonly support: number;
  /** Height over the diagonal of the box. */
  readonly height: number;
  /** Articular area flatter than `overhangDeg` over articular area. */
  readonly rough: number;
  /** How far articular faces look towards the plate on average: 0 all up, ½ upright, 1 all down. */
  readonly towards: number;
  /** Mean stair step on articular faces over the layer. */
  readonly stair: number;
  /** Height over width, tenths. */
  readonly slender: number;
}

export const ORIENT_DEFAULTS: OrientOptions = {
  overhangDeg: 45,
  leastOverhangDeg: 35,
  bridgeMm: 1,
  layerMm: 0.03,
  plateGapMm: 3,
  maxHeightMm: 325,
  directions: 2000, // 5° apart; the best are refined to 0.1°
  apartDeg: 6,
  best: 5,
  weights: { support: 1, height: 0.35, rough: 2, towards: 0.5, stair: 0.1, slender: 0.1 },
};

/** The orientation's share of a process. @throws param.missing for a process without layers */
export function orientOptionsOf(process: Process): Partial<OrientOptions> {
  const { settings } = process;
  return {
    overhangDeg: settingOf(process, 'overhangDeg'),
    leastOverhangDeg: settingOf(process, 'leastOverhangDeg'),
    bridgeMm: settings.bridgeMm?.value ?? 0,
    layerMm: settingOf(process, 'layerMm'),
    plateGapMm: settings.plateGapMm?.value ?? 0,
    maxHeightMm: settingOf(process, 'buildZMm') - (settings.plateGapMm?.value ?? 0),
  };
}

/** One way to stand a part on the plate, and what it costs. */
export interface Orientation {
  /** Direction of the part that points up, unit. */
  readonly up: Vec3;
  /** Stands the part on the plate, at its gap, its box over the origin. */
  readonly plateFromLps: Transform<'lps', 'plate'>;
  readonly heightMm: number;
  /** Area that needs support, articular faces not counted, mm². */
  readonly supportMm2: number;
  /** Articular area that looks down, mm². */
  readonly articularDownMm2: number;
  /** Articular area flatter than `overhangDeg`: built without support, rough, mm². */
  readonly articularRoughMm2: number;
  /** Flattest articular face that looks down and is no small patch, ° above the plate; 90 where none looks down. */
  readonly articularFlattestDeg: number;
  /** Mean stair step on articular faces, mm: layer · cos of the slope. */
  readonly stairMm: number;
  /** Height over the width of the mean section. */
  readonly slenderRatio: number;
  /** Articular area flatter than `leastOverhangDeg` in patches too wide to carry themselves, mm²: above 0 it is barred. */
  readonly articularTooFlatMm2: number;
  /** Sum of the weighted shares: less is better. */
  readonly cost: number;
  /** The weighted shares, most expensive first. */
  readonly why: readonly { readonly what: keyof OrientWeights; readonly cost: number }[];
}

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
    if ((i & 63) === 0) job.at((0.7 * i) / o.directions);
    return { up, ...judge.score(up) };
  });
  const starts = apart(scored, o.apartDeg, 4 * o.best);
  const refined = starts.map((start, i) => {
    job.at(0.7 + (0.3 * i) / starts.length);
    return refine(start, judge.score);
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

/** What the search may ask of a part. */
interface Judge {
  /** Less is better; articular area that is too flat outweighs everything. */
  score(up: Vec3): Score;
  describe(up: Vec3): Orientation;
}
interface Score {
  readonly score: number;
  /** The score without what bars a direction. */
  readonly cost: number;
}
interface Scored extends Score {
  readonly up: Vec3;
}

function createJudge(mesh: Mesh, faces: Faces, o: OrientOptions): Judge {
  const { positions: p, triangles: t } = mesh;
  const n = unitFaceNormals(mesh);
  const area = triangleAreas(mesh);
  const total = areaMm2(mesh) || 1;
  const volume = volumeMm3(mesh);
  const articular = area.reduce((s, a, i) => s + (faces[i] === ARTICULAR ? a : 0), 0) || 1;
  const box = t.length ? bounds(mesh) : { lo: [0, 0, 0], hi: [1, 1, 1] };
  const diagonal = Math.sqrt([0, 1, 2].reduce((s, k) => s + (box.hi[k] - box.lo[k]) * (box.hi[k] - box.lo[k]), 0));
  const hull = extremePoints(p);
  const cos = (deg: number) => Math.cos((deg * Math.PI) / 180);
  const steep = cos(o.overhangDeg);
  const least = cos(o.leastOverhangDeg);
  // support, down, rough, too flat, stair, height, towards
  const sums = new Float64Array(7);
  const measure = (up: Vec3, points: Float64Array): void => {
    const [x, y, z] = up;
    sums.fill(0);
    for (let i = 0, k = 0; i < area.length; i++, k += 3) {
      const c = n[k] * x + n[k + 1] * y + n[k + 2] * z;
      if (faces[i] !== ARTICULAR) {
        if (-c > steep) sums[0] += area[i];
        continue;
      }
      sums[4] += area[i] * (c < 0 ? -c : c);
      sums[6] += (area[i] * (1 - c)) / 2;
      if (c >= 0) continue;
      sums[1] += area[i];
      if (-c > steep) sums[2] += area[i];
      if (-c > least) sums[3] += area[i];
    }
    let lo = Number.POSITIVE_INFINITY;
    let hi = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < points.length; i += 3) {
      const h = points[i] * x + points[i + 1] * y + points[i + 2] * z;
      if (h < lo) lo = h;
      if (h > hi) hi = h;
    }
    sums[5] = hi - lo;
  };
  const slender = (height: number): number => height / Math.sqrt((4 * Math.max(volume, 1e-9)) / (Math.PI * height));
  const shares = (): Record<keyof OrientWeights, number> => ({
    support: (o.weights.support * sums[0]) / total,
    height: (o.weights.height * sums[5]) / diagonal,
    rough: (o.weights.rough * sums[2]) / articular,
    towards: (o.weights.towards * sums[6]) / articular,
    stair: (o.weights.stair * sums[4]) / articular,
    slender: (o.weights.slender * slender(sums[5])) / 10,
  });
  const cost = (): number => Object.values(shares()).reduce((a, b) => a + b, 0);
  return {
    score(up) {
      measure(up, hull);
      // A thousandth of the articular area too flat is worse than any cost.
      const own = cost();
      return { score: own + (1000 * sums[3]) / articular, cost: own };
    },
    describe(up) {
      measure(up, p);
      const each = shares();
      const patches = flatPatches(mesh, n, faces, up, least);
      const broad = patches.filter((patch) => patch.widthMm > o.bridgeMm);
      const small = new Set(patches.filter((patch) => patch.widthMm <= o.bridgeMm).flatMap((patch) => patch.triangles));
      let flattest = 0;
      for (let i = 0; i < area.length; i++)
        if (faces[i] === ARTICULAR && !small.has(i))
          flattest = Math.max(flattest, -dot([n[3 * i], n[3 * i + 1], n[3 * i + 2]], up));
      return {
        up,
        plateFromLps: placed(mesh, up, o.plateGapMm),
        heightMm: sums[5],
        supportMm2: sums[0],
        articularDownMm2: sums[1],
        articularRoughMm2: sums[2],
        articularFlattestDeg: (Math.acos(Math.min(1, flattest)) * 180) / Math.PI,
        stairMm: (o.layerMm * sums[4]) / articular,
        slenderRatio: slender(sums[5]),
        articularTooFlatMm2: broad.reduce((sum, patch) => sum + patch.areaMm2, 0),
        cost: Object.values(each).reduce((a, b) => a + b, 0),
        why: Object.entries(each)
          .map(([what, c]) => ({ what: what as keyof OrientWeights, cost: c }))
          .sort((a, b) => b.cost - a.cost),
      };
    },
  };
}

/** Turned so that `up` is z, its box over the origin, its lowest point at the gap. */
export function placed(mesh: Mesh, up: Vec3, gapMm: number): Transform<'lps', 'plate'> {
  const [u, v, w] = frameAbout(up, Math.abs(up[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0]);
  const turned: Transform<'lps', 'plate'> = { from: 'lps', to: 'plate', m: [...u, 0, ...v, 0, ...w, 0] };
  const lo = [Infinity, Infinity, Infinity];
  const hi = [-Infinity, -Infinity, -Infinity];
  const { positions: p } = mesh;
  for (let i = 0; i < p.length; i += 3) {
    const q = apply(turned, [p[i], p[i + 1], p[i + 2]]);
    for (let k = 0; k < 3; k++) {
      lo[k] = Math.min(lo[k], q[k]);
      hi[k] = Math.max(hi[k], q[k]);
    }
  }
  const m = [...u, -(lo[0] + hi[0]) / 2, ...v, -(lo[1] + hi[1]) / 2, ...w, gapMm - lo[2]];
  return { from: 'lps', to: 'plate', m };
}

/** Even directions over the sphere. @source Fibonacci lattice: Swinbank and Purser 2006, Q. J. R. Meteorol. Soc. 132:1769 */
export function sphereDirections(count: number): Vec3[] {
  const golden = Math.PI * (3 - Math.sqrt(5));
  return Array.from({ length: count }, (_, k): Vec3 => {
    const z = 1 - (2 * k + 1) / count;
    const r = Math.sqrt(Math.max(0, 1 - z * z));
    return [r * Math.cos(k * golden), r * Math.sin(k * golden), z];
  });
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

/** Steps to the best neighbour, in ever smaller rings, from 3° down to 0.1°. */
function refine(start: Scored, score: Judge['score']): Scored {
  let best = start;
  for (let stepRad = 0.05; stepRad > 0.0015; ) {
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

/** Points that can be the highest or lowest in some direction: the farthest along some hundred directions. */
function extremePoints(p: Float64Array): Float64Array {
  if (p.length < 3 * 2000) return p;
  const kept = new Set<number>();
  for (const [x, y, z] of sphereDirections(1000)) {
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < p.length; i += 3) {
      const h = p[i] * x + p[i + 1] * y + p[i + 2] * z;
      if (h > most) {
        most = h;
        best = i;
      }
    }
    kept.add(best);
  }
  return Float64Array.from([...kept].sort((a, b) => a - b).flatMap((i) => [p[i], p[i + 1], p[i + 2]]));
}

export function triangleAreas({ positions: p, triangles: t }: Mesh): Float64Array {
  const out = new Float64Array(t.length / 3);
  for (let i = 0; i < t.length; i += 3) {
    const a = 3 * t[i];
    const b = 3 * t[i + 1];
    const c = 3 * t[i + 2];
    const ux = p[b] - p[a];
    const uy = p[b + 1] - p[a + 1];
    const uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a];
    const vy = p[c + 1] - p[a + 1];
    const vz = p[c + 2] - p[a + 2];
    const x = uy * vz - uz * vy;
    const y = uz * vx - ux * vz;
    const z = ux * vy - uy * vx;
    out[i / 3] = Math.sqrt(x * x + y * y + z * z) / 2;
  }
  return out;
}
