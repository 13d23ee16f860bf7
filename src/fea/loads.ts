import type { Vec3 } from '../base/index.ts';
import { add, cross, solveSpd, sub } from '../math/index.ts';
import { type Boundary, nodesPerFace } from './boundary.ts';
import type { TetMesh } from './tets.ts';

/** Three points of the triangle, exact to the second degree on it. */
const POINTS = [
  [1 / 6, 1 / 6],
  [2 / 3, 1 / 6],
  [1 / 6, 2 / 3],
] as const;
const WEIGHT = 1 / 6;

/** Called at each Gauss point of a face: shape values, the outward normal times the area weight, the place. */
type Visit = (nodes: Uint32Array, shape: Float64Array, normalMm2: Vec3, at: Vec3) => void;

/** Walks the Gauss points of some faces, curved ones included. */
function eachPoint(mesh: TetMesh, b: Boundary, faces: Uint32Array, visit: Visit): void {
  const per = nodesPerFace(b);
  const shape = new Float64Array(per);
  const alongR = new Float64Array(per);
  const alongS = new Float64Array(per);
  const p = mesh.positions;
  for (const f of faces) {
    const nodes = b.nodes.subarray(per * f, per * (f + 1));
    for (const [r, s] of POINTS) {
      shapeOfFace(r, s, shape, alongR, alongS);
      const u = [0, 0, 0];
      const v = [0, 0, 0];
      const at: [number, number, number] = [0, 0, 0];
      for (let k = 0; k < per; k++)
        for (let i = 0; i < 3; i++) {
          const x = p[3 * nodes[k] + i];
          u[i] += alongR[k] * x;
          v[i] += alongS[k] * x;
          at[i] += shape[k] * x;
        }
      const normal: Vec3 = [
        WEIGHT * (u[1] * v[2] - u[2] * v[1]),
        WEIGHT * (u[2] * v[0] - u[0] * v[2]),
        WEIGHT * (u[0] * v[1] - u[1] * v[0]),
      ];
      visit(nodes, shape, normal, at);
    }
  }
}

function shapeOfFace(r: number, s: number, shape: Float64Array, alongR: Float64Array, alongS: Float64Array): void {
  const t = 1 - r - s;
  if (shape.length === 3) {
    shape.set([t, r, s]);
    alongR.set([-1, 1, 0]);
    alongS.set([-1, 0, 1]);
    return;
  }
  shape.set([t * (2 * t - 1), r * (2 * r - 1), s * (2 * s - 1), 4 * t * r, 4 * r * s, 4 * s * t]);
  alongR.set([1 - 4 * t, 4 * r - 1, 0, 4 * (t - r), 4 * s, -4 * s]);
  alongS.set([1 - 4 * t, 0, 4 * s - 1, -4 * r, 4 * r, 4 * (t - s)]);
}

const lengthOf = ([x, y, z]: Vec3): number => Math.sqrt(x * x + y * y + z * z);

/** Area of some faces, mm², and the sum of their outward normals times area. */
export function areaOfFaces(mesh: TetMesh, b: Boundary, faces: Uint32Array): { areaMm2: number; normalMm2: Vec3 } {
  let areaMm2 = 0;
  const sum: [number, number, number] = [0, 0, 0];
  eachPoint(mesh, b, faces, (_, __, n) => {
    areaMm2 += lengthOf(n);
    for (let i = 0; i < 3; i++) sum[i] += n[i];
  });
  return { areaMm2, normalMm2: sum };
}

/** Adds the nodal forces of a traction, MPa, that may vary over the surface. @accuracy exact for a uniform one on flat faces */
export function addTraction(
  mesh: TetMesh,
  b: Boundary,
  faces: Uint32Array,
  tractionMPa: (at: Vec3, outward: Vec3) => Vec3,
  forcesN: Float64Array,
): void {
  eachPoint(mesh, b, faces, (nodes, shape, normal, at) => {
    const area = lengthOf(normal);
    const t = tractionMPa(at, [normal[0] / area, normal[1] / area, normal[2] / area]);
    for (let k = 0; k < nodes.length; k++)
      for (let i = 0; i < 3; i++) forcesN[3 * nodes[k] + i] += shape[k] * area * t[i];
  });
}

/** Adds a pressure, MPa, that pushes against the surface. */
export function addPressure(
  mesh: TetMesh,
  b: Boundary,
  faces: Uint32Array,
  pressureMPa: number,
  forcesN: Float64Array,
): void {
  eachPoint(mesh, b, faces, (nodes, shape, normal) => {
    for (let k = 0; k < nodes.length; k++)
      for (let i = 0; i < 3; i++) forcesN[3 * nodes[k] + i] -= shape[k] * pressureMPa * normal[i];
  });
}

