import type { Finding, Vec3 } from '../../base/index.ts';
import type { Mesh } from '../../mesh/index.ts';
import type { Insertion } from '../plate/index.ts';

/** A straight bore: for a drill on a screw's axis, or for a wire. Heights along `outward` from `entryMm`. */
export interface GuideBore {
  readonly id: string;
  readonly kind: 'sleeve' | 'wire';
  readonly entryMm: Vec3;
  readonly outward: Vec3;
  readonly boreDiameterMm: number;
  readonly outerDiameterMm: number;
  readonly fromMm: number;
  readonly toMm: number;
}

/** How the guide sits on plate and bone. */
export interface GuideSeat {
  /** Part of the plate's outer side that the guide touches when it is put on along its direction. */
  readonly touchedFraction: number;
  /**
   * How well the worst-held motion is held, 0 to 1/3: least eigenvalue of the contact normals, turns measured at the radius
   * of the guide. 0 means that it can slide or turn freely on its seat.
   */
  readonly firmness: number;
  /** How far it can slide at right angles to its direction, and turn about it, before a gap closes. */
  readonly playMm: number;
  readonly playDeg: number;
  /** The best of all wrong ways to put it on: how far its seat then lies from the surfaces, root mean square, and the turn. */
  readonly wrongSeatMm: number;
  readonly wrongSeatDeg: number;
}

export interface Guide {
  /** Closed manifold with outward faces, LPS mm. */
  readonly body: Mesh;
  /** Unit direction in which it comes off, LPS. */
  readonly removal: Vec3;
  readonly bores: readonly GuideBore[];
  /** Ends of the extensions on the bone. */
  readonly legs: readonly { readonly atMm: Vec3; readonly normal: Vec3 }[];
  readonly text: readonly string[];
  readonly seat: GuideSeat;
  /** Least distances to plate and bone, mm. */
  readonly plateGapMm: number;
  readonly boneGapMm: number;
  /** Inscribed balls in the body before bores and letters: 1 % are thinner. */
  readonly wallMm: number;
  /** Places where something is met on the way off: none, or it has an undercut. */
  readonly undercuts: number;
  readonly volumeMm3: number;
  readonly massG: number;
  readonly insertion: Insertion;
  readonly findings: readonly Finding[];
}
