import type { Finding, Vec3 } from '../../base/index.ts';
import type { Mesh } from '../../mesh/index.ts';

/** A point that a person put on the reduced bone, LPS mm. It need not lie on it exactly. */
export interface PlatePoint {
  readonly id: string;
  readonly at: Vec3;
}

/** A band of plate through points in this order. Arms that share a point are joined there. */
export interface PlateArm {
  readonly id: string;
  readonly points: readonly string[];
  /** Absent: the width and thickness of the parameters, mm. */
  readonly widthMm?: number;
  readonly thicknessMm?: number;
}

/** A centreline, or a branching network of them, drawn on the bone. It goes into a case document as it is. */
export interface PlateNetwork {
  readonly points: readonly PlatePoint[];
  readonly arms: readonly PlateArm[];
  /** Closed rounds of points whose inside is plate too: a triangle over the quadrilateral surface. */
  readonly panels?: readonly { readonly id: string; readonly points: readonly string[] }[];
}

/** What a plate needs to know of a planned screw; `PlannedScrew` of the screw planner is one. */
export interface PlateScrew {
  readonly id: string;
  /** Where the axis enters the bone, LPS mm. */
  readonly entryMm: Vec3;
  /** Unit vector into the bone. */
  readonly direction: Vec3;
  readonly lengthMm: number;
  readonly screw: {
    readonly name: string;
    readonly diameterMm: number;
    readonly headDiameterMm: number;
    readonly headHeightMm: number;
    readonly drillMm: number;
  };
}

/** Of what the plate is made. `MATERIALS_DATA` of the strength room has the values and their sources. */
export interface PlateMaterial {
  readonly name: string;
  readonly youngMPa: number;
  readonly yieldMPa: number;
  readonly densityGPerCm3: number;
}

/** `conical`: countersunk head; `spherical`: round head, which may sit at an angle. */
export type SeatKind = 'conical' | 'spherical';

/** A screw hole as made: everything along the axis is measured outward from the entry, mm. */
export interface PlateHole {
  readonly screwId: string;
  /** A point of the axis and its unit direction, out of the bone. */
  readonly entryMm: Vec3;
  readonly outward: Vec3;
  readonly holeDiameterMm: number;
  readonly seat: SeatKind;
  readonly seatDiameterMm: number;
  /** Where the axis passes the bone side and the outer side of the plate. */
  readonly boneSideMm: number;
  readonly outerSideMm: number;
  /** Where the seat begins to narrow, and where it has become the hole. */
  readonly seatTopMm: number;
  readonly seatBottomMm: number;
  /** Top of the head; with the screw's length in bone, the length of screw to take from the shelf. */
  readonly headTopMm: number;
  /** How far the head stands out of the plate at its axis. */
  readonly headProudMm: number;
  /** The plate is thickened around the hole to carry the seat. */
  readonly raised: boolean;
  /** The band is widened around the hole. */
  readonly widened: boolean;
  /** Least metal between the seat and the bone side, along the axis. */
  readonly wallUnderSeatMm: number;
  /** Angle between the axis and the surface normal of the bone side. */
  readonly tiltDeg: number;
}

/** The middle of an arm as it runs on the bone: points 1 to 2 mm apart, flat xyz, with outward normals. */
export interface ArmCurve {
  readonly id: string;
  readonly points: Float64Array;
  readonly normals: Float64Array;
  readonly widthMm: number;
  readonly thicknessMm: number;
  readonly lengthMm: number;
}

export interface BoneSide {
  /** Triangles of the body that lie on the stand-off surface. */
  readonly triangles: Uint32Array;
  readonly areaMm2: number;
  /** Root mean square and largest distance to the stand-off surface, mm. */
  readonly rmsMm: number;
  readonly maxMm: number;
  /** Least and mean distance to the bone itself, mm. */
  readonly leastGapMm: number;
  readonly meanGapMm: number;
  /** Part of the area where a hollow of the bone is bridged by more than 0.1 mm, and the deepest bridge, mm. */
  readonly bridgedFraction: number;
  readonly bridgedDepthMm: number;
}

/** Section of an arm across its middle, from the finished body, holes taken off. */
export interface ArmSection {
  readonly atMm: number;
  readonly areaMm2: number;
  /** Second moments about the axes along the bone and out of it: bending out of the plane of the plate, and in it, mm⁴. */
  readonly bendMm4: number;
  readonly edgeMm4: number;
  /** Least section modulus for bending out of the plane, mm³. */
  readonly bendMm3: number;
}

export interface ArmStrength {
  readonly id: string;
  readonly sections: readonly ArmSection[];
  /** E·I of a uniform beam that bends as much in all, N·mm². */
  readonly bendingStiffnessNmm2: number;
  /** Bending moment at which the outer fibre of the weakest section yields, N·mm, and where that is. */
  readonly yieldMomentNmm: number;
  readonly weakestAtMm: number;
  readonly leastAreaMm2: number;
}

/** How the plate goes through a window: turned the best way, its shadow in a rectangle. */
export interface Insertion {
  readonly windowMm: number;
  /** Sides of the smallest rectangle around the shadow, best direction: the larger one lies along the incision. */
  readonly alongMm: number;
  readonly acrossMm: number;
  /** Direction of travel, in the plate's own place, LPS. */
  readonly direction: Vec3;
  readonly fits: boolean;
}

export interface Plate {
  /** Closed manifold with outward faces, LPS mm. */
  readonly body: Mesh;
  /** The same before the holes were cut. */
  readonly blank: Mesh;
  readonly curves: readonly ArmCurve[];
  readonly boneSide: BoneSide;
  readonly holes: readonly PlateHole[];
  readonly volumeMm3: number;
  readonly massG: number;
  readonly material: PlateMaterial;
  /** Least wall: inscribed balls in the blank away from its edges, and metal under the seats. */
  readonly wallMm: number;
  /** Pairs of triangles of plate and bone that meet; none means an overlap of exactly nothing. */
  readonly overlapPairs: number;
  readonly overlapMm3: number;
  readonly strength: readonly ArmStrength[];
  readonly insertion: Insertion;
  readonly findings: readonly Finding[];
}
