import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildWeb } from '../../scripts/build.mjs';
import type { LpsTransform, Vec3 } from '../../src/base/index.ts';
import { createRng } from '../../src/base/index.ts';
import { readMesh, writePly, writeStl } from '../../src/io/index.ts';
import { joinMeshes, type Mesh, sphere, transformMesh, weld } from '../../src/mesh/index.ts';
import { type BoneId, boneOf, pelvicName } from '../../src/segment/index.ts';
import { createOneTime } from '../../src/server/auth/tokens.ts';
import { createApp } from '../../src/server/http/app.ts';
import { loadPages } from '../../src/server/http/pages.ts';
import { createRates } from '../../src/server/http/rates.ts';
import { intakeKind, openDoor } from '../../src/server/intake/door.ts';
import type { Services } from '../../src/server/services.ts';
import { openStores } from '../../src/server/store/open.ts';
import { voxelise } from '../../src/surface/index.ts';
import { axisGrid } from '../../src/volume/index.ts';
import { removeFolder, temporaryFolder } from '../server/store-kit.ts';
import { CENTRE, half, R } from '../socket-kit.ts';

/** The case server as it is, on a free port, with the planner built; jobs are done by the test itself. */
export async function openPlannerHouse() {
  await buildWeb();
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const folder = temporaryFolder();
  const stores = await openStores({ folder });
  const faults: unknown[] = [];
  const link = createOneTime(600_000, Date.now);
  const services: Services = {
    mode: 'local',
    version: 'test',
    store: stores.cases,
    objects: stores.objects,
    door: await openDoor(join(folder, 'vault')),
    archives: {},
    now: Date.now,
    link,
    onFault: (e) => faults.push(e),
  };
  const app = createApp(services, {
    site: () => ({ origins: [origin], secure: false, cookie: `osteon-${port}` }),
    rates: createRates(Date.now),
    pages: await loadPages(join(import.meta.dirname, '../../dist/web')),
  });
  const roles = ['surgeon', 'engineer', 'quality', 'admin'] as const;
  await stores.cases.createUser({ name: 'local', roles, passwordHash: '' }, { id: 'test', name: 'test' });
  await app.listen({ port, host: '127.0.0.1' });
  return {
    origin,
    services,
    faults,
    link: `${origin}/#link=${link.token}`,
    async close() {
      await app.close();
      await stores.close();
      removeFolder(folder);
    },
  };
}
export type PlannerHouse = Awaited<ReturnType<typeof openPlannerHouse>>;

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });

/** The left foot that is shipped, as a scan of coarse voxels with its truth. */
export interface Foot {
  readonly size: Vec3;
  readonly lpsFromVoxel: readonly number[];
  readonly hu: Int16Array;
  readonly labels: Uint8Array;
  readonly bones: readonly { readonly id: BoneId; readonly mesh: Mesh }[];
}

const SHOWN = ['talus', 'calcaneus', 'navicular', 'cuboid', 'tibia', 'fibula', 'cuneiform-medial'];

export function makeFoot(voxelMm = 1): Foot {
  const folder = join(import.meta.dirname, '../../data/feet');
  const bones = readdirSync(folder)
    .filter((f) => SHOWN.includes(basename(f, '.stl')))
    .map((f) => {
      const { mesh } = readMesh(readFileSync(join(folder, f)), f);
      return { id: `left-${basename(f, '.stl')}` as BoneId, mesh: weld(mesh).mesh };
    });
  const all = bones.flatMap(({ mesh }) => {
    const p = mesh.positions;
    const k = (axis: number) => Array.from({ length: p.length / 3 }, (_, i) => p[3 * i + axis]);
    return [[0, 1, 2].map((a) => Math.min(...k(a))), [0, 1, 2].map((a) => Math.max(...k(a)))];
  });
  const lo = [0, 1, 2].map((a) => Math.min(...all.map((v) => v[a])) - 12) as unknown as Vec3;
  const hi = [0, 1, 2].map((a) => Math.max(...all.map((v) => v[a])) + 12);
  const size = hi.map((h, a) => Math.ceil((h - lo[a]) / voxelMm)) as unknown as Vec3;
  const grid = axisGrid(size, [voxelMm, voxelMm, voxelMm], lo);
  const hu = new Int16Array(size[0] * size[1] * size[2]);
  const labels = new Uint8Array(hu.length);
  const random = createRng(7);
  for (let i = 0; i < hu.length; i++) hu[i] = 20 + 60 * (random() - 0.5);
  for (const { id, mesh } of bones) {
    const { label } = boneOf(id);
    const share = voxelise(mesh, grid).data;
    for (let i = 0; i < share.length; i++) {
      if (share[i] === 0) continue;
      // A shell where the share is broken, spongiosa inside.
      hu[i] += share[i] * (share[i] < 0.97 ? 1100 : 420);
      if (share[i] >= 0.5) labels[i] = label;
    }
  }
  return { size, lpsFromVoxel: grid.lpsFromVoxel.m, hu, labels, bones };
}

