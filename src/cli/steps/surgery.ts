import { createRng, type Side, type Vec3 } from '../../base/index.ts';
import { writeCtSeries } from '../../dicom/index.ts';
import { add, cross, scale, sub, unit } from '../../math/index.ts';
import { ctOfPelvis, type PhantomScrew, pelvisOf } from '../../phantom/index.ts';
import type { Engines, Step } from '../../plan/index.ts';
import { type PelvisParams, pelvisScan } from './pelvis.ts';

/** An operation that is made up: the planned screws, each off its plan by a known amount, one of them left out. */

/** A screw as `plan.json` has it. */
export interface ScrewOfPlan {
  readonly id: string;
  readonly target: string;
  readonly entryMm: Vec3;
  readonly direction: Vec3;
  readonly lengthMm: number;
  readonly stockMm: number;
  readonly screw: { readonly diameterMm: number; readonly headDiameterMm: number; readonly headHeightMm: number };
}

/** Degrees that a screw is turned by at its entry into bone, and mm that this lies off its plan, across and along. */
const MOST = { deg: 8, acrossMm: 4, deepMm: 2 };

/** Screws as they come to lie, the last one of the plan left out. */
export function placedScrews(plan: readonly ScrewOfPlan[], seed: number): PhantomScrew[] {
  const random = createRng(seed + 77);
  return plan.slice(0, -1).map(({ id, target, entryMm, direction, lengthMm, stockMm, screw }) => {
    const side = unit(cross(direction, Math.abs(direction[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0]));
    const up = cross(direction, side);
    const round = (): Vec3 => {
      const a = 2 * Math.PI * random();
      return add(scale(side, Math.cos(a)), scale(up, Math.sin(a)));
    };
    const lean = (MOST.deg * random() * Math.PI) / 180;
    const way = unit(add(scale(direction, Math.cos(lean)), scale(round(), Math.sin(lean))));
    const entry = add(entryMm, scale(round(), MOST.acrossMm * random()));
    const outsideMm = stockMm - lengthMm - screw.headHeightMm + MOST.deepMm * (random() - 0.5);
    return {
      id,
      target,
      entryMm: sub(entry, scale(way, outsideMm)),
      direction: way,
      lengthMm: stockMm - screw.headHeightMm,
      diameterMm: screw.diameterMm,
      head: { diameterMm: screw.headDiameterMm, heightMm: screw.headHeightMm },
    };
  });
}

/** The CT after it as DICOM files: fragments reduced but for an eighth of what they were off, screws with heads. */
export const operatedScan: Step<
  { readonly screws: readonly PhantomScrew[] },
  PelvisParams,
  { readonly files: readonly Uint8Array[] },
  Engines
> = {
  id: 'phantom.operated-scan',
  version: 1,
  label: 'making the CT after the operation',
  costS: 20,
  transient: true,
  params: pelvisScan.params,
  handler({ screws }, p, { job }) {
    const pelvis = pelvisOf({
      seed: p.seed,
      affectedSide: p.affectedSide as Side,
      spacingMm: [p.pixelMm, p.pixelMm, p.sliceMm],
      postoperative: true,
      screws,
    });
    const ct = ctOfPelvis(pelvis, { seed: p.seed + 1, noiseHu: p.noiseHu, job: job.part(0, 0.9) });
    const tags = {
      seed: `operated pelvis ${p.seed} ${p.affectedSide} ${ct.grid.size.join(' ')}`,
      patientId: 'PHANTOM',
      seriesDescription: 'Pelvis after surgery, synthetic',
      laterality: 'both',
    } as const;
    return { files: writeCtSeries(ct, tags) };
  },
};
