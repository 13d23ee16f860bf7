import type { Vec3 } from '../../base/index.ts';

/** How the head meets a plate: its own thread in the hole, or a spherical seat. */
export type ScrewKind = 'cortical' | 'locking' | 'cannulated';

/** One kind of screw as it is stocked. All lengths mm. */
export interface ScrewType {
  /** `cortical-3.5` … */
  readonly name: string;
  readonly kind: ScrewKind;
  /** Outside the thread. */
  readonly diameterMm: number;
  /** At the root of the thread. */
  readonly coreMm: number;
  readonly pitchMm: number;
  readonly headDiameterMm: number;
  /** From the top of the head to where the shaft begins. */
  readonly headHeightMm: number;
  /** Stocked lengths, from the top of the head to the tip, rising. */
  readonly lengthsMm: readonly number[];
  /** Drill for the thread hole. */
  readonly drillMm: number;
  /** Wire through the screw; cannulated ones only. */
  readonly wireMm?: number;
  /** What was read where, and what was not. */
  readonly source: string;
}

/** A screw with its place in reduced bone. LPS mm. */
export interface PlannedScrew {
  readonly id: string;
  /** Where the axis enters bone. */
  readonly entryMm: Vec3;
  /** Unit, into bone. */
  readonly direction: Vec3;
  /** From the entry to the tip. What plate and stand-off take of the stocked length is added by whoever lays the plate. */
  readonly lengthMm: number;
  readonly screw: ScrewType;
  /** The bone or fragment that its tip holds. */
  readonly target: string;
}
