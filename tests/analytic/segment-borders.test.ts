import { expect, test } from 'vitest';
import { createNormal, createRng } from '../../src/base/index.ts';
import type { Block } from '../../src/segment/block.ts';
import { settleContacts } from '../../src/segment/contacts.ts';
import { fillEnclosed } from '../../src/segment/enclosed.ts';
import { gapShareOf } from '../../src/segment/gaps.ts';
import { seekJoints } from '../../src/segment/joints.ts';
import { fitPose } from '../../src/segment/pose.ts';
import { presetMask, presetOf } from '../../src/segment/presets.ts';
import { createVolume, type Grid } from '../../src/volume/index.ts';

const LEVELS = { softHu: 50, boneHu: 1050, splitHu: 300 };
const N = 40;
const BLOCK: Block = { nx: N, ny: N, nz: N, count: N * N * N, spacing: [0.5, 0.5, 0.5] };
const each = (see: (x: number, y: number, z: number, i: number) => void) => {
  for (let z = 0, i = 0; z < N; z++) for (let y = 0; y < N; y++) for (let x = 0; x < N; x++, i++) see(x, y, z, i);
};

/** Two bones of spongiosa behind cortices; between them a gap one voxel wide at z = `gap`, of which the blur leaves a dip. */
function joint(gap: (x: number, y: number) => number): Float32Array {
  const grey = new Float32Array(BLOCK.count);
  const normal = createNormal(createRng(4));
  each((x, y, z, i) => {
    const d = Math.abs(z - gap(x, y));
    grey[i] = (d < 0.6 ? 700 : d < 3.5 ? 1000 : 350) + 20 * normal();
  });
  return grey;
}

test('a gap is one however bright its bottom; cortex, spongiosa and their border are none', () => {
  const grey = joint(() => 20);
  const share = gapShareOf(grey, BLOCK, LEVELS);
  const meanAt = (z: number) => {
    let s = 0;
    for (let y = 5; y < 35; y++) for (let x = 5; x < 35; x++) s += share((z * N + y) * N + x);
    return s / 900;
  };
  expect(meanAt(20)).toBeGreaterThan(0.95);
  for (const z of [8, 14, 17, 23, 30]) expect(meanAt(z)).toBeLessThan(0.55);
});

test('a border drawn two voxels beside a curved joint gap settles into it', () => {
  const gap = (x: number, y: number) => Math.round(20 + (x - 20) * 0.1 + ((y - 20) * (y - 20)) / 150);
  const grey = joint(gap);
  const of = new Uint8Array(BLOCK.count);
  each((x, y, z, i) => {
    of[i] = z < gap(x, y) + (x < 20 ? 3 : -2) ? 1 : 2;
  });
  settleContacts(of, gapShareOf(grey, BLOCK, LEVELS), BLOCK);
  let wrong = 0;
  each((x, y, z, i) => {
    const d = z - gap(x, y);
    if (d !== 0 && of[i] !== (d < 0 ? 1 : 2)) wrong++;
  });
  // One layer is 1600 voxels; the rim of the block is cut off from its gap.
  expect(wrong).toBeLessThan(120);
});

test('a false border in a shaft moves on to the joint, and a joint inside a bone parts it', () => {
  const grey = joint(() => 20);
  const share = gapShareOf(grey, BLOCK, LEVELS);
  for (const falseBorder of [8, 39]) {
    const of = new Uint8Array(BLOCK.count);
    // A rod along z, 5 mm wide.
    each((x, y, z, i) => {
      of[i] = Math.abs(x - 20) > 5 || Math.abs(y - 20) > 5 ? 0 : z < falseBorder ? 1 : 9;
    });
    seekJoints(of, 9, new Map([[1, [0, 0, 0.5]]]), share, BLOCK, { beyondMm: 12, beforeMm: 14 });
    const column = Array.from({ length: N }, (_, z) => of[(z * N + 20) * N + 20]);
    const border = column.lastIndexOf(1);
    expect(Math.abs(border - 20)).toBeLessThanOrEqual(1);
    expect(column.slice(border + 1).every((v) => v === 9)).toBe(true);
  }
});

test('marrow behind a hole in the cortex comes back, a groove stays open', () => {
  const full = new Uint8Array(BLOCK.count);
  const mine = new Uint8Array(BLOCK.count);
  each((x, y, z, i) => {
    const r = Math.hypot(x - 20, y - 20, z - 20);
    if (r < 15) full[i] = 1;
    const shell = r < 15 && r > 13;
    const hole = z > 20 && Math.hypot(x - 20, y - 20) < 3;
    mine[i] = shell && !hole ? 1 : 0;
  });
  const groove = (x: number, y: number, z: number) => Math.abs(x - 20) < 3 && y > 20 && Math.hypot(y - 20, z - 20) < 15;
  const filled = mine.slice();
  fillEnclosed(filled, full, new Uint8Array(BLOCK.count), BLOCK, [false, false, false, false, false, false]);
  let empty = 0;
  each((x, y, z, i) => {
    if (Math.hypot(x - 20, y - 20, z - 20) < 11 && filled[i] === 0) empty++;
  });
  expect(empty).toBe(0);
  const cut = full.slice();
  const lost = new Uint8Array(BLOCK.count);
  each((x, y, z, i) => {
    if (full[i] === 1 && groove(x, y, z)) {
      cut[i] = 0;
      lost[i] = 1;
    }
  });
  const before = cut.reduce((s, v) => s + v, 0);
  fillEnclosed(cut, lost, new Uint8Array(BLOCK.count), BLOCK, [false, false, false, false, false, false]);
  const gained = cut.reduce((s, v) => s + v, 0) - before;
  expect(gained).toBeLessThan(0.1 * lost.reduce((s, v) => s + v, 0));
});

test('a pose comes back from its own points, mirrored or not', () => {
  const reference = [
    [0, 0, 0],
    [40, 5, -10],
    [-8, 60, 3],
    [5, -20, 30],
  ] as const;
  const c = Math.cos(0.4);
  const s = Math.sin(0.4);
  for (const mirrored of [false, true]) {
    const patient = reference.map(([x, y, z]) => {
      const u = mirrored ? -x : x;
      return [1.1 * (c * u - s * y) + 7, 1.1 * (s * u + c * y) - 3, 1.1 * z + 12] as const;
    });
    const { lpsFromReference, scale } = fitPose(reference, patient, mirrored);
    expect(scale).toBeCloseTo(1.1, 9);
    const { m } = lpsFromReference;
    reference.forEach(([x, y, z], i) => {
      for (let k = 0; k < 3; k++)
        expect(m[4 * k] * x + m[4 * k + 1] * y + m[4 * k + 2] * z + m[4 * k + 3]).toBeCloseTo(patient[i][k], 8);
    });
  }
});

test('presets hold both ends, refuse MR, unknown names and empty ranges', () => {
  const grid: Grid = {
    size: [4, 1, 1],
    lpsFromVoxel: { from: 'voxel', to: 'lps', m: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] },
  };
  const ct = createVolume(grid, 'hu', Int16Array.of(225, 226, 3071, 3072));
  expect([...presetMask(ct, 'bone').data]).toEqual([0, 1, 1, 0]);
  expect(presetOf('compact-bone-adult')).toMatchObject({ lowHu: 662, highHu: 1988 });
  expect(() => presetMask(createVolume(grid, 'mr', ct.data), 'bone')).toThrow(/dicom.modality/);
  expect(() => presetMask(ct, { name: 'own', lowHu: 5, highHu: 4 })).toThrow(/param.range/);
  expect(() => presetOf('bones')).toThrow(/param.unknown/);
});
