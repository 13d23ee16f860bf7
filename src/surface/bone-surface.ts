import { type Finding, type Job, NO_JOB } from '../base/index.ts';
import { type DistanceSummary, quantile, summarise } from '../math/index.ts';
import { type Mesh, vertexAreasMm2, vertexNormals } from '../mesh/index.ts';
import { createVolume, crop, cropGrid, spacingMm, type Volume } from '../volume/index.ts';
import { calibrate, type EdgeCalibration, sigmaAlong } from './calibrate.ts';
import {
  CORTEX,
  type EdgeFit,
  FACING,
  fitEdge,
  PARAMETERS,
  type Prior,
  SIGMA,
  SURFACE,
  THICKNESS,
} from './edge-model.ts';
import { averageField, meanCurvature, relaxVertices, ringOf, smoothField, taubin } from './field.ts';
import { isoSurface } from './iso-surface.ts';
import {
  createProbe,
  guessEdge,
  guessGap,
  innerEnd,
  labelBorder,
  PROFILE_X,
  type Probe,
  readProfile,
} from './profiles.ts';
import { blurredMask, solidMask } from './solid-mask.ts';
import { splineOf } from './spline.ts';

export interface BoneSurfaceOptions {
  /** Known blur and densities; estimated from the bone itself when left out. */
  readonly calibration?: EdgeCalibration;
  /** How far from the label's border the true surface may lie, mm. */
  readonly reachMm?: number;
  readonly rounds?: number;
  readonly lambda?: number;
  readonly curvature?: boolean;
  readonly job?: Job;
}
export const BONE_SURFACE_DEFAULTS = { reachMm: 1.2, rounds: 3, lambda: 1, curvature: true };

export interface BoneSurface {
  readonly mesh: Mesh;
  readonly calibration: EdgeCalibration;
  /** Grey value at the surface found: half way between the tissue outside and the cortex, so it varies over the bone. */
  readonly levelHu: { readonly p05: number; readonly median: number; readonly p95: number };
  /** From the border of the label to the surface, mm, outward positive. */
  readonly maskDeviation: DistanceSummary;
  readonly findings: readonly Finding[];
  readonly debug?: unknown;
}

export function boneSurface(
  hu: Volume<'hu'>,
  labels: Volume<'label'>,
  label: number,
  options: BoneSurfaceOptions = {},
): BoneSurface {
  const o = { ...BONE_SURFACE_DEFAULTS, job: NO_JOB, ...options };
  const spacing = spacingMm(hu.grid);
  const margin = spacing.map((s) => Math.ceil(4 / s) + 2) as [number, number, number];
  const mask = solidMask(labels, label, margin);
  const block = crop(hu, mask.box);
  const probe = createProbe(hu.grid, mask.box, splineOf(block.data, mask.size), mask.inside, mask.others);
  const start = isoSurface(createVolume(cropGrid(hu.grid, mask.box), 'fraction', blurredMask(mask)), 0.5);
  const ring = ringOf(start);
  const mesh: Mesh = { positions: start.positions.slice(), triangles: start.triangles };
  const p = mesh.positions;
  taubin(ring, p, 10);
  const from = p.slice();
  const fromNormals = vertexNormals(mesh);
  const calibration = o.calibration ?? calibrate(probe, mesh, fromNormals, o.reachMm);
  const n = p.length / 3;
  const surface = new Float64Array(n);
  const weights = new Float64Array(n);
  const levels = new Float64Array(n);
  const findings: Finding[] = [];
  const thick = new Float64Array(n);
  for (let round = 0; round < o.rounds; round++) {
    const normals = vertexNormals(mesh);
    fitAll(probe, mesh, normals, calibration, round === 0 ? o.reachMm : o.reachMm / 2, surface, weights, levels, thick);
    let f = smoothField(ring, surface, weights, o.lambda, 8);
    for (let i = 0; i < n; i++) {
      const r = (surface[i] - f[i]) / 0.15;
      weights[i] /= 1 + r * r;
    }
    f = smoothField(ring, surface, weights, o.lambda, 8);
    for (let i = 0; i < n; i++) for (let k = 0; k < 3; k++) p[3 * i + k] += f[i] * normals[3 * i + k];
    if (round < o.rounds - 1) {
      taubin(ring, p, 3);
    }
    relaxVertices(ring, p, 0.5, vertexNormals(mesh));
  }
  if (o.curvature) {
    const normals = vertexNormals(mesh);
    const areas = vertexAreasMm2(mesh);
    const h = averageField(ring, meanCurvature(mesh, normals, areas), areas, 8);
    for (let i = 0; i < n; i++) {
      const nz =
        normals[3 * i] * probe.sliceAxis[0] +
        normals[3 * i + 1] * probe.sliceAxis[1] +
        normals[3 * i + 2] * probe.sliceAxis[2];
      const s2 = calibration.sigmaInPlaneMm ** 2;
      const z2 = calibration.sigmaSliceMm ** 2;
      // mean variance in the tangent plane
      const tangent = (2 * s2 + z2 - (s2 * (1 - nz * nz) + z2 * nz * nz)) / 2;
      const shift = Math.max(-0.3, Math.min(0.3, tangent * h[i]));
      for (let k = 0; k < 3; k++) p[3 * i + k] += shift * normals[3 * i + k];
    }
  }
  const deviation = new Float64Array(n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < 3; k++) deviation[i] += (p[3 * i + k] - from[3 * i + k]) * fromNormals[3 * i + k];
  return {
    mesh,
    calibration,
    levelHu: { p05: quantile(levels, 0.05), median: quantile(levels, 0.5), p95: quantile(levels, 0.95) },
    maskDeviation: summarise(deviation, vertexAreasMm2(mesh)),
    findings,
    debug: { weights, thick },
  };
}

