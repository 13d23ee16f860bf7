import type { Vec3 } from '../../src/base/index.ts';
import { createRng } from '../../src/base/index.ts';
import {
  boundaryOf,
  facesWhere,
  gridTets,
  nodeAt,
  nodeCount,
  nodesOfFaces,
  type TetMesh,
} from '../../src/fea/index.ts';

/** A block whose inner corners are shaken; its outside stays flat, its edges straight. */
export function shakenBlock(n: number, order: 1 | 2, seed = 1, shake = 0.25): TetMesh {
  const random = createRng(seed);
  const moved = new Map<string, Vec3>();
  const at = (u: number, v: number, w: number): Vec3 => {
    const key = [u, v, w].map((x) => Math.round(2 * n * x)).join();
    const inside = [u, v, w].every((x) => x > 1e-9 && x < 1 - 1e-9);
    if (!moved.has(key))
      moved.set(
        key,
        inside ? ([u, v, w].map((x) => x + ((random() - 0.5) * shake * 2) / n) as unknown as Vec3) : [u, v, w],
      );
    return moved.get(key)!;
  };
  const mesh = gridTets([n, n, n], at, 1);
  if (order === 1) return mesh;
  const quadratic = gridTets([n, n, n], (u, v, w) => [u, v, w]);
  const positions = quadratic.positions.slice();
  positions.set(mesh.positions);
  for (let e = 0; e < quadratic.tets.length; e += 10)
    [0, 1, 1, 2, 0, 2, 0, 3, 1, 3, 2, 3].forEach((c, k) => {
      const m = 3 * quadratic.tets[e + 4 + (k >> 1)];
      for (let i = 0; i < 3; i++)
        positions[m + i] = (k & 1 ? positions[m + i] : 0) + positions[3 * quadratic.tets[e + c] + i] / 2;
    });
  return { ...quadratic, positions };
}

/** All directions of all nodes on the outside fixed, at the displacement of `field`. */
export function givenOutside(mesh: TetMesh, field: (at: Vec3) => Vec3): { fixed: Uint8Array; givenMm: Float64Array } {
  const fixed = new Uint8Array(mesh.positions.length);
  const givenMm = new Float64Array(mesh.positions.length);
  const b = boundaryOf(mesh);
  for (const i of nodesOfFaces(
    b,
    facesWhere(b, () => true),
  )) {
    fixed.fill(1, 3 * i, 3 * i + 3);
    givenMm.set(field(nodeAt(mesh, i)), 3 * i);
  }
  return { fixed, givenMm };
}

/** Greatest difference to a field at the nodes, over its greatest value. */
export function fieldError(mesh: TetMesh, u: Float64Array, field: (at: Vec3) => Vec3): number {
  let worst = 0;
  let greatest = 0;
  for (let i = 0; i < nodeCount(mesh); i++)
    field(nodeAt(mesh, i)).forEach((v, k) => {
      worst = Math.max(worst, Math.abs(u[3 * i + k] - v));
      greatest = Math.max(greatest, Math.abs(v));
    });
  return worst / greatest;
}
