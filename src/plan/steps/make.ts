import type { Finding } from '../../base/index.ts';
import type { ImplantBody } from '../../design/index.ts';
import { type CliLayer, type Slices3mf, write3mf, writeCli } from '../../io/index.ts';
import {
  type Build,
  type BuildLayers,
  buildLayers,
  checkPrintability,
  cliHeadOf,
  couponMesh,
  type ExtrudedLayer,
  extrudeLayers,
  extrudeOptionsOf,
  FACE_CLASSES,
  facesOf,
  type Gcode,
  type InspectionPlan,
  type LayerPicture,
  layerHeights,
  layerOutlines,
  layersSvg,
  MODELS,
  type NamedExtent,
  outlinesOf,
  type Part,
  type PathKind,
  type Printability,
  type Process,
  planBuild,
  planInspection,
  settingOf,
  simplifyOutlines,
  sliceMesh,
  type VectorKind,
  writeGcode,
} from '../../make/index.ts';
import { joinMeshes } from '../../mesh/index.ts';
import type { Engines } from '../engines.ts';
import { buildPicture } from '../make/pictures.ts';
import type { Figure } from '../report/model.ts';
import type { Step } from '../step.ts';
import type { TalusImplant } from './talus.ts';

/** Steps from a part to a build. Each takes only what it depends on; after the first they run side by side. */
type None = Record<string, never>;

/** A size of a talus as a part: its joint faces are articular. */
export const talusPart: Step<{ implant: TalusImplant; body: ImplantBody }, { name: string }, Part, Engines> = {
  id: 'make.talus',
  version: 1,
  label: 'naming faces',
  costS: 0.1,
  params: { name: { label: 'name of the build', unit: '', default: 'talus', source: 'the size' } },
  handler({ implant, body }, { name }) {
    const { triangles: t } = implant.mesh;
    return { name, mesh: implant.mesh, faces: facesOf(t.length / 3, { articular: articularTriangles(body, t) }) };
  },
};

/** Triangles whose three corners face a neighbouring bone. Sizes share the triangles of the body. */
export function articularTriangles({ articular }: ImplantBody, t: Uint32Array): Uint32Array {
  const out: number[] = [];
  for (let i = 0; i < t.length; i += 3)
    if (articular[t[i]] && articular[t[i + 1]] && articular[t[i + 2]]) out.push(i / 3);
  return Uint32Array.from(out);
}

/** Stock, orientation, supports, coupons. */
export const makePlan: Step<
  { part: Part; process: Process },
  { up: readonly number[]; coupons: number },
  Build,
  Engines
> = {
  id: 'make.plan',
  version: 1,
  label: 'placing the part on the plate',
  costS: 3,
  params: {
    up: { label: 'direction of the part that points up; empty: searched', unit: '', default: [], source: 'the search' },
    coupons: {
      label: 'tensile specimens on the plate',
      unit: '',
      default: 3,
      min: 0,
      max: 12,
      source: 'three for a lot release',
    },
  },
  handler({ part, process }, { up, coupons }, { job }) {
    const [x, y, z] = up;
    return planBuild(part, process, { coupons, ...(up.length === 3 && { up: [x, y, z] }) }, job);
  },
};

/** Walls, gaps, pins, powder, islands, columns. */
export const makeCheck: Step<{ build: Build }, None, Printability, Engines> = {
  id: 'make.check',
  version: 1,
  label: 'checking what can be built',
  costS: 4,
  params: {},
  handler({ build }, _, { job }) {
    const { process, mesh, islands, orientations } = build;
    const stack = sliceMesh(mesh, layerHeights(mesh, settingOf(process, 'layerMm')));
    return checkPrintability(process, { mesh, stack, islands, slenderRatio: orientations[0].slenderRatio }, job);
  },
};

export interface MadeLayers {
  readonly layers: BuildLayers;
  /** The layers as a machine reads them. */
  readonly cli: Uint8Array;
  readonly svg: Uint8Array;
}

/** Layers in a preview. */
const SHOWN = 8;

