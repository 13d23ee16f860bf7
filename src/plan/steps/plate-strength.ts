import {
  ERROR_CODES,
  type Finding,
  type Job,
  OsteonError,
  type Vec3,
  type Verdict,
  verdictOf,
} from '../../base/index.ts';
import { type ArmTest, armTest, armTurn, holeWall, type Plate, type PlateHole } from '../../design/index.ts';
import {
  buildModel,
  type CaseNumbers,
  type JudgedCase,
  judge,
  judgeCase,
  LIMITS_DEFAULTS,
  type Model,
  modelOn,
  PLATE_JOINT_N,
  plateSetup,
  type SolvedModel,
  type Study,
  type StudyMaterial,
  sliceTurn,
  solveModel,
  surfaceStress,
  tipBending,
  type VolumeMeshFigures,
  volumePeak,
} from '../../fea/index.ts';
import { cross, distance, dot, norm, scale, sub } from '../../math/index.ts';
import { jointShares } from '../../measure/index.ts';
import { buildBvh, joinMeshes, type Mesh, requireSolid, selfIntersections } from '../../mesh/index.ts';
import type { Engines } from '../engines.ts';
import type { Step } from '../step.ts';
import { COARSER } from '../strength/run.ts';
import type { ReducedBone } from './pelvis.ts';
import type { ScrewPlans } from './screw-plan.ts';
import { drawStressOn } from './strength.ts';

/** What a piece of the bone takes of the joint force, and how the plate holds it. */
export interface PlatePiece {
  readonly name: string;
  /** Screws of the plate that hold more of this piece than of any other. */
  readonly screws: readonly string[];
  readonly forceN: Vec3;
}

/** The first arm that can be bent by its tips: by finite elements of the whole plate, and by the sections of the arm alone. */
export interface ArmBending {
  readonly id: string;
  /** E·I of a uniform beam that bends as much in all, N·mm². */
  readonly elementsNmm2: number;
  readonly sectionsNmm2: number;
  /** Moment at which the material yields, N·mm. */
  readonly elementsYieldNmm: number;
  readonly sectionsYieldNmm: number;
}

/** Stresses of a plate that carries all pieces but the whole one by itself, and its stiffness. */
export interface PlateStrength {
  readonly material: StudyMaterial;
  readonly jointN: number;
  readonly intact: string;
  readonly pieces: readonly PlatePiece[];
  /** Empty where it could not be computed; the finding says why. The stress judged is what more than 1 mm³ of metal bear. */
  readonly cases: readonly JudgedCase[];
  /** Joint force at which the metal yields, and that it bears in cycles, N; null where there is no such strength. */
  readonly yieldsAtN: number | null;
  readonly tiresAtN: number | null;
  readonly bending: ArmBending | null;
  readonly mesh: VolumeMeshFigures | null;
  readonly coarseMesh: VolumeMeshFigures | null;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Von Mises stress at every vertex of the plate, MPa; empty where there is none. */
  readonly surfaceMPa: Float32Array;
  readonly png: Uint8Array;
}

interface PlateStrengthParams {
  readonly jointN: number;
  readonly nodes: number;
  readonly screwNPerMm3: number;
}
interface Inputs {
  readonly plate: Plate;
  readonly reduced: ReducedBone;
  readonly plans: ScrewPlans;
  readonly intact: string;
  readonly material: StudyMaterial;
}

/** Bone farther from the joint's middle than its radius and this carries no cartilage, mm. */
const BEYOND_MM = 6;
/** Stress that less metal than this bears says more of the mesh than of the plate. */
const PEAK_MM3 = 1;
/** Residual against the load: stress to four digits, where the mesh leaves two. */
const TOLERANCE = 1e-4;
/** Standing: the thigh presses upward along the body. */
const UP: Vec3 = [0, 0, 1];
/** Where elements cannot hold a thin rim, smaller ones are tried. */
const SHRINK = [1, 0.8, 0.64];

