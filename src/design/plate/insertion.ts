import type { Vec3 } from '../../base/index.ts';
import { frameAbout } from '../../math/index.ts';
import type { Mesh } from '../../mesh/index.ts';
import type { Insertion } from './types.ts';

/** Directions of travel that are tried, over half the sphere: about 4° apart. */
const DIRECTIONS = 600;
/** Directions in which the outermost points are kept first: the shadow's outline to 0.1 mm for a plate of 15 cm. */
const EXTREMES = 2500;

/**
 * How a rigid plate goes straight through a window: over all directions of travel and all turns about them, the smallest
 * rectangle around its shadow. The larger side lies along the incision. The first choice is what fits the window and
 * opens it least; if nothing fits, what is least too long.
 * @accuracy 4° between directions, so sides are up to 2 % too large; no turning on the way is looked for, which could
 * only help
 * @source rotating calipers: Toussaint 1983
 */
export function insertionOf(body: Mesh, windowMm: number, openingMm: number): Insertion {
  const points = extremes(body.positions);
  let best: Insertion | null = null;
  let bestScore = Number.POSITIVE_INFINITY;
  for (const d of hemisphere(DIRECTIONS)) {
    const [u, v] = frameAbout(d, [0.36, 0.48, 0.8]);
    const hull = convexHull(points, u, v);
    forEachBox(hull, (a, b) => {
      const along = Math.max(a, b);
      const across = Math.min(a, b);
      const over = Math.max(0, along - windowMm) + Math.max(0, across - openingMm);
      const score = over > 0 ? 1e6 + over : across;
      if (score >= bestScore) return;
      bestScore = score;
      best = { windowMm, alongMm: along, acrossMm: across, direction: d, fits: over === 0 };
    });
  }
  return best!;
}

/** Points spread evenly over the half of the sphere with z ≥ 0 (Fibonacci lattice). */
function* hemisphere(count: number): Generator<Vec3> {
  for (let i = 0; i < count; i++) {
    const z = (i + 0.5) / count;
    const r = Math.sqrt(1 - z * z);
    const a = i * 2.399963229728653;
    yield [r * Math.cos(a), r * Math.sin(a), z];
  }
}

function extremes(p: Float64Array): Vec3[] {
  const found = new Set<number>();
  for (const d of hemisphere(EXTREMES)) {
    let lo = 0;
    let hi = 0;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < p.length; i += 3) {
      const s = d[0] * p[i] + d[1] * p[i + 1] + d[2] * p[i + 2];
      if (s < least) {
        least = s;
        lo = i;
      }
      if (s > most) {
        most = s;
        hi = i;
      }
    }
    found.add(lo).add(hi);
  }
  return [...found].sort((a, b) => a - b).map((i) => [p[i], p[i + 1], p[i + 2]]);
}

/** Convex hull of the shadow, counter-clockwise. @source Andrew 1979 */
function convexHull(points: readonly Vec3[], u: Vec3, v: Vec3): [number, number][] {
  const flat = points.map((p): [number, number] => [
    p[0] * u[0] + p[1] * u[1] + p[2] * u[2],
    p[0] * v[0] + p[1] * v[1] + p[2] * v[2],
  ]);
  flat.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (list: readonly [number, number][]) => {
    const out: [number, number][] = [];
    for (const q of list) {
      while (out.length > 1) {
        const [a, b] = [out[out.length - 2], out[out.length - 1]];
        if ((b[0] - a[0]) * (q[1] - a[1]) - (b[1] - a[1]) * (q[0] - a[0]) > 0) break;
        out.pop();
      }
      out.push(q);
    }
    return out.slice(0, -1);
  };
  return [...half(flat), ...half([...flat].reverse())];
}

/** Sides of the rectangle that lies on each edge of the hull. */
function forEachBox(hull: readonly [number, number][], use: (a: number, b: number) => void): void {
  for (let i = 0; i < hull.length; i++) {
    const [p, q] = [hull[i], hull[(i + 1) % hull.length]];
    const length = Math.hypot(q[0] - p[0], q[1] - p[1]);
    if (length < 1e-9) continue;
    const [ex, ey] = [(q[0] - p[0]) / length, (q[1] - p[1]) / length];
    let a0 = Number.POSITIVE_INFINITY;
    let a1 = Number.NEGATIVE_INFINITY;
    let b1 = 0;
    for (const [x, y] of hull) {
      const a = x * ex + y * ey;
      const b = (x - p[0]) * -ey + (y - p[1]) * ex;
      if (a < a0) a0 = a;
      if (a > a1) a1 = a;
      if (b > b1) b1 = b;
    }
    use(a1 - a0, b1);
  }
}
