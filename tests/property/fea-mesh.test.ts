import { expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import {
  boundarySurface,
  meshSolid,
  suggestedCellMm,
  type TetMesh,
  tetCount,
  tetQuality,
} from '../../src/fea/index.ts';
import { rotation } from '../../src/math/index.ts';
import {
  box,
  buildBvh,
  buildEdges,
  closestPoint,
  cylinder,
  flipWinding,
  joinMeshes,
  type Mesh,
  sphere,
  topologyOf,
  torus,
  transformMesh,
  tube,
  volumeMm3,
} from '../../src/mesh/index.ts';

/** A ball with seeded hills and valleys, stretched. */
function blob(seed: number, levels = 5): Mesh {
  const random = createRng(seed);
  const ball = sphere(1, levels);
  const waves = Array.from({ length: 6 }, () => [0, 1, 2, 3, 4].map(() => random()));
  const positions = ball.positions.slice();
  for (let i = 0; i < positions.length; i += 3) {
    const [x, y, z] = ball.positions.subarray(i, i + 3);
    const r = waves.reduce(
      (s, [a, b, c, d, h]) => s + 0.16 * h * Math.sin(12 * ((a - 0.5) * x + (b - 0.5) * y + (c - 0.5) * z) + 6 * d),
      1,
    );
    positions.set([10 * r * x, 13 * r * y, 7 * r * z], i);
  }
  return { positions, triangles: ball.triangles };
}

/** det J at a lattice of places inside an element, over that of the straight element. */
function leastJacobian(mesh: TetMesh, e: number): number {
  const p = mesh.positions;
  const node = (k: number) => p.subarray(3 * mesh.tets[10 * e + k], 3 * mesh.tets[10 * e + k] + 3);
  const edges = [
    [0, 1],
    [1, 2],
    [0, 2],
    [0, 3],
    [1, 3],
    [2, 3],
  ];
  const at = (l: readonly number[], straight: boolean) => {
    const rows = [0, 1, 2].map(() => [0, 0, 0]);
    const slope = (k: number) =>
      k < 4
        ? [0, 1, 2, 3].map((i) => (i === k ? (straight ? 1 : 4 * l[k] - 1) : 0))
        : [0, 1, 2, 3].map((i) =>
            straight
              ? 0
              : i === edges[k - 4][0]
                ? 4 * l[edges[k - 4][1]]
                : i === edges[k - 4][1]
                  ? 4 * l[edges[k - 4][0]]
                  : 0,
          );
    for (let k = 0; k < 10; k++) {
      const d = slope(k);
      for (let r = 0; r < 3; r++) for (let c = 0; c < 3; c++) rows[r][c] += (d[r + 1] - d[0]) * node(k)[c];
    }
    const [a, b, c] = rows;
    return a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
  };
  const base = at([0.25, 0.25, 0.25, 0.25], true);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= 4; i++)
    for (let j = 0; i + j <= 4; j++)
      for (let k = 0; i + j + k <= 4; k++)
        least = Math.min(least, at([i / 4, j / 4, k / 4, 1 - (i + j + k) / 4], false) / base);
  return least;
}

for (const seed of [1, 2, 3, 4, 5, 6])
  test(`a random body (seed ${seed}): angles, Jacobians, closed boundary on the surface`, () => {
    const solid = blob(seed);
    const cellMm = 1 + 0.3 * seed;
    const { mesh, boundary, figures, findings } = meshSolid(solid, { cellMm });
    const quality = tetQuality(mesh);
    expect(quality.minDihedralDeg).toBeGreaterThan(10.7);
    expect(quality.maxDihedralDeg).toBeLessThan(164.8);
    for (let e = 0; e < tetCount(mesh); e += 13) expect(leastJacobian(mesh, e)).toBeGreaterThan(0.06);
    const surface = buildBvh(solid);
    for (const node of new Set(boundary.nodes)) {
      if (node >= mesh.corners) continue;
      const [x, y, z] = mesh.positions.subarray(3 * node, 3 * node + 3);
      expect(closestPoint(surface, x, y, z)!.distanceMm).toBeLessThan(1e-6);
    }
    const skin = boundarySurface(mesh, boundary);
    const topology = topologyOf(skin, buildEdges(skin));
    expect([topology.boundaryEdges, topology.inconsistentEdges, topology.nonManifoldEdges]).toEqual([0, 0, 0]);
    expect(Math.abs(volumeMm3(skin) / volumeMm3(solid) - 1)).toBeLessThan(0.007 * cellMm * cellMm);
    // Detail smaller than the elements is said, never lost in silence.
    expect(findings.some((f) => f.code === 'fea.coarse')).toBe(figures.maxDeviationMm > cellMm / 2);
  });

