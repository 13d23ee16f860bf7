import { type Job, NO_JOB, OsteonError } from '../base/index.ts';
import { eigenSymmetric, joinSets, rootOf, separateSets } from '../math/index.ts';
import { rigidModes } from './aggregation.ts';
import { applyBlocks, invertBlocks } from './blocks.ts';
import { dot } from './chebyshev.ts';
import { linearMatrix, type Springs } from './linear-matrix.ts';
import { aggregationCycle, type Cycle } from './multigrid.ts';
import { quadraticCycle } from './quadratic-cycle.ts';
import { applyQuadratic, quadraticDiagonal, quadraticOperator } from './quadratic-operator.ts';
import { nodeCount, type TetMesh, tetCount } from './tets.ts';

/** Linear elasticity on a mesh: what does not depend on the load. */
export interface ElasticSystem {
  readonly mesh: TetMesh;
  /** λ and μ of each element, MPa. */
  readonly lameMPa: Float64Array;
  /** One flag a direction of each node: 1 where its displacement is given. */
  readonly fixed: Uint8Array;
  readonly springs: Springs;
}

/** λ and μ, MPa. @throws fea.material */
export function lameOf(youngMPa: number, poisson: number): [number, number] {
  if (!(youngMPa > 0) || !Number.isFinite(youngMPa) || !(poisson > -1 && poisson < 0.5))
    throw new OsteonError(
      'fea.material',
      { youngMPa, poisson },
      'Young’s modulus must be positive, Poisson’s ratio above −1 and below 0.5',
    );
  return [(youngMPa * poisson) / ((1 + poisson) * (1 - 2 * poisson)), youngMPa / (2 * (1 + poisson))];
}

/** λ and μ of every element from the material of its part. @throws fea.material */
export function lameOfParts(
  mesh: TetMesh,
  materials: readonly { readonly youngMPa: number; readonly poisson: number }[],
): Float64Array {
  const table = materials.map(({ youngMPa, poisson }) => lameOf(youngMPa, poisson));
  const out = new Float64Array(2 * tetCount(mesh));
  mesh.parts.forEach((part, e) => {
    const pair = table[part];
    if (!pair) throw new OsteonError('fea.material', { part, materials: table.length }, 'Every part needs a material');
    out.set(pair, 2 * e);
  });
  return out;
}

/** A system made ready: asked once for each load. Holds scratch; one load at a time. */
export interface Solver {
  readonly system: ElasticSystem;
  /** y := K·x with all directions free; springs included. */
  stiffness(x: Float64Array, y: Float64Array): void;
  solve(forcesN: Float64Array, options?: Partial<SolveOptions>): Solution;
  readonly cycle: Cycle;
  /** What is held, in bytes. */
  readonly bytes: number;
}
export interface SolveOptions {
  /** Of the residual against the load. */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Displacement at fixed directions, mm, three numbers a node; zero if absent. */
  readonly givenMm?: Float64Array;
  readonly job: Job;
}
export const SOLVE_DEFAULTS = {
  tolerance: 1e-8, // displacement to about 1e-7 of the largest: far below the error of any mesh
  maxIterations: 1000, // a sound mesh needs 15 to 40, one with pieces that hang by an edge some hundred
  job: NO_JOB,
} satisfies SolveOptions;

export interface Solution {
  /** Three numbers a node, mm. */
  readonly displacementMm: Float64Array;
  /** What the ground gives at each node (fixed directions and springs), N: balances the load. */
  readonly reactionN: Float64Array;
  readonly iterations: number;
  /** ‖residual‖ / ‖load‖ at the end. */
  readonly residual: number;
  readonly converged: boolean;
}

/**
 * Conjugate gradients, preconditioned by one cycle over quadratic elements → linear elements → smoothed aggregation.
 * @throws fea.element, fea.no-support where a body could still move
 * @cost docs/evidence/strength.md
 */
