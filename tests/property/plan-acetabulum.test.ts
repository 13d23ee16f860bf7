import { beforeAll, expect, test } from 'vitest';
import { type LpsTransform, NO_JOB, type Vec3 } from '../../src/base/index.ts';
import { read3mf, readMesh, readPly, readStl } from '../../src/io/index.ts';
import { apply, compose, distance, invert } from '../../src/math/index.ts';
import { fitAcetabulum, liveFracture, readFracture } from '../../src/measure/index.ts';
import { centroid, checkMesh, transformMesh, weld } from '../../src/mesh/index.ts';
import { ctOfPelvis, type Pelvis, pelvisOf } from '../../src/phantom/index.ts';
import {
  caseVocabulary,
  createGraph,
  execute,
  type Pack,
  parseCase,
  runCase,
  type ScanSource,
  STEPS,
  type Store,
  stepTable,
} from '../../src/plan/index.ts';
import { createEngines, createMemoryStore, sha256 } from '../../src/platform/node/index.ts';
import { sourceOf } from './plan-feet.ts';

/** Coarser than the protocol allows, so that a whole case takes seconds; the case says why that is accepted. */
const SPACING: Vec3 = [1.3, 1.3, 1.3];
const CASE = `osteon: 1
procedure: acetabular-fracture
scan: ./dicom
affectedSide: left
guide: none
overrides: { dicom.protocol: a coarse phantom for a quick test }
parameters: { plate.gridMm: 0.6, screws.perFragment: 2, fracture.samples: 1200, strength.nodes: 30000 }
`;
const TABLE = stepTable(STEPS);
const host = { job: NO_JOB, engines: createEngines() };

async function run(
  source: ScanSource,
  text: string,
  store: Store,
  edits?: unknown,
): Promise<{ pack: Pack; ran: string[] }> {
  const ran: string[] = [];
  const graph = createGraph({
    sha256,
    store,
    run(task) {
      ran.push(task.step);
      return execute(TABLE, task, host, sha256);
    },
  });
  const input = { document: parseCase(text, caseVocabulary()), source, edits };
  return { pack: await runCase(graph, input, sha256), ran };
}
let pelvis: Pelvis;
let source: ScanSource;
let store: Store;
let first: { pack: Pack; ran: string[] };
beforeAll(async () => {
  pelvis = pelvisOf({ seed: 2, detailMm: 2, spacingMm: SPACING });
  source = sourceOf(ctOfPelvis(pelvis, { noiseHu: 10 }));
  store = createMemoryStore();
  first = await run(source, CASE, store);
}, 600_000);

const fileOf = (pack: Pack, path: string): Uint8Array => {
  const file = pack.files.find((f) => f.path === path);
  if (!file) throw new Error(`no ${path} among ${pack.files.map((f) => f.path).join(' ')}`);
  return file.bytes;
};
const planOf = (pack: Pack) => JSON.parse(new TextDecoder().decode(fileOf(pack, 'plan.json')));

test('scan and side give the whole pack', () => {
  const paths = first.pack.files.map((f) => f.path);
  for (const bone of pelvis.imaged) expect(paths).toContain(`bones/${bone.name}.stl`);
  for (const path of [
    'scan.json',
    'plan.json',
    'screws.csv',
    'labels.nrrd',
    'report.html',
    'report.pdf',
    'plate/plate.stl',
    'plate/plate.3mf',
    'plate/plate.step',
    'strength.json',
    'stress/plate.ply',
    'reduced/left-posterior-column.stl',
  ])
    expect(paths).toContain(path);
  // The plate is made on a coarse grid here; nothing else may block.
  const blocking = first.pack.findings.filter((f) => f.level === 'blocker' && !f.code.startsWith('plate.'));
  expect(blocking).toEqual([]);
});

test('fragments come back to where they were before the accident', () => {
  const { transforms } = planOf(first.pack);
  const broken = pelvis.motions.filter((m) => m.name in transforms.reducedFromImaged);
  expect(broken.length).toBeGreaterThanOrEqual(2);
  for (const { name, imagedFromAnatomic } of broken) {
    const back = { from: 'lps', to: 'lps', m: transforms.reducedFromImaged[name].slice(0, 12) } as const;
    const left = compose(back, imagedFromAnatomic);
    const middle = centroid(pelvis.anatomic.find((b) => b.name === name)!.mesh);
    expect(distance(apply(left, middle), middle), name).toBeLessThan(2);
  }
});

