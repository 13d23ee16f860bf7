import { aggregate, galerkin, type Modes, smoothed, tentative } from './aggregation.ts';
import { addTransposed, applyBlocks, applyDiagonal, type Blocks, diagonalBlocks, invertBlocks } from './blocks.ts';
import { chebyshev, type Smoother } from './chebyshev.ts';
import { type Factor, factorise, solveFactored } from './dense.ts';

/** One cycle over all levels: an approximate inverse, symmetric and positive. */
export interface Cycle {
  /** x := M⁻¹·r; r is left as it was. */
  solve(r: Float64Array, x: Float64Array): void;
  /** Unknowns of every level, the finest first. */
  readonly sizes: readonly number[];
  /** Numbers stored for operators and transfers, as bytes. */
  readonly bytes: number;
}

/** Unknowns that are solved for directly: a factor of n²/2 numbers costs as much as a level's smoothing. */
const DIRECT = 600;
const MAX_LEVELS = 12;

/** Smoothed aggregation for a matrix of blocks whose strainless motions are known. */
export function aggregationCycle(matrix: Blocks, modes: Modes, level = 0): Cycle {
  const size = matrix.rows * matrix.high;
  if (size <= DIRECT || level === MAX_LEVELS) return directCycle(matrix);
  const inverse = invertBlocks(diagonalBlocks(matrix), matrix.high);
  const operator = {
    size,
    inverse,
    blockSize: matrix.high,
    apply: (x: Float64Array, y: Float64Array) => applyBlocks(matrix, x, y),
  };
  const smoother = chebyshev(operator);
  const groups = aggregate(matrix);
  // No two rows coupled: the diagonal is all there is.
  if (groups.count === 0)
    return { sizes: [size], bytes: inverse.byteLength, solve: (r, x) => applyDiagonal(inverse, matrix.high, r, x) };
  const { prolongation, coarse } = tentative(modes, groups);
  const p = smoothed(matrix, inverse, smoother.greatest, prolongation);
  const below = aggregationCycle(galerkin(matrix, p), coarse, level + 1);
  return twoLevels(smoother, below, {
    size: p.columns * p.wide,
    bytes: matrix.values.byteLength + p.values.byteLength,
    restrict(r, coarser) {
      coarser.fill(0);
      addTransposed(p, r, coarser);
    },
    prolong: (coarser, x) => applyBlocks(p, coarser, x),
  });
}

/** How residuals go down and corrections come up. */
export interface Transfer {
  readonly size: number;
  readonly bytes: number;
  /** coarser := Pᵀ·r. */
  restrict(r: Float64Array, coarser: Float64Array): void;
  /** x := P·coarser. */
  prolong(coarser: Float64Array, x: Float64Array): void;
}

/** Smooth, correct from below, smooth again. */
export function twoLevels(smoother: Smoother, below: Cycle, transfer: Transfer): Cycle {
  const { size, apply } = smoother.operator;
  const residual = new Float64Array(size);
  const correction = new Float64Array(size);
  const work = new Float64Array(size);
  const down = new Float64Array(transfer.size);
  const up = new Float64Array(transfer.size);
  return {
    sizes: [size, ...below.sizes],
    bytes: below.bytes + transfer.bytes,
    solve(r, x) {
      residual.set(r);
      x.fill(0);
      smoother.smooth(residual, x);
      transfer.restrict(residual, down);
      below.solve(down, up);
      transfer.prolong(up, correction);
      apply(correction, work);
      for (let i = 0; i < size; i++) {
        x[i] += correction[i];
        residual[i] -= work[i];
      }
      smoother.smoothLast(residual, x);
    },
  };
}

function directCycle(matrix: Blocks): Cycle {
  const n = matrix.rows * matrix.high;
  const factor: Factor = factorise(denseOf(matrix), n);
  return {
    sizes: [n],
    bytes: 8 * n * n,
    solve(r, x) {
      x.set(r);
      solveFactored(factor, x);
    },
  };
}

function denseOf({ rows, high, wide, start, column, values }: Blocks): Float64Array {
  const n = rows * high;
  const out = new Float64Array(n * n);
  for (let i = 0; i < rows; i++)
    for (let at = start[i]; at < start[i + 1]; at++)
      for (let r = 0; r < high; r++)
        for (let c = 0; c < wide; c++)
          out[(high * i + r) * n + wide * column[at] + c] = values[high * wide * at + wide * r + c];
  return out;
}
