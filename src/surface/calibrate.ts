import { quantile, solveSpd } from '../math/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { CORTEX, edgeModel, PARAMETERS, SIGMA, SOFT, SPONGIOSA, SURFACE, THICKNESS } from './edge-model.ts';
import { guessEdge, innerEnd, labelBorder, PROFILE_X, type Probe, readProfile } from './profiles.ts';

/** What the edges of all bones of a scan have in common: the scanner's blur, and compact bone. */
export interface SharedEdges {
  /** Gaussian blur of an edge in the slice and from slice to slice, mm: scanner, reconstruction and voxel together. */
  readonly sigmaInPlaneMm: number;
  readonly sigmaSliceMm: number;
  readonly corticalHu: number;
}

/** What the edges of one bone have in common. */
export interface EdgeCalibration extends SharedEdges {
  readonly noiseHu: number;
  readonly corticalSdHu: number;
  readonly softHu: number;
  readonly softSdHu: number;
  readonly spongiosaHu: number;
  readonly spongiosaSdHu: number;
  readonly thicknessMm: number;
  readonly thicknessSdMm: number;
}

export function sigmaAlong(c: EdgeCalibration, probe: Probe, normals: Float64Array, i: number): number {
  const [ax, ay, az] = probe.sliceAxis;
  const u = normals[3 * i] * ax + normals[3 * i + 1] * ay + normals[3 * i + 2] * az;
  const s = c.sigmaInPlaneMm * c.sigmaInPlaneMm;
  return Math.sqrt(s + (c.sigmaSliceMm * c.sigmaSliceMm - s) * u * u);
}

interface Row {
  readonly y: Float64Array;
  readonly from: number;
  readonly to: number;
  readonly edge: number;
  readonly slice: number;
}

const median = (x: ArrayLike<number>) => quantile(x, 0.5);
/** Robust standard deviation: from the quartiles. */
const spread = (x: ArrayLike<number>) => (quantile(x, 0.75) - quantile(x, 0.25)) / 1.349;

/**
 * What several bones say together: a thin cortex leaves open whether it is denser or thicker than it looks, and the other
 * bones tell. The median of each number.
 */
export function sharedEdges(bones: readonly SharedEdges[]): SharedEdges {
  const of = (key: keyof SharedEdges) => median(bones.map((b) => b[key]));
  return {
    sigmaInPlaneMm: of('sigmaInPlaneMm'),
    sigmaSliceMm: of('sigmaSliceMm'),
    corticalHu: of('corticalHu'),
  };
}

/**
 * Blur, densities, thickness and noise that explain the profiles across the free surface of a bone best, by
 * Levenberg–Marquardt over all of them at once.
 * @param known what is not to be estimated from this bone alone
 * @cost 40 passes over 1500 profiles, 0.3 s
 */