export const plateStrength: Step<Inputs, PlateStrengthParams, PlateStrength, Engines> = {
  id: 'strength.plate',
  version: 3,
  label: 'computing the strength',
  costS: 12,
  params: {
    jointN: {
      label: 'Force on the hip joint, upward',
      unit: 'N',
      default: PLATE_JOINT_N,
      min: 10,
      max: 10_000,
      source: 'J Orthop Surg Res 2023, 18, s13018-023-03715-7: 700 N in standing (abstract read)',
    },
    nodes: {
      label: 'Nodes at most, nearly; elements are half the thickness of the plate where that gives fewer',
      unit: '',
      default: 100_000,
      min: 2000,
      max: 1_000_000,
      source: 'docs/evidence/strength.md: stress within a few percent',
    },
    screwNPerMm3: {
      label: 'Stiffness of screws in hole and bone',
      unit: 'N/mm³',
      default: 50,
      min: 0.1,
      max: 10_000,
      source: 'assumed; 20 to 200 changes stress by 8 % (docs/evidence/strength.md)',
    },
  },
  handler(inputs, p, { job }) {
    const pieces = piecesOf(inputs, p.jointN);
    const failed = (e: OsteonError): PlateStrength => {
      const finding: Finding = {
        // A surface that is no solid cannot be made either; the rest only cannot be computed.
        level: e.code.startsWith('mesh.') ? 'blocker' : 'warning',
        code: e.code,
        text: `The strength of the plate cannot be computed: ${ERROR_CODES[e.code]}`,
        facts: e.facts,
        hint: e.hint || 'Look at the findings of the plate',
      };
      return {
        material: inputs.material,
        jointN: p.jointN,
        intact: inputs.intact,
        pieces,
        cases: [],
        yieldsAtN: null,
        tiresAtN: null,
        bending: null,
        mesh: null,
        coarseMesh: null,
        verdict: verdictOf([finding]),
        findings: [finding],
        surfaceMPa: new Float32Array(0),
        png: new Uint8Array(0),
      };
    };
    let last: OsteonError | undefined;
    for (const shrink of SHRINK)
      try {
        return compute(inputs, pieces, p, shrink, job);
      } catch (e) {
        if (!(e instanceof OsteonError) || e.code === 'job.aborted') throw e;
        last = e;
        if (e.code !== 'fea.too-thin') break;
      }
    return failed(last!);
  },
};

/** Each piece with the screws that hold most of it, and its part of the joint force. */
function piecesOf({ plate, reduced: { fragments, acetabulum }, plans }: Inputs, jointN: number): PlatePiece[] {
  const onPlate = new Set(plate.holes.map((h) => h.screwId));
  const holds = new Map<string, string[]>();
  for (const { id, purchase } of plans.screws) {
    if (!onPlate.has(id) || purchase.fragments.length === 0) continue;
    const { name } = purchase.fragments.reduce((a, b) => (b.lengthMm > a.lengthMm ? b : a));
    holds.set(name, [...(holds.get(name) ?? []), id]);
  }
  const trees = fragments.map((f) => buildBvh(f.mesh));
  const { shares } = jointShares(trees, acetabulum.centreMm, acetabulum.radiusMm + BEYOND_MM, UP);
  return fragments.map(({ name }, i) => ({
    name,
    screws: holds.get(name) ?? [],
    forceN: scale(shares[i], jointN),
  }));
}

function compute(
  inputs: Inputs,
  pieces: readonly PlatePiece[],
  p: PlateStrengthParams,
  shrink: number,
  job: Job,
): PlateStrength {
  const { plate, material, intact } = inputs;
  const surface = surfaceFindings(plate.body, job.part(0, 0.05));
  const { study, surfaces } = studyOf(inputs, pieces, p.screwNPerMm3);
  const cellMm = shrink * cellOf(plate, p.nodes);
  const level = (coarser: number, from: number, to: number) => {
    const part = job.part(from, to);
    const mesh = { cellMm: coarser * cellMm, surface: 'checked', detail: 'report', job: part.part(0, 0.3) } as const;
    const model = buildModel(plate.body, surfaces, study, mesh);
    const solved = withVolumePeaks(model, solveModel(model, study, { tolerance: TOLERANCE, job: part.part(0.3, 1) }));
    return { model, solved };
  };
  const coarse = level(COARSER, 0.05, 0.25);
  const fine = level(1, 0.25, 0.7);
  requireMetal(fine.model.volume.figures);
  const cases = fine.solved.numbers.map((n, i) => judgeCase(n, coarse.solved.numbers[i], COARSER, [material]));
  const bending = bendingOf(plate, fine.model, material, job.part(0.7, 0.95));
  const { volume } = fine.model;
  const found = [...surface, ...judge(cases, [material], volume.findings, LIMITS_DEFAULTS).findings.map(inWords)];
  const least = (factor: (c: JudgedCase) => number | null): number | null => {
    const all = cases.flatMap((c) => factor(c) ?? []);
    return all.length ? p.jointN * Math.min(...all) : null;
  };
  const surfaceMPa = surfaceStress(fine.model, fine.solved.fields, plate.body);
  const png = drawStressOn(plate.body, surfaceMPa, cases[0].vonMisesAwayMPa, 560);
  job.at(1);
  return {
    material,
    jointN: p.jointN,
    intact,
    pieces,
    cases,
    yieldsAtN: least((c) => c.yieldFactor),
    tiresAtN: least((c) => c.fatigueFactor),
    bending,
    mesh: volume.figures,
    coarseMesh: coarse.model.volume.figures,
    verdict: verdictOf(found),
    findings: found,
    surfaceMPa,
    png,
  };
}

