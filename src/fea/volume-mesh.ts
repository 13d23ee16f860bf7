import { type Finding, type Job, NO_JOB, OsteonError, type Vec3 } from '../base/index.ts';
import {
  areaMm2,
  type Bvh,
  buildBvh,
  buildEdges,
  closestPoints,
  type Mesh,
  requireSolid,
  type Shell,
  selfIntersections,
  topologyOf,
  volumeMm3,
} from '../mesh/index.ts';
import { type Boundary, boundaryOf, faceCount } from './boundary.ts';
import { curveSides } from './curve.ts';
import { sharpen } from './features.ts';
import { embed } from './inclusions.ts';
import { createLattice, cutEdges, warp } from './lattice.ts';
import { stuff } from './stuffing.ts';
import { bodiesOf } from './system.ts';
import { tetQuality } from './tet-quality.ts';
import { nodeCount, type TetMesh, tetCount, toQuadratic } from './tets.ts';

export interface VolumeMeshOptions {
  /** Edge of a lattice cube, mm: elements are about that long. Undefined: `suggestedCellMm`. */
  readonly cellMm?: number;
  /** Larger meshes are refused: each node takes about 1.5 kB while solving. */
  readonly maxNodes: number;
  /** `checked`: the caller knows that the surface bounds one solid, so it is not looked at again. */
  readonly surface: 'check' | 'checked';
  /** `require`: a part that is thinner than the elements can hold is refused. `report`: it is a finding. */
  readonly detail: 'require' | 'report';
  /** Bodies inside that are of another material: their elements get the parts 1, 2, … */
  readonly inclusions: readonly Mesh[];
  readonly job: Job;
}
export const VOLUME_MESH_DEFAULTS = {
  maxNodes: 1_000_000,
  surface: 'check',
  detail: 'require',
  inclusions: [],
  job: NO_JOB,
} as const satisfies VolumeMeshOptions;

export interface VolumeMesh {
  readonly mesh: TetMesh;
  readonly boundary: Boundary;
  readonly figures: VolumeMeshFigures;
  readonly findings: readonly Finding[];
}
export interface VolumeMeshFigures {
  readonly cellMm: number;
  readonly nodes: number;
  readonly elements: number;
  /** Between the corners. */
  readonly minDihedralDeg: number;
  readonly maxDihedralDeg: number;
  readonly solidVolumeMm3: number;
  readonly volumeMm3: number;
  /** From vertices of the solid to the surface of the mesh. */
  readonly meanDeviationMm: number;
  readonly maxDeviationMm: number;
  /** Mid-side nodes that stop short of the surface so that no element turns inside out. */
  readonly heldNodes: number;
}

/** Quadratic nodes a lattice cube gives: two vertices, and half of the fourteen edges at each. */
const NODES_PER_CELL = 16;
/** Two seconds to solve; stresses of a compact body to a few percent. */
const DEFAULT_NODES = 50_000;

/**
 * The size that gives about `nodes` quadratic nodes, or half the mean thickness of the body (volume over area) where that
 * is less, so that thin parts get two elements across.
 */
export function suggestedCellMm(solid: Mesh, nodes: number): number {
  const volume = volumeMm3(solid);
  return Math.min(Math.cbrt((NODES_PER_CELL * volume) / nodes), volume / areaMm2(solid));
}

/**
 * Quadratic tetrahedra that fill a solid, made by isosurface stuffing: a lattice of equal tetrahedra, those at the surface
 * cut along it, mid-side nodes on it.
 *
 * Guarantees, whatever the solid: dihedral angles between corners 10.7° to 164.8°; corners of the boundary on the surface;
 * Jacobians positive everywhere. The distance to the surface is measured and returned; sharp edges are kept where angles
 * allow, and cut off by up to half a cell where not.
 * @throws mesh.empty, mesh.not-closed, mesh.not-manifold, mesh.inside-out, mesh.self-intersects: the place is named
 * @throws fea.several-bodies, fea.too-fine (more than maxNodes), fea.too-thin (a part is lost), param.range
 * @cost 1.5 s for 200 000 nodes, checks of the surface (1 s for 100 000 triangles) included
 */
