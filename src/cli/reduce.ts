import { basename } from 'node:path';
import { type LpsTransform, OsteonError, unpack, verdictOf } from '../base/index.ts';
import type { FractureGaps } from '../measure/index.ts';
import type { Mesh } from '../mesh/index.ts';
import {
  type Artefact,
  documentFile,
  type Exported,
  type FractureMeasures,
  fractureMeasure,
  fractureMoved,
  fracturePictures,
  fractureReduce,
  fractureTemplate,
  type Graph,
  meshWrite,
  type OutFile,
} from '../plan/index.ts';
import { createStore, openOutFolder, publishPack, readJson } from '../platform/node/index.ts';
import type { PoseCorrection, Reduction } from '../register/index.ts';
import { columns, facts, num } from './format.ts';
import { matrix4, openMesh, readFindings, UNIT_FLAG } from './mesh-files.ts';
import { OUT_FLAG, textFlag, verb } from './verb.ts';
import { VERSION } from './version.ts';

export const reduceVerb = verb({
  name: 'reduce',
  summary:
    'the pieces of a broken hip bone put together, by the healthy side and their fracture faces; gap and step-off',
  args: [{ name: 'fragments', label: 'mesh file of each piece of the broken hip bone, as scanned', many: true }],
  params: {
    ...OUT_FLAG,
    healthy: textFlag('mesh file of the other hip bone, whole'),
    intact: textFlag('name of the piece that has not moved: its file without the ending', 'name'),
    sacrum: textFlag('mesh file of the sacrum: makes the plane of symmetry better'),
    healthyFemur: textFlag('mesh file of the femur of the healthy side: makes the centre of the joint'),
    poses: textFlag('poses by hand (JSON): {"name": {"reducedFromImaged": [16 numbers], "hold": true}}'),
    samples: fractureReduce.params.samples,
    unit: UNIT_FLAG,
  },
  required: ['out', 'healthy', 'intact'],
  example: 'osteon reduce left-ilium.stl left-*-column.stl --intact left-ilium --healthy right-hip-bone.stl -o reduced',
  async run({ args, params, session }) {
    const names = { fragments: args.map(nameOf), intact: nameOf(params.intact) };
    if (new Set(names.fragments).size < names.fragments.length)
      throw new OsteonError('cli.usage', { fragments: names.fragments.join(' ') }, 'Two pieces have one name');
    const corrections = params.poses ? posesOf(await readJson(params.poses)) : [];
    const out = await openOutFolder(params.out);
    const withdraw = session.onUndo(out.discard);
    const graph = session.graph(createStore(out.hidden));
    const open = (path: string) => openMesh(graph, path, params.unit);
    const optional = (path: string) => (path ? open(path) : undefined);
    const [healthy, sacrum, femur, ...pieces] = await Promise.all([
      open(params.healthy),
      optional(params.sacrum),
      optional(params.healthyFemur),
      ...args.map(open),
    ]);
    const fragments = pieces.map((p) => p.artefact);
    const files = { names: graph.value(names), fragments };
    const reduced = await graph.step(
      fractureReduce,
      {
        ...files,
        healthy: healthy.artefact,
        ...(sacrum && { sacrum: sacrum.artefact }),
        corrections: graph.value(corrections),
      },
      { samples: params.samples },
    );
    const measured = await graph.step(fractureMeasure, {
      ...files,
      healthy: healthy.artefact,
      reduction: reduced,
      ...(femur && { healthyFemur: femur.artefact }),
    });
    const reduction = unpack<Reduction>(await reduced.load());
    const measures = unpack<FractureMeasures>(await measured.load());
    const meshes = [
      ...names.fragments.map(async (name, index) =>
        meshFile(
          graph,
          await graph.step(fractureMoved, { file: fragments[index], reduction: reduced }, { index }),
          name,
        ),
      ),
      graph
        .step(fractureTemplate, { healthy: healthy.artefact, reduction: reduced })
        .then((template) => meshFile(graph, template, 'template')),
    ];
    const pictures = await graph.step(fracturePictures, {
      ...files,
      healthy: healthy.artefact,
      reduction: reduced,
      measures: measured,
    });
    const { png } = unpack<{ png: Uint8Array }>(await pictures.load());
    const document = documentOf(reduction, measures);
    const read = [...args, params.healthy, ...(params.sacrum ? [params.sacrum] : [])];
    const opened = [...pieces, healthy, ...(sacrum ? [sacrum] : [])];
    const findings = [
      ...opened.flatMap((o, i) => readFindings(read[i], o)),
      ...reduction.findings,
      ...measures.acetabulum.findings,
    ];
    const pack = {
      caseId: reduced.hash.slice(0, 12),
      verdict: verdictOf(findings),
      findings,
      files: [
        ...(await Promise.all(meshes)),
        documentFile('reduction', 'reduction.json', document, { reduction: reduced, measures: measured }),
        { role: 'picture', path: 'reduction.png', bytes: png, unit: '', made: pictures.made },
      ],
      summary: {},
    };
    const { artefacts } = await publishPack(out, pack, { osteon: VERSION, procedure: 'reduce' });
    withdraw();
    return {
      document: { out: params.out, ...document, artefacts },
      text: `${textOf(reduction, measures)}\n${artefacts.length + 1} files in ${params.out}`,
      findings,
    };
  },
});

