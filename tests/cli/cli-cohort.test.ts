import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { program, ROOT } from './cli-kit.ts';

const { osteon, json, path } = program();
const EXAMPLE = join(ROOT, 'data/cohort/example.csv');

test('osteon cohort: table, pictures and page; a table that cannot be read is refused and nothing written', async () => {
  const { code, document } = await json('cohort', EXAMPLE, '-o', path('out'));
  expect(code).toBe(0);
  expect(document.pairs[0].test.pExact).toBeCloseTo(2 / 1024, 12);
  expect(document.methods.paired).toContain('Wilcoxon signed rank');
  const manifest = JSON.parse(readFileSync(path('out', 'manifest.json'), 'utf8'));
  expect(manifest.artefacts.map((a: { path: string }) => a.path).sort()).toEqual([
    'cohort.html',
    'cohort.json',
    'gap.png',
    'smfa-function.png',
    'smfa-lower-extremity.png',
    'step.png',
    'table.csv',
  ]);
  const printed = await osteon('cohort', EXAMPLE, '--quantiles', 'type 6');
  expect(printed.out).toContain('type 6 after Hyndman and Fan (SPSS)');
  expect(printed.out).toContain('3 of 95 planned');

  writeFileSync(path('bad.csv'), 'case,gapBeforeMm\n1,2\n');
  const refused = await osteon('cohort', path('bad.csv'), '-o', path('none'));
  expect(refused.code).toBe(3);
  expect(refused.err).toContain('cohort.column');
  expect(() => readFileSync(path('none', 'manifest.json'))).toThrow();
}, 60_000);
