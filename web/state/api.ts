import { type ApiClient, createClient, type Problem, type Schemas } from '../../src/server/client/index.ts';

export type { Problem, Schemas };
export type CaseRow = Schemas['CaseRow'];
export type Session = Schemas['Session'];
export type Comment = Schemas['Comment'];
export type Review = Schemas['Review'];
export type Revision = Schemas['Revision'];
export type Finding = Schemas['Finding'];
export type Job = Schemas['Job'];

/** What was refused, in the words of the command line. */
export class Refused extends Error {
  readonly problem: Problem;
  readonly status: number;
  constructor(problem: Problem, status: number) {
    super(problem.message);
    this.problem = problem;
    this.status = status;
  }
}

let token: string | undefined;
/** The token of the session, sent with everything that changes something. */
export const setCsrf = (csrf: string | undefined): void => {
  token = csrf;
};
export const csrfToken = (): string | undefined => token;

export const api: ApiClient = createClient({ baseUrl: `${location.origin}/api/v1`, csrf: () => token });

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The answer, or what was refused. @throws Refused; TypeError where the server cannot be reached */
export async function need<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (response.ok) return data as T;
  throw new Refused(problemOf(error, response), response.status);
}

function problemOf(error: unknown, response: Response): Problem {
  const given = error as Partial<Problem> | undefined;
  if (typeof given?.code === 'string' && typeof given.message === 'string')
    return { code: given.code, message: given.message, hint: given.hint ?? '', facts: given.facts ?? {} };
  return { code: `http.${response.status}`, message: response.statusText || 'the server refused', hint: '', facts: {} };
}

/** Bytes of a case, told as they come. @throws Refused */
export async function bytesOf(
  path: string,
  into: Uint8Array,
  onProgress: (done: number) => void,
  { signal, from }: { signal?: AbortSignal; from?: number } = {},
): Promise<void> {
  const response = await fetch(`/api/v1${path}`, {
    credentials: 'same-origin',
    ...(signal && { signal }),
    ...(from !== undefined && { headers: { Range: `bytes=${from}-${from + into.length - 1}` } }),
  });
  if (!response.ok || !response.body)
    throw new Refused(problemOf(await response.json().catch(() => null), response), response.status);
  const reader = response.body.getReader();
  let done = 0;
  for (;;) {
    const part = await reader.read();
    if (part.done) break;
    into.set(part.value.subarray(0, Math.max(0, into.length - done)), done);
    done = Math.min(into.length, done + part.value.length);
    onProgress(done);
  }
  if (done !== into.length)
    throw new Refused(
      { code: 'io.truncated', message: 'the file ends too early', hint: 'Load the page again', facts: { done } },
      0,
    );
}

export async function objectBytes(caseId: string, sha256: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(`/api/v1/cases/${caseId}/objects/${sha256}`, { credentials: 'same-origin' });
  if (!response.ok) throw new Refused(problemOf(await response.json().catch(() => null), response), response.status);
  return new Uint8Array(await response.arrayBuffer());
}

/** Anything thrown, as a person reads it. */
export function asProblem(e: unknown): Problem {
  if (e instanceof Refused) return e.problem;
  const coded = e as { code?: unknown; hint?: unknown; facts?: unknown; message?: unknown };
  if (typeof coded?.code === 'string' && coded.code.includes('.'))
    return {
      code: coded.code,
      message: String(coded.message ?? ''),
      hint: String(coded.hint ?? ''),
      facts: (coded.facts ?? {}) as Problem['facts'],
    };
  if (e instanceof TypeError && /fetch|network/i.test(e.message))
    return {
      code: 'net.lost',
      message: 'the server cannot be reached',
      hint: 'Work goes on here and is sent when it is back',
      facts: {},
    };
  return { code: 'web.fault', message: e instanceof Error ? e.message : String(e), hint: '', facts: {} };
}
