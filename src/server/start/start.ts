import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { OsteonError } from '../../base/index.ts';
import { writeAtomic } from '../../platform/node/index.ts';
import { startUpkeep } from '../audit/upkeep.ts';
import { createOneTime, newToken, type OneTime, tokenHash } from '../auth/tokens.ts';
import { openDemoCase } from '../cases/demo.ts';
import { LOCAL_USER } from '../cases/people.ts';
import { isActive } from '../cases/views.ts';
import { createApp } from '../http/app.ts';
import { cookieName } from '../http/cookies.ts';
import { SESSION_MS, type Site } from '../http/guard.ts';
import { loadPages } from '../http/pages.ts';
import { createRates } from '../http/rates.ts';
import { type Door, intakeKind, openDoor } from '../intake/door.ts';
import { jobKinds } from '../jobs/kinds.ts';
import { serveLeases } from '../queue/remote.ts';
import { startWorker } from '../queue/worker.ts';
import type { Services } from '../services.ts';
import { openStores, settingsFrom } from '../store/open.ts';
import { type CaseStore, ROLES, type User } from '../store/types.ts';
import { isLoopback, type Machine, requireAdmin, requireSafe, type ServeSettings } from './safety.ts';

export interface StartOptions extends ServeSettings {
  readonly version: string;
  /** How this program is called, for the processes that do the work. */
  readonly argv: readonly [string, ...string[]];
  /** Jobs at once. */
  readonly workers: number;
  /** Makes the demo case where the store holds no case. */
  readonly demo: boolean;
  readonly machine: Machine;
  /** Faults, one line each, without anything of a case. */
  readonly say: (line: string) => void;
}

export interface Running {
  readonly url: string;
  /** Opens the planner for the local user, once. */
  readonly link?: string;
  close(): Promise<void>;
}

/** Where workers of other processes ask for jobs, on the loopback address, when `OSTEON_WORKER_TOKEN` is set. */
const WORKER_PORT = 8421;

/** How long the link of local mode opens. */
const LINK_MS = 24 * 3_600_000;

/**
 * The case server: store, workers and interface in one process.
 * @throws server.insecure, store codes; whatever has been opened is closed again then
 */
export async function startServer(options: StartOptions): Promise<Running> {
  const { folder, mode, machine, say } = options;
  await requireSafe(options, machine);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const stores = await openStores(settingsFrom(folder, machine.env));
    closing.push(stores.close);
    const store = stores.cases;
    const door = await openDoor(join(folder, 'vault'));
    const link = mode === 'local' ? createOneTime(LINK_MS, Date.now) : undefined;
    const services: Services = {
      mode,
      version: options.version,
      store,
      objects: stores.objects,
      door,
      archives: archivesOf(options.peers, machine.env),
      now: Date.now,
      ...(link && { link }),
      onFault: (error, where) => say(`fault ${where} ${faultText(error)}`),
    };
    const local = mode === 'local' ? await localUser(store) : undefined;
    requireAdmin(options, await countAdmins(store));
    if (options.demo && local) await openDemoCase(services, local);
    closing.push(await keepDoor(store, door));

    // A folder belongs to one process: what workers of an earlier one held is free.
    if (store.kind === 'sqlite') await store.releaseWorkers('server/');
    const kinds = jobKinds({ argv: options.argv, cache: join(folder, 'cache'), door });
    // One at a time writes the vault; the others compute.
    const crews = [
      kinds.filter((k) => k.name !== 'run'),
      ...Array(options.workers).fill(kinds.filter((k) => k.name === 'run')),
    ];
    for (const [i, crew] of crews.entries()) {
      const worker = startWorker({
        leases: store,
        objects: stores.objects,
        kinds: crew,
        work: stores.work,
        name: `server/${process.pid}/${i}`,
        wake: (listener) => store.watch((event) => event.kind === 'job' && listener()),
        onFault: (error) => say(`fault worker ${faultText(error)}`),
      });
      closing.push(() => worker.stop(true));
    }
    const token = machine.env.OSTEON_WORKER_TOKEN;
    if (token) {
      const port = Number(machine.env.OSTEON_WORKER_PORT ?? WORKER_PORT);
      closing.push((await serveLeases(store, stores.objects, token, port)).close);
    }
    closing.push(startUpkeep({ cases: store, objects: stores.objects, say }).stop);
    const url = await listen(options, services, closing);
    if (local) closing.push(await leavePass(folder, url, local, store));
    return { url, ...(link && { link: linkText(url, link) }), close };
  } catch (e) {
    await close();
    throw e;
  }
}

