import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_JOB, OsteonError } from '../../src/base/index.ts';
import { read3mf, readPly, readStl } from '../../src/io/index.ts';
import { surfaceDistance } from '../../src/measure/index.ts';
import { checkMesh, volumeMm3 } from '../../src/mesh/index.ts';
import {
  type CaseDocument,
  type CaseInput,
  caseVocabulary,
  createGraph,
  execute,
  type Pack,
  parseCase,
  runCase,
  STEPS,
  type Store,
  stepTable,
} from '../../src/plan/index.ts';
import { createEngines, createMemoryStore, sha256 } from '../../src/platform/node/index.ts';
import { crop } from '../../src/volume/index.ts';
import { type FeetScan, scanFeet, sourceOf } from './plan-feet.ts';

/** Coarser than the protocol allows, so that a whole case takes seconds; the case says why that is accepted. */
const SPACING = [1.2, 1.2, 1.2] as const;
const CASE = `osteon: 1
procedure: total-talus-replacement
scan: ./dicom
affectedSide: left
material: Ti-6Al-4V ELI
bodyMassKg: 80
overrides: { dicom.protocol: a coarse phantom for a quick test }
parameters: { strength.nodes: 5000 }
`;
const TABLE = stepTable(STEPS);
const host = { job: NO_JOB, engines: createEngines() };

interface Run {
  readonly pack: Pack;
  readonly ran: readonly string[];
}
async function run(input: Omit<CaseInput, 'document'>, text: string, store: Store): Promise<Run> {
  const ran: string[] = [];
  const graph = createGraph({
    sha256,
    store,
    run(task) {
      ran.push(task.step);
      return execute(TABLE, task, host, sha256);
    },
  });
  const document: CaseDocument = parseCase(text, caseVocabulary());
  return { pack: await runCase(graph, { ...input, document }, sha256), ran };
}

let scan: FeetScan;
let store: Store;
let first: Run;
beforeAll(async () => {
  scan = scanFeet(SPACING);
  store = createMemoryStore();
  first = await run({ source: sourceOf(scan.volume) }, CASE, store);
}, 600_000);
afterAll(() => {
  store = createMemoryStore();
});

const fileOf = ({ pack }: Run, path: string): Uint8Array => {
  const file = pack.files.find((f) => f.path === path);
  if (!file) throw new Error(`no ${path} among ${pack.files.map((f) => f.path).join(' ')}`);
  return file.bytes;
};
/** Every file by the hash of its bytes. */
const namesOf = ({ pack }: Run) => pack.files.map(({ path, bytes }) => [path, sha256(bytes)]);
const jsonOf = (of: Run, path: string) => JSON.parse(new TextDecoder().decode(fileOf(of, path)));

test('a case from DICOM gives every file of the pack', () => {
  const paths = first.pack.files.map((f) => f.path);
  const sizes = ['095', '100', '105'].flatMap((s) => [`implants/talus-${s}.stl`, `implants/talus-${s}.3mf`]);
  for (const path of [
    'scan.json',
    'plan.json',
    'fit.json',
    'strength.json',
    'labels.nrrd',
    'report.html',
    'report.pdf',
    ...sizes,
  ])
    expect(paths).toContain(path);
  for (const side of ['left', 'right'])
    for (const bone of ['talus', 'calcaneus', 'navicular', 'cuboid', 'tibia', 'fibula', 'metatarsal-1'])
      expect(paths).toContain(`bones/${side}-${bone}.stl`);
  expect(first.pack.verdict).not.toBe('block');
  expect(first.pack.findings.some((f) => f.text.includes('a coarse phantom for a quick test'))).toBe(true);
});

test('implants are closed solids whose volumes stand in the wanted ratio, the same in both formats', () => {
  const volumes = ['095', '100', '105'].map((size) => {
    const stl = readStl(fileOf(first, `implants/talus-${size}.stl`)).mesh;
    const model = read3mf(fileOf(first, `implants/talus-${size}.3mf`));
    const [part] = model.parts;
    expect(checkMesh(part.mesh).solid).toBe(true);
    expect(volumeMm3(stl) / volumeMm3(part.mesh)).toBeCloseTo(1, 6);
    expect(part.metadata).toMatchObject({ 'osteon:side': 'left', 'osteon:caseId': first.pack.caseId });
    return volumeMm3(part.mesh);
  });
  expect(volumes[0] / volumes[1]).toBeCloseTo(0.95, 9);
  expect(volumes[2] / volumes[1]).toBeCloseTo(1.05, 9);
});

