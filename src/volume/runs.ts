import { OsteonError, type Vec3 } from '../base/index.ts';
import { createVolume, type Grid, type Volume, type VoxelArray, type VoxelBox } from './volume.ts';

/**
 * Labelled voxels as runs along x. Row w = z·ny + y holds runs rowStart[w] ≤ r < rowStart[w + 1] from left to right;
 * run r covers from[r] ≤ x < to[r] and carries label[r] ≠ 0. A bone mask takes a hundredth of its voxels, so this is how
 * components are found, and how labels are stored and edited.
 */
export interface Runs {
  readonly size: Vec3;
  readonly rowStart: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly label: Int32Array;
}

/** Runs of low ≤ value ≤ high inside `box` (half-open, default all), labelled 1. @cost about 3 ns a voxel */
export function thresholdRuns(data: VoxelArray, size: Vec3, low: number, high: number, box?: VoxelBox): Runs {
  const { lo, hi } = box ?? { lo: [0, 0, 0], hi: size };
  // Copying the row first looks wasteful, but a loop that has met five kinds of array runs four times slower (V8, 2026).
  const line = new Float32Array(hi[0] - lo[0]);
  const found = collectRuns(size, box, (row, from, to, _, n) => {
    line.set(data.subarray(row + lo[0], row + hi[0]));
    return scanRange(line, lo[0], low, high, from, to, n);
  });
  found.label.fill(1);
  return found;
}

function scanRange(
  line: Float32Array,
  x0: number,
  low: number,
  high: number,
  from: Int32Array,
  to: Int32Array,
  first: number,
): number {
  const nx = line.length;
  let n = first;
  for (let x = 0; x < nx; x++) {
    const v = line[x];
    if (!(v >= low && v <= high)) continue;
    from[n] = x0 + x++;
    while (x < nx && line[x] >= low && line[x] <= high) x++;
    to[n++] = x0 + x;
  }
  return n;
}

/** Runs of equal non-zero samples: lossless coding of a label volume. @requires whole numbers */
export function labelRuns({ data, grid: { size } }: Volume): Runs {
  const nx = size[0];
  const line = new Int32Array(nx);
  return collectRuns(size, undefined, (row, from, to, label, n) => {
    line.set(data.subarray(row, row + nx));
    return scanEqual(line, from, to, label, n);
  });
}

function scanEqual(line: Int32Array, from: Int32Array, to: Int32Array, label: Int32Array, first: number): number {
  const nx = line.length;
  let n = first;
  for (let x = 0; x < nx; ) {
    const v = line[x];
    const start = x++;
    if (v === 0) continue;
    while (x < nx && line[x] === v) x++;
    from[n] = start;
    to[n] = x;
    label[n++] = v;
  }
  return n;
}

type ScanRow = (row: number, from: Int32Array, to: Int32Array, label: Int32Array, n: number) => number;

/** Rows in order of memory; arrays double when a row might not fit. */
function collectRuns(size: Vec3, box: VoxelBox | undefined, scan: ScanRow): Runs {
  const [nx, ny, nz] = size;
  const { lo, hi } = box ?? { lo: [0, 0, 0], hi: size };
  const rowStart = new Int32Array(ny * nz + 1);
  let from = new Int32Array(1 << 12);
  let to = new Int32Array(1 << 12);
  let label = new Int32Array(1 << 12);
  let n = 0;
  for (let w = 0; w < ny * nz; w++) {
    const y = w % ny;
    const z = (w - y) / ny;
    if (z >= lo[2] && z < hi[2] && y >= lo[1] && y < hi[1]) {
      if (n + nx > from.length) {
        from = grown(from, nx);
        to = grown(to, nx);
        label = grown(label, nx);
      }
      n = scan(w * nx, from, to, label, n);
    }
    rowStart[w + 1] = n;
  }
  return { size, rowStart, from: from.slice(0, n), to: to.slice(0, n), label: label.slice(0, n) };
}

function grown(a: Int32Array<ArrayBuffer>, more: number): Int32Array<ArrayBuffer> {
  const out = new Int32Array(2 * a.length + more);
  out.set(a);
  return out;
}

/** The runs written into an array of voxels, `value[label]` where a table is given. Voxels outside runs stay as they are. */
export function paintRuns(runs: Runs, data: VoxelArray, value?: ArrayLike<number>): void {
  const { from, to, label, rowStart, size } = runs;
  const nx = size[0];
  for (let w = 0; w + 1 < rowStart.length; w++) {
    const row = w * nx;
    for (let r = rowStart[w]; r < rowStart[w + 1]; r++)
      data.fill(value ? value[label[r]] : label[r], row + from[r], row + to[r]);
  }
}

/** The label volume that `labelRuns` coded. @throws volume.size */
export function volumeFromRuns(runs: Runs, grid: Grid): Volume<'label', Int32Array> {
  const [nx, ny, nz] = runs.size;
  if (runs.size.some((n, i) => n !== grid.size[i]))
    throw new OsteonError('volume.size', { samples: nx * ny * nz, voxels: grid.size[0] * grid.size[1] * grid.size[2] });
  const data = new Int32Array(nx * ny * nz);
  paintRuns(runs, data);
  return createVolume(grid, 'label', data);
}

/** Voxels with low ≤ value ≤ high as a mask of ones. */
export function threshold(volume: Volume, low: number, high: number): Volume<'label', Uint8Array> {
  const { grid } = volume;
  const data = new Uint8Array(volume.data.length);
  paintRuns(thresholdRuns(volume.data, grid.size, low, high), data);
  return createVolume(grid, 'label', data);
}
