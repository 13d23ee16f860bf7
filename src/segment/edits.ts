import { type LpsTransform, OsteonError, type Vec3 } from '../base/index.ts';
import { type BoneId, type BoneNames, labelIn } from './names.ts';
import type { PelvicId } from './pelvis/names.ts';

/** What an edit may name; which of them there are says the procedure. */
export type EditBone = BoneId | PelvicId;

/** A brush drawn along a line: all within the radius of it. LPS mm. */
export interface Stroke {
  readonly points: readonly Vec3[];
  readonly radiusMm: number;
}

/** Grey values, HU: an edit leaves voxels outside them alone. */
export interface HuRange {
  readonly lowHu: number;
  readonly highHu: number;
}

/** What a person corrected, in the order it was done. Points LPS mm. */
export type Edit =
  /** `over: bones` takes voxels from other bones too; otherwise only what belongs to none. */
  | {
      readonly op: 'include';
      readonly bone: EditBone;
      readonly strokes: readonly Stroke[];
      readonly within?: HuRange;
      readonly over?: 'bones';
    }
  | { readonly op: 'exclude'; readonly bone: EditBone; readonly strokes: readonly Stroke[]; readonly within?: HuRange }
  /** Between two corners of a box: `add` makes free voxels in the range bone, `trim` takes away what is outside it. */
  | ({
      readonly op: 'threshold';
      readonly bone: EditBone;
      readonly mode: 'add' | 'trim';
      readonly box: readonly [Vec3, Vec3];
    } & HuRange)
  /** Free voxels in the range that hang together with the seed's, no farther from it than `limitMm`. */
  | ({ readonly op: 'grow'; readonly bone: EditBone; readonly seed: Vec3; readonly limitMm: number } & HuRange)
  /** Only the largest piece stays, or all pieces of at least `leastMm3`. */
  | { readonly op: 'islands'; readonly bone: EditBone; readonly leastMm3?: number }
  /** What a polygon covers, seen along `direction`, is taken away; or all but that. */
  | {
      readonly op: 'scissors';
      readonly bone: EditBone;
      readonly polygon: readonly Vec3[];
      readonly direction: Vec3;
      readonly remove: 'inside' | 'outside';
    }
  /** Between the slices of the scan through two points the outline goes over from one to the other. */
  | { readonly op: 'between'; readonly bone: EditBone; readonly slices: readonly [Vec3, Vec3]; readonly along: Vec3 }
  /** What is nearer to the second seed than to the first becomes `into`, or nothing. */
  | { readonly op: 'split'; readonly bone: EditBone; readonly seeds: readonly [Vec3, Vec3]; readonly into?: EditBone }
  /** What lies beyond a plane, where its normal points, becomes `into`, or nothing. */
  | {
      readonly op: 'cut';
      readonly bone: EditBone;
      readonly point: Vec3;
      readonly normal: Vec3;
      readonly into?: EditBone;
    }
  | { readonly op: 'merge'; readonly from: EditBone; readonly into: EditBone }
  | { readonly op: 'rename'; readonly from: EditBone; readonly to: EditBone }
  /** Row-major 4 × 4, LPS mm; moves the bone's surface, not its voxels. */
  | { readonly op: 'move'; readonly bone: EditBone; readonly transform: LpsTransform };
export interface Edits {
  readonly edits: readonly Edit[];
}

const KEYS: Readonly<Record<string, readonly string[]>> = {
  include: ['op', 'bone', 'strokes', 'within', 'over'],
  exclude: ['op', 'bone', 'strokes', 'within'],
  threshold: ['op', 'bone', 'mode', 'box', 'lowHu', 'highHu'],
  grow: ['op', 'bone', 'seed', 'limitMm', 'lowHu', 'highHu'],
  islands: ['op', 'bone', 'leastMm3'],
  scissors: ['op', 'bone', 'polygon', 'direction', 'remove'],
  between: ['op', 'bone', 'slices', 'along'],
  split: ['op', 'bone', 'seeds', 'into'],
  cut: ['op', 'bone', 'point', 'normal', 'into'],
  merge: ['op', 'from', 'into'],
  rename: ['op', 'from', 'to'],
  move: ['op', 'bone', 'transform'],
};
const MOST_EDITS = 10_000;
const LARGEST_BRUSH_MM = 100;

/**
 * Checks an edits file to the last key.
 * @param names the bones that it may name
 * @throws segment.edit naming the edit, param.unknown for a bone
 */
export function parseEdits(json: unknown, names: BoneNames): Edits {
  const file = record(json, 'file');
  for (const key of Object.keys(file))
    if (!['edits', 'osteon', 'planned'].includes(key)) refuse('file', `unknown key ${key}`);
  if (!Array.isArray(file.edits) || file.edits.length > MOST_EDITS) refuse('file', 'edits is a list');
  return { edits: file.edits.map((edit, at) => parseEdit(edit, at, names)) };
}

