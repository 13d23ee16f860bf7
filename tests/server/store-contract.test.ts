import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgres } from '../../src/server/store/postgres.ts';
import { openSqlite } from '../../src/server/store/sqlite.ts';
import { createStore } from '../../src/server/store/store.ts';
import type { CaseStore, NewJob } from '../../src/server/store/types.ts';
import { BY, NO_POSTGRES, type Postgres, removeFolder, sha, startPostgres, temporaryFolder } from './store-kit.ts';

const OTHER = { id: 'u2', name: 'Ben' };
const FILE = (path: string, n: number) => ({ path, sha256: sha(n), bytes: n, mediaType: 'text/plain' });

/** Everything a case store promises; each kind must keep all of it. */
function contract(open: () => Promise<CaseStore>, advance: (ms: number) => Promise<void>) {
  let store: CaseStore;
  let serial = 0;
  beforeAll(async () => {
    store = await open();
  });
  const newCase = () => store.createCase({ label: `C-${++serial}`, procedure: 'total-talus-replacement' }, BY);
  const commit = (id: string, ifRevision: number, more = {}) =>
    store.commit(
      id,
      { ifRevision, documentSha256: sha(100 + ifRevision), message: 'm', command: { verb: 'set' }, ...more },
      BY,
    );
  const newJob = (more: Partial<NewJob> = {}): NewJob => ({
    key: sha(++serial + 1e6),
    kind: `toy-${serial}`,
    input: { files: [{ path: 'case.yaml', sha256: sha(7) }], params: { n: 1 } },
    ...more,
  });
  const submitted = async (more: Partial<NewJob> = {}) => (await store.submit(newJob(more), BY)).job;
  const claim = async (kind: string, leaseMs = 60_000) => (await store.claim('w1', leaseMs, [kind]))!;

  describe('people', () => {
    test('a user is made, found by id and by name, and listed', async () => {
      const user = await store.createUser({ name: 'ada', roles: ['surgeon', 'quality'], passwordHash: 'h' }, BY);
      expect(await store.user(user.id)).toEqual(user);
      expect(await store.login('ada')).toEqual({ user, passwordHash: 'h', failures: 0, lockedUntil: 0 });
      expect((await store.users()).map((u) => u.name)).toContain('ada');
      expect(user).toMatchObject({ roles: ['surgeon', 'quality'], active: true });
    });
    test('a name is taken once', async () => {
      const make = () => store.createUser({ name: 'twice', roles: [], passwordHash: '' }, BY);
      await make();
      await expect(make()).rejects.toMatchObject({ code: 'store.conflict' });
    });
    test('two at once for one name: one of them gets it', async () => {
      const make = () => store.createUser({ name: 'race', roles: [], passwordHash: '' }, BY);
      const answers = await Promise.allSettled([make(), make(), make()]);
      expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(1);
    });
    test('nobody is found under another name', async () => {
      expect(await store.login("' or 1=1 --")).toBeUndefined();
      expect(await store.user('x')).toBeUndefined();
    });
    test('wrong passwords are counted, also at once, and lock', async () => {
      const { id } = await store.createUser({ name: 'wrong', roles: [], passwordHash: '' }, BY);
      await Promise.all(Array.from({ length: 9 }, () => store.countFailure(id, 10, 60_000)));
      expect(await store.login('wrong')).toMatchObject({ failures: 9, lockedUntil: 0 });
      const tenth = await store.countFailure(id, 10, 60_000);
      expect(tenth.failures).toBe(10);
      expect(tenth.lockedUntil - (await store.now())).toBeGreaterThan(55_000);
      await store.clearFailures(id);
      expect(await store.login('wrong')).toMatchObject({ failures: 0, lockedUntil: 0 });
    });
    test('roles, state and password change; sessions end with it', async () => {
      const { id } = await store.createUser({ name: 'grow', roles: ['engineer'], passwordHash: 'a' }, BY);
      await store.addSession({ tokenHash: 'grow-1', userId: id, csrf: 'c', ttlMs: 1e6 });
      const changed = await store.changeUser(id, { roles: ['admin'], passwordHash: 'b' }, BY);
      expect(changed.roles).toEqual(['admin']);
      expect(await store.login('grow')).toMatchObject({ passwordHash: 'b' });
      expect(await store.session('grow-1')).toBeUndefined();
    });
    test('changing nobody is refused', async () => {
      await expect(store.changeUser('x', { active: false }, BY)).rejects.toMatchObject({ code: 'store.not-found' });
    });
  });

  describe('sessions', () => {
    const session = async (name: string, ttlMs: number) => {
      const { id } = await store.createUser({ name, roles: [], passwordHash: '' }, BY);
      return store.addSession({ tokenHash: `t-${name}`, userId: id, csrf: 'c', ttlMs });
    };
    test('a session knows its user', async () => {
      const made = await session('s1', 1e6);
      const found = await store.session('t-s1');
      expect(found?.session).toEqual(made);
      expect(found?.user.name).toBe('s1');
      expect(made.expiresAt - made.createdAt).toBeGreaterThan(999_000);
    });
    test('an old one is over', async () => {
      await session('s2', -1);
      expect(await store.session('t-s2')).toBeUndefined();
    });
    test('use makes it live on, but not once it is over', async () => {
      await session('s3', 1000);
      await store.touchSession('t-s3', 1e6);
      const found = await store.session('t-s3');
      expect(found!.session.expiresAt - (await store.now())).toBeGreaterThan(9e5);
      await session('s4', -1);
      await store.touchSession('t-s4', 1e6);
      expect(await store.session('t-s4')).toBeUndefined();
    });
    test('one ends, or all of a user', async () => {
      const { userId } = await session('s5', 1e6);
      await store.addSession({ tokenHash: 't-s5b', userId, csrf: 'c', ttlMs: 1e6 });
      await store.endSession('t-s5');
      expect(await store.session('t-s5')).toBeUndefined();
      expect(await store.session('t-s5b')).toBeDefined();
      await store.endSessionsOf(userId);
      expect(await store.session('t-s5b')).toBeUndefined();
    });
    test('a user who is closed has no session', async () => {
      const { userId } = await session('s6', 1e6);
      await store.changeUser(userId, { active: false }, BY);
      expect(await store.session('t-s6')).toBeUndefined();
    });
  });

  describe('cases', () => {
    test('a new case waits for the engineer and belongs to its maker', async () => {
      const made = await newCase();
      expect(made).toMatchObject({ state: 'new', waitingFor: 'engineer', owner: BY.id, revision: 0, members: [] });
      expect(await store.case(made.id)).toEqual(made);
      expect(made.id).toMatch(/^[0-9a-f]{32}$/);
    });
    test('the list shows what a user may see', async () => {
      const mine = await newCase();
      const shared = await store.createCase({ label: 'S', procedure: 'p', members: [OTHER.id] }, BY);
      const seen = (await store.cases({ visibleTo: OTHER.id })).map((c) => c.id);
      expect(seen).toContain(shared.id);
      expect(seen).not.toContain(mine.id);
      expect(await store.cases({ visibleTo: '%' })).toEqual([]);
      expect(await store.cases({ visibleTo: '' })).toEqual([]);
      expect((await store.cases()).length).toBeGreaterThan(1);
    });
    test('label, members and turn change', async () => {
      const { id } = await newCase();
      const changed = await store.changeCase(id, { label: 'N', members: ['a', 'b'], waitingFor: null }, BY);
      expect(changed).toMatchObject({ label: 'N', members: ['a', 'b'], waitingFor: null, state: 'new' });
    });
    test('nothing is said of a case that is not there', async () => {
      expect(await store.case('nope')).toBeUndefined();
      await expect(store.changeCase('nope', {}, BY)).rejects.toMatchObject({ code: 'store.not-found' });
      await expect(commit('nope', 0)).rejects.toMatchObject({ code: 'store.not-found' });
    });
    test('revisions count up and keep what was done', async () => {
      const { id } = await newCase();
      const first = await commit(id, 0);
      const second = await commit(id, 1, { editsSha256: sha(5), command: { verb: 'paint', at: [1, 2, 3] } });
      expect(first.revision).toMatchObject({ n: 1, documentSha256: sha(100), editsSha256: null, resultHash: null });
      expect(second.revision).toMatchObject({ n: 2, command: { verb: 'paint', at: [1, 2, 3] }, authorName: 'Eva' });
      expect(second.case).toMatchObject({ revision: 2, state: 'planning', waitingFor: 'engineer' });
      expect(await store.revisions(id)).toEqual([first.revision, second.revision]);
      expect(await store.revisions(id, 1)).toEqual([second.revision]);
      expect(await store.revision(id, 1)).toEqual(first.revision);
      expect(await store.revision(id, 3)).toBeUndefined();
    });
    test('a stale write is refused and says who was faster', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      await expect(commit(id, 0)).rejects.toMatchObject({
        code: 'store.conflict',
        facts: { ifRevision: 0, revision: 1, changedBy: 'Eva' },
      });
    });
    test('twenty at once on one revision: one gets through, nothing is lost', async () => {
      const { id } = await newCase();
      const answers = await Promise.allSettled(Array.from({ length: 20 }, () => commit(id, 0)));
      expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(1);
      expect(await store.revisions(id)).toHaveLength(1);
    });
    test('files belong to a revision and can be replaced', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      await store.addArtefacts(id, 1, [FILE('b', 2), FILE('a', 1)], BY);
      await store.addArtefacts(id, 1, [FILE('b', 3), FILE('b', 4)], BY);
      expect(await store.artefacts(id, 1)).toEqual([FILE('a', 1), FILE('b', 4)]);
      await expect(store.addArtefacts(id, 2, [], BY)).rejects.toMatchObject({ code: 'store.not-found' });
    });
    test('500 files go in at once', async () => {
      const { id } = await newCase();
      await store.addArtefacts(
        id,
        0,
        Array.from({ length: 500 }, (_, i) => FILE(`scan/${i}`, i)),
        BY,
      );
      expect(await store.artefacts(id, 0)).toHaveLength(500);
    });
    test('a commit carries files over', async () => {
      const { id } = await newCase();
      await store.addArtefacts(id, 0, [FILE('scan/1', 1), FILE('out/2', 2)], BY);
      const made = { ifRevision: 0, documentSha256: sha(9), message: '', command: null };
      await store.commit(id, made, BY, ['scan/']);
      expect(await store.artefacts(id, 1)).toEqual([FILE('scan/1', 1)]);
    });
    test('an object is seen only through a case that has it', async () => {
      const a = await newCase();
      const b = await newCase();
      await store.addArtefacts(a.id, 0, [FILE('x', 4711)], BY);
      await commit(a.id, 0, { documentSha256: sha(4712), editsSha256: sha(4713) });
      expect(await store.caseHasObject(a.id, sha(4711))).toEqual(FILE('x', 4711));
      expect(await store.caseHasObject(a.id, sha(4712))).toMatchObject({ mediaType: 'application/yaml' });
      expect(await store.caseHasObject(a.id, sha(4713))).toMatchObject({ path: 'edits.json' });
      for (const n of [4711, 4712, 4713]) expect(await store.caseHasObject(b.id, sha(n))).toBeUndefined();
    });
  });

  describe('reviews', () => {
    const REVIEW = { revision: 1, contentSha256: sha(1), role: 'surgeon', meaning: 'approve', note: 'n' } as const;
    test('an approval stands until the next change', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      const review = await store.addReview(id, REVIEW, OTHER);
      expect(review).toMatchObject({ authorName: 'Ben', voidedBy: null, contentSha256: sha(1) });
      expect(await store.case(id)).toMatchObject({ state: 'approved', waitingFor: null });
      const { voided } = await commit(id, 1);
      expect(voided).toEqual([{ ...review, voidedBy: 2 }]);
      expect(await store.reviews(id)).toEqual([{ ...review, voidedBy: 2 }]);
      expect(await store.case(id)).toMatchObject({ state: 'planning', waitingFor: 'engineer' });
    });
    test('a rejection sends it back to the engineer and is not voided', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      await store.addReview(id, { ...REVIEW, meaning: 'reject' }, OTHER);
      expect(await store.case(id)).toMatchObject({ state: 'rejected', waitingFor: 'engineer' });
      expect((await commit(id, 1)).voided).toEqual([]);
    });
    test('only the newest revision can be judged', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      await commit(id, 1);
      await expect(store.addReview(id, REVIEW, OTHER)).rejects.toMatchObject({ code: 'store.conflict' });
      await expect(store.addReview('nope', REVIEW, OTHER)).rejects.toMatchObject({ code: 'store.not-found' });
    });
    test('approval and change at once never end approved with a newer revision', async () => {
      for (let i = 0; i < 5; i++) {
        const { id } = await newCase();
        await commit(id, 0);
        await Promise.allSettled([store.addReview(id, REVIEW, OTHER), commit(id, 1)]);
        expect(await store.case(id)).toMatchObject({ revision: 2, state: 'planning' });
        for (const review of await store.reviews(id)) expect(review.voidedBy).toBe(2);
      }
    });
  });

  describe('talk', () => {
    test('comments keep their pin, in order, and are resolved', async () => {
      const { id } = await newCase();
      const a = await store.addComment(id, { revision: 0, text: 'here', pin: { point: [1.5, -2, 3e-7] } }, BY);
      await advance(2);
      const b = await store.addComment(id, { revision: 0, text: 'ü<b>', pin: { plane: 'axial', index: 12 } }, OTHER);
      expect(await store.comments(id)).toEqual([a, b]);
      const done = await store.resolveComment(id, a.id, true, OTHER);
      expect(done).toEqual({ ...a, resolved: true });
    });
    test('no comment on what is not there', async () => {
      const { id } = await newCase();
      const add = (caseId: string, revision: number) => store.addComment(caseId, { revision, text: '', pin: null }, BY);
      await expect(add('nope', 0)).rejects.toMatchObject({ code: 'store.not-found' });
      await expect(add(id, 1)).rejects.toMatchObject({ code: 'store.not-found' });
      const comment = await add(id, 0);
      const other = await newCase();
      await expect(store.resolveComment(other.id, comment.id, true, BY)).rejects.toMatchObject({
        code: 'store.not-found',
      });
    });
    test('a share is for one case, ends by time and by hand', async () => {
      const { id } = await newCase();
      const share = await store.addShare({ tokenHash: `sh-${id}`, caseId: id, readOnly: true, ttlMs: 1e6 }, BY);
      expect(await store.share(share.tokenHash)).toEqual(share);
      expect(await store.shares(id)).toEqual([share]);
      await store.endShare(share.tokenHash, BY);
      expect(await store.share(share.tokenHash)).toBeUndefined();
      await store.addShare({ tokenHash: `old-${id}`, caseId: id, readOnly: true, ttlMs: -1 }, BY);
      expect(await store.share(`old-${id}`)).toBeUndefined();
    });
  });

  describe('jobs', () => {
    test('a job goes from ready to done once', async () => {
      const job = await submitted();
      expect(job).toMatchObject({ state: 'ready', attempt: 0, progress: 0 });
      const held = await claim(job.kind);
      expect(held).toMatchObject({ id: job.id, state: 'run', attempt: 1, tries: 1, worker: 'w1', input: job.input });
      expect(await store.claim('w2', 1000, [job.kind])).toBeUndefined();
      expect(await store.beat(held, 60_000, 0.5, 'half')).toBe('held');
      expect(await store.job(job.id)).toMatchObject({ progress: 0.5, label: 'half' });
      expect(await store.finish(held, [FILE('r', 1)])).toBe('done');
      expect(await store.finish(held, [FILE('r', 2)])).toBe('lost');
      expect(await store.outputs(job.id)).toEqual([FILE('r', 1)]);
      expect(await store.job(job.id)).toMatchObject({ state: 'done', progress: 1 });
    });
    test('the same request is the same job, and starts once', async () => {
      const wanted = newJob();
      const answers = await Promise.all(Array.from({ length: 50 }, () => store.submit(wanted, BY)));
      expect(new Set(answers.map((a) => a.job.id)).size).toBe(1);
      expect(answers.filter((a) => a.created)).toHaveLength(1);
    });
    test('many workers never hold one job together', async () => {
      const kind = `many-${++serial}`;
      for (let i = 0; i < 10; i++) await submitted({ kind });
      const held = await Promise.all(Array.from({ length: 20 }, (_, i) => store.claim(`w${i}`, 60_000, [kind])));
      const got = held.filter((h) => h !== undefined);
      // A worker may look while another's claim is under way and find nothing: it will look again.
      const more = [];
      for (let job = await store.claim('w', 60_000, [kind]); job; job = await store.claim('w', 60_000, [kind]))
        more.push(job);
      expect(new Set([...got, ...more].map((j) => j.id)).size).toBe(10);
      expect(got.length + more.length).toBe(10);
    });
    test('priority first, then age', async () => {
      const kind = `prio-${++serial}`;
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
      expect(await store.beat(first, 60_000, 0.9)).toBe('lost');
      expect(await store.fail(first, { code: 'x', message: '' }, false)).toBe('lost');
      expect(await store.finish(first, [FILE('stale', 1)])).toBe('lost');
      expect(await store.finish(second, [FILE('good', 2)])).toBe('done');
      expect(await store.outputs(job.id)).toEqual([FILE('good', 2)]);
    });
    test('a beat keeps the lease', async () => {
      const job = await submitted();
      const held = await claim(job.kind, 20);
      await store.beat(held, 60_000);
      await advance(40);
      expect(await store.claim('w2', 1000, [job.kind])).toBeUndefined();
      expect(await store.finish(held, [])).toBe('done');
    });
    test('a failed try waits before the next; the last one goes to quarantine with its inputs', async () => {
      const job = await submitted({ maxTries: 2 });
      expect(await store.fail(await claim(job.kind), { code: 'e', message: 'm' }, true)).toBe('ready');
      expect(await store.claim('w', 1000, [job.kind])).toBeUndefined();
      await advance(600);
      expect(await store.fail(await claim(job.kind), { code: 'e', message: 'm' }, true)).toBe('quarantined');
      const last = await store.job(job.id);
      expect(last).toMatchObject({ state: 'quarantined', error: { code: 'e' }, input: job.input });
      expect((await store.references()).has(sha(7))).toBe(true);
    });
    test('a job that is given back is ready at once, and the try does not count', async () => {
      const job = await submitted({ maxTries: 1 });
      for (let i = 1; i <= 4; i++) {
        const held = await claim(job.kind);
        expect(held).toMatchObject({ tries: 1, attempt: i });
        expect(await store.fail(held, { code: 'job.aborted', message: '' }, true)).toBe('ready');
        expect(await store.finish(held, [])).toBe('lost');
      }
    });
    test('jobs of workers that are known to be gone can be claimed at once', async () => {
      const job = await submitted();
      const other = await submitted({ kind: job.kind });
      const held = (await store.claim('server/1/0', 60_000, [job.kind]))!;
      const kept = (await store.claim('server2/1', 60_000, [job.kind]))!;
      expect(await store.claim('w', 60_000, [job.kind])).toBeUndefined();
      await store.releaseWorkers('server/');
      expect(await store.claim('w', 60_000, [job.kind])).toMatchObject({ id: held.id, attempt: 2 });
      expect(await store.claim('w', 60_000, [job.kind])).toBeUndefined();
      expect([job.id, other.id]).toContain(kept.id);
    });
    test('a worker that dies again and again sends its job to quarantine', async () => {
      const job = await submitted({ maxTries: 2 });
      for (let i = 0; i < 2; i++) {
        await claim(job.kind, 5);
        await advance(15);
      }
      expect(await store.claim('w', 1000, [job.kind])).toBeUndefined();
      expect(await store.job(job.id)).toMatchObject({ state: 'quarantined', error: { code: 'job.crashed' } });
    });
    test('no retry for what cannot succeed, but the same request starts anew with a higher fence', async () => {
      const wanted = newJob();
      const { job } = await store.submit(wanted, BY);
      const first = await claim(job.kind);
      expect(await store.fail(first, { code: 'case.value', message: '' }, false)).toBe('failed');
      const again = await store.submit(wanted, BY);
      expect(again).toMatchObject({ created: true, job: { id: job.id, state: 'ready', tries: 0, error: null } });
      expect((await claim(job.kind)).attempt).toBe(2);
      expect(await store.finish(first, [])).toBe('lost');
    });
    test('a waiting job is cancelled at once', async () => {
      const job = await submitted();
      expect(await store.cancel(job.id, BY)).toMatchObject({ state: 'cancelled' });
      expect(await store.claim('w', 1000, [job.kind])).toBeUndefined();
    });
    test('a running job hears it at its next beat', async () => {
      const job = await submitted();
      const held = await claim(job.kind);
      expect(await store.cancel(job.id, BY)).toMatchObject({ state: 'run', cancelAsked: true });
      expect(await store.beat(held, 1000)).toBe('cancel');
      expect(await store.fail(held, { code: 'job.aborted', message: '' }, true)).toBe('cancelled');
      await expect(store.cancel('nope', BY)).rejects.toMatchObject({ code: 'store.not-found' });
    });
    test('a cancelled job of a dead worker is not taken up again', async () => {
      const job = await submitted();
      await claim(job.kind, 5);
      await store.cancel(job.id, BY);
      await advance(15);
      expect(await store.claim('w', 1000, [job.kind])).toBeUndefined();
      expect(await store.job(job.id)).toMatchObject({ state: 'cancelled' });
    });
    test('a run of a case moves the case, and its files become the files of the revision', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      const key = sha(++serial + 2e6);
      const job = await submitted({ key, kind: 'run', caseId: id, revision: 1 });
      expect(await store.case(id)).toMatchObject({ state: 'computing', waitingFor: null });
      const held = await claim('run');
      await store.finish(held, [FILE('report.html', 3)]);
      expect(await store.case(id)).toMatchObject({ state: 'review', waitingFor: 'surgeon' });
      expect(await store.artefacts(id, 1)).toEqual([FILE('report.html', 3)]);
      expect((await store.revision(id, 1))?.resultHash).toBe((await store.job(job.id))?.resultHash);
      // A later revision that asks for the same gets it at once, without a run.
      await commit(id, 1);
      const again = await store.submit({ ...newJob(), key, kind: 'run', caseId: id, revision: 2 }, BY);
      expect(again).toMatchObject({ created: false, job: { state: 'done' } });
      expect(await store.artefacts(id, 2)).toEqual([FILE('report.html', 3)]);
      expect(await store.case(id)).toMatchObject({ state: 'review' });
    });
    test('a result of an old revision leaves the state of the case alone', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      await submitted({ kind: 'run', caseId: id, revision: 1 });
      await commit(id, 1);
      await store.finish(await claim('run'), [FILE('r', 1)]);
      expect(await store.case(id)).toMatchObject({ state: 'planning', revision: 2 });
      expect(await store.artefacts(id, 1)).toHaveLength(1);
    });
    test('a failed run sends the case back to the engineer', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      await submitted({ kind: 'run', caseId: id, revision: 1 });
      await store.fail(await claim('run'), { code: 'x', message: '' }, false);
      expect(await store.case(id)).toMatchObject({ state: 'planning', waitingFor: 'engineer' });
    });
    test('the list is by case and by state, newest first', async () => {
      const { id } = await newCase();
      const a = await submitted({ caseId: id });
      await advance(2);
      const b = await submitted({ caseId: id });
      await store.cancel(a.id, BY);
      expect((await store.jobs({ caseId: id })).map((j) => j.id)).toEqual([b.id, a.id]);
      expect((await store.jobs({ caseId: id, state: 'cancelled' })).map((j) => j.id)).toEqual([a.id]);
    });
  });

  describe('trail and events', () => {
    test('every change writes its row, in one chain without gaps', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      await store.audit({ action: 'case.export', subject: `case/${id}`, caseId: id, detail: { to: 'pacs' } }, OTHER);
      const own = await store.auditRows({ caseId: id });
      expect(own.map((r) => r.action)).toEqual(['case.create', 'case.commit', 'case.export']);
      expect(own[2]).toMatchObject({ actor: OTHER.id, actorName: 'Ben', detail: '{"to":"pacs"}' });
      const all = await store.auditRows({ limit: 1e6 });
      expect(all.map((r) => r.seq)).toEqual(all.map((_, i) => i + 1));
      expect(all.map((r) => r.prevHash)).toEqual(['', ...all.slice(0, -1).map((r) => r.hash)]);
    });
    test('what is refused leaves no row', async () => {
      const before = (await store.auditRows({ limit: 1e6 })).length;
      await commit('nope', 0).catch(() => undefined);
      expect(await store.auditRows({ limit: 1e6 })).toHaveLength(before);
    });
    test('forty writers at once still make one chain', async () => {
      const event = { action: 'test', subject: 'x/1' };
      await Promise.all(Array.from({ length: 40 }, () => store.audit(event, BY)));
      const all = await store.auditRows({ limit: 1e6 });
      expect(all.map((r) => r.seq)).toEqual(all.map((_, i) => i + 1));
      expect(all.map((r) => r.prevHash)).toEqual(['', ...all.slice(0, -1).map((r) => r.hash)]);
    });
    test('listeners hear of changes after they happened', async () => {
      const heard: string[] = [];
      const stop = store.watch((e) => heard.push(`${e.kind} ${e.caseId} ${e.id}`));
      await expect
        .poll(async () => {
          const { id } = await newCase();
          await commit(id, 0);
          await new Promise((done) => setTimeout(done, 20));
          return heard.some((h) => h === `revision ${id} 1`);
        })
        .toBe(true);
      stop();
    });
    test('what somebody names is kept: documents, edits, files, results, inputs of waiting jobs', async () => {
      const { id } = await newCase();
      await commit(id, 0, { documentSha256: sha(90081), editsSha256: sha(90082) });
      await store.addArtefacts(id, 1, [FILE('f', 90083)], BY);
      const job = await submitted({ input: { files: [{ path: 'i', sha256: sha(90084) }], params: {} } });
      const kept = await store.references();
      for (const n of [90081, 90082, 90083, 90084]) expect(kept.has(sha(n)), String(n)).toBe(true);
      await store.finish(await claim(job.kind), [FILE('o', 90085)]);
      const later = await store.references();
      expect(later.has(sha(90084))).toBe(false);
      expect(later.has(sha(90085))).toBe(true);
    });
    test('the clock is the database’s', async () => {
      expect(Math.abs((await store.now()) - Date.now())).toBeLessThan(5000);
    });
  });
}

const BACKOFF = { backoffMs: 400 };
const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

describe('SQLite', () => {
  const folder = temporaryFolder();
  let store: CaseStore;
  afterAll(async () => {
    await store.close();
    removeFolder(folder);
  });
  contract(async () => {
    store = await createStore(openSqlite(folder), BACKOFF);
    return store;
  }, wait);
});

describe.skipIf(NO_POSTGRES)(`PostgreSQL${NO_POSTGRES ? ` (${NO_POSTGRES})` : ''}`, () => {
  let server: Postgres;
  let store: CaseStore;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => {
    await store?.close();
    await server?.stop();
  });
  contract(async () => {
    store = await createStore(openPostgres(server.url), BACKOFF);
    return store;
  }, wait);

  test('flushes before it answers', async () => {
    const client = new pg.Client(server.url);
    await client.connect();
    const { rows } = await client.query("select current_setting('fsync') f, current_setting('synchronous_commit') s");
    await client.end();
    expect(rows).toEqual([{ f: 'on', s: 'on' }]);
  });
});
