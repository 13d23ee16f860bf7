import type { Vec3 } from '../base/index.ts';
import { cross, dot, solveSpd, sub } from '../math/index.ts';
import { nodeAt, nodeCount, type TetMesh } from './tets.ts';

/** A slice across a slender part: its middle, the direction of the part, how far it reaches to the sides and along. */
export interface Slice {
  readonly at: Vec3;
  readonly along: Vec3;
  readonly radiusMm: number;
  readonly halfMm: number;
}

/**
 * How far a slice has turned, as a rotation vector, radians: that of the stiff motion nearest to the displacements of its
 * nodes. Null where the slice holds too few of them.
 */
export function sliceTurn(mesh: TetMesh, displacementMm: Float64Array, slice: Slice): Vec3 | null {
  const nodes: number[] = [];
  const middle = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < nodeCount(mesh); i++) {
    const d = sub(nodeAt(mesh, i), slice.at);
    if (Math.abs(dot(d, slice.along)) > slice.halfMm || dot(d, d) > slice.radiusMm * slice.radiusMm) continue;
    nodes.push(i);
    for (let k = 0; k < 3; k++) {
      middle[k] += d[k];
      middle[3 + k] += displacementMm[3 * i + k];
    }
  }
  const n = nodes.length;
  if (n < 4) return null;
  const second = [0, 0, 0, 0, 0, 0];
  const moment = [0, 0, 0];
  for (const i of nodes) {
    const d = sub(nodeAt(mesh, i), slice.at);
    const [x, y, z]: Vec3 = [d[0] - middle[0] / n, d[1] - middle[1] / n, d[2] - middle[2] / n];
    const u = [0, 1, 2].map((k) => displacementMm[3 * i + k] - middle[3 + k] / n) as unknown as Vec3;
    for (const [k, v] of [y * y + z * z, x * x + z * z, x * x + y * y, -x * y, -x * z, -y * z].entries())
      second[k] += v;
    for (const [k, v] of cross([x, y, z], u).entries()) moment[k] += v;
  }
  const [xx, yy, zz, xy, xz, yz] = second;
  const turn = solveSpd([xx, xy, xz, xy, yy, yz, xz, yz, zz], moment, 3);
  return turn && [turn[0], turn[1], turn[2]];
}
