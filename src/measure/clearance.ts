import { type DistanceSummary, quantile, summarise } from '../math/index.ts';
import { type Box, type Bvh, type Mesh, signedDistances, volumeMm3 } from '../mesh/index.ts';
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
  spacingMm: 0.75, // every triangle of an implant once in the middle and at its corners
};

export interface Clearance {
  /** Least signed gap between the two surfaces, mm: negative is penetration, of which depths up to `maxMm` are told. */
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
 * @requires trees of closed meshes with outward normals
 * @cost a nearest-point query for each `spacingMm`² of both surfaces, cheap beyond `maxMm`
 * @accuracy gaps exact at the points, so the least gap is overstated by at most `spacingMm` / 2
 */
export function clearance(implant: Bvh, bone: Bvh, options: Partial<ClearanceOptions> = {}): Clearance {
  const o = { ...CLEARANCE_DEFAULTS, ...options };
  const cover = coverSurface(implant.mesh, o.spacingMm);
  const own = nearSigned(bone, cover.points, o.maxMm);
  const back = coverSurface(bone.mesh, o.spacingMm).points;
  const other = nearSigned(implant, back, o.maxMm);
  const [i, j] = [indexOfLeast(own), indexOfLeast(other)];
  const minGapMm = Math.min(own[i], other[j]);
  const [list, at] = own[i] <= other[j] ? [cover.points, i] : [back, j];
  const { gapMm } = jointSpaceAt(cover.points, cover.normals, bone, o);
  const depth = Math.max(0, -minGapMm);
  const volume = depth > 0 ? penetration(implant, bone, boxOfInside(cover.points, own, back, other), o) : NONE;
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
    vertexGapMm: gapMm.slice(gapMm.length - implant.mesh.positions.length / 3),
  };
}

/** Signed distances; what is farther than `maxMm` counts as infinitely far, unless all of it is. */
function nearSigned(to: Bvh, points: Float64Array, maxMm: number): Float64Array {
  const near = signedDistances(to, points, { limitMm: maxMm }).map((d) => (Number.isNaN(d) ? Infinity : d));
  return near.some((d) => d < Infinity) ? near : signedDistances(to, points);
}

const NONE: SampledVolume = { mm3: 0, errorMm3: 0 };

/** Edge of the smallest cells in which a common volume is counted, mm. */
const CELL_MM = 0.1;

function penetration(implant: Bvh, bone: Bvh, box: Box, o: ClearanceOptions): SampledVolume {
  if (!o.intersect) return commonVolume(implant, bone, box, CELL_MM);
  return { mm3: volumeMm3(o.intersect(implant.mesh, bone.mesh)), errorMm3: 0 };
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
