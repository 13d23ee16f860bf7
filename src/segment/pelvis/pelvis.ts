import { type Finding, type Job, NO_JOB, OsteonError, otherSide, type Side, type Vec3 } from '../../base/index.ts';
import { spacingMm, type Volume } from '../../volume/index.ts';
import { blockOf } from '../block.ts';
import { type Levels, measureLevels } from '../levels.ts';
import { type Pieces, separate } from '../separate.ts';
import { shapesOf } from '../shapes.ts';
import { anchorsOf } from './anchors.ts';
import { type AssembledPelvis, assemblePelvis } from './assemble.ts';
import { namedBones } from './bones.ts';
import { carveBones } from './carve.ts';
import { partColumns } from './columns.ts';
import { cutAreas } from './cut-ends.ts';
import { checkSides, fragmentFindings } from './findings.ts';
import { findPelvicFrame, type PelvicFrame } from './frame.ts';
import { marrowOf } from './marrow.ts';
import { fillMetal } from './metal.ts';
import { PELVIC_IDS, type PelvicId, type PelvicKind, pelvicName } from './names.ts';
import { nameHip } from './naming.ts';
import { seedPieces } from './seeds.ts';
import { wallsOf } from './sheets.ts';

/** A bone, or a fragment of the broken hip bone, beside another one. */
export interface PelvicNeighbour {
  readonly name: PelvicId;
  /** How much of its surface faces the other one within 3 mm, mm²; the same from both sides. */
  readonly areaMm2: number;
}

export interface FoundPelvicBone {
  /** Value of its voxels in the label image: the same for the same bone in every scan. */
  readonly label: number;
  readonly name: PelvicId;
  readonly kind: PelvicKind;
  readonly side?: Side;
  readonly volumeMm3: number;
  readonly centre: Vec3;
  /** Goes on beyond the scan. */
  readonly cut: boolean;
  /** Its section where the scan ends, mm². */
  readonly cutMm2: number;
  readonly neighbours: readonly PelvicNeighbour[];
}

export interface Pelvis {
  readonly labels: Volume<'label', Uint8Array>;
  readonly bones: readonly FoundPelvicBone[];
  readonly levels: Levels;
  readonly findings: readonly Finding[];
}

export interface SegmentPelvisOptions {
  /** The side that is broken: it is checked, and only this side falls into fragments. Left out: neither. */
  readonly affectedSide?: Side;
  /** After surgery hip bones are kept whole, however the gaps look. */
  readonly postoperative?: boolean;
  /** Points inside bones, by name like `left-anterior-column`, LPS mm: they have the last word. */
  readonly points?: Readonly<Partial<Record<PelvicId, Vec3>>>;
  readonly job?: Job;
}

/** Pieces without a name, while borders are settled: bones have borders with them too. */
const UNNAMED = PELVIC_IDS.length + 1;
/**
 * Finds hip bones, sacrum and femora, and the fragments of a broken hip bone, without a click.
 *
 * The body of bone is cut along its walls and gaps into many pieces. Some of them are surely of one bone by where they lie
 * to the mirror plane and the symphysis; the bones are parted between those where it cuts the least solid bone, which joints
 * and overlapping cortices are not. A hip bone then falls apart where gaps run through it, and where parting its columns cuts
 * much less solid bone than in the other hip bone.
 * @throws segment.no-bone; segment.edit for a point outside bone; segment.no-healthy-side, segment.wrong-side,
 * segment.bilateral, segment.bone-cut where `affectedSide` is given and the scan contradicts it
 * @cost 15 s for 30 million voxels on one core, 25 bytes a voxel
 */
