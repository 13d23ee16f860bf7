import { cotLaplacian, type Laplacian } from './laplacian.ts';
import type { Mesh } from './mesh.ts';

/**
 * Places the movable vertices so that the surface bends as little as it can, joining the fixed ones with the same
 * tangent: (L M⁻¹ L) x = 0 with cotangent L and vertex areas M, solved by conjugate gradients. Returns all positions.
 *
 * The weights come from the shape before; `rounds` repeats with those of the result, which matters where it moved far.
 * @cost O(movable · iterations): for regions of some thousand vertices
 * @accuracy residual 1e-10 of the start
 */
export function fairRegion(mesh: Mesh, movable: Uint8Array, rounds = 2): Float64Array {
  const list: number[] = [];
  for (let v = 0; v < movable.length; v++) if (movable[v]) list.push(v);
  let positions: Float64Array = mesh.positions.slice();
  if (list.length === 0) return positions;
  for (let round = 0; round < rounds; round++) {
    const shape: Mesh = { positions, triangles: mesh.triangles };
    positions = solve(positions, cotLaplacian(shape), list);
  }
  return positions;
}

function solve(positions: Float64Array, l: Laplacian, list: readonly number[]): Float64Array {
  const x = positions.slice();
  const n = l.sums.length;
  const first = new Float64Array(n);
  // Rows of the operator reach two edges far; everything farther never changes.
  const near = reach(l, list);
  const bend = (f: Float64Array, out: Float64Array): void => {
    for (const v of near) first[v] = laplace(l, f, v) / l.sums[v];
    for (const v of list) out[v] = laplace(l, first, v);
  };
  const f = new Float64Array(n);
  const r = new Float64Array(n);
  const d = new Float64Array(n);
  const q = new Float64Array(n);
  for (let axis = 0; axis < 3; axis++) {
    for (let v = 0; v < n; v++) f[v] = positions[3 * v + axis];
    bend(f, q);
    let rr = 0;
    d.fill(0);
    for (const v of list) {
      r[v] = -q[v];
      d[v] = r[v] / l.sums[v];
      rr += r[v] * d[v];
    }
    const stop = 1e-20 * rr;
    for (let k = 0; k < 20 * list.length && rr > stop; k++) {
      bend(d, q);
      let dq = 0;
      for (const v of list) dq += d[v] * q[v];
      if (!(dq > 0)) break;
      const step = rr / dq;
      let next = 0;
      for (const v of list) {
        f[v] += step * d[v];
        r[v] -= step * q[v];
        next += (r[v] * r[v]) / l.sums[v];
      }
      for (const v of list) d[v] = r[v] / l.sums[v] + (next / rr) * d[v];
      rr = next;
    }
    for (const v of list) x[3 * v + axis] = f[v];
  }
  return x;
}

const laplace = ({ start, neighbours, weights, sums }: Laplacian, f: Float64Array, v: number): number => {
  let s = -sums[v] * f[v];
  for (let i = start[v]; i < start[v + 1]; i++) s += weights[i] * f[neighbours[i]];
  return s;
};

function reach({ start, neighbours }: Laplacian, list: readonly number[]): number[] {
  const near = new Set(list);
  for (const v of list) for (let i = start[v]; i < start[v + 1]; i++) near.add(neighbours[i]);
  return [...near].sort((a, b) => a - b);
}