test('the implant is the talus before the collapse, and the joint has its height back', () => {
  const natural = scan.feet.natural.find((b) => b.name === 'left-talus');
  const implant = readStl(fileOf(first, 'implants/talus-100.stl')).mesh;
  expect(surfaceDistance(implant, natural!.mesh, { spacingMm: 1 }).meanMm).toBeLessThan(0.3);
  const { jointHeight, calcaneus } = jsonOf(first, 'plan.json');
  expect(Math.abs(jointHeight.heightMm - scan.feet.restoreMm[2])).toBeLessThan(0.5);
  expect(calcaneus.rmsMm).toBeLessThan(0.4);
});

test('every size has a strength: loads balance, factors follow from the stress, the report shows it', () => {
  const { sizes } = jsonOf(first, 'strength.json');
  expect(sizes.map((s: { percent: number }) => s.percent)).toEqual([95, 100, 105]);
  for (const { cases, material, verdict, mesh } of sizes) {
    expect(verdict).toBe('pass');
    expect(mesh.minDihedralDeg).toBeGreaterThan(10.7);
    expect(cases.map((c: { name: string }) => c.name)).toEqual(['heel strike', 'stance', 'push-off']);
    for (const c of cases) {
      expect(Math.hypot(...c.loadN)).toBeCloseTo(5340, 6);
      expect(c.imbalance).toBeLessThan(1e-5);
      expect(c.converged && c.coarse.converged).toBe(true);
      expect(c.yieldFactor).toBeCloseTo(material.yieldMPa / c.vonMisesAwayMPa.value, 9);
      expect(c.vonMisesAwayMPa.value).toBeGreaterThan(10);
      expect(c.vonMisesAwayMPa.value).toBeLessThan(150);
    }
  }
  for (const size of ['095', '100', '105']) {
    // The stress on the surface, vertex for vertex that of the part as its STL has it.
    const { mesh, scalars } = readPly(fileOf(first, `stress/talus-${size}.ply`));
    const stl = readStl(fileOf(first, `implants/talus-${size}.stl`)).mesh;
    expect(mesh.triangles.length).toBe(stl.triangles.length);
    const cases = sizes.find((s: { percent: number }) => s.percent === Number(size)).cases;
    const greatest = Math.max(...cases.map((c: { vonMisesMPa: { value: number } }) => c.vonMisesMPa.value));
    const onSurface = scalars!.reduce((a, b) => Math.max(a, b));
    expect(onSurface).toBeLessThan(1.001 * greatest);
    expect(onSurface).toBeGreaterThan(0.7 * greatest);
  }
  // A larger talus is not weaker.
  const peak = (k: number) =>
    Math.max(...sizes[k].cases.map((c: { vonMisesAwayMPa: { value: number } }) => c.vonMisesAwayMPa.value));
  expect(peak(2)).toBeLessThan(1.1 * peak(0));
  const html = new TextDecoder().decode(fileOf(first, 'report.html'));
  expect(html).toContain('Weakest section, mm²');
  expect(html).toContain('von Mises stress, from the side of its peak');
});

test('running again makes nothing; another set of sizes makes only sizes, fit and what they are written to', async () => {
  const source = sourceOf(scan.volume);
  const again = await run({ source }, CASE, store);
  expect(again.ran.filter((s) => s !== 'scan.decode')).toEqual([]);
  expect(namesOf(again)).toEqual(namesOf(first));
  const other = await run({ source }, `${CASE}sizesVolumePercent: [100, 103]\n`, store);
  // The build of the nominal size stays; its file names the case.
  const made = [
    'talus.size',
    'talus.fit',
    'strength.talus',
    'strength.field',
    'mesh.write',
    'make.package',
    'report.html',
    'report.pdf',
  ];
  expect(new Set(other.ran)).toEqual(new Set(made));
  expect(other.ran.filter((s) => s === 'talus.fit').length).toBe(1);
  expect(other.pack.files.map((f) => f.path)).toContain('implants/talus-103.stl');
});

