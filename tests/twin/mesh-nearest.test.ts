import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import {
  box,
  buildBvh,
  buildWinding,
  castRay,
  castRayAll,
  closestPoint,
  closestPoints,
  joinMeshes,
  type Mesh,
  signedDistance,
  signedDistances,
  solidAngle,
  sphere,
  torus,
  windingNumber,
} from '../../src/mesh/index.ts';

/** Points in and around a mesh, among them its own vertices and middles of its edges. */
function probes(mesh: Mesh, n: number, spreadMm: number): Float64Array {
  const rng = createRng(7);
  const p = mesh.positions;
  const out = new Float64Array(3 * n);
  for (let i = 0; i < n; i++) {
    const v = 3 * Math.floor((rng() * p.length) / 3);
    const w = 3 * Math.floor((rng() * p.length) / 3);
    for (let k = 0; k < 3; k++) {
      if (i % 4 === 0) out[3 * i + k] = p[v + k];
      else if (i % 4 === 1) out[3 * i + k] = (p[v + k] + p[w + k]) / 2;
      else out[3 * i + k] = p[v + k] + spreadMm * (rng() - 0.5);
    }
  }
  return out;
}

/** One tree per triangle: the same arithmetic, every triangle tried in turn. */
function bruteNearest(mesh: Mesh, x: number, y: number, z: number): { distanceMm: number; triangle: number } {
  let best = { distanceMm: Number.POSITIVE_INFINITY, triangle: -1 };
  let best2 = Number.POSITIVE_INFINITY;
  for (let i = 0; i < mesh.triangles.length; i += 3) {
    const one = buildBvh({ positions: mesh.positions, triangles: mesh.triangles.subarray(i, i + 3) });
    const hit = closestPoint(one, x, y, z)!;
    const d2 = (x - hit.x) * (x - hit.x) + (y - hit.y) * (y - hit.y) + (z - hit.z) * (z - hit.z);
    if (d2 >= best2) continue;
    best2 = d2;
    best = { distanceMm: hit.distanceMm, triangle: i / 3 };
  }
  return best;
}

const bumpy = (): Mesh => {
  const rng = createRng(3);
  const m = torus(20, 7, 18, 10);
  return { positions: m.positions.map((x) => x + 0.8 * (rng() - 0.5)), triangles: m.triangles };
};

describe('nearest points', () => {
  test('agree with trying every triangle, ties included', () => {
    const mesh = bumpy();
    const bvh = buildBvh(mesh);
    const points = probes(mesh, 120, 30);
    const batch = closestPoints(bvh, points);
    for (let i = 0; i < points.length / 3; i++) {
      const brute = bruteNearest(mesh, points[3 * i], points[3 * i + 1], points[3 * i + 2]);
      expect(batch.triangles[i]).toBe(brute.triangle);
      expect(batch.distanceMm[i]).toBe(brute.distanceMm);
    }
  });

  test('do not depend on the order or grouping of the questions', () => {
    const bvh = buildBvh(bumpy());
    const points = probes(bvh.mesh, 400, 30);
    const together = closestPoints(bvh, points);
    for (let i = 399; i >= 0; i--) {
      const alone = closestPoint(bvh, points[3 * i], points[3 * i + 1], points[3 * i + 2])!;
      expect([alone.distanceMm, alone.triangle, alone.feature, alone.x]).toEqual([
        together.distanceMm[i],
        together.triangles[i],
        together.features[i],
        together.points[3 * i],
      ]);
    }
  });

  test('nothing beyond the limit, the same within it', () => {
    const bvh = buildBvh(bumpy());
    const points = probes(bvh.mesh, 400, 30);
    const all = closestPoints(bvh, points);
    const near = closestPoints(bvh, points, { limitMm: 3 });
    all.distanceMm.forEach((d, i) => {
      expect(near.triangles[i]).toBe(d <= 3 ? all.triangles[i] : -1);
    });
  });

  test('triangles without area are answered, not skipped', () => {
    const positions = Float64Array.of(0, 0, 0, 1, 0, 0, 2, 0, 0);
    for (const triangle of [
      [0, 1, 2],
      [0, 0, 2],
      [0, 2, 0],
      [0, 2, 2],
      [1, 1, 1],
    ]) {
      const bvh = buildBvh({ positions, triangles: Uint32Array.from(triangle) });
      expect(closestPoint(bvh, 1, 3, 0)!.distanceMm).toBeCloseTo(3, 12);
    }
  });
});

