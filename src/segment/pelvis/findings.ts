import { type Finding, OsteonError, otherSide, type Side } from '../../base/index.ts';
import { hipOf, PLACES } from './anchors.ts';
import type { AssembledPelvis, FoundHip } from './assemble.ts';

/** The other hip bone serves as template if it has at least this part of the volume of the broken one. */
const LEAST_TEMPLATE = 0.6;

const volumeOf = ({ parts }: FoundHip): number => parts.reduce((v, p) => v + p.volumeMm3, 0);

/** Hip bones with a larger section at the ends of the scan, mm², have lost so much that their parts say nothing of fractures. */
const LOST_MM2 = 500;

/**
 * Whether the broken side is the one that was named, and the other one whole and in view.
 * @param endsMm2 how much of both hip bones lies at the ends of the scan
 * @throws segment.no-healthy-side, segment.wrong-side, segment.bilateral, segment.bone-missing, segment.bone-cut
 */
export function checkSides({ hips }: AssembledPelvis, affectedSide: Side, endsMm2: number): Finding[] {
  const healthySide = otherSide(affectedSide);
  const [broken, healthy] = [hips[affectedSide], hips[healthySide]];
  const facts = {
    affectedSide,
    affectedMm3: Math.round(volumeOf(broken)),
    otherMm3: Math.round(volumeOf(healthy)),
    affectedParts: broken.parts.length,
    otherParts: healthy.parts.length,
  };
  const places = healthy.parts.reduce((m, p) => m | p.places, 0) & hipOf(healthySide);
  const { wing, pubis, ischium } = PLACES[healthySide];
  const inView = (places & wing) !== 0 && (places & (pubis | ischium)) !== 0;
  if (!inView || volumeOf(healthy) < LEAST_TEMPLATE * volumeOf(broken))
    throw new OsteonError(
      volumeOf(broken) < LEAST_TEMPLATE * volumeOf(healthy) ? 'segment.bone-missing' : 'segment.no-healthy-side',
      facts,
      `The ${healthySide} hip bone is not in view as a whole: take a scan of the whole pelvis`,
    );
  if (volumeOf(broken) < LEAST_TEMPLATE * volumeOf(healthy))
    throw new OsteonError(
      'segment.bone-missing',
      facts,
      `A good part of the ${affectedSide} hip bone is not in view: take a scan of the whole pelvis`,
    );
  const isBroken = (h: FoundHip) => h.parts.length > 1;
  if (isBroken(healthy) && endsMm2 > LOST_MM2)
    throw new OsteonError(
      'segment.bone-cut',
      { ...facts, endsMm2: Math.round(endsMm2) },
      'The scan ends within the hip bones: take one that holds the whole pelvis',
    );
  if (isBroken(healthy) && isBroken(broken))
    throw new OsteonError(
      'segment.bilateral',
      facts,
      `The ${healthySide} hip bone looks broken too, so it is no template. If it is not, give the points of the fragments`,
    );
  if (isBroken(healthy))
    throw new OsteonError('segment.wrong-side', facts, `The ${healthySide} hip bone is the broken one: name that side`);
  return isBroken(broken) ? [] : [noFracture(affectedSide, facts)];
}

const noFracture = (side: Side, facts: Finding['facts'] & object): Finding => ({
  level: 'blocker',
  code: 'segment.no-fracture',
  text: `no fracture was found in the ${side} hip bone`,
  facts,
  hint: `Look at the side; if it is right, give a point in each fragment, like ${side}-anterior-column`,
});

interface FragmentFacts {
  readonly name: string;
  readonly kind: string;
  readonly side?: Side;
  readonly cut: boolean;
  readonly cutMm2: number;
  readonly volumeMm3: number;
}

/** What was found about the fragments, said anew of those that a person has edited. */
export function findingsAfterEdits(
  before: readonly Finding[],
  bones: readonly FragmentFacts[],
  affectedSide: Side,
): Finding[] {
  const fragments = bones.filter((b) => b.kind === 'fragment' && b.side === affectedSide);
  const anew = ['segment.no-fracture', 'segment.bone-cut'];
  return [
    ...before.filter(({ code }) => !anew.includes(code)),
    ...(fragments.length < 2 ? [noFracture(affectedSide, { affectedSide, affectedParts: fragments.length })] : []),
    ...fragmentFindings(bones),
  ];
}

/** A fragment may lose a tip by a section as small as this, mm²: below half a millilitre, and its shape is known all the same. */
const TIP_MM2 = 200;

/** What a fragment is like that surgery cannot be planned with. */
export function fragmentFindings(bones: readonly FragmentFacts[]): Finding[] {
  return bones
    .filter(({ kind, cut }) => cut && kind !== 'femur' && kind !== 'sacrum')
    .map(({ name, kind, cutMm2, volumeMm3 }) => ({
      level: kind === 'fragment' && cutMm2 > TIP_MM2 ? 'blocker' : 'warning',
      code: 'segment.bone-cut',
      text: `the ${name.replace('-', ' ')} is cut by the end of the scan, over ${Math.round(cutMm2)} mm²`,
      facts: { bone: name, cutMm2: Math.round(cutMm2), volumeMm3: Math.round(volumeMm3) },
      hint: 'Take a scan that holds the whole pelvis',
    }));
}
