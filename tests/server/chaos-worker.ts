import { connectLeases } from '../../src/server/queue/remote.ts';
import { startWorker, type WorkerTimes } from '../../src/server/queue/worker.ts';
import { openFolderObjects } from '../../src/server/store/objects-folder.ts';
import { openPostgres } from '../../src/server/store/postgres.ts';
import { createStore } from '../../src/server/store/store.ts';
import { TOY } from './toy.ts';

/** A worker as a process of its own, to be killed. */
export interface ChaosOrders {
  readonly name: string;
  readonly folder: string;
  readonly work: string;
  readonly times: WorkerTimes;
  /** Either a database, or a lease server and its token. */
  readonly databaseUrl?: string;
  readonly server?: { readonly url: string; readonly token: string };
  /** This machine's clock is wrong by so much, and by as much more after each question. */
  readonly skewMs?: number;
  readonly stepMs?: number;
}

const orders = JSON.parse(process.argv[2]) as ChaosOrders;
if (orders.skewMs !== undefined) {
  const right = Date.now;
  let asked = 0;
  Date.now = () => right() + orders.skewMs! + (orders.stepMs ?? 0) * (asked++ % 2);
}
const { leases, objects } = orders.server
  ? connectLeases(orders.server.url, orders.server.token)
  : {
      leases: await createStore(openPostgres(orders.databaseUrl!, { connections: 2 })),
      objects: await openFolderObjects(orders.folder),
    };
const claim: typeof leases.claim = async (...about) => {
  const job = await leases.claim(...about);
  if (job) process.stdout.write('at work\n');
  return job;
};
const watched = { ...leases, claim };
startWorker({ leases: watched, objects, kinds: [TOY], work: orders.work, name: orders.name, times: orders.times });
