import { type Finding, type Job, NO_JOB, OsteonError, type Vec3 } from '../base/index.ts';
import { add, dot, scale, sub } from '../math/index.ts';
import { createVolume, type Grid, type Volume } from '../volume/index.ts';
import { DICOM_LIMITS } from './limits.ts';
import { evenPlanes, shiftPlane } from './resample.ts';
import { isSheared } from './stack.ts';
import type { Series, Slices, StackGeometry } from './types.ts';
import { unitFindings } from './unit-findings.ts';

export interface AssembledVolume {
  readonly volume: Volume<'hu' | 'mr', Int16Array>;
  /** The series' own findings are not repeated. */
  readonly findings: readonly Finding[];
}

/** Planes on the way to a volume. Heights along the normal and shifts inside the plane, mm, from the first plane. */
interface Stack {
  readonly size: Vec3;
  readonly data: Int16Array;
  readonly originMm: Vec3;
  readonly offsets: readonly Vec3[];
}

/**
 * Planes → one volume on DICOM's own axes: i along a row, j along a column, k along row × column, so always
 * right-handed. A leaning stack is sheared upright and uneven slices are resampled to even ones, each with a finding;
 * otherwise samples are the decoded ones, untouched (and shared with `slices` where that is one piece).
 * @param slices all planes in the order of `series.frames`, in one or more pieces
 * @throws dicom.geometry, dicom.missing-slice, dicom.duplicate-slice, dicom.modality, dicom.limit, volume.size
 * @cost nothing for an even upright stack; else about 0.1 µs a voxel
 * @accuracy the grid is that of the positions to 1e-9 mm
 */
export function assembleVolume(series: Series, slices: readonly Slices[], job: Job = NO_JOB): AssembledVolume {
  const { summary } = series;
  const g = summary.geometry;
  if (summary.kind !== 'volume' || !g)
    throw new OsteonError('dicom.geometry', { series: summary.id, kind: summary.kind }, 'Choose a series of slices');
  if (g.missing.length > 0) throw missingSlices(g);
  const quantity = quantityOf(summary.modality);
  const fill = quantity === 'hu' ? -1024 : 0;
  const findings: Finding[] = [];
  let stack = dropDuplicates(series, g, joined(slices, series.frames.length * g.size[0] * g.size[1]), findings);
  if (isSheared(g)) stack = shearUpright(stack, g, fill, job.part(0, 0.7), findings);
  if (!g.isEven) stack = spaceEvenly(stack, g, findings);
  job.at(1);
  const volume = createVolume(gridOf(stack, g), quantity, stack.data);
  return { volume, findings: [...findings, ...unitFindings(volume, slices)] };
}

function missingSlices(g: StackGeometry): OsteonError {
  const facts = { missing: g.missing.length, slices: g.missing.slice(0, 50).join(' '), medianStepMm: g.spacingMm[2] };
  return new OsteonError('dicom.missing-slice', facts, 'Export the whole series again; slices are never invented');
}

/** Cone-beam angiography (XA) gives volumes in HU-like units. */
function quantityOf(modality: string): 'hu' | 'mr' {
  if (modality === 'CT' || modality === 'XA') return 'hu';
  if (modality === 'MR') return 'mr';
  throw new OsteonError('dicom.modality', { modality }, 'Choose a CT or MR series');
}

function joined(slices: readonly Slices[], samples: number): Int16Array {
  const total = slices.reduce((n, s) => n + s.data.length, 0);
  if (total !== samples) throw new OsteonError('volume.size', { samples: total, voxels: samples });
  if (slices.length === 1) return slices[0].data;
  const data = new Int16Array(total);
  let at = 0;
  for (const s of slices) {
    data.set(s.data, at);
    at += s.data.length;
  }
  return data;
}

/** Planes at one place are kept once where place and samples are the same, else nobody can say which is right. */
function dropDuplicates(series: Series, g: StackGeometry, data: Int16Array, findings: Finding[]): Stack {
  const { frames } = series;
  const samples = g.size[0] * g.size[1];
  const isDuplicate = new Set(g.duplicates);
  const kept: number[] = [];
  frames.forEach((f, i) => {
    if (!isDuplicate.has(i)) {
      kept.push(i);
      return;
    }
    const twin = kept[kept.length - 1];
    const shift = sub(f.positionMm, frames[twin].positionMm);
    const a = twin * samples;
    const b = i * samples;
    let differing = 0;
    for (let s = 0; s < samples; s++) if (data[a + s] !== data[b + s]) differing++;
    if (differing > 0 || dot(shift, shift) > 1e-4)
      throw new OsteonError(
        'dicom.duplicate-slice',
        { slice: kept.length - 1, differingPixels: differing, positionMm: f.positionMm.join(' ') },
        'Two reconstructions or phases are mixed: export one series alone',
      );
  });
  const offsets = kept.map((i) => offsetIn(g, frames[i].positionMm));
  if (kept.length === frames.length) return { size: g.size, data, originMm: g.originMm, offsets };
  findings.push({
    level: 'note',
    code: 'dicom.duplicate-slice',
    text: `${frames.length - kept.length} slices were there twice with the same pixels; one of each was kept`,
    facts: { dropped: frames.length - kept.length },
  });
  const unique = new Int16Array(kept.length * samples);
  kept.forEach((i, k) => {
    unique.set(data.subarray(i * samples, (i + 1) * samples), k * samples);
  });
  return { size: g.size, data: unique, originMm: g.originMm, offsets };
}