/**
 * One closed solid is needed. Triangles that cross each other by a hair do not keep elements from filling it, but whoever makes
 * the plate must know.
 * @throws mesh.empty, mesh.not-closed, mesh.not-manifold, mesh.inside-out, fea.several-bodies
 */
function surfaceFindings(body: Mesh, job: Job): Finding[] {
  const bodies = requireSolid(body, { selfIntersections: false }).shells.filter((s) => s.depth % 2 === 0).length;
  if (bodies > 1) throw new OsteonError('fea.several-bodies', { bodies }, 'Look at the findings of the plate');
  const pairs = selfIntersections(buildBvh(body), { job });
  if (pairs.length === 0) return [];
  const { positions: q, triangles } = body;
  const v = 3 * triangles[3 * pairs[0]];
  let widestMm = 0;
  for (let i = 0; i < pairs.length; i += 2)
    widestMm = Math.max(widestMm, Math.min(heightOf(body, pairs[i]), heightOf(body, pairs[i + 1])));
  const needles = widestMm < NEEDLE_MM;
  return [
    {
      level: needles ? 'note' : 'warning',
      code: 'mesh.self-intersects',
      text: `The surface of the plate cuts itself${needles ? ', by needles thinner than a micrometre' : ''}`,
      facts: { pairs: pairs.length / 2, xMm: q[v], yMm: q[v + 1], zMm: q[v + 2] },
      hint: 'osteon mesh repair, or another grid of the plate (plate.gridMm)',
    },
  ];
}

/** A triangle thinner than this is a rounding of where a tool cut, mm. */
const NEEDLE_MM = 1e-3;

/** The least height of a triangle, mm. */
function heightOf({ positions: q, triangles }: Mesh, triangle: number): number {
  const [a, b, c] = [0, 1, 2].map((k): Vec3 => {
    const v = 3 * triangles[3 * triangle + k];
    return [q[v], q[v + 1], q[v + 2]];
  });
  const longest = Math.max(distance(a, b), distance(b, c), distance(c, a));
  return longest > 0 ? norm(cross(sub(b, a), sub(c, a))) / longest : 0;
}

/** Rims of seats may be missing from the mesh, not more. @throws fea.too-thin */
function requireMetal({ cellMm, volumeMm3, solidVolumeMm3 }: VolumeMeshFigures): void {
  if (volumeMm3 < 0.95 * solidVolumeMm3) throw new OsteonError('fea.too-thin', { cellMm, volumeMm3, solidVolumeMm3 });
}

/** Half the thickness, or as many nodes as are allowed: sixteen a cube of the lattice. */
const cellOf = ({ curves, volumeMm3 }: Plate, nodes: number): number =>
  Math.max(Math.min(...curves.map((c) => c.thicknessMm)) / 2, Math.cbrt((16 * volumeMm3) / nodes));

