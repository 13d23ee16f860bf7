import type { Side } from '../base/index.ts';
import { apply, applyLinear, distance, invert } from '../math/index.ts';
import { type BoneName, type FootBone, REFERENCE_FOOT, REFERENCE_SHANK, type ReferenceBone } from './anatomy.ts';
import { assign } from './assign.ts';
import { fitPose, type Pose } from './pose.ts';
import type { Shape } from './shapes.ts';

/** A foot found among the regions. */
export interface NamedFoot {
  readonly side: Side;
  readonly pose: Pose;
  /** Region of each bone found. */
  readonly regions: ReadonlyMap<BoneName, number>;
  /** How far each found bone lies from where the reference has it, in standard deviations of people. */
  readonly doubt: ReadonlyMap<BoneName, number>;
  readonly gain: number;
}

/** A region farther from a bone than this many deviations is another one. */
const COST_OF_NONE = 12;
/** A foot is one if its bones together are this much better than chance. */
const LEAST_GAIN = 25;
const MOST_FEET = 2;
/** People's feet lie between these times the reference in length. */
const SCALE = [0.75, 1.3] as const;
/** Smaller regions are no bone of the foot, mm³. */
const LEAST_VOLUME = 250;

/** Middles of pieces of the shank lie this much above the middle of the talus. */
const SHANK_FROM_MM = 8;
/** Standard deviation of the length of people's feet, as a logarithm. */
const SCALE_DEVIATION = 0.09;

/** Sets of three bones a pose is tried from: near to the talus first, without it, and wide apart. */
const ANCHORS: readonly (readonly [FootBone, FootBone, FootBone])[] = [
  ['talus', 'calcaneus', 'navicular'],
  ['talus', 'calcaneus', 'cuboid'],
  ['calcaneus', 'navicular', 'cuboid'],
  ['calcaneus', 'cuboid', 'metatarsal-1'],
  ['talus', 'calcaneus', 'metatarsal-1'],
];
const REFERENCE = new Map(REFERENCE_FOOT.map((b) => [b.bone, b]));

/**
 * Names the bones of up to two feet in any pose, left or right: the pose of a reference foot that explains the regions
 * best is searched from triples of bones, then all bones are assigned at once.
 * @cost about 50 µs a triple that fits; 0.5 s for two feet
 */
export function nameFeet(shapes: readonly Shape[]): NamedFoot[] {
  const feet: NamedFoot[] = [];
  let left = shapes.filter((s) => s.volumeMm3 >= LEAST_VOLUME);
  while (feet.length < MOST_FEET) {
    const foot = bestFoot(left);
    if (!foot || foot.gain < LEAST_GAIN) break;
    feet.push(foot);
    left = left.filter((s) => !isPartOf(foot, s));
  }
  return feet;
}

/** Whether a region is a bone of this foot, or lies among its bones or in its shank. */
function isPartOf({ regions, pose }: NamedFoot, shape: Shape): boolean {
  if ([...regions.values()].includes(shape.region)) return true;
  const [x, y, z] = apply(invert(pose.lpsFromReference) as Pose['lpsFromReference'], shape.centre);
  return z > -20 ? Math.abs(x) < 80 && Math.abs(y) < 80 : Math.abs(x) < 55 && z > -80 && y > -180 && y < 80;
}

function bestFoot(shapes: readonly Shape[]): NamedFoot | undefined {
  let best: NamedFoot | undefined;
  for (const anchors of ANCHORS)
    for (const chosen of triplesOf(shapes, anchors))
      for (const mirrored of [false, true]) {
        const centres = anchors.map((a) => REFERENCE.get(a)!.centreMm);
        const pose = fitPose(
          centres,
          chosen.map((s) => s.centre),
          mirrored,
        );
        if (pose.scale < SCALE[0] || pose.scale > SCALE[1]) continue;
        const foot = footAt(pose, shapes);
        if (foot.gain > (best?.gain ?? 0)) best = foot;
      }
  return best && refine(best, shapes);
}

/** All bones found so far decide the pose, as long as that finds more. */
function refine(start: NamedFoot, shapes: readonly Shape[]): NamedFoot {
  let best = start;
  for (let k = 0; k < 5; k++) {
    const pairs = [...best.regions].flatMap(([bone, region]) => {
      const reference = REFERENCE.get(bone as FootBone);
      return reference ? [[reference.centreMm, shapes.find((s) => s.region === region)!.centre] as const] : [];
    });
    if (pairs.length < 3) break;
    const pose = fitPose(
      pairs.map((p) => p[0]),
      pairs.map((p) => p[1]),
      best.pose.mirrored,
    );
    const next = footAt(pose, shapes);
    if (next.gain <= best.gain) break;
    best = next;
  }
  return best;
}

/** Triples whose volumes and mutual distances could be those of the anchors. */
function* triplesOf(shapes: readonly Shape[], anchors: readonly FootBone[]): Generator<readonly Shape[]> {
  const [a, b, c] = anchors.map((name) => REFERENCE.get(name)!);
  const like = (bone: ReferenceBone) =>
    shapes.filter((s) => s.volumeMm3 > 0.25 * bone.volumeMm3 && s.volumeMm3 < 2.5 * bone.volumeMm3);
  const [as, bs, cs] = [like(a), like(b), like(c)];
  const ab = distance(a.centreMm, b.centreMm);
  const ac = distance(a.centreMm, c.centreMm);
  const bc = distance(b.centreMm, c.centreMm);
  const fits = (ratio: number) => ratio > 0.65 && ratio < 1.45;
  for (const p of as)
    for (const q of bs) {
      if (q === p || !fits(distance(p.centre, q.centre) / ab)) continue;
      for (const r of cs)
        if (r !== p && r !== q && fits(distance(p.centre, r.centre) / ac) && fits(distance(q.centre, r.centre) / bc))
          yield [p, q, r];
    }
}