export function prepareSystem(system: ElasticSystem, job: Job = NO_JOB): Solver {
  const { mesh, lameMPa, fixed, springs } = system;
  requireSupport(system);
  const matrix = linearMatrix(mesh, lameMPa, springs, fixed);
  const modes = rigidModes(mesh.positions, mesh.corners, fixed);
  job.at(0.2);
  if (mesh.order === 1) {
    const free = linearMatrix(mesh, lameMPa, springs, new Uint8Array(fixed.length));
    const cycle = aggregationCycle(matrix, modes);
    const bytes = cycle.bytes + free.values.byteLength;
    const stiffness = (x: Float64Array, y: Float64Array) => applyBlocks(free, x, y);
    return solverOf(system, stiffness, cycle, bytes);
  }
  const operator = quadraticOperator(mesh, lameMPa);
  const stiffness = (x: Float64Array, y: Float64Array) => {
    y.fill(0);
    applyQuadratic(operator, x, y);
    addSpringForces(springs, x, y);
  };
  const diagonal = quadraticDiagonal(operator);
  springs.nodes.forEach((node, s) => {
    const k = springs.stiffness.subarray(6 * s, 6 * s + 6);
    [k[0], k[3], k[5], k[3], k[1], k[4], k[5], k[4], k[2]].forEach((v, i) => {
      diagonal[9 * node + i] += v;
    });
  });
  clearDiagonal(diagonal, fixed);
  job.at(0.6);
  const below = aggregationCycle(matrix, modes);
  job.at(1);
  const cycle = quadraticCycle(mesh, operator, springs, fixed, invertBlocks(diagonal, 3), below);
  const data = operator.straight.data.byteLength + operator.curved.data.byteLength;
  return solverOf(system, stiffness, cycle, cycle.bytes + data);
}

function solverOf(
  system: ElasticSystem,
  stiffness: (x: Float64Array, y: Float64Array) => void,
  cycle: Cycle,
  bytes: number,
): Solver {
  const { fixed } = system;
  const n = fixed.length;
  return {
    system,
    stiffness,
    cycle,
    bytes,
    solve(forcesN, options = {}) {
      const { tolerance, maxIterations, givenMm, job } = { ...SOLVE_DEFAULTS, ...options };
      const x = new Float64Array(n);
      if (givenMm) for (let i = 0; i < n; i++) if (fixed[i]) x[i] = givenMm[i];
      const r = new Float64Array(n);
      const q = new Float64Array(n);
      stiffness(x, q);
      for (let i = 0; i < n; i++) r[i] = fixed[i] ? 0 : forcesN[i] - q[i];
      const z = new Float64Array(n);
      const p = new Float64Array(n);
      const start = Math.sqrt(dot(r, r));
      let left = start;
      let rz = 1;
      let iterations = 0;
      while (left > tolerance * start && iterations < maxIterations) {
        cycle.solve(r, z);
        const next = dot(r, z);
        const beta = iterations === 0 ? 0 : next / rz;
        rz = next;
        for (let i = 0; i < n; i++) p[i] = z[i] + beta * p[i];
        stiffness(p, q);
        clear(q, fixed);
        const alpha = rz / dot(p, q);
        if (!Number.isFinite(alpha)) break;
        for (let i = 0; i < n; i++) {
          x[i] += alpha * p[i];
          r[i] -= alpha * q[i];
        }
        left = Math.sqrt(dot(r, r));
        iterations++;
        // Progress in digits: the residual falls by about the same factor each time.
        job.at(Math.min(1, Math.log(start / left) / Math.log(1 / tolerance)));
      }
      const residual = start === 0 ? 0 : left / start;
      return {
        displacementMm: x,
        reactionN: reactions(system, stiffness, x, forcesN, q),
        iterations,
        residual,
        converged: residual <= tolerance,
      };
    },
  };
}

/** At fixed directions what is missing to equilibrium, at springs their pull. */
function reactions(
  { fixed, springs }: ElasticSystem,
  stiffness: Solver['stiffness'],
  x: Float64Array,
  forcesN: Float64Array,
  work: Float64Array,
): Float64Array {
  const out = new Float64Array(x.length);
  const pull = new Float64Array(x.length);
  stiffness(x, work);
  addSpringForces(springs, x, pull);
  for (let i = 0; i < x.length; i++) out[i] = (fixed[i] ? work[i] - pull[i] - forcesN[i] : 0) - pull[i];
  return out;
}

function addSpringForces({ nodes, stiffness: k }: Springs, x: Float64Array, y: Float64Array): void {
  for (let s = 0; s < nodes.length; s++) {
    const i = 3 * nodes[s];
    const o = 6 * s;
    y[i] += k[o] * x[i] + k[o + 3] * x[i + 1] + k[o + 5] * x[i + 2];
    y[i + 1] += k[o + 3] * x[i] + k[o + 1] * x[i + 1] + k[o + 4] * x[i + 2];
    y[i + 2] += k[o + 5] * x[i] + k[o + 4] * x[i + 1] + k[o + 2] * x[i + 2];
  }
}

