import { type Job, type LpsTransform, NO_JOB, OsteonError } from '../base/index.ts';
import { bounds, joinMeshes, type Mesh } from '../mesh/index.ts';
import { alignSurfaces, poseInScan, type ScanPose, sampleSurface } from '../register/index.ts';
import { isoSurface, voxelise } from '../surface/index.ts';
import { axisGrid, createVolume, type Grid, type Sampler, spacingMm, type Volume } from '../volume/index.ts';

/** Step of the grid of the search, mm: fine enough for the shape of a pelvis, a thousandth of the work. */
const COARSE_MM = 3;
/** Marrow is above it, muscle below: bones are full bodies then. */
const SOLID_HU = 150;
/** Of the surface of bones that have not moved, so much is found again within a millimetre in a scan of the same person. */
export const SAME_PATIENT = 0.7;
const SAMPLES = 6000;

/**
 * Where bones that did not move lie in a later scan of the same person, whatever way the person lies in it.
 * @param levelHu level of the surfaces of the bones
 * @throws inspect.other-patient where too little of their surface is found again
 * @cost 4 CPU s for a pelvis
 */
export function patientPose(
  bones: readonly Mesh[],
  ct: Volume,
  sampler: Sampler,
  levelHu: number,
  job: Job = NO_JOB,
): ScanPose {
  const joined = joinMeshes(bones);
  const start = startOf(joined, ct, job.part(0, 0.8));
  const pose = poseInScan(sampler, sampleSurface(joined, SAMPLES), levelHu, start, { job: job.part(0.8, 1) });
  if (!(pose.seen >= SAME_PATIENT)) throw otherPatient(pose.seen);
  return pose;
}

const otherPatient = (seen: number): OsteonError =>
  new OsteonError(
    'inspect.other-patient',
    { foundAgainPercent: Math.round(100 * seen), neededPercent: 100 * SAME_PATIENT },
    'Is it the scan of the same person, of the whole pelvis, and on the same side?',
  );

function startOf(bones: Mesh, ct: Volume, job: Job): LpsTransform {
  const { grid, data } = shrunk(ct);
  const fixed = isoSurface(createVolume(grid, 'hu', data), SOLID_HU);
  job.at(0.3);
  const { lo, hi } = bounds(bones);
  const size = [0, 1, 2].map((k) => Math.ceil((hi[k] - lo[k]) / COARSE_MM) + 4);
  const box = axisGrid(
    [size[0], size[1], size[2]],
    [COARSE_MM, COARSE_MM, COARSE_MM],
    [lo[0] - 1.5 * COARSE_MM, lo[1] - 1.5 * COARSE_MM, lo[2] - 1.5 * COARSE_MM],
  );
  const moving = isoSurface(voxelise(bones, box, { raysPerSide: 2 }), 0.5);
  job.at(0.5);
  if (fixed.triangles.length === 0) throw otherPatient(0);
  // The pose is refined in the scan itself afterwards.
  const limits = { overlapMm: 5, minOverlapFraction: 0.3, samples: 1000, coarseSamples: 160 };
  try {
    return alignSurfaces(moving, fixed, limits, job.part(0.5, 1)).lpsFromMoving;
  } catch (e) {
    if (e instanceof OsteonError && e.code === 'register.no-overlap') throw otherPatient(0);
    throw e;
  }
}

/** Means over blocks of about `COARSE_MM`. */
function shrunk({ grid, data }: Volume): { grid: Grid; data: Float32Array } {
  const by = spacingMm(grid).map((h) => Math.max(1, Math.round(COARSE_MM / h)));
  const size = grid.size.map((n, k) => Math.floor(n / by[k]));
  const out = new Float32Array(size[0] * size[1] * size[2]);
  const share = 1 / (by[0] * by[1] * by[2]);
  for (let k = 0; k < size[2] * by[2]; k++)
    for (let j = 0; j < size[1] * by[1]; j++) {
      const row = (k * grid.size[1] + j) * grid.size[0];
      const to = (Math.floor(k / by[2]) * size[1] + Math.floor(j / by[1])) * size[0];
      for (let i = 0, x = 0; x < size[0]; x++)
        for (let c = 0; c < by[0]; c++, i++) out[to + x] += share * data[row + i];
    }
  const { m } = grid.lpsFromVoxel;
  const mid = by.map((n) => (n - 1) / 2);
  const column = (r: number, k: number) => m[4 * r + k] * by[k];
  const origin = (r: number) => m[4 * r] * mid[0] + m[4 * r + 1] * mid[1] + m[4 * r + 2] * mid[2] + m[4 * r + 3];
  const rows = [0, 1, 2].flatMap((r) => [column(r, 0), column(r, 1), column(r, 2), origin(r)]);
  return {
    grid: { size: [size[0], size[1], size[2]], lpsFromVoxel: { from: 'voxel', to: 'lps', m: rows } },
    data: out,
  };
}
