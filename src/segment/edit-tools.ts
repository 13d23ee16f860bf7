import { OsteonError, type Vec3 } from '../base/index.ts';
import { apply, dot, frameAbout, unit } from '../math/index.ts';
import {
  axisGrid,
  boxOf,
  createVolume,
  crop,
  type Grid,
  growBox,
  paintComponents,
  signedMaskDistance,
  spacingMm,
  thresholdComponents,
  type Volume,
  type VoxelBox,
  voxelFromLps,
  voxelMm3,
} from '../volume/index.ts';
import { ball, blockOf } from './block.ts';
import type { Edit, HuRange, Stroke } from './edits.ts';
import type { Levels } from './levels.ts';
import { type BoneNames, labelIn } from './names.ts';
import { voxelAt } from './points.ts';
import { territoriesOf } from './regions.ts';

/** What an edit works on. `labels` are changed in place. */
export interface EditSite {
  readonly names: BoneNames;
  readonly labels: Volume<'label', Uint8Array>;
  readonly ct: Volume<'hu'>;
  /** Grey values of bone and of what is around it: for `split`. */
  readonly levels: Levels;
}
export type LabelEdit = Exclude<Edit, { op: 'move' }>;

/**
 * All voxels an edit may change lie in this box; none where it can change nothing. Whoever wants to take an edit back
 * keeps what is in it.
 * @cost a search for the bone where the edit does not say a place
 */
export function reachOfEdit(
  { labels, names }: Pick<EditSite, 'labels' | 'names'>,
  edit: LabelEdit,
): VoxelBox | undefined {
  const { grid } = labels;
  switch (edit.op) {
    case 'include':
    case 'exclude':
      return boxAround(
        grid,
        edit.strokes.flatMap((s) => s.points),
        Math.max(...edit.strokes.map((s) => s.radiusMm)),
      );
    case 'threshold':
      return edit.mode === 'add' ? boxAround(grid, edit.box, 0) : boxOf(labels, labelIn(names, edit.bone));
    case 'grow':
      return boxAround(grid, [edit.seed], edit.limitMm);
    case 'merge':
    case 'rename':
      return boxOf(labels, labelIn(names, edit.from));
    default:
      return boxOf(labels, labelIn(names, edit.bone));
  }
}

/**
 * One edit of a person, done.
 * @throws segment.edit for a seed outside the bone, or a slice without it
 * @cost the voxels in its reach
 */
export function applyEdit(site: EditSite, edit: LabelEdit, where: string): void {
  const { labels, ct, names } = site;
  const { data, grid } = labels;
  const huge = (r?: HuRange) => r ?? { lowHu: Number.NEGATIVE_INFINITY, highHu: Number.POSITIVE_INFINITY };
  const inRange = (i: number, { lowHu, highHu }: HuRange) => ct.data[i] >= lowHu && ct.data[i] <= highHu;
  switch (edit.op) {
    case 'include':
    case 'exclude': {
      const label = labelIn(names, edit.bone);
      const within = huge(edit.within);
      const over = edit.op === 'include' && edit.over === 'bones';
      const [from, to] = edit.op === 'include' ? [0, label] : [label, 0];
      for (const stroke of edit.strokes)
        paint(grid, stroke, (i) => {
          if ((over || data[i] === from) && inRange(i, within)) data[i] = to;
        });
      return;
    }
    case 'threshold': {
      const label = labelIn(names, edit.bone);
      const box = reachOfEdit(site, edit);
      if (!box) return;
      if (edit.mode === 'add')
        eachVoxel(grid, box, (i) => {
          if (data[i] === 0 && inRange(i, edit)) data[i] = label;
        });
      else {
        const only = boxAround(grid, edit.box, 0);
        if (only)
          eachVoxel(grid, only, (i) => {
            if (data[i] === label && !inRange(i, edit)) data[i] = 0;
          });
      }
      return;
    }
    case 'grow':
      grow(site, edit.seed, edit.limitMm, edit, labelIn(names, edit.bone), where);
      return;
    case 'islands':
      islands(labels, labelIn(names, edit.bone), edit.leastMm3);
      return;
    case 'scissors':
      scissors(labels, edit, labelIn(names, edit.bone));
      return;
    case 'between':
      between(labels, edit, labelIn(names, edit.bone), where);
      return;
    case 'split':
      split(site, edit.seeds, labelIn(names, edit.bone), edit.into ? labelIn(names, edit.into) : 0, where);
      return;
    case 'cut':
      cut(labels, edit, labelIn(names, edit.bone), edit.into ? labelIn(names, edit.into) : 0, where);
      return;
    default: {
      const from = labelIn(names, edit.from);
      const to = labelIn(names, edit.op === 'merge' ? edit.into : edit.to);
      for (let i = 0; i < data.length; i++) if (data[i] === from) data[i] = to;
    }
  }
}

