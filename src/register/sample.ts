import { createRng, OsteonError } from '../base/index.ts';
import type { Mesh } from '../mesh/index.ts';

/** Points on a surface with the outward unit normal of their triangle; flat xyz, LPS mm. */
export interface SurfaceSamples {
  readonly points: Float64Array;
  readonly normals: Float64Array;
}

/**
 * `count` points spread evenly over the surface: each stands for the same area. Same mesh and seed, same points.
 * Systematic sampling along the running area, with a seeded place inside each triangle.
 * @throws mesh.empty where the surface has no area
 * @cost O(triangles + count)
 */
export function sampleSurface({ positions: p, triangles: t }: Mesh, count: number, seed = 1): SurfaceSamples {
  const n = t.length / 3;
  const running = new Float64Array(n);
  const unitNormals = new Float64Array(3 * n);
  let area = 0;
  for (let i = 0; i < n; i++) {
    const a = 3 * t[3 * i];
    const b = 3 * t[3 * i + 1];
    const c = 3 * t[3 * i + 2];
    const ux = p[b] - p[a];
    const uy = p[b + 1] - p[a + 1];
    const uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a];
    const vy = p[c + 1] - p[a + 1];
    const vz = p[c + 2] - p[a + 2];
    const x = uy * vz - uz * vy;
    const y = uz * vx - ux * vz;
    const z = ux * vy - uy * vx;
    const twice = Math.sqrt(x * x + y * y + z * z);
    area += twice / 2;
    running[i] = area;
    unitNormals[3 * i] = x / (twice || 1);
    unitNormals[3 * i + 1] = y / (twice || 1);
    unitNormals[3 * i + 2] = z / (twice || 1);
  }
  if (!(area > 0)) throw new OsteonError('mesh.empty', { triangles: n });
  const rng = createRng(seed);
  const points = new Float64Array(3 * count);
  const normals = new Float64Array(3 * count);
  let i = 0;
  for (let s = 0; s < count; s++) {
    const at = ((s + rng()) / count) * area;
    while (i < n - 1 && running[i] < at) i++;
    const r = Math.sqrt(rng());
    const v = rng() * r;
    const a = 3 * t[3 * i];
    const b = 3 * t[3 * i + 1];
    const c = 3 * t[3 * i + 2];
    for (let k = 0; k < 3; k++) {
      points[3 * s + k] = (1 - r) * p[a + k] + (r - v) * p[b + k] + v * p[c + k];
      normals[3 * s + k] = unitNormals[3 * i + k];
    }
  }
  return { points, normals };
}

/** Outward unit normal of every triangle, flat xyz; zero where a triangle has no area. */
export function faceNormals({ positions: p, triangles: t }: Mesh): Float64Array {
  const out = new Float64Array(t.length);
  for (let i = 0; i < t.length; i += 3) {
    const a = 3 * t[i];
    const b = 3 * t[i + 1];
    const c = 3 * t[i + 2];
    const ux = p[b] - p[a];
    const uy = p[b + 1] - p[a + 1];
    const uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a];
    const vy = p[c + 1] - p[a + 1];
    const vz = p[c + 2] - p[a + 2];
    const x = uy * vz - uz * vy;
    const y = uz * vx - ux * vz;
    const z = ux * vy - uy * vx;
    const s = Math.sqrt(x * x + y * y + z * z) || 1;
    out[i] = x / s;
    out[i + 1] = y / s;
    out[i + 2] = z / s;
  }
  return out;
}
