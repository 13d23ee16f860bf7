import { type Finding, OsteonError } from '../base/index.ts';
import {
  type MeanInterval,
  meanInterval,
  type QuantileType,
  type RankCorrelation,
  type SampleSummary,
  type SignedRank,
  signedRank,
  spearman,
  summariseSample,
} from '../math/index.ts';
import { columnOf } from './columns.ts';
import { ctGrade, mattaGrade } from './grades.ts';
import { cellNumber, isEmptyCell, parseTable } from './table.ts';

/** Two columns of one thing, case by case. */
export interface PairedComparison {
  readonly name: string;
  readonly unit: string;
  readonly from: string;
  readonly to: string;
  /** Of the cases that have both. */
  readonly before: SampleSummary;
  readonly after: SampleSummary;
  /** Before minus after, with the 95 % interval of its mean. */
  readonly difference: MeanInterval;
  readonly test: SignedRank;
  /** Both values of each case, for pictures. */
  readonly values: readonly (readonly [before: number, after: number])[];
}

export interface Cohort {
  readonly cases: number;
  readonly quantiles: QuantileType;
  readonly measures: readonly { readonly name: string; readonly unit: string; readonly summary: SampleSummary }[];
  readonly counts: readonly { readonly name: string; readonly values: readonly (readonly [string, number])[] }[];
  readonly pairs: readonly PairedComparison[];
  readonly scores: readonly ScoreSeries[];
  readonly correlations: readonly (RankCorrelation & { readonly x: string; readonly y: string })[];
  /** Screws of all cases, where the table has them. */
  readonly screws?: { readonly planned: number; readonly notPlaced: number };
  readonly grades?: readonly { readonly name: string; readonly counts: readonly (readonly [string, number])[] }[];
  readonly findings: readonly Finding[];
}

/** A scale of the SMFA, 0 (best) to 100 (worst), visit by visit. */
export interface ScoreSeries {
  readonly scale: string;
  readonly visits: readonly {
    readonly visit: string;
    readonly summary: SampleSummary;
    readonly values: readonly number[];
  }[];
  readonly comparisons: readonly PairedComparison[];
}

export interface CohortOptions {
  readonly quantiles?: QuantileType;
  /** Further pairs of columns to correlate, `a:b`. */
  readonly correlate?: readonly string[];
}
export const COHORT_DEFAULTS = { quantiles: 'type 7', correlate: [] } as const satisfies Required<CohortOptions>;

/** Names of the methods, as they are printed. */
export const COHORT_METHODS = {
  median: (type: QuantileType) =>
    `median (interquartile range), quantiles of ${type} after Hyndman and Fan (${type === 'type 7' ? 'R, NumPy' : 'SPSS'})`,
  signedRank:
    'Wilcoxon signed rank test of paired differences, two-sided: zeros left out, midranks for ties; exact from all signs, ' +
    'asymptotic from the normal distribution with tie correction and without continuity correction (as SPSS)',
  mean: 'mean of the paired differences, the earlier value less the later one, with 95 % confidence interval from Student’s t',
  spearman:
    'Spearman’s rank correlation, two-sided: asymptotic from t with n − 2 degrees of freedom, exact up to 11 pairs',
} as const;

/** Below this many pairs that differ no exact two-sided P can be under .05: 2/2^5 = .0625. */
const FEW_PAIRS = 6;

interface Numbers {
  readonly header: string;
  /** NaN where the cell is empty. */
  readonly values: readonly number[];
}

/**
 * Statistics of a table with one line a case; what each column is, is read from its name (see `columnOf`).
 * @throws cohort.table for a table that cannot be read, cohort.column for a wanted column that is missing, a pair with
 * one half, or a score out of 0 to 100
 */