const refuse = (where: string, why: string): OsteonError => new OsteonError('segment.edit', { where, why });

/** Voxels within `mm` of points, as a box inside the grid. */
function boxAround(grid: Grid, points: readonly Vec3[], mm: number): VoxelBox | undefined {
  const inverse = voxelFromLps(grid);
  const spacing = spacingMm(grid);
  const voxels = points.map((p) => apply(inverse, p));
  const lo = [0, 1, 2].map((k) => Math.max(0, Math.floor(Math.min(...voxels.map((v) => v[k])) - mm / spacing[k])));
  const hi = [0, 1, 2].map((k) =>
    Math.min(grid.size[k], Math.ceil(Math.max(...voxels.map((v) => v[k])) + mm / spacing[k]) + 1),
  );
  if (lo.some((v, k) => v >= hi[k])) return undefined;
  return { lo: lo as unknown as Vec3, hi: hi as unknown as Vec3 };
}

function eachVoxel({ size: [nx, ny] }: Grid, { lo, hi }: VoxelBox, act: (i: number) => void): void {
  for (let z = lo[2]; z < hi[2]; z++)
    for (let y = lo[1]; y < hi[1]; y++) for (let x = lo[0], i = (z * ny + y) * nx + x; x < hi[0]; x++, i++) act(i);
}

/** Every voxel within a stroke; some more than once. */
function paint(grid: Grid, { points, radiusMm }: Stroke, act: (i: number) => void): void {
  const block = blockOf(grid);
  const { nx, ny, nz } = block;
  const steps = [{ dx: 0, dy: 0, dz: 0 }, ...ball(block, radiusMm)];
  const inverse = voxelFromLps(grid);
  const half = Math.min(...block.spacing) / 2;
  let last = -1;
  for (let k = 0; k < points.length; k++) {
    const a = points[k];
    const b = points[Math.min(k + 1, points.length - 1)];
    const length = Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
    const count = Math.max(1, Math.ceil(length / half));
    for (let n = 0; n < count; n++) {
      const f = n / count;
      const lps: Vec3 = [a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1]), a[2] + f * (b[2] - a[2])];
      const [x, y, z] = apply(inverse, lps).map(Math.round);
      // Two steps along a line mostly fall into the same voxel.
      const at = (z * ny + y) * nx + x;
      if (at === last) continue;
      last = at;
      for (const { dx, dy, dz } of steps) {
        const [u, v, w] = [x + dx, y + dy, z + dz];
        if (u < 0 || v < 0 || w < 0 || u >= nx || v >= ny || w >= nz) continue;
        act((w * ny + v) * nx + u);
      }
    }
  }
}

