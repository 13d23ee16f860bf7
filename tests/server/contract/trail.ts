import { describe, expect, test } from 'vitest';
import { BY, sha } from '../store-kit.ts';
import { FILE, type Kit, OTHER } from './kit.ts';

/** The audit trail, events and what must be kept. */
export function trailContract(kit: Kit): void {
  const { newCase, commit, submitted, claim } = kit;

  describe('trail and events', () => {
    test('every change writes its row, in one chain without gaps', async () => {
      const { id } = await newCase();
      await commit(id, 0);
      await kit.store.audit(
        { action: 'case.export', subject: `case/${id}`, caseId: id, detail: { to: 'pacs' } },
        OTHER,
      );
      const own = await kit.store.auditRows({ caseId: id });
      expect(own.map((r) => r.action)).toEqual(['case.create', 'case.commit', 'case.export']);
      expect(own[2]).toMatchObject({ actor: OTHER.id, actorName: 'Ben', detail: '{"to":"pacs"}' });
      const all = await kit.store.auditRows({ limit: 1e6 });
      expect(all.map((r) => r.seq)).toEqual(all.map((_, i) => i + 1));
      expect(all.map((r) => r.prevHash)).toEqual(['', ...all.slice(0, -1).map((r) => r.hash)]);
    });
    test('what is refused leaves no row', async () => {
      const before = (await kit.store.auditRows({ limit: 1e6 })).length;
      await commit('nope', 0).catch(() => undefined);
      expect(await kit.store.auditRows({ limit: 1e6 })).toHaveLength(before);
    });
    test('forty writers at once still make one chain', async () => {
      const event = { action: 'test', subject: 'x/1' };
      await Promise.all(Array.from({ length: 40 }, () => kit.store.audit(event, BY)));
      const all = await kit.store.auditRows({ limit: 1e6 });
      expect(all.map((r) => r.seq)).toEqual(all.map((_, i) => i + 1));
      expect(all.map((r) => r.prevHash)).toEqual(['', ...all.slice(0, -1).map((r) => r.hash)]);
    });
    test('listeners hear of changes after they happened', async () => {
      const heard: string[] = [];
      const stop = kit.store.watch((e) => heard.push(`${e.kind} ${e.caseId} ${e.id}`));
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
      await kit.store.addArtefacts(id, 1, [FILE('f', 90083)], BY);
      const job = await submitted({ input: { files: [{ path: 'i', sha256: sha(90084) }], params: {} } });
      const kept = await kit.store.references();
      for (const n of [90081, 90082, 90083, 90084]) expect(kept.has(sha(n)), String(n)).toBe(true);
      await kit.store.finish(await claim(job.kind), [FILE('o', 90085)]);
      const later = await kit.store.references();
      expect(later.has(sha(90084))).toBe(false);
      expect(later.has(sha(90085))).toBe(true);
    });
    test('the clock is the database’s', async () => {
      expect(Math.abs((await kit.store.now()) - Date.now())).toBeLessThan(5000);
    });
  });
}
