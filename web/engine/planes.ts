import type { Transform, Vec3 } from '../../src/base/index.ts';
import { add, cross, dot, norm, scale, sub } from '../../src/math/index.ts';
import { type Grid, spacingMm, voxelFromLps } from '../../src/volume/index.ts';

/**
 * Where slices lie and how they are held. LPS mm: +x to the patient's left, +y to the back, +z to the head.
 * Radiological convention: an axial slice is seen from the feet and a coronal one from the front, so the patient's right
 * is on the left of the screen; a sagittal one is seen from the patient's left, the front on the left of the screen.
 */
export type PlaneName = 'axial' | 'coronal' | 'sagittal';
export const PLANE_NAMES: readonly PlaneName[] = ['axial', 'coronal', 'sagittal'];

/** Directions of a picture in the patient; `normal` points at the viewer. */
export interface Plane {
  readonly right: Vec3;
  readonly up: Vec3;
  readonly normal: Vec3;
}
export type Planes = Readonly<Record<PlaneName, Plane>>;

const plane = (right: Vec3, up: Vec3): Plane => ({ right, up, normal: cross(right, up) });
export const STANDARD_PLANES: Planes = {
  axial: plane([1, 0, 0], [0, -1, 0]),
  coronal: plane([1, 0, 0], [0, 0, 1]),
  sagittal: plane([0, 1, 0], [0, 0, 1]),
};

const LETTERS = ['LR', 'PA', 'SI'] as const;

/** Left, Right, Anterior, Posterior, Superior, Inferior; a second and third letter where it leans by more than 20°. */
export function letters(direction: Vec3): string {
  const s = 1 / (norm(direction) || 1);
  return [0, 1, 2]
    .filter((k) => Math.abs(direction[k] * s) > 0.342)
    .sort((a, b) => Math.abs(direction[b]) - Math.abs(direction[a]) || a - b)
    .map((k) => LETTERS[k][direction[k] > 0 ? 0 : 1])
    .join('');
}

/** The plane turned about an axis, radian, counter-clockwise seen against the axis. */
export function turned({ right, up }: Plane, axis: Vec3, angle: number): Plane {
  const r = turn(right, axis, angle);
  const raw = turn(up, axis, angle);
  // Square again, or a hundred turns would shear the picture.
  const u = sub(raw, scale(r, dot(raw, r)));
  const length = norm(u);
  return plane(r, scale(u, 1 / length));
}

/** @requires unit axis */
export function turn(v: Vec3, axis: Vec3, angle: number): Vec3 {
  const c = Math.cos(angle);
  const along = scale(axis, dot(axis, v) * (1 - c));
  const out = add(add(scale(v, c), scale(cross(axis, v), Math.sin(angle))), along);
  return scale(out, norm(v) / (norm(out) || 1));
}

export const isStandard = (planes: Planes): boolean =>
  PLANE_NAMES.every(
    (n) =>
      dot(planes[n].right, STANDARD_PLANES[n].right) > 1 - 1e-9 && dot(planes[n].up, STANDARD_PLANES[n].up) > 1 - 1e-9,
  );

/** What a pane shows of a plane: its middle, its scale and its size in CSS pixels. */
export interface PaneView {
  readonly plane: Plane;
  /** Point of the plane in the middle of the pane. */
  readonly middle: Vec3;
  readonly mmPerPx: number;
  readonly width: number;
  readonly height: number;
}

/** Patient point → pixel of the pane (x right, y down) and its height above the plane, mm. */
export function paneFromLps({ plane: { right, up, normal }, middle, mmPerPx, width, height }: PaneView, p: Vec3): Vec3 {
  const d = sub(p, middle);
  return [width / 2 + dot(d, right) / mmPerPx, height / 2 - dot(d, up) / mmPerPx, dot(d, normal)];
}

/** Pixel of the pane → point of the plane. */
export function lpsFromPane(
  { plane: { right, up }, middle, mmPerPx, width, height }: PaneView,
  x: number,
  y: number,
): Vec3 {
  return add(middle, add(scale(right, (x - width / 2) * mmPerPx), scale(up, (height / 2 - y) * mmPerPx)));
}

/** The point of the plane through `at` that is nearest to `p`. */
export const dropOn = ({ normal }: Plane, at: Vec3, p: Vec3): Vec3 => sub(p, scale(normal, dot(sub(p, at), normal)));

/** How far one step of the wheel goes along a direction, mm: a voxel, whatever way it lies. */
export function stepMm(grid: Grid, direction: Vec3): number {
  const { m } = grid.lpsFromVoxel;
  const spacing = spacingMm(grid);
  let best = 0;
  let step = spacing[0];
  for (let c = 0; c < 3; c++) {
    const lean = Math.abs(m[c] * direction[0] + m[4 + c] * direction[1] + m[8 + c] * direction[2]) / spacing[c];
    if (lean > best) {
      best = lean;
      step = spacing[c];
    }
  }
  return step;
}

/** Corner voxels' centres and half a voxel more: the box of the scan in the patient. */
export function cornersOf({ size, lpsFromVoxel: { m } }: Grid): Vec3[] {
  const out: Vec3[] = [];
  for (let k = 0; k < 8; k++) {
    const v = [0, 1, 2].map((a) => ((k >> a) & 1 ? size[a] - 0.5 : -0.5));
    out.push(
      [0, 1, 2].map(
        (r) => m[4 * r] * v[0] + m[4 * r + 1] * v[1] + m[4 * r + 2] * v[2] + m[4 * r + 3],
      ) as unknown as Vec3,
    );
  }
  return out;
}

export function middleOf(grid: Grid): Vec3 {
  const c = cornersOf(grid);
  return [0, 1, 2].map((k) => c.reduce((s, p) => s + p[k], 0) / 8) as unknown as Vec3;
}

/** Holds a point inside the scan. */
export function clampToGrid(grid: Grid, p: Vec3): Vec3 {
  const v = map(voxelFromLps(grid), p).map((x, k) => Math.min(grid.size[k] - 1, Math.max(0, x))) as unknown as Vec3;
  return map(grid.lpsFromVoxel, v);
}

export function map({ m }: Transform, p: Vec3): Vec3 {
  return [
    m[0] * p[0] + m[1] * p[1] + m[2] * p[2] + m[3],
    m[4] * p[0] + m[5] * p[1] + m[6] * p[2] + m[7],
    m[8] * p[0] + m[9] * p[1] + m[10] * p[2] + m[11],
  ];
}