test('screws stay out of the joint and the plate is a solid that shares nothing with bone', () => {
  const plan = planOf(first.pack);
  expect(plan.screws.length).toBeGreaterThanOrEqual(4);
  for (const s of plan.screws) {
    expect(s.jointMm).toBeGreaterThan(s.screw.diameterMm / 2);
    expect(s.beyondMm).toBeLessThanOrEqual(2);
    expect(s.cortexMm).toBeGreaterThanOrEqual(s.screw.diameterMm / 2);
  }
  expect(plan.plate.overlapMm3).toBe(0);
  expect(plan.plate.boneSide.rmsMm).toBeLessThan(0.1);
  expect(readStl(fileOf(first.pack, 'plate/plate.stl')).mesh.triangles.length).toBeGreaterThan(1000);
  const [part] = read3mf(fileOf(first.pack, 'plate/plate.3mf')).parts;
  expect(checkMesh(part.mesh).boundaryEdges).toBe(0);
  expect(new TextDecoder().decode(fileOf(first.pack, 'plate/plate.step'))).toContain('CYLINDRICAL_SURFACE');
});

test('the strength of the plate is computed, judged and kept as a field on its surface', () => {
  const { plate } = JSON.parse(new TextDecoder().decode(fileOf(first.pack, 'strength.json')));
  expect(plate.pieces.map((p: { name: string }) => p.name)).toContain(plate.intact);
  const [standing] = plate.cases;
  expect(standing.converged).toBe(true);
  expect(plate.yieldsAtN).toBeCloseTo((plate.jointN * plate.material.yieldMPa) / standing.vonMisesAwayMPa.value, 6);
  // Two ways to the same figure: a beam of sections is somewhat stiffer than the plate with its holes.
  expect(plate.bending.elementsNmm2 / plate.bending.sectionsNmm2).toBeGreaterThan(0.5);
  expect(plate.bending.elementsNmm2 / plate.bending.sectionsNmm2).toBeLessThan(1.5);
  const field = readPly(fileOf(first.pack, 'stress/plate.ply'));
  const body = readStl(fileOf(first.pack, 'plate/plate.stl')).mesh;
  expect(field.mesh.triangles.length).toBe(body.triangles.length);
  expect(field.scalars?.length).toBe(field.mesh.positions.length / 3);
  expect(field.scalars?.every((v) => v >= 0 && v < 5000)).toBe(true);
});

test('a second run finds everything made; the same bytes', async () => {
  const again = await run(source, CASE, store);
  expect(
    again.ran.filter((step) => !['scan.decode', 'bones.block', 'bones.relabelled', 'screws.bone'].includes(step)),
  ).toEqual([]);
  expect(again.pack.files.map((f) => [f.path, sha256(f.bytes)])).toEqual(
    first.pack.files.map((f) => [f.path, sha256(f.bytes)]),
  );
}, 120_000);

test('a wanted screw changes screws and plate, and no bone; without a corridor it is refused', async () => {
  const { entryMm } = planOf(first.pack).screws[0];
  const at = entryMm.map((x: number) => x.toFixed(2)).join(', ');
  const { pack, ran } = await run(source, `${CASE}plate: none\nscrews: [{ id: A, entry: [${at}] }]\n`, store);
  expect(ran).not.toContain('pelvis.bones');
  expect(ran).not.toContain('fracture.reduce');
  expect(planOf(pack).screws.map((s: { id: string }) => s.id)).toEqual(['A']);
  const nowhere = `${CASE}plate: none\nscrews: [{ entry: [${at}], direction: [0, 0, 1], coneDeg: 0, screw: cannulated-7.3 }]\n`;
  await expect(run(source, nowhere, store)).rejects.toMatchObject({ code: 'design.no-corridor' });
}, 120_000);

