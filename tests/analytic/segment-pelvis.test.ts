import { expect, test } from 'vitest';
import { createNormal, createRng, type Vec3 } from '../../src/base/index.ts';
import { blockOf } from '../../src/segment/block.ts';
import { measureLevels } from '../../src/segment/levels.ts';
import { findPelvicFrame, placeIn } from '../../src/segment/pelvis/frame.ts';
import { cutHip, hipGraph } from '../../src/segment/pelvis/hairline.ts';
import { marrowOf } from '../../src/segment/pelvis/marrow.ts';
import { fillMetal } from '../../src/segment/pelvis/metal.ts';
import { facingAreas } from '../../src/segment/pelvis/neighbours.ts';
import { cutPieces, pieceGraph } from '../../src/segment/pelvis/piece-cut.ts';
import { tophatOf } from '../../src/segment/pelvis/tophat.ts';
import { axisGrid, createVolume, type Volume } from '../../src/volume/index.ts';

const LEVELS = { splitHu: 384, softHu: 40, boneHu: 940 };
const SIZE: Vec3 = [60, 30, 24];
const GRID = axisGrid(SIZE, [0.8, 0.8, 0.8], [0, 0, 0]);
const each = (see: (i: number, x: number, y: number, z: number) => void) => {
  for (let z = 0, i = 0; z < SIZE[2]; z++)
    for (let y = 0; y < SIZE[1]; y++) for (let x = 0; x < SIZE[0]; x++, i++) see(i, x, y, z);
};
/** A fracture face: rough by about 2 mm. */
const face = (y: number, z: number) => 30 + 2 * Math.sin(y / 3) * Math.cos(z / 4) + 1.5 * Math.sin((y + z) / 2);

/** A beam of spongiosa in soft tissue with a hairline gap across, noise and all. */
function beam(gapHu: number): Volume<'hu', Float32Array> {
  const normal = createNormal(createRng(3));
  const data = new Float32Array(GRID.size[0] * GRID.size[1] * GRID.size[2]);
  each((i, x, y, z) => {
    const inside = y > 4 && y < 25 && z > 4 && z < 19;
    const away = (x - face(y, z)) * 0.8;
    const gap = Math.exp((-away * away) / (2 * 0.5 * 0.5));
    data[i] = (inside ? 230 + gap * (gapHu - 230) : 40) + 10 * normal();
  });
  return createVolume(GRID, 'hu', data);
}

test('stored values without their rescale are refused, not taken for bone', () => {
  const body = createVolume(GRID, 'hu', new Float32Array(SIZE[0] * SIZE[1] * SIZE[2]).fill(45));
  each((i, x, y) => {
    if (y < 4) body.data[i] = -1000;
    else if (x < 8) body.data[i] = 1200;
  });
  expect(measureLevels(body).boneHu).toBeCloseTo(1200, -1);
  const stored = { ...body, data: body.data.map((v) => v + 1024) };
  expect(() => measureLevels(stored)).toThrow(/segment.values/);
});

test('a black top-hat gives the depth of a dark sheet and nothing elsewhere', () => {
  const data = new Float32Array(SIZE[0] * SIZE[1] * SIZE[2]);
  each((i, x) => {
    data[i] = x === 20 ? 100 : x > 40 ? 50 : 300;
  });
  const depth = tophatOf(data, blockOf(GRID), 1);
  each((i, x) => {
    expect(depth[i]).toBe(x === 20 ? 200 : 0);
  });
});

test('faces that touch: the cheapest cut runs along the gap, and costs a fraction of one through whole bone', () => {
  const cutOf = (gapHu: number) => {
    const ct = beam(gapHu);
    const mine = (i: number) => ct.data[i] > 120 || gapHu < 200;
    const inside = new Uint8Array(ct.data.length);
    each((i, x, y, z) => {
      inside[i] = x > 4 && x < 55 && y > 4 && y < 25 && z > 4 && z < 19 && mine(i) ? 1 : 0;
    });
    const box = { lo: [0, 0, 0] as Vec3, hi: SIZE };
    const terminals = [{ holds: (p: Vec3) => p[0] < 12 }, { holds: (p: Vec3) => p[0] > 36 }];
    const graph = hipGraph((i) => inside[i] === 1, box, ct.data, GRID, LEVELS, terminals);
    return { graph, ...cutHip(graph, 0, new Uint8Array(graph.terminal.length).fill(1)) };
  };
  const broken = cutOf(60);
  const { graph } = broken;
  let wrong = 0;
  each((_, x, y, z) => {
    const { blocks, step, node } = graph;
    const n = node[(Math.floor(z / step) * blocks.ny + Math.floor(y / step)) * blocks.nx + Math.floor(x / step)];
    if (n >= 0 && Math.abs(x - face(y, z)) > 2.5 && broken.side[n] !== (x < face(y, z) ? 1 : 0)) wrong++;
  });
  expect(wrong).toBe(0);
  expect(broken.solidMm2).toBeLessThan(0.3 * cutOf(230).solidMm2);
});

