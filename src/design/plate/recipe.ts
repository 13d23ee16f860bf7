import { type Job, NO_JOB, OsteonError, type Vec3 } from '../../base/index.ts';
import { quantileSorted } from '../../math/index.ts';
import { wallThickness } from '../../measure/index.ts';
import { buildBvh, type Mesh, type SolidEngine, simplify, volumeMm3 } from '../../mesh/index.ts';
import type { Recipe } from '../recipe.ts';
import { plateBlank } from './body.ts';
import { boneSideOf, overlapOf } from './bone-side.ts';
import { curvesOn, onGround } from './curves.ts';
import { plateFindings } from './findings.ts';
import { bucketAt, bucketsOf, type Footprint, footprintOf, type Lateral, lateral } from './footprint.ts';
import { footOf, type Ground, plateGround } from './ground.ts';
import { holeTool, type PlannedHole, planHole } from './holes.ts';
import { insertionOf } from './insertion.ts';
import { PLATE_PARAMS, type PlateValues } from './params.ts';
import { armStrength } from './strength.ts';
import { suggestNetwork } from './suggest.ts';
import type { ArmCurve, Plate, PlateMaterial, PlateNetwork, PlateScrew } from './types.ts';

export interface PlateInput {
  /** The reduced bone, closed: one mesh, or its fragments each; LPS mm. */
  readonly bones: readonly Mesh[];
  /** Absent: suggested from the screws. */
  readonly network?: PlateNetwork;
  readonly screws: readonly PlateScrew[];
  readonly material: PlateMaterial;
  /** The hip joint: no part of a plate may lie in it. */
  readonly joint?: { readonly centreMm: Vec3; readonly radiusMm: number };
  readonly solids: SolidEngine;
}

/** A plate that follows the reduced bone, with the holes of its screws. */
export const plateRecipe: Recipe<typeof PLATE_PARAMS, PlateInput, Plate> = {
  id: 'plate.bone',
  version: 2,
  title: 'Bone plate',
  params: PLATE_PARAMS,
  run: (input, values, job) => {
    const output = designPlate(input, values, job);
    return { output, findings: output.findings };
  },
};

/**
 * A plate from a network on the reduced bone and the screws: a pure function, so it is the new plate wherever a screw, the
 * network or the reduction has moved.
 * @throws plate.network, plate.point-off-bone, plate.not-connected, plate.too-large, param.missing, mesh.boolean-failed
 * @cost docs/evidence/plate.md
 * @job every stage
 */
export function designPlate(input: PlateInput, v: PlateValues, job: Job = NO_JOB): Plate {
  const { bones, screws, material, solids, joint } = input;
  const network = input.network ?? suggestNetwork(bones, screws, v, job.part(0, 0.15));
  const widest = network.arms.reduce((w, a) => Math.max(w, a.widthMm ?? 0), v.widthMm);
  const all = network.points.flatMap((p) => [...p.at]);
  const ground = plateGround(bones, all, widest / 2 + ROOM_MM, v.bridgeRadiusMm, job.part(0.15, 0.35));
  const { arms, fill, findings } = curvesOn(network, ground, v);
  const reachable = reachScrews(screws, arms, ground, v);
  const curves = [...arms, ...reachable.stubs];
  const footprint = footprintOf(curves, fill, v.thicknessMm, v.filletMm);
  const holes = plannedHoles(reachable.on, ground, footprint, v);
  job.at(0.4);
  const blank = plateBlank(ground, footprint, holes, v, job.part(0.4, 0.75));
  const body = holes.length ? withoutNeedles(solids.difference(blank.mesh, holes.map(holeTool))) : blank.mesh;
  const boneSide = boneSideOf(body, ground, v.standOffMm);
  const overlap = overlapOf(body, ground.bone);
  const volume = volumeMm3(body);
  job.at(0.85);
  const plate: Omit<Plate, 'findings'> = {
    body,
    blank: blank.mesh,
    curves,
    boneSide,
    holes: holes.map((h) => h.hole),
    volumeMm3: volume,
    massG: (volume * material.densityGPerCm3) / 1000,
    material,
    wallMm: leastWallMm(blank.mesh, holes),
    overlapPairs: overlap.pairs,
    overlapMm3: overlapMm3(body, bones, overlap, solids),
    strength: arms.map((a) => armStrength(body, a, material)),
    insertion: insertionOf(body, v.windowMm, v.openingMm),
  };
  job.at(1);
  return {
    ...plate,
    findings: [
      ...findings,
      ...plateFindings(plate, v, { dropped: blank.dropped, off: reachable.off, ...(joint && { joint }) }),
    ],
  };
}

