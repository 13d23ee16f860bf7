import type { Vec3 } from '../base/index.ts';
import { type Boundary, boundaryOf, facesWhere, nodesPerFace } from './boundary.ts';
import { gridTets } from './grid-mesh.ts';
import { NO_SPRINGS, type Springs } from './linear-matrix.ts';
import { addPressure, addTraction } from './loads.ts';
import { nodalStress, STRESS } from './stress.ts';
import { lameOfParts, prepareSystem } from './system.ts';
import { nodeAt, nodeCount, type TetMesh } from './tets.ts';

/** One number of a problem whose answer is known. */
export interface KnownValue {
  readonly problem: string;
  readonly quantity: string;
  readonly unit: string;
  readonly value: number;
  readonly reference: number;
  /** Greatest |value − reference| / |reference| that passes. */
  readonly limit: number;
  readonly nodes: number;
  readonly source: string;
}

/** Steel, as the problems are stated. */
const YOUNG = 210_000;
const NU = 0.3;
const STEEL = [{ youngMPa: YOUNG, poisson: NU }];
const NEAR = 1e-6;
const near = (a: number, b: number): boolean => Math.abs(a - b) < NEAR;

interface Loaded {
  readonly mesh: TetMesh;
  readonly u: Float64Array;
  readonly stress: Float64Array;
}

function solved(
  mesh: TetMesh,
  fixed: Uint8Array,
  load: (forcesN: Float64Array, boundary: Boundary) => void,
  springs: Springs = NO_SPRINGS,
): Loaded {
  const lameMPa = lameOfParts(mesh, STEEL);
  const forces = new Float64Array(mesh.positions.length);
  load(forces, boundaryOf(mesh));
  const { displacementMm: u } = prepareSystem({ mesh, lameMPa, fixed, springs }).solve(forces, { tolerance: 1e-10 });
  return { mesh, u, stress: nodalStress(mesh, lameMPa, u) };
}

/** Directions (bits 1, 2, 4 for x, y, z) in which each node is fixed. */
function fixedWhere(mesh: TetMesh, directions: (at: Vec3) => number): Uint8Array {
  const out = new Uint8Array(mesh.positions.length);
  for (let i = 0; i < nodeCount(mesh); i++) {
    const bits = directions(nodeAt(mesh, i));
    for (let k = 0; k < 3; k++) if (bits & (1 << k)) out[3 * i + k] = 1;
  }
  return out;
}

function facesAt(mesh: TetMesh, b: Boundary, on: (at: Vec3) => boolean): Uint32Array {
  const per = nodesPerFace(b);
  return facesWhere(b, (f) => [0, 1, 2].every((k) => on(nodeAt(mesh, b.nodes[per * f + k]))));
}

function nodeNear(mesh: TetMesh, [x, y, z]: Vec3): number {
  for (let i = 0; i < nodeCount(mesh); i++) {
    const [a, b, c] = nodeAt(mesh, i);
    if (near(a, x) && near(b, y) && near(c, z)) return i;
  }
  throw new RangeError(`no node at ${x}, ${y}, ${z}`);
}

const rowsOf = (problem: string, mesh: TetMesh, source: string) => {
  const nodes = nodeCount(mesh);
  return (quantity: string, unit: string, value: number, reference: number, limit: number): KnownValue => ({
    problem,
    quantity,
    unit,
    value,
    reference,
    limit,
    nodes,
    source,
  });
};

/** Cantilever 100 × 10 × 10 mm, 1000 N spread over its end, root clamped. */
export function cantilever(n = 4): KnownValue[] {
  const [long, high, force] = [100, 10, 1000];
  const mesh = gridTets([10 * n, n, n], (u, v, w) => [long * u, high * v, high * w]);
  const { u, stress } = solved(
    mesh,
    fixedWhere(mesh, ([x]) => (near(x, 0) ? 7 : 0)),
    (f, b) => {
      const end = facesAt(mesh, b, ([x]) => near(x, long));
      addTraction(mesh, b, end, () => [0, 0, -force / (high * high)], f);
    },
  );
  const inertia = high ** 4 / 12;
  const shear = YOUNG / (2 * (1 + NU));
  const kappa = (10 * (1 + NU)) / (12 + 11 * NU);
  const tip = (-force * long ** 3) / (3 * YOUNG * inertia) - (force * long) / (kappa * shear * high * high);
  const end = [...Array(nodeCount(mesh)).keys()].filter((i) => near(nodeAt(mesh, i)[0], long));
  const row = rowsOf('cantilever', mesh, 'Timoshenko beam, κ after Cowper 1966');
  const middle = nodeNear(mesh, [long / 2, high / 2, high]);
  return [
    row('deflection of the end', 'mm', end.reduce((s, i) => s + u[3 * i + 2], 0) / end.length, tip, 0.01),
    row(
      'bending stress half way, outer fibre',
      'MPa',
      stress[STRESS * middle],
      (force * (long / 2) * (high / 2)) / inertia,
      0.02,
    ),
  ];
}