test('volume and surface converge: halving the cell divides the deviation by more than four', () => {
  const ball = sphere(10, 6);
  const [coarse, fine] = [3, 1.5].map((cellMm) => meshSolid(ball, { cellMm }).figures);
  expect(coarse.meanDeviationMm / fine.meanDeviationMm).toBeGreaterThan(4);
  expect(Math.abs(fine.volumeMm3 / volumeMm3(ball) - 1)).toBeLessThan(0.002);
});

test('equal input, equal mesh', () => {
  const [a, b] = [0, 1].map(() => meshSolid(blob(9, 4), { cellMm: 2 }).mesh);
  expect(a).toEqual(b);
});

test('holes and cavities stay', () => {
  const ring = meshSolid(torus(10, 3, 80, 40), { cellMm: 1.2 });
  expect(ring.findings).toEqual([]);
  const euler = (m: { mesh: TetMesh; boundary: Parameters<typeof boundarySurface>[1] }) => {
    const skin = boundarySurface(m.mesh, m.boundary);
    return topologyOf(skin, buildEdges(skin)).euler;
  };
  expect(euler(ring)).toBe(0);
  const inner = sphere(5, 4);
  const hollow = joinMeshes([sphere(10, 5), { ...inner, triangles: flipWinding(inner.triangles) }]);
  const shell = meshSolid(hollow, { cellMm: 1.5 });
  expect(euler(shell)).toBe(4);
  expect(shell.figures.volumeMm3 / volumeMm3(hollow)).toBeCloseTo(1, 2);
});

test('sharp edges and corners stay sharp, whichever way the part is turned', () => {
  for (const [axis, deg] of [
    [[0, 0, 1], 0],
    [[0, 0, 1], 20],
    [[1, 2, 3], 37],
    [[2, -1, 1], 71],
  ] as const) {
    const turn = rotation(axis, (deg * Math.PI) / 180, [1, 2, 3]);
    for (const [name, part] of [
      ['block', box([0, 0, 0], [14, 9, 6])],
      ['tube', tube(8, 5, 10, 48)],
      ['disc', cylinder(6, 4, 48)],
    ] as const) {
      const solid = transformMesh(turn, part);
      const { mesh, figures } = meshSolid(solid, { cellMm: 1.1 });
      expect(tetQuality(mesh).minDihedralDeg, name).toBeGreaterThan(10.7);
      expect(Math.abs(figures.volumeMm3 / figures.solidVolumeMm3 - 1), `${name} ${deg}`).toBeLessThan(0.004);
      expect(figures.maxDeviationMm, `${name} ${deg}`).toBeLessThan(1.1 / 2);
    }
  }
});

test('thin parts get elements across by themselves', () => {
  expect(suggestedCellMm(box([0, 0, 0], [60, 12, 2]), 50_000)).toBeLessThan(1);
  expect(suggestedCellMm(sphere(20, 4), 50_000)).toBeGreaterThan(2);
});

test('what is not one solid is refused with its place', () => {
  const ball = sphere(10, 3);
  expect(() => meshSolid({ ...ball, triangles: ball.triangles.slice(3) })).toThrow(/mesh.not-closed.*xMm/);
  expect(() => meshSolid({ ...ball, triangles: flipWinding(ball.triangles) })).toThrow(/mesh.inside-out/);
  expect(() => meshSolid(joinMeshes([sphere(10, 3), sphere(10, 3, [12, 0, 0])]))).toThrow(/mesh.self-intersects.*xMm/);
  expect(() => meshSolid(joinMeshes([sphere(10, 3), sphere(10, 3, [30, 0, 0])]))).toThrow(
    /fea.several-bodies.*xMm=[23]/,
  );
  expect(() => meshSolid({ positions: new Float64Array(0), triangles: new Uint32Array(0) })).toThrow('mesh.empty');
});

test('sizes that cannot work are refused', () => {
  const ball = sphere(10, 3);
  for (const cellMm of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => meshSolid(ball, { cellMm })).toThrow('param.range');
  expect(() => meshSolid(ball, { cellMm: 0.1 })).toThrow(/fea.too-fine.*Use elements of/);
  expect(() => meshSolid(box([0, 0, 0], [60, 12, 0.2]), { cellMm: 1.5 })).toThrow('fea.too-thin');
  expect(() => meshSolid(tube(10, 9.6, 20, 64), { cellMm: 1.2 })).toThrow('fea.too-thin');
  // A thin pin on a thick block.
  const pin = joinMeshes([box([-10, -10, -10], [10, 10, 0.5]), cylinder(0.3, 12, 16)]);
  expect(() => meshSolid(pin, { cellMm: 3 })).toThrow(/mesh.self-intersects|fea/);
});
