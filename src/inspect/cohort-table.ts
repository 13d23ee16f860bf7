import type { SampleSummary } from '../math/index.ts';
import type { Cohort, PairedComparison } from './cohort.ts';
import { csvLine } from './table.ts';

/** Digits as a paper prints them: two above ten, one more below. */
export function figure(x: number): string {
  if (!Number.isFinite(x)) return '-';
  const decimals = Math.abs(x) >= 100 ? 0 : Math.abs(x) >= 10 ? 1 : 2;
  return String(Number(x.toFixed(decimals)));
}

/** P without a leading zero: `.005`, `.04`, `< .001`. */
export function pText(p: number): string {
  if (!Number.isFinite(p)) return '-';
  if (p < 0.001) return '< .001';
  return p.toFixed(p < 0.0095 ? 3 : p > 0.045 && p < 0.055 ? 3 : 2).replace(/^0/, '');
}

const medianText = (s: SampleSummary): string => `${figure(s.median)} (${figure(s.q1)}-${figure(s.q3)})`;

export const COHORT_HEAD = [
  'what',
  'unit',
  'n',
  'before',
  'after',
  'mean difference (95 % CI)',
  'z',
  'P asymptotic',
  'P exact',
] as const;

/** The table of the series: a line for each pair, each comparison of visits, and each plain measure. */
export function cohortRows(cohort: Cohort): string[][] {
  const paired = (p: PairedComparison, name: string): string[] => [
    name,
    p.unit,
    `${p.values.length}`,
    medianText(p.before),
    medianText(p.after),
    `${figure(p.difference.mean)} (${figure(p.difference.low)} to ${figure(p.difference.high)})`,
    p.test.z.toFixed(3),
    pText(p.test.pAsymptotic),
    pText(p.test.pExact),
  ];
  return [
    ...cohort.pairs.map((p) => paired(p, p.name)),
    ...cohort.scores.flatMap((s) => s.comparisons.map((p) => paired(p, `${p.name}, ${p.from} to ${p.to}`))),
    ...cohort.measures.map(({ name, unit, summary }) => [
      name,
      unit,
      `${summary.n}`,
      medianText(summary),
      '',
      '',
      '',
      '',
      '',
    ]),
  ];
}

export const cohortCsv = (cohort: Cohort): string =>
  `${[COHORT_HEAD, ...cohortRows(cohort)].map(csvLine).join('\n')}\n`;