/** Thick cylinder, inner radius 10 mm, outer 20 mm, 100 MPa inside, plane strain; a quarter. */
export function thickCylinder(n = 2): KnownValue[] {
  const [a, b, p] = [10, 20, 100];
  const mesh = gridTets([3 * n, 4 * n, 1], (u, v, w) => {
    const r = a + (b - a) * u;
    const t = ((1 - v) * Math.PI) / 2;
    return [r * Math.cos(t), r * Math.sin(t), 5 * (1 - w)];
  });
  const { u, stress } = solved(
    mesh,
    fixedWhere(mesh, ([x, y, z]) => (near(x, 0) ? 1 : 0) + (near(y, 0) ? 2 : 0) + (near(z, 0) || near(z, 5) ? 4 : 0)),
    (f, s) =>
      addPressure(
        mesh,
        s,
        facesAt(mesh, s, ([x, y]) => near(Math.hypot(x, y), a)),
        p,
        f,
      ),
  );
  const q = (a * a) / (b * b - a * a);
  const radial = (r: number) => ((1 + NU) / YOUNG) * p * q * ((1 - 2 * NU) * r + (b * b) / r);
  const inner = nodeNear(mesh, [a, 0, 0]);
  const outer = nodeNear(mesh, [b, 0, 0]);
  const row = rowsOf('thick cylinder', mesh, 'Lamé 1852, plane strain');
  return [
    row('widening inside', 'mm', u[3 * inner], radial(a), 0.01),
    row('widening outside', 'mm', u[3 * outer], radial(b), 0.01),
    row('hoop stress inside', 'MPa', stress[STRESS * inner + 1], (p * (a * a + b * b)) / (b * b - a * a), 0.02),
    row('radial stress inside', 'MPa', stress[STRESS * inner], -p, 0.02),
  ];
}

/** Hollow ball, inner radius 10 mm, outer 20 mm, 100 MPa inside: one of 24 equal pieces, held by springs across its sides. */
export function hollowBall(n = 8): KnownValue[] {
  const [a, b, p] = [10, 20, 100];
  const mesh = gridTets([n, n, n], (u, v, w) => {
    const r = a + (b - a) * w;
    const s = r / Math.sqrt(1 + u * u + v * v);
    return [s, u * s, v * s];
  });
  const sides = { nodes: [] as number[], stiffness: [] as number[] };
  const stiff = 1e9;
  for (let i = 0; i < nodeCount(mesh); i++) {
    const [x, y, z] = nodeAt(mesh, i);
    const k = [0, 0, 0, 0, 0, 0];
    const on = (d: number) => Math.abs(d) < 1e-9 * b;
    if (on(y)) k[1] += stiff;
    if (on(z)) k[2] += stiff;
    if (on(x - y))
      [0, 1, 3].forEach((j) => {
        k[j] += j === 3 ? -stiff / 2 : stiff / 2;
      });
    if (on(x - z))
      [0, 2, 5].forEach((j) => {
        k[j] += j === 5 ? -stiff / 2 : stiff / 2;
      });
    if (k.some((v) => v !== 0)) {
      sides.nodes.push(i);
      sides.stiffness.push(...k);
    }
  }
  const { u, stress } = solved(
    mesh,
    new Uint8Array(mesh.positions.length),
    (f, s) =>
      addPressure(
        mesh,
        s,
        facesAt(mesh, s, (at) => near(Math.hypot(...at), a)),
        p,
        f,
      ),
    { nodes: Uint32Array.from(sides.nodes), stiffness: Float64Array.from(sides.stiffness) },
  );
  const q = (p * a ** 3) / (b ** 3 - a ** 3);
  const radial = (r: number) => (q / YOUNG) * ((1 - 2 * NU) * r + ((1 + NU) * b ** 3) / (2 * r * r));
  const inner = nodeNear(mesh, [a, 0, 0]);
  const outer = nodeNear(mesh, [b, 0, 0]);
  const row = rowsOf('hollow ball', mesh, 'Lamé 1852');
  return [
    row('widening inside', 'mm', u[3 * inner], radial(a), 0.01),
    row('widening outside', 'mm', u[3 * outer], radial(b), 0.01),
    row('hoop stress inside', 'MPa', stress[STRESS * inner + 1], q * (1 + b ** 3 / (2 * a ** 3)), 0.02),
    row('hoop stress outside', 'MPa', stress[STRESS * outer + 1], q * 1.5, 0.02),
  ];
}

