import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { OsteonError } from '../../base/index.ts';
import { openApi } from '../api/openapi.ts';
import { BODY_LIMITS, type Bytes, type Route } from '../api/route.ts';
import { API_PREFIX, ROUTES } from '../api/routes.ts';
import { HANDLERS } from '../cases/handlers.ts';
import type { Services } from '../services.ts';
import type { Actor, Case } from '../store/types.ts';
import { sendBytes } from './bytes.ts';
import { cookieText } from './cookies.ts';
import { sendEvents } from './events.ts';
import { authorise, checkForgery, checkHost, type Principal, principalOf, type Site } from './guard.ts';
import { securityHeaders } from './headers.ts';
import { type Pages, servePages } from './pages.ts';
import { problemOf } from './problems.ts';
import type { Rates } from './rates.ts';

export interface AppOptions {
  /** Asked at every request: the port is known only once the server listens. */
  readonly site: () => Site;
  readonly rates: Rates;
  readonly pages: Pages;
  /** Certificate and key; without them plain HTTP. */
  readonly tls?: { readonly cert: Uint8Array; readonly key: Uint8Array };
  /** Addresses of proxies whose word about the caller's address counts. */
  readonly proxies?: readonly string[];
  /** One line for each answer: only what is named here, never an address, a body or a name. */
  readonly onAnswer?: (line: { readonly route: string; readonly status: number; readonly ms: number }) => void;
}

/** What the checks found out, for the handler. */
interface Checked {
  readonly who: Principal | null;
  readonly case: Case | undefined;
}

const UPLOAD_TYPES = ['application/zip', 'application/dicom', 'application/vnd.osteon.files'];
/** A request whose head does not arrive is dropped; a body may take an hour while it keeps coming. */
const HEAD_MS = 20_000;
const WHOLE_REQUEST_MS = 3_600_000;
const HEADS = { headersTimeout: HEAD_MS, maxHeaderSize: 16_384 };

