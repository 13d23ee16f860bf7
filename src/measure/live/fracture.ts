import { LPS_IDENTITY, type LpsTransform } from '../../base/index.ts';
import type { Mesh } from '../../mesh/index.ts';
import {
  type BrokenSocket,
  brokenSocket,
  type FractureInput,
  type Head,
  type JointGaps,
  jointAt,
} from '../fracture/gaps.ts';

/** The pieces of a socket laid out once, to be read at any pose. */
export interface LiveFracture {
  readonly socket: BrokenSocket;
  readonly head: Head | null;
}

export interface LiveFractureInput {
  /** In the pose in which their fracture faces meet, LPS mm. */
  readonly pieces: readonly { readonly name: string; readonly mesh: Mesh }[];
  readonly joint: FractureInput['joint'];
  readonly template?: FractureInput['template'];
  /** Sphere of the bony head where it belongs. */
  readonly head?: Head;
}

/** @requires closed meshes with outward normals @cost that of `brokenSocket`; once */
export const liveFracture = ({ pieces, joint, template, head }: LiveFractureInput): LiveFracture => ({
  socket: brokenSocket({
    pieces: pieces.map((p) => ({ ...p, reduced: LPS_IDENTITY })),
    joint,
    ...(template && { template }),
  }),
  head: head ?? null,
});

export type FractureReading = JointGaps;

/**
 * Gap, step-off and joint space with every piece where the hand has put it: what `gapsAt` tells of the same pose.
 * @param moved of each piece, from where its faces meet
 * @cost 2 to 5 ms for three pieces
 * @accuracy that of `gapsAt`, to which it is equal on the same meshes (tests/twin/measure-live.test.ts)
 */
export const readFracture = ({ socket, head }: LiveFracture, moved: readonly LpsTransform[]): FractureReading =>
  jointAt(socket, moved, head ?? undefined);
