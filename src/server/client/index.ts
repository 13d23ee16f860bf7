/**
 * The typed client of the HTTP interface, made from the route table. Holds nothing of the server: the planner in the
 * browser, the command line and other programs use it as it is.
 *
 *     const api = createClient({ baseUrl: 'http://127.0.0.1:8420/api/v1', csrf: () => token });
 *     const { data, error } = await api.GET('/cases/{case}', { params: { path: { case: id } } });
 */
import createFetch, { type Client } from 'openapi-fetch';
import type { paths, Schemas } from './paths.ts';

export { FRAMED_TYPE, framedHead } from './framed.ts';
export type { paths, Schemas } from './paths.ts';

export interface ClientOptions {
  /** With the prefix `/api/v1`. */
  readonly baseUrl: string;
  /** The token of the session, sent with everything that changes something. */
  readonly csrf?: () => string | undefined;
  readonly fetch?: (request: Request) => Promise<Response>;
}
export type ApiClient = Client<paths>;
/** What every refusal holds: the same words as the command line prints. */
export type Problem = Schemas['Problem'];

export function createClient({ baseUrl, csrf, fetch }: ClientOptions): ApiClient {
  const client = createFetch<paths>({ baseUrl, ...(fetch && { fetch }) });
  client.use({
    onRequest({ request }) {
      const token = request.method === 'GET' ? undefined : csrf?.();
      if (token) request.headers.set('X-CSRF-Token', token);
      return request;
    },
  });
  return client;
}
