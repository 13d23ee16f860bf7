import { beforeAll, describe, expect, test } from 'vitest';
import {
  checkPrintability,
  findIslands,
  layerHeights,
  processOf,
  sliceMesh,
  trappedPowder,
} from '../../src/make/index.ts';
import { box, cylinder, joinMeshes, type Mesh, type SolidEngine, sphere, tube } from '../../src/mesh/index.ts';
import { createSolidEngine } from '../../src/platform/node/index.ts';

let solid: SolidEngine;
beforeAll(async () => {
  solid = await createSolidEngine();
});

const shifted = (mesh: Mesh, x: number, y: number, z: number): Mesh => ({
  ...mesh,
  positions: mesh.positions.map((v, i) => v + [x, y, z][i % 3]),
});

describe('trapped powder', () => {
  const drilled = (holeMm: number): Mesh => {
    const ball = sphere(8, 4);
    const tools = [sphere(5, 4)];
    if (holeMm > 0) tools.push(shifted(cylinder(holeMm / 2, 10, 32), 0, 0, 2));
    return solid.difference(ball, tools);
  };

  test('a closed hollow is found with its volume', () => {
    const { pockets, stepMm } = trappedPowder(drilled(0), { passageMm: 0.6 });
    expect(pockets).toHaveLength(1);
    expect(pockets[0].closed).toBe(true);
    expect(Math.abs(pockets[0].volumeMm3 / ((4 / 3) * Math.PI * 125) - 1)).toBeLessThan(0.02);
    expect(Math.hypot(...pockets[0].at)).toBeLessThan(stepMm);
  });

  test('a wide port lets it out, a narrow one does not', () => {
    expect(trappedPowder(drilled(1.2), { passageMm: 0.6 }).pockets).toEqual([]);
    const narrow = trappedPowder(drilled(0.5), { passageMm: 1 }).pockets;
    expect(narrow.map((p) => p.closed)).toEqual([false]);
  });

  test('an open tube and a plain box hold nothing', () => {
    expect(trappedPowder(tube(5, 3, 12, 48)).pockets).toEqual([]);
    expect(trappedPowder(box([0, 0, 0], [4, 5, 6])).pockets).toEqual([]);
  });
});

describe('printability', () => {
  const process = processOf('ti64-eli-lpbf');
  const check = (mesh: Mesh, more: object = {}) => {
    const stack = sliceMesh(mesh, layerHeights(mesh, 0.06));
    return checkPrintability(process, { mesh, stack, islands: findIslands(stack), slenderRatio: 1, ...more });
  };
  const codes = (mesh: Mesh, more: object = {}) => check(mesh, more).findings.map((f) => f.code);

  test('a block passes', () => {
    expect(codes(box([0, 0, 0], [8, 8, 8]))).toEqual([]);
  });

  test('a thin wall is named with its place', () => {
    const { findings, minWallMm } = check(box([0, 0, 0], [8, 0.25, 6]));
    const wall = findings.find((f) => f.code === 'make.wall')!;
    expect(minWallMm).toBeCloseTo(0.25, 2);
    expect(wall.facts).toMatchObject({ leastMm: 0.4 });
    expect(wall.facts!.yMm === 0 || wall.facts!.yMm === 0.25).toBe(true);
  });

  test('a narrow gap between two blocks', () => {
    const two = joinMeshes([box([0, 0, 0], [5, 5, 5]), box([5.15, 0, 0], [10, 5, 5])]);
    const { findings, minGapMm } = check(two);
    expect(minGapMm).toBeCloseTo(0.15, 2);
    expect(findings.map((f) => f.code)).toContain('make.gap');
    expect(check(joinMeshes([box([0, 0, 0], [5, 5, 5]), box([5.5, 0, 0], [10, 5, 5])])).minGapMm).toBeCloseTo(0.5, 2);
  });

  test('a thin pin, but not the tip of a ball', () => {
    const pin = joinMeshes([box([0, 0, 0], [6, 6, 2]), shifted(cylinder(0.2, 3, 24), 3, 3, 1.9)]);
    const { findings, thinnestPinMm } = check(pin);
    expect(thinnestPinMm).toBeCloseTo(0.4, 2);
    expect(findings.find((f) => f.code === 'make.pin')!.facts).toMatchObject({ leastMm: 0.5, xMm: 3, yMm: 3 });
    expect(check(shifted(sphere(4, 4), 0, 0, 4)).thinnestPinMm).toBeNaN();
  });

  test('a tall column on a plate is found and named; the plate, a wall and a ball are not', () => {
    const post = joinMeshes([box([0, 0, 0], [20, 20, 3]), box([9, 9, 2.9], [11, 11, 30])]);
    const found = check(post).findings.find((f) => f.code === 'make.slender')!;
    expect(found.facts!.slenderRatio).toBeGreaterThan(12);
    expect(found.facts).toMatchObject({ xMm: 10, yMm: 10 });
    const wall = solid.union([box([0, 0, 0], [20, 20, 3]), box([9, 0, 2.9], [11, 20, 12])]);
    expect(codes(wall)).toEqual([]);
  });

  test('tall columns, shallow text, enclosed powder, loose islands', () => {
    const block = box([0, 0, 0], [8, 8, 8]);
    expect(codes(block, { slenderRatio: 9 })).toEqual(['make.slender']);
    const texts = [{ text: 'L-100', heightMm: 0.2, at: [1, 2, 3] }];
    expect(check(block, { texts }).findings[0]).toMatchObject({ code: 'make.text', facts: { xMm: 1, yMm: 2, zMm: 3 } });
    expect(codes(solid.difference(block, [box([2, 2, 2], [6, 6, 6])]))).toContain('make.trapped-powder');
    const loose = joinMeshes([block, box([9, 0, 4], [12, 3, 8])]);
    expect(codes(loose)).toContain('make.islands');
  });
});
