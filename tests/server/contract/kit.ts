import type { CaseStore, NewJob } from '../../../src/server/store/types.ts';
import { BY, sha } from '../store-kit.ts';

export const OTHER = { id: 'u2', name: 'Ben' };
export const FILE = (path: string, n: number) => ({ path, sha256: sha(n), bytes: n, mediaType: 'text/plain' });

/** What the parts of the contract ask of a store that is open by the time a test runs. */
export function makeKit(opened: () => CaseStore, advance: (ms: number) => Promise<void>) {
  let serial = 0;
  const next = () => ++serial;
  const newCase = () => opened().createCase({ label: `C-${next()}`, procedure: 'total-talus-replacement' }, BY);
  const commit = (id: string, ifRevision: number, more = {}) =>
    opened().commit(
      id,
      { ifRevision, documentSha256: sha(100 + ifRevision), message: 'm', command: { verb: 'set' }, ...more },
      BY,
    );
  const newJob = (more: Partial<NewJob> = {}): NewJob => ({
    key: sha(next() + 1e6),
    kind: `toy-${next()}`,
    input: { files: [{ path: 'case.yaml', sha256: sha(7) }], params: { n: 1 } },
    ...more,
  });
  const submitted = async (more: Partial<NewJob> = {}) => (await opened().submit(newJob(more), BY)).job;
  const claim = async (kind: string, leaseMs = 60_000) => (await opened().claim('w1', leaseMs, [kind]))!;
  return {
    /** The store under test, looked up at each call. */
    get store() {
      return opened();
    },
    advance,
    next,
    newCase,
    commit,
    newJob,
    submitted,
    claim,
  };
}
export type Kit = ReturnType<typeof makeKit>;
