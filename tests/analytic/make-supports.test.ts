import { describe, expect, test } from 'vitest';
import type { Vec3 } from '../../src/base/index.ts';
import {
  buildSupports,
  facesOf,
  findIslands,
  layerHeights,
  orientOptionsOf,
  processOf,
  rayGrid,
  type Supports,
  searchOrientations,
  sliceMesh,
} from '../../src/make/index.ts';
import { applyAll } from '../../src/math/index.ts';
import { facingRegion } from '../../src/measure/index.ts';
import {
  box,
  buildBvh,
  castRayAll,
  checkMesh,
  closestPoint,
  joinMeshes,
  type Mesh,
  pickTriangles,
  volumeMm3,
} from '../../src/mesh/index.ts';
import { gyroidBall, shippedBone, shippedTalus, standing } from '../make-kit.ts';

const general = (mesh: Mesh) => facesOf(mesh.triangles.length / 3, {});
const islandsOf = (mesh: Mesh, layerMm = 0.1) => findIslands(sliceMesh(mesh, layerHeights(mesh, layerMm)));
const expectSound = (s: Supports) => {
  if (s.columns === 0) return;
  const report = checkMesh(s.mesh);
  expect(report.solid).toBe(true);
  expect(report.shells).toHaveLength(s.columns);
  expect(volumeMm3(s.mesh)).toBeCloseTo(s.volumeMm3, 6);
};

/** A cone that stands on its tip, walls `deg` above the plate. */
function hangingCone(deg: number): Mesh {
  const height = 10;
  const r = height / Math.tan((deg * Math.PI) / 180);
  const points = [0, 0, 3];
  const triangles: number[] = [];
  const sides = 64;
  for (let i = 0; i < sides; i++) {
    const a = (2 * Math.PI * i) / sides;
    points.push(r * Math.cos(a), r * Math.sin(a), 3 + height);
    const next = 1 + ((i + 1) % sides);
    triangles.push(0, next, 1 + i, sides + 1, 1 + i, next);
  }
  points.push(0, 0, 3 + height);
  return { positions: Float64Array.from(points), triangles: Uint32Array.from(triangles) };
}

describe('ray grid', () => {
  test('meets the same faces as a ray for each line, and enters as often as it leaves', () => {
    // Off the symmetry planes, where rays would run along edges.
    const ball = standing(gyroidBall(6, 5, 1.2, 0.4));
    const mesh = { ...ball, positions: ball.positions.map((x, i) => x + [0.0123, 0.0217, 0][i % 3]) };
    const grid = rayGrid(mesh, 0.7);
    const tree = buildBvh(mesh);
    for (let cell = 0; cell < grid.nx * grid.ny; cell++) {
      const x = grid.x0 + (cell % grid.nx) * grid.stepMm;
      const y = grid.y0 + Math.floor(cell / grid.nx) * grid.stepMm;
      const hits = castRayAll(tree, [x, y, -1], [0, 0, 1]).map((h) => h.distanceMm - 1);
      const own = Array.from(grid.z.subarray(grid.start[cell], grid.start[cell + 1]));
      expect(own.length % 2).toBe(0);
      expect(own).toHaveLength(hits.length);
      own.forEach((z, i) => {
        expect(z).toBeCloseTo(hits[i], 9);
      });
    }
  });

  test('lines through edges and corners count once', () => {
    const { start, z } = rayGrid(box([0, 0, 0], [2, 2, 1]), 1);
    expect(Array.from(start).every((s) => s % 2 === 0)).toBe(true);
    expect(new Set(z)).toEqual(new Set([0, 1]));
  });
});

