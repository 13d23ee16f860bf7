import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { program } from './cli-kit.ts';

const { osteon, path } = program();

test('osteon evaluate refuses what is no plan, and a plan that names files elsewhere; nothing is written', async () => {
  mkdirSync(path('plan'));
  mkdirSync(path('dicom'));
  const evaluate = () => osteon('evaluate', '--plan', path('plan'), '--postop', path('dicom'), '-o', path('out'));
  const none = await evaluate();
  expect(none.code).toBe(3);
  expect(none.err).toContain('io.not-found');

  writeFileSync(path('plan', 'plan.json'), JSON.stringify({ procedure: 'total-talus-replacement' }));
  const talus = await evaluate();
  expect(talus.code).toBe(3);
  expect(talus.err).toContain('inspect.plan');

  const plan = {
    procedure: 'acetabular-fracture',
    affectedSide: 'left',
    intact: 'left-ilium',
    bones: [{ name: 'left-ilium', file: '../../secret.stl' }],
    transforms: { reducedFromImaged: { 'left-ilium': [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] } },
    acetabulum: { centreMm: [0, 0, 0], radiusMm: 25 },
  };
  writeFileSync(path('plan', 'plan.json'), JSON.stringify(plan));
  writeFileSync(path('dicom', 'x.dcm'), 'no image');
  const elsewhere = await evaluate();
  expect(elsewhere.code).toBe(3);
  expect(elsewhere.err).toMatch(/inspect\.plan|dicom\./);
  expect(existsSync(path('out'))).toBe(false);
}, 60_000);