export function segmentPelvis(ct: Volume<'hu'>, options: SegmentPelvisOptions = {}): Pelvis {
  const { affectedSide, postoperative = false, points = {}, job = NO_JOB } = options;
  const levels = measureLevels(ct);
  const { ct: filled, metalMm3, findings: metal } = fillMetal(ct, levels);
  // Bright streaks look like marrow; after surgery fractures are closed, and cortices bound the bones.
  const marrow = metalMm3 > 0 ? undefined : marrowOf(filled, levels);
  const solid = marrow ? { marrow } : STREAKED;
  const separated = separate(filled, levels, ENDS, job.part(0.05, 0.65), { interiors: INTERIORS, solid });
  const seeded = seedPieces(separated, points, ct.grid, levels, ENDS);
  const { frame, ...found } = assemble(seeded.pieces, seeded.placed, filled, levels);
  job.at(0.7);
  let { assembled } = found;
  let { pieces } = seeded;
  const isChecked = affectedSide !== undefined && !postoperative;
  if (isChecked) {
    const search = { frame, ct: filled, levels, seeds: seedsOf(affectedSide, points) };
    const { hips } = assembled;
    const parted = partColumns(hips[affectedSide], hips[otherSide(affectedSide)], pieces, search);
    pieces = parted.pieces;
    assembled = { ...assembled, hips: { ...hips, [affectedSide]: parted.hip } };
  }
  const findings: Finding[] = [
    ...metal,
    ...(isChecked ? checkSides(assembled, affectedSide, endsMm2(assembled, pieces)) : []),
  ];
  const isWhole = (side: Side) => postoperative || (affectedSide !== undefined && side !== affectedSide);
  const lists = listsOf(assembled, isWhole);
  if (lists.size === 0) throw new OsteonError('segment.no-bone', { splitHu: levels.splitHu });
  const byLabel = [...lists].map(([id, list]) => ({ label: pelvicName(id).label, pieces: list }));
  byLabel.sort((a, b) => a.label - b.label);
  const carved = carveBones({ ...pieces, ...(marrow && { marrow }) }, byLabel, UNNAMED, filled, levels);
  const bones = namedBones(carved.labels, pieces.padded, carved.bones);
  if (isChecked) findings.push(...fragmentFindings(bones));
  job.at(1);
  return { labels: carved.labels, bones, levels, findings };
}

/** Interiors down to 2 mm thick count as such: narrow ends of fragments. */
const INTERIORS = { thickMm: 1 } as const;
/** Streaks open thin cortices. */
const STREAKED = { wallFraction: 0.18, gapRadiusMm: 1.5 } as const;
/** All six sides of the scan are its ends. */
const ENDS = [true, true, true, true, true, true];

function assemble(
  pieces: Pieces,
  placed: ReadonlyMap<number, number>,
  { grid }: Volume<'hu'>,
  levels: Levels,
): { readonly frame: PelvicFrame; readonly assembled: AssembledPelvis } {
  const { of, grey, count, moments } = pieces;
  const shapes = shapesOf(
    moments,
    Int32Array.from({ length: count + 1 }, (_, i) => i),
  );
  const frame = findPelvicFrame(shapes.flatMap((s) => s.sample));
  const anchors = anchorsOf(shapes, frame);
  for (const [piece, place] of placed) anchors.set(piece, place);
  const cell = spacingMm(grid).reduce((v, s) => v * s, 1);
  const volumesMm3 = Float64Array.from({ length: count + 1 }, (_, i) => cell * moments.sums[10 * i]);
  const faces = wallsOf(pieces.faces, of, grey, blockOf(grid), levels, count);
  return { frame, assembled: assemblePelvis({ count, faces, volumesMm3, anchors }) };
}

/** How much of both hip bones lies at the ends of the scan, mm², with soft tissue beside them: a little says nothing. */
function endsMm2({ hips }: AssembledPelvis, { of, padded, count, moments }: Pieces): number {
  const areas = cutAreas(of, padded, blockOf(moments.grid), count);
  const parts = [...hips.left.parts, ...hips.right.parts];
  return parts.reduce((s, p) => p.pieces.reduce((t, i) => t + areas[i], s), 0);
}

/** Points in fragments of one side. */
const seedsOf = (side: Side, points: Readonly<Partial<Record<PelvicId, Vec3>>>): Map<PelvicId, Vec3> =>
  new Map(
    (Object.entries(points) as [PelvicId, Vec3][]).filter(([id]) => {
      const { kind, side: s } = pelvicName(id);
      return kind === 'fragment' && s === side;
    }),
  );

function listsOf(
  { sacrum, femora, hips }: AssembledPelvis,
  isWhole: (side: Side) => boolean,
): Map<PelvicId, readonly number[]> {
  const out = new Map<PelvicId, readonly number[]>();
  if (sacrum.length > 0) out.set('sacrum', sacrum);
  for (const side of ['left', 'right'] as const) {
    if (femora[side].length > 0) out.set(`${side}-femur`, femora[side]);
    for (const [id, list] of nameHip(hips[side], isWhole(side))) out.set(id, list);
  }
  return out;
}
