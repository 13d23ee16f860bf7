import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { clientTypes } from '../../src/server/api/client-types.ts';
import { openApi } from '../../src/server/api/openapi.ts';
import { type Route, route } from '../../src/server/api/route.ts';
import { ROUTES } from '../../src/server/api/routes.ts';
import { createClient } from '../../src/server/client/index.ts';

const all = Object.entries(ROUTES) as [string, Route][];

test('the client on file is what the route table says', () => {
  const committed = readFileSync(new URL('../../src/server/client/paths.ts', import.meta.url), 'utf8');
  expect(committed, 'run: node scripts/api-client.mjs').toBe(clientTypes());
});

test('a route without an owner rule, or about a case without the case in its path, does not compile', () => {
  const rest = { method: 'GET', summary: '', roles: ['admin'], rate: 'read', reply: 'nothing' } as const;
  // @ts-expect-error no owner
  route({ ...rest, path: '/thing' });
  // @ts-expect-error the case is not in the path
  route({ ...rest, path: '/thing/:id', owner: { rule: 'case' } });
  // @ts-expect-error a path of a case under a rule that does not look at the case
  route({ ...rest, path: '/cases/:case/thing', owner: { rule: 'own' } });
  // @ts-expect-error a change without protection against foreign pages
  route({ ...rest, method: 'POST', path: '/thing', owner: { rule: 'own' }, body: 'nothing', limit: 'small' });
  expect(all.length).toBeGreaterThan(30);
});

test.each(all)('%s: says what it needs', (_, r) => {
  const named = [...r.path.matchAll(/:(\w+)/g)].map(([, name]) => name);
  expect(Object.keys(r.params?.shape ?? {}).sort()).toEqual(named.sort());
  expect(named.includes('case')).toBe(r.owner.rule === 'case');
  if (r.owner.rule === 'public') expect(r.owner.why.length).toBeGreaterThan(10);
  // A share link is for reading; it may end itself.
  if (r.method !== 'GET' && r.path !== '/session') expect('share' in r.owner).toBe(false);
  expect(r.roles.length).toBeGreaterThan(0);
});

test('no two operations share a method and a path', () => {
  const keys = all.map(([, r]) => `${r.method} ${r.path.replace(/:\w+/g, ':')}`);
  expect(new Set(keys).size).toBe(keys.length);
});

test('the OpenAPI document names every operation, and every reference in it leads somewhere', () => {
  const document = openApi('1.2.3') as { components: { schemas: object } };
  const text = JSON.stringify(document);
  for (const [name] of all) expect(text).toContain(`"operationId":"${name}"`);
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g))
    expect(Object.keys(document.components.schemas)).toContain(name);
});

test('the client fills in paths and sends the token with changes only', async () => {
  const seen: Request[] = [];
  const api = createClient({
    baseUrl: 'http://127.0.0.1:1/api/v1',
    csrf: () => 'secret',
    fetch: async (request) => {
      seen.push(request);
      return Response.json({});
    },
  });
  await api.GET('/cases/{case}', { params: { path: { case: 'a1' } } });
  await api.POST('/cases/{case}/comments', { params: { path: { case: 'a1' } }, body: { text: 'hm', pin: null } });
  expect(seen.map((r) => [r.method, new URL(r.url).pathname, r.headers.get('x-csrf-token')])).toEqual([
    ['GET', '/api/v1/cases/a1', null],
    ['POST', '/api/v1/cases/a1/comments', 'secret'],
  ]);
});
