import { type Bvh, signedDistances } from '../mesh/index.ts';
import { boundaryOf, facesWhere, nodesOfFaces } from './boundary.ts';
import { leastDihedralCosine } from './tet-quality.ts';
import { nodesPerTet, type TetMesh, tetCount } from './tets.ts';

/** Nodes nearer to the surface of an inclusion than this part of a cell are moved onto it where angles allow. */
const REACH = 0.35;
/** The promise of the mesher: no dihedral angle below 10.7°. */
export const LEAST_COSINE = Math.cos((10.7 * Math.PI) / 180);

/**
 * Gives the elements inside of other bodies their number (1 for the first; the first that holds an element has it), with
 * shared nodes where they meet. Inner nodes near an interface are moved onto it as long as every angle around keeps the
 * promise of the mesher. Elements are not cut, so the interface is uneven by up to half a cell.
 * @requires a linear mesh
 * @cost two distances a node and an element for each body
 */
export function embed(mesh: TetMesh, bodies: readonly Bvh[], cellMm: number): TetMesh {
  if (bodies.length === 0) return mesh;
  const positions = mesh.positions.slice();
  const moving: TetMesh = { ...mesh, positions };
  const outer = new Uint8Array(mesh.corners);
  const boundary = boundaryOf(mesh);
  for (const node of nodesOfFaces(
    boundary,
    facesWhere(boundary, () => true),
  ))
    outer[node] = 1;
  const around = tetsAround(mesh);
  for (const body of bodies) attract(moving, body, REACH * cellMm, outer, around);
  const parts = new Uint8Array(tetCount(mesh));
  const centres = centresOf(moving);
  for (let b = bodies.length; b > 0; b--) {
    const distance = signedDistances(bodies[b - 1], centres);
    for (let e = 0; e < parts.length; e++) if (distance[e] < 0) parts[e] = b;
  }
  return { ...moving, parts };
}

/** Moves nodes one after the other; each looks at the elements around it as they stand then. */
function attract(
  mesh: TetMesh,
  body: Bvh,
  reachMm: number,
  held: Uint8Array,
  around: { start: Uint32Array; tets: Uint32Array },
): void {
  const p = mesh.positions;
  const distance = signedDistances(body, p, { limitMm: reachMm });
  const step = 1e-4 * reachMm;
  for (let node = 0; node < mesh.corners; node++) {
    const d = distance[node];
    if (held[node] || Number.isNaN(d)) continue;
    const at = [p[3 * node], p[3 * node + 1], p[3 * node + 2]];
    // Down the gradient of the distance: for the signed one it is the normal, also where the node is on the surface.
    const near = signedDistances(
      body,
      Float64Array.from([0, 1, 2].flatMap((k) => at.map((v, i) => v + (i === k ? step : 0)))),
    );
    const slope = [0, 1, 2].map((k) => (near[k] - d) / step);
    const long2 = slope.reduce((s, v) => s + v * v, 0);
    if (!(long2 > 0.25)) continue;
    for (let k = 0; k < 3; k++) p[3 * node + k] = at[k] - (d * slope[k]) / long2;
    let sound = true;
    for (let i = around.start[node]; sound && i < around.start[node + 1]; i++)
      sound = leastDihedralCosine(mesh, around.tets[i]) < LEAST_COSINE;
    if (sound) held[node] = 1;
    else for (let k = 0; k < 3; k++) p[3 * node + k] = at[k];
  }
}

/** Elements at every corner. */
export function tetsAround({ tets, corners }: TetMesh): { start: Uint32Array; tets: Uint32Array } {
  const start = new Uint32Array(corners + 1);
  for (const v of tets) start[v + 1]++;
  for (let v = 0; v < corners; v++) start[v + 1] += start[v];
  const fill = start.slice(0, corners);
  const out = new Uint32Array(tets.length);
  for (let i = 0; i < tets.length; i++) out[fill[tets[i]]++] = Math.floor(i / 4);
  return { start, tets: out };
}

function centresOf(mesh: TetMesh): Float64Array {
  const per = nodesPerTet(mesh);
  const out = new Float64Array(3 * tetCount(mesh));
  for (let e = 0; e < out.length / 3; e++)
    for (let k = 0; k < 3; k++) {
      let s = 0;
      for (let c = 0; c < 4; c++) s += mesh.positions[3 * mesh.tets[per * e + c] + k];
      out[3 * e + k] = s / 4;
    }
  return out;
}
