import type { CaseStore, ObjectStore } from '../store/types.ts';
import { collectGarbage, scrub } from './scrub.ts';

const HOUR_MS = 3600e3;
const BY = { id: 'upkeep', name: 'upkeep' };

export interface UpkeepOptions {
  readonly cases: CaseStore;
  readonly objects: ObjectStore;
  /** Told what a person must look at. */
  readonly say: (line: string) => void;
}

/**
 * While a server runs: objects that nobody names are removed once a day, all others are read and compared with their
 * names once a week. What was done stands in the audit trail, so that a restart does not begin anew.
 */
export function startUpkeep(options: UpkeepOptions): { stop(): Promise<void> } {
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(() => keepUp(options)).catch(() => options.say('fault upkeep: the store does not answer'));
  }, HOUR_MS);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      return running;
    },
  };
}

/** Does what is due. */
export async function keepUp({ cases, objects, say }: UpkeepOptions): Promise<void> {
  await cases.boundLeases();
  const now = await cases.now();
  const due = async (action: string, everyMs: number) => now - (await cases.lastAudit(action)) >= everyMs;
  if (await due('store.clean', 24 * HOUR_MS)) {
    const { removed, removedBytes } = await collectGarbage(cases, objects);
    await cases.audit({ action: 'store.clean', subject: 'store/objects', detail: { removed, removedBytes } }, BY);
  }
  if (await due('store.scrub', 7 * 24 * HOUR_MS)) {
    const { objects: read, damaged, missing } = await scrub(cases, objects);
    await cases.audit({ action: 'store.scrub', subject: 'store/objects', detail: { read, damaged, missing } }, BY);
    for (const hash of damaged) say(`store.damaged ${hash}`);
    for (const hash of missing) say(`store.missing ${hash}`);
  }
}
