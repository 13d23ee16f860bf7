import { basename } from 'node:path';
import { OsteonError, type Vec3, verdictOf } from '../base/index.ts';
import { type Build, PROCESSES, type Process, processOf, RATES, type RateName, withSettings } from '../make/index.ts';
import { joinMeshes } from '../mesh/index.ts';
import { type BuildFacts, type Made, makePart, type OutFile, totalsOf } from '../plan/index.ts';
import { createStore, openOutFolder, publishPack, sliceWithPrusa } from '../platform/node/index.ts';
import { columns, facts, num } from './format.ts';
import { openMesh, readFindings, UNIT_FLAG } from './mesh-files.ts';
import { makePartStep } from './steps/make-part.ts';
import { choiceFlag, OUT_FLAG, switchFlag, textFlag, verb } from './verb.ts';
import { VERSION } from './version.ts';

export const makeVerb = verb({
  name: 'make',
  summary: 'from a part to a build: orientation, supports, layers, checks, machine files',
  args: [{ name: 'part', label: 'mesh file; a 3MF names its articular, porous and machined faces' }],
  params: {
    ...OUT_FLAG,
    process: choiceFlag(
      'how it is made',
      PROCESSES.map((p) => p.id),
      'ti64-eli-lpbf',
    ),
    set: textFlag('a number of the process; may be repeated', 'name=value'),
    rate: textFlag('a rate of the cost ledger; may be repeated', 'name=value'),
    articular: textFlag('mesh file of the articular surface: faces of the part that lie on it are articular'),
    up: textFlag('direction of the part that is to point up, LPS; searched otherwise', 'x,y,z'),
    coupons: { label: 'tensile specimens on the plate', unit: '', default: 3, min: 0, max: 12, source: 'lot release' },
    contours: switchFlag('leave the hatch out of the layer file; the machine makes its own'),
    engine: choiceFlag('who draws the lines of an extruded part', ['osteon', 'prusa-slicer'], 'osteon'),
    unit: UNIT_FLAG,
  },
  required: ['out'],
  repeatable: ['set', 'rate'],
  example: 'osteon make talus-100.3mf --process ti64-eli-lpbf -o build',
  async run({ args, params, session }) {
    const process = withSettings(processOf(params.process), numbersOf('--set', params.set));
    const rates = ratesOf(params.rate);
    if (params.engine !== 'osteon' && process.technology !== 'extrusion')
      throw new OsteonError('cli.usage', { engine: params.engine }, 'Another engine is only for extruded parts');
    const up = params.up ? vectorOf(params.up) : undefined;
    const out = await openOutFolder(params.out);
    const withdraw = session.onUndo(out.discard);
    const graph = session.graph(createStore(out.hidden));
    const part = await openMesh(graph, args[0], params.unit);
    const patch = params.articular ? await openMesh(graph, params.articular, params.unit) : undefined;
    session.expect(20);
    const name = basename(args[0]).replace(/\.[^.]*$/, '');
    const made = await makePart(
      graph,
      await graph.step(makePartStep, { file: part.artefact, articular: patch?.artefact }, { name }),
      process,
      { ...(up && { up }), rates, coupons: params.coupons, content: params.contours ? 'contours' : 'hatched' },
    );
    const files = params.engine === 'osteon' ? made.files : await drawnByPrusa(made, process);
    const findings = [...readFindings(args[0], part), ...made.findings];
    const pack = {
      caseId: part.sha256.slice(0, 12),
      verdict: verdictOf(findings),
      findings,
      files,
      summary: {},
    };
    const { artefacts } = await publishPack(out, pack, { osteon: VERSION, procedure: `make ${process.id}` });
    withdraw();
    const document = { out: params.out, process: process.id, ...documentOf(made), artefacts };
    const text = [
      made.facts ? buildText(made.facts) : 'milled: see build.json',
      `${artefacts.length + 1} files in ${params.out}`,
    ];
    return { document, text: text.join('\n\n'), findings: findings };
  },
});

/** The same build with PrusaSlicer's lines in place of ours. */
async function drawnByPrusa({ facts: f, files }: Made, process: Process): Promise<readonly OutFile[]> {
  if (!f) return files;
  const { mesh, supports } = f.build;
  const bytes = await sliceWithPrusa(supports ? joinMeshes([mesh, supports.mesh]) : mesh, process);
  return files.map((file) =>
    file.path.endsWith('.gcode') ? { ...file, bytes, made: { ...file.made, step: 'prusa-slicer' } } : file,
  );
}