/** The shortest way between two drawn points may leave their box by this much, mm. */
const ROOM_MM = 14;

/** Set operations leave needles at rims, some of no height, which by rounding cut their neighbours; half a micrometre. */
const NEEDLE_MM = 5e-4;
const withoutNeedles = (mesh: Mesh): Mesh => simplify(mesh, { maxDeviationMm: NEEDLE_MM }).mesh;

/** 1 % of the blank may seem thinner: places by an edge, where an inscribed ball says nothing about a wall. */
const THIN_FRACTION = 0.01;

function leastWallMm(blank: Mesh, holes: readonly PlannedHole[]): number {
  const balls = wallThickness(buildBvh(blank))
    .vertexMm.filter((x) => !Number.isNaN(x))
    .sort();
  return Math.min(quantileSorted(balls, THIN_FRACTION), ...holes.map((h) => h.hole.wallUnderSeatMm));
}

/** Exactly zero where no triangles meet; else as the solid engine measures it. */
function overlapMm3(
  body: Mesh,
  bones: readonly Mesh[],
  { pairs, inside }: { pairs: number; inside: boolean },
  solids: SolidEngine,
): number {
  if (pairs === 0 && !inside) return 0;
  return bones.reduce((sum, bone) => sum + volumeMm3(solids.intersection([body, bone])), 0);
}

interface Reached {
  readonly on: readonly PlateScrew[];
  readonly off: readonly { readonly screw: PlateScrew; readonly distanceMm: number }[];
  /** Arms to screws that lie beside the network. */
  readonly stubs: readonly ArmCurve[];
}

/** Which screws the plate carries, and the short arms to those that lie beside it. */
function reachScrews(
  screws: readonly PlateScrew[],
  arms: readonly ArmCurve[],
  ground: Ground,
  v: PlateValues,
): Reached {
  const on: PlateScrew[] = [];
  const off: Reached['off'][number][] = [];
  const stubs: ArmCurve[] = [];
  for (const screw of screws) {
    const foot = footOf(ground, screw.entryMm).at;
    const near = nearestArm(foot, arms);
    const beside = near.mm - near.arm.widthMm / 2;
    if (beside > v.screwReachMm) {
      off.push({ screw, distanceMm: beside });
      continue;
    }
    on.push(screw);
    if (beside > 0) stubs.push(stubTo(screw, foot, near, ground, v));
  }
  return { on, off, stubs };
}

function nearestArm([x, y, z]: Vec3, arms: readonly ArmCurve[]): { arm: ArmCurve; at: Vec3; mm: number } {
  let best = { arm: arms[0], at: [0, 0, 0] as Vec3, mm: Number.POSITIVE_INFINITY };
  for (const arm of arms) {
    const p = arm.points;
    for (let i = 0; i < p.length; i += 3) {
      const mm = Math.hypot(p[i] - x, p[i + 1] - y, p[i + 2] - z);
      if (mm < best.mm) best = { arm, at: [p[i], p[i + 1], p[i + 2]], mm };
    }
  }
  return best;
}

function stubTo(
  screw: PlateScrew,
  foot: Vec3,
  { arm, at, mm }: { arm: ArmCurve; at: Vec3; mm: number },
  ground: Ground,
  v: PlateValues,
): ArmCurve {
  const pieces = Math.max(2, Math.round(mm / 1.5));
  const line = new Float64Array(3 * (pieces + 1));
  for (let i = 0; i <= pieces; i++)
    for (let k = 0; k < 3; k++) line[3 * i + k] = at[k] + ((foot[k] - at[k]) * i) / pieces;
  const widthMm = Math.min(arm.widthMm, screw.screw.headDiameterMm + 2 * v.bossWallMm);
  return { id: `to screw ${screw.id}`, ...onGround(line, ground), widthMm, thicknessMm: arm.thicknessMm, lengthMm: mm };
}

function plannedHoles(
  screws: readonly PlateScrew[],
  ground: Ground,
  footprint: Footprint,
  v: PlateValues,
): PlannedHole[] {
  const buckets = bucketsOf(footprint, 10);
  const out: Lateral = { mm: 0, dx: 0, dy: 0, dz: 0, thicknessMm: 0 };
  return screws.map((screw) => {
    if (!(Math.abs(Math.hypot(...screw.direction) - 1) < 1e-6))
      throw new OsteonError('param.range', { screw: screw.id, what: 'direction of unit length' });
    const { at, normal } = footOf(ground, screw.entryMm);
    lateral(footprint, bucketAt(buckets, ...at), ...at, ...normal, out);
    return planHole(screw, ground, out.thicknessMm || v.thicknessMm, -out.mm, v);
  });
}
