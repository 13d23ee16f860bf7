import { createNormal, createRng, type Job, NO_JOB } from '../base/index.ts';
import { apply } from '../math/index.ts';
import { createVolume, cropGrid, type Grid, spacingMm, type Volume, voxelFromLps } from '../volume/index.ts';
import { blurBlock } from './blur.ts';
import { type Body, bodyBounds, bodyDistance } from './bodies.ts';

/** How a scanner is imitated: the share of each voxel that is bone, a Gaussian blur, white noise, whole numbers. */
export interface ScannerModel {
  /** Standard deviation of the point spread, the same in all directions, mm; the voxel's own blur comes on top. */
  readonly psfSigmaMm: number;
  readonly noiseHu: number;
  readonly seed: number;
}
/** A sharp clinical protocol: 1.2 mm full width at half maximum, and the noise of a low-dose extremity scan. */
export const SCANNER_DEFAULTS: ScannerModel = { psfSigmaMm: 0.5, noiseHu: 30, seed: 1 };

export interface BodyTissue {
  readonly cortexHu: number;
  readonly spongiosaHu: number;
  readonly softHu: number;
  /** Thickness of the cortex, mm; 0 makes the body solid cortex. */
  readonly shellMm: number;
}
export const BODY_TISSUE_DEFAULTS: BodyTissue = { cortexHu: 1350, spongiosaHu: 300, softHu: 40, shellMm: 0 };

export type CtOfBodiesOptions = Partial<ScannerModel> & Partial<BodyTissue> & { readonly job?: Job };

/**
 * CT of bodies in soft tissue.
 * @requires grid axes at right angles (any direction in space, any spacing)
 * @cost about 0.3 µs a voxel, plus 30 µs for each voxel on a surface
 * @accuracy share of a voxel from 4 × 4 × 4 points, each with the edge's own ramp: below 0.003 rms on a plane
 */
export function ctOfBodies(
  bodies: readonly Body[],
  grid: Grid,
  options: CtOfBodiesOptions = {},
): Volume<'hu', Int16Array> {
  const o = { ...SCANNER_DEFAULTS, ...BODY_TISSUE_DEFAULTS, job: NO_JOB, ...options };
  const hu = new Float32Array(grid.size[0] * grid.size[1] * grid.size[2]).fill(o.softHu);
  for (const body of bodies) {
    addShare(hu, grid, body, 0, o.cortexHu);
    if (o.shellMm > 0) addShare(hu, grid, body, o.shellMm, o.spongiosaHu);
  }
  return scan(hu, grid, o);
}

/** Replaces the part of each voxel that lies deeper than `depthMm` inside the body. */
function addShare(hu: Float32Array, grid: Grid, body: Body, depthMm: number, value: number): void {
  const [nx, ny] = grid.size;
  const box = boxOfBody(grid, body);
  const { m } = cropGrid(grid, box).lpsFromVoxel;
  const far = spacingMm(grid).reduce((a, b) => a + b, 0);
  for (let k = 0; k < box.hi[2] - box.lo[2]; k++)
    for (let j = 0; j < box.hi[1] - box.lo[1]; j++) {
      const row = ((k + box.lo[2]) * ny + j + box.lo[1]) * nx + box.lo[0];
      for (let i = 0; i < box.hi[0] - box.lo[0]; i++) {
        const d = bodyDistance(
          body,
          m[0] * i + m[1] * j + m[2] * k + m[3],
          m[4] * i + m[5] * j + m[6] * k + m[7],
          m[8] * i + m[9] * j + m[10] * k + m[11],
        );
        const share = d + depthMm < -far ? 1 : d + depthMm > far ? 0 : shareOfVoxel(body, m, i, j, k, depthMm);
        hu[row + i] += share * (value - hu[row + i]);
      }
    }
}

const SUB = 4;

function shareOfVoxel(body: Body, m: readonly number[], i: number, j: number, k: number, depthMm: number): number {
  // Width of a point's own ramp: the cube root of the volume it stands for.
  const det =
    m[0] * (m[5] * m[10] - m[6] * m[9]) - m[1] * (m[4] * m[10] - m[6] * m[8]) + m[2] * (m[4] * m[9] - m[5] * m[8]);
  const ramp = Math.cbrt(Math.abs(det)) / SUB;
  let sum = 0;
  for (let c = 0; c < SUB; c++)
    for (let b = 0; b < SUB; b++)
      for (let a = 0; a < SUB; a++) {
        const x = i + (a + 0.5) / SUB - 0.5;
        const y = j + (b + 0.5) / SUB - 0.5;
        const z = k + (c + 0.5) / SUB - 0.5;
        const d = bodyDistance(
          body,
          m[0] * x + m[1] * y + m[2] * z + m[3],
          m[4] * x + m[5] * y + m[6] * z + m[7],
          m[8] * x + m[9] * y + m[10] * z + m[11],
        );
        sum += Math.min(1, Math.max(0, 0.5 - (d + depthMm) / ramp));
      }
  return sum / (SUB * SUB * SUB);
}

function boxOfBody(grid: Grid, body: Body) {
  const { lo, hi } = bodyBounds(body);
  const inverse = voxelFromLps(grid);
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((c) =>
    apply(inverse, [c & 1 ? hi[0] : lo[0], c & 2 ? hi[1] : lo[1], c & 4 ? hi[2] : lo[2]]),
  );
  const range = (axis: number): [number, number] => {
    const v = corners.map((c) => c[axis]);
    const n = grid.size[axis];
    const from = Math.min(n, Math.max(0, Math.floor(Math.min(...v)) - 1));
    return [from, Math.max(from, Math.min(n, Math.ceil(Math.max(...v)) + 2))];
  };
  const [x, y, z] = [range(0), range(1), range(2)];
  return { lo: [x[0], y[0], z[0]] as const, hi: [x[1], y[1], z[1]] as const };
}

/** Blur, noise and rounding of ideal grey values (changed in place). */
export function scan(
  hu: Float32Array,
  grid: Grid,
  model: ScannerModel & { readonly job?: Job },
): Volume<'hu', Int16Array> {
  const { psfSigmaMm, noiseHu, seed, job = NO_JOB } = model;
  blurBlock(
    hu,
    [grid.size[0], grid.size[1], grid.size[2]],
    spacingMm(grid).map((s) => psfSigmaMm / s),
  );
  job.at(0.7);
  const out = new Int16Array(hu.length);
  const normal = createNormal(createRng(seed));
  for (let i = 0; i < out.length; i++) {
    if (i % 4194304 === 0) job.at(0.7 + (0.3 * i) / out.length);
    const v = noiseHu > 0 ? hu[i] + noiseHu * normal() : hu[i];
    out[i] = Math.round(Math.min(3071, Math.max(-1024, v)));
  }
  return createVolume(grid, 'hu', out);
}
