import { OsteonError } from '../../base/index.ts';
import type { MeshFile } from '../../io/index.ts';
import { SURFACE_DISTANCE_DEFAULTS, type SurfaceDistance, surfaceDistance } from '../../measure/index.ts';
import { areaMm2, type Mesh, transformMesh } from '../../mesh/index.ts';
import { ALIGN_DEFAULTS, type Alignment, alignSurfaces } from '../../register/index.ts';
import type { Engines } from '../engines.ts';
import type { Step } from '../step.ts';

/** How far two surfaces lie apart, both ways. */
export const meshCompare: Step<{ a: MeshFile; b: MeshFile }, { spacingMm: number }, SurfaceDistance, Engines> = {
  id: 'mesh.compare',
  version: 1,
  label: 'measuring distances',
  costS: 2,
  params: {
    spacingMm: {
      label: 'distance between the points at which the surfaces are compared',
      unit: 'mm',
      default: SURFACE_DISTANCE_DEFAULTS.spacingMm,
      min: 0.05,
      max: 10,
      source: 'about a voxel of a fine scan; halving it changes a mean by under 0.1 %',
    },
  },
  handler({ a, b }, { spacingMm }) {
    const points = (areaMm2(a.mesh) + areaMm2(b.mesh)) / (spacingMm * spacingMm);
    if (points > MAX_POINTS)
      throw new OsteonError(
        'io.limit',
        { points: Math.round(points), limit: MAX_POINTS },
        'Raise --spacing-mm, or check the units',
      );
    return surfaceDistance(a.mesh, b.mesh, { spacingMm });
  },
};

/** A pelvis at half a millimetre has about a million. */
const MAX_POINTS = 10_000_000;

export interface Registered {
  readonly alignment: Alignment;
  /** The moving mesh in its new place. */
  readonly mesh: Mesh;
}

/** One surface brought onto another, without landmarks. */
export const meshRegister: Step<
  { moving: MeshFile; fixed: MeshFile },
  { mirror: boolean; samples: number; overlapMm: number; minOverlapFraction: number },
  Registered,
  Engines
> = {
  id: 'mesh.register',
  version: 1,
  label: 'aligning surfaces',
  costS: 2,
  params: {
    mirror: {
      label: 'the moving surface is of the other side of the body',
      unit: '',
      default: false,
      source: 'the caller',
    },
    samples: {
      label: 'points on each surface in the last stage',
      unit: '',
      default: ALIGN_DEFAULTS.samples,
      min: 100,
      max: 100_000,
      source: 'noise of 0.1 mm on each then moves the answer by a few micrometres',
    },
    overlapMm: {
      label: 'a point farther than this from the other surface does not overlap it',
      unit: 'mm',
      default: ALIGN_DEFAULTS.overlapMm,
      min: 0.1,
      max: 20,
      source: 'left and right bones of one person differ by up to about 1.5 mm at 95 %',
    },
    minOverlapFraction: {
      label: 'less overlap than this is refused',
      unit: '',
      default: ALIGN_DEFAULTS.minOverlapFraction,
      min: 0.05,
      max: 1,
      source: 'below a third the answer rests on too little surface',
    },
  },
  handler({ moving, fixed }, params, { job }) {
    const alignment = alignSurfaces(moving.mesh, fixed.mesh, params, job);
    return { alignment, mesh: transformMesh(alignment.lpsFromMoving, moving.mesh) };
  },
};
