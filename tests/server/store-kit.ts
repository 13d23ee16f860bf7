import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import type { S3Settings } from '../../src/server/store/objects-s3.ts';

/** A folder of its own, to be removed by the caller. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'osteon-store-'));
/** In memory where there is such a place: for tests that care what is written, not when it is on a disk. */
export const fastFolder = (): string =>
  existsSync('/dev/shm') ? mkdtempSync('/dev/shm/osteon-store-') : temporaryFolder();
export const removeFolder = (path: string): void => rmSync(path, { recursive: true, force: true });

export const BY = { id: 'u1', name: 'Eva' };
export const sha = (n: number): string => n.toString(16).padStart(64, '0');

const DEBIAN = '/usr/lib/postgresql';
const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
const bin = versions.length > 0 ? join(DEBIAN, versions[0], 'bin') : undefined;
/** Told in the name of what is skipped. */
export const NO_POSTGRES = bin ? false : 'PostgreSQL is not installed';

export interface Postgres {
  readonly url: string;
  /** As a power cut would, for the server: no last words. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const isOver = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

/** A PostgreSQL of its own in a temporary folder, flushing as by default. It refuses to be root, so it runs as nobody. */
export async function startPostgres(): Promise<Postgres> {
  const folder = temporaryFolder();
  const who = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  if ('uid' in who) chownSync(folder, 65534, 65534);
  const data = join(folder, 'data');
  const made = spawnSync(join(bin!, 'initdb'), ['-D', data, '-U', 'osteon', '-A', 'trust', '-N'], {
    ...who,
    cwd: folder,
  });
  if (made.status !== 0) throw new Error(String(made.stderr));
  const port = await freePort();
  const url = `postgres://osteon@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | undefined;
  let log = '';
  const launch = () => {
    const args = ['-D', data, '-k', folder, '-p', String(port), '-h', '127.0.0.1', '-c', 'max_connections=60'];
    server = spawn(join(bin!, 'postgres'), args, { ...who, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    server.stderr!.on('data', (said) => {
      log = (log + said).slice(-4000);
    });
  };
  const start = async () => {
    launch();
    for (let tries = 0; tries < 400; tries++) {
      // After a kill the children of the dead server hold its memory for a moment, and a new one refuses to begin.
      if (isOver(server!)) launch();
      const ready = spawnSync(join(bin!, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port), '-q']);
      if (ready.status === 0) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`PostgreSQL did not start: ${log}`);
  };
  const end = async (signal: NodeJS.Signals) => {
    const ending = server;
    server = undefined;
    if (!ending || isOver(ending)) return;
    const gone = new Promise((done) => ending.once('exit', done));
    ending.kill(signal);
    await gone;
  };
  await start();
  return {
    url,
    start,
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGINT');
      removeFolder(folder);
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** A small S3 server in this process with one bucket, its files in `folder`. */
export async function startS3(folder: string): Promise<{ settings: S3Settings; stop(): Promise<void> }> {
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder,
    configureBuckets: [{ name: 'osteon-test', configs: [] }],
  });
  const { port } = await server.run();
  return {
    settings: {
      bucket: 'osteon-test',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    },
    stop: () => server.close(),
  };
}
