import { z } from 'zod';
import { problem } from './models.ts';
import { BODY_LIMITS, type Route } from './route.ts';
import { API_PREFIX, ROUTES } from './routes.ts';

type Json = { [key: string]: unknown };

/** `/cases/:case` as OpenAPI writes it. */
export const openPath = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

/** OpenAPI 3.1 of the whole table. @cost milliseconds; made once at start */
export function openApi(version: string): Json {
  const schemas: Json = {};
  const schemaOf = (type: z.ZodType, io: 'input' | 'output'): Json => {
    const { $schema: _, $defs, ...own } = z.toJSONSchema(type, { io, unrepresentable: 'any' }) as Json;
    for (const [name, definition] of Object.entries(($defs as Json) ?? {})) schemas[name] = lift(definition);
    const { id, ...rest } = lift(own) as Json;
    if (typeof id !== 'string') return rest;
    schemas[id] = rest;
    return { $ref: `#/components/schemas/${id}` };
  };
  const paths: Record<string, Json> = {};
  for (const [operationId, route] of Object.entries(ROUTES) as [string, Route][]) {
    paths[openPath(route.path)] ??= {};
    paths[openPath(route.path)][route.method.toLowerCase()] = operation(operationId, route, schemaOf);
  }
  const problemRef = schemaOf(problem, 'output');
  return {
    openapi: '3.1.0',
    info: {
      title: 'Osteon',
      version,
      summary: 'Cases from the scan to the print-ready implant',
      description: 'Research software, not a medical device. Made from the route table; do not edit.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: API_PREFIX }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      responses: { Problem: { description: 'Refused', content: { 'application/json': { schema: problemRef } } } },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'osteon' },
        csrf: { type: 'apiKey', in: 'header', name: 'X-CSRF-Token' },
      },
    },
  };
}

function operation(operationId: string, route: Route, schemaOf: (t: z.ZodType, io: 'input' | 'output') => Json): Json {
  const parameters = (['params', 'query'] as const).flatMap((where) => {
    const { properties, required } = route[where] ? schemaOf(route[where], 'output') : {};
    return Object.entries((properties as Json) ?? {}).map(([name, schema]) => ({
      name,
      in: where === 'params' ? 'path' : 'query',
      required: ((required as string[] | undefined) ?? []).includes(name),
      schema,
    }));
  });
  const status = route.method === 'GET' ? 200 : (route.status ?? (route.reply === 'nothing' ? 204 : 200));
  const security = route.owner.rule === 'public' ? [] : [{ session: [], ...(route.method !== 'GET' && { csrf: [] }) }];
  return {
    operationId,
    summary: route.summary,
    security,
    'x-owner': route.owner.rule,
    'x-roles': route.roles,
    ...(parameters.length && { parameters }),
    ...bodyOf(route, schemaOf),
    responses: { [status]: replyOf(route, schemaOf), default: { $ref: '#/components/responses/Problem' } },
  };
}

function bodyOf(route: Route, schemaOf: (t: z.ZodType, io: 'input') => Json): Json {
  if (route.method === 'GET' || route.body === 'nothing') return {};
  const limit = { 'x-limit-bytes': BODY_LIMITS[route.limit] };
  if (route.body === 'stream') {
    const types = ['application/zip', 'application/dicom', 'application/vnd.osteon.files'];
    const schema = { type: 'string', format: 'binary' };
    return {
      requestBody: { required: true, ...limit, content: Object.fromEntries(types.map((t) => [t, { schema }])) },
    };
  }
  const schema = schemaOf(route.body, 'input');
  return { requestBody: { required: true, ...limit, content: { 'application/json': { schema } } } };
}

function replyOf({ reply }: Route, schemaOf: (t: z.ZodType, io: 'output') => Json): Json {
  if (reply === 'nothing') return { description: 'Done' };
  if (reply === 'events')
    return {
      description: 'Events until the connection ends',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    };
  if (reply === 'bytes')
    return {
      description: 'Bytes',
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    };
  return { description: 'Good', content: { 'application/json': { schema: schemaOf(reply, 'output') } } };
}

/** References out of a schema of its own into the components of the document. */
function lift(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lift);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, v]) =>
      key === '$ref' ? [key, String(v).replace('#/$defs/', '#/components/schemas/')] : [key, lift(v)],
    ),
  );
}