/** Plate 200 × 100 × 2 mm with a hole of 10 mm, pulled with 100 MPa; an eighth. */
export function plateWithHole(n = 12): KnownValue[] {
  const [halfWide, halfLong, r, thick, pull] = [50, 100, 5, 2, 100];
  const corner = Math.atan2(halfWide, halfLong);
  const mesh = gridTets([n, n, 1], (u, v, w) => {
    const t = 1 - v;
    const theta = (t * Math.PI) / 2;
    // Rays from the hole to the rim; the middle one meets the corner.
    const out = t <= 0.5 ? (corner * t) / 0.5 : corner + ((Math.PI / 2 - corner) * (t - 0.5)) / 0.5;
    const far = t <= 0.5 ? halfLong / Math.cos(out) : halfWide / Math.sin(out);
    const s = (Math.exp(3.2 * u) - 1) / (Math.exp(3.2) - 1);
    return [
      (1 - s) * r * Math.cos(theta) + s * far * Math.cos(out),
      (1 - s) * r * Math.sin(theta) + s * far * Math.sin(out),
      (thick / 2) * (1 - w),
    ];
  });
  const { stress } = solved(
    mesh,
    fixedWhere(mesh, ([x, y, z]) => (near(x, 0) ? 1 : 0) + (near(y, 0) ? 2 : 0) + (near(z, 0) ? 4 : 0)),
    (f, b) =>
      addTraction(
        mesh,
        b,
        facesAt(mesh, b, ([x]) => near(x, halfLong)),
        () => [pull, 0, 0],
        f,
      ),
  );
  const ratio = r / halfWide;
  const net = 3 - 3.14 * ratio + 3.667 * ratio ** 2 - 1.527 * ratio ** 3;
  const row = rowsOf('plate with a hole', mesh, 'Howland 1930, polynomial of Peterson');
  const middle = nodeNear(mesh, [0, r, 0]);
  return [row('concentration of stress, middle plane', '', stress[STRESS * middle] / pull, net / (1 - ratio), 0.02)];
}

/** NAFEMS LE10: elliptic thick plate under pressure. Lengths in m there; here the numbers are the same in mm. */
export function thickPlate(n: readonly [number, number, number] = [16, 20, 6]): KnownValue[] {
  const mesh = gridTets(n, (u, v, w) => {
    const t = ((1 - v) * Math.PI) / 2;
    return [(2 + 1.25 * u) * Math.cos(t), (1 + 1.75 * u) * Math.sin(t), 0.6 * (1 - w)];
  });
  const outside = ([x, y]: Vec3) => near((x / 3.25) ** 2 + (y / 2.75) ** 2, 1);
  const { stress } = solved(
    mesh,
    fixedWhere(mesh, (at) => {
      const rim = outside(at);
      return (near(at[0], 0) || rim ? 1 : 0) + (near(at[1], 0) || rim ? 2 : 0) + (rim && near(at[2], 0.3) ? 4 : 0);
    }),
    (f, b) =>
      addPressure(
        mesh,
        b,
        facesAt(mesh, b, ([, , z]) => near(z, 0.6)),
        1,
        f,
      ),
  );
  const row = rowsOf('thick plate', mesh, 'NAFEMS LE10, The standard NAFEMS benchmarks, 1990');
  return [row('σyy at D', 'MPa', stress[STRESS * nodeNear(mesh, [2, 0, 0.6]) + 1], -5.38, 0.02)];
}

/** Every problem with a known answer, at the size that meets its limit. */
export const CLOSED_FORMS: readonly (() => readonly KnownValue[])[] = [
  cantilever,
  thickCylinder,
  hollowBall,
  plateWithHole,
  thickPlate,
];
