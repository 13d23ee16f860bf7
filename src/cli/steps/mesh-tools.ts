import { type Finding, OsteonError } from '../../base/index.ts';
import { type MeshFacts, type MeshFile, meshFacts } from '../../io/index.ts';
import {
  checkMesh,
  type Mesh,
  type MeshReport,
  REMESH_DEFAULTS,
  REPAIR_DEFAULTS,
  remesh,
  repairMesh,
  SIMPLIFY_DEFAULTS,
  SMOOTH_DEFAULTS,
  simplify,
  smoothMesh,
  triangleCount,
} from '../../mesh/index.ts';
import type { Engines, Param, Step } from '../../plan/index.ts';
import { OFFSET_DEFAULTS, offsetMesh } from '../../surface/index.ts';

/** Tools that make one mesh of others: what `osteon mesh` runs. Each is a step, so it runs in a worker and is named. */

export interface MeshResult {
  readonly mesh: Mesh;
  readonly before: MeshFacts;
  readonly after: MeshFacts;
  /** Numbers of this tool; keys carry units. */
  readonly figures: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

type One = { file: MeshFile };
const number = (
  label: string,
  unit: string,
  value: number,
  min: number,
  max: number,
  source: string,
): Param<number> => ({ label, unit, default: value, min, max, source });

export type CheckedMesh = Omit<MeshReport, 'selfIntersections'> & { readonly selfIntersectingPairs: number };

export const meshCheck: Step<One, Record<string, never>, CheckedMesh, Engines> = {
  id: 'mesh.check',
  version: 1,
  label: 'checking the mesh',
  costS: 1,
  params: {},
  handler({ file }, _, { job }) {
    const { selfIntersections, ...report } = checkMesh(file.mesh, { job });
    return { ...report, selfIntersectingPairs: selfIntersections.length / 2 };
  },
};

type RepairParams = { weldMm: number; speckMm: number; maxRimMm: number; union: boolean };

export const meshRepair: Step<One, RepairParams, MeshResult, Engines> = {
  id: 'mesh.repair',
  version: 1,
  label: 'repairing',
  costS: 2,
  params: {
    weldMm: number('corners nearer than this become one', 'mm', REPAIR_DEFAULTS.weldMm, 0, 1, 'the mesh room'),
    speckMm: number(
      'smaller pieces are taken away; 0 keeps all',
      'mm',
      REPAIR_DEFAULTS.speckMm,
      0,
      50,
      'the mesh room',
    ),
    maxRimMm: number('holes with a longer rim stay open; 0 closes all', 'mm', 0, 0, 10_000, 'a solid is wanted'),
    union: { label: 'merge shells that overlap', unit: '', default: true, source: 'a printer wants one body' },
  },
  async handler({ file }, { weldMm, speckMm, maxRimMm, union }, { engines, job }) {
    const engine = union ? await engines.solids() : null;
    const rim = maxRimMm > 0 ? maxRimMm : Number.POSITIVE_INFINITY;
    const { mesh, findings, report } = repairMesh(file.mesh, { weldMm, speckMm, maxRimMm: rim, engine, job });
    return result(file.mesh, mesh, { repairs: findings.length }, [...findings, ...report.findings]);
  },
};

export const BOOLEANS = ['union', 'difference', 'intersection'] as const;

export const meshBoolean: Step<{ files: readonly MeshFile[] }, { operation: string }, MeshResult, Engines> = {
  id: 'mesh.boolean',
  version: 1,
  label: 'cutting and joining',
  costS: 2,
  params: {
    operation: { label: 'what to make', unit: '', default: 'union', choices: BOOLEANS, source: 'the caller' },
  },
  async handler({ files }, { operation }, { engines, job }) {
    const bodies = files.map((f) => f.mesh);
    const [body, ...tools] = bodies;
    const solid = await engines.solids();
    const mesh =
      operation === 'union'
        ? solid.union(bodies)
        : operation === 'difference'
          ? solid.difference(body, tools)
          : solid.intersection(bodies);
    job.at(0.6);
    return result(body, requireSomething(mesh, operation), {}, introduced(bodies, mesh));
  },
};

export const meshOffset: Step<One, { byMm: number; spacingMm: number }, MeshResult, Engines> = {
  id: 'mesh.offset',
  version: 1,
  label: 'offsetting',
  costS: 2,
  params: {
    byMm: number('distance; negative goes inward', 'mm', 1, -100, 100, 'the caller'),
    spacingMm: number('spacing of the distance field', 'mm', OFFSET_DEFAULTS.spacingMm, 0.05, 5, 'the surface room'),
  },
  handler({ file }, { byMm, spacingMm }, { job }) {
    const { closed } = checkMesh(file.mesh, { selfIntersections: false });
    if (!closed) throw new OsteonError('mesh.not-closed', {}, 'Close it first: osteon mesh repair');
    const mesh = offsetMesh(file.mesh, byMm, { spacingMm, job });
    return result(file.mesh, requireSomething(mesh, 'offset'), {}, introduced([file.mesh], mesh));
  },
};

export const meshRemesh: Step<One, { edgeMm: number; sharpDeg: number }, MeshResult, Engines> = {
  id: 'mesh.remesh',
  version: 2,
  label: 'remeshing',
  costS: 2,
  params: {
    edgeMm: number('length of the edges', 'mm', 0.8, 0.02, 50, 'a bone of the foot at scan resolution'),
    sharpDeg: number(
      'edges bent by more than this are kept; 180 keeps none',
      '°',
      REMESH_DEFAULTS.sharpDeg,
      10,
      180,
      'bones have no sharp edges',
    ),
  },
  handler({ file }, params, { job }) {
    const { mesh, meanDeviationMm, maxDeviationMm } = remesh(file.mesh, { ...params, job });
    return result(file.mesh, mesh, { meanDeviationMm, maxDeviationMm }, introduced([file.mesh], mesh));
  },
};

export const meshSmooth: Step<One, { passes: number; maxMoveMm: number; keepVolume: boolean }, MeshResult, Engines> = {
  id: 'mesh.smooth',
  version: 1,
  label: 'smoothing',
  costS: 2,
  params: {
    passes: number('bumps narrower than about √passes edges go', '', SMOOTH_DEFAULTS.passes, 1, 1000, 'the mesh room'),
    maxMoveMm: number('no point moves farther', 'mm', SMOOTH_DEFAULTS.maxMoveMm, 0, 100, 'half a voxel of a foot CT'),
    keepVolume: { label: 'keep the volume of a closed surface', unit: '', default: true, source: 'size is volume' },
  },
  handler({ file }, { passes, maxMoveMm, keepVolume }, { job }) {
    const { closed } = checkMesh(file.mesh, { selfIntersections: false });
    const s = smoothMesh(file.mesh, { passes, maxMoveMm, keepVolume: keepVolume && closed, job });
    const figures = { meanMoveMm: s.meanMoveMm, maxMoveMm: s.maxMoveMm, pointsAtTheLimit: s.capped };
    return result(file.mesh, s.mesh, figures, introduced([file.mesh], s.mesh));
  },
};

export const meshSimplify: Step<One, { triangles: number; maxDeviationMm: number }, MeshResult, Engines> = {
  id: 'mesh.simplify',
  version: 1,
  label: 'simplifying',
  costS: 2,
  params: {
    triangles: number(
      'stop at this many; 4 is as few as the deviation allows',
      '',
      SIMPLIFY_DEFAULTS.triangles,
      4,
      2e7,
      'the mesh room',
    ),
    maxDeviationMm: number(
      'neither surface lies farther from the other',
      'mm',
      SIMPLIFY_DEFAULTS.maxDeviationMm,
      1e-6,
      100,
      'a tenth of a voxel of a foot CT',
    ),
  },
  handler({ file }, { triangles, maxDeviationMm }, { job }) {
    const {
      mesh,
      volumeBeforeMm3: _,
      volumeAfterMm3: __,
      ...figures
    } = simplify(file.mesh, { triangles, maxDeviationMm, job });
    return result(file.mesh, mesh, { ...figures }, [
      ...stoppedShort(mesh, triangles, maxDeviationMm),
      ...introduced([file.mesh], mesh),
    ]);
  },
};

function stoppedShort(mesh: Mesh, wanted: number, maxDeviationMm: number): Finding[] {
  const triangles = triangleCount(mesh);
  if (wanted <= SIMPLIFY_DEFAULTS.triangles || triangles <= wanted) return [];
  return [
    {
      level: 'warning',
      code: 'mesh.simplify.short',
      text: `The deviation allows no fewer than ${triangles} triangles.`,
      facts: { triangles, wanted, maxDeviationMm },
      hint: 'Allow a larger --max-deviation-mm.',
    },
  ];
}

function result(before: Mesh, after: Mesh, figures: MeshResult['figures'], findings: readonly Finding[]): MeshResult {
  return { mesh: after, before: meshFacts(before), after: meshFacts(after), figures, findings };
}

function requireSomething(mesh: Mesh, what: string): Mesh {
  if (mesh.triangles.length) return mesh;
  throw new OsteonError('mesh.empty', { result: what }, 'Nothing is left of the body');
}

/** Defects of the result that none of the bodies had: an operation answers for what it does, not for what it was given. */
function introduced(before: readonly Mesh[], after: Mesh): Finding[] {
  const known = new Set(before.flatMap((mesh) => checkMesh(mesh).findings.map((f) => f.code)));
  return checkMesh(after).findings.filter((f) => !known.has(f.code));
}
