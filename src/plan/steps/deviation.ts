import { type MeshFile, writePly } from '../../io/index.ts';
import { type DistanceSummary, summarise } from '../../math/index.ts';
import { buildBvh, signedDistances } from '../../mesh/index.ts';
import { colourOf, DIVERGING } from '../../render/index.ts';
import type { Engines } from '../engines.ts';
import type { Step } from '../step.ts';

/** A surface painted with how far it lies from another one. */
export interface DeviationMap extends DistanceSummary {
  /** Blue to red over ± this, mm. */
  readonly rangeMm: number;
  /** PLY with a colour and the signed distance (mm, as `quality`) at every vertex. */
  readonly bytes: Uint8Array;
}

/** A surface that has not moved at all is white, not noise. */
const LEAST_RANGE_MM = 0.1;

/** Distances of the vertices of `a` to `b`, positive outside it, as a map that any mesh viewer shows. */
export const meshDeviation: Step<{ a: MeshFile; b: MeshFile }, { rangeMm: number }, DeviationMap, Engines> = {
  id: 'mesh.deviation',
  version: 1,
  label: 'mapping deviations',
  costS: 1,
  params: {
    rangeMm: {
      label: 'range of the colours, to either side; 0: as far as 95 % of the vertices lie',
      unit: 'mm',
      default: 0,
      min: 0,
      max: 100,
      source: 'the caller',
    },
  },
  handler({ a, b }, { rangeMm }, { job }) {
    const d = signedDistances(buildBvh(b.mesh), a.mesh.positions, { job: job.part(0, 0.9) });
    const summary = summarise(d);
    const range = rangeMm > 0 ? rangeMm : Math.max(LEAST_RANGE_MM, summary.p95Mm);
    const colours = new Uint8Array(3 * d.length);
    d.forEach((mm, i) => {
      colours.set(colourOf({ map: DIVERGING, lo: -range, hi: range }, mm), 3 * i);
    });
    const bytes = writePly(a.mesh, { precision: 'float', scalars: d, colours, comment: `blue to red: ${range} mm` });
    return { ...summary, rangeMm: range, bytes };
  },
};