function parseEdit(json: unknown, at: number, names: BoneNames): Edit {
  const where = `edit ${at + 1}`;
  const e = record(json, where);
  const op = String(e.op);
  if (!Object.hasOwn(KEYS, op)) refuse(where, `op is one of ${Object.keys(KEYS).join(', ')}`);
  for (const key of Object.keys(e)) if (!KEYS[op].includes(key)) refuse(where, `unknown key ${key}`);
  const bone = (key: string): EditBone => {
    labelIn(names, String(e[key]));
    return e[key] as EditBone;
  };
  switch (op) {
    case 'include':
    case 'exclude':
      return {
        op,
        bone: bone('bone'),
        strokes: list(e.strokes, where).map((s) => parseStroke(s, where)),
        ...(e.within !== undefined && { within: range(record(e.within, where), where) }),
        ...(op === 'include' && e.over !== undefined && { over: oneOf(e.over, ['bones'] as const, 'over', where) }),
      };
    case 'threshold':
      return {
        op,
        bone: bone('bone'),
        mode: oneOf(e.mode, ['add', 'trim'] as const, 'mode', where),
        box: two(e.box, 'box', where),
        ...range(e, where),
      };
    case 'grow':
      return {
        op,
        bone: bone('bone'),
        seed: point(e.seed, where),
        limitMm: size(e.limitMm, 'limitMm', 0.1, 500, where),
        ...range(e, where),
      };
    case 'islands':
      return {
        op,
        bone: bone('bone'),
        ...(e.leastMm3 !== undefined && { leastMm3: size(e.leastMm3, 'leastMm3', 0, 1e7, where) }),
      };
    case 'scissors': {
      const polygon = list(e.polygon, where).map((p) => point(p, where));
      if (polygon.length < 3) refuse(where, 'polygon takes three points or more');
      const remove = oneOf(e.remove, ['inside', 'outside'] as const, 'remove', where);
      return { op, bone: bone('bone'), polygon, direction: direction(e.direction, where), remove };
    }
    case 'between':
      return { op, bone: bone('bone'), slices: two(e.slices, 'slices', where), along: direction(e.along, where) };
    case 'split': {
      const seeds = list(e.seeds, where).map((p) => point(p, where));
      if (seeds.length !== 2) refuse(where, 'split takes two seeds');
      return {
        op,
        bone: bone('bone'),
        seeds: [seeds[0], seeds[1]],
        ...(e.into !== undefined && { into: bone('into') }),
      };
    }
    case 'cut':
      return {
        op,
        bone: bone('bone'),
        point: point(e.point, where),
        normal: direction(e.normal, where),
        ...(e.into !== undefined && { into: bone('into') }),
      };
    case 'merge':
      return { op, from: bone('from'), into: bone('into') };
    case 'rename':
      return { op, from: bone('from'), to: bone('to') };
    default:
      if (names.unmoved) refuse(where, names.unmoved);
      return { op: 'move', bone: bone('bone'), transform: motion(e.transform, where) };
  }
}

function refuse(where: string, why: string): never {
  throw new OsteonError('segment.edit', { where, why: why.slice(0, 100) });
}

function record(x: unknown, where: string): Record<string, unknown> {
  if (typeof x !== 'object' || x === null || Array.isArray(x)) refuse(where, 'not an object');
  return x as Record<string, unknown>;
}

function list(x: unknown, where: string): unknown[] {
  if (!Array.isArray(x) || x.length === 0 || x.length > 1_000_000) refuse(where, 'a list is missing or empty');
  return x;
}

function point(x: unknown, where: string): Vec3 {
  if (!Array.isArray(x) || x.length !== 3 || !x.every((v) => typeof v === 'number' && Math.abs(v) < 1e5))
    refuse(where, 'a point is three numbers, LPS mm');
  return [x[0], x[1], x[2]];
}

function parseStroke(x: unknown, where: string): Stroke {
  const s = record(x, where);
  for (const key of Object.keys(s)) if (key !== 'points' && key !== 'radiusMm') refuse(where, `unknown key ${key}`);
  const { radiusMm } = s;
  if (typeof radiusMm !== 'number' || !(radiusMm > 0 && radiusMm <= LARGEST_BRUSH_MM))
    refuse(where, `radiusMm lies between 0 and ${LARGEST_BRUSH_MM}`);
  return { radiusMm, points: list(s.points, where).map((p) => point(p, where)) };
}

/** A rigid motion within 1e-6. */
function motion(x: unknown, where: string): LpsTransform {
  const n = list(x, where).flat();
  if (n.length !== 16 || !n.every((v) => typeof v === 'number' && Number.isFinite(v)))
    refuse(where, 'transform is a 4 × 4 matrix');
  const m = n.slice(0, 12) as number[];
  for (let r = 0; r < 3; r++)
    for (let c = r; c < 3; c++) {
      const dot = m[4 * r] * m[4 * c] + m[4 * r + 1] * m[4 * c + 1] + m[4 * r + 2] * m[4 * c + 2];
      if (Math.abs(dot - (r === c ? 1 : 0)) > 1e-6) refuse(where, 'transform is not a rigid motion');
    }
  return { from: 'lps', to: 'lps', m };
}

function range(e: Record<string, unknown>, where: string): HuRange {
  const { lowHu, highHu } = e;
  if (typeof lowHu !== 'number' || typeof highHu !== 'number' || !(lowHu <= highHu) || Math.abs(lowHu) > 1e5)
    refuse(where, 'lowHu and highHu are numbers, the lower first');
  return { lowHu, highHu };
}

function oneOf<T extends string>(x: unknown, choices: readonly T[], key: string, where: string): T {
  if (!choices.includes(x as T)) refuse(where, `${key} is ${choices.join(' or ')}`);
  return x as T;
}

function size(x: unknown, key: string, from: number, to: number, where: string): number {
  if (typeof x !== 'number' || !(x >= from && x <= to)) refuse(where, `${key} lies between ${from} and ${to}`);
  return x;
}

function two(x: unknown, key: string, where: string): [Vec3, Vec3] {
  const points = list(x, where).map((p) => point(p, where));
  if (points.length !== 2) refuse(where, `${key} takes two points`);
  return [points[0], points[1]];
}

function direction(x: unknown, where: string): Vec3 {
  const d = point(x, where);
  if (!(Math.hypot(...d) > 1e-6)) refuse(where, 'a direction has a length');
  return d;
}
