import type { Vec3 } from '../base/index.ts';
import { linearTets, TET_EDGES, type TetMesh, toQuadratic } from './tets.ts';

// Six tetrahedra of a cell around its diagonal from corner 0 to corner 7 (bits: x, y, z).
const KUHN = [
  [0, 1, 3, 7],
  [0, 3, 2, 7],
  [0, 2, 6, 7],
  [0, 6, 4, 7],
  [0, 4, 5, 7],
  [0, 5, 1, 7],
];

/**
 * A block of nx × ny × nz cells, six tetrahedra each, bent by `map` from the unit cube. Mid-side nodes are mapped too, so
 * curved sides are curved. For closed forms, where the shape is a formula.
 * @requires a map that keeps orientation
 */
export function gridTets(
  [nx, ny, nz]: readonly [number, number, number],
  map: (u: number, v: number, w: number) => Vec3,
  order: 1 | 2 = 2,
): TetMesh {
  const positions = new Float64Array(3 * (nx + 1) * (ny + 1) * (nz + 1));
  for (let k = 0, at = 0; k <= nz; k++)
    for (let j = 0; j <= ny; j++) for (let i = 0; i <= nx; i++, at += 3) positions.set([i / nx, j / ny, k / nz], at);
  const tets = new Uint32Array(24 * nx * ny * nz);
  let at = 0;
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++)
        for (const tet of KUHN)
          for (const c of tet)
            tets[at++] = i + (c & 1) + (nx + 1) * (j + ((c >> 1) & 1) + (ny + 1) * (k + ((c >> 2) & 1)));
  const flat = linearTets(positions, tets);
  const mesh = order === 1 ? flat : toQuadratic(flat);
  const bent = new Float64Array(mesh.positions.length);
  for (let i = 0; i < bent.length; i += 3)
    bent.set(map(mesh.positions[i], mesh.positions[i + 1], mesh.positions[i + 2]), i);
  return { ...mesh, positions: bent };
}

/** The same mesh with every mid-side node in the middle of its edge. */
export function straightened(mesh: TetMesh): TetMesh {
  const positions = mesh.positions.slice();
  if (mesh.order === 2)
    for (let e = 0; e < mesh.tets.length; e += 10)
      for (let k = 0; k < 6; k++)
        for (let i = 0; i < 3; i++)
          positions[3 * mesh.tets[e + 4 + k] + i] =
            (positions[3 * mesh.tets[e + TET_EDGES[2 * k]] + i] +
              positions[3 * mesh.tets[e + TET_EDGES[2 * k + 1]] + i]) /
            2;
  return { ...mesh, positions };
}