const nameOf = (path: string): string => basename(path).replace(/\.(stl|ply|obj|3mf)$/i, '');

async function meshFile(graph: Graph, mesh: Artefact<{ readonly mesh: Mesh }>, name: string): Promise<OutFile> {
  const file = await graph.step(meshWrite, { mesh }, { format: 'stl', name });
  const { bytes, conversion } = unpack<Exported>(await file.load());
  return { role: 'bone', path: `${name}.stl`, bytes, unit: 'mm', made: file.made, conversion };
}

/** @throws cli.usage */
function posesOf(value: unknown): PoseCorrection[] {
  const wrong = (name: string) =>
    new OsteonError('cli.usage', { pose: name }, 'Wanted: {"name": {"reducedFromImaged": [16 numbers], "hold": true}}');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('');
  return Object.entries(value).map(([name, pose]) => {
    const { reducedFromImaged: m, hold = true } = (pose ?? {}) as { reducedFromImaged?: unknown; hold?: unknown };
    const isMatrix = Array.isArray(m) && m.length === 16 && m.every((x) => Number.isFinite(x));
    if (!isMatrix || typeof hold !== 'boolean') throw wrong(name);
    const reducedFromImaged: LpsTransform = { from: 'lps', to: 'lps', m: m.slice(0, 12) as number[] };
    return { name, reducedFromImaged, hold };
  });
}

function documentOf(r: Reduction, { acetabulum, before, after }: FractureMeasures) {
  return {
    plane: r.plane,
    templateFromHealthy: matrix4(r.templateFromHealthy),
    symmetry: r.symmetry,
    fragments: r.poses.map((pose, i) => ({
      ...pose,
      reducedFromImaged: matrix4(pose.reducedFromImaged),
      fit: r.residuals[i],
    })),
    overlaps: r.overlaps,
    acetabulum: { ...acetabulum, findings: undefined },
    before,
    after,
  };
}

function textOf(r: Reduction, { before, after }: FractureMeasures): string {
  const rows = r.poses.map((p, i) => {
    const f = r.residuals[i];
    return [
      p.name,
      p.by,
      num(p.shiftMm, 1),
      num(p.turnDeg, 1),
      num(f.rmsMm),
      num(f.p95Mm),
      num(f.faceMm2, 0),
      num(f.faceRmsMm),
      num(f.confidence),
    ];
  });
  const head = ['fragment', 'pose', 'shift mm', 'turn °', 'RMS mm', '95 % mm', 'faces mm²', 'apart mm', 'confidence'];
  const slices = (of: (g: FractureGaps) => string) => `${of(before)} → ${of(after)}`;
  const dome = (plane: 'axial' | 'coronal' | 'sagittal') =>
    slices(({ dome: d }) => (d[plane] ? `${num(d[plane].gapMm, 1)} / ${num(d[plane].stepMm, 1)} mm` : 'not crossed'));
  return [
    columns([head, ...rows], 2),
    facts([
      ['gap in space', slices((g) => `${num(g.gapMm, 1)} mm`)],
      ['step-off in space', slices((g) => `${num(g.stepMm, 1)} mm`)],
      ['open joint surface', slices((g) => `${num(g.gapAreaMm2, 0)} mm²`)],
      ['axial dome, gap / step', dome('axial')],
      ['coronal dome', dome('coronal')],
      ['sagittal dome', dome('sagittal')],
      ['shared volume', slices((g) => `${num(g.overlapMm3, 0)} mm³`)],
    ]),
  ].join('\n');
}
