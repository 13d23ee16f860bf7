import { type Finding, type Job, NO_JOB } from '../base/index.ts';
import { type DistanceSummary, quantile, summarise } from '../math/index.ts';
import { type Mesh, vertexAreasMm2, vertexNormals } from '../mesh/index.ts';
import { createVolume, crop, cropGrid, spacingMm, type Volume } from '../volume/index.ts';
import { calibrate, type EdgeCalibration, type SharedEdges, sigmaAlong } from './calibrate.ts';
import {
  CORTEX,
  createEdgeFitter,
  type EdgeFit,
  FACING,
  PARAMETERS,
  type Prior,
  SIGMA,
  SOFT,
  SURFACE,
} from './edge-model.ts';
import { averageField, meanCurvature, type Ring, relaxVertices, ringOf, smoothField, taubin } from './field.ts';
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
  /** Blur and density of compact bone where the scan's other bones told them; estimated from this bone when left out. */
  readonly shared?: SharedEdges;
  /** How far from the label's border the true surface may lie, mm. */
  readonly reachMm?: number;
  /** How often edges are fitted, each time along the normals of the surface before. */
  readonly rounds?: number;
  /** How much more neighbours count than a vertex that is as sure as can be. */
  readonly stiffness?: number;
  readonly job?: Job;
}
export const BONE_SURFACE_DEFAULTS = { reachMm: 1.2, rounds: 3, stiffness: 1 };

export interface BoneSurface {
  readonly mesh: Mesh;
  readonly calibration: EdgeCalibration;
  /** Grey value at the surface found: half way between the tissue outside and the cortex, so it varies over the bone. */
  readonly levelHu: { readonly p05: number; readonly median: number; readonly p95: number };
  /** From the border of the label to the surface, mm, outward positive. */
  readonly maskDeviation: DistanceSummary;
  readonly findings: readonly Finding[];
}

/** Rounds of low-pass that take the voxel steps off the label, and the noise of a fit off the surface between rounds. */
const START_PASSES = 10;
const ROUND_PASSES = 3;
const FIELD_SWEEPS = 8;
/** A vertex this far from what its neighbours say counts half, mm. */
const OUTLIER_MM = 0.15;
const CURVATURE_PASSES = 8;
/** No curvature of a bone shifts its edge more than this, mm. */
const MOST_SHIFT_MM = 0.3;
/** What a vertex counts where no edge was found: as good as nothing. */
const NO_WEIGHT = 1e-4;

/**
 * The surface of one bone from the grey values around its label. At every vertex the scan is read along the normal, and
 * a model of a blurred cortex, with the next bone's beside it where there is one, says where the cortex ends: half-maximum
 * of the true densities there, not of one level for all. Neighbours then settle on a surface that bends little, weighted
 * by how sure each is; no smoothing shrinks it. At last the shift is undone that blur gives a curved edge.
 * @param labels on the same grid; other labels are other bones
 * @requires the label's border within `reachMm` of the true surface, and inside the joint gaps
 * @accuracy mean 0.02 to 0.05 mm on bones at 0.5 mm voxels, see docs/evidence/surfaces.md
 * @cost 65 µs a vertex, about four vertices a mm²; 30 bytes a voxel of the bone's box
 * @source edge model: Treece, Gee, Mayhew and Poole 2010; low-pass: Taubin 1995; shift of curved edges: Bouma et al. 2005
 */
export function boneSurface(
  hu: Volume<'hu'>,
  labels: Volume<'label'>,
  label: number,
  options: BoneSurfaceOptions = {},
): BoneSurface {
  const { reachMm, rounds, stiffness, job, ...known } = { ...BONE_SURFACE_DEFAULTS, job: NO_JOB, ...options };
  const { probe, mesh, ring, normals: startNormals } = startOf(hu, labels, label);
  const p = mesh.positions;
  const start = p.slice();
  const calibration = calibrate(probe, mesh, startNormals, reachMm, known.shared);
  job.at(0.2);
  const n = p.length / 3;
  const edges: Edges = {
    offsetsMm: new Float64Array(n),
    weights: new Float64Array(n),
    levelsHu: new Float64Array(n),
  };
  for (let round = 0; round < rounds; round++) {
    const normals = vertexNormals(mesh);
    findEdges(probe, mesh, normals, calibration, round === 0 ? reachMm : reachMm / 2, edges);
    const offsets = settled(ring, edges, stiffness);
    for (let i = 0; i < p.length; i++) p[i] += offsets[Math.floor(i / 3)] * normals[i];
    if (round < rounds - 1) taubin(ring, p, ROUND_PASSES);
    relaxVertices(ring, p, 0.5, vertexNormals(mesh));
    job.at(0.2 + (0.8 * (round + 1)) / rounds);
  }
  undoCurvatureShift(mesh, ring, calibration, probe);
  const moved = new Float64Array(n);
  for (let i = 0; i < p.length; i++) moved[Math.floor(i / 3)] += (p[i] - start[i]) * startNormals[i];
  const levels = edges.levelsHu.filter((v) => !Number.isNaN(v));
  return {
    mesh,
    calibration,
    levelHu: { p05: quantile(levels, 0.05), median: quantile(levels, 0.5), p95: quantile(levels, 0.95) },
    maskDeviation: summarise(moved, vertexAreasMm2(mesh)),
    findings: [],
  };
}

