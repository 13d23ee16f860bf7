import { type MeshFile, writePly } from '../../io/index.ts';
import {
  compareScan,
  FACE_CLASSES,
  type FaceClass,
  facesOf,
  type InspectionPlan,
  type ScanComparison,
  type Stage,
} from '../../make/index.ts';
import type { Engines } from '../engines.ts';
import { deviationFigures } from '../make/deviation-pictures.ts';
import type { Figure } from '../report/model.ts';
import type { Step } from '../step.ts';

export interface InspectedScan {
  /** Without the mesh and its map, which are in `ply`. */
  readonly scan: Omit<ScanComparison, 'mesh' | 'deviationMm'>;
  readonly ply: Uint8Array;
  readonly figures: readonly Figure[];
}

const WHOLE = 'whole';

/** A scan of a part against its nominal: aligned, measured everywhere, drawn. */
export const makeInspect: Step<
  { plan: InspectionPlan; nominal: MeshFile; scan: MeshFile },
  { stage: string; datum: string },
  InspectedScan,
  Engines
> = {
  id: 'make.inspect',
  version: 1,
  label: 'comparing the scan with the nominal',
  costS: 4,
  params: {
    stage: {
      label: 'finished parts are held against the nominal, as-built ones against nominal and stock',
      unit: '',
      default: 'finished',
      choices: ['finished', 'as-built'],
      source: 'the caller',
    },
    datum: {
      label: 'faces that the scan is laid onto',
      unit: '',
      default: WHOLE,
      choices: [WHOLE, ...FACE_CLASSES],
      source: 'best fit of the whole part',
    },
  },
  handler({ plan, nominal, scan }, { stage, datum }, { job }) {
    const { mesh, faces = {} } = nominal;
    const classes = facesOf(mesh.triangles.length / 3, faces);
    const options = { stage: stage as Stage, ...(datum !== WHOLE && { datum: datum as FaceClass }) };
    const { mesh: dense, deviationMm, ...rest } = compareScan(plan, mesh, classes, scan.mesh, options, job);
    const scalars = Float32Array.from(deviationMm);
    return {
      scan: rest,
      ply: writePly(dense, { scalars: scalars, comment: 'deviation from the nominal, mm, outward positive' }),
      figures: deviationFigures(dense, deviationMm, plan),
    };
  },
};
