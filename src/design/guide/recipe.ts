import { type Job, NO_JOB, OsteonError, type Side, type Vec3 } from '../../base/index.ts';
import { cross, dot, quantileSorted } from '../../math/index.ts';
import { wallThickness } from '../../measure/index.ts';
import {
  type Bvh,
  buildBvh,
  closestPoints,
  joinMeshes,
  type Mesh,
  type SolidEngine,
  volumeMm3,
} from '../../mesh/index.ts';
import { isoSurface } from '../../surface/index.ts';
import {
  type ArmCurve,
  footprintOf,
  type Ground,
  insertionOf,
  latheSolid,
  type Plate,
  type PlateScrew,
  plateField,
  plateGround,
} from '../plate/index.ts';
import type { Recipe } from '../recipe.ts';
import { type GuideShape, guideBody } from './body.ts';
import { guideFindings } from './findings.ts';
import { type Leg, placeLegs } from './legs.ts';
import { textTool } from './lettering.ts';
import { GUIDE_PARAMS, GUIDE_PROCESSES, type GuideProcessName, type GuideValues } from './params.ts';
import { removalDirection, undercutsAlong } from './removal.ts';
import { contactsOf, seatOf } from './seat.ts';
import { placeText } from './tab.ts';
import type { Guide, GuideBore } from './types.ts';

export interface GuideInput {
  readonly plate: Plate;
  /** The reduced bone, closed: one mesh, or its fragments each; LPS mm. */
  readonly bones: readonly Mesh[];
  readonly screws: readonly PlateScrew[];
  /** Engraved; never a patient's name. */
  readonly caseId: string;
  readonly side: Side;
  readonly process: GuideProcessName;
  /** Out of the wound, where it is known: the guide comes off within 40° of it. */
  readonly approach?: Vec3;
  readonly joint?: { readonly centreMm: Vec3; readonly radiusMm: number };
  /** Incision, as for the plate. */
  readonly windowMm: number;
  readonly openingMm: number;
  readonly solids: SolidEngine;
}

/** A drilling guide that sits on a plate and aims the drill along the axes of its screws. */
export const guideRecipe: Recipe<typeof GUIDE_PARAMS, GuideInput, Guide> = {
  id: 'guide.drill',
  version: 1,
  title: 'Drilling guide',
  params: GUIDE_PARAMS,
  run: (input, values, job) => {
    const output = designGuide(input, values, job);
    return { output, findings: output.findings };
  },
};

/**
 * A drilling guide for a plate: a pure function of plate, bone and screws.
 * @throws param.missing for a plate without holes, plate.too-large, mesh.empty, mesh.boolean-failed
 * @cost docs/evidence/plate.md
 * @job every stage
 */
export function designGuide(input: GuideInput, v: GuideValues, job: Job = NO_JOB): Guide {
  const { plate, bones, screws, solids } = input;
  if (plate.holes.length === 0)
    throw new OsteonError('param.missing', { param: 'holes' }, 'A guide needs a plate with screws.');
  const arms = plate.curves;
  const points = arms.flatMap((a) => [...a.points]);
  const widest = arms.reduce((w, a) => Math.max(w, a.widthMm), 0);
  const besideMm = v.plateGapMm + v.wallMm;
  const reach = widest / 2 + besideMm + v.legMm + v.legWidthMm / 2 + 4;
  const ground = plateGround(bones, points, reach, GROUND_RADIUS_MM, job.part(0, 0.2));
  const { direction: removal, reachedFraction } = removalDirection(
    plate.blank,
    ground.bone,
    outerSide(plate),
    input.approach,
  );
  job.at(0.25);
  const lengths = plate.holes.map((h) => screws.find((s) => s.id === h.screwId)?.lengthMm ?? 30);
  const legs = placeLegs(arms, plate.holes, lengths, ground, {
    count: v.legs,
    lengthMm: v.legMm,
    widthMm: v.legWidthMm,
    besideMm,
    removal,
    thicknessMm: v.wallMm,
    wireMm: v.wireMm,
    ...(input.joint && { joint: input.joint }),
  });
  const bores = [...sleevesOf(plate, screws, v), ...wiresOf(legs, v)];
  const text = [input.caseId, input.side.toUpperCase()];
  const letters = placeText(arms, bores, text, removal, ground, v);
  const shape: GuideShape = {
    ...v,
    plate: plate.blank,
    legs: legMesh(legs, ground, v),
    bores,
    tab: letters && { ...letters, deepMm: v.wallMm + 1 },
    removal,
  };
  const solid = guideBody(shape, ground, job.part(0.3, 0.75));
  const tools = [
    ...bores.map(boreTool),
    ...(letters ? [textTool(letters.lines, letters.place, letters.sizeMm, v.engraveMm)] : []),
  ];
  const body = solids.difference(solid.mesh, tools);
  job.at(0.8);
  const plateTree = buildBvh(plate.body);
  const both = buildBvh(joinMeshes([plate.blank, ...bones]));
  const contacts = contactsOf(solid.mesh, plateTree, v.plateGapMm, ground.bone, v.boneGapMm);
  const balls = wallThickness(buildBvh(solid.mesh))
    .vertexMm.filter((x) => !Number.isNaN(x))
    .sort();
  job.at(0.9);
  const volume = volumeMm3(body);
  const guide: Omit<Guide, 'findings'> = {
    body,
    removal,
    bores,
    legs: legs.map((l) => ({ atMm: l.endMm, normal: l.endNormal })),
    text: letters?.lines ?? [],
    seat: seatOf(contacts, both, removal, reachedFraction),
    plateGapMm: leastGap(body, plateTree),
    boneGapMm: leastGap(body, ground.bone),
    wallMm: quantileSorted(balls, THIN_FRACTION),
    undercuts: undercutsAlong(body, [plateTree, ground.bone], removal),
    volumeMm3: volume,
    massG: (volume * GUIDE_PROCESSES[input.process].densityGPerCm3) / 1000,
    insertion: insertionOf(body, input.windowMm, input.openingMm),
  };
  job.at(1);
  return { ...guide, findings: guideFindings(guide, input, v, ground.bone, solid.dropped) };
}