test('the build of the nominal size is in the pack, and no support stands on an articular face', () => {
  const build = jsonOf(first, 'build/build.json');
  expect(build.part).toBe('talus-100');
  expect(build.process.id).toBe('ti64-eli-lpbf');
  expect(build.supports.onArticularFacesMm2).toBe(0);
  expect(Math.abs(build.sliceError)).toBeLessThan(1e-3);
  const [part] = read3mf(fileOf(first, 'build/talus-100.3mf')).parts;
  expect(volumeMm3(part.mesh)).toBeCloseTo(build.stock.asBuiltMm3, 6);
  const implant = read3mf(fileOf(first, 'implants/talus-100.3mf')).parts[0];
  expect(implant.faces!.articular).toEqual(part.faces!.articular);
  expect(new TextDecoder().decode(fileOf(first, 'report.html'))).toContain('<h2>Build</h2>');
});

test('a case may leave the build out, or name a process that does not suit it', async () => {
  const source = sourceOf(scan.volume);
  const without = await run({ source }, `${CASE}make: none\n`, store);
  expect(without.pack.files.some((f) => f.path.startsWith('build/'))).toBe(false);
  const wrong = await run({ source }, `${CASE}make: { process: cocr-lpbf }\n`, store).catch((e) => e);
  expect(wrong).toMatchObject({ code: 'case.value' });
  const hot = await run({ source }, `${CASE}make: { settings: { powerW: 4000 } }\n`, store).catch((e) => e);
  expect(hot).toMatchObject({ code: 'param.range' });
});

test('a parameter of the fit leaves the implants as they are', async () => {
  const source = sourceOf(scan.volume);
  const other = await run({ source }, CASE.replace('parameters: {', 'parameters: { talus.contactMm: 2,'), store);
  expect(other.ran).not.toContain('talus.size');
  expect(other.ran).toContain('talus.fit');
  expect(new TextDecoder().decode(fileOf(other, 'report.html'))).toMatch(
    /talus\.contactMm<\/td><td>2\s*mm<\/td><td>case file/,
  );
});

test('sides that are swapped in the case are refused', async () => {
  const source = sourceOf(scan.volume);
  const refused = await run({ source }, CASE.replace('affectedSide: left', 'affectedSide: right'), store).catch(
    (e) => e,
  );
  expect(refused instanceof OsteonError && refused.code).toBe('case.side');
  const stated = await run({ source: sourceOf(scan.volume, 'right') }, CASE, store).catch((e) => e);
  expect(stated instanceof OsteonError && stated.code).toBe('case.side');
});

const refusalOf = async (input: Omit<CaseInput, 'document'>, text = CASE): Promise<string> => {
  const refused = await run(input, text, createMemoryStore()).catch((e) => e);
  return refused instanceof OsteonError ? refused.code : String(refused);
};

test('one foot, a protocol that is not met and no override, a bone that is not there: one code each', async () => {
  const [nx, ny, nz] = scan.volume.grid.size;
  const half = crop(scan.volume, { lo: [0, 0, 0], hi: [Math.floor(nx / 2), ny, nz] });
  expect(await refusalOf({ source: sourceOf(half) })).toBe('dicom.view');
  const strict = CASE.split('\n')
    .filter((line) => !line.startsWith('overrides'))
    .join('\n');
  expect(await refusalOf({ source: sourceOf(scan.volume) }, strict)).toBe('dicom.protocol');
  const without = scanFeet(SPACING, 'right-talus');
  // Without a talus the shank stands apart from the foot, and the view says so; the bones say which one it is.
  expect(await refusalOf({ source: sourceOf(without.volume) })).toBe('dicom.view');
  const looked = CASE.replace('overrides: {', 'overrides: { dicom.view: the view is complete,');
  expect(await refusalOf({ source: sourceOf(without.volume) }, looked)).toBe('segment.bone-missing');
});
