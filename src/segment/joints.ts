import type { Vec3 } from '../base/index.ts';
import type { Block } from './block.ts';
import { type Contact, contactsOf, type Labels, type MovedBorder, moveBorder } from './border.ts';
import type { GapShare } from './gaps.ts';

export interface JointOptions {
  /** Borders with a smaller part of gap are false, and a joint is one with a larger part. */
  readonly gapLimit?: number;
  /** How far beyond a false border a joint is looked for, along the axes, mm. */
  readonly beyondMm?: number;
  /** How far before the end of a bone one is looked for, along the axes, mm. */
  readonly beforeMm?: number;
}
export const JOINT_DEFAULTS = {
  gapLimit: 0.45,
  /** The head of a metatarsal is less than 20 mm long. */
  beyondMm: 24,
  /** A whole toe. */
  beforeMm: 70,
} as const satisfies Required<JointOptions>;

/** What holds a cut in place on its near side, mm. */
const HOLD_MM = 2.5;
/** The end of a bone that surely lies beyond any joint in it, mm. */
const TIP_MM = 4;
/** A toe has no more, the one with the metatarsal among them. */
const MOST_JOINTS = 3;
/** Joints of the toes are larger, mm². */
const LEAST_JOINT_MM2 = 25;

/**
 * Where a bone ends at no joint, what lies beyond may be its own head, with the next bone behind it; and where a joint
 * lies within a bone, it is two. Either way the border goes to the joint. Meant for the metatarsals, whose joints with
 * the toes are the tightest of the foot.
 * @param nameless label of what has no name
 * @param bones labels of the bones, each with the direction of its joint: mm gained by a step along each voxel axis
 * @cost 0.2 s a bone
 */
export function seekJoints(
  of: Labels,
  nameless: number,
  bones: ReadonlyMap<number, Vec3>,
  share: GapShare,
  block: Block,
  options: JointOptions = {},
): void {
  const { gapLimit, beyondMm, beforeMm } = { ...JOINT_DEFAULTS, ...options };
  const node = new Int32Array(block.count).fill(-1);
  // Squared, so that a wide joint costs less than the slender shaft behind it.
  const cost = (i: number) => (1 - share(i)) * (1 - share(i));
  const isJoint = ({ areaMm2, cost: c }: MovedBorder) =>
    areaMm2 > LEAST_JOINT_MM2 && c < (1 - gapLimit) * (1 - gapLimit) * areaMm2;
  for (const contact of contactsOf(of, block)) {
    const { a, b, faces } = contact;
    if (b !== nameless || !bones.has(a)) continue;
    if (faces.reduce((s, i) => s + share(i), 0) > gapLimit * faces.length) continue;
    const moved = moveBorder(of, contact, block, node, { reachMm: [HOLD_MM, beyondMm], stayPerMm2: 0, cost });
    if (moved && !isJoint(moved)) moved.undo();
  }
  for (const [bone, ahead] of bones)
    for (let joints = 0; joints < MOST_JOINTS; joints++) {
      const contact = cutTip(of, bone, nameless, ahead, block);
      const moved = moveBorder(of, contact, block, node, { reachMm: [beforeMm, 1], stayPerMm2: 0, cost });
      if (moved && isJoint(moved)) continue;
      moved?.undo();
      for (const i of contact.tip) of[i] = bone;
      break;
    }
}

/** Gives the last millimetres of a bone to `nameless`. */
function cutTip(
  of: Labels,
  bone: number,
  nameless: number,
  ahead: Vec3,
  { nx, ny, count }: Block,
): Contact & { readonly tip: readonly number[] } {
  const slice = nx * ny;
  const mm = (i: number) => {
    const x = i % nx;
    const y = ((i - x) / nx) % ny;
    return ahead[0] * x + ahead[1] * y + ahead[2] * Math.floor(i / slice);
  };
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) if (of[i] === bone) most = Math.max(most, mm(i));
  const tip: number[] = [];
  for (let i = 0; i < count; i++) if (of[i] === bone && mm(i) > most - TIP_MM) tip.push(i);
  for (const i of tip) of[i] = nameless;
  const faces: number[] = [];
  // A label is never on the rim of the volume where a bone ends in a joint.
  for (const i of tip)
    for (const j of [i - 1, i + 1, i - nx, i + nx, i - slice, i + slice]) if (of[j] === bone) faces.push(i, j);
  return { a: bone, b: nameless, faces, areaMm2: 0, tip };
}
