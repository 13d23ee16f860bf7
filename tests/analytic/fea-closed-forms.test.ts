import { expect, test } from 'vitest';
import type { Vec3 } from '../../src/base/index.ts';
import {
  CLOSED_FORMS,
  elementStress,
  lameOfParts,
  NO_SPRINGS,
  nodeAt,
  prepareSystem,
  type TetMesh,
  tetCount,
} from '../../src/fea/index.ts';
import { cross, dot, sub } from '../../src/math/index.ts';
import { givenOutside, shakenBlock } from './fea-shapes.ts';

for (const form of CLOSED_FORMS)
  test(`closed form: ${form.name}`, () => {
    for (const { problem, quantity, value, reference, limit } of form())
      expect(Math.abs(value / reference - 1), `${problem}, ${quantity}: ${value} for ${reference}`).toBeLessThan(limit);
  });

const PAIRS = [
  [0, 1],
  [1, 2],
  [0, 2],
  [0, 3],
  [1, 3],
  [2, 3],
];
const MATERIAL = { youngMPa: 1000, poisson: 0.3 };

/** Kelvin's solution: a point force in an infinite body, seen from outside of the block. Smooth there, no body force. */
function kelvin([x, y, z]: Vec3): Vec3 {
  const [rx, ry, rz] = [x + 0.4, y + 0.3, z - 1.5];
  const force = [1, -2, 3];
  const r2 = rx * rx + ry * ry + rz * rz;
  const r = Math.sqrt(r2);
  const along = (rx * force[0] + ry * force[1] + rz * force[2]) / r2;
  const k = 1 / (16 * Math.PI * (1 - MATERIAL.poisson) * r);
  return [rx, ry, rz].map((d, i) => k * ((3 - 4 * MATERIAL.poisson) * force[i] + along * d)) as unknown as Vec3;
}

/** σ of a field by central differences. */
function stressOf(at: Vec3): number[] {
  const h = 1e-4;
  const g = [0, 1, 2].map((j) => {
    const moved = (s: number) => kelvin(at.map((v, k) => v + (k === j ? s * h : 0)) as unknown as Vec3);
    const [a, b] = [moved(1), moved(-1)];
    return a.map((v, i) => (v - b[i]) / (2 * h));
  });
  const l = (MATERIAL.youngMPa * 0.3) / (1.3 * 0.4);
  const m = MATERIAL.youngMPa / 2.6;
  const t = l * (g[0][0] + g[1][1] + g[2][2]);
  return [
    t + 2 * m * g[0][0],
    t + 2 * m * g[1][1],
    t + 2 * m * g[2][2],
    m * (g[0][1] + g[1][0]),
    m * (g[1][2] + g[2][1]),
    m * (g[0][2] + g[2][0]),
  ];
}

function gaussPlaces(mesh: TetMesh, e: number): Vec3[] {
  const stride = mesh.order === 1 ? 4 : 10;
  const c = [0, 1, 2, 3].map((k) => nodeAt(mesh, mesh.tets[stride * e + k]));
  const beta = (5 - Math.sqrt(5)) / 20;
  return c.map((own) => [0, 1, 2].map((i) => beta * c.reduce((s, p) => s + p[i], 0) + own[i] / Math.sqrt(5))) as never;
}

/** Eleven places in a tetrahedron, none of them special to an element. */
const PLACES = [
  [0.25, 0.25, 0.25, 0.25],
  ...[0, 1, 2, 3].map((k) => [0, 1, 2, 3].map((i) => (i === k ? 0.7 : 0.1))),
  ...PAIRS.map(([a, b]) => [0, 1, 2, 3].map((i) => (i === a || i === b ? 0.4 : 0.1))),
];

