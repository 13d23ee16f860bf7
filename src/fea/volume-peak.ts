import type { Peak } from './judge.ts';
import { vonMisesAt } from './stress.ts';
import { nodeAt, nodeCount, nodesPerTet, type TetMesh } from './tets.ts';

/**
 * The von Mises stress that more than `volumeMm3` of the solid bear. Where stress has no finite answer (a sharp inner corner,
 * the edge of what is held) it is had by next to no volume, so this settles as the mesh gets finer and the peak does not.
 * @param keep nodes that count; all where it is left out
 * @accuracy volumes between the corners; each element shares its own evenly among its nodes
 */
export function volumePeak(
  mesh: TetMesh,
  stressMPa: Float64Array,
  volumeMm3: number,
  keep: (node: number) => boolean = () => true,
): Peak {
  const n = nodeCount(mesh);
  const per = nodesPerTet(mesh);
  const { positions: p, tets } = mesh;
  const share = new Float64Array(n);
  for (let e = 0; e < tets.length; e += per) {
    const [a, b, c, d] = [3 * tets[e], 3 * tets[e + 1], 3 * tets[e + 2], 3 * tets[e + 3]];
    const [ux, uy, uz] = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
    const [vx, vy, vz] = [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]];
    const [wx, wy, wz] = [p[d] - p[a], p[d + 1] - p[a + 1], p[d + 2] - p[a + 2]];
    const six = ux * (vy * wz - vz * wy) + uy * (vz * wx - vx * wz) + uz * (vx * wy - vy * wx);
    const own = Math.abs(six) / 6 / per;
    for (let k = 0; k < per; k++) share[tets[e + k]] += own;
  }
  const stress = new Float64Array(n);
  const nodes: number[] = [];
  for (let i = 0; i < n; i++) {
    stress[i] = vonMisesAt(stressMPa, i);
    if (keep(i)) nodes.push(i);
  }
  nodes.sort((i, j) => stress[j] - stress[i] || i - j);
  let sum = 0;
  for (const i of nodes) {
    sum += share[i];
    if (sum > volumeMm3) return { value: stress[i], at: nodeAt(mesh, i) };
  }
  return { value: 0, at: nodeAt(mesh, nodes[nodes.length - 1] ?? 0) };
}
