import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { NO_JOB, OsteonError, unpack, verdictOf } from '../../src/base/index.ts';
import { type CtTags, PROFILES, writeCtSeries } from '../../src/dicom/index.ts';
import { ctOfBodies } from '../../src/phantom/index.ts';
import {
  checkScan,
  createGraph,
  execute,
  listScan,
  loadVolume,
  type ScanSource,
  type ScanVolume,
  STEPS,
  stepTable,
} from '../../src/plan/index.ts';
import { createEngines, createMemoryStore, sha256 } from '../../src/platform/node/index.ts';
import { axisGrid } from '../../src/volume/index.ts';

const TABLE = stepTable(STEPS);
function graph() {
  const ran: string[] = [];
  const host = { job: NO_JOB, engines: createEngines() };
  const made = createGraph({
    sha256,
    store: createMemoryStore(),
    run(task) {
      ran.push(task.step);
      return execute(TABLE, task, host, sha256);
    },
  });
  return { graph: made, ran };
}

const ball = { kind: 'sphere', centreMm: [0, 0, 0], radiusMm: 8 } as const;
/** A small CT of one ball: 40 × 40 × 40 voxels. */
const volume = ctOfBodies([ball], axisGrid([40, 40, 40], [0.5, 0.5, 0.625], [-9.75, -9.75, -12.2]), { noiseHu: 5 });
const slices = (tags: Partial<CtTags> = {}) =>
  writeCtSeries(volume, { seed: 'plan', patientId: 'P1', laterality: 'both', ...tags });
const source = (files: readonly Uint8Array[]): ScanSource => ({
  files: files.map((head, i) => ({ name: `${i}.dcm`, head, sizeBytes: head.length })),
  bytesOf: (i) => files[i],
  hashOf: (i) => createHash('sha256').update(files[i]).digest('hex'),
});
const load = async (files: readonly Uint8Array[]) => {
  const { graph: g } = graph();
  const scan = unpack<{ series: never[] }>(await (await listScan(g, source(files), sha256)).load());
  return unpack<ScanVolume>(await (await loadVolume(g, source(files), scan.series[0], sha256)).load());
};
const refusal = async (files: readonly Uint8Array[]) => {
  const error = await load(files).catch((e) => e);
  return error instanceof OsteonError ? error.code : error;
};

test('a written series comes back sample for sample, whatever the order of its files', async () => {
  const files = slices();
  for (const order of [files, [...files].reverse()]) {
    const back = await load(order);
    expect(back.volume.grid).toEqual(volume.grid);
    expect(back.volume.data).toEqual(volume.data);
    expect(back.findings).toEqual([]);
  }
});

test('a changed slice is another scan; the others are decoded anew only with their run', async () => {
  const files = slices();
  const other = files.map((f, i) => (i === 39 ? f.map((b, k) => (k === f.length - 1 ? b ^ 1 : b)) : f));
  const { graph: g, ran } = graph();
  const run = async (list: Uint8Array[]) => {
    const scan = unpack<{ series: never[] }>(await (await listScan(g, source(list), sha256)).load());
    return loadVolume(g, source(list), scan.series[0], sha256);
  };
  const a = await run(files);
  ran.length = 0;
  const b = await run(other);
  expect(ran.filter((s) => s === 'scan.decode').length).toBe(1);
  expect(b.hash).not.toBe(a.hash);
});

test('a missing slice, two patients and files that are no DICOM are refused by code', async () => {
  const files = slices();
  expect(await refusal(files.filter((_, i) => i !== 17))).toBe('dicom.missing-slice');
  expect(await refusal([...files, ...slices({ patientId: 'P2', seed: 'other' })])).toBe('dicom.two-patients');
  expect(await refusal([new Uint8Array(500)])).toBe('dicom.none');
  expect(await refusal([])).toBe('dicom.none');
});

test('a scan that does not show two feet is blocked, with a hint, before anything else is made', async () => {
  const { graph: g, ran } = graph();
  const checked = await checkScan(g, source(slices()), PROFILES.foot, undefined, sha256);
  expect(verdictOf(checked.findings)).toBe('block');
  expect(checked.findings.find((f) => f.level === 'blocker')).toMatchObject({
    code: 'dicom.view',
    hint: expect.stringMatching(/./),
  });
  expect(checked.volume).toBe(null);
  expect(new Set(ran)).toEqual(new Set(['scan.list', 'scan.decode', 'scan.volume', 'scan.view']));
});

test('a protocol violation blocks before decoding, and a person can override it', async () => {
  const files = slices({ kVp: 80 });
  const first = graph();
  const checked = await checkScan(first.graph, source(files), PROFILES.foot, undefined, sha256);
  expect(verdictOf(checked.findings)).toBe('block');
  expect(first.ran).toEqual(['scan.list']);
  const lower = (list: readonly { level: string }[]) => list.map((f) => ({ ...f, level: 'warning' })) as never;
  const second = graph();
  const passed = await checkScan(second.graph, source(files), PROFILES.foot, undefined, sha256, lower);
  expect(passed.volume).not.toBe(null);
});