/** Blur and densities as one bone alone tells them, see `sharedEdges`. @cost 0.5 s */
export function boneEdges(hu: Volume<'hu'>, labels: Volume<'label'>, label: number): EdgeCalibration {
  const { probe, mesh, normals } = startOf(hu, labels, label);
  return calibrate(probe, mesh, normals, BONE_SURFACE_DEFAULTS.reachMm);
}

/** The label's border without its voxel steps, and what is needed to read the scan along its normals. */
function startOf(hu: Volume<'hu'>, labels: Volume<'label'>, label: number) {
  const margin = spacingMm(hu.grid).map((s) => Math.ceil(4 / s) + 2) as [number, number, number];
  const mask = solidMask(labels, label, margin);
  const spline = splineOf(crop(hu, mask.box).data, mask.size);
  const probe = createProbe(hu.grid, mask.box, spline, mask.inside, mask.others);
  const mesh = isoSurface(createVolume(cropGrid(hu.grid, mask.box), 'fraction', blurredMask(mask)), 0.5);
  const ring = ringOf(mesh);
  taubin(ring, mesh.positions, START_PASSES);
  return { probe, mesh, ring, normals: vertexNormals(mesh) };
}

/** The edge found along the normal of each vertex. */
interface Edges {
  /** Outward positive, mm. */
  readonly offsetsMm: Float64Array;
  /** 0 to 1, how sure. */
  readonly weights: Float64Array;
  /** Grey value of the edge; NaN where none was found. */
  readonly levelsHu: Float64Array;
}

/** Offsets that neighbours agree on; what stands out counts less the second time. */
function settled(ring: Ring, { offsetsMm, weights }: Edges, stiffness: number): Float64Array {
  const first = smoothField(ring, offsetsMm, weights, stiffness, FIELD_SWEEPS);
  for (let i = 0; i < weights.length; i++) {
    const r = (offsetsMm[i] - first[i]) / OUTLIER_MM;
    weights[i] /= 1 + r * r;
  }
  return smoothField(ring, offsetsMm, weights, stiffness, FIELD_SWEEPS);
}

/**
 * A Gaussian blur moves the edge of a body towards its centre of curvature by half its variance times the sum of both
 * curvatures, whatever the contrast.
 * @source Bouma, Vilanova, van Vliet and Gerritsen 2005
 */
function undoCurvatureShift(mesh: Mesh, ring: Ring, calibration: EdgeCalibration, { sliceAxis }: Probe): void {
  const { positions: p } = mesh;
  const normals = vertexNormals(mesh);
  const areas = vertexAreasMm2(mesh);
  const curvature = averageField(ring, meanCurvature(mesh, normals, areas), areas, CURVATURE_PASSES);
  const inPlane = calibration.sigmaInPlaneMm * calibration.sigmaInPlaneMm;
  const across = calibration.sigmaSliceMm * calibration.sigmaSliceMm;
  for (let i = 0; i < curvature.length; i++) {
    let u = 0;
    for (let k = 0; k < 3; k++) u += normals[3 * i + k] * sliceAxis[k];
    // Mean variance over the directions of the tangent plane: all three together, without the normal's.
    const variance = (2 * inPlane + across - (inPlane * (1 - u * u) + across * u * u)) / 2;
    const shift = Math.max(-MOST_SHIFT_MM, Math.min(MOST_SHIFT_MM, variance * curvature[i]));
    for (let k = 0; k < 3; k++) p[3 * i + k] += shift * normals[3 * i + k];
  }
}

