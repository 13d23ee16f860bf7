import type { Vec3 } from '../base/index.ts';
import type { Setup } from './load-cases.ts';

/**
 * Force on the hip joint in standing under which fixations of the acetabulum are compared, N.
 * @source J Orthop Surg Res 2023, 18, s13018-023-03715-7: 700 N, standing (abstract read)
 */
export const PLATE_JOINT_N = 700;

export interface PlateHolding {
  /** Surface of the walls of all holes whose screws hold the piece that does not move. */
  readonly held: string;
  /** A surface of hole walls for each piece that only the plate carries, and the part of the joint force it takes. */
  readonly pulls: readonly { readonly surface: string; readonly forceN: Vec3 }[];
  /** Middle of the joint: pressure on a sphere has its resultant through there. */
  readonly jointMm: Vec3;
  /** How screws give in their holes and in bone, N/mm³ over the walls of the holes. */
  readonly nPerMm3: number;
}

/** How far a face of the mesh may lie from the wall of a hole to belong to it, mm. */
const WALL_MM = 0.35;
const SOURCE = 'J Orthop Surg Res 2023, 18, s13018-023-03715-7: 700 N in standing';

/**
 * A plate that carries pieces of a joint all by itself: what the joint presses on each piece reaches the plate through the
 * screws in it, as a stiff body hands it on; the screws in the whole piece hold. Faces of the fracture carry nothing.
 * @requires the surfaces named
 */
export function plateSetup({ held, pulls, jointMm, nPerMm3 }: PlateHolding): Setup {
  const walls = [held, ...pulls.map((p) => p.surface)];
  return {
    regions: Object.fromEntries(walls.map((surface) => [surface, { patch: { surface, withinMm: WALL_MM } }])),
    supports: [{ region: held, kind: 'bedding', nPerMm3 }],
    loadCases: [
      {
        name: 'standing, the fracture carries nothing',
        source: SOURCE,
        loads: pulls.map(({ surface, forceN }) => ({ region: surface, forceN, through: jointMm })),
      },
    ],
  };
}

/**
 * An arm gripped at one tip and turned at the other: the same moment everywhere between, as between the loading rollers of
 * ASTM F382 (the standard was not read).
 */
export function tipBending(tips: readonly [Vec3, Vec3], gripMm: number, momentNmm: Vec3): Setup {
  const [gripped, turned] = tips.map((at) => ({ sphere: { at, radiusMm: gripMm } }));
  return {
    regions: { gripped, turned },
    supports: [{ region: 'gripped', kind: 'fixed' }],
    loadCases: [{ name: 'bending', source: 'after ASTM F382', loads: [{ region: 'turned', momentNmm }] }],
  };
}
