import { ERROR_CODES, type ErrorCode, type Facts, OsteonError } from '../../base/index.ts';

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly facts: Facts;
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  'auth.needed': 401,
  'auth.refused': 401,
  'auth.link': 401,
  'auth.locked': 429,
  'auth.role': 403,
  'auth.csrf': 403,
  'http.host': 421,
  'http.body': 400,
  'http.type': 415,
  'http.limit': 413,
  'http.rate': 429,
  'http.not-found': 404,
  'http.range': 416,
  'http.slow': 408,
  'io.limit': 413,
  'dicom.limit': 413,
  'store.not-found': 404,
  'store.conflict': 409,
  'store.full': 507,
  'store.read-only': 503,
  'store.unavailable': 503,
  'store.busy': 503,
  'review.changed': 409,
  'review.stale': 409,
  'review.blocked': 409,
  'review.stands': 409,
  'auth.last-admin': 409,
  'case.busy': 409,
  'pacs.unreachable': 502,
  'pacs.refused': 502,
};

/** The status says the class, the body says the same words as the command line. Anything unexpected says nothing at all. */
export function problemOf(e: unknown): { status: number; body: Problem } {
  if (e instanceof OsteonError) {
    const { code, facts, hint } = e;
    return { status: STATUS[code] ?? 422, body: { code, message: ERROR_CODES[code], hint, facts } };
  }
  const fromFramework = frameworkProblem(e as { code?: string; statusCode?: number });
  if (fromFramework) return problemOf(fromFramework);
  const hint = 'This is a mistake in Osteon: please report it with the time it happened';
  return { status: 500, body: { code: 'fault', message: 'something went wrong in the server', hint, facts: {} } };
}

/** Refusals of the framework, before any of our code saw the request. */
function frameworkProblem({ code = '', statusCode = 500 }: { code?: string; statusCode?: number }) {
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new OsteonError('http.limit');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new OsteonError('http.type');
  if (code === 'FST_ERR_NOT_FOUND') return new OsteonError('http.not-found');
  return statusCode >= 400 && statusCode < 500 ? new OsteonError('http.body') : undefined;
}

/** Of a job that failed, where only the code is kept. */
export const storedProblem = (e: { code: string; message: string } | null): Problem | null =>
  e && { code: e.code, message: e.message, hint: '', facts: {} };