const FINDING = {
  level: 'warning',
  code: 'dicom.protocol',
  text: 'The pixel is 1 mm; the foot profile asks 0.5 mm or less',
  facts: { pixelMm: 1, limit: 0.5 },
  hint: 'Scan again to the protocol, or override with a reason',
};

const RUN_FINDING = {
  level: 'warning',
  code: 'surface.rebuilt',
  text: 'left-cuboid: the traced surface cut itself and was rebuilt through its distance field',
  hint: 'Look at the outlines of this bone on the slices.',
};

const STANDING = {
  name: 'standing',
  vonMisesAwayMPa: { value: 215, at: [0, -14, 16] },
  yieldFactor: 3.6,
  fatigueFactor: 1.4,
};

/** What the intake of a scan leaves in a case. */
export async function giveScan({ services }: PlannerHouse, foot: Foot): Promise<void> {
  const put = putter(services);
  const lease = await services.store.claim('test', 60_000, [intakeKind(services.door)]);
  if (!lease) throw new Error('no scan is arriving');
  const { size, lpsFromVoxel, hu } = foot;
  const windows = [{ name: 'bone', centreHu: 500, widthHu: 2000 }];
  const geometry = { size, spacingMm: [1, 1, 1] };
  const summary = { modality: 'CT', manufacturer: 'Osteon', kVp: 120, geometry, laterality: 'left' };
  const head = { size, lpsFromVoxel, range: { minHu: -100, maxHu: 1500 }, windows };
  await services.store.finish(lease, [
    await put('scan/dicom/00001.dcm', 'a slice'),
    await put('scan/scan.json', JSON.stringify({ series: [summary], chosen: '1', findings: [FINDING] })),
    await put('scan/volume.json', JSON.stringify(head)),
    await put('scan/volume.i16', new Uint8Array(hu.buffer), 'application/octet-stream'),
  ]);
}

/** What a run leaves in a case: labels, bones, an implant in three sizes, all of them `grown` times as long. */
export async function giveResults({ services }: PlannerHouse, foot: Foot, grown = 1): Promise<boolean> {
  const put = putter(services);
  const lease = await services.store.claim('test', 60_000, ['run']);
  if (!lease) return false;
  const { size, lpsFromVoxel, labels, bones } = foot;
  const names = bones.map(({ id }) => ({ value: boneOf(id).label, name: id }));
  const talus = bones.find(({ id }) => id === 'left-talus')!.mesh;
  const sized = (factor: number) => {
    const c = [0, 1, 2].map(
      (k) => talus.positions.filter((_, i) => i % 3 === k).reduce((s, v) => s + v, 0) / (talus.positions.length / 3),
    );
    const m = [0, 1, 2].flatMap((r) => [0, 1, 2, 3].map((q) => (q === 3 ? (1 - factor) * c[r] : q === r ? factor : 0)));
    return writeStl(transformMesh({ from: 'lps', to: 'lps', m }, talus));
  };
  const outputs = [
    await put('out/manifest.json', JSON.stringify({ verdict: 'warn' })),
    await put('out/report.html', '<!doctype html><p>Report</p>', 'text/html'),
    await put('view/findings.json', JSON.stringify({ findings: [RUN_FINDING] })),
    await put('view/labels.json', JSON.stringify({ size, lpsFromVoxel, bytes: labels.length, names })),
    await put('view/labels.u8.gz', gzipSync(labels), 'application/octet-stream'),
  ];
  for (const { id, mesh } of bones) outputs.push(await put(`out/bones/${id}.stl`, writeStl(mesh), 'model/stl'));
  for (const [percent, factor] of [
    ['095', 0.95],
    ['100', 1],
    ['105', 1.05],
  ] as const) {
    const stl = sized(grown * Math.cbrt(factor));
    outputs.push(await put(`out/implants/talus-${percent}.stl`, stl, 'model/stl'));
    outputs.push(await put(`out/stress/talus-${percent}.ply`, stressOn(stl), 'application/octet-stream'));
  }
  await services.store.finish(lease, outputs);
  return true;
}

