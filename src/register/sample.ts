import { createRng, OsteonError } from '../base/index.ts';
import { type Mesh, triangleAreaMm2, unitFaceNormals } from '../mesh/index.ts';

/** Points on a surface with the outward unit normal of their triangle; flat xyz, LPS mm. */
export interface SurfaceSamples {
  readonly points: Float64Array;
  readonly normals: Float64Array;
}

/**
 * `count` points spread evenly over the surface: each stands for the same area. Same mesh and seed, same points.
 * Systematic sampling along the running area, with a seeded place inside each triangle.
 * @param region one flag per triangle: only triangles with a flag other than 0 are sampled; all when left out
 * @throws mesh.empty where there is no area to sample
 * @cost O(triangles + count)
 */
export function sampleSurface(mesh: Mesh, count: number, seed = 1, region?: Uint8Array): SurfaceSamples {
  const { positions: p, triangles: t } = mesh;
  const faces = unitFaceNormals(mesh);
  const running = new Float64Array(t.length / 3);
  let area = 0;
  for (let i = 0; i < running.length; i++) {
    if (!region || region[i]) area += triangleAreaMm2(mesh, i);
    running[i] = area;
  }
  if (!(area > 0)) throw new OsteonError('mesh.empty', { triangles: running.length });
  const rng = createRng(seed);
  const points = new Float64Array(3 * count);
  const normals = new Float64Array(3 * count);
  let i = 0;
  for (let s = 0; s < count; s++) {
    const at = ((s + rng()) / count) * area;
    while (i < running.length - 1 && running[i] <= at) i++;
    const r = Math.sqrt(rng());
    const v = rng() * r;
    const a = 3 * t[3 * i];
    const b = 3 * t[3 * i + 1];
    const c = 3 * t[3 * i + 2];
    for (let k = 0; k < 3; k++) {
      points[3 * s + k] = (1 - r) * p[a + k] + (r - v) * p[b + k] + v * p[c + k];
      normals[3 * s + k] = faces[3 * i + k];
    }
  }
  return { points, normals };
}
