import { type Finding, unpack, type Vec3 } from '../../base/index.ts';
import type { Part, Process } from '../../make/index.ts';
import { planMilling } from '../../make/index.ts';
import { distinctFindings } from '../gates.ts';
import type { Artefact, Graph } from '../graph.ts';
import { documentFile, type OutFile } from '../outputs.ts';
import type { Figure } from '../report/model.ts';
import { makeCheck, makeGcode, makeLayers, makePackage, makePictures, makePlan } from '../steps/make.ts';
import { type BuildFacts, buildDocument, layerCsv, millingDocument } from './documents.ts';

export interface MakeOptions {
  /** Direction of the part that points up; absent: searched. */
  readonly up?: Vec3;
  readonly coupons: number;
  /** What the layer file holds. */
  readonly content: 'hatched' | 'contours';
  /** Layers beside the mesh in the 3MF. */
  readonly slices: boolean;
  /** Texts that go into the 3MF: case, side, size. */
  readonly facts: Readonly<Record<string, string>>;
  /** Folder of the files, with a slash, or nothing. */
  readonly folder: string;
}
export const MAKE_DEFAULTS: MakeOptions = { coupons: 3, content: 'hatched', slices: true, facts: {}, folder: '' };

/** A build: its files, what is known about it, what a person should look at. */
export interface Made {
  /** Absent for a part that is milled. */
  readonly facts?: BuildFacts;
  readonly files: readonly OutFile[];
  readonly figures: readonly Figure[];
  readonly findings: readonly Finding[];
}

/**
 * From a part and a process to every file of a build. Nothing is written here.
 * @throws make.no-orientation, make.too-large, mesh.not-closed, param.range
 */
export async function makePart(
  graph: Graph,
  part: Artefact<Part>,
  process: Process,
  options: Partial<MakeOptions> = {},
): Promise<Made> {
  const o = { ...MAKE_DEFAULTS, ...options };
  const way = graph.value(process);
  if (process.technology === 'milling') return milled(part, process, way, o);
  const build = await graph.step(makePlan, { part, process: way }, { up: o.up ?? [], coupons: o.coupons });
  const extruded = process.technology === 'extrusion';
  const [check, layers, gcode, packed] = await Promise.all([
    graph.step(makeCheck, { build }),
    extruded ? undefined : graph.step(makeLayers, { build }, { content: o.content }),
    extruded ? graph.step(makeGcode, { build }) : undefined,
    graph.step(makePackage, { build, facts: graph.value(o.facts) }, { slices: o.slices }),
  ]);
  const made = {
    build: await read(build),
    check: await read(check),
    layers: layers && (await read(layers)),
    gcode: gcode && (await read(gcode)),
  };
  const findings = distinctFindings([...made.build.findings, ...made.check.findings]);
  const pictures = await graph.step(makePictures, { build, findings: graph.value(findings) });
  const facts: BuildFacts = {
    build: made.build,
    check: made.check,
    ...(made.layers && { layers: made.layers.layers }),
    ...(made.gcode && { gcode: { gcode: made.gcode.gcode, layers: made.gcode.layers } }),
  };
  const file = (name: string, bytes: Uint8Array, from: Artefact, unit = 'mm'): OutFile => ({
    role: 'build',
    path: `${o.folder}${name}`,
    bytes,
    unit,
    made: from.made,
  });
  const { name } = made.build;
  const { bytes } = await read(packed);
  const { figures } = await read(pictures);
  return {
    facts,
    figures,
    findings,
    files: [
      file(`${name}.3mf`, bytes, packed),
      ...(made.layers && layers
        ? [
            file(`${name}.cli`, made.layers.cli, layers),
            file('layers.csv', layerCsv(made.layers.layers), layers),
            file('layers.svg', made.layers.svg, layers),
          ]
        : []),
      ...(made.gcode && gcode
        ? [file(`${name}.gcode`, made.gcode.bytes, gcode), file('layers.svg', made.gcode.svg, gcode)]
        : []),
      ...figures.map((figure, i) => file(`build-${i + 1}.png`, figure.png, pictures, '')),
      documentFile('build', `${o.folder}build.json`, buildDocument(facts), { build, check }),
    ],
  };
}

async function milled(part: Artefact<Part>, process: Process, way: Artefact<Process>, o: MakeOptions): Promise<Made> {
  const milling = planMilling(await read(part), process);
  const document = millingDocument(process, milling);
  return {
    figures: [],
    findings: milling.stock.findings,
    files: [documentFile('build', `${o.folder}build.json`, document, { part, process: way })],
  };
}

const read = async <T>(artefact: Artefact<T>): Promise<T> => unpack<T>(await artefact.load());
