import type { Finding, Side } from '../../base/index.ts';
import {
  assessFit,
  type Fit,
  type Hindfoot,
  type HindfootBone,
  type ImplantBody,
  implantBody,
  type JointHeight,
  type Placement,
  placeTalus,
  restoreJointHeight,
  type Size,
  type SizeMode,
  sized,
  TALUS_PARAMS,
  type TalusFrame,
  type TalusValues,
  talusFrame,
  transformHindfoot,
  treesOf,
} from '../../design/index.ts';
import { type WallThickness, wallThickness } from '../../measure/index.ts';
import { buildBvh, checkMesh, type Mesh, type SmoothSpot, transformMesh } from '../../mesh/index.ts';
import type { Engines } from '../engines.ts';
import type { Step } from '../step.ts';

/** Steps of the total talus replacement, in their order. Each takes only what it depends on. */

/** Bones of one side, in the order in which they are handed to a step. */
export const HINDFOOT = [
  'talus',
  'calcaneus',
  'navicular',
  'tibia',
  'fibula',
] as const satisfies readonly HindfootBone[];
type Bones = readonly { readonly mesh: Mesh }[];

const hindfootOf = (bones: Bones): Hindfoot => {
  const [talus, calcaneus, navicular, tibia, fibula] = bones.map((b) => b.mesh);
  return { talus, calcaneus, navicular, tibia, fibula };
};

type Some<K extends keyof TalusValues> = Pick<TalusValues, K>;
const some = <K extends keyof TalusValues>(...names: readonly K[]): Pick<typeof TALUS_PARAMS, K> =>
  Object.fromEntries(names.map((name) => [name, TALUS_PARAMS[name]])) as Pick<typeof TALUS_PARAMS, K>;

type PlaceParams = Some<'seat' | 'seatReachMm' | 'seatMaxShiftMm' | 'seatMaxTurnDeg'>;

/** Mirrors the healthy side and brings calcaneus onto calcaneus, then seats the talus on what is preserved of the other. */
export const talusPlace: Step<{ affected: Bones; healthy: Bones }, PlaceParams, Placement, Engines> = {
  id: 'talus.place',
  version: 1,
  label: 'aligning the mirrored side',
  costS: 3,
  first: true,
  params: some('seat', 'seatReachMm', 'seatMaxShiftMm', 'seatMaxTurnDeg'),
  handler: ({ affected, healthy }, p, { job }) =>
    placeTalus(hindfootOf(affected), hindfootOf(healthy), { ...p, seat: p.seat >= 0.5 }, job),
};

type BodyParams = Some<'edgeMm' | 'smoothPasses' | 'smoothCapMm' | 'articularCapMm' | 'jointMaxMm'>;

/** The implant's body at its place. */
export const talusBody: Step<
  { healthy: Bones; placement: Placement; spots: readonly SmoothSpot[] },
  BodyParams,
  ImplantBody,
  Engines
> = {
  id: 'talus.body',
  version: 2,
  label: 'shaping the implant',
  costS: 4,
  first: true,
  params: some('edgeMm', 'smoothPasses', 'smoothCapMm', 'articularCapMm', 'jointMaxMm'),
  handler({ healthy, placement, spots }, p, { job }) {
    const mirrored = transformHindfoot(placement.lpsFromHealthyTalus, hindfootOf(healthy));
    return implantBody(
      mirrored.talus,
      treesOf(mirrored, ['tibia', 'fibula', 'calcaneus', 'navicular']),
      { ...p, spots },
      job,
    );
  },
};

type HeightParams = Some<'spaceShareFraction' | 'jointMaxMm' | 'raiseGapMm' | 'disagreementMm'>;

/** The motion of tibia and fibula that gives the joint its height back. */
export const talusHeight: Step<
  { affected: Bones; healthy: Bones; placement: Placement },
  HeightParams,
  JointHeight,
  Engines
> = {
  id: 'talus.height',
  version: 1,
  label: 'restoring the joint height',
  costS: 3,
  first: true,
  params: some('spaceShareFraction', 'jointMaxMm', 'raiseGapMm', 'disagreementMm'),
  handler({ affected, healthy, placement }, p) {
    const mirrored = transformHindfoot(placement.lpsFromHealthyTalus, hindfootOf(healthy));
    return restoreJointHeight(hindfootOf(affected), mirrored, { ...p, minGapMm: p.raiseGapMm });
  },
};

/** Anatomical axes of the implant, and how thick it is: those of the nominal size hold for all. */
export interface TalusMeasures {
  readonly frame: TalusFrame;
  readonly wall: WallThickness;
}

export const talusMeasures: Step<
  { body: ImplantBody; affected: Bones; height: JointHeight },
  { side: string },
  TalusMeasures,
  Engines
> = {
  id: 'talus.measures',
  version: 1,
  label: 'measuring the implant',
  costS: 2,
  first: true,
  params: {
    side: { label: 'affected side', unit: '', default: 'left', choices: ['left', 'right'], source: 'the case' },
  },
  handler({ body, affected, height }, { side }) {
    const { navicular } = hindfootOf(affected);
    return {
      frame: talusFrame(body.mesh, navicular, height.shank.axis, side as Side),
      wall: wallThickness(buildBvh(body.mesh)),
    };
  },
};

/** One size, and whether it bounds a solid that can be printed. */
export interface TalusImplant {
  readonly size: Size;
  readonly mesh: Mesh;
  readonly findings: readonly Finding[];
}

export const talusSizeStep: Step<{ body: ImplantBody }, { percent: number; mode: string }, TalusImplant, Engines> = {
  id: 'talus.size',
  version: 1,
  label: 'making sizes',
  costS: 1,
  params: {
    percent: { label: 'size', unit: '%', default: 100, min: 50, max: 150, source: 'the case' },
    mode: {
      label: 'what the percentage is of',
      unit: '',
      default: 'volume',
      choices: ['volume', 'linear'],
      source: 'the case',
    },
  },
  handler({ body }, { percent, mode }, { job }) {
    const size = sized(body.mesh, percent, mode as SizeMode);
    return { size, mesh: size.mesh, findings: checkMesh(size.mesh, { job }).findings };
  },
};

type FitParams = Some<'contactMm' | 'gapWarnMm' | 'penetrationBlockMm' | 'sectionMinMm2' | 'jointMaxMm'>;

/** Gaps, contact, penetration and sections of one size among the bones it will meet. */
export const talusFit: Step<
  { implant: TalusImplant; affected: Bones; height: JointHeight; measures: TalusMeasures },
  FitParams,
  Fit,
  Engines
> = {
  id: 'talus.fit',
  version: 1,
  label: 'measuring the fit',
  costS: 3,
  params: some('contactMm', 'gapWarnMm', 'penetrationBlockMm', 'sectionMinMm2', 'jointMaxMm'),
  handler({ implant, affected, height, measures }, p) {
    const { tibia, fibula, calcaneus, navicular } = hindfootOf(affected);
    const bones = {
      tibia: buildBvh(transformMesh(height.lpsFromAffected, tibia)),
      fibula: buildBvh(transformMesh(height.lpsFromAffected, fibula)),
      calcaneus: buildBvh(calcaneus),
      navicular: buildBvh(navicular),
    };
    return assessFit(implant.mesh, bones, measures.frame, p);
  },
};
