import { demoKind } from '../intake/door.ts';
import type { Services } from '../services.ts';
import type { Actor } from '../store/types.ts';
import { PLACES } from './content.ts';

const LABEL = 'Demo: two feet';
/** What the demo decides: the side that collapsed, sizes, material. */
const DOCUMENT = `osteon: 1
procedure: total-talus-replacement
scan: ./dicom
affectedSide: left
material: Ti-6Al-4V ELI
bodyMassKg: 80
sizesVolumePercent: [95, 100, 105]
`;

/**
 * The case everything can be tried on, where a store holds none yet. It is there at once; its scan is made by a job, and
 * the worklist shows how far that is.
 */
export async function openDemoCase(
  { store, objects, door }: Pick<Services, 'store' | 'objects' | 'door'>,
  by: Actor,
): Promise<void> {
  if ((await store.cases()).length > 0) return;
  const { sha256 } = await objects.put(new TextEncoder().encode(DOCUMENT));
  const made = await store.createCase({ label: LABEL, procedure: 'total-talus-replacement' }, by);
  const first = { ifRevision: made.revision, documentSha256: sha256, message: 'Demo case', command: null };
  const { revision } = await store.commit(made.id, first, by, [PLACES.scan]);
  const input = { files: [], params: {} };
  const label = 'making the CT of two feet';
  await store.submit(
    { key: `demo ${made.id}`, kind: demoKind(door), caseId: made.id, revision: revision.n, input, label },
    by,
  );
}
