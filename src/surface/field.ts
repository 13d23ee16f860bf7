import type { Mesh } from '../mesh/index.ts';

/** Neighbours of every vertex: those of vertex i are `list[start[i]] … list[start[i + 1] − 1]`. */
export interface Ring {
  readonly start: Uint32Array;
  readonly list: Uint32Array;
}

/** @requires closed mesh with consistent winding, so each neighbour is met once as the end of a directed edge */
export function ringOf({ positions, triangles: t }: Mesh): Ring {
  const n = positions.length / 3;
  const start = new Uint32Array(n + 1);
  for (let i = 0; i < t.length; i++) start[t[i] + 1]++;
  for (let i = 0; i < n; i++) start[i + 1] += start[i];
  const at = start.slice(0, n);
  const list = new Uint32Array(t.length);
  for (let i = 0; i < t.length; i += 3) {
    list[at[t[i]]++] = t[i + 1];
    list[at[t[i + 1]]++] = t[i + 2];
    list[at[t[i + 2]]++] = t[i];
  }
  return { start, list };
}

/**
 * The field closest to noisy values that bends little from vertex to vertex: minimises Σ w (f − value)² + λ Σ (fᵢ − fⱼ)²
 * over the edges, by Gauss–Seidel sweeps there and back in a fixed order. A vertex with little weight takes what its
 * neighbours say.
 */
export function smoothField(
  ring: Ring,
  values: Float64Array,
  weights: Float64Array,
  lambda: number,
  sweeps: number,
): Float64Array {
  const n = values.length;
  const f = values.slice();
  const { start, list } = ring;
  const relax = (i: number) => {
    let sum = weights[i] * values[i];
    for (let k = start[i]; k < start[i + 1]; k++) sum += lambda * f[list[k]];
    f[i] = sum / (weights[i] + lambda * (start[i + 1] - start[i]));
  };
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let i = 0; i < n; i++) relax(i);
    for (let i = n - 1; i >= 0; i--) relax(i);
  }
  return f;
}

/** Mean over each vertex and its neighbours, weighted by `weights` (areas: keeps the integral), `times` times. */
export function averageField(ring: Ring, values: Float64Array, weights: Float64Array, times: number): Float64Array {
  const { start, list } = ring;
  let f = values.slice();
  let g = new Float64Array(f.length);
  for (let it = 0; it < times; it++) {
    for (let i = 0; i < f.length; i++) {
      let sum = weights[i] * f[i];
      let w = weights[i];
      for (let k = start[i]; k < start[i + 1]; k++) {
        sum += weights[list[k]] * f[list[k]];
        w += weights[list[k]];
      }
      g[i] = sum / w;
    }
    [f, g] = [g, f];
  }
  return f;
}

/**
 * Moves every vertex along the mean of its neighbours' offsets by `step`; with `normals`, only along the surface, which
 * evens out triangles and leaves the shape. Positions are changed in place.
 */
export function relaxVertices(ring: Ring, p: Float64Array, step: number, normals?: Float64Array): void {
  const { start, list } = ring;
  const from = p.slice();
  for (let i = 0; i < start.length - 1; i++) {
    const o = 3 * i;
    const n = start[i + 1] - start[i];
    if (n === 0) continue;
    let dx = 0;
    let dy = 0;
    let dz = 0;
    for (let k = start[i]; k < start[i + 1]; k++) {
      const q = 3 * list[k];
      dx += from[q];
      dy += from[q + 1];
      dz += from[q + 2];
    }
    dx = dx / n - from[o];
    dy = dy / n - from[o + 1];
    dz = dz / n - from[o + 2];
    const along = normals ? dx * normals[o] + dy * normals[o + 1] + dz * normals[o + 2] : 0;
    p[o] += step * (dx - (normals ? along * normals[o] : 0));
    p[o + 1] += step * (dy - (normals ? along * normals[o + 1] : 0));
    p[o + 2] += step * (dz - (normals ? along * normals[o + 2] : 0));
  }
}

/**
 * Low-pass of the shape without shrinking: a step in and a slightly larger step out, `times` times (Taubin 1995). Takes
 * the steps of a voxel mask away and leaves everything longer than about six edges.
 */
export function taubin(ring: Ring, p: Float64Array, times: number): void {
  for (let i = 0; i < times; i++) {
    relaxVertices(ring, p, 0.5);
    relaxVertices(ring, p, -0.53);
  }
}

/** Mean curvature at vertices, 1/mm, positive where the body is convex (1/R on a sphere), from cotangents, raw. */
export function meanCurvature(
  { positions: p, triangles: t }: Mesh,
  normals: Float64Array,
  areas: Float64Array,
): Float64Array {
  const n = p.length / 3;
  const lap = new Float64Array(p.length);
  for (let i = 0; i < t.length; i += 3)
    for (let k = 0; k < 3; k++) {
      const a = 3 * t[i + k];
      const b = 3 * t[i + ((k + 1) % 3)];
      const c = 3 * t[i + ((k + 2) % 3)];
      const ux = p[a] - p[c];
      const uy = p[a + 1] - p[c + 1];
      const uz = p[a + 2] - p[c + 2];
      const vx = p[b] - p[c];
      const vy = p[b + 1] - p[c + 1];
      const vz = p[b + 2] - p[c + 2];
      const x = uy * vz - uz * vy;
      const y = uz * vx - ux * vz;
      const z = ux * vy - uy * vx;
      const cross = Math.sqrt(x * x + y * y + z * z);
      // Needles would carry weights without bound; 5 is the cotangent of 11 degrees.
      const cot = cross > 0 ? Math.min(5, Math.max(-5, (ux * vx + uy * vy + uz * vz) / cross)) : 0;
      for (let d = 0; d < 3; d++) {
        const e = (cot * (p[b + d] - p[a + d])) / 2;
        lap[a + d] += e;
        lap[b + d] -= e;
      }
    }
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const o = 3 * i;
    const along = lap[o] * normals[o] + lap[o + 1] * normals[o + 1] + lap[o + 2] * normals[o + 2];
    out[i] = areas[i] > 0 ? -along / (2 * areas[i]) : 0;
  }
  return out;
}