/** A stress that is known everywhere: a megapascal for each millimetre of height. */
function stressOn(stl: Uint8Array): Uint8Array {
  const mesh = weld(readMesh(stl, 'part.stl').mesh).mesh;
  const heights = mesh.positions.filter((_, i) => i % 3 === 2);
  const lowest = heights.reduce((a, b) => Math.min(a, b));
  return writePly(mesh, { precision: 'float', scalars: Float32Array.from(heights, (z) => z - lowest) });
}

interface Given {
  readonly label: string;
  readonly document: string;
  readonly head: { readonly size: readonly number[]; readonly lpsFromVoxel: readonly number[] };
  readonly hu: Int16Array;
  /** Files of a run, by path. */
  readonly outputs: Readonly<Record<string, string | Uint8Array>>;
}

/** A case of a pelvis as intake and a run leave it. */
export async function givePelvicCase({ services }: PlannerHouse, given: Given): Promise<string> {
  const { store, objects } = services;
  const put = putter(services);
  const by = (await store.users())[0];
  const { sha256 } = await objects.put(new TextEncoder().encode(given.document));
  const made = await store.createCase({ label: given.label, procedure: 'acetabular-fracture' }, by);
  const first = { ifRevision: made.revision, documentSha256: sha256, message: 'A case', command: null };
  const { revision } = await store.commit(made.id, first, by);
  const volume = { ...given.head, range: { minHu: 0, maxHu: 700 }, windows: [] };
  await store.addArtefacts(
    made.id,
    revision.n,
    [
      await put('scan/dicom/00001.dcm', 'a slice'),
      await put('scan/scan.json', JSON.stringify({ series: [], chosen: '1', findings: [] })),
      await put('scan/volume.json', JSON.stringify(volume)),
      await put('scan/volume.i16', new Uint8Array(given.hu.buffer), 'application/octet-stream'),
    ],
    by,
  );
  const key = `run of ${given.label}`;
  await store.submit(
    { key, kind: 'run', caseId: made.id, revision: revision.n, input: { files: [], params: {} }, label: '' },
    by,
  );
  const lease = await store.claim('test', 60_000, ['run']);
  const files = Object.entries(given.outputs).map(([path, content]) =>
    put(path, content, /\.stl$/.test(path) ? 'model/stl' : /json$/.test(path) ? undefined : 'application/octet-stream'),
  );
  await store.finish(lease!, await Promise.all(files));
  return made.id;
}

