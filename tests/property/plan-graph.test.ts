import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createJob, NO_JOB, unpack } from '../../src/base/index.ts';
import { createGraph, execute, type Graph, type StepEvent, type Store, type TaskResult } from '../../src/plan/index.ts';
import { gain, ramp, refuse, TOYS, toyWorkflow } from './plan-toys.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function memoryStore() {
  const objects = new Map<string, Uint8Array>();
  const keys = new Map<string, string>();
  const store: Store = {
    get: async (hash) => objects.get(hash),
    put: async (hash, bytes) => void objects.set(hash, bytes),
    hold: () => undefined,
    hashOf: async (key) => keys.get(key),
    record: async (key, hash) => void keys.set(key, hash),
  };
  return { store, objects, keys };
}

function graphOn(store: Store): { graph: Graph; ran: string[]; events: StepEvent[] } {
  const ran: string[] = [];
  const events: StepEvent[] = [];
  const run = async (task: Parameters<typeof execute>[1]): Promise<TaskResult> => {
    ran.push(task.step);
    return execute(TOYS, task, { job: NO_JOB, engines: {} }, sha256);
  };
  return { graph: createGraph({ sha256, store, run, onStep: (e) => events.push(e) }), ran, events };
}

test('a second run makes nothing again and gives the same artefact', async () => {
  const { store } = memoryStore();
  const first = graphOn(store);
  const a = await toyWorkflow(first.graph);
  expect(first.ran.length).toBe(17);
  const second = graphOn(store);
  const b = await toyWorkflow(second.graph);
  expect(second.ran).toEqual([]);
  expect(second.events.every((e) => e.kind === 'cached')).toBe(true);
  expect(b.hash).toBe(a.hash);
  expect(unpack(await b.load())).toEqual(unpack(await a.load()));
});

test('a changed parameter makes only what depends on it', async () => {
  const { store } = memoryStore();
  await toyWorkflow(graphOn(store).graph);
  const changed = graphOn(store);
  await toyWorkflow(changed.graph, 3);
  expect(changed.ran.sort()).toEqual([...Array(8).fill('toy.gain'), 'toy.total']);
  const extra = graphOn(store);
  await toyWorkflow(extra.graph, 3, 5);
  expect(extra.ran).toEqual(['toy.total']);
});

test('two requests for one key are one run', async () => {
  const { graph, ran } = graphOn(memoryStore().store);
  const [a, b] = await Promise.all([graph.step(ramp, {}), graph.step(ramp, {}, { count: 1000 })]);
  expect(ran).toEqual(['toy.ramp']);
  expect(a.hash).toBe(b.hash);
});

test('equal results under different keys cut the recomputation short', async () => {
  const { store } = memoryStore();
  const one = graphOn(store);
  await one.graph.step(gain, { of: await one.graph.step(ramp, {}, { seed: 3 }) }, { factor: 1 });
  const two = graphOn(store);
  const same = await two.graph.step(gain, { of: await two.graph.step(ramp, {}, { seed: 3 }) }, { factor: 1 });
  await two.graph.step(gain, { of: same }, { factor: 1 });
  expect(two.ran).toEqual([]);
});

test('missing bytes are made again only when somebody asks for them', async () => {
  const { store, objects } = memoryStore();
  const first = await toyWorkflow(graphOn(store).graph);
  objects.clear();
  const later = graphOn(store);
  const again = await toyWorkflow(later.graph);
  expect(later.ran).toEqual([]);
  expect(unpack(await again.load())).toEqual({ sum: expect.any(Number) });
  expect(later.ran.filter((s) => s === 'toy.total').length).toBe(1);
  expect(again.hash).toBe(first.hash);
});

test('inputs are not changed by a step, and provenance names everything that went in', async () => {
  const { graph } = graphOn(memoryStore().store);
  const from = await graph.step(ramp, {}, { seed: 9 });
  const before = sha256(await from.load());
  const made = await graph.step(gain, { of: from }, { factor: -1 });
  expect(sha256(await from.load())).toBe(before);
  expect(made.made).toEqual({ step: 'toy.gain', version: 1, params: { factor: -1 }, inputs: { of: from.hash } });
});

test('parameters are checked before anything runs', async () => {
  const { graph, ran } = graphOn(memoryStore().store);
  const bad = (params: object) => () => graph.step(ramp, {}, params as never);
  expect(bad({ coumt: 5 })).toThrow(/param.unknown.*Did you mean "count"/);
  expect(bad({ count: 0 })).toThrow(/param.range/);
  expect(bad({ count: Number.NaN })).toThrow(/param.range/);
  expect(bad({ count: '5' })).toThrow(/param.missing/);
  expect(ran).toEqual([]);
});

test('a refusal reaches the caller and leaves no record', async () => {
  const { store, keys } = memoryStore();
  const { graph } = graphOn(store);
  await expect(graph.step(refuse, {})).rejects.toMatchObject({ code: 'segment.no-bone', facts: { voxels: 7 } });
  expect(keys.size).toBe(0);
});

test('a raised cancel flag ends a running step', async () => {
  const cancel = new Int32Array(new SharedArrayBuffer(4));
  const job = createJob({ cancel, onProgress: () => Atomics.store(cancel, 0, 1) });
  const task = { step: 'toy.forever', label: '', inputs: {}, params: {}, first: false };
  await expect(execute(TOYS, task, { job, engines: {} }, sha256)).rejects.toMatchObject({ code: 'job.aborted' });
});
