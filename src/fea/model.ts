import { OsteonError, type Vec3 } from '../base/index.ts';
import { norm } from '../math/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { lameFromCt } from './bone.ts';
import { nodesOfFaces } from './boundary.ts';
import type { Springs } from './linear-matrix.ts';
import { addPressure, addTraction, addWrench, areaOfFaces, nodalAreas, weightedAreaMm2 } from './loads.ts';
import { regionFinder, type Surfaces, surfaceOf } from './regions.ts';
import type { Load, Spread, Study } from './study.ts';
import { type ElasticSystem, lameOf, lameOfParts } from './system.ts';
import { meshSolid, type VolumeMesh, type VolumeMeshOptions } from './volume-mesh.ts';

/** A study on a mesh: everything a solver needs, ours or another. */
export interface Model {
  readonly volume: VolumeMesh;
  /** λ and μ of each element, MPa. */
  readonly lameMPa: Float64Array;
  /** One flag a direction of each node. */
  readonly fixed: Uint8Array;
  readonly springs: Springs;
  /** Faces of each region. */
  readonly regions: Readonly<Record<string, { readonly faces: Uint32Array; readonly areaMm2: number }>>;
  /** Nodal forces of each load case, N. */
  readonly forcesN: readonly Float64Array[];
}

export const systemOf = ({ volume, lameMPa, fixed, springs }: Model): ElasticSystem => ({
  mesh: volume.mesh,
  lameMPa,
  fixed,
  springs,
});

/** Spring of a sliding support against modulus over element size: gives by a thousandth of an element's strain. */
const SLIDING = 1e3;

export interface ModelOptions extends VolumeMeshOptions {
  /** Grey values (HU) at places, for studies of bone. */
  readonly sampleHu: (points: Float64Array) => Float64Array;
}

/** @throws whatever `meshSolid` throws; fea.empty-region, fea.no-surface, fea.no-region, fea.no-load, fea.material, fea.no-ct */
export function buildModel(solid: Mesh, surfaces: Surfaces, study: Study, options: Partial<ModelOptions> = {}): Model {
  const { sampleHu, ...meshing } = options;
  const materials = [study.material, ...(study.inclusions ?? []).map((i) => i.material)];
  for (const { youngMPa, poisson } of materials) lameOf(youngMPa, poisson);
  if (study.bone && !sampleHu) throw new OsteonError('fea.no-ct', {}, 'Name the CT of the bone');
  requireLoads(study);
  const inclusions = (study.inclusions ?? []).map(({ surface }) => surfaceOf(surfaces, surface));
  const volume = meshSolid(solid, { ...meshing, inclusions });
  const lameMPa = lameOfParts(volume.mesh, materials);
  if (study.bone && sampleHu) {
    const own = lameFromCt(volume.mesh, sampleHu, study.bone);
    volume.mesh.parts.forEach((part, e) => {
      if (part === 0) lameMPa.set(own.subarray(2 * e, 2 * e + 2), 2 * e);
    });
  }
  return modelOf(volume, surfaces, study, lameMPa);
}

/**
 * Another study of one material on a mesh that is there.
 * @throws fea.empty-region, fea.no-surface, fea.no-region, fea.no-load, fea.material
 */
export function modelOn(volume: VolumeMesh, surfaces: Surfaces, study: Study): Model {
  requireLoads(study);
  return modelOf(volume, surfaces, study, lameOfParts(volume.mesh, [study.material]));
}

