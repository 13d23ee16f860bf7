import type { LpsTransform } from '../../base/index.ts';
import { type Bvh, buildBvh, type Mesh, transformMesh } from '../../mesh/index.ts';

/** The bones of one side that matter to a talus; closed surfaces, LPS mm. Tibia and fibula may be cut by the field of view. */
export interface Hindfoot {
  readonly talus: Mesh;
  readonly calcaneus: Mesh;
  readonly navicular: Mesh;
  readonly tibia: Mesh;
  readonly fibula: Mesh;
}

export type HindfootBone = keyof Hindfoot;

/** The neighbours an implant is measured against, in the order of the report. */
export const NEIGHBOURS = ['tibia', 'fibula', 'calcaneus', 'navicular'] as const;
export type Neighbour = (typeof NEIGHBOURS)[number];

/** Every bone moved (or mirrored) alike. */
export function transformHindfoot(t: LpsTransform, bones: Hindfoot): Hindfoot {
  const { talus, calcaneus, navicular, tibia, fibula } = bones;
  return {
    talus: transformMesh(t, talus),
    calcaneus: transformMesh(t, calcaneus),
    navicular: transformMesh(t, navicular),
    tibia: transformMesh(t, tibia),
    fibula: transformMesh(t, fibula),
  };
}

/** Surfaces to measure to, prepared once each. */
export const treesOf = (bones: Hindfoot, names: readonly HindfootBone[]): Bvh[] =>
  names.map((name) => buildBvh(bones[name]));