export function meshSolid(solid: Mesh, options: Partial<VolumeMeshOptions> = {}): VolumeMesh {
  const { maxNodes, job, cellMm: given, surface: look, detail, inclusions } = { ...VOLUME_MESH_DEFAULTS, ...options };
  if (given !== undefined && !(given > 0 && Number.isFinite(given)))
    throw new OsteonError('param.range', { param: 'cellMm', value: given });
  const shells = look === 'check' ? requireSolid(solid, { selfIntersections: false }).shells : [];
  const cellMm = given ?? suggestedCellMm(solid, DEFAULT_NODES);
  const solidVolumeMm3 = volumeMm3(solid);
  const expected = (NODES_PER_CELL * solidVolumeMm3) / (cellMm * cellMm * cellMm);
  if (expected > maxNodes)
    throw new OsteonError(
      'fea.too-fine',
      { cellMm, nodes: Math.round(expected), maxNodes },
      `Use elements of ${Math.cbrt((NODES_PER_CELL * solidVolumeMm3) / maxNodes).toPrecision(2)} mm or more`,
    );
  const surface = buildBvh(solid);
  if (look === 'check') requireOneBody(surface, shells, job.part(0.1, 0.3));
  const lattice = createLattice(surface, cellMm, job.part(0.3, 0.5));
  const cuts = cutEdges(surface, lattice, job.part(0.5, 0.7));
  const rough = withoutSpecks(stuff(warp(lattice, cuts), cuts), solidVolumeMm3, cellMm);
  const linear = sharpen(rough, boundaryOf(rough), surface, cellMm);
  job.at(0.8);
  const whole = embed(linear, inclusions.map(inclusionTree), cellMm);
  const straight = toQuadratic(whole);
  const boundary = boundaryOf(straight);
  const { mesh, held } = curveSides(straight, boundary, surface);
  job.at(0.9);
  const skin = boundarySurface(mesh, boundary);
  const deviation = deviationOf(solid, buildBvh(skin));
  if (detail === 'require') requireDetail(cellMm, deviation);
  job.at(1);
  const quality = tetQuality(whole);
  const figures: VolumeMeshFigures = {
    cellMm,
    nodes: nodeCount(mesh),
    elements: tetCount(mesh),
    minDihedralDeg: quality.minDihedralDeg,
    maxDihedralDeg: quality.maxDihedralDeg,
    solidVolumeMm3,
    volumeMm3: volumeMm3(skin),
    meanDeviationMm: deviation.mean,
    maxDeviationMm: deviation.max,
    heldNodes: held,
  };
  return { mesh, boundary, figures, findings: detailFindings(solid, skin, deviation, cellMm) };
}

/** @throws mesh codes: an inclusion must be closed, or inside has no meaning */
function inclusionTree(body: Mesh): Bvh {
  requireSolid(body, { selfIntersections: false });
  return buildBvh(body);
}

/** The slow part of the check, with the boxes that the mesher needs too. @throws mesh.self-intersects, fea.several-bodies */
function requireOneBody(surface: Bvh, shells: readonly Shell[], job: Job): void {
  const pairs = selfIntersections(surface, { job });
  if (pairs.length > 0) {
    const { positions: p, triangles: t } = surface.mesh;
    const v = 3 * t[3 * pairs[0]];
    throw new OsteonError(
      'mesh.self-intersects',
      { pairs: pairs.length / 2, ...placeOf([p[v], p[v + 1], p[v + 2]]) },
      'osteon mesh repair, or smooth or remesh around the place',
    );
  }
  const outer = shells.filter((s) => s.depth % 2 === 0);
  if (outer.length > 1)
    throw new OsteonError(
      'fea.several-bodies',
      { bodies: outer.length, ...placeOf(outer[1].at) },
      'Join them with osteon mesh boolean, or study each by itself',
    );
}

/** Pieces that thin necks have cut off and that hold next to nothing are left out; larger ones are an error. */
function withoutSpecks(mesh: TetMesh, solidVolume: number, cellMm: number): TetMesh {
  if (mesh.tets.length === 0)
    throw new OsteonError('fea.too-thin', { cellMm }, 'The whole body is smaller than an element: use a smaller size');
  const { of, count } = bodiesOf(mesh);
  if (count === 1) return mesh;
  const volumes = new Float64Array(count);
  const elements = new Uint32Array(count);
  for (let e = 0; e < mesh.tets.length; e += 4) elements[of[mesh.tets[e]]]++;
  const main = elements.indexOf(elements.reduce((m, v) => Math.max(m, v), 0));
  const each = solidVolume / (mesh.tets.length / 4);
  for (let b = 0; b < count; b++) volumes[b] = elements[b] * each;
  volumes.forEach((v, b) => {
    if (b === main || v < 0.001 * solidVolume) return;
    const at = 3 * of.indexOf(b);
    throw new OsteonError(
      'fea.too-thin',
      { cellMm, xMm: mesh.positions[at], yMm: mesh.positions[at + 1], zMm: mesh.positions[at + 2] },
      'A part hangs on by less than one element: use a smaller size',
    );
  });
  const keep: number[] = [];
  const number = new Int32Array(of.length).fill(-1);
  const positions: number[] = [];
  for (let v = 0; v < of.length; v++)
    if (of[v] === main) {
      number[v] = positions.length / 3;
      positions.push(mesh.positions[3 * v], mesh.positions[3 * v + 1], mesh.positions[3 * v + 2]);
    }
  for (let e = 0; e < mesh.tets.length; e++) if (of[mesh.tets[e]] === main) keep.push(number[mesh.tets[e]]);
  return {
    order: 1,
    corners: positions.length / 3,
    positions: Float64Array.from(positions),
    tets: Uint32Array.from(keep),
    parts: new Uint8Array(keep.length / 4),
  };
}

