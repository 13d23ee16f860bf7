import { summariseSample } from '../math/index.ts';
import { type FractureGaps, SLICE_PLANES, type SlicePlane } from '../measure/index.ts';
import type { Evaluation } from './evaluate.ts';
import type { SeenScrew } from './screw-pairs.ts';
import { csvLine } from './table.ts';

export const SCREW_HEAD = [
  'screw',
  'target',
  'planned mm',
  'placed mm',
  'head mm',
  'length off mm',
  'angle off °',
  'entry off mm',
  'across mm',
  'to joint mm',
] as const;

const one = (x: number | undefined, decimals = 1): string =>
  x === undefined ? '-' : x.toFixed(decimals).replace(/^-(0\.?0*)$/, '$1');

/** A line for each planned screw, then one for each piece of metal that nobody planned. */
export function screwRows({ screws: { screws, others } }: Evaluation): string[][] {
  return [
    ...screws.map((s) => [
      s.id,
      s.target,
      one(s.planned.lengthMm),
      s.placed ? one(s.placed.lengthMm + s.placed.headMm) : 'not placed',
      headText(s.placed),
      one(s.lengthMm),
      one(s.directionDeg),
      one(s.entryMm),
      one(s.entryAcrossMm),
      one(s.placed?.jointMm),
    ]),
    ...others.map((s, i) => [
      `unplanned ${i + 1}`,
      '',
      '-',
      one(s.lengthMm + s.headMm),
      headText(s),
      '-',
      '-',
      '-',
      '-',
      one(s.jointMm),
    ]),
  ];
}

const headText = (s: SeenScrew | undefined): string => (s && s.headMm > 0 ? one(s.headMm) : '-');

export const GAP_HEAD = ['gap and step-off, mm', 'before', 'planned', 'after'] as const;

/** Gap / step-off in the three slices through the dome, the most of all slices, and in space. */
export function gapRows({ gaps }: Evaluation): string[][] {
  const row = (name: string, of: (g: FractureGaps) => string) => [
    name,
    of(gaps.before),
    of(gaps.planned),
    of(gaps.after),
  ];
  const pair = (s: { gapMm: number; stepMm: number } | null) =>
    s ? `${one(s.gapMm)} / ${one(s.stepMm)}` : 'not crossed';
  const most = ({ widest, steepest }: FractureGaps, plane: SlicePlane) => {
    const [gap, step] = [widest[plane], steepest[plane]];
    return pair(gap && step && { gapMm: gap.gapMm, stepMm: step.stepMm });
  };
  return [
    ...SLICE_PLANES.map((plane) => row(`${plane}, through the dome`, (g) => pair(g.dome[plane]))),
    ...SLICE_PLANES.map((plane) => row(`${plane}, most of all slices`, (g) => most(g, plane))),
    row('in space, 95 % of the lines', (g) => pair(g)),
    row('open area along the lines, mm²', (g) => one(g.gapAreaMm2, 0)),
  ];
}

/** Medians over the placed screws, with quartiles of type 7. */
export function screwSummary({ screws: { screws, others } }: Evaluation): {
  readonly planned: number;
  readonly notPlaced: number;
  readonly unplanned: number;
  readonly directionDeg: ReturnType<typeof summariseSample>;
  readonly entryMm: ReturnType<typeof summariseSample>;
  readonly entryAcrossMm: ReturnType<typeof summariseSample>;
  readonly lengthMm: ReturnType<typeof summariseSample>;
} {
  const placed = screws.filter((s) => s.placed);
  const of = (pick: (s: (typeof placed)[number]) => number) => summariseSample(placed.map(pick), 'type 7');
  return {
    planned: screws.length,
    notPlaced: screws.length - placed.length,
    unplanned: others.length,
    directionDeg: of((s) => s.directionDeg ?? Number.NaN),
    entryMm: of((s) => s.entryMm ?? Number.NaN),
    entryAcrossMm: of((s) => s.entryAcrossMm ?? Number.NaN),
    lengthMm: of((s) => Math.abs(s.lengthMm ?? Number.NaN)),
  };
}

export const screwCsv = (e: Evaluation): string => `${[SCREW_HEAD, ...screwRows(e)].map(csvLine).join('\n')}\n`;

/** The case as one line for `osteon cohort`, under its header. */
export function cohortLine(caseId: string, e: Evaluation): string {
  const s = screwSummary(e);
  const { before, after } = e.residual;
  const number = (x: number | undefined) => (x === undefined || !Number.isFinite(x) ? '' : x.toFixed(2));
  const cells: [string, string][] = [
    ['case', caseId],
    ['gapBeforeMm', number(before?.gapMm)],
    ['gapAfterMm', number(after?.gapMm)],
    ['stepBeforeMm', number(before?.stepMm)],
    ['stepAfterMm', number(after?.stepMm)],
    ['gap3dBeforeMm', number(e.gaps.before.gapMm)],
    ['gap3dAfterMm', number(e.gaps.after.gapMm)],
    ['step3dBeforeMm', number(e.gaps.before.stepMm)],
    ['step3dAfterMm', number(e.gaps.after.stepMm)],
    ['gapAreaBeforeMm2', number(e.gaps.before.gapAreaMm2)],
    ['gapAreaAfterMm2', number(e.gaps.after.gapAreaMm2)],
    ['screws planned', `${s.planned}`],
    ['screws not placed', `${s.notPlaced}`],
    ['screw direction deg', number(s.directionDeg.median)],
    ['screw entry mm', number(s.entryMm.median)],
    ['screw length mm', number(s.lengthMm.median)],
  ];
  return `${csvLine(cells.map((c) => c[0]))}\n${csvLine(cells.map((c) => c[1]))}\n`;
}