export const makeLayers: Step<{ build: Build }, { content: string }, MadeLayers, Engines> = {
  id: 'make.layers',
  version: 1,
  label: 'slicing and hatching',
  costS: 4,
  params: {
    content: {
      label: 'what the layer file holds',
      unit: '',
      default: 'hatched',
      choices: ['hatched', 'contours'],
      source: 'the caller',
    },
  },
  async handler({ build }, { content }, { job, engines }) {
    const engine = await engines.regions();
    const file: CliLayer[] = [{ topMm: 0, polylines: [], hatches: [] }];
    const pictures: LayerPicture[] = [];
    const { process, mesh } = build;
    const shown = shownLayers(layerHeights(mesh, settingOf(process, 'layerMm')).length);
    const layers = buildLayers(
      build,
      engine,
      (layer, exposure) => {
        const k = file.length - 1;
        if (shown.has(k)) pictures.push(pictureOf(layer, exposure, k));
        file.push(content === 'hatched' ? layer : { ...layer, hatches: [] });
      },
      job,
    );
    const cli = writeCli(cliHeadOf(build, file.length - 1), file, 'binary');
    return { layers, cli, svg: new TextEncoder().encode(layersSvg(pictures)) };
  },
};

function shownLayers(count: number): Set<number> {
  return new Set(Array.from({ length: SHOWN }, (_, i) => Math.floor(((i + 0.5) * count) / SHOWN)));
}

function pictureOf(
  layer: CliLayer,
  { core, downSkin, upSkin }: { core: Float64Array; downSkin: Float64Array; upSkin: Float64Array },
  k: number,
): LayerPicture {
  const of = (model: number) => outlinesOf(layer.polylines.filter((p) => p.model === model).map((p) => p.points));
  const support = layer.hatches.find((h) => h.model === MODELS.supports)?.vectors ?? new Float64Array(0);
  return {
    title: `layer ${k + 1}, top ${layer.topMm.toFixed(2)} mm`,
    outlines: of(MODELS.part),
    supports: of(MODELS.supports),
    vectors: { core, downSkin, upSkin, support },
  };
}

export interface MadeGcode {
  readonly gcode: Omit<Gcode, 'text'>;
  readonly bytes: Uint8Array;
  readonly svg: Uint8Array;
  readonly layers: number;
}

/** Instructions for a printer that extrudes. */
export const makeGcode: Step<{ build: Build }, None, MadeGcode, Engines> = {
  id: 'make.gcode',
  version: 1,
  label: 'drawing lines',
  costS: 4,
  params: {},
  async handler({ build }, _, { job, engines }) {
    const { process, mesh, supports, name } = build;
    const o = extrudeOptionsOf(process);
    const heights = layerHeights(mesh, o.layerMm);
    const stack = sliceMesh(mesh, heights);
    const held = supports && supports.columns > 0 ? sliceMesh(supports.mesh, heights) : undefined;
    const layers = extrudeLayers(stack, held, await engines.regions(), o, job.part(0, 0.8));
    const { text, ...gcode } = writeGcode(process, layers, { title: name });
    const shown = shownLayers(layers.length);
    const pictures = layers.flatMap((layer, k) =>
      shown.has(k) ? [extrusionPicture(layer, k, layerOutlines(stack, k))] : [],
    );
    const encoder = new TextEncoder();
    return { gcode, bytes: encoder.encode(text), svg: encoder.encode(layersSvg(pictures)), layers: layers.length };
  },
};

const DRAWN_AS: Readonly<Record<PathKind, VectorKind>> = {
  skirt: 'support',
  support: 'support',
  outer: 'core',
  inner: 'core',
  solid: 'downSkin',
  infill: 'upSkin',
};

function extrusionPicture(
  { topMm, paths }: ExtrudedLayer,
  k: number,
  outlines: LayerPicture['outlines'],
): LayerPicture {
  const vectors: Record<VectorKind, number[]> = { core: [], downSkin: [], upSkin: [], support: [] };
  for (const { kind, points, closed } of paths) {
    const into = vectors[DRAWN_AS[kind]];
    for (let i = closed ? 0 : 2; i < points.length; i += 2) {
      const j = i === 0 ? points.length - 2 : i - 2;
      into.push(points[j], points[j + 1], points[i], points[i + 1]);
    }
  }
  const arrays = Object.fromEntries(Object.entries(vectors).map(([kind, list]) => [kind, Float64Array.from(list)]));
  return { title: `layer ${k + 1}, top ${topMm.toFixed(2)} mm`, outlines, vectors: arrays };
}

