import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OsteonError } from '../base/index.ts';
import { DATA_FLAG, dataFolder } from './serve.ts';
import { textFlag, verb } from './verb.ts';

/** A clock further off than this is worth a look; leases do not mind, they go by the database's. */
const SKEW_MS = 60_000;

export const workerVerb = verb({
  name: 'worker',
  summary: 'computes cases for a case server, on this or another machine, until it is interrupted',
  args: [],
  params: {
    ...DATA_FLAG,
    server: textFlag(
      'address of a lease server, with OSTEON_WORKER_TOKEN; absent: DATABASE_URL and the object store',
      'http://127.0.0.1:8421',
    ),
    jobs: { label: 'cases at once', unit: '', default: 1, min: 1, max: 64, source: 'command line' },
  },
  example: 'osteon worker --server http://127.0.0.1:8421',
  async run({ params: { data, server, jobs }, session }) {
    const { connectLeases, openStores, runKind, settingsFrom, startWorker } = await import('../server/index.ts');
    const folder = dataFolder(data);
    const settings = settingsFrom(folder, process.env);
    const token = process.env.OSTEON_WORKER_TOKEN ?? '';
    if (server === '' && !settings.databaseUrl)
      throw new OsteonError(
        'cli.usage',
        { missing: '--server' },
        'Say --server with OSTEON_WORKER_TOKEN, or set DATABASE_URL',
      );
    const stores = server === '' ? await openStores(settings) : undefined;
    const { leases, objects } = stores
      ? { leases: stores.cases, objects: stores.objects }
      : connectLeases(server, token);
    if (stores) {
      const skewMs = Date.now() - (await stores.cases.now());
      if (Math.abs(skewMs) > SKEW_MS)
        session.say(`warning: this clock differs by ${Math.round(skewMs / 1000)} s from the database's`);
    }
    const argv = [process.execPath, fileURLToPath(new URL('../bin/osteon.mjs', import.meta.url))] as const;
    const kinds = [runKind({ argv: [...argv], cache: join(folder, 'cache') })];
    const crew = Array.from({ length: jobs }, () =>
      startWorker({
        leases,
        objects,
        kinds,
        work: join(folder, 'work'),
        ...(stores && { wake: (ring) => stores.cases.watch(({ kind }) => kind === 'job' && ring()) }),
        // Names and places only: a message may hold what was asked.
        onFault: (e) => session.say(`fault worker ${e instanceof OsteonError ? e.code : (e as Error).name}`),
      }),
    );
    const close = async () => {
      await Promise.all(crew.map((worker) => worker.stop(true)));
      await stores?.close();
    };
    return { document: { jobs }, text: 'Waiting for cases. Ctrl-C ends it.', until: session.interrupted.then(close) };
  },
});
