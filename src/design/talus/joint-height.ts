import { type Finding, type LpsTransform, OsteonError, type Vec3 } from '../../base/index.ts';
import { apply, dot, invert, quantile, rotationAngleRad, scale, sub, translation } from '../../math/index.ts';
import { jointSpaceAt } from '../../measure/index.ts';
import { type Bvh, buildBvh } from '../../mesh/index.ts';
import { type Alignment, alignSurfaces, type SurfaceSamples, sampleSurface } from '../../register/index.ts';
import { type Hindfoot, transformHindfoot, treesOf } from './bones.ts';
import { ankleCentre, type Shank, shankAxis } from './shank.ts';

export interface JointHeightOptions {
  /** Part of the answer taken from equal joint space; the rest from the healthy tibia's place. 0 to 1. */
  readonly spaceShareFraction: number;
  /** Surfaces farther apart than this do not form the ankle joint, mm. */
  readonly jointMaxMm: number;
  /** The tibia is raised further until nothing is nearer to the implant than this, mm. */
  readonly minGapMm: number;
  /** Two ways of finding the height that differ by more than this are reported as a warning, mm. */
  readonly disagreementMm: number;
}

export interface JointHeight {
  /** Motion of affected tibia and fibula together. */
  readonly lpsFromAffected: LpsTransform;
  /** Its length along the shank's axis, mm: positive lengthens the leg. */
  readonly heightMm: number;
  readonly shank: Shank;
  /** Height that gives the implant the healthy ankle's joint space, mm. */
  readonly fromJointSpaceMm: number;
  /** Robust standard deviation of what is left between the two joint spaces, mm. */
  readonly jointSpaceSdMm: number;
  /** Height that brings the affected tibia to where the healthy one stands over its talus, mm. */
  readonly fromHealthyTibiaMm: number;
  /** The whole motion to the healthy tibia's place, of which only the height is used: it holds the foot's posture too. */
  readonly lpsHealthyFromAffected: LpsTransform;
  readonly tibia: Alignment;
  readonly findings: readonly Finding[];
}

/**
 * How far tibia and fibula have sunk onto a collapsed talus, and the motion that gives it back.
 *
 * Two independent ways, along the axis of the shank: the height at which the gaps between tibia, fibula and the mirrored
 * talus equal those of the healthy ankle, and the height at which the affected tibia stands where the mirrored healthy one
 * stands. The first sees only joint surfaces, the second the whole bone; what one side's anatomy differs from the other
 * pulls them apart, so the answer lies between and the difference is reported.
 * @param affected the affected side as scanned
 * @param mirrored the healthy side's bones at the implant's place (mirrored and seated)
 */
export function restoreJointHeight(affected: Hindfoot, mirrored: Hindfoot, o: JointHeightOptions): JointHeight {
  const tibia = alignSurfaces(affected.tibia, mirrored.tibia);
  const lpsHealthyFromAffected = tibia.lpsFromMoving;
  // The healthy ankle says where the joint's centre is; the affected one may be worn or sunk into the implant.
  const healthyCentre = ankleCentre(mirrored.tibia, buildBvh(mirrored.talus));
  const jointCentre = apply(invert(lpsHealthyFromAffected), healthyCentre);
  const shank: Shank = { jointCentre, axis: shankAxis(affected.tibia, jointCentre) };
  const fromHealthyTibiaMm = dot(sub(healthyCentre, jointCentre), shank.axis);
  const talus = sampleSurface(mirrored.talus, SAMPLES);
  const affectedShank = treesOf(affected, SHANK);
  const held = treesOf(transformHindfoot(lpsHealthyFromAffected, affected), SHANK);
  const extra = equalJointSpace(talus, held, treesOf(mirrored, SHANK), shank.axis, 0, o);
  const space = { heightMm: fromHealthyTibiaMm + extra.heightMm, sdMm: extra.sdMm };
  const wantedMm = o.spaceShareFraction * space.heightMm + (1 - o.spaceShareFraction) * fromHealthyTibiaMm;
  const heightMm = raisedUntilClear(talus, affectedShank, shank.axis, wantedMm, o.minGapMm);
  const height = {
    lpsFromAffected: translation(scale(shank.axis, heightMm)),
    heightMm,
    shank,
    fromJointSpaceMm: space.heightMm,
    jointSpaceSdMm: space.sdMm,
    fromHealthyTibiaMm,
    lpsHealthyFromAffected,
    tibia,
  };
  return { ...height, findings: findingsOf(height, wantedMm, o) };
}

const SHANK = ['tibia', 'fibula'] as const;
/** Points on the talus at which joint space is compared: about one for every square millimetre. */
const SAMPLES = 8000;
const TUKEY = 4.685;
const MAD_TO_SD = 1.4826;

/**
 * Height at which the gaps from the talus' points to the affected bones equal those to the healthy ones: weighted least
 * squares with Tukey's weights, Newton's steps on one unknown. A bone that rises by h is a point that sinks by h.
 */