/**
 * Adds the nodal forces of a force whose line passes a point, and of a couple: a traction that is even where the force passes
 * the middle of the faces, and grows with the distance from the middle where not, as under a stiff body.
 * @accuracy resultant and moment exact to rounding
 */
export function addWrench(
  mesh: TetMesh,
  b: Boundary,
  faces: Uint32Array,
  { forceN: f, through, momentNmm }: { readonly forceN: Vec3; readonly through: Vec3; readonly momentNmm: Vec3 },
  forcesN: Float64Array,
): void {
  let area = 0;
  const first = [0, 0, 0];
  const second = [0, 0, 0, 0, 0, 0];
  eachPoint(mesh, b, faces, (_, __, normal, at) => {
    const w = lengthOf(normal);
    area += w;
    for (let k = 0; k < 3; k++) first[k] += w * at[k];
  });
  const c: Vec3 = [first[0] / area, first[1] / area, first[2] / area];
  eachPoint(mesh, b, faces, (_, __, normal, at) => {
    const w = lengthOf(normal);
    const [x, y, z] = sub(at, c);
    for (const [k, v] of [y * y + z * z, x * x + z * z, x * x + y * y, -x * y, -x * z, -y * z].entries())
      second[k] += w * v;
  });
  const [xx, yy, zz, xy, xz, yz] = second;
  const moment = add(momentNmm, cross(sub(through, c), f));
  const solved = solveSpd([xx, xy, xz, xy, yy, yz, xz, yz, zz], moment, 3);
  const turn: Vec3 = solved ? [solved[0], solved[1], solved[2]] : [0, 0, 0];
  addTraction(
    mesh,
    b,
    faces,
    (at) => {
      const [x, y, z] = cross(turn, sub(at, c));
      return [f[0] / area + x, f[1] / area + y, f[2] / area + z];
    },
    forcesN,
  );
}

/** ∫w dA over some faces, mm². */
export function weightedAreaMm2(
  mesh: TetMesh,
  b: Boundary,
  faces: Uint32Array,
  weight: (at: Vec3, outward: Vec3) => number,
): number {
  let sum = 0;
  eachPoint(mesh, b, faces, (_, __, normal, at) => {
    const area = lengthOf(normal);
    sum += area * weight(at, [normal[0] / area, normal[1] / area, normal[2] / area]);
  });
  return sum;
}

/** Share of the surface that each node carries: ∫w·N dA, mm², and ∫w·N n dA. Springs of a bedding are made of these. */
export function nodalAreas(
  mesh: TetMesh,
  b: Boundary,
  faces: Uint32Array,
  weight: (at: Vec3, outward: Vec3) => number = () => 1,
): ReadonlyMap<number, { readonly areaMm2: number; readonly normalMm2: Vec3 }> {
  const out = new Map<number, { areaMm2: number; normalMm2: [number, number, number] }>();
  eachPoint(mesh, b, faces, (nodes, shape, normal, at) => {
    const area = lengthOf(normal);
    const w = weight(at, [normal[0] / area, normal[1] / area, normal[2] / area]);
    for (let k = 0; k < nodes.length; k++) {
      const own = out.get(nodes[k]) ?? { areaMm2: 0, normalMm2: [0, 0, 0] };
      own.areaMm2 += w * shape[k] * area;
      for (let i = 0; i < 3; i++) own.normalMm2[i] += w * shape[k] * normal[i];
      out.set(nodes[k], own);
    }
  });
  return new Map([...out].sort(([a], [c]) => a - c));
}

/** Sum of forces and of their moments about the origin. */
export function resultant(mesh: TetMesh, forcesN: Float64Array): { forceN: Vec3; momentNmm: Vec3 } {
  const f = [0, 0, 0];
  const m = [0, 0, 0];
  const p = mesh.positions;
  for (let i = 0; i < forcesN.length; i += 3) {
    for (let k = 0; k < 3; k++) f[k] += forcesN[i + k];
    m[0] += p[i + 1] * forcesN[i + 2] - p[i + 2] * forcesN[i + 1];
    m[1] += p[i + 2] * forcesN[i] - p[i] * forcesN[i + 2];
    m[2] += p[i] * forcesN[i + 1] - p[i + 1] * forcesN[i];
  }
  return { forceN: f as unknown as Vec3, momentNmm: m as unknown as Vec3 };
}
