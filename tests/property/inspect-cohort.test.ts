import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OsteonError } from '../../src/base/index.ts';
import {
  cohortCsv,
  columnOf,
  csvLine,
  ctGrade,
  judgeCohort,
  mattaGrade,
  parseTable,
  pText,
} from '../../src/inspect/index.ts';

const EXAMPLE = readFileSync(join(import.meta.dirname, '../../data/cohort/example.csv'), 'utf8');
const refused = (csv: string, options = {}) => {
  try {
    judgeCohort(csv, options);
  } catch (e) {
    return (e as OsteonError).code;
  }
  return 'accepted';
};

test('ten improved pairs: z = -2.803, P .005 by the normal distribution, .002 exact', () => {
  const before = [20, 15, 22, 19.5, 30, 12, 17, 25, 21, 14];
  const after = [3, 2.5, 4.9, 4, 2, 3.5, 1, 6, 0, 4.25];
  const csv = ['case,gapBeforeMm,gapAfterMm', ...before.map((b, i) => `${i},${b},${after[i]}`)].join('\n');
  const [gap] = judgeCohort(csv).pairs;
  expect(gap.test.z).toBeCloseTo(-2.803, 3);
  expect(gap.test.pAsymptotic).toBeCloseTo(0.00506, 5);
  expect(gap.test.pExact).toBe(0.001953125);
  expect(pText(gap.test.pAsymptotic)).toBe('.005');
  expect(gap.difference.mean).toBeCloseTo(before.reduce((s, b, i) => s + b - after[i], 0) / 10, 12);
  expect(gap.unit).toBe('mm');
});

test('the shipped cohort: its table, counts, screws with their denominator, correlations', () => {
  const cohort = judgeCohort(EXAMPLE, { correlate: ['age years:gapAfterMm'] });
  expect(cohort.cases).toBe(10);
  expect(cohort.pairs.map((p) => p.name)).toEqual(['gap', 'step']);
  expect(cohort.screws).toEqual({ planned: 95, notPlaced: 3 });
  expect(cohort.scores.map((s) => [s.scale, s.visits.map((v) => v.visit)])).toEqual([
    ['function', ['preinjury', '3 months', '1 year']],
    ['lower extremity', ['preinjury', '3 months', '1 year']],
  ]);
  expect(cohort.counts.find((c) => c.name === 'sex')?.values).toEqual([
    ['male', 9],
    ['female', 1],
  ]);
  expect(cohort.correlations).toHaveLength(5);
  for (const c of cohort.correlations) expect(c.pExact).toBeGreaterThan(0);
  expect(cohort.findings).toEqual([]);
  expect(cohortCsv(cohort).split('\n')[1]).toContain('gap,mm,10,19.8 (15.9-21.9),3 (2-3.75)');
  expect(judgeCohort(EXAMPLE, { quantiles: 'type 6' }).pairs[0].before.q1).toBeLessThan(cohort.pairs[0].before.q1);
});

test.each([
  ['gapBeforeMm', { kind: 'pair', name: 'gap', when: 'before', unit: 'mm' }],
  ['gap before (mm)', { kind: 'pair', name: 'gap', when: 'before', unit: 'mm' }],
  ['gap_postop_mm', { kind: 'pair', name: 'gap', when: 'after', unit: 'mm' }],
  ['stepOff3dAfterMm', { kind: 'pair', name: 'step off 3d', when: 'after', unit: 'mm' }],
  ['gapAreaBeforeMm2', { kind: 'pair', name: 'gap area', when: 'before', unit: 'mm²' }],
  ['smfaFunction3Months', { kind: 'score', scale: 'function', visit: '3 months' }],
  ['smfa lower extremity preinjury', { kind: 'score', scale: 'lower extremity', visit: 'preinjury' }],
  ['screwDirectionDeg', { kind: 'plain', name: 'screw direction', unit: '°' }],
  ['age', { kind: 'plain', name: 'age', unit: '' }],
] as const)('column %s', (header, wanted) => {
  expect(columnOf(header)).toEqual(wanted);
});

test('what cannot be used is refused with a code', () => {
  expect(refused('')).toBe('cohort.table');
  expect(refused('case,gap\n')).toBe('cohort.table');
  expect(refused('a,a\n1,2')).toBe('cohort.table');
  expect(refused('a,b\n1,2,3')).toBe('cohort.table');
  expect(refused('a,b\n1,"2')).toBe('cohort.table');
  expect(refused('case,gapBeforeMm\n1,2')).toBe('cohort.column');
  expect(refused('case,gapBeforeMm,gapAfterMm\n1,2,good')).toBe('cohort.column');
  expect(refused('case,smfaFunction1Year\n1,140')).toBe('cohort.column');
  expect(refused(EXAMPLE, { correlate: ['age years:height'] })).toBe('cohort.column');
  expect(refused(EXAMPLE, { correlate: ['age years'] })).toBe('cohort.column');
});

test('empty cells are left out and said so; few pairs are said so', () => {
  const { pairs, findings } = judgeCohort('case;gapBeforeMm;gapAfterMm\na;2,5;1\nb;3;NA\nc;4;4\n');
  expect(pairs[0].values).toEqual([
    [2.5, 1],
    [4, 4],
  ]);
  expect(pairs[0].test).toMatchObject({ n: 1, zeros: 1 });
  expect(findings.map((f) => f.code)).toEqual(['cohort.few-pairs', 'cohort.incomplete']);
});

test('tables come back as they were written, whatever the cells hold', () => {
  const cell = fc.string({ maxLength: 8 }).map((s) => s.replace(/\r/g, '').trim());
  const row = fc.tuple(cell, cell, cell).filter((r) => r.some((c) => c !== ''));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
      const text = [['x', 'y', 'z'], ...rows].map(csvLine).join('\n');
      expect(parseTable(text).rows).toEqual(rows);
    }),
    { seed: 9, numRuns: 200 },
  );
});

test('the order of cases changes nothing', () => {
  const [head, ...lines] = EXAMPLE.trim().split('\n');
  const turned = judgeCohort([head, ...lines.reverse()].join('\n'));
  const { pairs } = judgeCohort(EXAMPLE);
  expect(turned.pairs.map((p) => p.test)).toEqual(pairs.map((p) => p.test));
});

test('grades at their limits', () => {
  expect([0, 1, 1.01, 3, 3.01].map((gapMm) => mattaGrade({ gapMm, stepMm: 0 }))).toEqual([
    'anatomical',
    'anatomical',
    'imperfect',
    'imperfect',
    'poor',
  ]);
  expect(ctGrade({ gapMm: 4.99, stepMm: 0.99 })).toBe('adequate');
  expect(ctGrade({ gapMm: 5, stepMm: 0 })).toBe('inadequate');
  expect(ctGrade({ gapMm: 0, stepMm: 1 })).toBe('inadequate');
});