/** Root mean square of the errors of displacement and of stress over the volume. */
function errors(n: number, order: 1 | 2): { u: number; stress: number } {
  const mesh = shakenBlock(n, order, 3, 0.1);
  const lameMPa = lameOfParts(mesh, [MATERIAL]);
  const { fixed, givenMm } = givenOutside(mesh, kelvin);
  const { displacementMm } = prepareSystem({ mesh, lameMPa, fixed, springs: NO_SPRINGS }).solve(
    new Float64Array(fixed.length),
    { givenMm, tolerance: 1e-11 },
  );
  let uSquare = 0;
  let stressSquare = 0;
  let volume = 0;
  const own = new Float64Array(24);
  const stride = order === 1 ? 4 : 10;
  for (let e = 0; e < tetCount(mesh); e++) {
    const [a, b, c, d] = [0, 1, 2, 3].map((k) => nodeAt(mesh, mesh.tets[stride * e + k]));
    const six = Math.abs(dot(sub(b, a), cross(sub(c, a), sub(d, a))));
    volume += six;
    for (const l of PLACES) {
      const shape = order === 1 ? l : [...l.map((v) => v * (2 * v - 1)), ...PAIRS.map(([i, j]) => 4 * l[i] * l[j])];
      const at = [0, 1, 2].map((i) => l[0] * a[i] + l[1] * b[i] + l[2] * c[i] + l[3] * d[i]) as unknown as Vec3;
      kelvin(at).forEach((v, i) => {
        const u = shape.reduce((s, f, k) => s + f * displacementMm[3 * mesh.tets[stride * e + k] + i], 0);
        uSquare += (six * (u - v) ** 2) / PLACES.length;
      });
    }
    if (order === 1) own.set(linearStress(mesh, lameMPa, displacementMm, e));
    else elementStress(mesh, lameMPa, displacementMm, e, own);
    gaussPlaces(mesh, e).forEach((at, g) => {
      stressOf(at).forEach((s, k) => {
        stressSquare += (six * (own[6 * g + k] - s) ** 2) / 4;
      });
    });
  }
  return { u: Math.sqrt(uSquare / volume), stress: Math.sqrt(stressSquare / volume) };
}

/** Uniform stress of a linear element, four times over: by the quadratic element with the same displacement. */
function linearStress(mesh: TetMesh, lameMPa: Float64Array, u: Float64Array, e: number): Float64Array {
  const nodes = [0, 1, 2, 3].map((k) => mesh.tets[4 * e + k]);
  const field = (x: Float64Array) =>
    Float64Array.from([
      ...nodes.flatMap((i) => [...x.subarray(3 * i, 3 * i + 3)]),
      ...PAIRS.flatMap(([a, b]) => [0, 1, 2].map((i) => (x[3 * nodes[a] + i] + x[3 * nodes[b] + i]) / 2)),
    ]);
  const one: TetMesh = {
    order: 2,
    corners: 4,
    positions: field(mesh.positions),
    tets: Uint32Array.from({ length: 10 }, (_, i) => i),
    parts: new Uint8Array(1),
  };
  const out = new Float64Array(24);
  elementStress(one, lameMPa.subarray(2 * e, 2 * e + 2), field(u), 0, out);
  return out;
}

for (const [order, sizes] of [
  [1, [6, 10, 16]],
  [2, [4, 6, 9]],
] as const)
  test(`order ${order}: errors fall as theory says over three refinements`, () => {
    const e = sizes.map((n) => errors(n, order));
    for (const [what, theory] of [
      ['stress', order],
      ['u', order + 1],
    ] as const) {
      // Least squares of log error over log size.
      const x = sizes.map((n) => Math.log(1 / n));
      const y = e.map((v) => Math.log(v[what]));
      const [mx, my] = [x, y].map((v) => v.reduce((s, t) => s + t, 0) / 3);
      const rate = x.reduce((s, v, i) => s + (v - mx) * (y[i] - my), 0) / x.reduce((s, v) => s + (v - mx) ** 2, 0);
      expect(Math.abs(rate - theory), `${what}: ${rate}`).toBeLessThan(0.15);
    }
  });