test('pieces are parted where it cuts the least solid bone; gaps and walls cost nothing', () => {
  // 1 –gap– 2 –bone– 3 –wall– 4, and 2 –small bone– 4.
  const face = (a: number, b: number, areaMm2: number, gap: number, wall: number) => ({
    a,
    b,
    areaMm2,
    gapMm2: gap * areaMm2,
    wallMm2: wall * areaMm2,
  });
  const graph = pieceGraph(
    [face(1, 2, 100, 1, 0), face(2, 3, 50, 0, 0), face(3, 4, 80, 0.1, 0.5), face(2, 4, 5, 0, 0)],
    4,
  );
  const cut = cutPieces(
    graph,
    (i) => i === 1 || i === 2,
    (i) => i === 4,
  );
  expect([...cut.first]).toEqual([1, 2, 3]);
  expect(cut.areaMm2).toBe(85);
  expect(cut.borderMm2).toBeCloseTo(80, 6);
});

test('the mirror plane is found with a fragment out of place and one femur cut off', () => {
  const points: Vec3[] = [];
  const [c, n] = [Math.cos(0.05), Math.sin(0.05)];
  const add = (x: number, y: number, z: number) => points.push([c * x - n * y + 7, n * x + c * y, z]);
  for (let k = 0; k < 1500; k++) {
    const [u, v] = [(k * 0.618034) % 1, (k * 0.754878) % 1];
    for (const s of [-1, 1]) {
      add(s * (60 + 60 * u), 60 - 100 * u, 60 + 100 * v);
      if (s < 0 || v > 0.3) add(s * (110 + 20 * u), 20, -60 + 90 * v);
      add(s * (5 + 40 * u), -10 + (s > 0 ? 4 : 0), -10 + 20 * v);
    }
    add(-25 + 50 * u, 80 + 10 * v, 30 + 90 * v);
  }
  const frame = findPelvicFrame(points);
  expect(Math.abs(frame.normal[1] / frame.normal[0] - Math.tan(0.05))).toBeLessThan(0.015);
  expect(Math.abs(frame.offsetMm - 7 * c)).toBeLessThan(1);
  expect(frame.symphysis[0]).toBeCloseTo(-8, -1);
  expect(frame.symphysis[1]).toBeCloseTo(0, -1);
  // Where the pelvis lies turned and tilted, its places are where they were: behind and above are its own.
  const turned = (p: Vec3): Vec3 =>
    [p[0] - 0.2 * p[1], p[1] + 0.2 * p[0], p[2]].map((v) => v / 1.0198) as unknown as Vec3;
  const tilted = ([x, y, z]: Vec3): Vec3 => [x, 0.94 * y + 0.34 * z, 0.94 * z - 0.34 * y];
  const steep = findPelvicFrame(points.map((p) => tilted(turned(p))));
  for (const p of [
    [90, 60, 60],
    [-60, 80, 90],
    [-30, -10, -10],
  ] as Vec3[]) {
    const [u, v] = [placeIn(frame, p), placeIn(steep, tilted(turned(p)))];
    for (const k of [0, 1, 2]) expect(Math.abs(u[k] - v[k]), `${p} ${k}`).toBeLessThan(12);
  }
});

test('laid open marrow is bone by its mean; a cortex does not fill the gap beside it', () => {
  const ct = beam(60);
  const marrow = marrowOf(ct, LEVELS);
  each((i, x, y, z) => {
    const deep = y > 6 && y < 23 && z > 6 && z < 17 && x > 2 && x < 57;
    if (deep && Math.abs(x - face(y, z)) > 4) expect(marrow[i]).toBe(1);
    if (y < 4 || y > 25) expect(marrow[i]).toBe(0);
  });
  const walls = createVolume(GRID, 'hu', new Float32Array(ct.data.length).fill(40));
  each((i, x) => {
    if ((x > 20 && x < 24) || (x > 26 && x < 30)) walls.data[i] = 1200;
  });
  const filled = marrowOf(walls, LEVELS);
  each((i, x) => {
    if (x === 25) expect(filled[i]).toBe(0);
  });
});

test('metal is filled in with what is around it, its volume told, dark streaks are no air', () => {
  const ct = beam(230);
  each((i, x, y, z) => {
    const r = Math.hypot(y - 15, z - 12) * 0.8;
    if (x > 10 && r < 1.75) ct.data[i] = 3071;
    else if (r < 5) ct.data[i] = Math.min(ct.data[i], x > 50 ? -600 : ct.data[i]);
  });
  const { ct: filled, metalMm3, findings } = fillMetal(ct, LEVELS);
  expect(metalMm3 / (Math.PI * 1.75 * 1.75 * 49 * 0.8)).toBeCloseTo(0.9, 0);
  expect(findings.map((f) => f.code)).toEqual(['segment.metal']);
  each((i, x, y, z) => {
    if (x > 20 && x < 45 && y === 15 && z === 12) expect(Math.abs(filled.data[i] - 230)).toBeLessThan(40);
    expect(filled.data[i]).toBeGreaterThanOrEqual(LEVELS.softHu - 150);
  });
  const clean = beam(230);
  expect(fillMetal(clean, LEVELS).ct).toBe(clean);
});

test('areas that two bodies turn to each other', () => {
  const labels = createVolume(GRID, 'label', new Uint8Array(SIZE[0] * SIZE[1] * SIZE[2]));
  each((i, x, y, z) => {
    if (y > 4 && y < 25 && z > 4 && z < 19) labels.data[i] = x < 29 ? 1 : x > 31 ? 2 : 0;
  });
  // A flat face along an axis has no steps to take back: 20 × 14 voxels of 0.64 mm², over 1.5.
  const areas = facingAreas(labels);
  expect([...areas.keys()]).toEqual([256 + 2]);
  expect(areas.get(258)).toBeCloseTo((20 * 14 * 0.64) / 1.5, 6);
});
