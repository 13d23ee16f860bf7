import { type LpsTransform, unpack } from '../../base/index.ts';
import type { Guide, Plate } from '../../design/index.ts';
import type { Scan } from '../../dicom/index.ts';
import { GUIDED_SCREWS } from '../../measure/index.ts';
import { volumeMm3 } from '../../mesh/index.ts';
import type { Reduction } from '../../register/index.ts';
import type { FoundPelvicBone, Pelvis } from '../../segment/index.ts';
import { spacingMm } from '../../volume/index.ts';
import type { Artefact } from '../graph.ts';
import { documentFile, type OutFile } from '../outputs.ts';
import type { BoneMesh } from '../steps/bones.ts';
import type { FractureMeasures } from '../steps/fracture.ts';
import type { ReducedBone } from '../steps/pelvis.ts';
import type { PlateStrength } from '../steps/plate-strength.ts';
import type { ScanVolume } from '../steps/scan.ts';
import type { ScrewPlan, ScrewPlans } from '../steps/screw-plan.ts';
import type { AcetabulumCase } from './workflow.ts';

/** The results of a case as values, without the large ones. */
export interface AcetabulumFacts {
  readonly scan: Scan;
  readonly grid: { readonly size: readonly number[]; readonly spacingMm: readonly number[] };
  readonly levels: Pelvis['levels'];
  readonly bones: readonly PelvicBoneFacts[];
  readonly reduction: Reduction;
  readonly foundReduction: Reduction;
  readonly gaps: Pick<FractureMeasures, 'before' | 'after'>;
  readonly reduced: ReducedBone;
  readonly screws?: ScrewPlans;
  readonly plate?: Plate;
  readonly strength?: PlateStrength;
  readonly guide?: Guide;
}
export interface PelvicBoneFacts extends FoundPelvicBone {
  /** Inside the traced surface; `labelVolumeMm3` is that of the voxels. */
  readonly volumeMm3: number;
  readonly labelVolumeMm3: number;
  readonly levelHu: BoneMesh['levelHu'];
  readonly maskDeviation: BoneMesh['maskDeviation'];
}

const read = async <T>(artefact: Artefact<T>): Promise<T> => unpack<T>(await artefact.load());

export async function factsOf(made: AcetabulumCase): Promise<AcetabulumFacts> {
  const { found } = made;
  const [scan, volume, pelvis] = await Promise.all([read(made.checked.scan), read(made.volume), read(found.pelvis)]);
  const [reduction, foundReduction, measures, reduced] = await Promise.all([
    read(made.reduction),
    read(made.foundReduction),
    read(made.measures),
    read(made.reduced),
  ]);
  const [screws, plate, strength, guide] = await Promise.all([
    made.screws && read(made.screws),
    made.plate && read(made.plate),
    made.strength && read(made.strength),
    made.guide && read(made.guide),
  ]);
  const bones = await Promise.all(
    found.bones.map(async (bone): Promise<PelvicBoneFacts> => {
      const { mesh, levelHu, maskDeviation } = await read(found.meshes.get(bone.name) as Artefact<BoneMesh>);
      return { ...bone, volumeMm3: volumeMm3(mesh), labelVolumeMm3: bone.volumeMm3, levelHu, maskDeviation };
    }),
  );
  const { grid } = (volume as ScanVolume).volume;
  return {
    scan,
    grid: { size: grid.size, spacingMm: spacingMm(grid) },
    levels: pelvis.levels,
    bones,
    reduction,
    foundReduction,
    gaps: { before: measures.before, after: measures.after },
    reduced,
    ...(screws && { screws }),
    ...(plate && { plate }),
    ...(strength && { strength }),
    ...(guide && { guide }),
  };
}

/** `scan.json` and `plan.json`. Lengths mm, areas mm², volumes mm³, angles degree, transforms row-major 4×4 in LPS mm. */
export function documentFiles(made: AcetabulumCase, facts: AcetabulumFacts): OutFile[] {
  const { checked, found, reduction, measures, reduced, screws, plate, strength, guide } = made;
  const { summary } = checked.series;
  const from = {
    pelvis: found.pelvis,
    reduction,
    measures,
    reduced,
    ...(screws && { screws }),
    ...(plate && { plate }),
    ...(guide && { guide }),
  };
  return [
    documentFile(
      'scan',
      'scan.json',
      {
        profile: 'pelvis',
        chosen: summary.id,
        findings: checked.findings,
        volume: facts.grid,
        series: facts.scan.series.map((s) => s.summary),
        skipped: facts.scan.skipped,
      },
      { scan: checked.scan, volume: made.volume },
    ),
    documentFile('plan', 'plan.json', planOf(made, facts), from),
    ...(facts.strength && strength
      ? [documentFile('strength', 'strength.json', { plate: strengthOf(facts.strength) }, { strength })]
      : []),
    ...(facts.screws && screws ? [screwTable(facts.screws, screws)] : []),
  ];
}

const matrix4 = ({ m }: LpsTransform): number[] => [...m, 0, 0, 0, 1];