function ratesOf(text: string): Partial<Record<RateName, number>> {
  const given = numbersOf('--rate', text);
  for (const [name, value] of Object.entries(given))
    if (!Object.hasOwn(RATES, name) || value < 0)
      throw new OsteonError('cli.usage', { rate: name, value }, `Rates: ${Object.keys(RATES).join(', ')}`);
  return given;
}

/** Lines of `name=value`. */
function numbersOf(flag: string, lines: string): Record<string, number> {
  const given: Record<string, number> = {};
  for (const line of lines.split('\n').filter(Boolean)) {
    const at = line.indexOf('=');
    const value = Number(line.slice(at + 1));
    if (at < 1 || line.slice(at + 1).trim() === '' || !Number.isFinite(value))
      throw new OsteonError('cli.usage', { flag, value: line.slice(0, 80) }, `${flag} takes name=value`);
    given[line.slice(0, at)] = value;
  }
  return given;
}

export function vectorOf(text: string): Vec3 {
  const v = text.split(',').map((s) => (s.trim() === '' ? Number.NaN : Number(s)));
  if (v.length !== 3 || !v.every(Number.isFinite) || v.every((x) => x === 0))
    throw new OsteonError('cli.usage', { vector: text.slice(0, 80) }, 'Three numbers are wanted, e.g. 0,0.5,1');
  return [v[0], v[1], v[2]];
}

/** The numbers a person asks for first. */
function documentOf({ facts: f }: Made): object {
  if (!f) return {};
  const { supports, orientations, stock } = f.build;
  const [{ up, heightMm, articularFlattestDeg, articularRoughMm2 }] = orientations;
  return {
    up,
    heightMm,
    articularFlattestDeg,
    articularRoughMm2,
    supportColumns: supports?.columns ?? 0,
    supportVolumeMm3: supports?.volumeMm3 ?? 0,
    supportContactMm2: supports?.contactMm2 ?? 0,
    supportOnArticularMm2: 0,
    nominalMm3: stock.nominalMm3,
    asBuiltMm3: stock.asBuiltMm3,
    ...totalsOf(f),
  };
}

function buildText(f: BuildFacts): string {
  const { build, check } = f;
  const { layers, timeS, massG } = totalsOf(f);
  return [
    columns(
      [
        ['orientation', 'up (LPS)', 'height mm', 'support mm²', 'rough mm²', 'stair mm', 'cost', 'why'],
        ...build.orientations.map(orientationRow),
      ],
      2,
    ),
    '',
    facts([
      ['process', build.process.title],
      ['stock', stockText(build)],
      ['supports', supportText(build)],
      ['least wall', `${num(check.minWallMm)} mm`],
      ['layers', `${layers}`],
      ['time', `${num(timeS / 3600, 1)} h`],
      ['material in the build', `${num(massG, 1)} g`],
      ...(f.layers ? ([['slices against the body', `${num(100 * f.layers.sliceError, 4)} %`]] as const) : []),
    ]),
  ].join('\n');
}

function orientationRow(o: Build['orientations'][number], i: number): string[] {
  const barred = o.articularTooFlatMm2 > 0;
  const name = barred ? 'barred' : i === 0 ? 'taken' : `${i + 1}`;
  const why = barred ? `${num(o.articularTooFlatMm2, 1)} mm² of articular face would need support` : reasons(o.why);
  return [
    name,
    o.up.map((x) => num(x)).join(' '),
    num(o.heightMm, 1),
    num(o.supportMm2, 0),
    num(o.articularRoughMm2, 1),
    num(o.stairMm, 4),
    num(o.cost, 3),
    why,
  ];
}

const reasons = (why: Build['orientations'][number]['why']): string =>
  why
    .slice(0, 3)
    .map(({ what, cost }) => `${what} ${num(cost)}`)
    .join(', ');

const stockText = ({ stock }: Build): string =>
  `${Object.entries(stock.stockMm)
    .map(([kind, mm]) => `${kind} ${mm}`)
    .join(', ')} mm; ${num(stock.nominalMm3, 1)} → ${num(stock.asBuiltMm3, 1)} mm³`;

const supportText = ({ supports }: Build): string =>
  supports
    ? `${supports.columns} columns, ${num(supports.volumeMm3, 0)} mm³, contact ${num(supports.contactMm2, 1)} mm², on articular faces 0 mm²`
    : 'none needed';
