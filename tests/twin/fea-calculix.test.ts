import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type Load,
  pullsOf,
  readFrd,
  type Study,
  type Support,
  solveStudy,
  vonMisesAt,
  writeInp,
} from '../../src/fea/index.ts';
import { sphere } from '../../src/mesh/index.ts';

const installed = spawnSync('ccx', ['-v']).error === undefined;

/** A talus-like lump: a ball pulled and dented. */
function lump() {
  const { positions, triangles } = sphere(1, 4);
  return {
    positions: positions.map((v, i) => {
      const [x, y, z] = positions.subarray(i - (i % 3), i - (i % 3) + 3);
      const r = 1 + 0.15 * Math.sin(4 * x + 1) * Math.cos(3 * y) - 0.12 * z * x;
      return v * r * [14, 22, 11][i % 3];
    }),
    triangles,
  };
}

const study = (support: Support, loads: readonly Load[]): Study => ({
  material: { name: 'Ti-6Al-4V', youngMPa: 113_800, poisson: 0.342, yieldMPa: 795, fatigueMPa: 300, unread: [] },
  regions: {
    dome: { normal: { direction: [0, 0, 1], withinDeg: 40 } },
    base: { normal: { direction: [0, 0, -1], withinDeg: 40 } },
  },
  supports: [support],
  loadCases: [{ name: 'stance', source: 'test', loads }],
});

const PRESSED: Load = { region: 'dome', forceN: [200, 400, -5340] };
for (const [support, what, loads] of [
  [{ region: 'base', kind: 'fixed' }, 'pressed', [PRESSED]],
  [{ region: 'base', kind: 'bedding', nPerMm3: 200 }, 'pressed', [PRESSED]],
  [
    { region: 'base', kind: 'bedding', nPerMm3: 200 },
    'a force through a point outside, and a couple',
    [
      { ...PRESSED, through: [12, -7, 40] },
      { region: 'dome', momentNmm: [9000, -4000, 12_000] },
    ],
  ],
] as const)
  test.skipIf(!installed)(`CalculiX (ccx) on the same mesh, ${support.kind}, ${what}: within 0.1 %`, () => {
    const s = study(support, loads);
    const { model, fields } = solveStudy(lump(), {}, s, { cellMm: 5.5 });
    const folder = mkdtempSync(join(tmpdir(), 'osteon-ccx-'));
    const deck = writeInp(model, s, { title: 'lump', lines: ['test'] }, pullsOf(model.springs));
    writeFileSync(join(folder, 'lump.inp'), deck);
    execFileSync('ccx', ['lump'], { cwd: folder, env: { ...process.env, OMP_NUM_THREADS: '1' } });
    const [other] = readFrd(readFileSync(join(folder, 'lump.frd'), 'latin1'), model.volume.figures.nodes);
    rmSync(folder, { recursive: true });

    const u = fields[0].displacementMm;
    const greatest = u.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    u.forEach((v, i) => {
      expect(Math.abs(v - other.displacementMm[i])).toBeLessThan(1e-3 * greatest);
    });
    // Ten points spread over the volume; nodes on springs are left out, for CalculiX averages the springs into them.
    const sprung = new Set(model.springs.nodes);
    const nodes = [...Array(u.length / 3).keys()].filter((i) => !sprung.has(i));
    for (let k = 0; k < 10; k++) {
      const i = nodes[Math.floor(((k + 0.5) * nodes.length) / 10)];
      const own = vonMisesAt(fields[0].stressMPa, i);
      expect(Math.abs(own / vonMisesAt(other.stressMPa, i) - 1)).toBeLessThan(1e-3);
    }
    // RF is load and reaction together; where springs stand it is on their other end.
    const { fixed } = model;
    const reaction = fields[0].reactionN;
    const scale = reaction.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    for (let i = 0; i < fixed.length; i++)
      if (fixed[i]) expect(Math.abs(other.forcesN![i] - model.forcesN[0][i] - reaction[i])).toBeLessThan(1e-3 * scale);
  });
