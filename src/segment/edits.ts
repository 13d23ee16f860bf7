import { type Job, type LpsTransform, NO_JOB, OsteonError, type Vec3 } from '../base/index.ts';
import { apply } from '../math/index.ts';
import { createVolume, type Volume, voxelFromLps } from '../volume/index.ts';
import { ball, blockOf } from './block.ts';
import type { Feet, FoundBone } from './feet.ts';
import { BONE_IDS, type BoneId, boneOf } from './names.ts';
import { voxelAt } from './points.ts';
import { territoriesOf } from './regions.ts';

/** A brush drawn along a line: all within the radius of it. LPS mm. */
export interface Stroke {
  readonly points: readonly Vec3[];
  readonly radiusMm: number;
}

/** What a person corrected, in the order it was done. */
export type Edit =
  | { readonly op: 'include' | 'exclude'; readonly bone: BoneId; readonly strokes: readonly Stroke[] }
  /** What is nearer to the second seed than to the first becomes `into`, or nothing. */
  | { readonly op: 'split'; readonly bone: BoneId; readonly seeds: readonly [Vec3, Vec3]; readonly into?: BoneId }
  | { readonly op: 'merge'; readonly from: BoneId; readonly into: BoneId }
  | { readonly op: 'rename'; readonly from: BoneId; readonly to: BoneId }
  /** Row-major 4 × 4, LPS mm; moves the bone's surface, not its voxels. */
  | { readonly op: 'move'; readonly bone: BoneId; readonly transform: LpsTransform };
export interface Edits {
  readonly edits: readonly Edit[];
}

const KEYS: Readonly<Record<string, readonly string[]>> = {
  include: ['op', 'bone', 'strokes'],
  exclude: ['op', 'bone', 'strokes'],
  split: ['op', 'bone', 'seeds', 'into'],
  merge: ['op', 'from', 'into'],
  rename: ['op', 'from', 'to'],
  move: ['op', 'bone', 'transform'],
};
const MOST_EDITS = 10_000;
const LARGEST_BRUSH_MM = 100;

/** Checks an edits file to the last key. @throws segment.edit naming the edit, param.unknown for a bone */
export function parseEdits(json: unknown): Edits {
  const file = record(json, 'file');
  for (const key of Object.keys(file)) if (key !== 'edits' && key !== 'osteon') refuse('file', `unknown key ${key}`);
  if (!Array.isArray(file.edits) || file.edits.length > MOST_EDITS) refuse('file', 'edits is a list');
  return { edits: file.edits.map(parseEdit) };
}

