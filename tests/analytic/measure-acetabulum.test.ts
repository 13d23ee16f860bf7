import { expect, test } from 'vitest';
import { createNormal, createRng, type Vec3 } from '../../src/base/index.ts';
import { add, apply, compose, distance, dot, rotation, scale, translation } from '../../src/math/index.ts';
import { fitAcetabulum, fitFemoralHead, jointSurface } from '../../src/measure/index.ts';
import { type Mesh, transformMesh } from '../../src/mesh/index.ts';
import { icosphere, shaped } from './register-shapes.ts';

const CUP: Vec3 = [60, 0, 0];
const RADIUS = 25;

/** A ball of radius 62 with a round cup in its side, of which the ray from the middle sees 65° about the axis. */
const socket = (noise = 0): Mesh => {
  const normal = createNormal(createRng(7));
  return shaped(5, ([x, y, z]) => {
    const s = x * CUP[0];
    const root = s * s - (CUP[0] * CUP[0] - RADIUS * RADIUS);
    const r = (s > 0 && root > 0 ? s - Math.sqrt(root) : 62) + noise * normal();
    return [r * x, r * y, r * z];
  });
};

const away = compose(translation([80, 25, 900]), rotation([1, 2, 3], 0.7));

test('a round cup: centre, radius and axis from the surface alone, wherever it lies', () => {
  const cup = fitAcetabulum(transformMesh(away, socket()));
  expect(distance(cup.centreMm, apply(away, CUP))).toBeLessThan(0.15);
  expect(cup.radiusMm).toBeCloseTo(RADIUS, 0);
  const outward = apply(rotation([1, 2, 3], 0.7), [1, 0, 0]);
  expect(dot(cup.axis, outward)).toBeGreaterThan(Math.cos((1 * Math.PI) / 180));
  expect(cup.domeMm[2] - cup.centreMm[2]).toBeCloseTo(cup.radiusMm, 9);
  expect(cup.findings).toEqual([]);
});

test('noise of 0.1 mm moves the centre by less than 0.1 mm', () => {
  const cup = fitAcetabulum(socket(0.1));
  expect(distance(cup.centreMm, CUP)).toBeLessThan(0.1);
});

test('a head that is given makes the centre; one that does not lie in the socket is a finding', () => {
  const head: Vec3 = [61, 0.5, 0];
  const cup = fitAcetabulum(socket(), { head: { centreMm: head, radiusMm: 23 } });
  expect(cup.centreMm).toEqual(head);
  expect(cup.headRadiusMm).toBe(23);
  expect(Math.abs(cup.radiusMm - RADIUS)).toBeLessThan(1.2);
  const out = fitAcetabulum(socket(), { head: { centreMm: [70, 0, 0], radiusMm: 23 } });
  expect(out.findings.map((f) => f.code)).toEqual(['measure.head-off-centre']);
});

test('with the healthy hip: on its own axis, as far out as the healthy head stands; a damaged socket takes the mirrored head', () => {
  const other = transformMesh(away, socket());
  const alone = fitAcetabulum(other);
  const stands = 4;
  const healthy = {
    socket: alone,
    head: { centreMm: add(alone.surface.centreMm, scale(alone.axis, stands)), radiusMm: 22 },
    mirroredMm: [CUP[0], 3, -2] as Vec3,
  };
  const cup = fitAcetabulum(socket(0.1), { healthy });
  expect(cup.centreBy).toBe('own socket');
  expect(distance(cup.centreMm, [CUP[0] + stands, 0, 0])).toBeLessThan(0.2);
  expect(cup.headRadiusMm).toBe(22);
  const dented = shaped(5, (d) => {
    const [x, y, z] = d;
    const s = x * CUP[0];
    const root = s * s - (CUP[0] * CUP[0] - RADIUS * RADIUS);
    const dent = 1.5 * Math.sin(40 * y) * Math.sin(40 * z);
    const r = s > 0 && root > 0 ? s - Math.sqrt(root) + dent : 62;
    return [r * x, r * y, r * z];
  });
  const broken = fitAcetabulum(dented, { healthy });
  expect(broken.centreBy).toBe('mirrored head');
  expect(broken.centreMm).toEqual(healthy.mirroredMm);
  expect(fitAcetabulum(socket()).centreBy).toBe('joint surface');
});

test('the joint surface is the cup and nothing else', () => {
  const mesh = socket();
  const flags = jointSurface(mesh, { centreMm: CUP, radiusMm: RADIUS });
  let inside = 0;
  for (let i = 0; i < flags.length; i++)
    if (flags[i]) inside = Math.max(inside, distance(CUP, mesh.positions.subarray(3 * mesh.triangles[3 * i]) as never));
  expect(inside).toBeLessThan(RADIUS + 5);
  expect(flags.reduce((s, f) => s + f, 0)).toBeGreaterThan(500);
});

test('a head is found as a ball; a cup is not one, and a ball is no cup', () => {
  const ball = transformMesh(away, icosphere(4, 23));
  const head = fitFemoralHead(ball);
  expect(distance(head.centreMm, apply(away, [0, 0, 0]))).toBeLessThan(0.05);
  expect(head.radiusMm).toBeCloseTo(23, 0);
  expect(() => fitAcetabulum(ball)).toThrow(/measure.no-sphere/);
});
