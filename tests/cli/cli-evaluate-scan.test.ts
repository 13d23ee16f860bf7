import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LPS_IDENTITY, type Vec3 } from '../../src/base/index.ts';
import { writeCtSeries } from '../../src/dicom/index.ts';
import { writeStl } from '../../src/io/index.ts';
import { add, cross, distance, dot, invert, scale, sub, unit } from '../../src/math/index.ts';
import { ctOfPelvis, type Pelvis, type PhantomScrew, pelvisOf } from '../../src/phantom/index.ts';
import { program } from './cli-kit.ts';

const { osteon, json, path } = program();

// A plan and the scan after the operation, both from one phantom: what osteon evaluate says is held against its truth.
const COARSE = { seed: 11, affectedSide: 'left', detailMm: 2, spacingMm: [1.3, 1.3, 1.3] } as const;
const before = pelvisOf(COARSE);
const after = pelvisOf({ ...COARSE, postoperative: true, screwsPerFragment: 2, heads: true });

/** Where the plan wanted a screw: turned by this much about its entry into bone, which lies elsewhere by so much. */
const OFF = { deg: 5, mm: 2 };
function plannedFor({ entryMm, direction, lengthMm, head }: PhantomScrew) {
  const side = unit(cross(direction, [0, 0, 1]));
  const lean = (OFF.deg * Math.PI) / 180;
  const bone = add(entryMm, scale(direction, 1.5));
  const way = unit(add(scale(direction, Math.cos(lean)), scale(side, Math.sin(lean))));
  return { entryMm: add(bone, scale(side, OFF.mm)), direction: way, stockMm: lengthMm + head!.heightMm };
}
const missing: Vec3 = [after.acetabulum.centreMm[0], after.acetabulum.centreMm[1], after.acetabulum.centreMm[2] + 60];
const PLAN = {
  case: 'operated',
  procedure: 'acetabular-fracture',
  affectedSide: 'left',
  intact: 'left-ilium',
  bones: before.imaged.map(({ name }) => ({ name, file: `bones/${name}.stl`, levelHu: { median: 550 } })),
  transforms: {
    reducedFromImaged: Object.fromEntries(
      before.motions
        .filter((m) => !m.name.endsWith('femur'))
        .map((m) => [m.name, [...invert(m.imagedFromAnatomic).m, 0, 0, 0, 1]]),
    ),
  },
  acetabulum: before.acetabulum,
  screws: [
    ...after.screws.map((s) => ({ id: s.id, ...plannedFor(s), lengthMm: s.lengthMm - 1.5, target: s.target })),
    { id: 'S9', entryMm: missing, direction: [0, 1, 0], lengthMm: 30, stockMm: 34, target: 'left-ilium' },
  ].map((s) => ({ ...s, screw: { diameterMm: 3.5 } })),
};

function writeScan(folder: string, pelvis: Pelvis): string {
  mkdirSync(path(folder));
  const tags = { seed: folder, patientId: folder, seriesDescription: 'Pelvis, synthetic', laterality: 'both' } as const;
  for (const [i, bytes] of writeCtSeries(ctOfPelvis(pelvis), tags).entries())
    writeFileSync(path(folder, `${i}.dcm`), bytes);
  return path(folder);
}

test('a scan after surgery against its plan, through the program: judged by what is true; someone else is refused', async () => {
  mkdirSync(path('plan', 'bones'), { recursive: true });
  writeFileSync(path('plan', 'plan.json'), JSON.stringify(PLAN));
  for (const { name, mesh } of before.imaged) writeFileSync(path('plan', 'bones', `${name}.stl`), writeStl(mesh));
  const evaluate = ['evaluate', '--plan', path('plan'), '--postop'];

  const { code, document } = await json(...evaluate, writeScan('dicom', after), '-o', path('eval'));
  expect(code).toBe(0);
  expect(document.summary).toMatchObject({ planned: 7, notPlaced: 1, unplanned: 0 });
  for (const s of after.screws) {
    const said = document.screws.screws.find((x: { id: string }) => x.id === s.id);
    expect(Math.abs(said.directionDeg - OFF.deg), s.id).toBeLessThan(1);
    expect(Math.abs(said.entryAcrossMm - OFF.mm), s.id).toBeLessThan(0.7);
    expect(Math.abs(said.lengthMm), s.id).toBeLessThan(1);
    expect(Math.abs(said.placed.headMm - s.head!.heightMm), s.id).toBeLessThan(1);
    expect(distance(said.placed.entryMm, s.entryMm), s.id).toBeLessThan(0.9);
    const t = dot(sub(before.acetabulum.centreMm, s.entryMm), s.direction);
    const near = add(s.entryMm, scale(s.direction, Math.min(s.lengthMm, Math.max(0, t))));
    const toJoint = distance(near, before.acetabulum.centreMm) - before.acetabulum.radiusMm - 1.75;
    expect(Math.abs(said.placed.jointMm - toJoint), s.id).toBeLessThan(2);
  }
  expect(document.transforms.planFromScan.every((v: number, i: number) => Math.abs(v - IDENTITY[i]) < 0.3)).toBe(true);
  expect(document.grades).toHaveLength(3);
  const files = readdirSync(path('eval'));
  for (const file of [
    'evaluation.json',
    'evaluation.html',
    'screws.csv',
    'cohort-line.csv',
    'after.png',
    'manifest.json',
  ])
    expect(files).toContain(file);
  const html = readFileSync(path('eval', 'evaluation.html'), 'utf8');
  expect(html).toContain('1 of 7 planned');
  const cohort = await osteon('cohort', path('eval', 'cohort-line.csv'));
  expect(cohort.code).toBe(0);

  const other = writeScan('other', pelvisOf({ ...COARSE, seed: 7, spacingMm: [2.4, 2.4, 2.4], postoperative: true }));
  const refused = await osteon(...evaluate, other, '-o', path('eval2'));
  expect(refused.code).toBe(3);
  expect(refused.err).toContain('inspect.other-patient');
  expect(existsSync(path('eval2'))).toBe(false);
}, 300_000);

const IDENTITY = [...LPS_IDENTITY.m, 0, 0, 0, 1];