function equalJointSpace(
  talus: SurfaceSamples,
  affected: readonly Bvh[],
  healthy: readonly Bvh[],
  axis: Vec3,
  startMm: number,
  o: JointHeightOptions,
): { heightMm: number; sdMm: number } {
  const wanted = healthy.map((bone) => jointSpaceAt(talus.points, talus.normals, bone, { maxMm: o.jointMaxMm }).gapMm);
  const limits = { maxMm: o.jointMaxMm + SEARCH_MM };
  let heightMm = startMm;
  let sdMm = 0;
  for (let step = 0; step < 50; step++) {
    const points = shifted(talus.points, axis, -heightMm);
    const gaps = affected.map((bone) => jointSpaceAt(points, talus.normals, bone, limits));
    const rows: [misfitMm: number, slope: number][] = [];
    gaps.forEach(({ gapMm, towards }, b) => {
      for (let i = 0; i < gapMm.length; i++) {
        const misfit = gapMm[i] - wanted[b][i];
        if (Number.isNaN(misfit)) continue;
        const k = 3 * i;
        rows.push([misfit, towards[k] * axis[0] + towards[k + 1] * axis[1] + towards[k + 2] * axis[2]]);
      }
    });
    if (rows.length < 100)
      throw new OsteonError('register.no-overlap', { facingSamples: rows.length }, 'No ankle joint.');
    sdMm = Math.max(
      1e-4,
      MAD_TO_SD *
        quantile(
          rows.map(([misfit]) => Math.abs(misfit)),
          0.5,
        ),
    );
    let slopes = 0;
    let pull = 0;
    for (const [misfit, slope] of rows) {
      const u = misfit / (TUKEY * sdMm);
      if (u <= -1 || u >= 1) continue;
      const w = (1 - u * u) * (1 - u * u);
      slopes += w * slope * slope;
      pull -= w * slope * misfit;
    }
    const change = pull / slopes;
    heightMm += change;
    if (Math.abs(change) < 1e-6) break;
  }
  return { heightMm, sdMm };
}

/** While the height is still wrong the gaps are wrong by as much: collapses of more than this are not expected, mm. */
const SEARCH_MM = 4;

function shifted(points: Float64Array, axis: Vec3, mm: number): Float64Array {
  const out = new Float64Array(points.length);
  for (let i = 0; i < out.length; i++) out[i] = points[i] + mm * axis[i % 3];
  return out;
}

/** Step by which the shank is raised off the implant, mm, and the most it is raised. */
const RAISE_MM = 0.05;
const RAISE_MAX_MM = 3;
/** Raising the shank opens a gap only where the surfaces face each other along it, to within about 60°. */
const OPENS_COS = 0.5;

function raisedUntilClear(
  talus: SurfaceSamples,
  bones: readonly Bvh[],
  axis: Vec3,
  fromMm: number,
  minMm: number,
): number {
  for (let h = fromMm; h < fromMm + RAISE_MAX_MM; h += RAISE_MM) {
    const points = shifted(talus.points, axis, -h);
    if (bones.every((bone) => leastGapAlong(points, talus.normals, bone, axis) >= minMm)) return h;
  }
  return fromMm;
}

function leastGapAlong(points: Float64Array, normals: Float64Array, bone: Bvh, axis: Vec3): number {
  const { gapMm, towards } = jointSpaceAt(points, normals, bone);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < gapMm.length; i++) {
    const slope = towards[3 * i] * axis[0] + towards[3 * i + 1] * axis[1] + towards[3 * i + 2] * axis[2];
    if (slope > OPENS_COS && gapMm[i] < least) least = gapMm[i];
  }
  return least;
}

function findingsOf(h: Omit<JointHeight, 'findings'>, wantedMm: number, o: JointHeightOptions): Finding[] {
  const turnDeg = (rotationAngleRad(h.lpsHealthyFromAffected) * 180) / Math.PI;
  const facts = {
    heightMm: h.heightMm,
    fromJointSpaceMm: h.fromJointSpaceMm,
    fromHealthyTibiaMm: h.fromHealthyTibiaMm,
  };
  const findings: Finding[] = [
    {
      level: Math.abs(h.fromJointSpaceMm - h.fromHealthyTibiaMm) > o.disagreementMm ? 'warning' : 'note',
      code: 'talus.joint-height',
      text: 'height given back to the joint, by equal joint space and by the healthy tibia',
      facts: { ...facts, turnNotUsedDeg: turnDeg },
      hint: 'The turn between the two shanks is how the feet were held; only the height is used.',
    },
  ];
  if (h.heightMm > wantedMm)
    findings.push({
      level: 'warning',
      code: 'talus.raised',
      text: 'tibia and fibula were raised further so that they clear the implant',
      facts: { raisedMm: h.heightMm - wantedMm, minGapMm: o.minGapMm },
    });
  return findings;
}