/** @throws fea.no-screws */
function studyOf(
  { plate, reduced, intact, material }: Inputs,
  pieces: readonly PlatePiece[],
  nPerMm3: number,
): { study: Study; surfaces: Record<string, Mesh> } {
  const held = pieces.find((x) => x.name === intact);
  const carried = pieces.filter((x) => x.name !== intact && x.screws.length > 0 && norm(x.forceN) > 0);
  if (!held || held.screws.length === 0 || carried.length === 0)
    throw new OsteonError(
      'fea.no-screws',
      { intact, screws: pieces.map((x) => `${x.name} ${x.screws.length}`).join(', ') },
      `Give the plate screws in ${held?.screws.length ? 'a piece that has moved' : intact}`,
    );
  const name = (piece: PlatePiece) => `screws in ${piece.name}`;
  const walls = ({ screws }: PlatePiece) =>
    joinMeshes(plate.holes.filter((h: PlateHole) => screws.includes(h.screwId)).map(holeWall));
  return {
    study: {
      material,
      ...plateSetup({
        held: name(held),
        pulls: carried.map((piece) => ({ surface: name(piece), forceN: piece.forceN })),
        jointMm: reduced.acetabulum.centreMm,
        nPerMm3,
      }),
    },
    surfaces: Object.fromEntries([held, ...carried].map((piece) => [name(piece), walls(piece)])),
  };
}

/** The same numbers, judged by the stress that more than a cubic millimetre bears. */
function withVolumePeaks(model: Model, solved: SolvedModel): SolvedModel {
  const numbers = solved.numbers.map((n, i): CaseNumbers => {
    const peak = volumePeak(model.volume.mesh, solved.fields[i].stressMPa, PEAK_MM3);
    return { ...n, vonMisesAwayMPa: peak, partsMPa: [peak] };
  });
  return { ...solved, numbers };
}

/** About the size of a moment by hand; the answer does not depend on it. */
const TEST_NMM = 1000;

/** Null where no arm is long enough to be bent. */
function bendingOf(plate: Plate, { volume }: Model, material: StudyMaterial, job: Job): ArmBending | null {
  const arms = plate.strength.flatMap((s) => {
    const curve = plate.curves.find((c) => c.id === s.id);
    const test = curve && armTest(curve);
    return curve && test && s.sections.length > 0 ? [{ curve, test, strength: s }] : [];
  });
  if (arms.length === 0) return null;
  const [{ curve, test, strength }] = arms;
  const study: Study = { material, ...tipBending(test.tips, test.gripMm, scale(test.axis, TEST_NMM)) };
  const model = modelOn(volume, {}, study);
  const { fields } = solveModel(model, study, { tolerance: TOLERANCE, job });
  const slices = test.ends.map((end) =>
    sliceTurn(volume.mesh, fields[0].displacementMm, {
      ...end,
      radiusMm: curve.widthMm,
      halfMm: volume.figures.cellMm,
    }),
  );
  if (!slices[0] || !slices[1]) return null;
  const turn = Math.abs(dot(sub(slices[1], slices[0]), test.axis)) / TEST_NMM;
  const bySections = armTurn(curve, strength.sections, test, material);
  const peak = volumePeak(volume.mesh, fields[0].stressMPa, PEAK_MM3, betweenGrips(volume.mesh.positions, test, curve));
  return {
    id: curve.id,
    elementsNmm2: (strength.bendingStiffnessNmm2 * bySections) / turn,
    sectionsNmm2: strength.bendingStiffnessNmm2,
    elementsYieldNmm: ((material.yieldMPa ?? 0) * TEST_NMM) / peak.value,
    sectionsYieldNmm: strength.yieldMomentNmm,
  };
}

/** A thickness away from what is gripped, where the grip is not felt. */
const betweenGrips =
  (p: Float64Array, { tips, gripMm }: ArmTest, { thicknessMm }: Plate['curves'][number]) =>
  (node: number): boolean =>
    tips.every((tip) => distance([p[3 * node], p[3 * node + 1], p[3 * node + 2]], tip) > gripMm + thicknessMm);

/** That the fracture carries nothing is meant to be hard: yielding then is a warning, no reason to stop. */
function inWords(f: Finding): Finding {
  if (f.code === 'fea.coarse' || f.code === 'fea.topology')
    return { ...f, level: 'note', text: 'Rims of the seats are thinner than the elements, which leave them out' };
  if (f.code !== 'fea.yield' && f.code !== 'fea.fatigue') return f;
  return {
    ...f,
    level: 'warning',
    hint: 'The fracture must carry with it: no weight on the leg before it does, more screws, or a thicker or wider plate',
  };
}