describe('signed distance', () => {
  test('of a box from its corner, edge and face regions', () => {
    const bvh = buildBvh(box([-1, -2, -3], [1, 2, 3]));
    const rng = createRng(11);
    for (let i = 0; i < 2000; i++) {
      const q = [8 * (rng() - 0.5), 8 * (rng() - 0.5), 10 * (rng() - 0.5)];
      const d = q.map((x, k) => Math.abs(x) - (k + 1));
      const outside = Math.hypot(...d.map((x) => Math.max(x, 0)));
      expect(signedDistance(bvh, q[0], q[1], q[2])).toBeCloseTo(outside > 0 ? outside : Math.max(...d), 12);
    }
  });

  test('has the right side at a needle where the nearest face alone would be wrong', () => {
    // A flat spike: close to its tip the plain normal of either side points the wrong way for half of the points.
    const mesh: Mesh = {
      positions: Float64Array.of(0, 0, 0, -10, 0.2, -0.2, -10, -0.2, -0.2, -10, 0, 0.3),
      triangles: Uint32Array.of(0, 2, 1, 0, 3, 2, 0, 1, 3, 1, 2, 3),
    };
    const bvh = buildBvh(mesh);
    const rng = createRng(5);
    for (let i = 0; i < 500; i++)
      expect(signedDistance(bvh, 0.01 + rng(), rng() - 0.5, rng() - 0.5)).toBeGreaterThan(0);
    expect(signedDistance(bvh, -5, 0, -0.03)).toBeLessThan(0);
  });

  test('signs of pseudo-normals and winding numbers agree on a closed mesh', () => {
    const bvh = buildBvh(bumpy());
    const points = probes(bvh.mesh, 3000, 30);
    const a = signedDistances(bvh, points);
    const b = signedDistances(bvh, points, { sign: 'winding' });
    a.forEach((d, i) => {
      if (Math.abs(d) > 1e-9) expect(b[i]).toBe(d);
    });
  });

  test('a sphere inside a sphere: the shell between is inside', () => {
    const inner = sphere(5, 3);
    const shell = joinMeshes([sphere(10, 3), { ...inner, triangles: inner.triangles.slice().reverse() }]);
    const bvh = buildBvh(shell);
    expect(signedDistance(bvh, 0, 0, 0)).toBeGreaterThan(4.9);
    expect(signedDistance(bvh, 7, 0, 0)).toBeLessThan(-1.9);
    expect(signedDistance(bvh, 12, 0, 0)).toBeGreaterThan(1.9);
  });
});

describe('winding number', () => {
  test('agrees with the sum over all triangles within its promise', () => {
    const bvh = buildBvh(sphere(10, 4));
    const cracked = buildBvh({ ...bvh.mesh, triangles: bvh.mesh.triangles.slice(0, -300) });
    const winding = buildWinding(cracked);
    const points = probes(bvh.mesh, 500, 12);
    let worst = 0;
    for (let i = 0; i < points.length; i += 3) {
      let sum = 0;
      for (let c = 0; c < cracked.corners.length; c += 9)
        sum += solidAngle(cracked.corners, c, points[i], points[i + 1], points[i + 2]);
      const fast = windingNumber(winding, points[i], points[i + 1], points[i + 2]);
      worst = Math.max(worst, Math.abs(fast - sum / (4 * Math.PI)));
    }
    expect(worst).toBeLessThan(0.03);
  });
});

describe('rays', () => {
  test('agree with trying every triangle', () => {
    const mesh = bumpy();
    const bvh = buildBvh(mesh);
    const rng = createRng(9);
    const triangles = Array.from({ length: mesh.triangles.length / 3 }, (_, i) =>
      buildBvh({ positions: mesh.positions, triangles: mesh.triangles.subarray(3 * i, 3 * i + 3) }),
    );
    for (let i = 0; i < 100; i++) {
      const origin = [60 * (rng() - 0.5), 60 * (rng() - 0.5), 30 * (rng() - 0.5)] as const;
      const direction = [rng() - 0.5, rng() - 0.5, i % 5 === 0 ? 0 : rng() - 0.5] as const;
      const brute = triangles.flatMap((one, t) => {
        const hit = castRay(one, origin, direction);
        return hit ? [{ ...hit, triangle: t }] : [];
      });
      brute.sort((a, b) => a.distanceMm - b.distanceMm || a.triangle - b.triangle);
      expect(castRayAll(bvh, origin, direction)).toEqual(brute);
      expect(castRay(bvh, origin, direction)).toEqual(brute[0] ?? null);
    }
  });

  test('never slip between triangles, even aimed at vertices and edges', () => {
    const bvh = buildBvh(sphere(10, 2));
    const p = bvh.mesh.positions;
    for (let i = 0; i < p.length; i += 3) {
      expect(castRay(bvh, [0, 0, 0], [p[i], p[i + 1], p[i + 2]])!.distanceMm).toBeCloseTo(10, 9);
      const j = (i + 3) % p.length;
      expect(castRay(bvh, [0.1, 0, 0], [p[i] + p[j], p[i + 1] + p[j + 1], p[i + 2] + p[j + 2]])).not.toBeNull();
    }
  });

  test('along an axis and in the plane of a face', () => {
    const bvh = buildBvh(box([0, 0, 0], [1, 1, 1]));
    expect(castRay(bvh, [-1, 0.25, 0.5], [2, 0, 0])).toMatchObject({ distanceMm: 1, leaving: false });
    expect(castRay(bvh, [0.5, 0.25, 0.5], [1, 0, 0])).toMatchObject({ distanceMm: 0.5, leaving: true });
    expect(castRay(bvh, [-1, 0, 0.5], [1, 0, 0])).not.toBeNull();
    expect(castRay(bvh, [-1, 2, 0.5], [1, 0, 0])).toBeNull();
  });
});