export function judgeCohort(csv: string, options: CohortOptions = {}): Cohort {
  const o = { ...COHORT_DEFAULTS, ...options };
  const { head, rows, decimalComma } = parseTable(csv);
  const numbers: Numbers[] = [];
  const counts: { name: string; values: [string, number][] }[] = [];
  head.forEach((header, c) => {
    const cells = rows.map((row) => row[c]);
    const given = cells.filter((cell) => !isEmptyCell(cell));
    const values = cells.map((cell) => (isEmptyCell(cell) ? Number.NaN : cellNumber(cell, decimalComma)));
    const isNumber = given.length > 0 && given.every((cell) => Number.isFinite(cellNumber(cell, decimalComma)));
    if (isIdentity(header)) return;
    if (isNumber) numbers.push({ header, values });
    else if (columnOf(header).kind !== 'plain')
      throw new OsteonError('cohort.column', { column: header, what: 'it holds text where numbers are needed' });
    else if (new Set(given).size <= 12) counts.push({ name: header, values: tally(given) });
  });
  const pairs = pairsOf(numbers, o.quantiles);
  const scores = scoresOf(numbers, o.quantiles);
  const measures = numbers.flatMap(({ header, values }) => {
    const column = columnOf(header);
    if (column.kind !== 'plain') return [];
    return [
      { name: column.name, unit: column.unit, summary: summariseSample(values.filter(Number.isFinite), o.quantiles) },
    ];
  });
  const screws = screwTotals(numbers);
  const grades = gradesOf(numbers);
  return {
    cases: rows.length,
    quantiles: o.quantiles,
    measures,
    counts,
    pairs,
    scores,
    correlations: correlationsOf(numbers, o.correlate),
    ...(screws && { screws }),
    ...(grades && { grades }),
    findings: findingsOf(rows.length, pairs, scores),
  };
}