function parseEdit(json: unknown, at: number): Edit {
  const where = `edit ${at + 1}`;
  const e = record(json, where);
  const op = String(e.op);
  if (!Object.hasOwn(KEYS, op)) refuse(where, `op is one of ${Object.keys(KEYS).join(', ')}`);
  for (const key of Object.keys(e)) if (!KEYS[op].includes(key)) refuse(where, `unknown key ${key}`);
  const bone = (key: string): BoneId => {
    boneOf(String(e[key]));
    return e[key] as BoneId;
  };
  switch (op) {
    case 'include':
    case 'exclude':
      return { op, bone: bone('bone'), strokes: list(e.strokes, where).map((s) => parseStroke(s, where)) };
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
    case 'merge':
      return { op, from: bone('from'), into: bone('into') };
    case 'rename':
      return { op, from: bone('from'), to: bone('to') };
    default:
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

/**
 * Labels and bones after the edits of a person, in their order.
 * @throws segment.edit where an edit names a bone that is not there, or a seed outside it
 * @cost the strokes' voxels; a split one pass over the scan
 */
export function applyEdits(feet: Feet, ct: Volume<'hu'>, { edits }: Edits, job: Job = NO_JOB): Feet {
  const labels = createVolume(feet.labels.grid, 'label', feet.labels.data.slice());
  const has = new Set(feet.bones.map((b) => b.label));
  const need = (id: BoneId, where: string): number => {
    const { label } = boneOf(id);
    if (!has.has(label)) refuse(where, `${id} is not there`);
    return label;
  };
  const moves = new Map(feet.moves);
  edits.forEach((edit, k) => {
    job.at(k / edits.length);
    const where = `edit ${k + 1}`;
    const { data } = labels;
    switch (edit.op) {
      case 'include':
      case 'exclude': {
        const label = edit.op === 'include' ? boneOf(edit.bone).label : need(edit.bone, where);
        const [from, to] = edit.op === 'include' ? [0, label] : [label, 0];
        for (const stroke of edit.strokes) paint(labels, stroke, from, to);
        has.add(label);
        break;
      }
      case 'split':
        split(
          labels,
          ct,
          feet.levels,
          edit.seeds,
          need(edit.bone, where),
          edit.into ? boneOf(edit.into).label : 0,
          where,
        );
        if (edit.into) has.add(boneOf(edit.into).label);
        break;
      case 'merge':
      case 'rename': {
        const from = need(edit.from, where);
        const to = edit.op === 'merge' ? need(edit.into, where) : boneOf(edit.to).label;
        if (edit.op === 'rename' && has.has(to))
          refuse(where, `${edit.to} is there already: merge, or rename it first`);
        for (let i = 0; i < data.length; i++) if (data[i] === from) data[i] = to;
        has.delete(from);
        has.add(to);
        break;
      }
      case 'move':
        moves.set(need(edit.bone, where), edit.transform);
    }
  });
  return { ...feet, labels, moves, bones: recount(feet, labels, has) };
}

/** Voxels of value `from` within a stroke become `to`. */
function paint(
  { data, grid }: Volume<'label', Uint8Array>,
  { points, radiusMm }: Stroke,
  from: number,
  to: number,
): void {
  const block = blockOf(grid);
  const { nx, ny, nz } = block;
  const steps = [{ dx: 0, dy: 0, dz: 0 }, ...ball(block, radiusMm)];
  const inverse = voxelFromLps(grid);
  const half = Math.min(...block.spacing) / 2;
  for (let k = 0; k < points.length; k++) {
    const a = points[k];
    const b = points[Math.min(k + 1, points.length - 1)];
    const length = Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
    const count = Math.max(1, Math.ceil(length / half));
    for (let n = 0; n < count; n++) {
      const f = n / count;
      const lps: Vec3 = [a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1]), a[2] + f * (b[2] - a[2])];
      const [x, y, z] = apply(inverse, lps).map(Math.round);
      for (const { dx, dy, dz } of steps) {
        const [u, v, w] = [x + dx, y + dy, z + dz];
        if (u < 0 || v < 0 || w < 0 || u >= nx || v >= ny || w >= nz) continue;
        const i = (w * ny + v) * nx + u;
        if (data[i] === from) data[i] = to;
      }
    }
  }
}

function split(
  { data, grid }: Volume<'label', Uint8Array>,
  ct: Volume<'hu'>,
  levels: Feet['levels'],
  seeds: readonly [Vec3, Vec3],
  label: number,
  into: number,
  where: string,
): void {
  const mine = Uint8Array.from(data, (v) => (v === label ? 1 : 0));
  const cores = new Uint16Array(data.length);
  seeds.forEach((lps, k) => {
    const i = voxelAt(grid, lps);
    if (i < 0 || mine[i] === 0) refuse(where, `seed ${k + 1} lies outside the bone`);
    cores[i] = k + 1;
  });
  const { of: parts } = territoriesOf(mine, Float32Array.from(ct.data), cores, 2, blockOf(grid), levels);
  for (let i = 0; i < data.length; i++) if (parts[i] === 2) data[i] = into;
}

/** Volumes and centres as they are now. */
function recount(feet: Feet, { data, grid }: Volume<'label', Uint8Array>, has: ReadonlySet<number>): FoundBone[] {
  const { nx, ny, nz, spacing } = blockOf(grid);
  const sums = new Float64Array(4 * 256);
  for (let z = 0, i = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, i++) {
        const s = 4 * data[i];
        if (s === 0) continue;
        sums[s]++;
        sums[s + 1] += x;
        sums[s + 2] += y;
        sums[s + 3] += z;
      }
  const cell = spacing[0] * spacing[1] * spacing[2];
  return [...has]
    .filter((label) => sums[4 * label] > 0)
    .sort((a, b) => a - b)
    .map((label) => {
      const before = feet.bones.find((b) => b.label === label);
      const n = sums[4 * label];
      const middle: Vec3 = [sums[4 * label + 1] / n, sums[4 * label + 2] / n, sums[4 * label + 3] / n];
      const { side, bone } = boneOfLabel(label);
      return {
        label,
        side,
        bone,
        volumeMm3: n * cell,
        centre: apply(grid.lpsFromVoxel, middle),
        cut: before?.cut ?? false,
        doubt: 0,
      };
    });
}

const boneOfLabel = (label: number) => boneOf(BONE_IDS[label - 1]);
