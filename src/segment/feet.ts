import { type Finding, type Job, type LpsTransform, NO_JOB, OsteonError, type Side, type Vec3 } from '../base/index.ts';
import {
  createVolume,
  crop,
  type Grid,
  growBox,
  spacingMm,
  thresholdComponents,
  type Volume,
  type VoxelBox,
} from '../volume/index.ts';
import type { BoneName } from './anatomy.ts';
import { blockOf } from './block.ts';
import { maskOf, writeMask } from './bone-write.ts';
import { settleContacts } from './contacts.ts';
import { seekJoints } from './joints.ts';
import { type Levels, measureLevels } from './levels.ts';
import { BONE_IDS, boneOf, labelOf } from './names.ts';
import { type BonePoint, groupsAtPoints, pointsOf, voxelAt } from './points.ts';
import type { Pose } from './pose.ts';
import { recognise } from './recognise.ts';
import { boxesOf, separate } from './separate.ts';

export interface FoundBone {
  /** Value of its voxels in the label image: the same for the same bone in every scan. */
  readonly label: number;
  readonly side: Side;
  readonly bone: BoneName;
  readonly volumeMm3: number;
  readonly centre: Vec3;
  /** Goes on beyond the scan. */
  readonly cut: boolean;
  /** How far it lies from where the other bones of its foot say it should, in standard deviations of people. */
  readonly doubt: number;
}

export interface Feet {
  readonly labels: Volume<'label', Uint8Array>;
  readonly bones: readonly FoundBone[];
  readonly levels: Levels;
  readonly findings: readonly Finding[];
  /** Motions of bones that a person set by hand, by label: to be applied to their surfaces. */
  readonly moves: ReadonlyMap<number, LpsTransform>;
}

export interface SegmentOptions {
  /** Points inside bones, by name like `left-talus`, LPS mm: they have the last word on names. */
  readonly points?: Readonly<Record<string, Vec3>>;
  readonly job?: Job;
}

/** Pieces of bone smaller than this are no foot, mm³. */
const LEAST_CLUSTER_MM3 = 8000;
/** Blocks are taken this much larger than the bone in them, mm. */
const MARGIN_MM = 5;
/** Pieces without a name, while borders are settled: bones have borders with them too. */
const UNNAMED = BONE_IDS.length + 1;
/** A name farther than this from where it should be is doubtful, standard deviations. */
const DOUBT = 3;

/**
 * Finds, separates and names the bones of one or two feet with the lower shank, without a click.
 *
 * Bones are bodies between walls: cortices and joint gaps, which look like sheets at the scale of a millimetre. The body
 * is cut along them into many pieces, and pieces without a joint gap between them are put together under the guidance of a
 * reference foot, which decides names but no surface. At last the borders between bones settle into the gaps.
 * @throws segment.no-bone; segment.edit for a point outside bone or scan
 * @cost 10 s a foot of 34 million voxels on one core, 25 bytes a voxel of the larger foot
 */
export function segmentFeet(ct: Volume<'hu'>, { points = {}, job = NO_JOB }: SegmentOptions = {}): Feet {
  const set = pointsOf(points);
  for (const { id, lps } of set)
    if (voxelAt(ct.grid, lps) < 0)
      throw new OsteonError('segment.edit', { bone: id }, 'The point lies outside the scan: LPS, mm');
  const levels = measureLevels(ct);
  const clusters = clustersOf(ct, levels);
  if (clusters.length === 0) throw new OsteonError('segment.no-bone', { splitHu: levels.splitHu });
  const labels = createVolume(ct.grid, 'label', new Uint8Array(ct.data.length));
  const bones: FoundBone[] = [];
  const findings: Finding[] = [];
  clusters.forEach((box, k) => {
    const part = job.part(k / clusters.length, (k + 1) / clusters.length);
    bones.push(...segmentBlock(ct, box, levels, set, labels, bones, findings, part));
  });
  bones.sort((a, b) => a.label - b.label);
  if (bones.length === 0)
    throw new OsteonError(
      'segment.no-bone',
      { clusters: clusters.length },
      'No foot was recognised: give a point in each bone',
    );
  for (const { id } of set)
    if (!bones.some((b) => b.label === boneOf(id).label))
      throw new OsteonError('segment.edit', { bone: id }, 'The point lies outside bone: set it inside');
  return { labels, bones, levels, findings, moves: new Map() };
}

/** Boxes of bone that hang together or nearly, largest first. */
function clustersOf(ct: Volume<'hu'>, { softHu, boneHu }: Levels): VoxelBox[] {
  const { boxes, voxels, count } = thresholdComponents(ct, softHu + 0.4 * (boneHu - softHu), Number.POSITIVE_INFINITY);
  const spacing = spacingMm(ct.grid);
  const cell = spacing[0] * spacing[1] * spacing[2];
  const by = spacing.map((s) => Math.ceil(MARGIN_MM / s)) as unknown as Vec3;
  let found: { box: VoxelBox; mm3: number }[] = [];
  for (let k = 1; k <= count; k++) {
    if (voxels[k] * cell < 30) continue;
    const at = (i: number) => boxes[6 * k + i];
    found.push({
      box: growBox({ lo: [at(0), at(1), at(2)], hi: [at(3), at(4), at(5)] }, by, ct.grid.size),
      mm3: voxels[k] * cell,
    });
  }
  for (let changed = true; changed; ) {
    changed = false;
    const next: typeof found = [];
    for (const f of found) {
      const near = next.findIndex((n) => overlap(n.box, f.box));
      if (near < 0) next.push(f);
      else {
        next[near] = { box: around(next[near].box, f.box), mm3: next[near].mm3 + f.mm3 };
        changed = true;
      }
    }
    found = next;
  }
  return found
    .filter((f) => f.mm3 >= LEAST_CLUSTER_MM3)
    .sort((a, b) => b.mm3 - a.mm3)
    .map((f) => f.box);
}

