import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ErrorCode, OsteonError } from '../base/index.ts';
import { type ApiClient, createClient, type Problem } from '../server/client/index.ts';
import { DATA_FLAG, dataFolder } from './serve.ts';
import { textFlag } from './verb.ts';

/** How verbs reach a case server: the one of this machine by itself, any other by address, name and password. */
export const SERVER_FLAGS = {
  ...DATA_FLAG,
  url: textFlag(
    'address of the case server, with OSTEON_USER and OSTEON_PASSWORD; absent: the one running on this machine',
    'https://…',
  ),
};

export interface Connection {
  readonly api: ApiClient;
  /** For bytes, where the client is no help. */
  fetch(path: string, init?: RequestInit & { duplex?: 'half' }): Promise<Response>;
  close(): Promise<void>;
}

/** What a running local server leaves in its folder for programs of the same user. */
interface Pass {
  readonly url: string;
  readonly cookie: string;
  readonly csrf: string;
}

/** @throws server.unreachable, auth codes */
export async function connect(flags: { readonly data: string; readonly url: string }): Promise<Connection> {
  const pass = flags.url ? await signIn(flags.url) : await localPass(dataFolder(flags.data));
  const headers = { cookie: pass.cookie, 'X-CSRF-Token': pass.csrf };
  const send = (request: Request) => {
    for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
    return reach(() => fetch(request));
  };
  const api = createClient({ baseUrl: `${pass.url}/api/v1`, fetch: send });
  return {
    api,
    fetch: (path, init = {}) =>
      reach(() =>
        fetch(`${pass.url}/api/v1${path}`, {
          ...init,
          redirect: 'error',
          headers: { ...(init.headers as Record<string, string>), ...headers },
        }),
      ),
    close: async () => void (flags.url && (await api.DELETE('/session'))),
  };
}

async function localPass(folder: string): Promise<Pass> {
  const text = await readFile(join(folder, 'local.json'), 'utf8').catch(() => undefined);
  if (!text) throw new OsteonError('server.unreachable', {}, 'Start it with `npm start`, or name one with --url');
  return JSON.parse(text) as Pass;
}

async function signIn(url: string): Promise<Pass> {
  const base = url.replace(/\/+$/, '');
  const { OSTEON_USER: name, OSTEON_PASSWORD: password } = process.env;
  if (!name || !password) throw new OsteonError('auth.needed', {}, 'Set OSTEON_USER and OSTEON_PASSWORD');
  const response = await reach(() =>
    fetch(`${base}/api/v1/session`, {
      method: 'POST',
      redirect: 'error',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, password }),
    }),
  );
  const { csrf } = await answerOf<{ csrf: string }>(response);
  return { url: base, cookie: (response.headers.get('set-cookie') ?? '').split(';')[0], csrf };
}

async function reach(ask: () => Promise<Response>): Promise<Response> {
  try {
    return await ask();
  } catch (e) {
    const reason = String((e as { cause?: { code?: string } }).cause?.code ?? (e as Error).message).slice(0, 80);
    throw new OsteonError('server.unreachable', { reason }, 'Check the address, and that the server runs');
  }
}

/** JSON of a good answer; a refusal is thrown in the words of the server. */
export async function answerOf<T>(response: Response): Promise<T> {
  const json = (await response.json().catch(() => undefined)) as T | Problem | undefined;
  if (response.ok) return json as T;
  throw refusal(json as Problem | undefined, response.status);
}

export function refusal(problem: Problem | undefined, status: number): OsteonError {
  if (!problem?.code)
    return new OsteonError('server.unreachable', { status }, 'Something else answers at this address');
  return new OsteonError(problem.code as ErrorCode, problem.facts, problem.hint);
}

/** What the client gives back, or the refusal thrown. */
export function dataOf<T>(result: { data?: T; error?: Problem; response: Response }): T {
  if (result.data === undefined) throw refusal(result.error, result.response.status);
  return result.data;
}