/** An edge found farther out than this is another bone's, mm. */
const FARTHEST_MM = 2.2;
/** What the model sees of a profile: this much inside the edge, and outside it where nothing faces it, mm. */
const SEEN_INSIDE_MM = 2.5;
const SEEN_OUTSIDE_MM = 1.75;
/** A neighbour farther off than this does not reach into the edge, mm. */
const FACING_REACH_MM = 2.5;
/** Standard deviation of spongiosa about its mean, from 1 mm behind the edge on, HU. */
const TEXTURE_HU = 80;
/** Error of the model, HU, and of what noise is left in interpolated samples, as a factor. */
const MODEL_HU = 5;
const NOISE_FACTOR = 1.5;
/** An edge is sure to the full if its variance is far below this, mm². */
const SURE_MM2 = 0.0009;

function findEdges(
  probe: Probe,
  { positions: p }: Mesh,
  normals: Float64Array,
  cal: EdgeCalibration,
  reachMm: number,
  { offsetsMm, weights, levelsHu }: Edges,
): void {
  const N = PROFILE_X.length;
  const ys = new Float64Array(N);
  const precision = new Float64Array(N);
  const riseHu = Math.max(0.1 * (cal.corticalHu - cal.softHu), 5 * cal.noiseHu);
  const prior: Prior = {
    mean: Float64Array.of(0, cal.thicknessMm, cal.spongiosaHu, cal.softHu, cal.corticalHu, 0, 0),
    sd: Float64Array.of(2, cal.thicknessSdMm, cal.spongiosaSdHu, cal.softSdHu, cal.corticalSdHu, 0.6, 0),
  };
  const fitEdge = createEdgeFitter({ xs: PROFILE_X, ys, precision }, prior);
  const fit: EdgeFit = { theta: new Float64Array(PARAMETERS), varianceMm2: 0, misfit: 0 };
  const { theta } = fit;
  const guess = { edgeMm: 0, facingMm: 0 };
  for (let i = 0; i < weights.length; i++) {
    offsetsMm[i] = 0;
    weights[i] = NO_WEIGHT;
    levelsHu[i] = Number.NaN;
    readProfile(probe, p, normals, i, ys);
    const border = labelBorder(probe, p, normals, i);
    const touches = !Number.isNaN(border);
    if (touches) guessGap(ys, border, riseHu, guess);
    else guessEdge(ys, riseHu, reachMm, guess);
    const edge = guess.edgeMm;
    if (!(Math.abs(edge) <= FARTHEST_MM)) continue;
    const { to, facing } = seenOutside(guess);
    let from = innerEnd(probe, p, normals, i);
    while (PROFILE_X[from] < edge - SEEN_INSIDE_MM) from++;
    if (to - from < 6) continue;
    for (let k = from; k < to; k++) {
      const texture = TEXTURE_HU * Math.max(0, Math.min(1, edge - PROFILE_X[k] - 1));
      const hu2 = cal.noiseHu * cal.noiseHu + texture * texture + MODEL_HU * MODEL_HU;
      precision[k] = 1 / (NOISE_FACTOR * Math.sqrt(hu2));
    }
    theta.set(prior.mean);
    // Where bones touch, the label's border is in the gap: the edge lies before it.
    prior.mean[SURFACE] = touches ? Math.min(edge, border - 0.2) : 0;
    prior.sd[SURFACE] = touches ? 0.6 : 2;
    theta[SURFACE] = edge;
    theta[FACING] = prior.mean[FACING] = facing ? Math.max(guess.facingMm, edge + 0.2) : 0;
    theta[SIGMA] = prior.mean[SIGMA] = sigmaAlong(cal, probe, normals, i);
    fitEdge(from, to, facing, fit);
    offsetsMm[i] = Math.max(-1.8, Math.min(1.8, theta[SURFACE]));
    const far = theta[SURFACE] / 2;
    weights[i] = SURE_MM2 / (SURE_MM2 + fit.varianceMm2) / (1 + far * far + Math.max(0, fit.misfit - 4) / 4);
    levelsHu[i] = (theta[SOFT] + theta[CORTEX]) / 2;
  }
}

/** Where the model stops looking outside the edge, and whether a neighbour's wall is part of it. */
function seenOutside({ edgeMm, facingMm }: { readonly edgeMm: number; readonly facingMm: number }) {
  let to = PROFILE_X.length;
  const before = (mm: number) => {
    while (to > 4 && PROFILE_X[to - 1] > mm) to--;
  };
  if (Number.isNaN(facingMm)) before(edgeMm + SEEN_OUTSIDE_MM);
  else if (facingMm - edgeMm > FACING_REACH_MM) before(facingMm - 1);
  else before(facingMm + 0.6);
  return { to, facing: facingMm - edgeMm <= FACING_REACH_MM };
}
