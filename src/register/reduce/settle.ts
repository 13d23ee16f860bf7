import type { LpsTransform } from '../../base/index.ts';
import { type Reach, type Scene, type Step, step } from './joint.ts';

/** What the template is worth: left and right differ smoothly, so that patches this far apart err as one, mm². */
const TEMPLATE_PATCH_MM2 = 400;
/** Traced faces err as one over a few voxels, where bone touches bone and belongs to either: patches of this size, mm². */
const FACE_PATCH_MM2 = 25;
/** Healthy pairs differ by −2.3 to 2.9 mm at 95 % (Sci Rep 2020, s41598-020-75884-y): what a template is worth unseen, mm. */
const SYMMETRY_SD_MM = 1.3;
/** Neither is ever believed to better than this, mm: a fifth of a voxel. */
const LEAST_SD_MM = 0.1;
const ITERATIONS = 80;
/** Steps in which the reach shrinks. */
const SHRINKING = 30;
/** After so many steps the faces have placed the fragments well enough to see what the template is worth there. */
const TRUSTING = 15;
const FREEZING = 45;
/** Stop when no sample goes farther than this in a step, mm; at the last step ten times that will do. */
const STILL_MM = 0.005;
const CALM_MM = 0.05;
/** Fracture faces have small pieces missing and are traced with blur: penetration of this depth is let pass, mm. */
const OVERLAP_MM = 0.6;

export interface Settled {
  readonly poses: readonly LpsTransform[];
  readonly last: Step;
  readonly reach: Reach;
  readonly iterations: number;
  readonly converged: boolean;
}

/**
 * All fragments together to the last tenth. Fracture faces and template are weighed by what each has shown to be worth:
 * the faces by how far they are from each other; the template at first by how unlike two sides are in other people, then by
 * how far the fragments lie from it, and never better than at the intact one; each per patch that errs on its own. After
 * that the weights stay, so that one sum is minimised. So faces that fit decide near the fracture, and the template decides
 * where there are none.
 *
 * Contributor's note, on the fractures of docs/evidence/reduction.md: template alone leaves 0.9 to 2.0 mm and 1.9 to 2.8°
 * (the asymmetry of the person); faces and template at equal weight per mm² 0.8 to 1.9 mm; a fixed ratio of 100 to 1 0.3 to
 * 0.6 mm; measured, as here, under 0.1 mm. A floor of 1.3 mm under the template's spread to the end left traced fragments
 * 0.4 mm off an exact template; no floor at the start left 1 mm where only the columns differ from their mirror image.
 */
export function settle(scene: Scene, start: readonly LpsTransform[], templateSdMm: number): Settled {
  let poses = start;
  let outerSdMm = SYMMETRY_SD_MM;
  let faceSdMm = 1;
  let reach = reachAt(0, outerSdMm, faceSdMm);
  for (let k = 0; ; k++) {
    if (k <= FREEZING) reach = reachAt(Math.min(1, k / SHRINKING), outerSdMm, faceSdMm);
    const last = step(scene, poses, reach);
    if ((k > FREEZING && last.movedMm < STILL_MM) || k === ITERATIONS)
      return { poses, last, reach, iterations: k, converged: last.movedMm < CALM_MM };
    poses = last.poses;
    if (last.faceSdMm > 0) faceSdMm = last.faceSdMm;
    if (k >= TRUSTING && last.outerSdMm > 0) outerSdMm = Math.max(templateSdMm, last.outerSdMm);
  }
}

/** Reach from 6 mm to 1 for faces, 5 to 4 for the template: the face of the wrong side of a thin wall is farther. */
function reachAt(u: number, outerSdMm: number, faceSdMm: number): Reach {
  const t = Math.max(LEAST_SD_MM, outerSdMm);
  const f = Math.max(LEAST_SD_MM, faceSdMm);
  return {
    templateMm: 5 + u * (4 - 5),
    faceMm: 6 * Math.exp(u * Math.log(1 / 6)),
    templateWeight: 1 / (t * t * TEMPLATE_PATCH_MM2),
    faceWeight: 1 / (f * f * FACE_PATCH_MM2),
    overlapMm: u < 1 ? Infinity : OVERLAP_MM,
  };
}