function offsetIn(g: StackGeometry, positionMm: Vec3): Vec3 {
  const d = sub(positionMm, g.originMm);
  return [dot(d, g.rowDirection), dot(d, g.columnDirection), dot(d, g.normal)];
}

/** Each plane moved inside itself onto the normal through the first one; the plane grows so that nothing is lost. */
function shearUpright(stack: Stack, g: StackGeometry, fill: number, job: Job, findings: Finding[]): Stack {
  const [nx, ny, nz] = stack.size;
  const [px, py] = g.spacingMm;
  const du = stack.offsets.map((o) => o[0] / px);
  const dv = stack.offsets.map((o) => o[1] / py);
  // Nanometres of rounding in the positions must not add a row of air.
  const lowU = Math.floor(Math.min(...du) + 1e-4);
  const lowV = Math.floor(Math.min(...dv) + 1e-4);
  const mx = nx + Math.ceil(Math.max(...du) - 1e-4) - lowU;
  const my = ny + Math.ceil(Math.max(...dv) - 1e-4) - lowV;
  if (mx * my * nz > DICOM_LIMITS.samples) throw new OsteonError('dicom.limit', { columns: mx, rows: my, slices: nz });
  const data = new Int16Array(mx * my * nz);
  for (let k = 0; k < nz; k++) {
    const plane = stack.data.subarray(k * nx * ny, (k + 1) * nx * ny);
    shiftPlane(plane, nx, ny, du[k] - lowU, dv[k] - lowV, data.subarray(k * mx * my, (k + 1) * mx * my), mx, my, fill);
    job.at((k + 1) / nz);
  }
  findings.push({
    level: 'warning',
    code: 'dicom.tilt',
    text: `Sheared upright by ${g.shearDeg.toFixed(3)}°: planes were moved by up to ${g.shiftMm.toFixed(3)} mm by six-point interpolation`,
    facts: { shearDeg: g.shearDeg, shiftMm: g.shiftMm },
  });
  const corner = add(scale(g.rowDirection, lowU * px), scale(g.columnDirection, lowV * py));
  return {
    size: [mx, my, nz],
    data,
    originMm: add(stack.originMm, corner),
    offsets: stack.offsets.map((o) => [0, 0, o[2]]),
  };
}

/** As many slices as the median step gives, from the first plane to the last. */
function spaceEvenly(stack: Stack, g: StackGeometry, findings: Finding[]): Stack {
  const [nx, ny] = stack.size;
  const heights = stack.offsets.map((o) => o[2]);
  const steps = heights.slice(1).map((h, i) => h - heights[i]);
  const median = [...steps].sort((a, b) => a - b)[steps.length >> 1];
  const extent = heights[heights.length - 1];
  const count = Math.max(2, Math.round(extent / median) + 1);
  if (nx * ny * count > DICOM_LIMITS.samples)
    throw new OsteonError('dicom.limit', { columns: nx, rows: ny, slices: count });
  const step = extent / (count - 1);
  const target = Array.from({ length: count }, (_, k) => (k === count - 1 ? extent : k * step));
  findings.push({
    level: 'warning',
    code: 'dicom.uneven',
    text: `${heights.length} uneven slices were resampled to ${count} slices ${step.toFixed(4)} mm apart (cubic); planes lay up to ${g.unevenMm} mm off`,
    facts: { slices: heights.length, resampledSlices: count, stepMm: step, unevenMm: g.unevenMm },
  });
  return {
    size: [nx, ny, count],
    data: evenPlanes(stack.data, nx * ny, heights, target),
    originMm: stack.originMm,
    offsets: target.map((z) => [0, 0, z]),
  };
}

/** The volume as HU, for all that works with thresholds. @throws dicom.modality for MR, whose values have no scale */
export function asHounsfield(volume: Volume<'hu' | 'mr', Int16Array>): Volume<'hu', Int16Array> {
  if (volume.quantity !== 'hu')
    throw new OsteonError('dicom.modality', { quantity: volume.quantity }, 'Thresholds in HU need CT');
  return createVolume(volume.grid, 'hu', volume.data);
}

/** Column vectors: pixel step along a row, along a column, slice step along the normal; then the first voxel's centre. */
function gridOf(stack: Stack, g: StackGeometry): Grid {
  const [, , nz] = stack.size;
  const step = Math.round((stack.offsets[nz - 1][2] / (nz - 1)) * 1e9) / 1e9;
  const [u, v, w] = [
    scale(g.rowDirection, g.spacingMm[0]),
    scale(g.columnDirection, g.spacingMm[1]),
    scale(g.normal, step),
  ];
  const o = stack.originMm;
  const m = [u[0], v[0], w[0], o[0], u[1], v[1], w[1], o[1], u[2], v[2], w[2], o[2]];
  return { size: stack.size, lpsFromVoxel: { from: 'voxel', to: 'lps', m } };
}
