import {
  type Acetabulum,
  type FractureGaps,
  SLICE_PLANES,
  type SliceGap,
  type SlicePlane,
  type SpaceGap,
} from '../../measure/index.ts';
import type { Reduction } from '../../register/index.ts';
import { type Block, fixed } from '../report/model.ts';
import type { AcetabulumFacts } from './documents.ts';

/** Gap and step-off in three slices through the dome, the worst of all slices, and along the lines in space. */
export function gapBlocks({ before, after }: AcetabulumFacts['gaps']): Block[] {
  const both = (of: (g: FractureGaps) => string): string[] => [of(before), of(after)];
  const slices = SLICE_PLANES.flatMap((plane) => [
    [`${plane}, through the dome`, ...both((g) => ofSlice(g.dome[plane]))],
    [`${plane}, most of all slices`, ...both((g) => mostOf(g, plane))],
  ]);
  const pairs = before.space.map(({ a, b, lengthMm }) => [
    `${a} to ${b}, median (95 %) along ${fixed(lengthMm, 0)} mm`,
    ...both((g) => ofLine(g.space.find((s) => s.a === a && s.b === b))),
  ]);
  return [
    {
      kind: 'text',
      text: 'Gap is measured across the fracture line in the joint surface, step-off out of it, between places that met before the accident. In a slice they are those of the place where it passes the line; a slice that slants to a line draws a gap out on the screen by up to three times, the figure here is the gap itself. A line that a slice does not cross, or runs along, is not read in it. Lines are followed through the fossa.',
    },
    {
      kind: 'table',
      head: ['Gap / step-off of the joint surface', 'As scanned, mm', 'Reduced, mm'],
      rows: [
        ...slices,
        ...pairs,
        ['all lines, 95 % of their length', ...both((g) => pair(g.gapMm, g.stepMm))],
        ['open area along the lines, mm²', ...both((g) => fixed(g.gapAreaMm2, 0))],
      ],
      numbersFrom: 1,
    },
  ];
}

const pair = (gapMm: number, stepMm: number): string => `${fixed(gapMm, 1)} / ${fixed(stepMm, 1)}`;
const ofSlice = (s: SliceGap | null): string => (s ? pair(s.gapMm, s.stepMm) : 'not crossed');
const mostOf = ({ widest, steepest }: FractureGaps, plane: SlicePlane): string => {
  const [gap, step] = [widest[plane], steepest[plane]];
  return gap && step ? pair(gap.gapMm, step.stepMm) : 'not crossed';
};
const ofLine = (s: SpaceGap | undefined): string =>
  s ? `${pair(s.gapMedianMm, s.stepMedianMm)} (${pair(s.gapMm, s.stepMm)})` : 'not met';

/** Faces as they are traced overlap a little wherever they touch: how deep on average tells that from a wrong place. */
export function sharedRoom({ residuals }: Reduction, { overlapMm3 }: FractureGaps): string {
  const facesMm2 = residuals.reduce((sum, r) => sum + r.faceMm2, 0) / 2;
  const deep = facesMm2 > 0 ? `, ${fixed(overlapMm3 / facesMm2, 2)} mm deep over the faces that touch` : '';
  return `${fixed(overlapMm3, 0)} mm³${deep}`;
}

const CENTRE_BY: Record<Acetabulum['centreBy'], string> = {
  head: 'the head in it',
  'joint surface': 'its joint surface',
  'own socket': 'its own joint surface, as far out as the healthy head stands',
  'mirrored head': 'the healthy head, mirrored: its own joint surface is too damaged',
};

export const jointText = ({ radiusMm, centreBy }: Acetabulum): string =>
  `radius ${fixed(radiusMm, 1)} mm to the bone, centre by ${CENTRE_BY[centreBy]}`;
