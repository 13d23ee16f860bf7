import { type Finding, verdictOf } from '../../base/index.ts';
import type { InspectionPlan, Ledger, Traveller } from '../../make/index.ts';
import { type Block, fixed, RESEARCH_SENTENCE, type Report, type Section } from '../report/model.ts';

/** Room to write, on paper. */
const LINE = '_______________________';

/** The traveller as a page to print: parameters, stations with their blanks, the plan of inspection, units, costs. */
export function travellerReport(
  t: Traveller,
  plan: InspectionPlan,
  ledger: Ledger,
  findings: readonly Finding[],
): Report {
  return {
    title: `Traveller: ${t.part}`,
    subtitle: `${t.process.title} · ${t.process.material}`,
    verdict: verdictOf(findings),
    footer: RESEARCH_SENTENCE,
    sections: [
      {
        title: 'Build',
        blocks: [
          { kind: 'facts', rows: t.build },
          { kind: 'findings', findings },
        ],
      },
      parameters(t),
      ...t.stations.map(
        ({ title, detail, source, blanks }, i): Section => ({
          title: `${i + 1}. ${title}`,
          blocks: [
            { kind: 'text', text: `${detail} (${source})` },
            { kind: 'facts', rows: blanks.map((b) => [b.label, b.value || LINE]) },
          ],
        }),
      ),
      { title: 'Plan of inspection', blocks: [inspectionTable(plan), ...plan.notes.map(text)] },
      { title: 'Units', blocks: [unitTable(ledger)] },
      { title: 'Time and cost', blocks: ledgerBlocks(ledger) },
      { title: 'Notes', blocks: t.notes.map(text) },
    ],
  };
}

const text = (words: string): Block => ({ kind: 'text', text: words });

function parameters(t: Traveller): Section {
  const energy = t.energyDensityJPerMm3;
  return {
    title: 'Parameters',
    blocks: [
      {
        kind: 'table',
        head: ['Parameter', 'Value', 'Usual', 'Source'],
        rows: t.parameters.map((p) => [
          p.label,
          `${p.value}${p.unit ? `\u00a0${p.unit}` : ''}`,
          `${p.usual[0]} to ${p.usual[1]}`,
          p.source,
        ]),
        numbersFrom: 9,
        wide: 3,
      },
      ...(energy === null ? [] : [text(`Energy density P / (v · h · t): ${fixed(energy, 1)} J/mm³.`)]),
    ],
  };
}

const limit = (x: number | null): string =>
  x === null ? '–' : fixed(x, Math.abs(x) >= 100 ? 1 : Math.abs(x) >= 1 ? 2 : 3);

export function inspectionTable(plan: InspectionPlan): Block {
  return {
    kind: 'table',
    head: ['Row', 'What', 'How', 'Least', 'Nominal', 'Most', 'Measured'],
    rows: plan.rows.map((r) => [
      r.id,
      `${r.name}, ${r.unit}`,
      r.method,
      limit(r.low),
      limit(r.nominal),
      limit(r.high),
      '________',
    ]),
    numbersFrom: 3,
    wide: 2,
  };
}

export const unitTable = ({ units }: Ledger): Block => ({
  kind: 'table',
  head: ['Unit', 'Size', 'Implanted, returned or destroyed', 'Date', 'Signature'],
  rows: units.map((u) => [u.id, u.size, u.state === 'planned' ? LINE : u.state, u.date || LINE, u.signature || LINE]),
  numbersFrom: 9,
});

export function ledgerBlocks({ rows, hours, costUsd, comparison }: Ledger): Block[] {
  return [
    {
      kind: 'table',
      head: ['What', 'Detail', 'Hours', 'Cost, USD'],
      rows: [
        ...rows.map((r) => [r.what, r.detail, fixed(r.hours, 1), fixed(r.costUsd, 0)]),
        ['together', '', fixed(hours, 1), fixed(costUsd, 0)],
      ],
      numbersFrom: 2,
    },
    text(
      `Costs, from rates that are assumptions: set your own with make.rates in the case, or --rate. Published prices: ${comparison.low} to ${comparison.high} dollars (${comparison.source}); a price also pays for development, quality, liability and failed cases.`,
    ),
  ];
}