const overlap = (a: VoxelBox, b: VoxelBox): boolean => [0, 1, 2].every((k) => a.lo[k] < b.hi[k] && b.lo[k] < a.hi[k]);
const around = (a: VoxelBox, b: VoxelBox): VoxelBox => ({
  lo: a.lo.map((v, k) => Math.min(v, b.lo[k])) as unknown as Vec3,
  hi: a.hi.map((v, k) => Math.max(v, b.hi[k])) as unknown as Vec3,
});

function segmentBlock(
  whole: Volume<'hu'>,
  box: VoxelBox,
  levels: Levels,
  points: readonly BonePoint[],
  labels: Volume<'label', Uint8Array>,
  known: readonly FoundBone[],
  findings: Finding[],
  job: Job,
): FoundBone[] {
  const ct = crop(whole, box);
  const sides = [0, 1, 2].flatMap((k) => [box.lo[k] === 0, box.hi[k] === whole.grid.size[k]]);
  const pieces = separate(ct, levels, sides, job.part(0, 0.8));
  const { feet, others, ...recognised } = recognise(pieces);
  const groups = Array.from(recognised.groups);
  const byHand = groupsAtPoints(points, pieces, groups, ct.grid, levels);
  job.at(0.85);
  const { of, moments } = pieces;
  const block = blockOf(ct.grid);
  // Label of every piece, then of every voxel, then bone by bone to the solid bone.
  const toes = new Map<number, Vec3>();
  const labelOfGroup = new Map<number, { label: number; side: Side; bone: BoneName; doubt: number }>();
  for (const [id, group] of byHand) labelOfGroup.set(group, { ...boneOf(id), doubt: 0 });
  for (const { side, pose, regions, doubt } of feet)
    for (const [bone, region] of regions) {
      const label = labelOf(side, bone);
      // What a person named stays, and so does the name.
      if (labelOfGroup.has(region) || byHand.has(`${side}-${bone}`)) continue;
      if (known.some((b) => b.label === label)) {
        findings.push({
          level: 'warning',
          code: 'segment.unsure',
          text: `two bones look like the ${side} ${bone}; the larger foot keeps the name`,
          hint: 'Give a point in the right one',
        });
        continue;
      }
      labelOfGroup.set(region, { label, side, bone, doubt: doubt.get(bone)! });
      if (bone.startsWith('metatarsal')) toes.set(label, forwardOf(pose, ct.grid));
    }
  for (let i = 0; i < of.length; i++) if (of[i] !== 0) of[i] = labelOfGroup.get(groups[of[i]])?.label ?? UNNAMED;
  seekJoints(of, UNNAMED, toes, pieces.gap, block);
  settleContacts(of, pieces.gap, block);
  const boxes = boxesOf(of, block, UNNAMED);
  const cutGroups = new Set<number>();
  for (let r = 1; r < moments.cut.length; r++) if (moments.cut[r] === 1) cutGroups.add(groups[r]);
  const found: FoundBone[] = [];
  for (const [group, { label, side, bone, doubt }] of labelOfGroup) {
    const mask = maskOf(label, UNNAMED, of, boxes, pieces, ct, levels);
    const { voxels, centre } = writeMask(mask, label, box, labels);
    if (voxels === 0) continue;
    const cell = block.spacing[0] * block.spacing[1] * block.spacing[2];
    found.push({ label, side, bone, volumeMm3: voxels * cell, centre, cut: cutGroups.has(group), doubt });
    if (doubt > DOUBT)
      findings.push({
        level: 'warning',
        code: 'segment.unsure',
        text: `the ${side} ${bone} lies ${doubt.toFixed(1)} deviations from where it should: look at it`,
        facts: { side, bone, doubt },
      });
  }
  const lost = others.filter((s) => s.volumeMm3 > 500);
  if (lost.length > 0)
    findings.push({
      level: 'note',
      code: 'segment.unnamed',
      text: `${lost.length} pieces of bone have no name, ${(lost.reduce((v, s) => v + s.volumeMm3, 0) / 1000).toFixed(1)} ml in all: toes, sesamoids, what else is in view`,
      facts: { pieces: lost.length, volumeMm3: lost.reduce((v, s) => v + s.volumeMm3, 0) },
    });
  job.at(1);
  return found;
}

/** Towards the toes: mm gained by a step along each voxel axis. */
function forwardOf({ lpsFromReference: { m: p } }: Pose, { lpsFromVoxel: { m } }: Grid): Vec3 {
  // The reference foot looks along −y.
  const d = [-p[1], -p[5], -p[9]];
  const n = Math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
  return [0, 1, 2].map((k) => (d[0] * m[k] + d[1] * m[4 + k] + d[2] * m[8 + k]) / n) as unknown as Vec3;
}
