import { type Job, NO_JOB, type Vec3 } from '../base/index.ts';
import { bounds, type Mesh } from '../mesh/index.ts';
import { signedDistanceVolume } from '../surface/index.ts';
import { axisGrid, type Components, componentBox, type Grid, thresholdComponents, voxelMm3 } from '../volume/index.ts';

export interface TrappedOptions {
  /** A passage narrower than this lets no powder out, mm. */
  readonly passageMm: number;
  /** Most voxels; a larger part is looked at more coarsely. */
  readonly voxels: number;
  readonly job: Job;
}

export const TRAPPED_DEFAULTS: TrappedOptions = {
  passageMm: 0.5,
  voxels: 8_000_000, // 0.2 mm for a talus, 70 MB
  job: NO_JOB,
};

/** A space that powder cannot leave. */
export interface Pocket {
  readonly at: Vec3;
  readonly volumeMm3: number;
  /** Closed on all sides; otherwise its mouth is too narrow. */
  readonly closed: boolean;
}

export interface Trapped {
  readonly pockets: readonly Pocket[];
  readonly stepMm: number;
}

/**
 * Powder that stays inside: the space around and in the part is flooded from outside through every passage that is wide
 * enough, and what a grain-sized ball could fill but not reach is trapped.
 * @requires closed mesh
 * @accuracy passages to within a step of the grid, which is given back
 * @cost 2 s for a talus
 */
export function trappedPowder(mesh: Mesh, options: Partial<TrappedOptions> = {}): Trapped {
  const o = { ...TRAPPED_DEFAULTS, ...options };
  const r = o.passageMm / 2;
  const { lo, hi } = bounds(mesh);
  const margin = o.passageMm;
  const size = [0, 1, 2].map((k) => hi[k] - lo[k] + 2 * margin);
  const stepMm = Math.max(o.passageMm / 3, Math.cbrt((size[0] * size[1] * size[2]) / o.voxels));
  const around = margin + 2 * stepMm;
  const count = [0, 1, 2].map((k) => Math.ceil((hi[k] - lo[k] + 2 * around) / stepMm)) as unknown as Vec3;
  const grid = axisGrid(count, [stepMm, stepMm, stepMm], [lo[0] - around, lo[1] - around, lo[2] - around]);
  const distance = signedDistanceVolume(mesh, grid, r + 2 * stepMm, { job: o.job.part(0, 0.9) });
  const wide = thresholdComponents(distance, r, Number.POSITIVE_INFINITY);
  const open = thresholdComponents(distance, 1e-9, Number.POSITIVE_INFINITY);
  o.job.at(1);
  const closed = pocketsOf(open, grid, stepMm, true);
  const necked = pocketsOf(wide, grid, stepMm, false).filter((p) => !closed.some((c) => near(c, p)));
  return { pockets: [...closed, ...necked].sort((a, b) => b.volumeMm3 - a.volumeMm3), stepMm };
}

/** Every component but the one that holds the corner of the grid. */
function pocketsOf(found: Components, grid: Grid, stepMm: number, closed: boolean): Pocket[] {
  const outside = found.runs.label[0];
  const { m } = grid.lpsFromVoxel;
  const out: Pocket[] = [];
  for (let label = 1; label <= found.count; label++) {
    // A voxel or two is the edge of the grid's sight, not a space.
    if (label === outside || found.voxels[label] < 3) continue;
    const { lo, hi } = componentBox(found, label);
    const at = [0, 1, 2].map((k) => m[4 * k + 3] + (stepMm * (lo[k] + hi[k] - 1)) / 2) as unknown as Vec3;
    out.push({ at, volumeMm3: found.voxels[label] * voxelMm3(grid), closed });
  }
  return out;
}

/** Is the second inside the first? A closed space is found twice: by its walls and by the ball inside it. */
function near(a: Pocket, b: Pocket): boolean {
  const d2 = [0, 1, 2].reduce((s, k) => s + (a.at[k] - b.at[k]) * (a.at[k] - b.at[k]), 0);
  return d2 <= Math.cbrt(a.volumeMm3) * Math.cbrt(a.volumeMm3);
}