function grow(
  { labels, ct }: EditSite,
  seed: Vec3,
  limitMm: number,
  range: HuRange,
  label: number,
  where: string,
): void {
  const { grid, data } = labels;
  const [nx, ny] = grid.size;
  const start = voxelAt(grid, seed);
  const open = (i: number) =>
    (data[i] === 0 || data[i] === label) && ct.data[i] >= range.lowHu && ct.data[i] <= range.highHu;
  if (start < 0 || !open(start)) throw refuse(where, 'the seed lies outside the range of HU, or in another bone');
  const box = boxAround(grid, [seed], limitMm)!;
  const [mx, my, mz] = box.hi.map((h, k) => h - box.lo[k]);
  const seen = new Uint8Array(mx * my * mz);
  const { m } = grid.lpsFromVoxel;
  const near = (x: number, y: number, z: number) => {
    const dx = m[0] * x + m[1] * y + m[2] * z + m[3] - seed[0];
    const dy = m[4] * x + m[5] * y + m[6] * z + m[7] - seed[1];
    const dz = m[8] * x + m[9] * y + m[10] * z + m[11] - seed[2];
    return dx * dx + dy * dy + dz * dz <= limitMm * limitMm;
  };
  const x0 = start % nx;
  const y0 = Math.floor(start / nx) % ny;
  const z0 = Math.floor(start / (nx * ny));
  const front = [x0 - box.lo[0] + mx * (y0 - box.lo[1] + my * (z0 - box.lo[2]))];
  seen[front[0]] = 1;
  while (front.length > 0) {
    const j = front.pop()!;
    const x = j % mx;
    const y = Math.floor(j / mx) % my;
    const z = Math.floor(j / (mx * my));
    data[x + box.lo[0] + nx * (y + box.lo[1] + ny * (z + box.lo[2]))] = label;
    for (let k = 0; k < 6; k++) {
      const [u, v, w] = [x + STEPS[k][0], y + STEPS[k][1], z + STEPS[k][2]];
      if (u < 0 || v < 0 || w < 0 || u >= mx || v >= my || w >= mz) continue;
      const n = u + mx * (v + my * w);
      const [gx, gy, gz] = [u + box.lo[0], v + box.lo[1], w + box.lo[2]];
      if (seen[n] === 1 || !open(gx + nx * (gy + ny * gz)) || !near(gx, gy, gz)) continue;
      seen[n] = 1;
      front.push(n);
    }
  }
}
const STEPS = [
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
] as const;

function islands(labels: EditSite['labels'], label: number, leastMm3?: number): void {
  const box = boxOf(labels, label);
  if (!box) return;
  const part = crop(labels, box);
  const found = thresholdComponents(part, label, label);
  const piece = paintComponents(found, part.grid).data;
  const cell = voxelMm3(labels.grid);
  const stays = (k: number) => (leastMm3 === undefined ? k === 1 : found.voxels[k] * cell >= leastMm3);
  let o = 0;
  eachVoxel(labels.grid, box, (i) => {
    const k = piece[o++];
    if (k > 0 && !stays(k)) labels.data[i] = 0;
  });
}

function scissors(
  labels: EditSite['labels'],
  { polygon, direction, remove }: Extract<Edit, { op: 'scissors' }>,
  label: number,
): void {
  const box = boxOf(labels, label);
  if (!box) return;
  const [u, v] = frameAbout(unit(direction), [1, 0, 0]);
  const flat = polygon.map((p) => [dot(p, u), dot(p, v)] as const);
  const { m } = labels.grid.lpsFromVoxel;
  const [nx, ny] = labels.grid.size;
  eachVoxel(labels.grid, box, (i) => {
    if (labels.data[i] !== label) return;
    const x = i % nx;
    const y = Math.floor(i / nx) % ny;
    const z = Math.floor(i / (nx * ny));
    const p: Vec3 = [0, 4, 8].map((r) => m[r] * x + m[r + 1] * y + m[r + 2] * z + m[r + 3]) as unknown as Vec3;
    if (inPolygon(flat, dot(p, u), dot(p, v)) === (remove === 'inside')) labels.data[i] = 0;
  });
}