/** A case of a broken socket with two fragments, one of them moved by a run: balls for bones. */
export function givePelvis(house: PlannerHouse): Promise<string> {
  const document = 'osteon: 1\nprocedure: acetabular-fracture\nscan: ./dicom\naffectedSide: left\n';
  const head = { size: [40, 40, 40], lpsFromVoxel: [2, 0, 0, -40, 0, 2, 0, -40, 0, 0, 2, -40] };
  const scanned = { 'left-ilium': [0, 0, 20], 'left-anterior-column': [10, 0, -12] } as const;
  const ball = (at: Vec3) => writeStl(sphere(12, 3, at));
  const hu = new Int16Array(64_000);
  const labels = new Uint8Array(64_000);
  for (let i = 0; i < hu.length; i++)
    for (const [name, c] of Object.entries(scanned)) {
      const p = [i % 40, Math.floor(i / 40) % 40, Math.floor(i / 1600)].map((v, k) => 2 * v - 40 - c[k]);
      const deep = 12 - Math.hypot(...p);
      hu[i] = Math.max(hu[i], Math.min(700, Math.max(0, 350 * (deep + 1))));
      if (deep > 0) labels[i] = pelvicName(name).label;
    }
  const names = Object.keys(scanned).map((name) => ({ value: pelvicName(name).label, name }));
  const moved = { 'left-anterior-column': [1, 0, 0, -10, 0, 1, 0, 0, 0, 0, 1, 6, 0, 0, 0, 1] };
  const screw = { name: 'cortical-3.5' };
  const found = { id: '1', screw, entryMm: [0, 0, 31], direction: [0, 0, -1], lengthMm: 20.04 };
  const outputs = {
    'view/labels.json': JSON.stringify({ ...head, bytes: 64_000, names }),
    'view/labels.u8.gz': gzipSync(labels),
    'out/plan.json': JSON.stringify({
      affectedSide: 'left',
      transforms: { reducedFromImaged: moved },
      screws: [found],
    }),
    'out/bones/left-ilium.stl': ball(scanned['left-ilium']),
    'out/bones/left-anterior-column.stl': ball(scanned['left-anterior-column']),
    'out/reduced/left-ilium.stl': ball([0, 0, 20]),
    'out/reduced/left-anterior-column.stl': ball([0, 0, -6]),
    'out/plate/plate.stl': ball([0, -14, 4]),
    'out/stress/plate.ply': stressOn(ball([0, -14, 4])),
    'out/strength.json': JSON.stringify({ plate: { cases: [STANDING] } }),
  };
  return givePelvicCase(house, { label: 'P-7', document, head, hu, outputs });
}

/** A case of a socket in two halves that meet in an axial plane, the whole one on the other side. */
export function giveSocket(house: PlannerHouse): Promise<string> {
  const still = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const mirror: LpsTransform = { from: 'lps', to: 'lps', m: [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] };
  const steps: Vec3 = [5, 40, 24];
  const halves = { 'left-ilium': half(true, { steps }), 'left-anterior-column': half(false, { steps }) };
  const document =
    'osteon: 1\nprocedure: acetabular-fracture\nscan: ./dicom\naffectedSide: left\nscrews: [{ id: A, entry: [46, 20, 912], direction: [1, 0, 0.2], lengthMm: 20 }]\n';
  const [x, y, z] = CENTRE;
  const head = { size: [40, 40, 40], lpsFromVoxel: [2, 0, 0, x - 60, 0, 2, 0, y - 40, 0, 0, 2, z - 40] };
  const plan = {
    affectedSide: 'left',
    transforms: {
      templateFromHealthy: [...mirror.m, 0, 0, 0, 1],
      reducedFromImaged: { 'left-ilium': still, 'left-anterior-column': still },
    },
    acetabulum: { centreMm: CENTRE, radiusMm: R, headRadiusMm: R - 2.5 },
  };
  const outputs: Record<string, string | Uint8Array> = {
    'view/labels.json': JSON.stringify({ ...head, bytes: 64_000, names: [] }),
    'view/labels.u8.gz': gzipSync(new Uint8Array(64_000)),
    'out/plan.json': JSON.stringify(plan),
    'out/bones/right-hip-bone.stl': writeStl(transformMesh(mirror, joinMeshes(Object.values(halves)))),
  };
  for (const [name, mesh] of Object.entries(halves))
    for (const folder of ['bones', 'reduced']) outputs[`out/${folder}/${name}.stl`] = writeStl(mesh);
  return givePelvicCase(house, { label: 'S-1', document, head, hu: new Int16Array(64_000).fill(200), outputs });
}

const putter =
  ({ objects }: Services) =>
  async (path: string, content: string | Uint8Array, mediaType = 'application/json') => ({
    path,
    mediaType,
    ...(await objects.put(typeof content === 'string' ? new TextEncoder().encode(content) : content)),
  });