const isIdentity = (header: string): boolean => /^(case|id|patient|no|nr|#)$/i.test(header);

function tally(cells: readonly string[]): [string, number][] {
  const count = new Map<string, number>();
  for (const cell of cells) count.set(cell, (count.get(cell) ?? 0) + 1);
  return [...count].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function compare(
  name: string,
  unit: string,
  [from, to]: readonly [string, string],
  a: readonly number[],
  b: readonly number[],
  type: QuantileType,
): PairedComparison {
  const values = a.flatMap((x, i) => (Number.isFinite(x) && Number.isFinite(b[i]) ? [[x, b[i]] as const] : []));
  const difference = values.map(([x, y]) => rounded(x - y));
  return {
    name,
    unit,
    from,
    to,
    before: summariseSample(
      values.map((v) => v[0]),
      type,
    ),
    after: summariseSample(
      values.map((v) => v[1]),
      type,
    ),
    difference: meanInterval(difference),
    test: signedRank(difference),
    values,
  };
}

/** 0.3 − 0.1 and 0.2 tie, as they do on paper. */
const rounded = (x: number): number => Math.round(x * 1e9) / 1e9;

function pairsOf(numbers: readonly Numbers[], type: QuantileType): PairedComparison[] {
  const halves = new Map<string, { unit: string; before?: Numbers; after?: Numbers }>();
  for (const n of numbers) {
    const column = columnOf(n.header);
    if (column.kind !== 'pair') continue;
    const pair = halves.get(column.name) ?? { unit: column.unit };
    if (pair[column.when])
      throw new OsteonError('cohort.column', { column: n.header, what: 'the same half of a pair is there twice' });
    pair[column.when] = n;
    halves.set(column.name, pair);
  }
  return [...halves].map(([name, { unit, before, after }]) => {
    if (!before || !after)
      throw new OsteonError(
        'cohort.column',
        { column: (before ?? after)!.header, what: 'the other half of the pair is missing' },
        'Name the two columns alike but for before and after, for example gapBeforeMm and gapAfterMm',
      );
    return compare(name, unit, ['before', 'after'], before.values, after.values, type);
  });
}

function scoresOf(numbers: readonly Numbers[], type: QuantileType): ScoreSeries[] {
  const scales = new Map<string, { visit: string; values: readonly number[] }[]>();
  for (const { header, values } of numbers) {
    const column = columnOf(header);
    if (column.kind !== 'score') continue;
    if (values.some((v) => v < 0 || v > 100))
      throw new OsteonError('cohort.column', { column: header, what: 'a score of the SMFA lies between 0 and 100' });
    scales.set(column.scale, [...(scales.get(column.scale) ?? []), { visit: column.visit, values }]);
  }
  return [...scales].map(([scale, visits]) => ({
    scale,
    visits: visits.map(({ visit, values }) => {
      const given = values.filter(Number.isFinite);
      return { visit, summary: summariseSample(given, type), values: given };
    }),
    comparisons: visits.flatMap((a, i) =>
      visits.slice(i + 1).map((b) => compare(`SMFA ${scale}`, '', [a.visit, b.visit], a.values, b.values, type)),
    ),
  }));
}

/** What is left after surgery against every scale at its last visit, and what was asked for. */
function correlationsOf(numbers: readonly Numbers[], wanted: readonly string[]): Cohort['correlations'] {
  const after = numbers.filter((n) => {
    const c = columnOf(n.header);
    return c.kind === 'pair' && c.when === 'after';
  });
  const last = new Map<string, Numbers>();
  for (const n of numbers) {
    const c = columnOf(n.header);
    if (c.kind === 'score') last.set(c.scale, n);
  }
  const find = (header: string): Numbers => {
    const found = numbers.find((n) => n.header === header);
    if (!found)
      throw new OsteonError(
        'cohort.column',
        { column: header, what: 'no column of numbers has this name' },
        `There are: ${numbers.map((n) => n.header).join(', ')}`,
      );
    return found;
  };
  const asked = wanted.map((text) => {
    const [a, b, ...rest] = text.split(':');
    if (!a || !b || rest.length > 0)
      throw new OsteonError('cohort.column', {
        column: text,
        what: 'two columns with a colon between them are needed',
      });
    return [find(a), find(b)] as const;
  });
  return [...after.flatMap((x) => [...last.values()].map((y) => [x, y] as const)), ...asked].map(([x, y]) => {
    const both = x.values.map((_, i) => i).filter((i) => Number.isFinite(x.values[i]) && Number.isFinite(y.values[i]));
    return {
      x: x.header,
      y: y.header,
      ...spearman(
        both.map((i) => x.values[i]),
        both.map((i) => y.values[i]),
      ),
    };
  });
}

function screwTotals(numbers: readonly Numbers[]): Cohort['screws'] {
  const total = (pattern: RegExp) => {
    const found = numbers.find((n) => pattern.test(columnName(n.header)));
    return found?.values.reduce((s, v) => s + (Number.isFinite(v) ? v : 0), 0);
  };
  const planned = total(/^screws planned$/);
  const notPlaced = total(/^screws not placed$/);
  return planned === undefined || notPlaced === undefined ? undefined : { planned, notPlaced };
}

const columnName = (header: string): string => {
  const column = columnOf(header);
  return column.kind === 'score' ? column.scale : column.name;
};

function gradesOf(numbers: readonly Numbers[]): Cohort['grades'] {
  const after = (name: RegExp) =>
    numbers.find((n) => {
      const c = columnOf(n.header);
      return c.kind === 'pair' && c.when === 'after' && name.test(c.name);
    })?.values;
  const gap = after(/^gap( 2d)?$/);
  const step = after(/^step( off| 2d| off 2d)?$/);
  if (!gap || !step) return undefined;
  const both = gap.flatMap((gapMm, i) =>
    Number.isFinite(gapMm) && Number.isFinite(step[i]) ? [{ gapMm, stepMm: step[i] }] : [],
  );
  return [
    { name: 'Matta', counts: tally(both.map(mattaGrade)) },
    { name: 'CT', counts: tally(both.map(ctGrade)) },
  ];
}

function findingsOf(cases: number, pairs: readonly PairedComparison[], scores: readonly ScoreSeries[]): Finding[] {
  return [...pairs, ...scores.flatMap((s) => s.comparisons)].flatMap((p): Finding[] => {
    const name = `${p.name}, ${p.from} to ${p.to}`;
    const found: Finding[] = [];
    if (p.test.n < FEW_PAIRS)
      found.push({
        level: 'warning',
        code: 'cohort.few-pairs',
        text: `Too few pairs that differ for a two-sided exact P below .05: ${name}`,
        facts: { pairs: p.test.n, zeros: p.test.zeros },
      });
    if (p.values.length < cases)
      found.push({
        level: 'note',
        code: 'cohort.incomplete',
        text: `Cases without both values are left out: ${name}`,
        facts: { used: p.values.length, cases },
      });
    return found;
  });
}
