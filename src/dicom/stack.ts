import type { Vec3 } from '../base/index.ts';
import { cross, dot, norm, quantile, sub } from '../math/index.ts';
import type { Placement } from './instance.ts';
import type { StackGeometry } from './types.ts';

/** Tolerances on positions. DICOM writes them as text, often with two decimals. */
export const STACK_TOLERANCES = {
  /** Planes nearer than this lie at the same place, mm. */
  sameMm: 0.01,
  /** A step greater than this many median steps is a gap. */
  gapSteps: 1.5,
  /** A plane may lie this far from the even line (whichever is greater) without being resampled. */
  unevenMm: 0.01,
  unevenFraction: 0.01,
  /** The same inside the plane, against the line through the plane origins: mm, and fraction of a pixel. */
  shiftMm: 0.01,
  shiftFraction: 0.02,
} as const;

/** Steps are told to a nanometre: text positions carry hardly more, and 0.4 is then 0.4 and 1 not 1.000000001, which a limit of 1 refuses. */
const toNanometre = (mm: number) => Math.round(mm * 1e6) / 1e6;

/** Position along the normal and inside the plane, mm, from the origin of `first`. */
export function offsetOf(p: Placement, first: Placement): Vec3 {
  const d = sub(p.positionMm, first.positionMm);
  return [dot(d, first.rowDirection), dot(d, first.columnDirection), dot(d, normalOf(first))];
}

export const normalOf = (p: Placement): Vec3 => cross(p.rowDirection, p.columnDirection);

/**
 * Measures a stack of parallel planes that is sorted along the normal: steps, gaps, planes at one place, unevenness and
 * shear. All from positions.
 * @param columns, rows pixels of each plane
 * @cost O(n log n)
 */
export function measureStack(planes: readonly Placement[], columns: number, rows: number): StackGeometry {
  const first = planes[0];
  const offsets = planes.map((p) => offsetOf(p, first));
  const { kept, duplicates } = dropSamePlace(offsets);
  const heights = kept.map((k) => offsets[k][2]);
  const steps = heights.slice(1).map((h, i) => h - heights[i]);
  const median = quantile(steps, 0.5);
  const missing = findMissing(steps, median);
  const n = kept.length;
  const mean = n > 1 ? heights[n - 1] / (n - 1) : 0;
  const stepMm = missing.length > 0 ? median : mean;
  const unevenMm = missing.length > 0 ? Math.max(...steps) - median : worst(heights.map((h, k) => h - k * mean));
  const last = offsets[kept[n - 1]];
  const normal = normalOf(first);
  return {
    size: [columns, rows, n],
    spacingMm: [first.pixelMm[0], first.pixelMm[1], n > 1 ? toNanometre(stepMm) : 0],
    originMm: first.positionMm,
    rowDirection: first.rowDirection,
    columnDirection: first.columnDirection,
    normal,
    orientation: nameOf(normal),
    shearDeg: n > 1 ? (Math.atan2(Math.sqrt(last[0] * last[0] + last[1] * last[1]), last[2]) * 180) / Math.PI : 0,
    shiftMm: worst(kept.map((k) => norm([offsets[k][0], offsets[k][1], 0]))),
    unevenMm: toNanometre(unevenMm),
    isEven: unevenMm <= Math.max(STACK_TOLERANCES.unevenMm, STACK_TOLERANCES.unevenFraction * stepMm),
    stepMm: n > 1 ? [toNanometre(Math.min(...steps)), toNanometre(Math.max(...steps))] : [0, 0],
    missing,
    duplicates,
  };
}

/** Shifts inside the planes that are too large to ignore. */
export function isSheared(g: StackGeometry): boolean {
  const pixel = Math.min(g.spacingMm[0], g.spacingMm[1]);
  return g.shiftMm > Math.max(STACK_TOLERANCES.shiftMm, STACK_TOLERANCES.shiftFraction * pixel);
}

const worst = (list: readonly number[]) => list.reduce((m, x) => Math.max(m, Math.abs(x)), 0);

function dropSamePlace(offsets: readonly Vec3[]): { kept: number[]; duplicates: number[] } {
  const kept: number[] = [];
  const duplicates: number[] = [];
  offsets.forEach((o, i) => {
    const isNew = kept.length === 0 || o[2] - offsets[kept[kept.length - 1]][2] > STACK_TOLERANCES.sameMm;
    (isNew ? kept : duplicates).push(i);
  });
  return { kept, duplicates };
}

/** Indices in the complete stack of the planes that should lie in the gaps. */
function findMissing(steps: readonly number[], median: number): number[] {
  const missing: number[] = [];
  let index = 0;
  for (const step of steps) {
    index++;
    if (!(step > STACK_TOLERANCES.gapSteps * median)) continue;
    // A gap of kilometres is one fault, not a million of them.
    const count = Math.min(1000, Math.max(1, Math.round(step / median) - 1));
    for (let c = 0; c < count; c++) missing.push(index++);
  }
  return missing;
}

function nameOf([x, y, z]: Vec3): StackGeometry['orientation'] {
  const [a, b, c] = [Math.abs(x), Math.abs(y), Math.abs(z)];
  // Within 25° of an axis; further away neither name would be right.
  if (c > 0.906) return 'axial';
  if (b > 0.906) return 'coronal';
  return a > 0.906 ? 'sagittal' : 'oblique';
}
