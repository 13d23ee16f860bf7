import { describe, expect, test } from 'vitest';
import { BY, sha } from '../store-kit.ts';
import { FILE, type Kit } from './kit.ts';

/** Jobs, leases and fences. */
export function jobsContract(kit: Kit): void {
  const { advance, newCase, commit, newJob, submitted, claim } = kit;

  describe('jobs', () => {
    test('a job goes from ready to done once', async () => {
      const job = await submitted();
      expect(job).toMatchObject({ state: 'ready', attempt: 0, progress: 0 });
      const held = await claim(job.kind);
      expect(held).toMatchObject({ id: job.id, state: 'run', attempt: 1, tries: 1, worker: 'w1', input: job.input });
      expect(await kit.store.claim('w2', 1000, [job.kind])).toBeUndefined();
      expect(await kit.store.beat(held, 60_000, 0.5, 'half')).toBe('held');
      expect(await kit.store.job(job.id)).toMatchObject({ progress: 0.5, label: 'half' });
      expect(await kit.store.finish(held, [FILE('r', 1)])).toBe('done');
      expect(await kit.store.finish(held, [FILE('r', 2)])).toBe('lost');
      expect(await kit.store.outputs(job.id)).toEqual([FILE('r', 1)]);
      expect(await kit.store.job(job.id)).toMatchObject({ state: 'done', progress: 1 });
    });
    test('the same request is the same job, and starts once', async () => {
      const wanted = newJob();
      const answers = await Promise.all(Array.from({ length: 50 }, () => kit.store.submit(wanted, BY)));
      expect(new Set(answers.map((a) => a.job.id)).size).toBe(1);
      expect(answers.filter((a) => a.created)).toHaveLength(1);
    });
    test('many workers never hold one job together', async () => {
      const kind = `many-${kit.next()}`;
      for (let i = 0; i < 10; i++) await submitted({ kind });
      const held = await Promise.all(Array.from({ length: 20 }, (_, i) => kit.store.claim(`w${i}`, 60_000, [kind])));
      const got = held.filter((h) => h !== undefined);
      // A worker may look while another's claim is under way and find nothing: it will look again.
      const more = [];
      for (let job = await kit.store.claim('w', 60_000, [kind]); job; job = await kit.store.claim('w', 60_000, [kind]))
        more.push(job);
      expect(new Set([...got, ...more].map((j) => j.id)).size).toBe(10);
      expect(got.length + more.length).toBe(10);
    });
    test('priority first, then age', async () => {
      const kind = `prio-${kit.next()}`;
      const old = await submitted({ kind });
      await advance(2);
      const young = await submitted({ kind });
      const urgent = await submitted({ kind, priority: 5 });
      const order = [await claim(kind), await claim(kind), await claim(kind)];
      expect(order.map((j) => j.id)).toEqual([urgent.id, old.id, young.id]);
    });
    test('a silent worker is replaced, and its late words change nothing', async () => {
      const job = await submitted();
      const first = await claim(job.kind, 20);
      await advance(40);
      const second = await claim(job.kind);
      expect(second).toMatchObject({ id: job.id, attempt: 2 });
      expect(await kit.store.beat(first, 60_000, 0.9)).toBe('lost');
      expect(await kit.store.fail(first, { code: 'x', message: '' }, false)).toBe('lost');
      expect(await kit.store.finish(first, [FILE('stale', 1)])).toBe('lost');
      expect(await kit.store.finish(second, [FILE('good', 2)])).toBe('done');
      expect(await kit.store.outputs(job.id)).toEqual([FILE('good', 2)]);
    });
    test('a beat keeps the lease', async () => {
      const job = await submitted();
      const held = await claim(job.kind, 20);
      await kit.store.beat(held, 60_000);
      await advance(40);
      expect(await kit.store.claim('w2', 1000, [job.kind])).toBeUndefined();
      expect(await kit.store.finish(held, [])).toBe('done');
    });
    test('a failed try waits before the next; the last one goes to quarantine with its inputs', async () => {
      const job = await submitted({ maxTries: 2 });
      expect(await kit.store.fail(await claim(job.kind), { code: 'e', message: 'm' }, true)).toBe('ready');
      expect(await kit.store.claim('w', 1000, [job.kind])).toBeUndefined();
      await advance(600);
      expect(await kit.store.fail(await claim(job.kind), { code: 'e', message: 'm' }, true)).toBe('quarantined');
      const last = await kit.store.job(job.id);
      expect(last).toMatchObject({ state: 'quarantined', error: { code: 'e' }, input: job.input });
      expect((await kit.store.references()).has(sha(7))).toBe(true);
    });
    test('a job that is given back is ready at once, and the try does not count', async () => {
      const job = await submitted({ maxTries: 1 });
      for (let i = 1; i <= 4; i++) {
        const held = await claim(job.kind);
        expect(held).toMatchObject({ tries: 1, attempt: i });
        expect(await kit.store.fail(held, { code: 'job.aborted', message: '' }, true)).toBe('ready');
        expect(await kit.store.finish(held, [])).toBe('lost');
      }
    });
    test('jobs of workers that are known to be gone can be claimed at once', async () => {
      const job = await submitted();
      const other = await submitted({ kind: job.kind });
      const held = (await kit.store.claim('server/1/0', 60_000, [job.kind]))!;
      const kept = (await kit.store.claim('server2/1', 60_000, [job.kind]))!;
      expect(await kit.store.claim('w', 60_000, [job.kind])).toBeUndefined();
      await kit.store.releaseWorkers('server/');
      expect(await kit.store.claim('w', 60_000, [job.kind])).toMatchObject({ id: held.id, attempt: 2 });
      expect(await kit.store.claim('w', 60_000, [job.kind])).toBeUndefined();
      expect([job.id, other.id]).toContain(kept.id);
    });
    test('a worker that dies again and again sends its job to quarantine', async () => {
      const job = await submitted({ maxTries: 2 });
      for (let i = 0; i < 2; i++) {
        await claim(job.kind, 5);
        await advance(15);
      }
      expect(await kit.store.claim('w', 1000, [job.kind])).toBeUndefined();
      expect(await kit.store.job(job.id)).toMatchObject({ state: 'quarantined', error: { code: 'job.crashed' } });
    });
    test('no retry for what cannot succeed, but the same request starts anew with a higher fence', async () => {
      const wanted = newJob();
      const { job } = await kit.store.submit(wanted, BY);
      const first = await claim(job.kind);
      expect(await kit.store.fail(first, { code: 'case.value', message: '' }, false)).toBe('failed');
      const again = await kit.store.submit(wanted, BY);
      expect(again).toMatchObject({ created: true, job: { id: job.id, state: 'ready', tries: 0, error: null } });
      expect((await claim(job.kind)).attempt).toBe(2);
      expect(await kit.store.finish(first, [])).toBe('lost');
    });
    test('a waiting job is cancelled at once', async () => {
      const job = await submitted();
      expect(await kit.store.cancel(job.id, BY)).toMatchObject({ state: 'cancelled' });
      expect(await kit.store.claim('w', 1000, [job.kind])).toBeUndefined();
    });
    test('a running job hears it at its next beat', async () => {
      const job = await submitted();
      const held = await claim(job.kind);
      expect(await kit.store.cancel(job.id, BY)).toMatchObject({ state: 'run', cancelAsked: true });
      expect(await kit.store.beat(held, 1000)).toBe('cancel');
      expect(await kit.store.fail(held, { code: 'job.aborted', message: '' }, true)).toBe('cancelled');
      await expect(kit.store.cancel('nope', BY)).rejects.toMatchObject({ code: 'store.not-found' });
    });
    test('a cancelled job of a dead worker is not taken up again', async () => {
      const job = await submitted();
      await claim(job.kind, 5);
      await kit.store.cancel(job.id, BY);
      await advance(15);
      expect(await kit.store.claim('w', 1000, [job.kind])).toBeUndefined();
      expect(await kit.store.job(job.id)).toMatchObject({ state: 'cancelled' });
    });
    test('a run of a case moves the case, and its files become the files of the revision', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      const key = sha(kit.next() + 2e6);
      const job = await submitted({ key, kind: 'run', caseId: id, revision: 1 });
      expect(await kit.store.case(id)).toMatchObject({ state: 'computing', waitingFor: null });
      const held = await claim('run');
      await kit.store.finish(held, [FILE('report.html', 3)]);
      expect(await kit.store.case(id)).toMatchObject({ state: 'review', waitingFor: 'surgeon' });
      expect(await kit.store.artefacts(id, 1)).toEqual([FILE('report.html', 3)]);
      expect((await kit.store.revision(id, 1))?.resultHash).toBe((await kit.store.job(job.id))?.resultHash);
      // A later revision that asks for the same gets it at once, without a run.
      await commit(id, 1);
      const again = await kit.store.submit({ ...newJob(), key, kind: 'run', caseId: id, revision: 2 }, BY);
      expect(again).toMatchObject({ created: false, job: { state: 'done' } });
      expect(await kit.store.artefacts(id, 2)).toEqual([FILE('report.html', 3)]);
      expect(await kit.store.case(id)).toMatchObject({ state: 'review' });
    });
    test('a result of an old revision leaves the state of the case alone', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      await submitted({ kind: 'run', caseId: id, revision: 1 });
      await commit(id, 1);
      await kit.store.finish(await claim('run'), [FILE('r', 1)]);
      expect(await kit.store.case(id)).toMatchObject({ state: 'planning', revision: 2 });
      expect(await kit.store.artefacts(id, 1)).toHaveLength(1);
    });
    test('a failed run sends the case back to the engineer', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      await submitted({ kind: 'run', caseId: id, revision: 1 });
      await kit.store.fail(await claim('run'), { code: 'x', message: '' }, false);
      expect(await kit.store.case(id)).toMatchObject({ state: 'planning', waitingFor: 'engineer' });
    });
    test('the list is by case and by state, newest first', async () => {
      const { id } = await newCase();
      const a = await submitted({ caseId: id });
      await advance(2);
      const b = await submitted({ caseId: id });
      await kit.store.cancel(a.id, BY);
      expect((await kit.store.jobs({ caseId: id })).map((j) => j.id)).toEqual([b.id, a.id]);
      expect((await kit.store.jobs({ caseId: id, state: 'cancelled' })).map((j) => j.id)).toEqual([a.id]);
    });
  });
}
