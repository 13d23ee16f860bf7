import { type Job, LPS_IDENTITY, NO_JOB, OsteonError, type Vec3 } from '../../base/index.ts';
import { distance, reflection, sub } from '../../math/index.ts';
import { centroid, type Mesh, transformMesh, volumeMm3 } from '../../mesh/index.ts';
import { type Alignment, alignSurfaces } from '../align.ts';
import { sampleSurface } from '../sample.ts';
import { type Body, createBody, hits } from './bodies.ts';
import { SAME } from './joint.ts';
import { fitMirrorPlane, type MirrorPair, type MirrorPlane, offPlane } from './plane.ts';

export interface Template {
  /** The healthy hip bone, mirrored and laid on the intact fragment. */
  readonly body: Body;
  readonly alignment: Alignment;
  readonly plane: MirrorPlane;
  /** What is left between the two sides when one is reflected in the plane. */
  readonly offPlane: { readonly shiftMm: number; readonly turnDeg: number };
  /** Part of the intact fragment that has the template within `COVER_MM`. */
  readonly intactCovered: number;
}

/** Two hip bones have their centres farther apart than this: children's pelves measure about 120 mm, mm. */
const SIDES_APART_MM = 60;
/** The two sides of a person differ by up to 3 mm (Sci Rep 2020, s41598-020-75884-y); a little more for tracing. */
const COVER_MM = 4;
/** Less of the intact fragment than this on the template, and it is not the same bone's mirror image. */
const LEAST_COVERED = 0.6;
/** A bone with less than this of the broken one's volume is itself in pieces, or cut off. Healthy pairs differ by 3 %. */
const LEAST_VOLUME = 0.8;
const PLANE_SAMPLES = 500;

/**
 * Mirrors the healthy hip bone and lays it on the intact fragment: started in the plane halfway between the two bones,
 * which stand opposite each other, and brought there by robust nearest-point alignment.
 * @throws register.side, register.no-healthy-side
 */
export function fitTemplate(
  fragments: readonly Mesh[],
  intact: Mesh,
  healthy: Mesh,
  sacrum: Mesh | undefined,
  samples: number,
  job: Job = NO_JOB,
): Template {
  const here = centreOf(fragments);
  const there = centroid(healthy);
  const apartMm = distance(here, there);
  if (apartMm < SIDES_APART_MM)
    throw new OsteonError('register.side', { apartMm, leastMm: SIDES_APART_MM }, 'Name the side that is broken.');
  const volumeRatio = volumeMm3(healthy) / fragments.reduce((s, f) => s + volumeMm3(f), 0);
  if (volumeRatio < LEAST_VOLUME)
    throw new OsteonError('register.no-healthy-side', { volumeRatio, needed: LEAST_VOLUME }, NO_SIDE);
  const between: Vec3 = [(here[0] + there[0]) / 2, (here[1] + there[1]) / 2, (here[2] + there[2]) / 2];
  const start = reflection(between, sub(here, there));
  const alignment = alignOrRefuse(healthy, intact, { mirror: true, initial: start, samples }, job.part(0, 0.6));
  const body = createBody('template', transformMesh(alignment.lpsFromMoving, healthy), samples);
  const intactCovered = coverage(intact, body);
  if (intactCovered < LEAST_COVERED)
    throw new OsteonError('register.no-healthy-side', { intactCovered, needed: LEAST_COVERED }, NO_SIDE);
  const pairs: MirrorPair[] = [
    { lpsFromLps: alignment.lpsFromMoving, points: sampleSurface(healthy, PLANE_SAMPLES).points },
  ];
  if (sacrum) {
    const initial = reflection(centroid(sacrum), sub(here, there));
    const self = alignSurfaces(sacrum, sacrum, { mirror: true, initial, samples: 1000 }, job.part(0.6, 1));
    pairs.push({ lpsFromLps: self.lpsFromMoving, points: sampleSurface(sacrum, PLANE_SAMPLES).points });
  }
  const plane = fitMirrorPlane(pairs);
  job.at(1);
  return { body, alignment, plane, offPlane: offPlane(alignment.lpsFromMoving, plane, there), intactCovered };
}

const NO_SIDE =
  'Is the other hip bone whole? Where both sides are broken there is no template: give the poses of the fragments by hand.';

function alignOrRefuse(healthy: Mesh, intact: Mesh, options: Parameters<typeof alignSurfaces>[2], job: Job) {
  try {
    return alignSurfaces(healthy, intact, options, job);
  } catch (e) {
    if (e instanceof OsteonError && e.code === 'register.no-overlap')
      throw new OsteonError('register.no-healthy-side', e.facts, NO_SIDE);
    throw e;
  }
}

/** Centre of the volume of all fragments together: about where the centre of the whole bone was. */
function centreOf(fragments: readonly Mesh[]): Vec3 {
  const sum = [0, 0, 0];
  let total = 0;
  for (const mesh of fragments) {
    const v = volumeMm3(mesh);
    const c = centroid(mesh);
    total += v;
    for (let k = 0; k < 3; k++) sum[k] += v * c[k];
  }
  return [sum[0] / total, sum[1] / total, sum[2] / total];
}

function coverage(intact: Mesh, template: Body): number {
  const { points, normals } = sampleSurface(intact, 2000);
  const { distanceMm, cos } = hits(points, normals, template.bvh, LPS_IDENTITY, COVER_MM);
  let covered = 0;
  for (let i = 0; i < cos.length; i++) if (distanceMm[i] < COVER_MM && cos[i] > SAME) covered++;
  return covered / cos.length;
}
