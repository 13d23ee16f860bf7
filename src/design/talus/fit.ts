import type { Finding } from '../../base/index.ts';
import { type Clearance, clearance, type SectionProfile, sectionProfile } from '../../measure/index.ts';
import { type Bvh, buildBvh, type Mesh } from '../../mesh/index.ts';
import { NEIGHBOURS, type Neighbour } from './bones.ts';
import { type TalusFrame, type TalusSize, talusSize } from './frame.ts';

export interface FitOptions {
  readonly contactMm: number;
  readonly gapWarnMm: number;
  readonly penetrationBlockMm: number;
  readonly sectionMinMm2: number;
  readonly jointMaxMm: number;
  /** Intersects two solids exactly, for the penetrated volume; without it that is counted on a grid. */
  readonly intersect?: (a: Mesh, b: Mesh) => Mesh;
}

export type SectionAxis = 'anterior' | 'lateral' | 'superior';
export const SECTION_AXES = ['anterior', 'lateral', 'superior'] as const satisfies readonly SectionAxis[];

export interface Fit {
  readonly neighbours: Readonly<Record<Neighbour, Clearance>>;
  readonly sections: Readonly<Record<SectionAxis, SectionProfile>>;
  readonly size: TalusSize;
  readonly findings: readonly Finding[];
}

/** The middle of an implant, in which a small section would be a weak waist and not just its rounded end. */
const MIDDLE = { interiorFrom: 0.2, interiorTo: 0.8 };

/**
 * How an implant sits among its neighbours, and whether it is stout enough.
 * @param bones trees of the affected side's bones, tibia and fibula already at their restored height
 * @cost about a second for each neighbour
 */
export function assessFit(
  implant: Mesh,
  bones: Readonly<Record<Neighbour, Bvh>>,
  frame: TalusFrame,
  o: FitOptions,
): Fit {
  const { intersect } = o;
  const tree = buildBvh(implant);
  const limits = { contactMm: o.contactMm, maxMm: o.jointMaxMm, ...(intersect && { intersect }) };
  const clear = (name: Neighbour) => clearance(tree, bones[name], limits);
  const neighbours = {
    tibia: clear('tibia'),
    fibula: clear('fibula'),
    calcaneus: clear('calcaneus'),
    navicular: clear('navicular'),
  };
  const profile = (axis: SectionAxis) => sectionProfile(implant, { axis: frame[axis], ...MIDDLE });
  const sections = { anterior: profile('anterior'), lateral: profile('lateral'), superior: profile('superior') };
  return {
    neighbours,
    sections,
    size: talusSize(implant, frame),
    findings: [
      ...NEIGHBOURS.flatMap((name) => gapFindings(name, neighbours[name], o)),
      ...SECTION_AXES.flatMap((axis) => sectionFindings(axis, sections[axis], o)),
    ],
  };
}

function gapFindings(name: Neighbour, c: Clearance, o: FitOptions): Finding[] {
  const facts = { minGapMm: c.minGapMm, penetrationMm3: c.penetrationMm3, contactMm2: c.contactMm2 };
  const hint = 'Look at the fit map: a smaller size, another joint height or local smoothing may help.';
  if (c.penetrationDepthMm > o.penetrationBlockMm)
    return [{ level: 'blocker', code: 'design.penetration', text: `the implant enters the ${name}`, facts, hint }];
  if (c.penetrationDepthMm > 0)
    return [{ level: 'warning', code: 'talus.touches', text: `the implant touches the ${name}`, facts, hint }];
  if (c.minGapMm < o.gapWarnMm)
    return [{ level: 'warning', code: 'talus.gap', text: `little room between implant and ${name}`, facts, hint }];
  if (c.jointMm2 === 0)
    return [{ level: 'warning', code: 'talus.no-joint', text: `the implant does not face the ${name}`, facts }];
  return [];
}

function sectionFindings(axis: SectionAxis, { minimum }: SectionProfile, o: FitOptions): Finding[] {
  if (minimum.areaMm2 >= o.sectionMinMm2) return [];
  return [
    {
      level: 'warning',
      code: 'talus.section',
      text: `a section of the implant across its ${axis} axis is small for the load it bears`,
      facts: { areaMm2: minimum.areaMm2, neededMm2: o.sectionMinMm2, atFraction: minimum.atFraction },
    },
  ];
}
