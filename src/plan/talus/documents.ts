import { type LpsTransform, unpack, type Verdict, verdictOf } from '../../base/index.ts';
import type { Fit, ImplantBody, JointHeight, Neighbour, Placement } from '../../design/index.ts';
import type { Scan } from '../../dicom/index.ts';
import type { DistanceSummary } from '../../math/index.ts';
import type { Clearance, SectionProfile } from '../../measure/index.ts';
import { volumeMm3 } from '../../mesh/index.ts';
import type { Alignment } from '../../register/index.ts';
import type { Levels } from '../../segment/index.ts';
import { spacingMm } from '../../volume/index.ts';
import type { Artefact } from '../graph.ts';
import { documentFile, type OutFile } from '../outputs.ts';
import type { BoneMesh } from '../steps/bones.ts';
import type { ScanVolume } from '../steps/scan.ts';
import type { TalusImplant, TalusMeasures } from '../steps/talus.ts';
import type { TalusStrength } from '../steps/talus-strength.ts';
import { type SectionStrength, sectionStrength } from './strength.ts';
import type { TalusCase } from './workflow.ts';

/** The results of a case as values, without the large ones. */
export interface TalusFacts {
  readonly scan: Scan;
  readonly grid: { readonly size: readonly number[]; readonly spacingMm: readonly number[] };
  readonly levels: Levels;
  readonly placement: Placement;
  readonly body: ImplantBody;
  readonly height: JointHeight;
  readonly measures: TalusMeasures;
  readonly bones: readonly BoneFacts[];
  readonly sizes: readonly SizeFacts[];
}
export interface BoneFacts {
  readonly name: string;
  readonly volumeMm3: number;
  readonly labelVolumeMm3: number;
  readonly levelHu: BoneMesh['levelHu'];
  readonly maskDeviation: DistanceSummary;
  readonly cut: boolean;
}
export interface SizeFacts {
  readonly percent: number;
  readonly implant: TalusImplant;
  readonly fit: Fit;
  /** By formula, over the smallest section. */
  readonly section: SectionStrength;
  readonly strength: TalusStrength;
  /** Of this size alone. */
  readonly verdict: Verdict;
}

const read = async <T>(artefact: Artefact<T>): Promise<T> => unpack<T>(await artefact.load());

export async function factsOf(made: TalusCase): Promise<TalusFacts> {
  const { design, document } = made;
  const [scan, volume, feet] = await Promise.all([read(made.checked.scan), read(made.volume), read(made.found.feet)]);
  const [placement, body, height, measures] = await Promise.all([
    read(design.placement),
    read(design.body),
    read(design.height),
    read(design.measures),
  ]);
  const sizes = await Promise.all(
    design.sizes.map(async ({ percent, implant, fit, strength }): Promise<SizeFacts> => {
      const [i, f, s] = await Promise.all([read(implant), read(fit), read(strength)]);
      const least = Math.min(...Object.values(f.sections).map((s) => s.minimum.areaMm2));
      const section = sectionStrength(document, i.size.volumeMm3, least);
      const verdict = verdictOf([...i.findings, ...f.findings, ...s.findings]);
      return { percent, implant: i, fit: f, section, strength: s, verdict };
    }),
  );
  const bones = await Promise.all(
    made.found.bones.map(async ({ name, volumeMm3: labelVolumeMm3, cut }): Promise<BoneFacts> => {
      const { mesh, levelHu, maskDeviation } = await read(made.meshes.get(name) as Artefact<BoneMesh>);
      return { name, volumeMm3: volumeMm3(mesh), labelVolumeMm3, levelHu, maskDeviation, cut };
    }),
  );
  const { grid } = (volume as ScanVolume).volume;
  return {
    scan,
    grid: { size: grid.size, spacingMm: spacingMm(grid) },
    levels: feet.levels,
    placement,
    body,
    height,
    measures,
    bones,
    sizes,
  };
}

/** `scan.json`, `plan.json`, `fit.json`, `strength.json`. Lengths mm, areas mm², volumes mm³, transforms row-major 4×4 in LPS mm. */
export function documentFiles(made: TalusCase, facts: TalusFacts): OutFile[] {
  const { design, checked, found } = made;
  const { placement, body, height, measures } = design;
  const { summary } = checked.series;
  return [
    documentFile(
      'scan',
      'scan.json',
      {
        profile: 'foot',
        chosen: summary.id,
        findings: checked.findings,
        volume: facts.grid,
        series: facts.scan.series.map((s) => s.summary),
        skipped: facts.scan.skipped,
      },
      { scan: checked.scan, volume: made.volume },
    ),
    documentFile('plan', 'plan.json', planOf(made, facts), { feet: found.feet, placement, body, height, measures }),
    documentFile(
      'fit',
      'fit.json',
      { sizes: facts.sizes.map((s) => fitOf(s, made.document.sizes.mode)) },
      Object.fromEntries(design.sizes.map(({ percent, fit }) => [`fit${percent}`, fit])),
    ),
    documentFile(
      'strength',
      'strength.json',
      { sizes: facts.sizes.map(strengthOf) },
      Object.fromEntries(design.sizes.map(({ percent, strength }) => [`strength${percent}`, strength])),
    ),
  ];
}