function clear(y: Float64Array, fixed: Uint8Array): void {
  for (let i = 0; i < y.length; i++) if (fixed[i]) y[i] = 0;
}

function clearDiagonal(blocks: Float64Array, fixed: Uint8Array): void {
  for (let i = 0; i < fixed.length; i++)
    if (fixed[i]) {
      const o = 9 * Math.floor(i / 3);
      const r = i % 3;
      for (let k = 0; k < 3; k++) {
        blocks[o + 3 * r + k] = 0;
        blocks[o + 3 * k + r] = 0;
      }
    }
}

/**
 * Every connected body must be held against all six rigid motions.
 * @throws fea.no-support with the motion that is left and a place on the body
 */
function requireSupport({ mesh, fixed, springs }: ElasticSystem): void {
  const { of, count } = bodiesOf(mesh);
  const n = nodeCount(mesh);
  const modes = rigidModes(mesh.positions, n, new Uint8Array(3 * n));
  const sums = Array.from({ length: count }, () => new Float64Array(36));
  const sizes = new Float64Array(count);
  const nodes = new Float64Array(count);
  const hold = (node: number, k: (r: number, c: number) => number) => {
    const o = 18 * node;
    const sum = sums[of[node]];
    for (let a = 0; a < 6; a++)
      for (let b = 0; b < 6; b++) {
        let s = 0;
        for (let r = 0; r < 3; r++)
          for (let c = 0; c < 3; c++) s += modes.values[o + 6 * r + a] * k(r, c) * modes.values[o + 6 * c + b];
        sum[6 * a + b] += s;
      }
  };
  for (let i = 0; i < n; i++) {
    const v = modes.values;
    for (const k of [3, 4, 5, 9, 10, 11]) sizes[of[i]] += v[18 * i + k] * v[18 * i + k];
    nodes[of[i]]++;
    if (fixed[3 * i] || fixed[3 * i + 1] || fixed[3 * i + 2]) hold(i, (r, c) => (r === c && fixed[3 * i + r] ? 1 : 0));
  }
  springs.nodes.forEach((node, s) => {
    const [xx, yy, zz, xy, yz, xz] = springs.stiffness.subarray(6 * s, 6 * s + 6);
    const { values, vectors } = eigenSymmetric([xx, xy, xz, xy, yy, yz, xz, yz, zz], 3);
    // A soft spring holds as well as a stiff one.
    const axes = vectors.filter((_, i) => values[i] > 1e-12 * values[0]);
    hold(node, (r, c) => axes.reduce((sum, v) => sum + v[r] * v[c], 0));
  });
  for (let body = 0; body < count; body++) {
    // Rotations in radians times the size of the body, so that all six motions are lengths.
    const size = Math.sqrt(sizes[body] / nodes[body]) || 1;
    const scaled = Array.from(sums[body], (v, k) => v / ((Math.floor(k / 6) > 2 ? size : 1) * (k % 6 > 2 ? size : 1)));
    const { values, vectors } = eigenSymmetric(scaled, 6);
    if (values[5] > 1e-9 * Math.max(values[0], 1)) continue;
    const at = of.indexOf(body);
    const turns = Math.hypot(...vectors[5].slice(3)) > 1e-3;
    const part = turns ? vectors[5].slice(3) : vectors[5].slice(0, 3);
    const axis = 'xyz'[part.reduce((best, v, k) => (Math.abs(v) > Math.abs(part[best]) ? k : best), 0)];
    throw new OsteonError(
      'fea.no-support',
      {
        motion: `${turns ? 'turn about' : 'shift along'} ${axis}`,
        xMm: mesh.positions[3 * at],
        yMm: mesh.positions[3 * at + 1],
        zMm: mesh.positions[3 * at + 2],
      },
      'Fix or bed a region so that the body can neither shift nor turn',
    );
  }
}

/** Connected bodies: a number for every node. */
export function bodiesOf(mesh: TetMesh): { of: Int32Array; count: number } {
  const n = nodeCount(mesh);
  const parent = separateSets(n);
  const stride = mesh.order === 1 ? 4 : 10;
  for (let e = 0; e < mesh.tets.length; e += stride) {
    for (let k = 1; k < stride; k++) joinSets(parent, mesh.tets[e], mesh.tets[e + k]);
  }
  const of = new Int32Array(n).fill(-1);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const r = rootOf(parent, i);
    if (of[r] < 0) of[r] = count++;
    of[i] = of[r];
  }
  return { of, count };
}
