import { type Job, type LpsTransform, NO_JOB } from '../../base/index.ts';
import { applyAll, compose, invert } from '../../math/index.ts';
import { type Bvh, buildBvh, joinMeshes, type Mesh, transformMesh, triangleCount } from '../../mesh/index.ts';
import { type HeadSpace, headSpaces } from './head.ts';
import { type FractureLine, fractureLines } from './lines.ts';
import { opened } from './opened.ts';
import { type FracturePiece, type Joint, nearJoint, piecePatches, wholePatch } from './patches.ts';
import { type OpenedLine, SLICE_PLANES, type SliceGap, type SlicePlane, sliceGap } from './planes.ts';
import { commonBox, sharedVolume } from './shared.ts';
import { type SpaceGap, spaceGap } from './space.ts';

export interface FractureInput {
  readonly pieces: readonly FracturePiece[];
  /** Sphere of the joint surface (of the bone, not of the head), LPS mm, on the reduced bone. */
  readonly joint: Joint;
  /**
   * The whole bone as it should be, on the reduced pieces (the healthy one, mirrored), with the sphere of its own joint: its
   * joint surface tells where the fracture lines run where that of the pieces is damaged or was traced badly.
   */
  readonly template?: { readonly mesh: Mesh; readonly joint: Joint };
  /** Sphere of the joint that the slices are laid through, on the reduced bone; without it that of the joint surface. */
  readonly slices?: Joint;
}

/** Sphere of the bony head where it belongs, LPS mm: the joint space is measured to it. */
export type Head = Joint;

export interface FractureOptions {
  /** The axial slice lies this far below the highest point of the sphere: the middle of the weight-bearing dome. */
  readonly belowDomeMm: number;
  /** Distance between the slices in which the worst is looked for, mm. */
  readonly sliceMm: number;
  /** Edge of the cells in which shared volume is counted, mm. */
  readonly cellMm: number;
}

export const FRACTURE_DEFAULTS: FractureOptions = {
  belowDomeMm: 5, // the dome is the uppermost 10 mm of the subchondral arc on CT (Olson and Matta 1993)
  sliceMm: 1, // as the CT slices that a surgeon scrolls through
  cellMm: 0.4, // half a voxel
};

export interface FractureGaps {
  /** Slices through the dome; null where no fracture line of the joint surface is crossed. */
  readonly dome: Readonly<Record<SlicePlane, SliceGap | null>>;
  /** Of all slices through the joint, the one with the widest gap, and the one with the highest step-off. */
  readonly widest: Readonly<Record<SlicePlane, SliceGap | null>>;
  readonly steepest: Readonly<Record<SlicePlane, SliceGap | null>>;
  /** In space, between each two pieces that meet in the joint. */
  readonly space: readonly SpaceGap[];
  /** Of all pairs: widest gap, highest step-off, open area of the joint surface. */
  readonly gapMm: number;
  readonly stepMm: number;
  readonly gapAreaMm2: number;
  /** Volume shared by each two pieces as measured, mm³; pairs that share none are left out. */
  readonly overlaps: readonly {
    readonly a: string;
    readonly b: string;
    readonly mm3: number;
    readonly errorMm3: number;
  }[];
  readonly overlapMm3: number;
  /** Joint space of each piece; empty where the head is not given. */
  readonly head: readonly HeadSpace[];
}

/** A broken socket made ready: ask `gapsAt` for as many poses of its pieces as there are. */
export interface BrokenSocket {
  readonly names: readonly string[];
  /** Where each piece belongs. */
  readonly reduced: readonly LpsTransform[];
  /** Surfaces in the reduced pose. */
  readonly trees: readonly Bvh[];
  /** What of them is joint surface; null where a piece has none. */
  readonly patches: readonly (Mesh | null)[];
  readonly lines: readonly FractureLine[];
  /** The sphere that the slices are laid through. */
  readonly slices: Joint;
}

/**
 * Fracture lines of the joint surface and, for each place on them, the partner on the other piece.
 * @requires closed meshes with outward normals; `reduced` poses in which the fracture faces meet
 * @cost a tree for each piece, and queries near the joint: docs/evidence/reduction.md
 */
export function brokenSocket({ pieces, joint, template, slices }: FractureInput, job: Job = NO_JOB): BrokenSocket {
  const trees = pieces.map((p) => buildBvh(transformMesh(p.reduced, p.mesh)));
  job.at(0.7);
  const patches = piecePatches(trees, joint);
  const whole = template ? wholePatch(template.mesh, template.joint) : null;
  const surface = joinMeshes([...patches, whole].filter((s) => s !== null));
  const place = template?.joint ?? joint;
  const lines =
    triangleCount(surface) > 0
      ? fractureLines(trees, { surface, bone: template ? [buildBvh(nearJoint(template.mesh, place))] : trees }, place)
      : [];
  job.at(1);
  const [names, reduced] = [pieces.map((p) => p.name), pieces.map((p) => p.reduced)];
  return { names, reduced, trees, patches, lines, slices: slices ?? place };
}