function planOf({ caseId, document, found }: TalusCase, f: TalusFacts): object {
  const { placement, body, height, measures } = f;
  const { frame, wall } = measures;
  return {
    case: caseId,
    procedure: document.procedure,
    affectedSide: document.affectedSide,
    material: document.material,
    sizes: document.sizes,
    levels: f.levels,
    bones: f.bones.map((b, i) => ({ ...b, label: found.bones[i].label, centreLpsMm: found.bones[i].centre })),
    transforms: {
      // Healthy side onto the affected one, calcaneus on calcaneus; determinant −1.
      affectedFromHealthy: matrix4(placement.lpsFromHealthy),
      implantFromHealthyTalus: matrix4(placement.lpsFromHealthyTalus),
      restoredFromAffected: matrix4(height.lpsFromAffected),
    },
    calcaneus: alignmentOf(placement.calcaneus),
    seat: placement.seat && {
      ...alignmentOf(placement.seat),
      shiftMm: placement.seatShiftMm,
      turnDeg: placement.seatTurnDeg,
    },
    jointHeight: {
      heightMm: height.heightMm,
      fromJointSpaceMm: height.fromJointSpaceMm,
      fromHealthyTibiaMm: height.fromHealthyTibiaMm,
      jointSpaceSdMm: height.jointSpaceSdMm,
      tibia: alignmentOf(height.tibia),
    },
    landmarks: {
      implantCentroidLpsMm: frame.origin,
      implantAnterior: frame.anterior,
      implantLateral: frame.lateral,
      implantSuperior: frame.superior,
      ankleCentreLpsMm: height.shank.jointCentre,
      shankAxis: height.shank.axis,
    },
    body: {
      volumeMm3: volumeMm3(body.mesh),
      meanDeviationMm: body.meanDeviationMm,
      maxDeviationMm: body.maxDeviationMm,
      cavityMm3: body.cavityMm3,
      wall: { minMm: wall.minMm, p05Mm: wall.p05Mm, rule: wall.rule },
    },
  };
}

const matrix4 = ({ m }: LpsTransform): number[] => [...m, 0, 0, 0, 1];

const alignmentOf = ({ rmsMm, p95Mm, overlapFraction, jackknife, iterations }: Alignment) => ({
  rmsMm,
  p95Mm,
  overlapFraction,
  ...jackknife,
  iterations,
});

function fitOf({ percent, verdict, implant, fit, section }: SizeFacts, mode: string): object {
  const { size } = implant;
  return {
    percent,
    of: mode,
    verdict,
    linearFactor: size.linearFactor,
    volumeMm3: size.volumeMm3,
    originLpsMm: size.origin,
    ...fit.size,
    ...section,
    neighbours: mapValues(fit.neighbours, clearanceOf),
    sections: mapValues(fit.sections, sectionsOf),
  };
}

function strengthOf({ percent, strength }: SizeFacts): object {
  const { png: _, findings: __, surfaceMPa: ___, ...numbers } = strength;
  return { percent, ...numbers };
}

const clearanceOf = ({ vertexGapMm: _, ...numbers }: Clearance) => numbers;
const sectionsOf = ({ centres: _, ...numbers }: SectionProfile) => numbers;

const mapValues = <K extends string, T, U>(table: Readonly<Record<K, T>>, map: (value: T) => U): Record<K, U> =>
  Object.fromEntries(Object.entries<T>(table).map(([key, value]) => [key, map(value)])) as Record<K, U>;

/** The numbers a person asks for first. */
export function summaryOf({ caseId, document }: TalusCase, f: TalusFacts): object {
  return {
    case: caseId,
    affectedSide: document.affectedSide,
    bones: f.bones.length,
    calcaneusRmsMm: f.placement.calcaneus.rmsMm,
    jointHeightMm: f.height.heightMm,
    sizes: f.sizes.map(({ percent, implant, fit }) => ({
      percent,
      volumeMm3: implant.size.volumeMm3,
      ...fit.size,
      minGapMm: Object.fromEntries(Object.entries(fit.neighbours).map(([name, c]) => [name as Neighbour, c.minGapMm])),
    })),
  };
}