export function calibrate(
  probe: Probe,
  mesh: Mesh,
  normals: Float64Array,
  reachMm: number,
  known?: SharedEdges,
): EdgeCalibration {
  const rows: Row[] = [];
  const n = mesh.positions.length / 3;
  const step = Math.max(1, Math.floor(n / 1500));
  const guess = { edgeMm: 0, facingMm: 0 };
  const [ax, ay, az] = probe.sliceAxis;
  const N = PROFILE_X.length;
  for (let i = 0; i < n; i += step) {
    const y = new Float64Array(N);
    readProfile(probe, mesh.positions, normals, i, y);
    if (labelBorder(probe, mesh.positions, normals, i) > -9) continue;
    guessEdge(y, 150, reachMm, guess);
    if (!(Math.abs(guess.edgeMm) < reachMm) || !Number.isNaN(guess.facingMm)) continue;
    let to = N;
    while (PROFILE_X[to - 1] > guess.edgeMm + 1.75) to--;
    let from = innerEnd(probe, mesh.positions, normals, i);
    while (PROFILE_X[from] < guess.edgeMm - 2.5) from++;
    if (to - from < 10) continue;
    const slice = Math.abs(normals[3 * i] * ax + normals[3 * i + 1] * ay + normals[3 * i + 2] * az);
    rows.push({ y, from, to, edge: guess.edgeMm, slice });
  }
  const soft = rows.map((r) => r.y[r.to - 1]);
  const high = rows.map((r) => r.y.reduce((a, b) => Math.max(a, b)));
  const inner = rows.map((r) => r.y[r.from]);
  // Shared: cortex, variance in the slice, variance across slices. Own: surface, thickness, spongiosa, soft.
  const shared = known
    ? Float64Array.of(
        known.corticalHu,
        known.sigmaInPlaneMm * known.sigmaInPlaneMm,
        known.sigmaSliceMm * known.sigmaSliceMm,
      )
    : Float64Array.of(1.15 * quantile(high, 0.8), 0.25, 0.25);
  const theta = rows.map((r) => {
    const t = new Float64Array(PARAMETERS);
    t[SURFACE] = r.edge;
    t[THICKNESS] = 1.2;
    t[SPONGIOSA] = r.y[r.from];
    t[SOFT] = r.y[r.to - 1];
    return t;
  });
  const priorMean = Float64Array.of(0, 1.5, median(inner), median(soft));
  const priorSd = Float64Array.of(2, 3, 1000, 300);
  const noise = 30;
  const rowWeight = new Float64Array(rows.length).fill(1);
  const misfit = new Float64Array(rows.length);
  let lambda = 1e-3;
  let saved = { shared: shared.slice(), theta: theta.map((t) => t.slice()) };
  let last = Number.POSITIVE_INFINITY;
  for (let it = 0; it < 40; it++) {
    const S = new Float64Array(9);
    const G = new Float64Array(3);
    const blocks: { a: Float64Array; b: Float64Array; g: Float64Array }[] = [];
    let cost = 0;
    rows.forEach((r, k) => {
      const t = theta[k];
      const u2 = r.slice * r.slice;
      t[CORTEX] = shared[0];
      t[SIGMA] = Math.sqrt(shared[1] * (1 - u2) + shared[2] * u2);
      const d = new Float64Array(PARAMETERS);
      const A = new Float64Array(16);
      const B = new Float64Array(12);
      const g = new Float64Array(4);
      const w = rowWeight[k] / (noise * noise);
      const j = new Float64Array(3);
      let own = 0;
      for (let i = r.from; i < r.to; i++) {
        const depth = t[SURFACE] - PROFILE_X[i] - 1;
        const wi = w / (1 + (depth > 0 ? 7 * Math.min(1, depth * depth) : 0));
        const e = r.y[i] - edgeModel(t, PROFILE_X[i], false, d);
        own += e * e * wi;
        j[0] = d[CORTEX];
        j[1] = (d[SIGMA] * (1 - u2)) / (2 * t[SIGMA]);
        j[2] = (d[SIGMA] * u2) / (2 * t[SIGMA]);
        for (let a = 0; a < 4; a++) {
          g[a] += wi * d[a] * e;
          for (let b = 0; b < 4; b++) A[4 * a + b] += wi * d[a] * d[b];
          for (let b = 0; b < 3; b++) B[3 * a + b] += wi * d[a] * j[b];
        }
        for (let a = 0; a < 3; a++) {
          G[a] += wi * j[a] * e;
          for (let b = 0; b < 3; b++) S[3 * a + b] += wi * j[a] * j[b];
        }
      }
      misfit[k] = own / rowWeight[k] / (r.to - r.from);
      for (let a = 0; a < 4; a++) {
        const q = 1 / (priorSd[a] * priorSd[a]);
        g[a] += q * (priorMean[a] - t[a]);
        own += q * (priorMean[a] - t[a]) * (priorMean[a] - t[a]);
        A[5 * a] += q;
      }
      cost += own;
      blocks.push({ a: A, b: B, g });
    });
    if (cost > last) {
      shared.set(saved.shared);
      theta.forEach((t, k) => {
        t.set(saved.theta[k]);
      });
      lambda *= 10;
      last = Number.POSITIVE_INFINITY;
      if (lambda > 1e6) break;
      continue;
    }
    const done = last - cost < 1e-6 * cost;
    last = cost;
    lambda = Math.max(1e-9, lambda / 5);
    saved = { shared: shared.slice(), theta: theta.map((t) => t.slice()) };
    if (done) break;
    const solved: Float64Array[][] = [];
    for (const bl of blocks) {
      for (let a = 0; a < 4; a++) bl.a[5 * a] *= 1 + lambda;
      const cols = [0, 1, 2].map(
        (b) =>
          solveSpd(
            bl.a,
            [0, 1, 2, 3].map((a) => bl.b[3 * a + b]),
            4,
          ) ?? new Float64Array(4),
      );
      const y0 = solveSpd(bl.a, bl.g, 4) ?? new Float64Array(4);
      solved.push([...cols, y0]);
      for (let a = 0; a < 3; a++) {
        for (let q = 0; q < 4; q++) G[a] -= bl.b[3 * q + a] * y0[q];
        for (let b = 0; b < 3; b++) for (let q = 0; q < 4; q++) S[3 * a + b] -= bl.b[3 * q + a] * cols[b][q];
      }
    }
    for (let a = 0; a < 3; a++) S[4 * a] *= 1 + lambda;
    const move = known ? new Float64Array(3) : solveSpd(S, G, 3);
    if (!move) break;
    for (let a = 0; a < 3; a++) shared[a] += move[a];
    shared[1] = Math.max(0.04, shared[1]);
    shared[2] = Math.max(0.04, shared[2]);
    theta.forEach((t, k) => {
      for (let a = 0; a < 4; a++) {
        let m = solved[k][3][a];
        for (let b = 0; b < 3; b++) m -= solved[k][b][a] * move[b];
        t[a] += m;
      }
      t[THICKNESS] = Math.max(0.1, Math.min(5, t[THICKNESS]));
      t[SURFACE] = Math.max(-2, Math.min(2, t[SURFACE]));
    });
    if (it === 8 || it === 14) {
      const m = median(misfit);
      for (let k = 0; k < rows.length; k++) rowWeight[k] = misfit[k] > 3 * m ? 0.01 : 1;
      last = Number.POSITIVE_INFINITY;
    }
  }
  const column = (j: number) => theta.map((t) => t[j]);
  return {
    sigmaInPlaneMm: Math.sqrt(shared[1]),
    sigmaSliceMm: Math.sqrt(shared[2]),
    noiseHu: noise * Math.sqrt(median(misfit)),
    corticalHu: shared[0],
    corticalSdHu: 40,
    softHu: median(column(SOFT)),
    softSdHu: Math.max(10, spread(column(SOFT))),
    spongiosaHu: median(column(SPONGIOSA)),
    spongiosaSdHu: Math.max(30, spread(column(SPONGIOSA))),
    thicknessMm: median(column(THICKNESS)),
    thicknessSdMm: Math.max(0.1, spread(column(THICKNESS))),
  };
}
