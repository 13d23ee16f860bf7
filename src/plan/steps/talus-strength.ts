import { ERROR_CODES, type Finding, OsteonError, type Vec3, type Verdict, verdictOf } from '../../base/index.ts';
import type { JointHeight } from '../../design/index.ts';
import {
  buildModel,
  type JudgedCase,
  judge,
  judgeCase,
  LIMITS_DEFAULTS,
  materialsOf,
  type Study,
  type StudyMaterial,
  solveModel,
  suggestedCellMm,
  surfaceStress,
  TALUS_SETUP_DEFAULTS,
  talusSetup,
  type VolumeMeshFigures,
} from '../../fea/index.ts';
import { dot, scale, sub } from '../../math/index.ts';
import { type Mesh, transformMesh } from '../../mesh/index.ts';
import type { Engines } from '../engines.ts';
import type { Step } from '../step.ts';
import { COARSER } from '../strength/run.ts';
import { drawStress } from './strength.ts';
import { HINDFOOT, type TalusImplant, type TalusMeasures } from './talus.ts';

/** Stresses of one size under the loads of walking. */
export interface TalusStrength {
  readonly material: StudyMaterial;
  /** Empty where it could not be computed; the finding says why. */
  readonly cases: readonly JudgedCase[];
  readonly mesh: VolumeMeshFigures | null;
  readonly coarseMesh: VolumeMeshFigures | null;
  readonly regionAreasMm2: Readonly<Record<string, number>>;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Von Mises stress at every vertex of the implant, the greatest of all postures, MPa; empty where there is none. */
  readonly surfaceMPa: Float32Array;
  /** The load case with the greatest stress; empty where there is none. */
  readonly png: Uint8Array;
}

interface TalusStrengthParams {
  readonly bodyMassKg: number;
  readonly nodes: number;
  readonly contactMm: number;
  readonly nPerMm3: number;
}

/** A talus pressed by the tibia in three postures, on calcaneus and navicular; two meshes; judged. */
export const talusStrength: Step<
  {
    implant: TalusImplant;
    affected: readonly { readonly mesh: Mesh }[];
    height: JointHeight;
    measures: TalusMeasures;
    material: StudyMaterial;
  },
  TalusStrengthParams,
  TalusStrength,
  Engines
> = {
  id: 'strength.talus',
  version: 2,
  label: 'computing the strength',
  costS: 8,
  params: {
    bodyMassKg: { label: 'body mass', unit: 'kg', default: 80, min: 20, max: 300, source: 'the case' },
    nodes: {
      label: 'Nodes of the finer mesh',
      unit: '',
      default: 50_000,
      min: 2000,
      max: 1_000_000,
      source: 'docs/evidence/strength.md: stress within a few percent in a few seconds',
    },
    contactMm: {
      label: 'Widest gap across which bones still press on the implant',
      unit: 'mm',
      default: TALUS_SETUP_DEFAULTS.contactMm,
      min: 0.5,
      max: 10,
      source: 'twice the joint space of an ankle',
    },
    nPerMm3: {
      label: 'Stiffness of the cartilage the implant stands on',
      unit: 'N/mm³',
      default: TALUS_SETUP_DEFAULTS.nPerMm3,
      min: 0.1,
      max: 10_000,
      source: 'thins by half a millimetre under walking; 10 to 100 changes stress by 4 % (docs/evidence/strength.md)',
    },
  },
  handler({ implant, affected, height, measures, material }, p, { job }) {
    const bone = (name: (typeof HINDFOOT)[number]) => affected[HINDFOOT.indexOf(name)].mesh;
    const surfaces = {
      tibia: transformMesh(height.lpsFromAffected, bone('tibia')),
      calcaneus: bone('calcaneus'),
      navicular: bone('navicular'),
    };
    const superior = height.shank.axis;
    const { anterior } = measures.frame;
    // Across the shank.
    const axes = { superior, anterior: sub(anterior, scale(superior, dot(anterior, superior))) as Vec3 };
    const study: Study = { material, ...talusSetup(axes, p) };
    try {
      return compute(implant.mesh, surfaces, study, p.nodes, job);
    } catch (e) {
      if (!(e instanceof OsteonError) || e.code === 'job.aborted') throw e;
      const finding: Finding = {
        level: 'blocker',
        code: e.code,
        text: `The strength cannot be computed: ${ERROR_CODES[e.code]}`,
        facts: e.facts,
        hint: e.hint,
      };
      return {
        material,
        cases: [],
        mesh: null,
        coarseMesh: null,
        regionAreasMm2: {},
        verdict: verdictOf([finding]),
        findings: [finding],
        surfaceMPa: new Float32Array(0),
        png: new Uint8Array(0),
      };
    }
  },
};

function compute(
  mesh: Mesh,
  surfaces: Readonly<Record<string, Mesh>>,
  study: Study,
  nodes: number,
  job: Parameters<typeof talusStrength.handler>[2]['job'],
): TalusStrength {
  const cellMm = suggestedCellMm(mesh, nodes);
  const level = (coarser: number, from: number, to: number, surface: 'check' | 'checked') => {
    const part = job.part(from, to);
    const model = buildModel(mesh, surfaces, study, { cellMm: coarser * cellMm, surface, job: part.part(0, 0.3) });
    return { model, solved: solveModel(model, study, { job: part.part(0.3, 1) }) };
  };
  const coarse = level(COARSER, 0, 0.3, 'check');
  const fine = level(1, 0.3, 0.95, 'checked');
  const cases = fine.solved.numbers.map((n, i) => judgeCase(n, coarse.solved.numbers[i], COARSER, materialsOf(study)));
  const { volume, regions } = fine.model;
  const worst = cases.reduce((w, c, i) => (c.vonMisesAwayMPa.value > cases[w].vonMisesAwayMPa.value ? i : w), 0);
  const png = drawStress(fine.model, fine.solved, worst, 420);
  job.at(1);
  return {
    material: study.material,
    cases,
    mesh: volume.figures,
    coarseMesh: coarse.model.volume.figures,
    regionAreasMm2: Object.fromEntries(Object.entries(regions).map(([name, r]) => [name, r.areaMm2])),
    ...judge(cases, materialsOf(study), volume.findings, LIMITS_DEFAULTS),
    surfaceMPa: surfaceStress(fine.model, fine.solved.fields, mesh),
    png,
  };
}
