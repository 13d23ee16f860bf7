import type { LpsTransform } from '../../base/index.ts';
import { type Bvh, buildBvh, type Mesh, transformMesh } from '../../mesh/index.ts';
import { axisFrom, type CorridorOptions } from '../corridor.ts';
import { type Axis, type JointSphere, segmentToPoint } from '../corridor-axis.ts';
import { alongFracture, type Rod, rodGaps } from '../corridor-conflicts.ts';
import { cortexOf, toPoints } from '../corridor-cortex.ts';

/** Bone that screws are held against: one, or fragments put together. */
export interface LiveBone {
  readonly cortex: Bvh;
  readonly fracture: Bvh | null;
  /** Points along the fracture lines, flat xyz, mm. */
  readonly line: Float64Array;
}

/** @cost 1 s for three fragments of 100 000 triangles; a tree for one bone */
export function liveBone(pieces: readonly { readonly mesh: Mesh; readonly pose: LpsTransform }[]): LiveBone {
  const placed = pieces.map(({ mesh, pose }) => transformMesh(pose, mesh));
  if (placed.length === 1) return { cortex: buildBvh(placed[0]), fracture: null, line: new Float64Array(0) };
  const { cortex, fracture, line } = cortexOf(placed);
  return { cortex: buildBvh(cortex), fracture: fracture.triangles.length > 0 ? buildBvh(fracture) : null, line };
}

/** One screw under the hand. */
export interface ScrewReading {
  /** As a run takes it, from the nearest point of cortex; null where it does not go into bone. */
  readonly axis: Axis | null;
  /** From the normal of the bone at the entry, degree. */
  readonly tiltDeg: number;
  /** From the thread to cortex, and to the joint; negative where it cuts in. null without axis, or without a joint. mm */
  readonly threadMm: number | null;
  readonly jointMm: number | null;
  /** The tip beyond what ends the corridor; negative inside. mm */
  readonly beyondMm: number | null;
  /** From the entry to the nearest fracture line, and how much of the screw runs in a fracture; null without one. mm */
  readonly lineMm: number | null;
  readonly inFractureMm: number | null;
  /** The nearest other screw, thread to thread. */
  readonly nearest: { readonly id: string; readonly gapMm: number } | null;
}

/**
 * Clearances of a screw as the run will state them for the same axis.
 * @param rod lengthMm is what stands in bone
 * @cost 0.3 ms
 * @accuracy that of the run: the same functions on the same surfaces (tests/twin/measure-live.test.ts)
 */
export function readScrew(
  { cortex, fracture, line }: LiveBone,
  joint: JointSphere | undefined,
  rod: Rod,
  others: readonly Rod[],
  options: Partial<CorridorOptions> = {},
): ScrewReading {
  const { axis, tiltDeg } = axisFrom(cortex, joint, rod.entryMm, rod.direction, { ...options, radiusMm: rod.radiusMm });
  const placed: Rod = axis ? { ...rod, entryMm: axis.entryMm, direction: axis.direction } : rod;
  const near = rodGaps([placed, ...others]).find((g) => g.a === rod.id || g.b === rod.id);
  return {
    axis,
    tiltDeg,
    threadMm: axis && axis.cortexMm - rod.radiusMm,
    jointMm: axis && joint ? jointGap(placed, joint) : null,
    beyondMm: axis && rod.lengthMm - axis.lengthMm,
    lineMm: line.length > 0 ? toPoints(placed.entryMm, line) : null,
    inFractureMm: fracture ? alongFracture(fracture, placed) : null,
    nearest: near ? { id: near.a === rod.id ? near.b : near.a, gapMm: near.gapMm } : null,
  };
}

/** From the whole thread, tip included, to the joint. */
function jointGap({ entryMm, direction, lengthMm, radiusMm }: Rod, joint: JointSphere): number {
  return segmentToPoint(entryMm, direction, lengthMm, joint.centreMm) - joint.radiusMm - radiusMm;
}