/** The HTTP interface over a case store: every route of the table behind the same checks, in the same order. */
export function createApp(services: Services, options: AppOptions): FastifyInstance {
  const { site, tls } = options;
  const app = Fastify({
    ...(tls && {
      https: { ...HEADS, cert: Buffer.from(tls.cert), key: Buffer.from(tls.key), minVersion: 'TLSv1.2' as const },
    }),
    logger: false,
    bodyLimit: BODY_LIMITS.small,
    trustProxy: options.proxies?.length ? [...options.proxies] : false,
    routerOptions: { maxParamLength: 128 },
    exposeHeadRoutes: false,
    requestTimeout: WHOLE_REQUEST_MS,
    http: HEADS,
    forceCloseConnections: true,
    frameworkErrors: (error, request, reply) => void refuse(error, request, reply as FastifyReply),
  }) as unknown as FastifyInstance;

  const refuse = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const { status, body } = problemOf(error);
    if (status === 500) services.onFault(error, routeName(request));
    reply.removeHeader('Content-Disposition').removeHeader('Content-Encoding').removeHeader('Content-Length');
    for (const [name, value] of Object.entries(securityHeaders('data', site().secure))) reply.header(name, value);
    // The rest of a body nobody will read would keep the connection busy.
    if (request.method !== 'GET') reply.header('Connection', 'close');
    return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
  };
  app.setErrorHandler(refuse);
  app.setNotFoundHandler((request, reply) => refuse(new OsteonError('http.not-found'), request, reply));
  app.addHook('onRequest', async (request, reply) => {
    for (const [name, value] of Object.entries(securityHeaders('data', site().secure))) reply.header(name, value);
    checkHost(request, site());
    const packed = request.headers['content-encoding'];
    if (packed !== undefined && packed !== 'identity')
      throw new OsteonError('http.type', { contentEncoding: packed.slice(0, 20) });
  });
  if (options.onAnswer)
    app.addHook('onResponse', async (request, reply) =>
      options.onAnswer?.({
        route: routeName(request),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      }),
    );
  // Uploads are handed on as they arrive; every other body is JSON.
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser(UPLOAD_TYPES, (_request, payload, done) => done(null, payload));

  const document = JSON.stringify(openApi(services.version));
  app.get('/api/openapi.json', async (_request, reply) => reply.type('application/json; charset=utf-8').send(document));
  for (const [name, route] of Object.entries(ROUTES) as [keyof typeof ROUTES, Route][]) addRoute(app, name, route);
  servePages(app, options.pages, () => site().secure);
  return app;

  function addRoute(to: FastifyInstance, name: keyof typeof ROUTES, route: Route): void {
    to.route({
      method: route.method,
      url: API_PREFIX + route.path,
      config: { name },
      ...(route.method !== 'GET' && { bodyLimit: BODY_LIMITS[route.limit] }),
      // Before any of the body is read.
      async onRequest(request) {
        const who = await principalOf(request, services, site());
        options.rates.spend(who?.kind === 'user' ? who.user.id : request.ip, route.rate);
        const found = await authorise(route, who, (request.params as { case?: string }).case, services);
        checkForgery(request, route, who, site());
        checkBodyHead(request, route);
        (request as Asked).checked = { who, case: found };
      },
      handler: (request, reply) => answer(name, route, request as Asked, reply),
    });
  }

  async function answer(
    name: keyof typeof ROUTES,
    route: Route,
    request: Asked,
    reply: FastifyReply,
  ): Promise<unknown> {
    const { who, case: found } = request.checked;
    const call = {
      params: read(route.params, request.params, 'path'),
      query: read(route.query, request.query, 'query'),
      body: bodyOf(route, request.body),
    };
    if (name === 'getEvents') {
      const again = () => principalOf(request, services, site());
      const caseId = (found as Case).id;
      return sendEvents(reply, services, caseId, async () =>
        again()
          .then((p) => authorise(route, p, caseId, services))
          .then(
            () => true,
            () => false,
          ),
      );
    }
    const context = {
      ...services,
      who,
      ...(who?.kind === 'user' && { user: who.user }),
      case: found,
      by: actorOf(who),
      address: request.ip,
      setCookie: (value: string, maxAgeS: number) => {
        const { cookie, secure } = site();
        void reply.header('Set-Cookie', cookieText(cookie, value, secure, maxAgeS));
      },
      upload: { stream: request.body, headers: request.headers },
    };
    const handler = HANDLERS[name] as unknown as (call: unknown, context: unknown) => Promise<unknown>;
    const said = await handler(call, context);
    if (route.reply === 'bytes')
      return sendBytes(request, reply, services.objects, said as Bytes, services.mode === 'local');
    if (route.reply === 'nothing') return reply.code(204).send();
    // What the table does not name does not leave.
    const shown = (route.reply as z.ZodType).parse(said);
    return reply
      .code(route.method === 'GET' ? 200 : (route.status ?? 200))
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(shown));
  }
}

type Asked = FastifyRequest & { checked: Checked };

const routeName = (request: FastifyRequest): string =>
  (request.routeOptions?.config as { name?: string } | undefined)?.name ?? 'page';

const actorOf = (who: Principal | null): Actor =>
  who === null
    ? { id: 'nobody', name: 'nobody' }
    : who.kind === 'user'
      ? { id: who.user.id, name: who.user.name }
      : { id: 'share', name: 'a share link' };

/** Kind and stated size, before a byte of the body. @throws http.type, http.limit */
function checkBodyHead(request: FastifyRequest, route: Route): void {
  if (route.method === 'GET' || route.body === 'nothing') return;
  const type = (request.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  const taken = route.body === 'stream' ? UPLOAD_TYPES : ['application/json'];
  if (!taken.includes(type)) throw new OsteonError('http.type', { taken: taken.join(' ') });
  const stated = Number(request.headers['content-length'] ?? 0);
  if (!(stated <= BODY_LIMITS[route.limit]))
    throw new OsteonError('http.limit', { bytes: stated, limit: BODY_LIMITS[route.limit] });
}

function bodyOf(route: Route, body: unknown): unknown {
  if (route.method === 'GET' || route.body === 'nothing' || route.body === 'stream') return undefined;
  return read(route.body, body, 'body');
}

/** @throws http.body naming what does not fit, never repeating what was sent */
function read(type: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!type) return undefined;
  const result = type.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const at = [where, ...issue.path.filter((p) => typeof p === 'number' || /^\w{1,40}$/.test(String(p)))].join('.');
  throw new OsteonError('http.body', { at, problem: issue.code }, issue.message.slice(0, 200).replace(/[<>]/g, ''));
}
