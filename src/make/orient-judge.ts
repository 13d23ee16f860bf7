import type { Transform, Vec3 } from '../base/index.ts';
import { apply, dot, frameAbout } from '../math/index.ts';
import { bounds, type Mesh, triangleAreasMm2, unitFaceNormals, volumeMm3 } from '../mesh/index.ts';
import { ARTICULAR, type Faces } from './faces.ts';
import type { Orientation, OrientOptions, OrientWeights } from './orientation.ts';
import { flatPatches } from './patches.ts';

/** What the search may ask of a part. */
export interface Judge {
  /** Less is better; articular area that is too flat outweighs everything. */
  score(up: Vec3): Score;
  /** The score from a share of the triangles of a large part: to look around with. */
  guess(up: Vec3): Score;
  describe(up: Vec3): Orientation;
}
export interface Score {
  readonly score: number;
  /** The score without what bars a direction. */
  readonly cost: number;
}
/** Unit normals and areas of some triangles, three numbers and one each. */
interface Group {
  readonly normals: Float64Array;
  readonly areas: Float64Array;
}
interface Groups {
  readonly articular: Group;
  readonly other: Group;
  readonly totalMm2: number;
  readonly articularMm2: number;
}

/** More triangles than this are only sampled while looking around. */
const LOOK = 30_000;

/** Every `stride`th triangle, articular ones apart from the others. */
function groupsOf(normals: Float64Array, areas: Float64Array, faces: Faces, stride: number): Groups {
  const pick = (articular: boolean): Group => {
    const own: number[] = [];
    for (let i = 0; i < areas.length; i += stride) if ((faces[i] === ARTICULAR) === articular) own.push(i);
    return {
      normals: Float64Array.from({ length: 3 * own.length }, (_, k) => normals[3 * own[(k / 3) | 0] + (k % 3)]),
      areas: Float64Array.from(own, (i) => areas[i]),
    };
  };
  const sum = ({ areas: a }: Group) => a.reduce((s, x) => s + x, 0);
  const [articular, other] = [pick(true), pick(false)];
  return { articular, other, totalMm2: sum(articular) + sum(other) || 1, articularMm2: sum(articular) || 1 };
}

export function createJudge(mesh: Mesh, faces: Faces, o: OrientOptions): Judge {
  const { positions: p, triangles: t } = mesh;
  const n = unitFaceNormals(mesh);
  const area = triangleAreasMm2(mesh);
  const full = groupsOf(n, area, faces, 1);
  const stride = Math.ceil(area.length / LOOK);
  const thin = stride === 1 ? full : groupsOf(n, area, faces, stride);
  const volume = volumeMm3(mesh);
  const box = t.length ? bounds(mesh) : { lo: [0, 0, 0], hi: [1, 1, 1] };
  const diagonal = Math.sqrt([0, 1, 2].reduce((s, k) => s + (box.hi[k] - box.lo[k]) * (box.hi[k] - box.lo[k]), 0));
  const hull = extremePoints(p);
  const cos = (deg: number) => Math.cos((deg * Math.PI) / 180);
  const steep = cos(o.overhangDeg);
  const least = cos(o.leastOverhangDeg);
  // support, down, rough, too flat, stair, height, towards
  const sums = new Float64Array(7);
  const measure = (up: Vec3, { articular: own, other }: Groups, points: Float64Array): void => {
    const [x, y, z] = up;
    sums.fill(0);
    for (let i = 0, k = 0; i < other.areas.length; i++, k += 3)
      if (-(other.normals[k] * x + other.normals[k + 1] * y + other.normals[k + 2] * z) > steep)
        sums[0] += other.areas[i];
    for (let i = 0, k = 0; i < own.areas.length; i++, k += 3) {
      const c = own.normals[k] * x + own.normals[k + 1] * y + own.normals[k + 2] * z;
      const a = own.areas[i];
      sums[4] += a * (c < 0 ? -c : c);
      sums[6] += (a * (1 - c)) / 2;
      if (c >= 0) continue;
      sums[1] += a;
      if (-c > steep) sums[2] += a;
      if (-c > least) sums[3] += a;
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
  const shares = ({ totalMm2, articularMm2 }: Groups): Record<keyof OrientWeights, number> => ({
    support: (o.weights.support * sums[0]) / totalMm2,
    height: (o.weights.height * sums[5]) / diagonal,
    rough: (o.weights.rough * sums[2]) / articularMm2,
    towards: (o.weights.towards * sums[6]) / articularMm2,
    stair: (o.weights.stair * sums[4]) / articularMm2,
    slender: (o.weights.slender * slender(sums[5])) / 10,
  });
  const scoreWith = (groups: Groups, up: Vec3): Score => {
    measure(up, groups, hull);
    const cost = Object.values(shares(groups)).reduce((a, b) => a + b, 0);
    // A thousandth of the articular area too flat is worse than any cost.
    return { score: cost + (1000 * sums[3]) / groups.articularMm2, cost };
  };
  return {
    score: (up) => scoreWith(full, up),
    guess: (up) => scoreWith(thin, up),
    describe(up) {
      measure(up, full, p);
      const each = shares(full);
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
        stairMm: (o.layerMm * sums[4]) / full.articularMm2,
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
