import {
  boundarySurface,
  buildModel,
  type Model,
  nodalStrain,
  nodeCount,
  type Peak,
  type SolvedModel,
  STUDY_TOLERANCE,
  type Study,
  solveModel,
  suggestedCellMm,
  vonMisesAt,
} from '../../fea/index.ts';
import { writePly, writePng, writeVtu } from '../../io/index.ts';
import type { Mesh } from '../../mesh/index.ts';
import { type Camera, colourBar, renderScene, sideBySide, VIRIDIS } from '../../render/index.ts';
import { createSampler, sampleAt, type Volume } from '../../volume/index.ts';
import type { Engines } from '../engines.ts';
import type { Step } from '../step.ts';

/** A study and the names of the surfaces that go with it, in their order. */
export interface StudyRequest {
  readonly study: Study;
  readonly surfaces: readonly string[];
}
type Part = { readonly mesh: Mesh };

interface ModelParams {
  readonly elementMm: number;
  readonly nodes: number;
  readonly coarser: number;
  readonly maxNodes: number;
}

/** Volume mesh, regions, supports and forces of a study. */
export const strengthModel: Step<
  { solid: Part; surfaces: readonly Part[]; request: StudyRequest; ct?: { readonly volume: Volume } },
  ModelParams,
  Model,
  Engines
> = {
  id: 'strength.model',
  version: 1,
  label: 'filling the part with elements',
  costS: 2,
  params: {
    elementMm: {
      label: 'size of elements; 0 follows from the number of nodes and the thickness of the part',
      unit: 'mm',
      default: 0,
      min: 0,
      max: 100,
      source: 'docs/evidence/strength.md',
    },
    nodes: {
      label: 'nodes to aim at; thin parts get more',
      unit: '',
      default: 50_000,
      min: 1000,
      max: 2_000_000,
      source: 'greatest stress of a compact part to a few percent',
    },
    coarser: {
      label: 'size of elements against the finest mesh',
      unit: '',
      default: 1,
      min: 1,
      max: 4,
      source: 'the finest',
    },
    maxNodes: {
      label: 'larger meshes are refused',
      unit: '',
      default: 1_000_000,
      min: 1000,
      max: 10_000_000,
      source: '1.5 kB a node while solving',
    },
  },
  handler({ solid, surfaces, request, ct }, { elementMm, nodes, coarser, maxNodes }, { job }) {
    const named = Object.fromEntries(request.surfaces.map((name, i) => [name, surfaces[i].mesh]));
    const cellMm = coarser * (elementMm > 0 ? elementMm : suggestedCellMm(solid.mesh, nodes));
    // A surface that is no solid is refused by the mesher with its place; its size means nothing before.
    // Beyond the scan there is air: the softest that the law allows.
    const sampler = ct && createSampler(ct.volume, { outside: -1000 });
    return buildModel(solid.mesh, named, request.study, {
      ...(cellMm > 0 && { cellMm }),
      ...(sampler && { sampleHu: (points: Float64Array) => sampleAt(sampler, points) }),
      maxNodes,
      job,
    });
  },
};

/** Displacement, stress and reactions of every load case. */
export const strengthSolve: Step<{ model: Model; study: Study }, { tolerance: number }, SolvedModel, Engines> = {
  id: 'strength.solve',
  version: 1,
  label: 'computing stresses',
  costS: 6,
  params: {
    tolerance: {
      label: 'residual against the load at which the solver stops',
      unit: '',
      default: STUDY_TOLERANCE,
      min: 1e-12,
      max: 1e-3,
      source: 'stress to six digits',
    },
  },
  handler: ({ model, study }, { tolerance }, { job }) => solveModel(model, study, { tolerance, job }),
};

const CASE_PARAM = { label: 'load case', unit: '', default: 0, min: 0, max: 49, source: 'the caller' };

/** Mesh and fields of one load case for ParaView. */
export const strengthVtu: Step<
  { model: Model; solved: SolvedModel },
  { loadCase: number },
  { bytes: Uint8Array },
  Engines
