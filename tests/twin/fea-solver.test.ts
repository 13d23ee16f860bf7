import { expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import {
  gridTets,
  lameOfParts,
  linearTets,
  NO_SPRINGS,
  nodeCount,
  prepareSystem,
  type Solver,
  type Springs,
  type TetMesh,
  tetCount,
} from '../../src/fea/index.ts';
import { solveSpd } from '../../src/math/index.ts';

const MATERIAL = { youngMPa: 1000, poisson: 0.33 };

/** Shape functions of the ten-node tetrahedron and their slopes, from the book. */
function slopes(l: readonly number[]): number[][] {
  const edges = [
    [0, 1],
    [1, 2],
    [0, 2],
    [0, 3],
    [1, 3],
    [2, 3],
  ];
  const byL = [
    ...[0, 1, 2, 3].map((k) => [0, 1, 2, 3].map((i) => (i === k ? 4 * l[k] - 1 : 0))),
    ...edges.map(([a, b]) => [0, 1, 2, 3].map((i) => (i === a ? 4 * l[b] : i === b ? 4 * l[a] : 0))),
  ];
  return byL.map((d) => [d[1] - d[0], d[2] - d[0], d[3] - d[0]]);
}

/** The full matrix of quadratic elements, as textbooks build it: B-matrices, 4 Gauss points. */
function denseStiffness(mesh: TetMesh, lameMPa: Float64Array): Float64Array {
  const n = 3 * nodeCount(mesh);
  const k = new Float64Array(n * n);
  const [alpha, beta] = [(5 + 3 * Math.sqrt(5)) / 20, (5 - Math.sqrt(5)) / 20];
  for (let e = 0; e < tetCount(mesh); e++) {
    const nodes = mesh.tets.subarray(10 * e, 10 * e + 10);
    const [lambda, mu] = lameMPa.subarray(2 * e, 2 * e + 2);
    for (let g = 0; g < 4; g++) {
      const d = slopes([0, 1, 2, 3].map((i) => (i === g ? alpha : beta)));
      const j = [0, 1, 2].map((r) =>
        [0, 1, 2].map((c) => d.reduce((s, row, i) => s + row[r] * mesh.positions[3 * nodes[i] + c], 0)),
      );
      const cof = (r: number, c: number) => {
        const [a, b] = [(r + 1) % 3, (r + 2) % 3];
        const [x, y] = [(c + 1) % 3, (c + 2) % 3];
        return j[a][x] * j[b][y] - j[a][y] * j[b][x];
      };
      const det = j[0][0] * cof(0, 0) + j[0][1] * cof(0, 1) + j[0][2] * cof(0, 2);
      const grad = d.map((row) => [0, 1, 2].map((c) => row.reduce((s, v, r) => s + (v * cof(r, c)) / det, 0)));
      for (let a = 0; a < 10; a++)
        for (let b = 0; b < 10; b++) {
          const dot = grad[a].reduce((s, v, i) => s + v * grad[b][i], 0);
          for (let r = 0; r < 3; r++)
            for (let c = 0; c < 3; c++)
              k[(3 * nodes[a] + r) * n + 3 * nodes[b] + c] +=
                (det / 24) *
                (lambda * grad[a][r] * grad[b][c] + mu * grad[a][c] * grad[b][r] + (r === c ? mu * dot : 0));
        }
    }
  }
  return k;
}

/** A bent bar: some elements have curved edges, some straight. */
const bar = () =>
  gridTets([3, 2, 2], (u, v, w) => {
    const bend = u > 0.5 ? (u - 0.5) ** 2 : 0;
    return [3 * u, v + bend * (1 + w), w + 0.2 * bend];
  });

const randomVector = (n: number, seed: number) => {
  const random = createRng(seed);
  return new Float64Array(n).map(() => random() - 0.5);
};

test('the product without a matrix is that of the matrix, curved elements and springs included', () => {
  const mesh = bar();
  const n = 3 * nodeCount(mesh);
  const lameMPa = lameOfParts(mesh, [MATERIAL]).map((v, i) => v * (1 + (i % 7)));
  const springs: Springs = {
    nodes: Uint32Array.of(0, nodeCount(mesh) - 1),
    stiffness: Float64Array.of(1, 2, 3, 0.4, 0.5, 0.6, 900, 800, 700, 10, 20, 30),
  };
  const fixed = new Uint8Array(n);
  fixed.fill(1, 0, 30);
  const { stiffness } = prepareSystem({ mesh, lameMPa, fixed, springs });
  const dense = denseStiffness(mesh, lameMPa);
  springs.nodes.forEach((node, s) => {
    const k = springs.stiffness.subarray(6 * s);
    [k[0], k[3], k[5], k[3], k[1], k[4], k[5], k[4], k[2]].forEach((v, i) => {
      dense[(3 * node + Math.floor(i / 3)) * n + 3 * node + (i % 3)] += v;
    });
  });
  const x = randomVector(n, 5);
  const y = new Float64Array(n);
  stiffness(x, y);
  for (let i = 0; i < n; i++) {
    let s = 0;
    let scale = 0;
    for (let j = 0; j < n; j++) {
      s += dense[i * n + j] * x[j];
      scale += Math.abs(dense[i * n + j] * x[j]);
    }
    expect(Math.abs(y[i] - s)).toBeLessThan(1e-13 * scale);
  }
});

test('the solution is that of a direct solver', () => {
  const mesh = bar();
  const n = 3 * nodeCount(mesh);
  const lameMPa = lameOfParts(mesh, [MATERIAL]);
  const fixed = new Uint8Array(n);
  for (let i = 0; i < nodeCount(mesh); i++) if (mesh.positions[3 * i] < 1e-9) fixed.fill(1, 3 * i, 3 * i + 3);
  const forces = randomVector(n, 8);
  const { displacementMm, converged } = prepareSystem({ mesh, lameMPa, fixed, springs: NO_SPRINGS }).solve(forces, {
    tolerance: 1e-12,
  });
  expect(converged).toBe(true);
  const dense = denseStiffness(mesh, lameMPa);
  const free = [...Array(n).keys()].filter((i) => !fixed[i]);
  const small = Float64Array.from(free.flatMap((i) => free.map((j) => dense[i * n + j])));
  const direct = solveSpd(
    small,
    Float64Array.from(free, (i) => forces[i]),
    free.length,
  )!;
  const scale = direct.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  free.forEach((i, k) => {
    expect(Math.abs(displacementMm[i] - direct[k])).toBeLessThan(1e-9 * scale);
  });
});

function block(n: number, order: 1 | 2, long = 1): { solver: Solver; forces: Float64Array } {
  const mesh = gridTets([n * long, n, n], (u, v, w) => [u * long, v, w], order);
  const fixed = new Uint8Array(mesh.positions.length);
  for (let i = 0; i < nodeCount(mesh); i++) if (mesh.positions[3 * i] === 0) fixed.fill(1, 3 * i, 3 * i + 3);
  const solver = prepareSystem({ mesh, lameMPa: lameOfParts(mesh, [MATERIAL]), fixed, springs: NO_SPRINGS });
  return { solver, forces: randomVector(fixed.length, 2) };
}

test('the cycle is symmetric and positive, as conjugate gradients need it', () => {
  const { solver } = block(8, 2);
  const { fixed } = solver.system;
  const free = (v: Float64Array) => v.map((x, i) => (fixed[i] ? 0 : x));
  const [a, b] = [free(randomVector(fixed.length, 3)), free(randomVector(fixed.length, 4))];
  const apply = (v: Float64Array) => {
    const out = new Float64Array(v.length);
    solver.cycle.solve(v, out);
    return out;
  };
  const dot = (x: Float64Array, y: Float64Array) => x.reduce((s, v, i) => s + v * y[i], 0);
  const [ma, mb] = [apply(a), apply(b)];
  expect(solver.cycle.sizes.length).toBeGreaterThan(2);
  expect(dot(a, mb) / dot(b, ma)).toBeCloseTo(1, 5);
  expect(dot(a, ma)).toBeGreaterThan(0);
  expect(dot(b, mb)).toBeGreaterThan(0);
});

test('iterations do not grow with the mesh, and stay few for a slender body', () => {
  const count = (n: number, order: 1 | 2, long = 1) => {
    const { solver, forces } = block(n, order, long);
    const { iterations, converged } = solver.solve(forces);
    expect(converged).toBe(true);
    return iterations;
  };
  expect(count(6, 2)).toBeLessThan(25);
  expect(count(12, 2)).toBeLessThan(25);
  expect(count(10, 1)).toBeLessThan(25);
  expect(count(3, 2, 20)).toBeLessThan(30);
});

test('equal bits every time', () => {
  const once = () => {
    const { solver, forces } = block(6, 2);
    return solver.solve(forces).displacementMm;
  };
  expect(once()).toEqual(once());
});

test('a solve that is stopped early says so', () => {
  const { solver, forces } = block(6, 2);
  const { converged, residual, iterations } = solver.solve(forces, { maxIterations: 3 });
  expect(converged).toBe(false);
  expect(iterations).toBe(3);
  expect(residual).toBeGreaterThan(1e-8);
});

test('what could move is refused, with the motion that is left', () => {
  const mesh = gridTets([2, 2, 2], (u, v, w) => [u, v, w]);
  const lameMPa = lameOfParts(mesh, [MATERIAL]);
  const held = (directions: (x: number, y: number, z: number) => readonly number[]) => {
    const fixed = new Uint8Array(mesh.positions.length);
    for (let i = 0; i < fixed.length; i += 3)
      for (const k of directions(mesh.positions[i], mesh.positions[i + 1], mesh.positions[i + 2])) fixed[i + k] = 1;
    return () => prepareSystem({ mesh, lameMPa, fixed, springs: NO_SPRINGS });
  };
  expect(held(() => [])).toThrow('fea.no-support');
  expect(held((x) => (x === 0 ? [1, 2] : []))).toThrow(/shift along x/);
  expect(held((x, y, z) => (x + y + z === 0 ? [0, 1, 2] : []))).toThrow(/turn about/);
  expect(held((x, y) => (x + y === 0 ? [0, 1, 2] : []))).toThrow(/turn about z/);
  expect(held((x) => (x === 0 ? [0, 1, 2] : []))).not.toThrow();
});

test('every body needs its own support', () => {
  const one = gridTets([1, 1, 1], (u, v, w) => [u, v, w], 1);
  const far = one.positions.map((v) => v + 5);
  const mesh = linearTets(
    Float64Array.from([...one.positions, ...far]),
    Uint32Array.from([...one.tets, ...one.tets.map((v) => v + one.corners)]),
  );
  const fixed = new Uint8Array(mesh.positions.length).fill(1, 0, 3 * one.corners);
  const system = { mesh, lameMPa: lameOfParts(mesh, [MATERIAL]), fixed, springs: NO_SPRINGS };
  expect(() => prepareSystem(system)).toThrow(/fea.no-support.*xMm=5/);
});

test('materials and elements that make no sense are refused', () => {
  const mesh = gridTets([1, 1, 1], (u, v, w) => [u, v, w], 1);
  for (const bad of [
    { youngMPa: 0, poisson: 0.3 },
    { youngMPa: -1, poisson: 0.3 },
    { youngMPa: Number.NaN, poisson: 0.3 },
    { youngMPa: 1, poisson: 0.5 },
    { youngMPa: 1, poisson: -1 },
  ])
    expect(() => lameOfParts(mesh, [bad])).toThrow('fea.material');
  expect(() => linearTets(mesh.positions, Uint32Array.of(1, 0, 2, 3, ...mesh.tets.subarray(4)))).toThrow('fea.element');
  const tangled = gridTets([2, 2, 2], (u, v, w) => [u > 0.2 && u < 0.3 ? u + 0.6 : u, v, w]);
  const fixed = new Uint8Array(tangled.positions.length).fill(1, 0, 300);
  expect(() =>
    prepareSystem({ mesh: tangled, lameMPa: lameOfParts(tangled, [MATERIAL]), fixed, springs: NO_SPRINGS }),
  ).toThrow(/fea.element.*xMm/);
});