/** Names and passwords come from the environment: an argument can be read by everyone on the machine. */
const archivesOf = (peers: ServeSettings['peers'], env: Machine['env']): Services['archives'] =>
  Object.fromEntries(
    Object.entries(peers).map(([name, url]) => {
      const of = (what: string) => env[`OSTEON_PACS_${name.toUpperCase()}_${what}`] ?? env[`OSTEON_PACS_${what}`];
      const [user, password] = [of('USER'), of('PASSWORD')];
      return [name, { url, ...(user && { user }), ...(password && { password }) }];
    }),
  );

const linkText = (url: string, { token }: OneTime): string => `${url}/#link=${token}`;

async function listen(options: StartOptions, services: Services, closing: (() => Promise<unknown>)[]): Promise<string> {
  const { host, certFile, keyFile, origin, proxies, say } = options;
  const tls = certFile && keyFile ? { cert: await readFile(certFile), key: await readFile(keyFile) } : undefined;
  let site: Site | undefined;
  const app = createApp(services, {
    site: () => site ?? { origins: [], secure: true, cookie: 'none' },
    rates: createRates(Date.now),
    pages: await loadPages(options.pages),
    proxies,
    ...(tls && { tls }),
    ...(options.mode === 'server' && { onAnswer: (line: object) => say(JSON.stringify(line)) }),
  });
  closing.push(() => app.close());
  await app.listen({ host, port: options.port }).catch((e: NodeJS.ErrnoException) => {
    const facts = { port: options.port, reason: e.code ?? 'unknown' };
    throw new OsteonError('server.address', facts, 'Choose another with --port, or --port 0 for a free one');
  });
  const { port } = app.server.address() as AddressInfo;
  const scheme = tls ? 'https' : 'http';
  const names = isLoopback(host) ? ['127.0.0.1', 'localhost', '[::1]'] : [host];
  const secure = tls !== undefined || origin?.startsWith('https:') === true;
  const origins = origin ? [origin] : names.map((name) => `${scheme}://${name}:${port}`);
  site = { origins, secure, cookie: cookieName(secure, port) };
  return origins[0];
}

/** Lets programs of the same user on this machine in, for as long as the server runs. */
async function leavePass(folder: string, url: string, user: User, store: CaseStore): Promise<() => Promise<void>> {
  const file = join(folder, 'local.json');
  const [token, csrf] = [newToken(), newToken()];
  await store.addSession({ tokenHash: tokenHash(token), userId: user.id, csrf, ttlMs: SESSION_MS.local.most });
  const pass = { url, cookie: `${cookieName(false, Number(new URL(url).port))}=${token}`, csrf };
  await writeAtomic(file, JSON.stringify(pass), 0o600);
  return async () => {
    await rm(file, { force: true });
    await store.endSession(tokenHash(token));
  };
}

/** The one person of local mode: every role, no password, let in by the link alone. */
async function localUser(store: CaseStore): Promise<User> {
  const found = (await store.login(LOCAL_USER))?.user;
  return (
    found ?? store.createUser({ name: LOCAL_USER, roles: ROLES, passwordHash: '' }, { id: 'server', name: 'server' })
  );
}

async function countAdmins(store: CaseStore): Promise<number> {
  let admins = 0;
  for (const user of await store.users()) {
    if (!user.active || !user.roles.includes('admin')) continue;
    if ((await store.login(user.name))?.passwordHash) admins++;
  }
  return admins;
}

/** An upload stays at the door until its job is over, however that ends; what an earlier process left goes at once. */
async function keepDoor(store: CaseStore, door: Door): Promise<() => Promise<void>> {
  const uploadOf = (params: Readonly<Record<string, unknown>>) => String(params.upload ?? '');
  const waiting = new Set((await store.jobs()).filter(isActive).map((job) => uploadOf(job.input.params)));
  for (const upload of await readdir(door.incoming)) if (!waiting.has(upload)) await door.drop(upload);
  const stop = store.watch(async ({ kind, id }) => {
    if (kind !== 'job') return;
    const job = await store.job(id).catch(() => undefined);
    if (job?.kind === intakeKind(door) && !isActive(job))
      await door.drop(uploadOf(job.input.params)).catch(() => undefined);
  });
  return async () => stop();
}

/** A number to find the fault by, its kind and where; never its message, which may hold what was asked. */
function faultText(error: unknown): string {
  const { name = 'error', stack = '' } = (error ?? {}) as Error;
  const at = stack
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 3)
    .map((line) => line.trim());
  return `${randomBytes(4).toString('hex')} ${name} ${at.join(' ')}`;
}
