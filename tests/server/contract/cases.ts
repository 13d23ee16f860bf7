import { describe, expect, test } from 'vitest';
import { BY, sha } from '../store-kit.ts';
import { FILE, type Kit, OTHER } from './kit.ts';

/** Cases, revisions, reviews and talk. */
export function casesContract(kit: Kit): void {
  const { advance, newCase, commit } = kit;

  describe('cases', () => {
    test('a new case waits for the engineer and belongs to its maker', async () => {
      const made = await newCase();
      expect(made).toMatchObject({ state: 'new', waitingFor: 'engineer', owner: BY.id, revision: 0, members: [] });
      expect(await kit.store.case(made.id)).toEqual(made);
      expect(made.id).toMatch(/^[0-9a-f]{32}$/);
    });
    test('the list shows what a user may see', async () => {
      const mine = await newCase();
      const shared = await kit.store.createCase({ label: 'S', procedure: 'p', members: [OTHER.id] }, BY);
      const seen = (await kit.store.cases({ visibleTo: OTHER.id })).map((c) => c.id);
      expect(seen).toContain(shared.id);
      expect(seen).not.toContain(mine.id);
      expect(await kit.store.cases({ visibleTo: '%' })).toEqual([]);
      expect(await kit.store.cases({ visibleTo: '' })).toEqual([]);
      expect((await kit.store.cases()).length).toBeGreaterThan(1);
    });
    test('label, members and turn change', async () => {
      const { id } = await newCase();
      const changed = await kit.store.changeCase(id, { label: 'N', members: ['a', 'b'], waitingFor: null }, BY);
      expect(changed).toMatchObject({ label: 'N', members: ['a', 'b'], waitingFor: null, state: 'new' });
    });
    test('nothing is said of a case that is not there', async () => {
      expect(await kit.store.case('nope')).toBeUndefined();
      await expect(kit.store.changeCase('nope', {}, BY)).rejects.toMatchObject({ code: 'store.not-found' });
      await expect(commit('nope', 0)).rejects.toMatchObject({ code: 'store.not-found' });
    });
    test('revisions count up and keep what was done', async () => {
      const { id } = await newCase();
      const first = await commit(id, 0);
      const second = await commit(id, 1, { editsSha256: sha(5), command: { verb: 'paint', at: [1, 2, 3] } });
      expect(first.revision).toMatchObject({ n: 1, documentSha256: sha(100), editsSha256: null, resultHash: null });
      expect(second.revision).toMatchObject({ n: 2, command: { verb: 'paint', at: [1, 2, 3] }, authorName: 'Eva' });
      expect(second.case).toMatchObject({ revision: 2, state: 'planning', waitingFor: 'engineer' });
      expect(await kit.store.revisions(id)).toEqual([first.revision, second.revision]);
      expect(await kit.store.revisions(id, 1)).toEqual([second.revision]);
      expect(await kit.store.revision(id, 1)).toEqual(first.revision);
      expect(await kit.store.revision(id, 3)).toBeUndefined();
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
      expect(await kit.store.revisions(id)).toHaveLength(1);
    });
    test('files belong to a revision and can be replaced', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      await kit.store.addArtefacts(id, 1, [FILE('b', 2), FILE('a', 1)], BY);
      await kit.store.addArtefacts(id, 1, [FILE('b', 3), FILE('b', 4)], BY);
      expect(await kit.store.artefacts(id, 1)).toEqual([FILE('a', 1), FILE('b', 4)]);
      await expect(kit.store.addArtefacts(id, 2, [], BY)).rejects.toMatchObject({ code: 'store.not-found' });
    });
    test('500 files go in at once', async () => {
      const { id } = await newCase();
      await kit.store.addArtefacts(
        id,
        0,
        Array.from({ length: 500 }, (_, i) => FILE(`scan/${i}`, i)),
        BY,
      );
      expect(await kit.store.artefacts(id, 0)).toHaveLength(500);
    });
    test('a commit carries files over', async () => {
      const { id } = await newCase();
      await kit.store.addArtefacts(id, 0, [FILE('scan/1', 1), FILE('out/2', 2)], BY);
      const made = { ifRevision: 0, documentSha256: sha(9), message: '', command: null };
      await kit.store.commit(id, made, BY, ['scan/']);
      expect(await kit.store.artefacts(id, 1)).toEqual([FILE('scan/1', 1)]);
    });
    test('an object is seen only through a case that has it', async () => {
      const a = await newCase();
      const b = await newCase();
      await kit.store.addArtefacts(a.id, 0, [FILE('x', 4711)], BY);
      await commit(a.id, 0, { documentSha256: sha(4712), editsSha256: sha(4713) });
      expect(await kit.store.caseHasObject(a.id, sha(4711))).toEqual(FILE('x', 4711));
      expect(await kit.store.caseHasObject(a.id, sha(4712))).toMatchObject({ mediaType: 'application/yaml' });
      expect(await kit.store.caseHasObject(a.id, sha(4713))).toMatchObject({ path: 'edits.json' });
      for (const n of [4711, 4712, 4713]) expect(await kit.store.caseHasObject(b.id, sha(n))).toBeUndefined();
    });
  });

  describe('reviews', () => {
    const REVIEW = { revision: 1, contentSha256: sha(1), role: 'surgeon', meaning: 'approve', note: 'n' } as const;
    test('an approval stands until the next change', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      const review = await kit.store.addReview(id, REVIEW, OTHER);
      expect(review).toMatchObject({ authorName: 'Ben', voidedBy: null, contentSha256: sha(1) });
      expect(await kit.store.case(id)).toMatchObject({ state: 'approved', waitingFor: null });
      const { voided } = await commit(id, 1);
      expect(voided).toEqual([{ ...review, voidedBy: 2 }]);
      expect(await kit.store.reviews(id)).toEqual([{ ...review, voidedBy: 2 }]);
      expect(await kit.store.case(id)).toMatchObject({ state: 'planning', waitingFor: 'engineer' });
    });
    test('a rejection sends it back to the engineer and is not voided', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      await kit.store.addReview(id, { ...REVIEW, meaning: 'reject' }, OTHER);
      expect(await kit.store.case(id)).toMatchObject({ state: 'rejected', waitingFor: 'engineer' });
      expect((await commit(id, 1)).voided).toEqual([]);
    });
    test('only the newest revision can be judged', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      await commit(id, 1);
      await expect(kit.store.addReview(id, REVIEW, OTHER)).rejects.toMatchObject({ code: 'store.conflict' });
      await expect(kit.store.addReview('nope', REVIEW, OTHER)).rejects.toMatchObject({ code: 'store.not-found' });
    });
    test('approval and change at once never end approved with a newer revision', async () => {
      for (let i = 0; i < 5; i++) {
        const { id } = await newCase();
        await commit(id, 0);
        await Promise.allSettled([kit.store.addReview(id, REVIEW, OTHER), commit(id, 1)]);
        expect(await kit.store.case(id)).toMatchObject({ revision: 2, state: 'planning' });
        for (const review of await kit.store.reviews(id)) expect(review.voidedBy).toBe(2);
      }
    });
  });

  describe('talk', () => {
    test('comments keep their pin, in order, and are resolved', async () => {
      const { id } = await newCase();
      const a = await kit.store.addComment(id, { revision: 0, text: 'here', pin: { point: [1.5, -2, 3e-7] } }, BY);
      await advance(2);
      const b = await kit.store.addComment(
        id,
        { revision: 0, text: 'ü<b>', pin: { plane: 'axial', index: 12 } },
        OTHER,
      );
      expect(await kit.store.comments(id)).toEqual([a, b]);
      const done = await kit.store.resolveComment(id, a.id, true, OTHER);
      expect(done).toEqual({ ...a, resolved: true });
    });
    test('no comment on what is not there', async () => {
      const { id } = await newCase();
      const add = (caseId: string, revision: number) =>
        kit.store.addComment(caseId, { revision, text: '', pin: null }, BY);
      await expect(add('nope', 0)).rejects.toMatchObject({ code: 'store.not-found' });
      await expect(add(id, 1)).rejects.toMatchObject({ code: 'store.not-found' });
      const comment = await add(id, 0);
      const other = await newCase();
      await expect(kit.store.resolveComment(other.id, comment.id, true, BY)).rejects.toMatchObject({
        code: 'store.not-found',
      });
    });
    test('a share is for one case, ends by time and by hand', async () => {
      const { id } = await newCase();
      const share = await kit.store.addShare({ tokenHash: `sh-${id}`, caseId: id, readOnly: true, ttlMs: 1e6 }, BY);
      expect(await kit.store.share(share.tokenHash)).toEqual(share);
      expect(await kit.store.shares(id)).toEqual([share]);
      await kit.store.endShare(share.tokenHash, BY);
      expect(await kit.store.share(share.tokenHash)).toBeUndefined();
      await kit.store.addShare({ tokenHash: `old-${id}`, caseId: id, readOnly: true, ttlMs: -1 }, BY);
      expect(await kit.store.share(`old-${id}`)).toBeUndefined();
    });
  });
}
