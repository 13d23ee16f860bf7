import type { Vec3 } from '../base/index.ts';
import { add, dot, scale, sub } from '../math/index.ts';
import { type Bvh, closestPoint } from '../mesh/index.ts';

/** A screw as a cylinder with round ends. LPS mm. */
export interface Rod {
  readonly id: string;
  readonly entryMm: Vec3;
  /** Unit. */
  readonly direction: Vec3;
  readonly lengthMm: number;
  readonly radiusMm: number;
}

export interface RodPair {
  readonly a: string;
  readonly b: string;
  /** Between the two threads; negative where they run into each other, mm. */
  readonly gapMm: number;
}

/** Gaps between all pairs of screws, nearest first. */
export function rodGaps(rods: readonly Rod[]): RodPair[] {
  const pairs = rods.flatMap((a, i) =>
    rods.slice(i + 1).map((b) => ({ a: a.id, b: b.id, gapMm: segmentDistance(a, b) - a.radiusMm - b.radiusMm })),
  );
  return pairs.sort((p, q) => p.gapMm - q.gapMm || (p.a + p.b < q.a + q.b ? -1 : 1));
}

/** Least distance between two segments. @source Ericson, Real-time collision detection, 2005, 5.1.9 */
export function segmentDistance(
  a: Pick<Rod, 'entryMm' | 'direction' | 'lengthMm'>,
  b: Pick<Rod, 'entryMm' | 'direction' | 'lengthMm'>,
): number {
  const r = sub(a.entryMm, b.entryMm);
  const c = dot(a.direction, r);
  const f = dot(b.direction, r);
  const along = dot(a.direction, b.direction);
  const parallel = 1 - along * along;
  let s = parallel > 1e-12 ? clamp((along * f - c) / parallel, a.lengthMm) : 0;
  const t = clamp(along * s + f, b.lengthMm);
  s = clamp(along * t - c, a.lengthMm);
  const d = sub(add(a.entryMm, scale(a.direction, s)), add(b.entryMm, scale(b.direction, t)));
  return Math.sqrt(dot(d, d));
}

const clamp = (x: number, most: number): number => Math.min(most, Math.max(0, x));

const STEP_MM = 0.25;

/**
 * How much of a screw lies in a fracture, mm: the part of its axis nearer to a fracture face than its radius. One that
 * crosses at a right angle has its own diameter; one that runs along has its length, and holds nothing.
 * @param fracture tree of the fracture faces
 */
export function alongFracture(fracture: Bvh, { entryMm, direction, lengthMm, radiusMm }: Rod): number {
  const steps = Math.max(1, Math.round(lengthMm / STEP_MM));
  let near = 0;
  for (let i = 0; i < steps; i++) {
    const p = add(entryMm, scale(direction, ((i + 0.5) * lengthMm) / steps));
    if (closestPoint(fracture, ...p, radiusMm)) near++;
  }
  return (near * lengthMm) / steps;
}