> = {
  id: 'strength.vtu',
  version: 1,
  label: 'writing fields',
  costS: 0.3,
  params: { loadCase: CASE_PARAM },
  handler({ model, solved }, { loadCase }) {
    const { mesh } = model.volume;
    const { displacementMm, stressMPa } = solved.fields[loadCase];
    const vonMises = new Float32Array(nodeCount(mesh));
    for (let i = 0; i < vonMises.length; i++) vonMises[i] = vonMisesAt(stressMPa, i);
    const bytes = writeVtu({
      positions: mesh.positions,
      cells: mesh.tets,
      kind: 24,
      pointFields: [
        { name: 'displacement mm', components: 3, values: Float32Array.from(displacementMm) },
        { name: 'stress MPa (xx yy zz xy yz xz)', components: 6, values: Float32Array.from(stressMPa) },
        {
          name: 'strain (xx yy zz xy yz xz)',
          components: 6,
          values: Float32Array.from(nodalStrain(mesh, displacementMm)),
        },
        { name: 'von Mises MPa', components: 1, values: vonMises },
      ],
      cellFields: [
        { name: 'part', components: 1, values: mesh.parts },
        { name: 'Young MPa', components: 1, values: youngOf(model) },
      ],
    });
    return { bytes };
  },
};

/** Young's modulus of every element. */
function youngOf({ lameMPa }: Model): Float32Array {
  const out = new Float32Array(lameMPa.length / 2);
  for (let e = 0; e < out.length; e++) {
    const l = lameMPa[2 * e];
    const m = lameMPa[2 * e + 1];
    out[e] = (m * (3 * l + 2 * m)) / (l + m);
  }
  return out;
}

/**
 * Von Mises stress as a file: binary PLY in single precision with the surface of the part, as its STL has it, and the stress
 * as `quality` at every vertex, MPa, the greatest of all load cases.
 */
export const strengthField: Step<
  { part: { readonly mesh: Mesh }; strength: { readonly surfaceMPa: Float32Array } },
  Record<string, never>,
  { bytes: Uint8Array },
  Engines
> = {
  id: 'strength.field',
  version: 1,
  label: 'writing stresses',
  costS: 0.2,
  params: {},
  handler: ({ part, strength }) => ({
    bytes: writePly(part.mesh, {
      precision: 'float',
      scalars: strength.surfaceMPa,
      comment: 'quality: von Mises stress, MPa, greatest of all load cases',
    }),
  }),
};

/** The surface painted with von Mises stress, seen from the place of its peak and from the other side. */
export const strengthPicture: Step<
  { model: Model; solved: SolvedModel },
  { loadCase: number; widthPx: number },
  { png: Uint8Array },
  Engines
> = {
  id: 'strength.picture',
  version: 1,
  label: 'drawing stresses',
  costS: 1,
  params: {
    loadCase: CASE_PARAM,
    widthPx: { label: 'width of one view', unit: 'px', default: 640, min: 64, max: 4096, source: 'half a page' },
  },
  handler: ({ model, solved }, { loadCase, widthPx }) => ({ png: drawStress(model, solved, loadCase, widthPx) }),
};

/** Two views and a colour bar, as PNG. */
export function drawStress(model: Model, solved: SolvedModel, loadCase: number, widthPx: number): Uint8Array {
  const { mesh, boundary } = model.volume;
  const { stressMPa } = solved.fields[loadCase];
  const skin = boundarySurface(mesh, boundary);
  const values = Float32Array.from(skin.nodes, (node) => vonMisesAt(stressMPa, node));
  return drawStressOn(skin, values, solved.numbers[loadCase].vonMisesAwayMPa, widthPx);
}

/** Von Mises stress at the vertices of a surface, from the side of its peak and from the other side. */
export function drawStressOn(surface: Mesh, values: Float32Array, peak: Peak, widthPx: number): Uint8Array {
  const p = surface.positions;
  const n = p.length / 3;
  const centre = [0, 1, 2].map((k) => {
    let s = 0;
    for (let i = 0; i < n; i++) s += p[3 * i + k];
    return s / n;
  });
  // Across, so that up is up: a view from straight above or below is tilted.
  const [x, y, z] = centre.map((c, k) => c - peak.at[k]);
  const flat = Math.hypot(x, y) || 1;
  const lift = Math.max(-1, Math.min(1, z / flat));
  const view = (side: 1 | -1): Camera => ({
    view: [(side * x) / flat || side, (side * y) / flat, lift],
    up: [0, 0, 1],
  });
  const scale = { map: VIRIDIS, lo: 0, hi: peak.value > 0 ? peak.value : 1 };
  const height = Math.round(0.75 * widthPx);
  const views = ([1, -1] as const).map((side) =>
    renderScene({ meshes: [{ mesh: surface, values, scale }], camera: view(side), width: widthPx, height }),
  );
  const sizePx = Math.max(10, Math.round(widthPx / 40));
  const bar = colourBar({ scale, unit: 'MPa', title: 'von Mises', heightPx: height, sizePx });
  return writePng(sideBySide([...views, bar]));
}
