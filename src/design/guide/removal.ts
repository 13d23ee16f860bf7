import type { Vec3 } from '../../base/index.ts';
import { dot, unit } from '../../math/index.ts';
import { type Bvh, buildBvh, castRay, type Mesh, meshIntersections } from '../../mesh/index.ts';

/** A face that leans over by this much (sine) still slides: over 4 mm it takes up less than the gap. */
const DRAFT = -0.05;
/** Directions that are looked at over the sphere, and triangles of the plate that are. */
const DIRECTIONS = 800;
const SAMPLES = 500;
/** A face is clear when nothing is met on this way, mm. */
const WAY_MM = 100;

export interface Removal {
  readonly direction: Vec3;
  /** Part of the plate's outer side that can be reached along it. */
  readonly reachedFraction: number;
}

/**
 * The direction in which what covers a plate comes off it best: the one along which most of the plate's outer side can be
 * reached past plate and bone; among equals the one that looks most straight at it.
 * @param bone tree of the bone around
 * @param outward for the middle of each triangle of the plate, whether it belongs to the outer side
 * @param approach a wanted direction, out of the wound: others more than 40° from it are not looked at
 * @cost half a second: 500 rays for each of the directions that can be meant
 */
export function removalDirection(plate: Mesh, bone: Bvh, outer: Uint8Array, approach?: Vec3): Removal {
  const own = buildBvh(plate);
  const samples = sampleTriangles(plate, outer);
  const total = samples.reduce((s, x) => s + x.area, 0);
  const wanted = approach ? unit(approach) : undefined;
  let best: Removal = { direction: [0, 0, 1], reachedFraction: -1 };
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const d of sphereDirections(DIRECTIONS)) {
    if (wanted && dot(d, wanted) < 0.766) continue;
    const facing = samples.filter((s) => dot(s.normal, d) > DRAFT);
    const possible = facing.reduce((sum, s) => sum + s.area * (1 + LOOK * dot(s.normal, d)), 0);
    if (possible <= bestScore) continue;
    let reached = 0;
    let score = 0;
    for (const s of facing) {
      const from: Vec3 = [0, 1, 2].map((k) => s.at[k] + OFF_MM * s.normal[k]) as unknown as Vec3;
      if (castRay(own, from, d, WAY_MM) || castRay(bone, from, d, WAY_MM)) continue;
      reached += s.area;
      score += s.area * (1 + LOOK * dot(s.normal, d));
    }
    if (score <= bestScore) continue;
    bestScore = score;
    best = { direction: d, reachedFraction: reached / total };
  }
  return best;
}

/** Rays start this far off the plate: the least gap of a guide, mm. */
const OFF_MM = 0.2;
/** Looking straight at a face counts this much more than grazing it. */
const LOOK = 0.3;

interface Sample {
  readonly at: Vec3;
  readonly normal: Vec3;
  readonly area: number;
}

/** Every so many-th triangle by area, so that large and small ones count as what they are. */
function sampleTriangles({ positions: p, triangles: t }: Mesh, wanted: Uint8Array): Sample[] {
  const all: Sample[] = [];
  let total = 0;
  for (let i = 0; i < wanted.length; i++) {
    if (!wanted[i]) continue;
    const [a, b, c] = [3 * t[3 * i], 3 * t[3 * i + 1], 3 * t[3 * i + 2]];
    const u = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
    const v = [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]];
    const n: Vec3 = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    const area = Math.hypot(n[0], n[1], n[2]) / 2;
    if (area === 0) continue;
    total += area;
    all.push({
      at: [0, 1, 2].map((k) => (p[a + k] + p[b + k] + p[c + k]) / 3) as unknown as Vec3,
      normal: unit(n),
      area,
    });
  }
  const out: Sample[] = [];
  const each = total / SAMPLES;
  let held = each / 2;
  for (const s of all) {
    held += s.area;
    const times = Math.floor(held / each);
    if (times > 0) out.push({ ...s, area: times * each });
    held -= times * each;
  }
  return out;
}

/** Points spread evenly over the sphere (Fibonacci lattice). */
export function* sphereDirections(count: number): Generator<Vec3> {
  for (let i = 0; i < count; i++) {
    const z = 1 - (2 * i + 1) / count;
    const r = Math.sqrt(1 - z * z);
    const a = i * 2.399963229728653;
    yield [r * Math.cos(a), r * Math.sin(a), z];
  }
}

/** Steps on the way off at which surfaces are held against each other exactly, mm. */
const STEPS_MM = [0, 0.5, 1.5, 4, 10, 25];

/**
 * Places where a body meets obstacles on its way along a direction: vertices of either that hit the other, and pairs of
 * triangles that meet at steps of the way. None means that it comes off.
 * @accuracy exact at the steps; between them by rays from all vertices of both
 */
export function undercutsAlong(body: Mesh, obstacles: readonly Bvh[], direction: Vec3): number {
  const tree = buildBvh(body);
  const back: Vec3 = [-direction[0], -direction[1], -direction[2]];
  let found = 0;
  for (const obstacle of obstacles) {
    found += hits(body.positions, obstacle, direction);
    found += hits(obstacle.mesh.positions, tree, back);
  }
  for (const step of STEPS_MM) {
    const positions = body.positions.map((x, i) => x + step * direction[i % 3]);
    const moved = buildBvh({ positions, triangles: body.triangles });
    for (const obstacle of obstacles) found += meshIntersections(moved, obstacle, { mostPairs: 1 }).length / 2;
  }
  return found;
}

function hits(p: Float64Array, target: Bvh, d: Vec3): number {
  const b = target.boxes;
  // Only points whose shadow along the way can fall on the target's box are worth a ray.
  const span = Math.hypot(b[3] - b[0], b[4] - b[1], b[5] - b[2]) / 2;
  const c: Vec3 = [(b[0] + b[3]) / 2, (b[1] + b[4]) / 2, (b[2] + b[5]) / 2];
  let n = 0;
  for (let i = 0; i < p.length; i += 3) {
    const v: Vec3 = [p[i] - c[0], p[i + 1] - c[1], p[i + 2] - c[2]];
    const along = dot(v, d);
    if (along > span || dot(v, v) - along * along > span * span) continue;
    if (castRay(target, [p[i], p[i + 1], p[i + 2]], d, WAY_MM)) n++;
  }
  return n;
}