/** Even and odd crossings. */
function inPolygon(polygon: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [ax, ay] = polygon[i];
    const [bx, by] = polygon[j];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** Outlines of two slices, as signed distances, mixed by how far a slice lies between them. */
function between(
  labels: EditSite['labels'],
  { slices, along }: Extract<Edit, { op: 'between' }>,
  label: number,
  where: string,
): void {
  const { grid, data } = labels;
  const { m } = grid.lpsFromVoxel;
  const spacing = spacingMm(grid);
  const lean = [0, 1, 2].map((c) => Math.abs(m[c] * along[0] + m[4 + c] * along[1] + m[8 + c] * along[2]) / spacing[c]);
  const axis = lean.indexOf(Math.max(...lean));
  const at = slices.map((p) => Math.round(apply(voxelFromLps(grid), p)[axis])).sort((a, b) => a - b);
  const [a, b] = [(axis + 1) % 3, (axis + 2) % 3];
  const size = grid.size;
  const stride = [1, size[0], size[0] * size[1]];
  const outline = (k: number): Float32Array => {
    const mask = new Uint8Array(size[a] * size[b]);
    let any = false;
    if (k >= 0 && k < size[axis])
      for (let y = 0, o = 0; y < size[b]; y++)
        for (let x = 0; x < size[a]; x++, o++)
          if (data[k * stride[axis] + x * stride[a] + y * stride[b]] === label) {
            mask[o] = 1;
            any = true;
          }
    if (!any) throw refuse(where, 'the bone is not in both slices');
    const flat = axisGrid([size[a], size[b], 1], [spacing[a], spacing[b], 1], [0, 0, 0]);
    return signedMaskDistance(createVolume(flat, 'label', mask)).data;
  };
  const [first, last] = [outline(at[0]), outline(at[1])];
  for (let k = at[0] + 1; k < at[1]; k++) {
    const t = (k - at[0]) / (at[1] - at[0]);
    for (let y = 0, o = 0; y < size[b]; y++)
      for (let x = 0; x < size[a]; x++, o++) {
        const i = k * stride[axis] + x * stride[a] + y * stride[b];
        if (data[i] === 0 && (1 - t) * first[o] + t * last[o] < 0) data[i] = label;
      }
  }
}

/** Voxels of a bone whose middle lies beyond a plane. */
function cut(
  labels: EditSite['labels'],
  { point, normal }: Extract<Edit, { op: 'cut' }>,
  label: number,
  into: number,
  where: string,
): void {
  const box = boxOf(labels, label);
  if (!box) throw refuse(where, 'the bone is empty');
  const { m } = labels.grid.lpsFromVoxel;
  const n = unit(normal);
  // Height above the plane as the indices say it.
  const [gx, gy, gz, g0] = [0, 1, 2, 3].map((c) => n[0] * m[c] + n[1] * m[4 + c] + n[2] * m[8 + c]);
  const height = g0 - dot(n, point);
  const [nx, ny] = labels.grid.size;
  let [beyond, stays] = [0, 0];
  const sides = (visit: (i: number) => void) =>
    eachVoxel(labels.grid, box, (i) => {
      if (labels.data[i] !== label) return;
      const isBeyond = height + gx * (i % nx) + gy * (Math.floor(i / nx) % ny) + gz * Math.floor(i / (nx * ny)) > 0;
      if (isBeyond) visit(i);
      else stays++;
    });
  sides(() => beyond++);
  if (beyond === 0 || stays === 0) throw refuse(where, 'the plane does not pass through the bone');
  sides((i) => {
    labels.data[i] = into;
  });
}

/** What is nearer to the second seed than to the first, through bone, becomes `into`. */
function split(
  { labels, ct, levels }: EditSite,
  seeds: readonly [Vec3, Vec3],
  label: number,
  into: number,
  where: string,
): void {
  const box = boxOf(labels, label);
  if (!box) throw refuse(where, 'the bone is empty');
  const room = growBox(box, [1, 1, 1], labels.grid.size);
  const part = crop(labels, room);
  const mine = Uint8Array.from(part.data, (v) => (v === label ? 1 : 0));
  const cores = new Uint16Array(mine.length);
  seeds.forEach((lps, k) => {
    const i = voxelAt(part.grid, lps);
    if (i < 0 || mine[i] === 0) throw refuse(where, `seed ${k + 1} lies outside the bone`);
    cores[i] = k + 1;
  });
  const grey = Float32Array.from(crop(ct, room).data);
  const { of: parts } = territoriesOf(mine, grey, cores, 2, blockOf(part.grid), levels);
  let o = 0;
  eachVoxel(labels.grid, room, (i) => {
    if (parts[o++] === 2) labels.data[i] = into;
  });
}