/** Hollows narrower than this do not matter to what lies at a gap of some tenths, mm. */
const GROUND_RADIUS_MM = 6;
/** 1 % of the body may seem thinner: places by an edge, where an inscribed ball says nothing about a wall. */
const THIN_FRACTION = 0.01;

/** 1 for triangles of the blank that do not lie on the bone. */
function outerSide({ blank, curves }: Plate): Uint8Array {
  const { positions: p, triangles: t } = blank;
  const out = new Uint8Array(t.length / 3);
  for (let i = 0; i < out.length; i++) {
    const [a, b, c] = [3 * t[3 * i], 3 * t[3 * i + 1], 3 * t[3 * i + 2]];
    const u: Vec3 = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
    const n = cross(u, [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]]);
    out[i] = dot(n, nearestNormal([p[a], p[a + 1], p[a + 2]], curves)) > -0.3 * Math.hypot(...n) ? 1 : 0;
  }
  return out;
}

function nearestNormal([x, y, z]: Vec3, curves: readonly ArmCurve[]): Vec3 {
  let best: Vec3 = [0, 0, 1];
  let least = Number.POSITIVE_INFINITY;
  for (const { points: p, normals: n } of curves)
    for (let i = 0; i < p.length; i += 3) {
      const dx = p[i] - x;
      const dy = p[i + 1] - y;
      const dz = p[i + 2] - z;
      const d = dx * dx + dy * dy + dz * dz;
      if (d >= least) continue;
      least = d;
      best = [n[i], n[i + 1], n[i + 2]];
    }
  return best;
}

function sleevesOf(plate: Plate, screws: readonly PlateScrew[], v: GuideValues): GuideBore[] {
  return plate.holes.map((h): GuideBore => {
    const drill = screws.find((s) => s.id === h.screwId)?.screw.drillMm;
    if (drill === undefined) throw new OsteonError('param.missing', { param: 'screw', screw: h.screwId });
    const boreDiameterMm = drill + v.boreGapMm;
    const top = Math.max(h.outerSideMm, h.seatTopMm) + v.plateGapMm + v.wallMm;
    return {
      id: h.screwId,
      kind: 'sleeve',
      entryMm: h.entryMm,
      outward: h.outward,
      boreDiameterMm,
      outerDiameterMm: boreDiameterMm + 2 * v.sleeveWallMm,
      fromMm: h.boneSideMm,
      toMm: top + v.sleeveMm,
    };
  });
}

/** Wires stand upright on the bone at the ends of the extensions, so that together they hold the guide down. */
function wiresOf(legs: readonly Leg[], v: GuideValues): GuideBore[] {
  return legs.slice(0, v.wires).map((l, i): GuideBore => {
    const boreDiameterMm = v.wireMm + v.boreGapMm;
    return {
      id: `wire ${i + 1}`,
      kind: 'wire',
      entryMm: l.endMm,
      outward: l.endNormal,
      boreDiameterMm,
      outerDiameterMm: boreDiameterMm + 2 * v.sleeveWallMm,
      fromMm: 0,
      toMm: v.boneGapMm + v.wallMm + WIRE_LEAD_MM,
    };
  });
}

/** A wire is led on this way above the extension, mm. */
const WIRE_LEAD_MM = 5;

const boreTool = (b: GuideBore): Mesh =>
  latheSolid(
    [
      [b.boreDiameterMm / 2, b.fromMm - 15],
      [b.boreDiameterMm / 2, b.toMm + 5],
    ],
    b.entryMm,
    b.outward,
  );

function legMesh(legs: readonly Leg[], ground: Ground, v: GuideValues): Mesh {
  if (legs.length === 0) return { positions: new Float64Array(0), triangles: new Uint32Array(0) };
  const footprint = footprintOf(
    legs.map((l) => l.curve),
    [],
    v.wallMm,
    1,
  );
  const edges = { outerEdgeMm: 1, boneEdgeMm: 0.2 };
  return isoSurface(
    plateField(
      ground,
      footprint,
      [],
      { standOffMm: v.boneGapMm, ...edges, gridMm: v.gridMm, deviationMm: v.deviationMm },
      NO_JOB,
    ),
    0,
    { solid: 'below' },
  );
}

function leastGap(body: Mesh, obstacle: Bvh): number {
  const toObstacle = closestPoints(obstacle, body.positions, { limitMm: 5 }).distanceMm;
  const toBody = closestPoints(buildBvh(body), obstacle.mesh.positions, { limitMm: 5 }).distanceMm;
  let least = Number.POSITIVE_INFINITY;
  for (const list of [toObstacle, toBody]) for (const d of list) if (d < least) least = d;
  return least;
}