/** The bones of a foot in this pose, and what they speak for it. */
function footAt(pose: Pose, shapes: readonly Shape[]): NamedFoot {
  const inverse = invert(pose.lpsFromReference);
  const cost = REFERENCE_FOOT.map((bone) => shapes.map((s) => costOf(bone, s, pose, inverse)));
  const chosen = assign(cost, COST_OF_NONE);
  const regions = new Map<BoneName, number>();
  const doubt = new Map<BoneName, number>();
  const size = Math.log(pose.scale) / SCALE_DEVIATION;
  let gain = -size * size;
  chosen.forEach((j, i) => {
    if (j < 0) return;
    const { bone } = REFERENCE_FOOT[i];
    regions.set(bone, shapes[j].region);
    doubt.set(bone, Math.sqrt(cost[i][j]));
    gain += COST_OF_NONE - cost[i][j];
  });
  const taken = new Set(regions.values());
  const shank = shankCosts(
    shapes.filter((s) => !taken.has(s.region)),
    inverse,
  );
  for (const { bone, region, cost: c } of shank) {
    regions.set(bone, region);
    doubt.set(bone, Math.sqrt(c));
    gain += COST_OF_NONE - c;
  }
  return { side: pose.mirrored ? 'right' : 'left', pose, regions, doubt, gain };
}

/** Whether a piece lies among the named bones of a foot or in its shank, and not in the toes. */
export function liesAmongBones({ pose, regions }: NamedFoot, piece: Shape | undefined): boolean {
  if (!piece) return false;
  const at = apply(invert(pose.lpsFromReference) as Pose['lpsFromReference'], piece.centre);
  if (at[2] > SHANK_FROM_MM) return Math.abs(at[0]) < 80 && Math.abs(at[1]) < 80;
  return REFERENCE_FOOT.some(({ bone, centreMm, lengthMm, axis }) => {
    if (!regions.has(bone)) return false;
    const d = [0, 1, 2].map((k) => at[k] - centreMm[k]);
    const along = Math.abs(d[0] * axis[0] + d[1] * axis[1] + d[2] * axis[2]);
    const across2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2] - along * along;
    // A rod of standard deviation σ ends at √3 σ.
    const reach = Math.sqrt(3) * lengthMm;
    const wide = bone.startsWith('metatarsal') ? 10 : reach;
    return along < reach && across2 < wide * wide;
  });
}

/** Squared deviations of a region from a bone: place along and across it, volume, direction. */
function costOf(bone: ReferenceBone, shape: Shape, pose: Pose, inverse: ReturnType<typeof invert>): number {
  const at = apply(inverse as Pose['lpsFromReference'], shape.centre);
  const d = [0, 1, 2].map((k) => at[k] - bone.centreMm[k]);
  const along = d[0] * bone.axis[0] + d[1] * bone.axis[1] + d[2] * bone.axis[2];
  const across2 = Math.max(0, d[0] * d[0] + d[1] * d[1] + d[2] * d[2] - along * along);
  // Bones far from the talus stray more; a piece of a long bone lies anywhere along it.
  const far = distance(bone.centreMm, [0, 0, 0]);
  const s = 3.5 + 0.03 * far;
  const slack = Math.max(0, bone.lengthMm - 8) + (shape.cut ? bone.lengthMm : 0);
  const cube = pose.scale * pose.scale * pose.scale;
  const size = Math.log(shape.volumeMm3 / (bone.volumeMm3 * cube));
  const elongated = bone.lengthMm > 15 && bone.bone !== 'calcaneus' && shape.volumeMm3 > 0.5 * bone.volumeMm3;
  let turn = 0;
  if (elongated) {
    const axis = applyLinear(inverse as Pose['lpsFromReference'], shape.axis);
    const length = Math.hypot(...axis);
    const c = Math.abs(axis[0] * bone.axis[0] + axis[1] * bone.axis[1] + axis[2] * bone.axis[2]) / length;
    turn = (1 - Math.min(1, c)) / 0.08;
  }
  // A piece of a bone is common, a bone of twice the size is not.
  const volume = size < 0 ? size / 0.45 : size / 0.4;
  return (along * along) / ((s + slack) * (s + slack)) + across2 / (s * s) + volume * volume + turn;
}

/** Tibia and fibula: long, above, and nearest to where they meet the reference talus. */
function shankCosts(shapes: readonly Shape[], inverse: ReturnType<typeof invert>) {
  const candidates = shapes
    .filter((s) => s.volumeMm3 > 1500)
    .map((shape) => ({ shape, points: shape.sample.map((p) => apply(inverse as Pose['lpsFromReference'], p)) }))
    .filter(({ points }) => points.reduce((z, p) => z + p[2], 0) / points.length > SHANK_FROM_MM);
  const cost = REFERENCE_SHANK.map(({ nearMm, volumeMm3 }) =>
    candidates.map(({ shape, points }) => {
      const near = points.reduce((m, p) => Math.min(m, distance(p, nearMm)), Number.POSITIVE_INFINITY);
      const small = Math.max(0, Math.log(volumeMm3 / shape.volumeMm3));
      return (near / 6) * (near / 6) + small * small;
    }),
  );
  return [...assign(cost, COST_OF_NONE)].flatMap((j, i) =>
    j < 0 ? [] : [{ bone: REFERENCE_SHANK[i].bone, region: candidates[j].shape.region, cost: cost[i][j] }],
  );
}
