import { type Finding, type Job, NO_JOB, type Transform, type Vec3 } from '../base/index.ts';
import { applyAll } from '../math/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { type Coupon, placeCoupons } from './coupons.ts';
import type { Faces } from './faces.ts';
import { findIslands, type Island } from './islands.ts';
import { layerHeights, sliceMesh } from './layers.ts';
import { orientAs, searchOrientations } from './orient.ts';
import { type Orientation, orientOptionsOf } from './orientation.ts';
import { requireRoom } from './printability.ts';
import { checkProcess, type Process, settingOf } from './process.ts';
import { type Stocked, stockOf, withStock } from './stock.ts';
import { buildSupports, type Supports, supportOptionsOf } from './supports.ts';

/** What is to be made: a closed body in LPS mm and what its faces are for. */
export interface Part {
  /** Short; never a patient's name. */
  readonly name: string;
  readonly mesh: Mesh;
  readonly faces: Faces;
}

export interface BuildOptions {
  /** Direction of the part that is to point up; absent: searched. */
  readonly up?: Vec3;
  /** Tensile specimens on the same plate. */
  readonly coupons: number;
}

export const BUILD_DEFAULTS: BuildOptions = {
  coupons: 3, // as many as a release test of one lot needs at least
};

/** A part on the plate, held, with everything around it. */
export interface Build {
  readonly name: string;
  readonly process: Process;
  /** As built, with stock, plate mm. */
  readonly mesh: Mesh;
  readonly faces: Faces;
  /** Numbers of the stock; its mesh is the one above, in LPS. */
  readonly stock: Omit<Stocked, 'mesh'>;
  /** Best first; the one that was taken is the first. */
  readonly orientations: readonly Orientation[];
  readonly plateFromLps: Transform<'lps', 'plate'>;
  readonly islands: readonly Island[];
  readonly supports?: Supports;
  readonly coupons: readonly Coupon[];
  readonly findings: readonly Finding[];
}

/**
 * From a part to its place on the plate: stock, orientation, supports, coupons.
 * @requires a closed body
 * @throws make.no-orientation, make.too-large, mesh.not-closed, param.range
 * @cost 2 s for 40 000 triangles, most of it the search for the orientation
 */
export function planBuild(part: Part, process: Process, options: Partial<BuildOptions> = {}, job: Job = NO_JOB): Build {
  const o = { ...BUILD_DEFAULTS, ...options };
  const stocked = withStock(part.mesh, part.faces, stockOf(process));
  const orient = orientOptionsOf(process);
  const orientations = o.up
    ? [orientAs(stocked.mesh, part.faces, o.up, orient)]
    : searchOrientations(stocked.mesh, part.faces, orient, job.part(0, 0.7));
  const [best] = orientations;
  const mesh: Mesh = {
    positions: applyAll(best.plateFromLps, stocked.mesh.positions),
    triangles: stocked.mesh.triangles,
  };
  requireRoom(process, mesh);
  const islands = findIslands(sliceMesh(mesh, layerHeights(mesh, settingOf(process, 'layerMm'))));
  job.at(0.85);
  const supporting = supportOptionsOf(process);
  const supports = supporting && buildSupports(mesh, part.faces, islands, supporting);
  const coupons = process.release ? placeCoupons(process, mesh, o.coupons) : [];
  job.at(1);
  const { mesh: _, ...stock } = stocked;
  return {
    name: part.name,
    process,
    mesh,
    faces: part.faces,
    stock,
    orientations,
    plateFromLps: best.plateFromLps,
    islands,
    ...(supports && { supports }),
    coupons,
    findings: [
      ...checkProcess(process),
      ...stock.findings,
      ...orientationFindings(best, process),
      ...(supports?.findings ?? []),
    ],
  };
}

function orientationFindings(best: Orientation, process: Process): Finding[] {
  const overhangDeg = settingOf(process, 'overhangDeg');
  if (best.articularRoughMm2 <= 0) return [];
  return [
    {
      level: 'warning',
      code: 'make.articular-rough',
      text: 'articular faces hang over more flatly than builds smooth; they get no support and build rough there',
      facts: {
        roughMm2: best.articularRoughMm2,
        flattestDeg: best.articularFlattestDeg,
        smoothDeg: overhangDeg,
        leastDeg: settingOf(process, 'leastOverhangDeg'),
      },
      hint: 'The stock on articular faces must cover the roughness; measure it on a first article.',
    },
  ];
}
