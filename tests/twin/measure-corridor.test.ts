import { expect, test } from 'vitest';
import { createRng, type Vec3 } from '../../src/base/index.ts';
import { add, distance, scale, unit } from '../../src/math/index.ts';
import { AXIS_DEFAULTS, axisClearance, findCorridor, measureAxis, segmentDistance } from '../../src/measure/index.ts';
import { buildBvh, closestPoint, cylinder, type Mesh, subdivide } from '../../src/mesh/index.ts';

/** A tube bent like a ramus and flattened: its best axis is not its middle line. */
function ramus(): Mesh {
  let mesh = cylinder(9, 70, 24);
  mesh = subdivide(subdivide(mesh));
  const positions = mesh.positions.slice();
  for (let i = 0; i < positions.length; i += 3) {
    const z = positions[i + 2];
    positions[i] = 0.7 * positions[i] + 0.004 * (z - 35) * (z - 35);
    positions[i + 1] *= 1 + 0.15 * Math.sin(z / 9);
  }
  return { ...mesh, positions };
}

test('the clearance in long steps is that in short ones', () => {
  const bone = buildBvh(ramus());
  const rng = createRng(5);
  for (let n = 0; n < 60; n++) {
    const entry: Vec3 = [8 * rng() - 4 + 4.9, 8 * rng() - 4, 0];
    const d = unit([0.3 * rng() - 0.15, 0.3 * rng() - 0.15, 1]);
    let least = Infinity;
    for (let i = 0, s = 5; i <= 3500; i++, s = 5 + i / 100)
      least = Math.min(least, closestPoint(bone, ...add(entry, scale(d, s)))!.distanceMm);
    const found = axisClearance(bone, entry, d, 5, 40);
    expect(found).toBeGreaterThan(least - 0.01);
    expect(found).toBeLessThan(least + 0.03);
  }
});

test('no axis of a dense search is better than the one found', () => {
  const bone = buildBvh(ramus());
  const entry = { pointMm: [4.9, 0, 0] as Vec3, radiusMm: 5 };
  const found = findCorridor(bone, undefined, { entry, direction: [0, 0, 1], coneDeg: 20 }, { lengthWorth: 0 });
  let best = 0;
  const reach = Math.tan(Math.PI / 9);
  for (let x = -5; x <= 5; x += 1)
    for (let y = -5; y <= 5; y += 1)
      for (let a = -reach; a <= reach; a += reach / 8)
        for (let b = -reach; b <= reach; b += reach / 8) {
          if (x * x + y * y > 25 || a * a + b * b > reach * reach) continue;
          const axis = measureAxis(bone, [4.9 + x, y, 0], unit([a, b, 1]), undefined, AXIS_DEFAULTS);
          if (axis && axis.lengthMm >= 10) best = Math.max(best, axis.cortexMm);
        }
  expect(best).toBeGreaterThan(3);
  expect(found!.cortexMm).toBeGreaterThan(best - 0.1);
});

test('the distance of two segments is the least of all their points', () => {
  const rng = createRng(9);
  const vec = (): Vec3 => [rng() - 0.5, rng() - 0.5, rng() - 0.5];
  for (let n = 0; n < 200; n++) {
    const parallel = n % 10 === 0;
    const a = { entryMm: scale(vec(), 30), direction: unit(vec()), lengthMm: 20 * rng() };
    const b = { entryMm: scale(vec(), 30), direction: parallel ? a.direction : unit(vec()), lengthMm: 20 * rng() };
    let least = Infinity;
    for (let i = 0; i <= 100; i++)
      for (let j = 0; j <= 100; j++)
        least = Math.min(
          least,
          distance(
            add(a.entryMm, scale(a.direction, (i * a.lengthMm) / 100)),
            add(b.entryMm, scale(b.direction, (j * b.lengthMm) / 100)),
          ),
        );
    const found = segmentDistance(a, b);
    expect(found).toBeLessThanOrEqual(least + 1e-9);
    expect(found).toBeGreaterThan(least - 0.25);
  }
});
