import type { WebGLRenderer } from 'three';
import type { Vec3 } from '../../src/base/index.ts';
import type { Grid } from '../../src/volume/index.ts';
import { LARGE_BUDGET, TEXTURE_BUDGET, thinnedGrid, thinningOf, VoxelTexture } from './volume-texture.ts';

const LEAST_BUDGET = 16 * 1024 * 1024;

/** No browser tells how much memory the card has; small machines have small cards. */
function likelyBudget(): number {
  const gigabytes = (navigator as { deviceMemory?: number }).deviceMemory ?? 4;
  return gigabytes >= 8 ? LARGE_BUDGET : TEXTURE_BUDGET;
}

/** A scan as it is shown: its samples, and as much of them on the card as fits. */
export class ShownScan {
  readonly grid: Grid;
  readonly hu: Int16Array;
  readonly labels: Uint8Array;
  /** Every how many voxels the card has one. */
  readonly thinning: Vec3;
  readonly shownGrid: Grid;
  readonly grey: VoxelTexture<Int16Array>;
  readonly label: VoxelTexture<Uint8Array>;
  private readonly fits: boolean;

  private constructor(renderer: WebGLRenderer, grid: Grid, hu: Int16Array, labels: Uint8Array, budget: number) {
    this.grid = grid;
    this.hu = hu;
    this.labels = labels;
    const gl = renderer.getContext() as WebGL2RenderingContext;
    this.thinning = thinningOf(grid.size, budget, gl.getParameter(gl.MAX_3D_TEXTURE_SIZE) as number);
    this.shownGrid = thinnedGrid(grid, this.thinning);
    const whole = this.thinning.every((b) => b === 1);
    const { size } = this.shownGrid;
    const count = size[0] * size[1] * size[2];
    this.grey = new VoxelTexture(renderer, whole ? hu : new Int16Array(count), size);
    this.label = new VoxelTexture(renderer, whole ? labels : new Uint8Array(count), size);
    this.fits = gl.getError() !== gl.OUT_OF_MEMORY;
  }

  /** As much of a scan as the card takes: every second voxel where all of them do not fit. */
  static make(
    renderer: WebGLRenderer,
    grid: Grid,
    hu: Int16Array,
    labels: Uint8Array,
    budget = likelyBudget(),
  ): ShownScan {
    for (let bytes = budget; ; bytes /= 2) {
      const made = new ShownScan(renderer, grid, hu, labels, bytes);
      if (made.fits || bytes < LEAST_BUDGET) return made;
      made.dispose();
    }
  }

  /** Slices `from` to `to` of the samples have changed. */
  sendGrey(from: number, to: number): void {
    this.send(this.grey, this.hu, [0, 0, from], [this.grid.size[0], this.grid.size[1], to]);
  }

  /** Labels in a half-open box have changed. */
  sendLabels(lo: Vec3 = [0, 0, 0], hi: Vec3 = this.grid.size): void {
    this.send(this.label, this.labels, lo, hi);
  }

  private send<D extends Int16Array | Uint8Array>(to: VoxelTexture<D>, from: D, lo: Vec3, hi: Vec3): void {
    const by = this.thinning;
    const first = lo.map((v, k) => Math.ceil(v / by[k])) as unknown as Vec3;
    const last = hi.map((v, k) => Math.ceil(v / by[k])) as unknown as Vec3;
    if (first.some((v, k) => v >= last[k])) return;
    if (to.data !== from) copyThinned(from, this.grid.size, to.data, to.size, by, first, last);
    to.write(first, last);
  }

  dispose(): void {
    this.grey.dispose();
    this.label.dispose();
  }
}

function copyThinned<D extends Int16Array | Uint8Array>(
  from: D,
  [nx, ny]: Vec3,
  to: D,
  [mx, my]: Vec3,
  by: Vec3,
  lo: Vec3,
  hi: Vec3,
): void {
  for (let z = lo[2]; z < hi[2]; z++)
    for (let y = lo[1]; y < hi[1]; y++) {
      let i = (z * by[2] * ny + y * by[1]) * nx + lo[0] * by[0];
      for (let x = lo[0], o = (z * my + y) * mx + lo[0]; x < hi[0]; x++, o++, i += by[0]) to[o] = from[i];
    }
}
