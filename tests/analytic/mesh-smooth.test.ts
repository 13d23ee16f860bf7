import { describe, expect, test } from 'vitest';
import { createNormal, createRng } from '../../src/base/index.ts';
import { box, type Mesh, smoothMesh, smoothSpots, sphere, subdivide, volumeMm3 } from '../../src/mesh/index.ts';

const RADIUS_MM = 20;
const noisySphere = (sigmaMm: number): Mesh => {
  const normal = createNormal(createRng(3));
  const s = sphere(RADIUS_MM, 4);
  return { ...s, positions: s.positions.map((x) => x + sigmaMm * normal()) };
};

function radialErrors({ positions: p }: Mesh): { meanMm: number; rmsMm: number } {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < p.length; i += 3) {
    const d = Math.hypot(p[i], p[i + 1], p[i + 2]) - RADIUS_MM;
    sum += d;
    squares += d * d;
  }
  return { meanMm: (3 * sum) / p.length, rmsMm: Math.sqrt((3 * squares) / p.length) };
}

describe('smoothing', () => {
  test('a sphere does not shrink, whatever the number of passes', () => {
    const bounds = [
      [1, 0.001],
      [20, 0.004],
      [200, 0.025],
    ] as const;
    for (const [passes, rmsMm] of bounds) {
      const { mesh, volumeBeforeMm3, volumeAfterMm3 } = smoothMesh(sphere(RADIUS_MM, 4), { passes });
      expect(Math.abs(volumeAfterMm3 / volumeBeforeMm3 - 1)).toBeLessThan(1e-9);
      expect(radialErrors(mesh).rmsMm).toBeLessThan(rmsMm);
    }
  });

  test('takes noise away and keeps the radius', () => {
    const before = radialErrors(noisySphere(0.1));
    const after = radialErrors(smoothMesh(noisySphere(0.1), { maxMoveMm: 1 }).mesh);
    expect(after.rmsMm).toBeLessThan(before.rmsMm / 2.5);
    expect(Math.abs(after.meanMm)).toBeLessThan(0.002);
  });

  test('never moves a vertex farther than the cap, and keeps the volume under it', () => {
    for (const maxMoveMm of [0.02, 0.05, 0.2]) {
      const before = noisySphere(0.1);
      const { mesh, volumeBeforeMm3, volumeAfterMm3, capped, maxMoveMm: most } = smoothMesh(before, { maxMoveMm });
      for (let i = 0; i < mesh.positions.length; i += 3) {
        const d = [0, 1, 2].map((k) => mesh.positions[i + k] - before.positions[i + k]);
        expect(Math.hypot(...d)).toBeLessThanOrEqual(maxMoveMm);
      }
      expect(most).toBeLessThanOrEqual(maxMoveMm);
      if (maxMoveMm < 0.1) expect(capped).toBeGreaterThan(0);
      expect(Math.abs(volumeAfterMm3 / volumeBeforeMm3 - 1)).toBeLessThan(1e-8);
    }
  });

  test('vertices of weight 0 stay', () => {
    const before = noisySphere(0.1);
    const weights = Float64Array.from({ length: before.positions.length / 3 }, (_, v) => (v % 2 === 0 ? 0 : 1));
    const { mesh } = smoothMesh(before, { weights });
    for (let i = 0; i < mesh.positions.length; i += 6)
      expect(mesh.positions.subarray(i, i + 3)).toEqual(before.positions.subarray(i, i + 3));
  });

  test('a flat face stays flat: points do not leave it, however uneven the triangles', () => {
    let cube = box([0, 0, 0], [10, 10, 10]);
    for (let i = 0; i < 4; i++) cube = subdivide(cube);
    const top = smoothMesh(cube, { passes: 2, keepVolume: false, maxMoveMm: 10 }).mesh.positions;
    for (let i = 0; i < top.length; i += 3) {
      const q = cube.positions.subarray(i, i + 3);
      const inner = Math.max(Math.abs(q[0] - 5), Math.abs(q[1] - 5)) < 1.8; // five triangles from the rim
      if (q[2] === 10 && inner) expect(top[i + 2]).toBeCloseTo(10, 12);
    }
  });
});

describe('smoothing at a spot', () => {
  const bump = (): Mesh => {
    const s = sphere(RADIUS_MM, 5);
    const p = s.positions.slice();
    for (let i = 0; i < p.length; i += 3) {
      const d2 = (p[i] - RADIUS_MM) * (p[i] - RADIUS_MM) + p[i + 1] * p[i + 1] + p[i + 2] * p[i + 2];
      const f = 1 + 0.1 * Math.exp(-d2 / 4);
      for (let k = 0; k < 3; k++) p[i + k] *= f;
    }
    return { ...s, positions: p };
  };

  test('takes a 2 mm osteophyte off and leaves the sphere', () => {
    const { mesh, maxMoveMm } = smoothSpots(bump(), [{ at: [22, 0, 0], radiusMm: 6 }]);
    expect(maxMoveMm).toBeGreaterThan(1.9);
    expect(Math.abs(volumeMm3(mesh) / volumeMm3(sphere(RADIUS_MM, 5)) - 1)).toBeLessThan(1e-4);
    for (let i = 0; i < mesh.positions.length; i += 3) {
      const r = Math.hypot(mesh.positions[i], mesh.positions[i + 1], mesh.positions[i + 2]);
      expect(Math.abs(r - RADIUS_MM)).toBeLessThan(0.08);
    }
  });

  test('touches nothing outside the radius and obeys the cap', () => {
    const before = bump();
    const { mesh, maxMoveMm } = smoothSpots(before, [{ at: [22, 0, 0], radiusMm: 5 }], { maxMoveMm: 0.7 });
    expect(maxMoveMm).toBeLessThanOrEqual(0.7);
    for (let i = 0; i < mesh.positions.length; i += 3) {
      const q = before.positions.subarray(i, i + 3);
      if (Math.hypot(q[0] - 22, q[1], q[2]) > 5) expect(mesh.positions.subarray(i, i + 3)).toEqual(q);
    }
  });

  test('leaves the far side of a thin plate alone', () => {
    let plate = box([0, 0, 0], [20, 20, 1]);
    for (let i = 0; i < 4; i++) plate = subdivide(plate);
    const before = { ...plate, positions: plate.positions.slice() };
    const p = before.positions;
    for (let i = 0; i < p.length; i += 3)
      if (p[i + 2] === 1 && Math.hypot(p[i] - 10, p[i + 1] - 10) < 1.5) p[i + 2] += 0.8;
    const { mesh } = smoothSpots(before, [{ at: [10, 10, 1.8], radiusMm: 4 }]);
    for (let i = 0; i < p.length; i += 3) {
      if (p[i + 2] < 0.5) expect(mesh.positions[i + 2]).toBe(p[i + 2]);
      if (p[i + 2] >= 1) expect(mesh.positions[i + 2]).toBeCloseTo(1, 6);
    }
  });
});
