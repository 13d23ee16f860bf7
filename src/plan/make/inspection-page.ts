import { verdictOf } from '../../base/index.ts';
import type { InspectedRow, Inspection, InspectionPlan } from '../../make/index.ts';
import { type Block, type Figure, fixed, pictures, RESEARCH_SENTENCE, type Report } from '../report/model.ts';
import type { InspectedScan } from '../steps/inspect.ts';

const WORD = { accept: 'Accept', reject: 'Reject', incomplete: 'Not complete' } as const;
const ROW_WORD = { accept: 'accept', reject: 'REJECT', missing: 'not measured', recorded: 'written down' } as const;

/** The filled plan as a page: verdict, table, map, alignment. */
export function inspectionReport(
  plan: InspectionPlan,
  inspection: Inspection,
  scan: InspectedScan | undefined,
): Report {
  const figures: readonly Figure[] = scan?.figures ?? [];
  return {
    title: `Inspection: ${plan.part}`,
    subtitle: `${WORD[inspection.verdict]} · ${plan.material} · ${plan.process}`,
    verdict: verdictOf(inspection.findings),
    footer: RESEARCH_SENTENCE,
    sections: [
      { title: 'Findings', blocks: [{ kind: 'findings', findings: inspection.findings }] },
      { title: 'Table', blocks: [table(inspection.rows)] },
      ...(scan ? [{ title: 'Scan against nominal', blocks: scanBlocks(scan, figures) }] : []),
      { title: 'Limits', blocks: [{ kind: 'text', text: `${plan.standard}. ${plan.notes.join(' ')}` }] },
    ],
  };
}

const number = (x: number | null): string => (x === null ? '–' : fixed(x, Math.abs(x) >= 100 ? 1 : 3));

const table = (rows: readonly InspectedRow[]): Block => ({
  kind: 'table',
  head: ['Row', 'What', 'Measured with', 'Verdict', 'Least', 'Nominal', 'Most', 'Measured'],
  rows: rows.map((r) => [
    r.id,
    `${r.name}, ${r.unit}`,
    r.instrument || '–',
    ROW_WORD[r.verdict],
    number(r.low),
    number(r.nominal),
    number(r.high),
    number(r.value),
  ]),
  numbersFrom: 4,
});

function scanBlocks({ scan }: InspectedScan, figures: readonly Figure[]): Block[] {
  return [
    {
      kind: 'facts',
      rows: [
        ['Alignment, RMS of what is left', `${fixed(scan.alignmentRmsMm, 3)} mm`],
        ['Surface that was scanned', `${fixed(100 * scan.coveredFraction, 1)} %`],
      ],
    },
    {
      kind: 'table',
      head: ['Faces', 'Area, mm²', 'Mean, mm', 'RMS, mm', '0.5 % below, mm', '0.5 % above, mm', 'Within limits, %'],
      rows: scan.faces.map((f) => [
        f.faces,
        fixed(f.areaMm2, 0),
        fixed(f.signedMeanMm, 3),
        fixed(f.rmsMm, 3),
        fixed(f.lowMm, 3),
        fixed(f.highMm, 3),
        fixed(100 * f.withinFraction, 2),
      ]),
      numbersFrom: 1,
    },
    ...pictures(figures),
  ];
}