test('a correction by hand moves one fragment by what it says', async () => {
  const { pack } = await run(
    source,
    `${CASE}screws: none\ncorrections: { left-posterior-column: { shiftMm: [0, 0, 4] } }\n`,
    store,
  );
  const [before, after] = [planOf(first.pack), planOf(pack)].map((p) => p.transforms.reducedFromImaged);
  expect(after['left-posterior-column'][11] - before['left-posterior-column'][11]).toBeCloseTo(4, 6);
  expect(after['left-anterior-column'][11]).toBeCloseTo(before['left-anterior-column'][11], 0);

  // Gap and step-off are told from where the faces meet, and are those that the planner shows beside the hand.
  const { gaps, transforms, acetabulum } = planOf(pack);
  expect(transforms.foundFromImaged).toEqual(before);
  expect(Math.max(gaps.after.gapMm, gaps.after.stepMm)).toBeGreaterThan(2.5);
  const bone = (name: string) => {
    const { mesh } = readMesh(pack.files.find((f) => f.path === `bones/${name}.stl`)!.bytes, `${name}.stl`);
    return weld(mesh).mesh;
  };
  const pose = (m: readonly number[]): LpsTransform => ({ from: 'lps', to: 'lps', m: m.slice(0, 12) });
  const names = Object.keys(transforms.foundFromImaged);
  const pieces = names.map((name) => ({ name, mesh: transformMesh(pose(before[name]), bone(name)) }));
  const head = { centreMm: acetabulum.centreMm, radiusMm: acetabulum.headRadiusMm };
  const template = transformMesh(pose(transforms.templateFromHealthy), bone('right-hip-bone'));
  const fracture = liveFracture({
    pieces,
    joint: fitAcetabulum(
      pieces.map((p) => p.mesh),
      { head },
    ).surface,
    template: { mesh: template, joint: fitAcetabulum(template).surface },
    head,
  });
  const live = readFracture(
    fracture,
    names.map((name) => compose(pose(after[name]), invert(pose(before[name])))),
  );
  for (const key of ['gapMm', 'stepMm'] as const) expect(Math.abs(live[key] - gaps.after[key])).toBeLessThan(0.05);
  expect(live.head.length).toBe(gaps.after.head.length);
  for (const [i, h] of live.head.entries())
    expect(Math.abs(h.medianMm - gaps.after.head[i].medianMm)).toBeLessThan(0.05);
}, 120_000);

test('an edit changes the fragment it names; the other bones stay, everything after them is made anew', async () => {
  const tuber = readStl(fileOf(first.pack, 'bones/left-posterior-column.stl')).mesh.positions;
  let low = 0;
  for (let i = 0; i < tuber.length; i += 3) if (tuber[i + 2] < tuber[low + 2]) low = i;
  const strokes = [{ points: [[...tuber.slice(low, low + 3)]], radiusMm: 7 }];
  const edits = { edits: [{ op: 'exclude', bone: 'left-posterior-column', strokes }] };
  const at = planOf(first.pack).screws[0].entryMm.map((x: number) => x.toFixed(2));
  const text = `${CASE}edits: ./edits.json\nplate: none\nscrews: [{ id: A, entry: [${at}] }]\n`;
  const { pack, ran } = await run(source, text, store, edits);
  const made = (step: string) => ran.some((s) => s.startsWith(step));
  expect(ran).not.toContain('pelvis.bones');
  // It is near two others: they are looked at again, and are as before.
  expect(ran.filter((s) => s === 'bones.surface').length).toBeLessThan(pelvis.imaged.length / 2);
  for (const step of [
    'pelvis.edited',
    'fracture.reduce',
    'fracture.measure',
    'screws.corridors',
    'screws.plan',
    'report.',
  ])
    expect(made(step), step).toBe(true);
  const isSame = (path: string) => sha256(fileOf(pack, path)) === sha256(fileOf(first.pack, path));
  for (const { name } of pelvis.imaged)
    expect(isSame(`bones/${name}.stl`), name).toBe(name !== 'left-posterior-column');
  for (const path of ['labels.nrrd', 'plan.json', 'reduced/left-posterior-column.stl'])
    expect(isSame(path), path).toBe(false);
  const volumes = [first.pack, pack].map(
    (p) => planOf(p).bones.find((b: { name: string }) => b.name === 'left-posterior-column').volumeMm3,
  );
  expect(volumes[0] - volumes[1]).toBeGreaterThan(200);
}, 300_000);

test('a plate point off the bone is refused', async () => {
  const drawn = `${CASE}plate: { points: { a: [0, 0, 0], b: [300, 0, 0] }, arms: [[a, b]] }\n`;
  await expect(run(source, drawn, store)).rejects.toMatchObject({ code: 'plate.point-off-bone' });
}, 120_000);

test('the healthy side named as the broken one is refused, before anything is planned', async () => {
  const wrong = CASE.replace('Side: left', 'Side: right');
  await expect(run(source, wrong, createMemoryStore())).rejects.toMatchObject({ code: 'segment.wrong-side' });
}, 120_000);