function modelOf(volume: VolumeMesh, surfaces: Surfaces, study: Study, lameMPa: Float64Array): Model {
  const { mesh, boundary } = volume;
  const finder = regionFinder(mesh, boundary, surfaces);
  const regions: Record<string, { faces: Uint32Array; areaMm2: number }> = {};
  for (const [name, region] of Object.entries(study.regions)) {
    const faces = finder.faces(name, region);
    regions[name] = { faces, areaMm2: areaOfFaces(mesh, boundary, faces).areaMm2 };
  }
  const fixed = new Uint8Array(mesh.positions.length);
  const springs = new Map<number, Float64Array>();
  const add = (node: number, k: readonly number[]) => {
    const own = springs.get(node) ?? new Float64Array(6);
    for (let i = 0; i < 6; i++) own[i] += k[i];
    springs.set(node, own);
  };
  const touchOf = ({ region, spread = 'even' }: { region: string; spread?: Spread }) =>
    spread === 'gap' ? finder.touch(study.regions[region]) : () => 1;
  for (const support of study.supports) {
    const { faces } = regions[support.region];
    if (support.kind === 'fixed')
      for (const node of nodesOfFaces(boundary, faces)) fixed.fill(1, 3 * node, 3 * node + 3);
    else if (support.kind === 'bedding')
      for (const [node, { areaMm2 }] of nodalAreas(mesh, boundary, faces, touchOf(support))) {
        const k = support.nPerMm3 * areaMm2;
        // Corners of quadratic faces carry next to nothing of the area, and rounding may make that negative.
        if (k > 0) add(node, [k, k, k, 0, 0, 0]);
      }
    else {
      const stiff = support.nPerMm3 ?? (SLIDING * study.material.youngMPa) / volume.figures.cellMm;
      for (const [node, { areaMm2, normalMm2: m }] of nodalAreas(mesh, boundary, faces)) {
        const s = norm(m);
        if (!(s > 0.01 * areaMm2) || !(areaMm2 > 0)) continue;
        const [x, y, z] = [m[0] / s, m[1] / s, m[2] / s];
        const k = stiff * areaMm2;
        add(node, [k * x * x, k * y * y, k * z * z, k * x * y, k * y * z, k * x * z]);
      }
    }
  }
  return {
    volume,
    lameMPa,
    fixed,
    springs: springsOf(springs),
    regions,
    forcesN: study.loadCases.map(({ loads }) => forcesOf(volume, regions, loads, touchOf)),
  };
}

function springsOf(table: ReadonlyMap<number, Float64Array>): Springs {
  const nodes = Uint32Array.from(table.keys()).sort();
  const stiffness = new Float64Array(6 * nodes.length);
  nodes.forEach((node, i) => {
    stiffness.set(table.get(node)!, 6 * i);
  });
  return { nodes, stiffness };
}

type Touch = (at: Vec3, outward: Vec3) => number;

const NOTHING: Vec3 = [0, 0, 0];

function forcesOf(
  { mesh, boundary }: VolumeMesh,
  regions: Model['regions'],
  loads: readonly Load[],
  touchOf: (load: { region: string; spread?: Spread }) => Touch,
): Float64Array {
  const out = new Float64Array(mesh.positions.length);
  for (const load of loads) {
    const { faces } = regions[load.region];
    if ('pressureMPa' in load) {
      addPressure(mesh, boundary, faces, load.pressureMPa, out);
      continue;
    }
    if ('momentNmm' in load) {
      addWrench(mesh, boundary, faces, { forceN: NOTHING, through: NOTHING, momentNmm: load.momentNmm }, out);
      continue;
    }
    if ('through' in load && load.through) {
      addWrench(mesh, boundary, faces, { forceN: load.forceN, through: load.through, momentNmm: NOTHING }, out);
      continue;
    }
    const touch = touchOf(load);
    const area = weightedAreaMm2(mesh, boundary, faces, touch);
    const [x, y, z] = load.forceN;
    addTraction(
      mesh,
      boundary,
      faces,
      (at, outward) => {
        const w = touch(at, outward) / area;
        return [w * x, w * y, w * z];
      },
      out,
    );
  }
  return out;
}

function acts(load: Load): boolean {
  if ('pressureMPa' in load) return load.pressureMPa !== 0;
  return norm('momentNmm' in load ? load.momentNmm : load.forceN) > 0;
}

function requireLoads({ regions, supports, loadCases }: Study): void {
  const known = Object.keys(regions);
  const wanted = [...supports, ...loadCases.flatMap((c) => c.loads)];
  for (const { region } of wanted)
    if (!known.includes(region))
      throw new OsteonError('fea.no-region', { region }, `Known regions: ${known.join(', ') || 'none'}`);
  for (const { name, loads } of loadCases)
    if (!loads.some(acts))
      throw new OsteonError('fea.no-load', { loadCase: name }, 'Give it a force or a pressure that is not zero');
  if (loadCases.length === 0) throw new OsteonError('fea.no-load', {}, 'Give at least one load case');
}
