import { type Job, NO_JOB, type Vec3 } from '../../base/index.ts';
import { type Box, type Bvh, buildBvh, closestPoints, type Mesh, transformMesh } from '../../mesh/index.ts';
import { type HeadSpace, headSpaces } from './head.ts';
import { type FracturePiece, layOut, wholePatch } from './patches.ts';
import { SLICE_PLANES, type SliceGap, type SlicePlane, sliceGap } from './planes.ts';
import { sharedVolume } from './shared.ts';
import { type Joint, sitesOf } from './sites.ts';
import { type SpaceGap, spaceGaps } from './space.ts';

export interface FractureInput {
  readonly pieces: readonly FracturePiece[];
  /** Sphere of the joint surface (of the bone, not of the head), LPS mm, on the reduced bone. */
  readonly joint: Joint;
  /**
   * The whole bone as it should be, on the reduced pieces (the healthy one, mirrored), with the sphere of its own joint: its
   * joint surface tells where the fracture lines run even where that of the pieces is damaged or was traced badly.
   */
  readonly template?: { readonly mesh: Mesh; readonly joint: Joint };
  /** Sphere of the bony head where it belongs, LPS mm: the joint space is measured to it. */
  readonly head?: { readonly centreMm: Vec3; readonly radiusMm: number };
}

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

/**
 * How far the pieces of a broken socket are apart: gap and step-off in the three planes of the CT, as surgeons read them
 * off slices, and in space with the open area; and the volume in which pieces overlap.
 * @requires closed meshes with outward normals; `reduced` poses in which the fracture faces meet
 * @cost 1 s for three pieces of 40 000 triangles
 * @accuracy closed forms exact to 0.1 mm (tests/analytic/measure-fracture.test.ts); docs/evidence/reduction.md
 */
export function fractureGaps(
  { pieces, joint, template, head }: FractureInput,
  options: Partial<FractureOptions> = {},
  job: Job = NO_JOB,
): FractureGaps {
  const o = { ...FRACTURE_DEFAULTS, ...options };
  const laid = layOut(pieces, joint);
  job.at(0.4);
  const surface = template ? wholePatch(template.mesh, template.joint) : null;
  const sites = laid.map((_, i) => sitesOf(laid, i, joint, surface));
  const space = spaceGaps(laid, sites, joint);
  job.at(0.6);
  const place = template?.joint ?? joint;
  const [x, y, z] = place.centreMm;
  const at: Record<SlicePlane, number> = { axial: z + place.radiusMm - o.belowDomeMm, coronal: y, sagittal: x };
  const middle: Record<SlicePlane, number> = { axial: z, coronal: y, sagittal: x };
  const each = <T>(of: (plane: SlicePlane) => T) =>
    Object.fromEntries(SLICE_PLANES.map((p) => [p, of(p)])) as Record<SlicePlane, T>;
  const stacks = each((plane) =>
    stackOf(place.radiusMm, o.sliceMm).map((d) => sliceGap(laid, sites, plane, middle[plane] + d)),
  );
  job.at(0.8);
  const overlaps = sharedVolumes(pieces, o.cellMm);
  job.at(1);
  return {
    dome: each((plane) => sliceGap(laid, sites, plane, at[plane])),
    widest: each((plane) => most(stacks[plane], (s) => s.gapMm)),
    steepest: each((plane) => most(stacks[plane], (s) => s.stepMm)),
    space,
    gapMm: Math.max(0, ...space.map((s) => s.gapMm)),
    stepMm: Math.max(0, ...space.map((s) => s.stepMm)),
    gapAreaMm2: space.reduce((sum, s) => sum + s.gapAreaMm2, 0),
    overlaps,
    overlapMm3: overlaps.reduce((sum, v) => sum + v.mm3, 0),
    head: head ? headSpaces(laid, head) : [],
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

function sharedVolumes(pieces: readonly FracturePiece[], cellMm: number) {
  const trees = pieces.map((p) => buildBvh(transformMesh(p.measured, p.mesh)));
  const out: { a: string; b: string; mm3: number; errorMm3: number }[] = [];
  for (let i = 0; i < trees.length; i++)
    for (let j = i + 1; j < trees.length; j++) {
      const box = common(boxOf(trees[i]), boxOf(trees[j]));
      if (!box || !touch(trees[i], trees[j].mesh)) continue;
      const { mm3, errorMm3 } = sharedVolume(trees[i], trees[j], box, cellMm);
      if (mm3 > 0) out.push({ a: pieces[i].name, b: pieces[j].name, mm3, errorMm3 });
    }
  return out;
}

const boxOf = ({ boxes: b }: Bvh): Box => ({ lo: [b[0], b[1], b[2]], hi: [b[3], b[4], b[5]] });

function common(a: Box, b: Box): Box | null {
  const lo: Vec3 = [Math.max(a.lo[0], b.lo[0]), Math.max(a.lo[1], b.lo[1]), Math.max(a.lo[2], b.lo[2])];
  const hi: Vec3 = [Math.min(a.hi[0], b.hi[0]), Math.min(a.hi[1], b.hi[1]), Math.min(a.hi[2], b.hi[2])];
  return lo.every((l, k) => l < hi[k]) ? { lo, hi } : null;
}

/** Whether any vertex comes nearer to the other surface than a triangle is long: pieces that are apart share nothing. */
const TOUCHING_MM = 2;
const touch = (a: Bvh, b: Mesh): boolean =>
  closestPoints(a, b.positions, { limitMm: TOUCHING_MM }).triangles.some((t) => t >= 0);
