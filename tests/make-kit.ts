import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readMesh } from '../src/io/index.ts';
import { bounds, type Mesh } from '../src/mesh/index.ts';
import { isoSurface } from '../src/surface/index.ts';
import { axisGrid, createVolume } from '../src/volume/index.ts';

/** The mesh moved so that its lowest point stands at a height. */
export function standing(mesh: Mesh, heightMm = 0): Mesh {
  const { lo } = bounds(mesh);
  return { ...mesh, positions: mesh.positions.map((x, i) => (i % 3 === 2 ? x - lo[2] + heightMm : x)) };
}

/** A bone that ships with the program. */
export function shippedBone(name: string): Mesh {
  const path = join(import.meta.dirname, `../data/feet/${name}.stl`);
  return readMesh(readFileSync(path), path).mesh;
}

/** The talus, 8000 triangles. */
export const shippedTalus = (): Mesh => shippedBone('talus');

/** A ball of gyroid lattice: walls of about `wallMm`, cells of `cellMm`, closed at the rim. */
export function gyroidBall(radiusMm: number, cellMm: number, wallMm: number, stepMm: number): Mesh {
  const n = Math.ceil((2 * radiusMm + 4 * stepMm) / stepMm);
  const grid = axisGrid([n, n, n], [stepMm, stepMm, stepMm], [0, 0, 0].map(() => (-(n - 1) * stepMm) / 2) as never);
  const w = (2 * Math.PI) / cellMm;
  const data = new Float32Array(n * n * n);
  for (let k = 0, i = 0; k < n; k++)
    for (let j = 0; j < n; j++)
      for (let a = 0; a < n; a++, i++) {
        const [x, y, z] = [a, j, k].map((v) => (v - (n - 1) / 2) * stepMm);
        const g =
          Math.sin(w * x) * Math.cos(w * y) + Math.sin(w * y) * Math.cos(w * z) + Math.sin(w * z) * Math.cos(w * x);
        const wall = wallMm / 2 - Math.abs(g) / (1.5 * w);
        data[i] = Math.min(wall, radiusMm - Math.sqrt(x * x + y * y + z * z));
      }
  return isoSurface(createVolume(grid, 'mm', data), 0);
}