export function fitAll(
  probe: Probe,
  mesh: Mesh,
  normals: Float64Array,
  cal: EdgeCalibration,
  reachMm: number,
  surface: Float64Array,
  weights: Float64Array,
  levels: Float64Array,
  thick: Float64Array,
): void {
  const y = new Float64Array(PROFILE_X.length);
  const noise = new Float64Array(PROFILE_X.length);
  const contrast = cal.corticalHu - cal.softHu;
  const prior: Prior = {
    mean: Float64Array.of(0, cal.thicknessMm, cal.spongiosaHu, cal.softHu, cal.corticalHu, 0, 0),
    sd: Float64Array.of(2, cal.thicknessSdMm, cal.spongiosaSdHu, cal.softSdHu, cal.corticalSdHu, 1, 0),
  };
  const fit: EdgeFit = { theta: new Float64Array(PARAMETERS), varianceMm2: 0, misfit: 0 };
  const guess = { edgeMm: 0, facingMm: 0 };
  for (let i = 0; i < surface.length; i++) {
    readProfile(probe, mesh.positions, normals, i, y);
    const border = labelBorder(probe, mesh.positions, normals, i);
    if (!Number.isNaN(border)) guessGap(y, border, guess);
    else guessEdge(y, Math.max(0.1 * contrast, 5 * cal.noiseHu), reachMm, guess);
    if (Number.isNaN(guess.edgeMm) || Math.abs(guess.edgeMm) > 2.2) {
      surface[i] = 0;
      weights[i] = 1e-4;
      continue;
    }
    const e = guess.edgeMm;
    let to = PROFILE_X.length;
    let facing = !Number.isNaN(guess.facingMm);
    if (facing && guess.facingMm - e > 2.5) {
      facing = false;
      while (to > 4 && PROFILE_X[to - 1] > guess.facingMm - 1) to--;
    } else if (facing) while (to > 4 && PROFILE_X[to - 1] > guess.facingMm + 0.6) to--;
    else while (PROFILE_X[to - 1] > e + 1.75) to--;
    let from = innerEnd(probe, mesh.positions, normals, i);
    while (PROFILE_X[from] < e - 2.5) from++;
    if (to - from < 6) {
      surface[i] = 0;
      weights[i] = 1e-4;
      continue;
    }
    for (let k = from; k < to; k++) {
      const depth = e - PROFILE_X[k] - 1;
      const texture = depth > 0 ? 80 * Math.min(1, depth) : 0;
      noise[k] = 1.5 * Math.sqrt(cal.noiseHu * cal.noiseHu + texture * texture + 25);
    }
    const { theta } = fit;
    theta.set(prior.mean);
    theta[SURFACE] = e;
    prior.mean[SURFACE] = !Number.isNaN(border) ? Math.min(e, border - 0.2) : 0;
    prior.sd[SURFACE] = !Number.isNaN(border) ? 0.6 : 2;
    theta[FACING] = facing ? Math.max(guess.facingMm, e + 0.2) : 0;
    prior.mean[FACING] = facing ? theta[FACING] : 0;
    prior.sd[FACING] = 0.6;
    theta[SIGMA] = prior.mean[SIGMA] = sigmaAlong(cal, probe, normals, i);
    fitEdge(PROFILE_X, y, noise, from, to, facing, prior, fit);
    surface[i] = Math.max(-1.8, Math.min(1.8, theta[SURFACE]));
    const far = (theta[SURFACE] - 0) / 2;
    weights[i] = 0.0009 / (0.0009 + fit.varianceMm2) / (1 + far * far + Math.max(0, fit.misfit - 4) / 4);
    levels[i] = (theta[3] + theta[CORTEX]) / 2;
    thick[i] = theta[THICKNESS];
  }
}
