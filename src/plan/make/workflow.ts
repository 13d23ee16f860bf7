import { type Finding, unpack, type Vec3 } from '../../base/index.ts';
import {
  costLedger,
  type InspectionPlan,
  type Ledger,
  measurementSheet,
  type NamedExtent,
  type Part,
  type Process,
  planMilling,
  type RateName,
  settingOf,
  travellerOf,
} from '../../make/index.ts';
import { distinctFindings } from '../gates.ts';
import type { Artefact, Graph } from '../graph.ts';
import { documentFile, jsonBytes, type OutFile } from '../outputs.ts';
import { reportHtml } from '../report/html.ts';
import type { Figure } from '../report/model.ts';
import {
  makeCheck,
  makeGcode,
  makeInspection,
  makeLayers,
  makeNominal,
  makePackage,
  makePictures,
  makePlan,
} from '../steps/make.ts';
import { type BuildFacts, buildDocument, layerCsv, millingDocument, totalsOf } from './documents.ts';
import { travellerReport } from './traveller-page.ts';

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
  /** Lengths that the design names; without any, those along the principal axes. */
  readonly named: readonly NamedExtent[];
  /** Sizes of the set; each is a unit of the ledger and a build of its own. */
  readonly sizes: readonly string[];
  /** Rates of the workplace, in place of the assumed ones. */
  readonly rates: Readonly<Partial<Record<RateName, number>>>;
  /** Folder of the files, with a slash, or nothing. */
  readonly folder: string;
}
export const MAKE_DEFAULTS: MakeOptions = {
  coupons: 3,
  content: 'hatched',
  slices: true,
  facts: {},
  named: [],
  sizes: [],
  rates: {},
  folder: '',
};

/** A build: its files, what is known about it, what a person should look at. */
export interface Made {
  /** Absent for a part that is milled. */
  readonly facts?: BuildFacts;
  readonly inspection: InspectionPlan;
  readonly ledger: Ledger;
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
  if (process.technology === 'milling') return milled(graph, part, process, way, o);
  const build = await graph.step(makePlan, { part, process: way }, { up: o.up ?? [], coupons: o.coupons });
  const extruded = process.technology === 'extrusion';
  const [paper, check, layers, gcode, packed] = await Promise.all([
    inspectionOf(graph, part, way, o),
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
  const file = fileIn(o.folder);
  const { name, supports } = made.build;
  const totals = totalsOf(facts);
  const sizes = o.sizes.length > 0 ? o.sizes : [name];
  const amounts = { machineS: totals.timeS, meltedG: totals.massG, sizes, builds: sizes.length };
  const ledger = costLedger(process, amounts, o.rates);
  const machineFiles = [`${name}.3mf`, gcode ? `${name}.gcode` : `${name}.cli`];
  const numbers = { ...totals, supportColumns: supports?.columns ?? 0 };
  const traveller = travellerOf(made.build, process, numbers, ledger.units, machineFiles);
  const page = reportHtml(travellerReport(traveller, paper.plan, ledger, findings));
  const { bytes } = await read(packed);
  const { figures } = await read(pictures);
  return {
    facts,
    inspection: paper.plan,
    ledger,
    figures,
    findings,
    files: [
      ...paper.files,
      documentFile('build', `${o.folder}traveller.json`, { ...traveller, ledger }, { build, part }),
      file('traveller.html', new TextEncoder().encode(page), build, ''),
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
      documentFile('build', `${o.folder}build.json`, { ...buildDocument(facts), ledger }, { build, check }),
    ],
  };
}

const fileIn =
  (folder: string) =>
  (name: string, bytes: Uint8Array, from: Artefact, unit = 'mm'): OutFile => ({
    role: 'build',
    path: `${folder}${name}`,
    bytes,
    unit,
    made: from.made,
  });

/** The nominal part, the plan that refers to it, and its table to be filled in. */
async function inspectionOf(
  graph: Graph,
  part: Artefact<Part>,
  process: Artefact<Process>,
  { folder, named }: MakeOptions,
): Promise<{ plan: InspectionPlan; files: OutFile[] }> {
  const file = fileIn(folder);
  const nominal = await graph.step(makeNominal, { part });
  const { bytes, sha256 } = await read(nominal);
  const name = `${(await read(part)).name}-nominal.3mf`;
  const inputs = { part, process, nominal: graph.value({ file: name, sha256 }), named: graph.value(named) };
  const artefact = await graph.step(makeInspection, inputs);
  const plan = await read(artefact);
  const sheet = new TextEncoder().encode(measurementSheet(plan));
  return {
    plan,
    files: [
      file(name, bytes, nominal),
      file('inspection.json', jsonBytes(plan), artefact),
      file('measurements.csv', sheet, artefact, ''),
    ],
  };
}

async function milled(
  graph: Graph,
  part: Artefact<Part>,
  process: Process,
  way: Artefact<Process>,
  o: MakeOptions,
): Promise<Made> {
  const [body, paper] = await Promise.all([read(part), inspectionOf(graph, part, way, o)]);
  const milling = planMilling(body, process);
  const sizes = o.sizes.length > 0 ? o.sizes : [body.name];
  const meltedG = milling.massG + (milling.removedMm3 * settingOf(process, 'densityGPerCm3')) / 1000;
  const amounts = { machineS: milling.totalS, meltedG, sizes, builds: sizes.length };
  const ledger = costLedger(process, amounts, o.rates);
  const { findings } = milling.stock;
  const numbers = { layers: 0, timeS: milling.totalS, massG: milling.massG, supportColumns: 0 };
  const traveller = travellerOf({ ...milling, name: body.name, coupons: [] }, process, numbers, ledger.units, []);
  const page = reportHtml(travellerReport(traveller, paper.plan, ledger, findings));
  const document = { ...millingDocument(process, milling), ledger };
  return {
    inspection: paper.plan,
    ledger,
    figures: [],
    findings,
    files: [
      ...paper.files,
      documentFile('build', `${o.folder}traveller.json`, { ...traveller, ledger }, { part, process: way }),
      fileIn(o.folder)('traveller.html', new TextEncoder().encode(page), part, ''),
      documentFile('build', `${o.folder}build.json`, document, { part, process: way }),
    ],
  };
}

const read = async <T>(artefact: Artefact<T>): Promise<T> => unpack<T>(await artefact.load());
