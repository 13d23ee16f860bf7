import { LPS_IDENTITY, type LpsTransform } from '../../base/index.ts';
import { quantile, solveSpd } from '../../math/index.ts';
import { type Body, carried, hits } from './bodies.ts';
import { OPPOSED, SAME, type Scene } from './joint.ts';

/** How a fragment lies after the reduction. */
export interface FragmentFit {
  readonly name: string;
  /** Outer surface against the template: area that has it, mm², and distances, mm. */
  readonly outerMm2: number;
  readonly rmsMm: number;
  readonly p95Mm: number;
  /** Fracture faces that meet a neighbour's, and the distance between them. 0 and NaN where none meet. */
  readonly faceMm2: number;
  readonly faceRmsMm: number;
  /** Part of the surface that neither template nor neighbour explains: cut ends, missing pieces, a wrong place. */
  readonly unexplained: number;
  /** Standard deviation of the pose from what holds it: of the centre, mm, and of the turn, degrees. 0 when held fixed. */
  readonly sdMm: number;
  readonly sdDeg: number;
  /** From 0 to 1: the explained part of the surface, less for a pose that is held loosely. */
  readonly confidence: number;
}

export interface Overlap {
  readonly a: string;
  readonly b: string;
  /** Volume inside both, mm³: depth times area over the surface of each inside the other, mean of both. */
  readonly mm3: number;
  readonly depthMm: number;
}

/** A sample with the template farther than this has none, mm: beyond all differences between the sides of a person. */
const OUTER_MM = 10;
/** Faces closer than this meet, mm. */
const MEET_MM = 1.5;
const DEEP_MM = 8;
/** The template has a fragment where one lies within this, mm. */
const COVER_MM = 5;

export function fitOf(scene: Scene, poses: readonly LpsTransform[], i: number): FragmentFit {
  const body = scene.bodies[i];
  const { points, normals } = carried(body, poses[i]);
  const count = points.length / 3;
  const face = new Float64Array(count).fill(Number.NaN);
  scene.bodies.forEach((other, j) => {
    if (j === i) return;
    const h = hits(points, normals, other.bvh, poses[j], MEET_MM);
    for (let s = 0; s < count; s++) {
      const d = Math.abs(h.distanceMm[s]);
      if (d < Infinity && h.cos[s] < OPPOSED && !(face[s] <= d)) face[s] = d;
    }
  });
  const { distanceMm, cos } = hits(points, normals, scene.template.bvh, LPS_IDENTITY, OUTER_MM);
  const outer: number[] = [];
  const met: number[] = [];
  for (let s = 0; s < count; s++) {
    if (face[s] >= 0) met.push(face[s]);
    else if (distanceMm[s] < Infinity && cos[s] > SAME) outer.push(Math.abs(distanceMm[s]));
  }
  const rms = (d: number[]) => Math.sqrt(d.reduce((s, x) => s + x * x, 0) / d.length);
  const unexplained = 1 - (outer.length + met.length) / count;
  return {
    name: body.name,
    outerMm2: outer.length * body.sampleMm2,
    rmsMm: rms(outer),
    p95Mm: quantile(outer, 0.95),
    faceMm2: met.length * body.sampleMm2,
    faceRmsMm: rms(met),
    unexplained,
    sdMm: 0,
    sdDeg: 0,
    confidence: 1 - unexplained,
  };
}

/** Standard deviations of centre (mm) and turn (degrees) of each movable body, from the inverse of the normal matrix. */
export function spreads(information: Float64Array, size: number): { sdMm: number; sdDeg: number }[] {
  const variance = new Float64Array(size);
  for (let k = 0; k < size; k++) {
    const unit = new Float64Array(size);
    unit[k] = 1;
    variance[k] = solveSpd(information, unit, size)?.[k] ?? Infinity;
  }
  return Array.from({ length: size / 6 }, (_, i) => {
    const v = variance.subarray(6 * i, 6 * i + 6);
    return {
      sdMm: Math.sqrt(v[3] + v[4] + v[5]),
      sdDeg: (Math.sqrt(v[0] + v[1] + v[2]) * 180) / Math.PI,
    };
  });
}

/** A pose with this spread is half as trustworthy as one without. Symmetry noise is 3 mm and 2°. */
const HALF_MM = 3;
const HALF_DEG = 4;

export const withSpread = (fit: FragmentFit, { sdMm, sdDeg }: { sdMm: number; sdDeg: number }): FragmentFit => ({
  ...fit,
  sdMm,
  sdDeg,
  confidence: fit.confidence / (1 + Math.max(sdMm / HALF_MM, sdDeg / HALF_DEG)),
});

/** Pairs of fragments that share room. */
export function overlaps({ bodies }: Pick<Scene, 'bodies'>, poses: readonly LpsTransform[]): Overlap[] {
  const out: Overlap[] = [];
  for (let i = 0; i < bodies.length; i++)
    for (let j = i + 1; j < bodies.length; j++) {
      const one = inside(bodies[i], poses[i], bodies[j], poses[j]);
      const two = inside(bodies[j], poses[j], bodies[i], poses[i]);
      const depthMm = Math.max(one.depthMm, two.depthMm);
      if (depthMm > 0) out.push({ a: bodies[i].name, b: bodies[j].name, mm3: (one.mm3 + two.mm3) / 2, depthMm });
    }
  return out;
}

function inside(a: Body, poseA: LpsTransform, b: Body, poseB: LpsTransform) {
  const { points, normals } = carried(a, poseA);
  const { distanceMm } = hits(points, normals, b.bvh, poseB, DEEP_MM);
  let mm3 = 0;
  let depthMm = 0;
  for (const d of distanceMm)
    if (d < 0) {
      mm3 -= d * a.sampleMm2;
      depthMm = Math.max(depthMm, -d);
    }
  return { mm3, depthMm };
}

/** Area of the template that no fragment covers, mm². */
export function uncoveredMm2({ template, bodies }: Scene, poses: readonly LpsTransform[]): number {
  const { points, normals } = template.samples;
  const covered = new Uint8Array(points.length / 3);
  bodies.forEach((body, j) => {
    const { distanceMm, cos } = hits(points, normals, body.bvh, poses[j], COVER_MM);
    for (let s = 0; s < covered.length; s++) if (distanceMm[s] < Infinity && cos[s] > SAME) covered[s] = 1;
  });
  return covered.reduce((sum, c) => sum + (c ? 0 : template.sampleMm2), 0);
}
