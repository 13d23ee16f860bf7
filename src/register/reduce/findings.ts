import type { Finding } from '../../base/index.ts';
import type { FragmentFit } from './judge.ts';
import type { Reduction } from './reduce.ts';

/** Two healthy hip bones of one person differ by this much; what is less says nothing. Sci Rep 2020, s41598-020-75884-y. */
export const SYMMETRY_NOISE = { mm: 3, deg: 2 } as const;

/** More of a fragment's surface than this without template or neighbour: it lies in the wrong place. */
const NO_PLACE = 0.3;
/** Residual to the template beyond which a fragment lies in the wrong place, mm: twice the symmetry noise. */
const NO_PLACE_MM = 2 * SYMMETRY_NOISE.mm;
/** More of the template than this without a fragment: a piece is missing. */
const UNCOVERED = 0.05;
/** The pieces together and the healthy bone may differ in volume by this: healthy pairs differ by about 3 %. */
const VOLUME = 0.12;
/** Shared room deeper than this is not tracing noise, mm. */
const DEEP_MM = 1.5;

export interface Judged extends Omit<Reduction, 'findings'> {
  readonly converged: boolean;
  readonly uncovered: number;
  readonly isIntactLargest: boolean;
  readonly volumeRatio: number;
  readonly alignment: readonly Finding[];
}

export function findingsOf(r: Judged): Finding[] {
  const found = r.residuals.filter((_, i) => r.poses[i].by === 'found');
  return [...symmetry(r), ...r.alignment, ...found.flatMap(placing), ...together(r)];
}

function symmetry({ symmetry: s }: Judged): Finding[] {
  const noise: Finding = {
    level: 'note',
    code: 'reduce.symmetry-noise',
    text: 'The template is the other side of the same person: residuals below 3 mm and 2° say nothing.',
    facts: { noiseMm: SYMMETRY_NOISE.mm, noiseDeg: SYMMETRY_NOISE.deg, intactRmsMm: s.rmsMm, intactP95Mm: s.p95Mm },
  };
  if (s.sdMm <= SYMMETRY_NOISE.mm / 2 && s.offPlaneDeg <= 4 * SYMMETRY_NOISE.deg) return [noise];
  return [
    noise,
    {
      level: 'warning',
      code: 'reduce.asymmetric',
      text: 'The two sides differ by more than those of healthy people, or the intact piece has moved.',
      facts: { sdMm: s.sdMm, offPlaneMm: s.offPlaneMm, offPlaneDeg: s.offPlaneDeg },
      hint: 'Look at the template on the intact piece. Has the joint with the sacrum opened?',
    },
  ];
}

function placing(fit: FragmentFit): Finding[] {
  const facts = {
    fragment: fit.name,
    rmsMm: fit.rmsMm,
    p95Mm: fit.p95Mm,
    unexplained: fit.unexplained,
    sdMm: fit.sdMm,
    sdDeg: fit.sdDeg,
  };
  if (fit.unexplained > NO_PLACE || !(fit.p95Mm <= NO_PLACE_MM))
    return [
      {
        level: 'blocker',
        code: 'reduce.no-place',
        text: `${fit.name} finds no place on the template or at its neighbours.`,
        facts,
        hint: 'Is it a piece of this bone, and of this alone? Give its pose by hand.',
      },
    ];
  if (fit.sdMm > SYMMETRY_NOISE.mm / 2 || fit.sdDeg > 2 * SYMMETRY_NOISE.deg)
    return [
      {
        level: 'warning',
        code: 'reduce.loose',
        text: `${fit.name} is held by little surface: its pose is uncertain.`,
        facts,
        hint: 'Look at it from three sides and correct its pose.',
      },
    ];
  return [];
}

function together(r: Judged): Finding[] {
  const out: Finding[] = [];
  for (const { a, b, mm3, depthMm } of r.overlaps)
    if (depthMm > DEEP_MM)
      out.push({
        level: 'warning',
        code: 'reduce.overlap',
        text: `${a} and ${b} share room.`,
        facts: { volumeMm3: mm3, depthMm },
        hint: 'Pieces that were pressed together in the scan, or a pose given by hand: correct one of them.',
      });
  if (r.uncovered > UNCOVERED)
    out.push({
      level: 'warning',
      code: 'reduce.uncovered',
      text: 'Part of the bone has no fragment.',
      facts: { uncovered: r.uncovered },
      hint: 'Was a fragment not found, or does it lie outside the scan?',
    });
  if (Math.abs(r.volumeRatio - 1) > VOLUME)
    out.push({
      level: 'warning',
      code: 'reduce.volume',
      text: 'The fragments together do not have the volume of the healthy bone.',
      facts: { volumeRatio: r.volumeRatio },
      hint: 'Is a piece missing, or is bone of a neighbour among them?',
    });
  if (!r.isIntactLargest)
    out.push({
      level: 'warning',
      code: 'reduce.intact-small',
      text: 'Another fragment is larger than the one that is said not to have moved.',
      hint: 'Name the piece that carries the joint with the sacrum: usually the ilium, and the largest.',
    });
  if (!r.converged)
    out.push({
      level: 'warning',
      code: 'reduce.not-converged',
      text: 'The fragments were still moving when the reduction was stopped.',
    });
  return out;
}
