import { verdictOf } from '../base/index.ts';
import {
  COHORT_DEFAULTS,
  COHORT_HEAD,
  COHORT_METHODS,
  type Cohort,
  cohortCsv,
  cohortRows,
  figure,
  judgeCohort,
  pairedPlot,
  pText,
  visitsPlot,
} from '../inspect/index.ts';
import { writePng } from '../io/index.ts';
import type { QuantileType } from '../math/index.ts';
import { documentFile, type Figure, type OutFile, RESEARCH_SENTENCE, type Report, reportHtml } from '../plan/index.ts';
import { openOutFolder, publishPack, readBytes } from '../platform/node/index.ts';
import { columns } from './format.ts';
import { choiceFlag, textFlag, verb } from './verb.ts';
import { VERSION } from './version.ts';

export const cohortVerb = verb({
  name: 'cohort',
  summary: 'statistics of many cases: medians, paired tests, correlations, scores by visit, the table of a series',
  args: [{ name: 'cases', label: 'a table (.csv) with one line a case; columns are read by their names' }],
  params: {
    out: textFlag('folder for table, pictures and page; without it the result is only printed'),
    quantiles: choiceFlag('how quartiles lie between values', ['type 7', 'type 6'], COHORT_DEFAULTS.quantiles),
    correlate: textFlag('two more columns to correlate', 'a:b'),
  },
  repeatable: ['correlate'],
  example: 'osteon cohort cases.csv --correlate "age years:gapAfterMm" -o cohort',
  async run({ args, params, session }) {
    const csv = new TextDecoder('utf-8').decode(await readBytes(args[0], 64e6));
    const correlate = params.correlate.split('\n').filter(Boolean);
    const cohort = judgeCohort(csv, { quantiles: params.quantiles as QuantileType, correlate });
    const document = cohortDocument(cohort);
    if (params.out) {
      const out = await openOutFolder(params.out);
      const withdraw = session.onUndo(out.discard);
      const source = session.graph().value(csv);
      const made = { step: 'cohort', version: 1, params: { quantiles: params.quantiles, correlate: params.correlate } };
      const file = (path: string, bytes: Uint8Array): OutFile => ({
        role: 'cohort',
        path,
        bytes,
        unit: '',
        made: { ...made, inputs: { cases: source.hash } },
      });
      const figures = pictures(cohort);
      const text = (value: string) => new TextEncoder().encode(value);
      const files: OutFile[] = [
        documentFile('cohort', 'cohort.json', document, { cases: source }),
        file('table.csv', text(cohortCsv(cohort))),
        file('cohort.html', text(reportHtml(page(cohort, figures)))),
        ...figures.map(({ path, png }) => file(path, png)),
      ];
      const verdict = verdictOf(cohort.findings);
      const pack = { caseId: source.hash.slice(0, 12), verdict, findings: cohort.findings, files, summary: {} };
      await publishPack(out, pack, { osteon: VERSION, procedure: 'cohort' });
      withdraw();
    }
    return {
      document: { ...document, ...(params.out && { out: params.out }) },
      text: cohortText(cohort),
      findings: cohort.findings,
    };
  },
});

/** Everything but the values of the cases. */
function cohortDocument(cohort: Cohort): object {
  const { findings: _, ...rest } = cohort;
  return {
    ...rest,
    methods: {
      median: COHORT_METHODS.median(cohort.quantiles),
      paired: COHORT_METHODS.signedRank,
      mean: COHORT_METHODS.mean,
      correlation: COHORT_METHODS.spearman,
    },
  };
}

const correlationRows = ({ correlations }: Cohort): string[][] =>
  correlations.map((c) => [c.x, c.y, `${c.n}`, figure(c.rho), pText(c.pAsymptotic), pText(c.pExact)]);
const CORRELATION_HEAD = ['x', 'y', 'n', 'rho', 'P asymptotic', 'P exact'];

const countLines = ({ counts, grades = [], screws }: Cohort): [string, string][] => [
  ...counts.map(({ name, values }): [string, string] => [name, listed(values)]),
  ...grades.map(({ name, counts: c }): [string, string] => [`grade by ${name}`, listed(c)]),
  ...(screws ? [['screws not placed', `${screws.notPlaced} of ${screws.planned} planned`] as [string, string]] : []),
];
const listed = (values: readonly (readonly [string, number])[]) => values.map(([v, n]) => `${v} ${n}`).join(', ');

function cohortText(cohort: Cohort): string {
  return [
    `${cohort.cases} cases`,
    '',
    columns([[...COHORT_HEAD], ...cohortRows(cohort)], 2),
    ...(cohort.correlations.length ? ['', columns([CORRELATION_HEAD, ...correlationRows(cohort)], 2)] : []),
    '',
    columns(countLines(cohort)),
    '',
    COHORT_METHODS.median(cohort.quantiles),
    COHORT_METHODS.signedRank,
    COHORT_METHODS.mean,
    COHORT_METHODS.spearman,
  ].join('\n');
}

function pictures(cohort: Cohort): (Figure & { readonly path: string })[] {
  const file = (text: string) => text.replace(/[^a-z0-9]+/g, '-');
  return [
    ...cohort.pairs.map((p) => ({
      path: `${file(p.name)}.png`,
      png: writePng(pairedPlot(p)),
      caption: `${p.name}, before and after, case by case; green: less, red: more`,
    })),
    ...cohort.scores.map((s) => ({
      path: `smfa-${file(s.scale)}.png`,
      png: writePng(visitsPlot(s)),
      caption: `SMFA ${s.scale} by visit: quartiles, median, range, and every case`,
    })),
  ];
}

function page(cohort: Cohort, figures: readonly Figure[]): Report {
  return {
    title: 'Cohort',
    subtitle: `${cohort.cases} cases`,
    verdict: verdictOf(cohort.findings),
    footer: RESEARCH_SENTENCE,
    sections: [
      {
        title: 'Table',
        blocks: [
          { kind: 'table', head: COHORT_HEAD, rows: cohortRows(cohort), numbersFrom: 2, wide: 0 },
          { kind: 'facts', rows: countLines(cohort) },
        ],
      },
      {
        title: 'Correlations',
        blocks: [{ kind: 'table', head: CORRELATION_HEAD, rows: correlationRows(cohort), numbersFrom: 2 }],
      },
      { title: 'Pictures', blocks: [{ kind: 'figures', figures, columns: 2 }] },
      {
        title: 'Methods',
        blocks: [
          { kind: 'text', text: COHORT_METHODS.median(cohort.quantiles) },
          { kind: 'text', text: COHORT_METHODS.signedRank },
          { kind: 'text', text: COHORT_METHODS.mean },
          { kind: 'text', text: COHORT_METHODS.spearman },
        ],
      },
      { title: 'Findings', blocks: [{ kind: 'findings', findings: cohort.findings }] },
    ],
  };
}
