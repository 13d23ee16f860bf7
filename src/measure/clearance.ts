import { type DistanceSummary, quantile, summarise } from '../math/index.ts';
import { type Box, type Bvh, buildBvh, type Mesh, signedDistances, volumeMm3 } from '../mesh/index.ts';
import { JOINT_SPACE_DEFAULTS, type JointSpaceOptions, jointSpaceAt } from './joint-space.ts';
import { commonVolume, type SampledVolume } from './penetration.ts';
import { coverSurface } from './quadrature.ts';

export interface ClearanceOptions extends JointSpaceOptions {
  /** Where the gap is at most this, the surfaces count as in contact, mm. */
  readonly contactMm: number;
  /** Distance between the points at which the surfaces are compared, mm. */
  readonly spacingMm: number;
  /** Intersects two solids exactly; without it the penetrated volume is counted on a grid. */
  readonly intersect?: (a: Mesh, b: Mesh) => Mesh;
}

export const CLEARANCE_DEFAULTS: ClearanceOptions = {
  ...JOINT_SPACE_DEFAULTS,
  contactMm: 1.5, // gaps below the thinnest healthy ankle cartilage pair, about 1.5 mm, bear load
  spacingMm: 0.5, // an implant's edge length
};

export interface Clearance {
  /** Least signed gap between the two surfaces, mm: negative is penetration. */
  readonly minGapMm: number;
  /** Point of the implant, or of the bone, where it is; LPS mm. */
  readonly minGapAt: readonly [number, number, number];
  readonly penetrationDepthMm: number;
  readonly penetrationMm3: number;
  /** How far the penetrated volume may be off, mm³. 0 for an exact intersection. */
  readonly penetrationErrorMm3: number;
  /** Area of the implant that faces the bone within `contactMm`, penetrating area included, mm². */
  readonly contactMm2: number;
  /** Area of the implant that forms a joint with the bone, mm². */
  readonly jointMm2: number;
  /** Joint space over that area. */
  readonly jointSpace: DistanceSummary;
  readonly jointSpaceMedianMm: number;
  /** Joint space at each vertex of the implant, mm; NaN where no bone faces it. */
  readonly vertexGapMm: Float64Array;
}

/**
 * Room between an implant and a bone.
 * @requires closed meshes with outward normals
 * @cost two nearest-point queries for each `spacingMm`² of both surfaces, and where they meet a grid of the same spacing
 * @accuracy gaps exact at the points, so the least gap is overstated by at most `spacingMm` / 2
 */
export function clearance(implant: Mesh, bone: Mesh, options: Partial<ClearanceOptions> = {}): Clearance {
  const o = { ...CLEARANCE_DEFAULTS, ...options };
  const implantBvh = buildBvh(implant);
  const boneBvh = buildBvh(bone);
  const cover = coverSurface(implant, o.spacingMm);
  const own = signedDistances(boneBvh, cover.points);
  const back = coverSurface(bone, o.spacingMm).points;
  const other = signedDistances(implantBvh, back);
  const [i, j] = [indexOfLeast(own), indexOfLeast(other)];
  const minGapMm = Math.min(own[i], other[j]);
  const [list, at] = own[i] <= other[j] ? [cover.points, i] : [back, j];
  const { gapMm } = jointSpaceAt(cover.points, cover.normals, boneBvh, o);
  const depth = Math.max(0, -minGapMm);
  const volume = depth > 0 ? penetration(implantBvh, boneBvh, boxOfInside(cover.points, own, back, other), o) : NONE;
  return {
    minGapMm,
    minGapAt: [list[3 * at], list[3 * at + 1], list[3 * at + 2]],
    penetrationDepthMm: depth,
    penetrationMm3: volume.mm3,
    penetrationErrorMm3: volume.errorMm3,
    contactMm2: areaWhere(gapMm, cover.areasMm2, (g) => g <= o.contactMm),
    jointMm2: areaWhere(gapMm, cover.areasMm2, () => true),
    jointSpace: summarise(gapMm, cover.areasMm2),
    jointSpaceMedianMm: quantile(gapMm, 0.5),
    vertexGapMm: gapMm.slice(gapMm.length - implant.positions.length / 3),
  };
}

const NONE: SampledVolume = { mm3: 0, errorMm3: 0 };

function penetration(implant: Bvh, bone: Bvh, box: Box, o: ClearanceOptions): SampledVolume {
  if (o.intersect) return { mm3: volumeMm3(o.intersect(implant.mesh, bone.mesh)), errorMm3: 0 };
  const spacingMm = Math.max(
    Math.cbrt(((box.hi[0] - box.lo[0]) * (box.hi[1] - box.lo[1]) * (box.hi[2] - box.lo[2])) / 1e5),
    0.05,
  );
  return commonVolume(implant, bone, box, spacingMm);
}

/** Box of the points of either surface that lie inside the other body: it holds the common part. */
function boxOfInside(p: Float64Array, dp: Float64Array, q: Float64Array, dq: Float64Array): Box {
  const lo: [number, number, number] = [Infinity, Infinity, Infinity];
  const hi: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const [points, distances] of [[p, dp] as const, [q, dq] as const])
    for (let i = 0; i < distances.length; i++)
      if (distances[i] <= 0)
        for (let k = 0; k < 3; k++) {
          lo[k] = Math.min(lo[k], points[3 * i + k]);
          hi[k] = Math.max(hi[k], points[3 * i + k]);
        }
  return { lo, hi };
}

const indexOfLeast = (values: Float64Array): number => {
  let at = 0;
  for (let i = 1; i < values.length; i++) if (values[i] < values[at]) at = i;
  return at;
};

function areaWhere(gapMm: Float64Array, areasMm2: Float64Array, test: (gap: number) => boolean): number {
  let sum = 0;
  for (let i = 0; i < gapMm.length; i++) if (!Number.isNaN(gapMm[i]) && test(gapMm[i])) sum += areasMm2[i];
  return sum;
}