/** Contours in the 3MF keep within this of the exact cut, mm: files a tenth of the size. */
const CONTOUR_MM = 0.005;

/** Part, supports and coupons as they stand on the plate; the part with its named faces and, if asked for, its layers. */
export const makePackage: Step<
  { build: Build; facts: Readonly<Record<string, string>> },
  { slices: boolean },
  { bytes: Uint8Array },
  Engines
> = {
  id: 'make.package',
  version: 1,
  label: 'writing the build',
  costS: 2,
  params: { slices: { label: 'layers beside the mesh', unit: '', default: true, source: '3MF slice extension' } },
  handler({ build, facts }, { slices }, { job }) {
    const { name, process, mesh, faces, supports, coupons, plateFromLps } = build;
    const lists = namedFaces(faces);
    const metadata = {
      ...facts,
      frame: 'plate',
      process: process.id,
      plateFromLps: [...plateFromLps.m, 0, 0, 0, 1].join(' '),
      stock: Object.entries(build.stock.stockMm)
        .map(([kind, mm]) => `${kind} ${mm}`)
        .join(', '),
    };
    const layers = slices && process.settings.layerMm ? slicesOf(build) : undefined;
    const parts = [
      { name, mesh, metadata, faces: lists, ...(layers && { slices: layers }) },
      ...(supports && supports.columns > 0
        ? [{ name: `${name} supports`, mesh: supports.mesh, kind: 'support' as const }]
        : []),
      ...(coupons.length > 0
        ? [
            {
              name: `${name} coupons`,
              mesh: joinMeshes(coupons.map(couponMesh)),
              metadata: { coupons: String(coupons.length) },
            },
          ]
        : []),
    ];
    return { bytes: write3mf({ title: name, application: 'Osteon', parts, metadata: { frame: 'plate' } }, job) };
  },
};

function namedFaces(faces: Uint8Array): Record<string, number[]> {
  const out: Record<string, number[]> = {};
  faces.forEach((value, triangle) => {
    if (value === 0) return;
    const name = FACE_CLASSES[value];
    out[name] ??= [];
    out[name].push(triangle);
  });
  return out;
}

function slicesOf({ mesh, process }: Build): Slices3mf {
  const layerMm = settingOf(process, 'layerMm');
  const heights = layerHeights(mesh, layerMm);
  const stack = sliceMesh(mesh, heights);
  return {
    bottomMm: 0,
    topsMm: heights.map((_, k) => Math.round((k + 1) * layerMm * 1e6) / 1e6),
    outlines: Array.from(heights, (_, k) => simplifyOutlines(layerOutlines(stack, k), CONTOUR_MM)),
  };
}

/** The nominal part as a file of its own: what a finished part is held against. */
export const makeNominal: Step<{ part: Part }, None, { bytes: Uint8Array; sha256: string }, Engines> = {
  id: 'make.nominal',
  version: 1,
  label: 'writing the nominal part',
  costS: 1,
  params: {},
  handler({ part }, _, { engines }) {
    const { name, mesh, faces } = part;
    const parts = [{ name, mesh, faces: namedFaces(faces) }];
    const bytes = write3mf({ title: `${name}, nominal`, application: 'Osteon', parts });
    return { bytes, sha256: engines.sha256(bytes) };
  },
};

/** What is to be measured on the finished part. */
export const makeInspection: Step<
  { part: Part; process: Process; nominal: InspectionPlan['nominal']; named: readonly NamedExtent[] },
  None,
  InspectionPlan,
  Engines
> = {
  id: 'make.inspection',
  version: 1,
  label: 'planning the inspection',
  costS: 0.3,
  params: {},
  handler: ({ part, process, nominal, named }) => planInspection(part, process, nominal, named),
};

/** The build from two sides, findings numbered where they are. */
export const makePictures: Step<
  { build: Build; findings: readonly Finding[] },
  None,
  { figures: readonly Figure[] },
  Engines
> = {
  id: 'make.pictures',
  version: 1,
  label: 'drawing the build',
  costS: 1,
  params: {},
  handler: ({ build, findings }) => ({ figures: buildPicture(build, findings) }),
};
