import { expect, test } from 'vitest';
import type { Vec3 } from '../../src/base/index.ts';
import {
  lameOf,
  lameOfParts,
  NO_SPRINGS,
  nodalStress,
  nodeCount,
  prepareSystem,
  resultant,
  STRESS,
} from '../../src/fea/index.ts';
import { fieldError, givenOutside, shakenBlock } from './fea-shapes.ts';

const MATERIAL = { youngMPa: 113_800, poisson: 0.342 };
const [LAMBDA, MU] = lameOf(MATERIAL.youngMPa, MATERIAL.poisson);

function patch(order: 1 | 2, field: (at: Vec3) => Vec3) {
  const mesh = shakenBlock(4, order);
  const lameMPa = lameOfParts(mesh, [MATERIAL]);
  const { fixed, givenMm } = givenOutside(mesh, field);
  const solver = prepareSystem({ mesh, lameMPa, fixed, springs: NO_SPRINGS });
  const solution = solver.solve(new Float64Array(fixed.length), { givenMm, tolerance: 1e-13, maxIterations: 60 });
  return { mesh, solution, stress: nodalStress(mesh, lameMPa, solution.displacementMm) };
}

for (const order of [1, 2] as const)
  test(`patch test, order ${order}: uniform strain is exact on a shaken mesh`, () => {
    const g = [
      [1e-3, 2e-4, -3e-4],
      [5e-4, -2e-3, 1e-4],
      [-1e-4, 4e-4, 7e-4],
    ];
    const field = ([x, y, z]: Vec3): Vec3 => g.map((r) => r[0] * x + r[1] * y + r[2] * z + 0.01) as unknown as Vec3;
    const { mesh, solution, stress } = patch(order, field);
    expect(fieldError(mesh, solution.displacementMm, field)).toBeLessThan(1e-8);
    const trace = LAMBDA * (g[0][0] + g[1][1] + g[2][2]);
    const wanted = [
      trace + 2 * MU * g[0][0],
      trace + 2 * MU * g[1][1],
      trace + 2 * MU * g[2][2],
      MU * (g[0][1] + g[1][0]),
      MU * (g[1][2] + g[2][1]),
      MU * (g[0][2] + g[2][0]),
    ];
    for (let i = 0; i < nodeCount(mesh); i++)
      wanted.forEach((s, k) => {
        expect(Math.abs(stress[STRESS * i + k] - s)).toBeLessThan(1e-8 * 200);
      });
  });

test('patch test of the second degree: pure bending is exact for quadratic elements', () => {
  // Bending about y: σxx = E·c·z and nothing else.
  const c = 1e-3;
  const nu = MATERIAL.poisson;
  const field = ([x, y, z]: Vec3): Vec3 => [c * x * z, -nu * c * y * z, (-c / 2) * (x * x + nu * (z * z - y * y))];
  const { mesh, solution, stress } = patch(2, field);
  expect(fieldError(mesh, solution.displacementMm, field)).toBeLessThan(1e-8);
  // Corners: mid-sides take the mean of two, which is exact here too.
  for (let i = 0; i < nodeCount(mesh); i++)
    for (let k = 0; k < STRESS; k++) {
      const wanted = k === 0 ? MATERIAL.youngMPa * c * mesh.positions[3 * i + 2] : 0;
      expect(Math.abs(stress[STRESS * i + k] - wanted)).toBeLessThan(1e-8 * MATERIAL.youngMPa * c);
    }
});

test('reactions of given displacements balance', () => {
  const { mesh, solution } = patch(2, ([x, y, z]) => [x * x * 1e-3, y * z * 1e-3, x * 2e-3]);
  const { forceN, momentNmm } = resultant(mesh, solution.reactionN);
  const scale = solution.reactionN.reduce((s, v) => s + Math.abs(v), 0);
  for (const v of [...forceN, ...momentNmm]) expect(Math.abs(v)).toBeLessThan(1e-10 * scale);
});