/** What `osteon evaluate` reads: everything the operation is to be held against. */
function planOf({ caseId, document, broken }: AcetabulumCase, f: AcetabulumFacts): object {
  const { plane, templateFromHealthy, symmetry, poses, residuals, overlaps, overlapMm3 } = f.reduction;
  const { surface: _, findings: __, ...acetabulum } = f.reduced.acetabulum;
  const isFragment = (name: string) => broken.names.fragments.includes(name);
  return {
    case: caseId,
    procedure: document.procedure,
    affectedSide: document.affectedSide,
    material: document.material,
    levels: f.levels,
    bones: f.bones.map(({ centre, ...b }) => ({
      ...b,
      centreLpsMm: centre,
      file: `bones/${b.name}.stl`,
      ...(isFragment(b.name) && { reducedFile: `reduced/${b.name}.stl` }),
    })),
    intact: broken.names.intact,
    plane,
    transforms: {
      // Healthy side onto the broken one; determinant −1.
      templateFromHealthy: matrix4(templateFromHealthy),
      reducedFromImaged: Object.fromEntries(poses.map((p) => [p.name, matrix4(p.reducedFromImaged)])),
      // Without what a person changed.
      foundFromImaged: Object.fromEntries(f.foundReduction.poses.map((p) => [p.name, matrix4(p.reducedFromImaged)])),
    },
    reduction: {
      symmetry,
      fragments: poses.map(({ name, shiftMm, turnDeg, by }) => ({
        name,
        shiftMm,
        turnDeg,
        by,
        ...residuals.find((r) => r.name === name),
      })),
      overlaps,
      overlapMm3,
    },
    acetabulum,
    gaps: f.gaps,
    screws: (f.screws?.screws ?? []).map(screwOf),
    uncertainty: GUIDED_SCREWS,
    ...(f.plate && { plate: plateOf(f.plate) }),
    ...(f.guide && { guide: guideOf(f.guide) }),
  };
}

const screwOf = ({ purchase, ...s }: ScrewPlan) => ({
  ...s,
  meanHu: purchase.meanHu,
  inBone: purchase.inBone,
  fragments: purchase.fragments,
});

function plateOf({ body, blank: _, curves, boneSide, ...plate }: Plate): object {
  const { triangles, ...side } = boneSide;
  return {
    ...plate,
    triangles: body.triangles.length / 3,
    boneSide: { ...side, triangles: triangles.length },
    curves: curves.map(({ points: _points, normals: _normals, ...c }) => c),
  };
}

const strengthOf = ({ png: _, surfaceMPa: __, findings: ___, ...numbers }: PlateStrength): object => numbers;

const guideOf = ({ body, ...guide }: Guide) => ({ ...guide, triangles: body.triangles.length / 3 });

/** The screw table as a file that opens in any spreadsheet. */
function screwTable({ screws }: ScrewPlans, artefact: Artefact): OutFile {
  const head =
    'number,screw,stocked length mm,in bone mm,entry x mm,entry y mm,entry z mm,direction x,direction y,direction z,target,joint clearance mm,mean HU';
  const rows = screws.map((s) =>
    [
      s.id,
      s.screw.name,
      s.stockMm,
      s.lengthMm.toFixed(1),
      ...s.entryMm.map((x) => x.toFixed(2)),
      ...s.direction.map((x) => x.toFixed(5)),
      s.target,
      s.jointMm.toFixed(1),
      Number.isFinite(s.purchase.meanHu) ? s.purchase.meanHu.toFixed(0) : '',
    ].join(','),
  );
  return {
    role: 'screws',
    path: 'screws.csv',
    bytes: new TextEncoder().encode(`${[head, ...rows].join('\r\n')}\r\n`),
    unit: 'mm',
    made: { step: 'document', version: 1, params: {}, inputs: { screws: artefact.hash } },
  };
}

/** The numbers a person asks for first. */
export function summaryOf({ caseId, document, broken }: AcetabulumCase, f: AcetabulumFacts): object {
  return {
    case: caseId,
    procedure: document.procedure,
    affectedSide: document.affectedSide,
    bones: f.bones.length,
    fragments: f.reduction.poses.map(({ name, shiftMm, turnDeg }) => {
      const fit = f.reduction.residuals.find((r) => r.name === name);
      return { name, shiftMm, turnDeg, rmsMm: fit?.rmsMm ?? null, intact: name === broken.names.intact };
    }),
    gapMm: [f.gaps.before.gapMm, f.gaps.after.gapMm],
    stepMm: [f.gaps.before.stepMm, f.gaps.after.stepMm],
    overlapMm3: f.gaps.after.overlapMm3,
    screws: (f.screws?.screws ?? []).map(({ id, stockMm, target, jointMm }) => ({ id, stockMm, target, jointMm })),
    ...(f.plate && {
      plate: {
        massG: f.plate.massG,
        boneSideRmsMm: f.plate.boneSide.rmsMm,
        overlapMm3: f.plate.overlapMm3,
        ...(f.strength && { yieldsAtN: f.strength.yieldsAtN, tiresAtN: f.strength.tiresAtN }),
      },
    }),
    ...(f.guide && { guide: { massG: f.guide.massG, undercuts: f.guide.undercuts, bores: f.guide.bores.length } }),
  };
}