describe('supports', () => {
  test('a cone needs them below the overhang angle and not above it', () => {
    const flat = hangingCone(44);
    const steep = hangingCone(46);
    const under = buildSupports(flat, general(flat), []);
    expect(under.columns).toBeGreaterThan(50);
    expectSound(under);
    expect(buildSupports(steep, general(steep), []).columns).toBe(0);
    // Its tip begins in mid-air: one column for the island, and it reaches the tip.
    const islands = islandsOf(steep);
    const tip = buildSupports(steep, general(steep), islands);
    expect(islands).toHaveLength(1);
    expect(tip.columns).toBe(1);
    expect(Math.hypot(tip.contacts[0], tip.contacts[1])).toBeLessThan(0.1);
    expectSound(tip);
  });

  test('a table: columns on the plate under all of the slab; none on its foot where that is articular', () => {
    const table = joinMeshes([
      box([-10, -10, 10], [10, 10, 12]),
      box([-3, -3, 0], [3, 3, 10.5]),
      box([-6, -6, 0], [6, 6, 2]),
    ]);
    const s = buildSupports(table, general(table), [], { spacingMm: 2 });
    expectSound(s);
    expect(s.onPart).toBeGreaterThan(10);
    // (400 − 36) mm² in squares of 4 mm².
    expect(Math.abs(s.columns - 91)).toBeLessThan(12);
    expect(s.contactMm2).toBeCloseTo((s.columns + s.onPart) * 0.16, 9);
    // The top of the foot articular: columns over it are left out and reported.
    const foot = facesOf(36, { articular: Array.from({ length: 12 }, (_, i) => 24 + i) });
    const spared = buildSupports(table, foot, [], { spacingMm: 2 });
    expect(spared.onPart).toBe(0);
    expect(spared.findings.map((f) => f.code)).toEqual(['make.unsupported']);
    expect(spared.barredMm2).toBeCloseTo(4 * (s.columns - spared.columns), 9);
  });

  test('a tear-off gap keeps column and part apart', () => {
    const slab = joinMeshes([box([0, 0, 5], [10, 10, 6])]);
    const s = buildSupports(slab, general(slab), [], { gapMm: 0.2 });
    const tops = s.mesh.positions.filter((_, i) => i % 3 === 2).reduce((a, b) => Math.max(a, b), 0);
    expect(tops).toBeCloseTo(4.8, 12);
    const joined = buildSupports(slab, general(slab), []);
    expect(joined.mesh.positions.filter((_, i) => i % 3 === 2).reduce((a, b) => Math.max(a, b), 0)).toBeCloseTo(
      5.1,
      12,
    );
  });

  test('the talus: no column touches an articular face', () => {
    const talus = shippedTalus();
    const trees = ['tibia', 'fibula', 'calcaneus', 'navicular'].map((name) => buildBvh(shippedBone(name)));
    const facing = facingRegion(talus, trees, { maxMm: 3 });
    const faces = facesOf(facing.length, { articular: Array.from(facing.keys()).filter((i) => facing[i] === 1) });
    const [best] = searchOrientations(talus, faces, orientOptionsOf(processOf('ti64-eli-lpbf')));
    const mesh = { ...talus, positions: applyAll(best.plateFromLps, talus.positions) };
    const s = buildSupports(mesh, faces, islandsOf(mesh, 0.06));
    expectSound(s);
    expect(s.columns).toBeGreaterThan(30);
    const articular = buildBvh(pickTriangles(mesh, (t) => faces[t] === 1));
    const half = 0.2;
    for (let i = 0; i < s.contacts.length; i += 3)
      for (const [dx, dy] of [
        [0, 0],
        [half, half],
        [-half, half],
        [half, -half],
        [-half, -half],
      ]) {
        const [x, y, z] = s.contacts.subarray(i, i + 3);
        expect(closestPoint(articular, x + dx, y + dy, z)!.distanceMm).toBeGreaterThan(0.1);
      }
    // Everything else that hangs over has a column near.
    const at = (k: number): Vec3 => [s.contacts[3 * k], s.contacts[3 * k + 1], s.contacts[3 * k + 2]];
    expect(s.columns * 1.6 * 1.6 + s.barredMm2).toBeGreaterThan(0.7 * best.supportMm2 * Math.cos(Math.PI / 4));
    expect(at(0).every(Number.isFinite)).toBe(true);
  });
});

describe('islands', () => {
  test('a bridge has two feet, a hook one island more, a stepped tower none', () => {
    const bridge = joinMeshes([box([0, 0, 0], [2, 2, 8]), box([8, 0, 0], [10, 2, 8]), box([0, 0, 7.95], [10, 2, 9])]);
    expect(islandsOf(bridge).map((i) => i.layer)).toEqual([0, 0]);
    const hook = joinMeshes([bridge, box([4, 0, 5], [6, 2, 8.5])]);
    const found = islandsOf(hook);
    expect(found.map((i) => i.layer)).toEqual([0, 0, 50]);
    const [x, y, z] = found[2].at;
    expect([x > 4 && x < 6, y > 0 && y < 2]).toEqual([true, true]);
    expect(z).toBeCloseTo(5.05, 9);
    expect(found[2].areaMm2).toBeCloseTo(4, 9);
    const tower = joinMeshes([box([0, 0, 0], [2, 2, 2]), box([-5, -5, 1.95], [5, 5, 4])]);
    expect(islandsOf(tower)).toHaveLength(1);
  });

  test('what stands in the hole of a ring does not rest on the ring', () => {
    const ring = joinMeshes([
      box([0, 0, 0], [10, 2, 5]),
      box([0, 8, 0], [10, 10, 5]),
      box([0, 2, 0], [2, 8, 5]),
      box([8, 2, 0], [10, 8, 5]),
      box([4, 4, 3], [6, 6, 7]),
    ]);
    expect(
      islandsOf(ring)
        .filter((i) => i.layer > 0)
        .map((i) => i.layer),
    ).toEqual([30]);
  });
});
