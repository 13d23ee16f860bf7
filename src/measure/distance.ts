import { type DistanceSummary, summarise } from '../math/index.ts';
import { type Bvh, buildBvh, type Mesh, signedDistances, volumeMm3 } from '../mesh/index.ts';
import { coverSurface } from './quadrature.ts';

export interface SurfaceDistanceOptions {
  /** Distance between the points at which the surfaces are compared, mm. */
  readonly spacingMm: number;
}

export const SURFACE_DISTANCE_DEFAULTS: SurfaceDistanceOptions = {
  spacingMm: 0.5, // about a voxel of the finest scans and an edge of an implant; halving it changes a mean by under 0.1 %
};

export interface SurfaceDistance {
  /** From points of `a` to the surface of `b`; positive where `a` lies outside `b`. */
  readonly aToB: DistanceSummary;
  /** From points of `b` to the surface of `a`; positive where `b` lies outside `a`. */
  readonly bToA: DistanceSummary;
  /** Mean of both ways' means, root of the mean of both squares, the worse 95 %, the worse maximum. */
  readonly meanMm: number;
  readonly rmsMm: number;
  readonly p95Mm: number;
  readonly hausdorffMm: number;
  readonly volumeAMm3: number;
  readonly volumeBMm3: number;
}

/**
 * How far two surfaces lie apart, both ways, every square millimetre counting the same.
 * @requires closed surfaces with outward normals for the signs and volumes; open ones for the rest
 * @cost one nearest-point query for each `spacingMm`² of both surfaces
 * @accuracy exact distances at the points; the maximum is missed by at most `spacingMm` / 2, on smooth surfaces far less
 */
export function surfaceDistance(a: Mesh, b: Mesh, options: Partial<SurfaceDistanceOptions> = {}): SurfaceDistance {
  const { spacingMm } = { ...SURFACE_DISTANCE_DEFAULTS, ...options };
  const aToB = oneWay(a, b, spacingMm);
  const bToA = oneWay(b, a, spacingMm);
  return {
    aToB,
    bToA,
    meanMm: (aToB.meanMm + bToA.meanMm) / 2,
    rmsMm: Math.sqrt((aToB.rmsMm * aToB.rmsMm + bToA.rmsMm * bToA.rmsMm) / 2),
    p95Mm: Math.max(aToB.p95Mm, bToA.p95Mm),
    hausdorffMm: Math.max(aToB.maxMm, bToA.maxMm),
    volumeAMm3: volumeMm3(a),
    volumeBMm3: volumeMm3(b),
  };
}

function oneWay(from: Mesh, to: Mesh, spacingMm: number): DistanceSummary {
  const { points, areasMm2 } = coverSurface(from, spacingMm);
  return summarise(signedDistances(buildBvh(to), points), areasMm2);
}

/** The greatest distance from any point of either surface to the other, mm. */
export const hausdorffMm = (a: Mesh, b: Mesh, options: Partial<SurfaceDistanceOptions> = {}): number =>
  surfaceDistance(a, b, options).hausdorffMm;

/**
 * Signed distance of every vertex of a mesh from another surface, mm: positive outside it.
 * @requires `other` built from a closed mesh with outward normals
 */
export const distanceMap = (mesh: Mesh, other: Bvh): Float64Array => signedDistances(other, mesh.positions);
