import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { errorFromWire, errorToWire, OsteonError, type WireError } from '../../base/index.ts';
import { check, checked } from '../store/objects-folder.ts';
import type { Artefact, Job, Lease, Leases, ObjectStore, WorkerObjects } from '../store/types.ts';

/**
 * Leases and objects over HTTP, for workers that cannot open the database: SQLite belongs to one process, and a worker
 * need not know a password. On the loopback address only; from other machines through a tunnel or a proxy with TLS.
 */
export interface LeaseServer {
  readonly url: string;
  close(): Promise<void>;
}

const MAX_BODY = 4e6;
type Asked = Readonly<Record<string, unknown>>;

/** @param token what a worker must show; at least 32 characters */
export async function serveLeases(leases: Leases, objects: ObjectStore, token: string, port = 0): Promise<LeaseServer> {
  if (token.length < 32) throw new OsteonError('store.settings', { setting: 'token' }, 'At least 32 characters');
  const verbs: Record<string, (b: Asked) => Promise<unknown>> = {
    claim: (b) => leases.claim(String(b.worker), Number(b.leaseMs), b.kinds as string[] | undefined),
    beat: (b) =>
      leases.beat(b.lease as Lease, Number(b.leaseMs), b.progress as number | undefined, b.label as string | undefined),
    finish: (b) => leases.finish(b.lease as Lease, b.outputs as Artefact[]),
    fail: (b) => leases.fail(b.lease as Lease, b.error as { code: string; message: string }, b.retry === true),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, place, name = ''] = (request.url ?? '').split('/');
    if (!isToken(request.headers.authorization ?? '', token)) return send(response, 401, {});
    if (place === 'objects' && request.method === 'PUT') return send(response, 200, await objects.put(request));
    if (place === 'objects' && request.method === 'GET') {
      const size = await objects.size(name);
      if (size === undefined) throw new OsteonError('store.not-found', { what: 'object', id: name });
      response.writeHead(200, { 'content-length': String(size) });
      Readable.from(objects.read(name))
        .on('error', () => response.destroy())
        .pipe(response);
      return;
    }
    const verb = Object.hasOwn(verbs, place) && request.method === 'POST' ? verbs[place] : undefined;
    if (!verb) return send(response, 404, {});
    send(response, 200, { answer: (await verb(await readJson(request))) ?? null });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((e: unknown) => {
      if (response.headersSent) response.destroy();
      else if (e instanceof OsteonError) send(response, 422, errorToWire(e));
      else send(response, 500, {});
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function isToken(header: string, token: string): boolean {
  const given = Buffer.from(header);
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<Asked> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > MAX_BODY) throw new OsteonError('io.limit', { limitBytes: MAX_BODY });
    parts.push(part as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString()) as Asked;
  } catch {
    throw new OsteonError('io.format', { what: 'request' });
  }
}

/** The other end: what `startWorker` wants. @throws store.unavailable, and what the server throws */
export function connectLeases(url: string, token: string): { leases: Leases; objects: WorkerObjects } {
  const headers = { authorization: `Bearer ${token}` };

  async function call(path: string, init: RequestInit & { duplex?: 'half' }): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${url.replace(/\/$/, '')}/${path}`, { ...init, headers, redirect: 'error' });
    } catch (e) {
      const reason = String((e as { cause?: { code?: string } }).cause?.code ?? (e as Error).message).slice(0, 80);
      throw new OsteonError('store.unavailable', { what: 'the case server', reason }, 'Do it again in a moment');
    }
    if (response.status === 422) throw errorFromWire((await response.json()) as WireError);
    if (response.status === 401) throw new OsteonError('store.settings', { setting: 'token' }, 'The server refuses it');
    if (!response.ok && response.status !== 404)
      throw new OsteonError('store.unavailable', { what: 'the case server', status: response.status });
    return response;
  }
  async function ask<T>(verb: string, body: object): Promise<T> {
    const response = await call(verb, { method: 'POST', body: JSON.stringify(body) });
    return ((await response.json()) as { answer: T }).answer;
  }
  const fence = ({ id, attempt }: Lease): Lease => ({ id, attempt });

  async function* read(sha256: string): AsyncIterable<Uint8Array> {
    const hash = createHash('sha256');
    const response = await call(`objects/${checked(sha256)}`, { method: 'GET' });
    if (response.body)
      for await (const part of response.body) {
        hash.update(part as Uint8Array);
        yield part as Uint8Array;
      }
    check(sha256, hash.digest('hex'));
  }

  return {
    leases: {
      claim: async (worker, leaseMs, kinds) =>
        (await ask<Job | null>('claim', { worker, leaseMs, ...(kinds ? { kinds } : {}) })) ?? undefined,
      beat: (lease, leaseMs, progress, label) => ask('beat', { lease: fence(lease), leaseMs, progress, label }),
      finish: (lease, outputs) => ask('finish', { lease: fence(lease), outputs }),
      fail: (lease, error, retry) => ask('fail', { lease: fence(lease), error, retry }),
    },
    objects: {
      async put(bytes) {
        const body = bytes instanceof Uint8Array ? bytes : Readable.toWeb(Readable.from(bytes));
        const response = await call('objects', { method: 'PUT', body: body as BodyInit, duplex: 'half' });
        return (await response.json()) as { sha256: string; bytes: number };
      },
      read,
    },
  };
}
