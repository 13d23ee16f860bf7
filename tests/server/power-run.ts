import { accessSync } from 'node:fs';
import { openStores } from '../../src/server/store/open.ts';

/** What is written down by record.c: saves, a job, a clean end and a second start. Each answer is marked. */
const [folder] = process.argv.slice(2);
const BY = { id: 'u', name: 'U' };
let answered = 0;

function answeredFor(): void {
  answered++;
  try {
    accessSync(`/osteon-record/${answered}`);
  } catch {
    // There is no such file: the call itself is the mark.
  }
}

for (let start = 0; start < 3; start++) {
  const { cases, objects, close } = await openStores({ folder });
  const id = (await cases.cases())[0]?.id ?? (await cases.createCase({ label: 'C', procedure: 'p' }, BY)).id;
  for (let i = 0; i < 5; i++) {
    const { revision } = (await cases.case(id))!;
    const { sha256, bytes } = await objects.put(Buffer.from(`document ${revision} `.repeat(800)));
    const made = { ifRevision: revision, documentSha256: sha256, message: `m${revision}`, command: { i } };
    await cases.commit(id, made, BY);
    answeredFor();
    await cases.addArtefacts(id, revision + 1, [{ path: 'scan/1', sha256, bytes, mediaType: 'x/y' }], BY);
  }
  const { job } = await cases.submit({ key: `k${start}`, kind: 'toy', input: { files: [], params: {} } }, BY);
  const held = (await cases.claim('w', 60_000))!;
  const { sha256, bytes } = await objects.put(Buffer.from(`result ${start}`));
  await cases.finish(held, [{ path: 'out/a', sha256, bytes, mediaType: 'x/y' }]);
  if (job.id !== held.id) throw new Error('another job');
  if (start < 2) await close();
}
