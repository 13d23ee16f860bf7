import type { Finding, Vec3 } from '../../base/index.ts';
import { type DistanceSummary, summarise } from '../../math/index.ts';
import { vertexAreasMm2, volumeMm3 } from '../../mesh/index.ts';
import { type Body, bodyBounds, bodyDistance, bodyVolumeMm3, ctOfBodies } from '../../phantom/index.ts';
import type { Engines, Step } from '../../plan/index.ts';
import { presetMask } from '../../segment/index.ts';
import { boneSurface } from '../../surface/index.ts';
import { axisGrid, fillHoles, type Grid, keepLargest } from '../../volume/index.ts';

/** Bodies whose surface is known by formula. A shell has a cortex of 1.6 mm around spongiosa, as bones have. */
export const BODIES: Readonly<Record<string, { readonly body: Body; readonly shellMm: number }>> = {
  sphere: { body: { kind: 'sphere', centreMm: [0.13, -0.21, 0.17], radiusMm: 18 }, shellMm: 0 },
  torus: { body: { kind: 'torus', centreMm: [0.13, -0.21, 0.17], ringMm: 18, radiusMm: 7 }, shellMm: 0 },
  tube: {
    body: { kind: 'tube', centreMm: [0.13, -0.21, 0.17], outerMm: 12, innerMm: 7, lengthMm: 34 },
    shellMm: 0,
  },
  shell: { body: { kind: 'sphere', centreMm: [0.13, -0.21, 0.17], radiusMm: 18 }, shellMm: 1.6 },
};

/** Pixel and slice spacing of a fine scan, of one at the edge of the protocol, and of a cone-beam scan, mm. */
export const SPACINGS: Readonly<Record<string, Vec3>> = {
  a: [0.5, 0.5, 0.625],
  b: [0.6, 0.6, 1],
  c: [0.4, 0.4, 0.4],
};

export interface BodyAccuracy {
  /** From the true surface, outward positive, weighted by area. */
  readonly distance: DistanceSummary;
  readonly volumeMm3: number;
  /** Absent where no formula gives the volume. */
  readonly trueVolumeMm3?: number;
  readonly triangles: number;
  readonly findings: readonly Finding[];
}

const MARGIN_MM = 9;

/** CT of one body, its mask by a preset, its surface from the grey values, and how far that is from the truth. */
export const phantomBody: Step<
  Record<string, never>,
  { body: string; spacing: string; seed: number },
  BodyAccuracy,
  Engines
> = {
  id: 'phantom.body',
  version: 1,
  label: 'measuring bodies of known shape',
  costS: 3,
  params: {
    body: { label: 'body', unit: '', default: 'sphere', choices: Object.keys(BODIES), source: 'known by formula' },
    spacing: { label: 'spacing', unit: '', default: 'a', choices: Object.keys(SPACINGS), source: 'usual scans' },
    seed: { label: 'seed of the noise', unit: '', default: 1, min: 0, max: 1e6, source: 'the caller' },
  },
  handler(_, { body: name, spacing, seed }, { job }) {
    const { body, shellMm } = BODIES[name];
    const hu = ctOfBodies([body], gridAround(body, SPACINGS[spacing]), { shellMm, seed, job: job.part(0, 0.4) });
    // Half way up to cortex; what the cortex encloses belongs to the bone.
    const labels = fillHoles(keepLargest(presetMask(hu, 'compact-bone-adult')));
    const { mesh, findings } = boneSurface(hu, labels, 1, { job: job.part(0.4, 1) });
    const n = mesh.positions.length / 3;
    const p = mesh.positions;
    const off = Float64Array.from({ length: n }, (_v, i) => bodyDistance(body, p[3 * i], p[3 * i + 1], p[3 * i + 2]));
    const truth = bodyVolumeMm3(body);
    return {
      distance: summarise(off, vertexAreasMm2(mesh)),
      volumeMm3: volumeMm3(mesh),
      ...(truth === undefined ? {} : { trueVolumeMm3: truth }),
      triangles: mesh.triangles.length / 3,
      findings,
    };
  },
};

function gridAround(body: Body, spacingMm: Vec3): Grid {
  const { lo, hi } = bodyBounds(body);
  const size = [0, 1, 2].map((k) => Math.ceil((hi[k] - lo[k] + 2 * MARGIN_MM) / spacingMm[k])) as [
    number,
    number,
    number,
  ];
  return axisGrid(size, spacingMm, [lo[0] - MARGIN_MM, lo[1] - MARGIN_MM, lo[2] - MARGIN_MM]);
}
