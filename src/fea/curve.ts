import { type Bvh, closestPoints } from '../mesh/index.ts';
import type { Boundary } from './boundary.ts';
import { linearGradients } from './linear-matrix.ts';
import { TET_EDGES, type TetMesh, tetCount } from './tets.ts';

/** How far the bending of an element's edges may go: below 1 its Jacobian stays positive everywhere. */
const LIMIT = 0.6;

export interface Curved {
  readonly mesh: TetMesh;
  /** Mid-side nodes on the surface, and those that had to stop short of it. */
  readonly moved: number;
  readonly held: number;
}

/**
 * Moves the mid-side nodes of the outer edges onto the surface. The Jacobian of an element is J₀·(1 + E) with
 * ‖E‖ ≤ Σ 4·max(|∇L_a|, |∇L_b|)·|shift| over its edges; shifts are shortened until that sum is at most 0.6 in every element,
 * so no element can turn inside out anywhere, not only at the points that are looked at.
 * @requires a quadratic mesh with straight edges, and its boundary
 * @source own derivation
 */
export function curveSides(mesh: TetMesh, boundary: Boundary, surface: Bvh): Curved {
  const { corners, tets } = mesh;
  const outer = outerMids(mesh, boundary);
  const places = new Float64Array(3 * outer.length);
  outer.forEach((node, i) => {
    places.set(mesh.positions.subarray(3 * node, 3 * node + 3), 3 * i);
  });
  const nearest = closestPoints(surface, places);
  const shift = new Float64Array(mesh.positions.length - 3 * corners);
  const long = new Float64Array(shift.length / 3);
  outer.forEach((node, i) => {
    const m = node - corners;
    for (let k = 0; k < 3; k++) shift[3 * m + k] = nearest.points[3 * i + k] - places[3 * i + k];
    long[m] = nearest.distanceMm[i];
  });

  const scale = new Float64Array(long.length).fill(1);
  const g = new Float64Array(12);
  for (let e = 0; e < tetCount(mesh); e++) {
    let any = false;
    for (let k = 0; k < 6; k++) any ||= long[tets[10 * e + 4 + k] - corners] > 0;
    if (!any) continue;
    linearGradients(mesh.positions, tets, 10 * e, g);
    const steep = [0, 3, 6, 9].map((o) => Math.sqrt(g[o] * g[o] + g[o + 1] * g[o + 1] + g[o + 2] * g[o + 2]));
    let sum = 0;
    for (let k = 0; k < 6; k++)
      sum += 4 * Math.max(steep[TET_EDGES[2 * k]], steep[TET_EDGES[2 * k + 1]]) * long[tets[10 * e + 4 + k] - corners];
    if (sum <= LIMIT) continue;
    for (let k = 0; k < 6; k++) {
      const m = tets[10 * e + 4 + k] - corners;
      scale[m] = Math.min(scale[m], LIMIT / sum);
    }
  }
  const positions = mesh.positions.slice();
  let held = 0;
  for (let m = 0; m < scale.length; m++) {
    if (!(long[m] > 0)) continue;
    if (scale[m] < 1) held++;
    for (let k = 0; k < 3; k++) positions[3 * (corners + m) + k] += scale[m] * shift[3 * m + k];
  }
  return { mesh: { ...mesh, positions }, moved: outer.length - held, held };
}

/** Mid-side nodes of the boundary, ascending. */
function outerMids({ corners, positions }: TetMesh, { nodes }: Boundary): Uint32Array {
  const seen = new Uint8Array(positions.length / 3);
  for (const n of nodes) if (n >= corners) seen[n] = 1;
  const out: number[] = [];
  for (let i = 0; i < seen.length; i++) if (seen[i]) out.push(i);
  return Uint32Array.from(out);
}