/**
 * How far the pieces of a broken socket are apart: gap and step-off in the three planes of the CT, as surgeons read them
 * off slices, and in space with the open area; and the volume in which pieces overlap.
 * @param measured where each piece is measured, from where it was imaged: the identity, as planned, as found after surgery
 * @accuracy closed forms exact to 0.1 mm (tests/analytic/measure-fracture.test.ts); docs/evidence/reduction.md
 */
export function gapsAt(
  socket: BrokenSocket,
  measured: readonly LpsTransform[],
  { head, ...options }: Partial<FractureOptions> & { readonly head?: Head | undefined } = {},
  job: Job = NO_JOB,
): FractureGaps {
  const o = { ...FRACTURE_DEFAULTS, ...options };
  const { names, reduced, trees, lines, slices } = socket;
  const moved = measured.map((m, i) => compose(m, invert(reduced[i])));
  const laid = lines.map((line): OpenedLine => ({ a: names[line.a], b: names[line.b], places: opened(line, moved) }));
  const [x, y, z] = slices.centreMm;
  const at: Record<SlicePlane, number> = { axial: z + slices.radiusMm - o.belowDomeMm, coronal: y, sagittal: x };
  const middle: Record<SlicePlane, number> = { axial: z, coronal: y, sagittal: x };
  const each = <T>(of: (plane: SlicePlane) => T) =>
    Object.fromEntries(SLICE_PLANES.map((p) => [p, of(p)])) as Record<SlicePlane, T>;
  const stacks = each((plane) =>
    stackOf(slices.radiusMm, o.sliceMm).map((d) => sliceGap(laid, plane, middle[plane] + d)),
  );
  job.at(0.3);
  const overlaps = sharedVolumes(names, trees, moved, o.cellMm);
  job.at(1);
  return {
    dome: each((plane) => sliceGap(laid, plane, at[plane])),
    widest: each((plane) => most(stacks[plane], (s) => s.gapMm)),
    steepest: each((plane) => most(stacks[plane], (s) => s.stepMm)),
    ...jointAt(socket, moved, head),
    overlaps,
    overlapMm3: overlaps.reduce((sum, v) => sum + v.mm3, 0),
  };
}

/** What is told of a pose while a hand moves a piece. */
export type JointGaps = Pick<FractureGaps, 'space' | 'gapMm' | 'stepMm' | 'gapAreaMm2' | 'head'>;

/** @param moved of each piece, from where its faces meet @cost 1 ms */
export function jointAt(
  { names, lines, patches }: BrokenSocket,
  moved: readonly LpsTransform[],
  head?: Head,
): JointGaps {
  const space = lines.map((line) => spaceGap(names[line.a], names[line.b], opened(line, moved)));
  return {
    space,
    gapMm: Math.max(0, ...space.map((s) => s.gapMm)),
    stepMm: Math.max(0, ...space.map((s) => s.stepMm)),
    gapAreaMm2: space.reduce((sum, s) => sum + s.gapAreaMm2, 0),
    head: head ? headSpaces(names, patches, moved, head) : [],
  };
}

function stackOf(radiusMm: number, stepMm: number): number[] {
  const n = Math.floor(radiusMm / stepMm);
  return Array.from({ length: 2 * n + 1 }, (_, k) => (k - n) * stepMm);
}

function most(slices: readonly (SliceGap | null)[], of: (s: SliceGap) => number): SliceGap | null {
  let best: SliceGap | null = null;
  for (const s of slices) if (s && (!best || of(s) > of(best))) best = s;
  return best;
}

/** @param moved from the frame of the trees */
function sharedVolumes(
  names: readonly string[],
  trees: readonly Bvh[],
  moved: readonly LpsTransform[],
  cellMm: number,
): FractureGaps['overlaps'] {
  return trees.flatMap((a, i) =>
    trees.slice(i + 1).flatMap((b, k) => {
      const j = i + 1 + k;
      const aFromB = compose(invert(moved[i]), moved[j]);
      const box = commonBox(applyAll(invert(aFromB), a.mesh.positions), b);
      const volume = box && sharedVolume(a, b, box, cellMm, aFromB);
      return volume && volume.mm3 > 0 ? [{ a: names[i], b: names[j], ...volume }] : [];
    }),
  );
}
