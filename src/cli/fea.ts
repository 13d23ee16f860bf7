import { basename } from 'node:path';
import {
  type CaseFields,
  type Model,
  nodalStressOfParts,
  pullsOf,
  readFrd,
  STRESS,
  type Study,
  writeInp,
} from '../fea/index.ts';
import { type Graph, studyPack } from '../plan/index.ts';
import {
  createStore,
  openOutFolder,
  publishPack,
  readBytes,
  readStudy,
  runCalculix,
  sha256,
} from '../platform/node/index.ts';
import { columns, facts, num } from './format.ts';
import { openMesh, readFindings, UNIT_FLAG } from './mesh-files.ts';
import type { Session } from './session.ts';
import { volumeRead } from './steps/pieces.ts';
import { choiceFlag, OUT_FLAG, verb } from './verb.ts';
import { VERSION } from './version.ts';

export const feaVerb = verb({
  name: 'fea',
  summary: 'stresses of a solid under load: mesh, solve, judge, report; decks for CalculiX and FEBio',
  args: [{ name: 'study', label: 'study file (YAML); the solid it names is relative to it' }],
  params: {
    ...OUT_FLAG,
    engine: choiceFlag('who solves; calculix needs the program ccx', ['osteon', 'calculix'], 'osteon'),
    unit: UNIT_FLAG,
  },
  required: ['out'],
  example: 'osteon fea study.yaml -o out',
  async run({ args, params: { out: outPath, engine, unit }, session }) {
    const started = performance.now();
    const { near, ...document } = await readStudy(args[0]);
    const out = await openOutFolder(outPath);
    const withdraw = session.onUndo(out.discard);
    session.expect(2 * (2 + 6) + 3);
    const graph = session.graph(createStore(out.hidden));
    const names = Object.keys(document.surfaces);
    const [solid, ...others] = await Promise.all(
      [document.solid, ...Object.values(document.surfaces)].map((file) => openMesh(graph, near(file), unit)),
    );
    const surfaces = Object.fromEntries(names.map((name, i) => [name, others[i].artefact]));
    const ct = document.ct === undefined ? undefined : await openVolume(graph, near(document.ct));
    const made = await studyPack(graph, document, solid.artefact, surfaces, sha256, {
      engine,
      program: `osteon ${VERSION}`,
      title: basename(document.solid).replace(/\.[^.]*$/, ''),
      ...(ct && { ct }),
      ...(engine === 'calculix' && { outside: (model, study) => calculix(model, study, session) }),
    });
    const read = [solid, ...others].flatMap((o, i) =>
      readFindings(i === 0 ? document.solid : document.surfaces[names[i - 1]], o),
    );
    const manifest = await publishPack(out, made, { osteon: VERSION, procedure: 'strength study' });
    withdraw();
    const ms = Math.round(performance.now() - started);
    return {
      document: {
        out: outPath,
        study: made.caseId,
        ...made.summary,
        artefacts: manifest.artefacts,
        steps: session.steps(),
        ms,
      },
      text: [
        resultText(made.result),
        `${manifest.artefacts.length + 1} files in ${outPath}; read ${outPath}/report.html first`,
      ].join('\n'),
      findings: [...read, ...made.findings],
    };
  },
});

function resultText({ cases, mesh }: Awaited<ReturnType<typeof studyPack>>['result']): string {
  const factor = (f: number | null) => (f === null ? '-' : num(f, 2));
  return [
    facts([
      ['mesh', `${mesh.elements} elements, ${mesh.nodes} nodes, ${num(mesh.cellMm, 2)} mm`],
      ['from surface to mesh', `${num(mesh.maxDeviationMm, 3)} mm at most`],
    ]),
    '',
    columns(
      [
        ['load case', 'load N', 'von Mises MPa', 'yield', 'fatigue', 'moves mm', 'mesh error %'],
        ...cases.map((c) => [
          c.name,
          num(Math.hypot(...c.loadN), 1),
          num(c.vonMisesAwayMPa.value, 2),
          factor(c.yieldFactor),
          factor(c.fatigueFactor),
          num(c.displacementMm.value, 5),
          num(100 * c.stressError, 1),
        ]),
      ],
      1,
    ),
    '',
  ].join('\n');
}

/** A volume of Hounsfield units, read by the graph. */
async function openVolume(graph: Graph, path: string) {
  const { buffer, byteOffset, length } = await readBytes(path);
  const file = { name: basename(path), bytes: new Uint8Array(buffer, byteOffset, length) };
  return graph.step(volumeRead, {
    file: graph.source(sha256(`${file.name}\n${sha256(file.bytes)}`), async () => file),
  });
}

/** The same model solved by CalculiX. */
async function calculix(model: Model, study: Study, session: Session): Promise<readonly CaseFields[]> {
  const header = { title: 'study', lines: [`osteon ${VERSION}`] };
  const deck = writeInp(model, study, header, pullsOf(model.springs), 'ITERATIVE SCALING');
  const frd = await runCalculix(deck, { workers: session.workers, onUndo: session.onUndo });
  const { mesh, figures } = model.volume;
  return readFrd(frd, figures.nodes).map((step, c): CaseFields => {
    // CalculiX averages its springs, and all materials around a node, into the stress there: where springs stand and where
    // there is more than one material our own recovery from its displacement is taken.
    const { stressMPa: own, part } = nodalStressOfParts(mesh, model.lameMPa, step.displacementMm);
    const mixed = study.bone !== undefined || (study.inclusions ?? []).length > 0;
    const stressMPa = (mixed ? own : step.stressMPa).slice();
    for (const node of model.springs.nodes)
      stressMPa.set(own.subarray(STRESS * node, STRESS * (node + 1)), STRESS * node);
    return {
      displacementMm: step.displacementMm,
      stressMPa,
      part,
      reactionN: reactions(model, c, step.displacementMm, step.forcesN),
      iterations: 0,
      residual: 0,
      converged: true,
    };
  });
}

/** What fixed nodes and springs give: RF less the load, and stiffness times displacement. */
function reactions(model: Model, c: number, u: Float64Array, forcesN: Float64Array | null): Float64Array {
  const out = new Float64Array(u.length);
  const { fixed, springs } = model;
  if (forcesN) for (let i = 0; i < out.length; i++) if (fixed[i]) out[i] = forcesN[i] - model.forcesN[c][i];
  springs.nodes.forEach((node, s) => {
    const [xx, yy, zz, xy, yz, xz] = springs.stiffness.subarray(6 * s, 6 * s + 6);
    const [x, y, z] = u.subarray(3 * node, 3 * node + 3);
    out[3 * node] -= xx * x + xy * y + xz * z;
    out[3 * node + 1] -= xy * x + yy * y + yz * z;
    out[3 * node + 2] -= xz * x + yz * y + zz * z;
  });
  return out;
}