/** A surface that knows which node of the volume each of its vertices is. */
export interface BoundarySurface extends Mesh {
  readonly nodes: Uint32Array;
}

/** Each quadratic face as four flat triangles: the surface as the elements see it, nearly. */
export function boundarySurface(mesh: TetMesh, boundary: Boundary): BoundarySurface {
  const used = new Int32Array(nodeCount(mesh)).fill(-1);
  const positions: number[] = [];
  const nodes: number[] = [];
  const vertex = (node: number): number => {
    if (used[node] < 0) {
      used[node] = nodes.length;
      nodes.push(node);
      positions.push(mesh.positions[3 * node], mesh.positions[3 * node + 1], mesh.positions[3 * node + 2]);
    }
    return used[node];
  };
  const triangles: number[] = [];
  for (let f = 0; f < faceCount(boundary); f++) {
    if (boundary.order === 1) {
      for (let k = 0; k < 3; k++) triangles.push(vertex(boundary.nodes[3 * f + k]));
      continue;
    }
    const [a, b, c, ab, bc, ca] = Array.from(boundary.nodes.subarray(6 * f, 6 * f + 6), vertex);
    triangles.push(a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca);
  }
  return {
    positions: Float64Array.from(positions),
    triangles: Uint32Array.from(triangles),
    nodes: Uint32Array.from(nodes),
  };
}

interface Deviation {
  readonly mean: number;
  readonly max: number;
  /** Where the greatest is. */
  readonly at: Vec3;
}

/** Enough vertices to meet every feature that an element can see. */
const SAMPLES = 20_000;

function deviationOf(solid: Mesh, skin: Bvh): Deviation {
  const n = solid.positions.length / 3;
  const step = Math.max(1, Math.floor(n / SAMPLES));
  const count = Math.ceil(n / step);
  const points = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) points.set(solid.positions.subarray(3 * i * step, 3 * i * step + 3), 3 * i);
  const { distanceMm } = closestPoints(skin, points);
  let worst = 0;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += distanceMm[i];
    if (distanceMm[i] > distanceMm[worst]) worst = i;
  }
  return {
    mean: sum / count,
    max: distanceMm[worst],
    at: [points[3 * worst], points[3 * worst + 1], points[3 * worst + 2]],
  };
}

const placeOf = ([xMm, yMm, zMm]: Vec3) => ({ xMm, yMm, zMm });

/** @throws fea.too-thin where more than a cell of the solid is not in the mesh */
function requireDetail(cellMm: number, { max, at }: Deviation): void {
  if (max <= cellMm) return;
  throw new OsteonError(
    'fea.too-thin',
    { cellMm, deviationMm: max, ...placeOf(at) },
    'A part is thinner than the elements can hold: use a smaller size',
  );
}

function detailFindings(solid: Mesh, skin: Mesh, { max, at }: Deviation, cellMm: number): Finding[] {
  const out: Finding[] = [];
  if (max > cellMm / 2)
    out.push({
      level: 'warning',
      code: 'fea.coarse',
      text: 'The mesh leaves out detail of the surface',
      facts: { deviationMm: max, cellMm, ...placeOf(at) },
      hint: 'Use smaller elements if that place matters',
    });
  const [wanted, got] = [solid, skin].map((m) => topologyOf(m, buildEdges(m)));
  if (got.nonManifoldEdges > 0 || got.euler !== wanted.euler)
    out.push({
      level: 'warning',
      code: 'fea.topology',
      text: 'The mesh has not the same holes and bridges as the solid: some are smaller than its elements',
      facts: { eulerSolid: wanted.euler, eulerMesh: got.euler, touchingEdges: got.nonManifoldEdges, cellMm },
      hint: 'Use smaller elements',
    });
  return out;
}
