import {
  designPlate,
  holeSurfaces,
  type Params,
  PLATE_PARAMS,
  type Plate,
  type PlateMaterial,
  type PlateNetwork,
  type PlateValues,
} from '../../design/index.ts';
import { writeStep } from '../../io/index.ts';
import type { DrawnPlate } from '../case/acetabulum.ts';
import type { Engines } from '../engines.ts';
import type { ParamTable, Step } from '../step.ts';
import type { ReducedBone } from './pelvis.ts';
import { brimNetwork, drawnNetwork } from './plate-network.ts';
import type { ScrewPlans } from './screw-plan.ts';
import type { ScrewBone, ScrewPlaces } from './screws.ts';

type None = Record<string, never>;

/** The network as drawn, else along the brim; nothing where the plate shall be suggested by its screws. */
export const plateNetwork: Step<
  { bone: ScrewBone; places: ScrewPlaces; plans: ScrewPlans; drawn: DrawnPlate | null },
  None,
  { network: PlateNetwork | null },
  Engines
> = {
  id: 'plate.network',
  version: 2,
  label: 'laying out the plate',
  costS: 0.3,
  params: {},
  handler({ bone, places, plans, drawn }) {
    if (drawn) return { network: drawnNetwork(drawn) };
    return { network: places.brim && brimNetwork(bone.cortex, places.brim, plans.screws) };
  },
};

/** Every parameter of a recipe as parameters of a step. */
const asStepParams = <P extends Params>(params: P): ParamTable<{ [K in keyof P]: number }> =>
  params as unknown as ParamTable<{ [K in keyof P]: number }>;

/** The plate on the reduced bone, with holes for its screws. */
export const plateDesign: Step<
  { reduced: ReducedBone; plans: ScrewPlans; layout: { network: PlateNetwork | null }; material: PlateMaterial },
  PlateValues,
  Plate,
  Engines
> = {
  id: 'plate.design',
  version: 5,
  label: 'shaping the plate',
  costS: 15,
  params: asStepParams(PLATE_PARAMS) as ParamTable<PlateValues>,
  async handler({ reduced, plans, layout, material }, values, { engines, job }) {
    const { centreMm, radiusMm } = reduced.acetabulum;
    return designPlate(
      {
        bones: reduced.fragments.map((f) => f.mesh),
        ...(layout.network && { network: layout.network }),
        screws: plans.screws,
        material,
        joint: { centreMm, radiusMm },
        solids: await engines.solids(),
      },
      values,
      job,
    );
  },
};

/** The plate as STEP, its holes and seats true round surfaces for the five-axis mill. */
export const plateStep: Step<{ plate: Plate }, { name: string }, { bytes: Uint8Array }, Engines> = {
  id: 'plate.step',
  version: 2,
  label: 'writing STEP',
  costS: 2,
  params: { name: { label: 'name inside the file', unit: '', default: 'plate', source: 'the caller' } },
  handler: ({ plate }, { name }) => ({
    bytes: writeStep({ name, mesh: plate.body, rounds: plate.holes.flatMap(holeSurfaces) }),
  }),
};
