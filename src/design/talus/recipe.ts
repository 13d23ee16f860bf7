import { type Finding, type Job, NO_JOB, type Side } from '../../base/index.ts';
import { type WallThickness, wallThickness } from '../../measure/index.ts';
import { buildBvh, type Mesh, type SmoothSpot, transformMesh } from '../../mesh/index.ts';
import type { Designed, Recipe } from '../recipe.ts';
import { type ImplantBody, implantBody } from './body.ts';
import { type Hindfoot, transformHindfoot, treesOf } from './bones.ts';
import { assessFit, type Fit } from './fit.ts';
import { type TalusFrame, talusFrame } from './frame.ts';
import { type JointHeight, restoreJointHeight } from './joint-height.ts';
import { TALUS_PARAMS, type TalusValues } from './params.ts';
import { type Placement, placeTalus } from './place.ts';
import { type Size, type SizeMode, sized } from './sizes.ts';

export interface TalusInput {
  readonly affectedSide: Side;
  readonly affected: Hindfoot;
  readonly healthy: Hindfoot;
  readonly sizesPercent: readonly number[];
  readonly sizeMode: SizeMode;
  /** Places to be smoothed by hand, LPS mm at the implant's place. */
  readonly smoothAt?: readonly SmoothSpot[];
  /** Exact intersection of solids, where an engine is at hand. */
  readonly intersect?: (a: Mesh, b: Mesh) => Mesh;
}

export interface TalusDesign {
  readonly placement: Placement;
  readonly body: ImplantBody;
  /** Of the nominal size; it grows with a size's linear factor. */
  readonly wall: WallThickness;
  readonly height: JointHeight;
  readonly frame: TalusFrame;
  readonly implants: readonly { readonly size: Size; readonly fit: Fit }[];
}

/** Total talus replacement: the healthy talus, mirrored, placed, idealised, in sizes, with the ankle back at its height. */
export const talusRecipe: Recipe<typeof TALUS_PARAMS, TalusInput, TalusDesign> = {
  id: 'talus.total',
  version: 1,
  title: 'Total talus replacement',
  params: TALUS_PARAMS,
  run: designTalus,
};

function designTalus(input: TalusInput, v: TalusValues, job: Job = NO_JOB): Designed<TalusDesign> {
  const { affected, healthy, affectedSide } = input;
  const placement = placeTalus(affected, healthy, { ...v, seat: v.seat >= 0.5 }, job.part(0, 0.2));
  const mirrored = transformHindfoot(placement.lpsFromHealthyTalus, healthy);
  const body = implantBody(
    mirrored.talus,
    treesOf(mirrored, ['tibia', 'fibula', 'calcaneus', 'navicular']),
    { ...v, spots: input.smoothAt ?? [] },
    job.part(0.2, 0.5),
  );
  const height = restoreJointHeight(affected, mirrored, { ...v, minGapMm: v.raiseGapMm });
  job.at(0.7);
  const bones = {
    tibia: buildBvh(transformMesh(height.lpsFromAffected, affected.tibia)),
    fibula: buildBvh(transformMesh(height.lpsFromAffected, affected.fibula)),
    calcaneus: buildBvh(affected.calcaneus),
    navicular: buildBvh(affected.navicular),
  };
  const wall = wallThickness(buildBvh(body.mesh));
  const frame = talusFrame(body.mesh, affected.navicular, height.shank.axis, affectedSide);
  const sizes = input.sizesPercent.map((percent) => sized(body.mesh, percent, input.sizeMode));
  const fitOptions = { ...v, ...(input.intersect && { intersect: input.intersect }) };
  const implants = sizes.map((size, i) => {
    const fit = assessFit(size.mesh, bones, frame, fitOptions);
    job.at(0.7 + (0.3 * (i + 1)) / sizes.length);
    return { size, fit };
  });
  const findings: Finding[] = [...placement.findings, ...body.findings, ...height.findings];
  for (const { size, fit } of implants)
    findings.push(...fit.findings.map((f) => ({ ...f, text: `size ${size.percent} %: ${f.text}` })));
  return { output: { placement, body, wall, height, frame, implants }, findings };
}
