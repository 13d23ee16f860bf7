import { expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { gridTets, lameOfParts, NO_SPRINGS, nodeCount, prepareSystem, type TetMesh } from '../../src/fea/index.ts';

/**
 * The cycle's finest level runs in single precision in WebAssembly. What it must share with the double-precision operator is
 * that it is a good, symmetric inverse of it, on straight and curved elements, with springs and fixed directions.
 */
const MATERIAL = { youngMPa: 113_800, poisson: 0.342 };

function prepared(mesh: TetMesh, bedded: boolean) {
  const n = nodeCount(mesh);
  const fixed = new Uint8Array(3 * n);
  const nodes: number[] = [];
  for (let i = 0; i < n; i++)
    if (mesh.positions[3 * i] < 1e-9)
      if (bedded) nodes.push(i);
      else fixed.fill(1, 3 * i, 3 * i + 3);
  // Partly fixed nodes besides.
  for (let i = 0; i < n; i++) if (mesh.positions[3 * i + 1] < 1e-9) fixed[3 * i + 1] = 1;
  const springs = bedded
    ? {
        nodes: Uint32Array.from(nodes),
        stiffness: Float64Array.from(nodes.flatMap(() => [900, 700, 800, 50, -20, 10])),
      }
    : NO_SPRINGS;
  return prepareSystem({ mesh, lameMPa: lameOfParts(mesh, [MATERIAL]), fixed, springs });
}

const BODIES: [string, TetMesh, boolean][] = [
  ['straight, fixed', gridTets([10, 5, 5], (u, v, w) => [20 * u, 10 * v, 10 * w]), false],
  ['curved, fixed', gridTets([10, 5, 5], (u, v, w) => [20 * u, 10 * v, 10 * w + 30 * u * u]), false],
  ['curved, bedded', gridTets([10, 5, 5], (u, v, w) => [20 * u, 10 * v + 4 * w * w, 10 * w]), true],
];

for (const [name, mesh, bedded] of BODIES)
  test(`${name}: the cycle takes most of an error away, and is symmetric to single precision`, () => {
    const solver = prepared(mesh, bedded);
    const { fixed } = solver.system;
    const random = createRng(4);
    const vector = () => new Float64Array(fixed.length).map((_, i) => (fixed[i] ? 0 : random() - 0.5));
    const product = (x: Float64Array) => {
      const y = new Float64Array(x.length);
      solver.stiffness(x, y);
      return y.map((v, i) => (fixed[i] ? 0 : v));
    };
    const cycle = (r: Float64Array) => {
      const z = new Float64Array(r.length);
      solver.cycle.solve(r, z);
      return z;
    };
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((s, v, i) => s + v * b[i], 0);
    // Error in the norm of energy, before and after one cycle.
    const x = vector();
    const ax = product(x);
    const left = cycle(ax).map((v, i) => x[i] - v);
    expect(Math.sqrt(dot(left, product(left)) / dot(x, ax))).toBeLessThan(0.4);
    const [a, b] = [vector(), vector()];
    const [p, q] = [dot(a, cycle(b)), dot(b, cycle(a))];
    expect(Math.abs(p - q)).toBeLessThan(1e-5 * Math.sqrt(dot(a, cycle(a)) * dot(b, cycle(b))));
    // Equal bits: no thread, no clock, no random number.
    expect(cycle(a)).toEqual(cycle(a));
  });

test('the load may be tiny or huge: single precision has range enough', () => {
  const solver = prepared(BODIES[0][1], false);
  const forces = new Float64Array(solver.system.fixed.length);
  forces[forces.length - 1] = 1;
  const one = solver.solve(forces);
  for (const factor of [1e-9, 1e9]) {
    const { displacementMm, iterations, converged } = solver.solve(forces.map((f) => f * factor));
    expect(converged).toBe(true);
    expect(Math.abs(iterations - one.iterations)).toBeLessThan(2);
    expect(displacementMm.at(-1)! / factor / one.displacementMm.at(-1)!).toBeCloseTo(1, 6);
  }
});
