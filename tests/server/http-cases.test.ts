import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { furnish, type House, ORIGIN, openHouse, STRANGER, type Visitor } from './http-kit.ts';

// What two people do with one case, over the interface.

let house: House;
let eva: Awaited<ReturnType<House['person']>>;
let tom: Awaited<ReturnType<House['person']>>;
let thing: Awaited<ReturnType<typeof furnish>>;
beforeAll(async () => {
  house = await openHouse();
  eva = await house.person('Eva', ['surgeon', 'engineer'], 'the password of Eva');
  tom = await house.person('Tom', ['engineer'], 'the password of Tom');
  thing = await furnish(house, eva, 'mark');
  await house.call(eva, 'PATCH', `/cases/${thing.id}`, { members: [tom.user.id] });
});
afterAll(() => house.close());

const of = (path: string) => `/cases/${thing.id}${path}`;
const get = async (path: string, who: Visitor = eva) => (await house.call(who, 'GET', of(path))).json;
const put = (who: Visitor, ifRevision: number, change: (document: string) => string, more: object = {}) =>
  house.call(who, 'PUT', of('/document'), {
    document: change(thing.document),
    ifRevision,
    message: 'a change',
    ...more,
  });

describe.sequential('one case', () => {
  test('its results are shown, named by hash, whole or in part', async () => {
    expect(await get('')).toMatchObject({
      revision: 2,
      resultRevision: 2,
      stale: false,
      state: 'review',
      waitingFor: 'surgeon',
    });
    expect((await get('/meshes')).map((m: { name: string; kind: string }) => [m.kind, m.name])).toEqual([
      ['bone', 'left-talus'],
    ]);
    const whole = await house.call(eva, 'GET', of('/volume/data'));
    expect([whole.status, whole.text, whole.headers['accept-ranges']]).toEqual([200, 'voxels mark', 'bytes']);
    const part = await house.call(eva, 'GET', of('/volume/data'), undefined, { range: 'bytes=7-8' });
    expect([part.status, part.text, part.headers['content-range']]).toEqual([206, 'ma', 'bytes 7-8/11']);
    const last = await house.call(eva, 'GET', of('/volume/data'), undefined, { range: 'bytes=-4' });
    expect(last.text).toBe('mark');
    const beyond = await house.call(eva, 'GET', of('/volume/data'), undefined, { range: 'bytes=11-' });
    expect([beyond.status, beyond.json.code]).toEqual([416, 'http.range']);
    const again = await house.call(eva, 'GET', of('/volume/data'), undefined, {
      'if-none-match': String(whole.headers.etag),
    });
    expect([again.status, again.text]).toEqual([304, '']);
    const labels = await house.call(eva, 'GET', of('/labels/data'));
    expect([labels.text, labels.headers['content-encoding']]).toEqual(['labels mark', undefined]);
    const packed = await house.call(eva, 'GET', of('/labels/data'), undefined, { 'accept-encoding': 'gzip' });
    expect(packed.headers['content-encoding']).toBe('gzip');
  });

  test('an approval names who, as what, what it means and what was seen', async () => {
    const { contentSha256 } = await get('');
    const wanted = { meaning: 'approve', role: 'surgeon', contentSha256, note: 'good' };
    const bare = await house.call(eva, 'POST', of('/reviews'), wanted);
    expect([bare.status, bare.json.code]).toEqual([401, 'auth.refused']);
    const other = await house.call(eva, 'POST', of('/reviews'), {
      ...wanted,
      role: 'quality',
      password: 'the password of Eva',
    });
    expect(other.json.code).toBe('auth.role');
    const late = { ...wanted, contentSha256: '0'.repeat(64), password: 'the password of Eva' };
    expect((await house.call(eva, 'POST', of('/reviews'), late)).json.code).toBe('review.changed');
    const good = await house.call(eva, 'POST', of('/reviews'), { ...wanted, password: 'the password of Eva' });
    expect(good.json).toMatchObject({
      author: 'Eva',
      role: 'surgeon',
      meaning: 'approve',
      contentSha256,
      voidedBy: null,
    });
    expect((await get('')).state).toBe('approved');
    // An approval ends with a change of the case, not by calling it something else.
    const hidden = await house.call(tom, 'PATCH', of(''), { state: 'planning' });
    expect([hidden.status, hidden.json.code, (await get('')).state]).toEqual([409, 'review.stands', 'approved']);
  });

  test('a change after it makes it void, visibly; the results stay in sight as stale', async () => {
    const changed = await put(tom, 2, (d) => d.replace('bodyMassKg: 80', 'bodyMassKg: 90'));
    expect([changed.status, changed.json.revision]).toEqual([200, 3]);
    expect((await get('/reviews'))[0]).toMatchObject({ meaning: 'approve', voidedBy: 3 });
    expect(await get('')).toMatchObject({ revision: 3, resultRevision: 2, stale: true, state: 'planning' });
    expect((await get('/meshes')).length).toBe(1);
    const { contentSha256 } = await get('');
    const again = { meaning: 'approve', role: 'surgeon', contentSha256, password: 'the password of Eva' };
    expect((await house.call(eva, 'POST', of('/reviews'), again)).json.code).toBe('review.stale');
  });

  test('two people at once: one change stands, the other is told what happened; nothing of it is kept', async () => {
    const both = await Promise.all([eva, tom].map((who, i) => put(who, 3, (d) => d.replace('80', `8${i + 1}`))));
    expect(both.map((a) => a.status).sort()).toEqual([200, 409]);
    const late = both.find((a) => a.status === 409)!;
    expect(late.json).toMatchObject({ code: 'store.conflict', facts: { ifRevision: 3, revision: 4 } });
    expect((await get('/revisions')).map((r: { n: number }) => r.n)).toEqual([4, 3, 2, 1]);
  });

  test('what changed is told key by key', async () => {
    const { changes } = await get('/revisions/2/compare/3');
    expect(changes).toContainEqual({ what: 'bodyMassKg', before: 80, after: 90 });
  });

  test('back to the approved document: its results are there at once, the approval stays void', async () => {
    const back = await house.call(eva, 'POST', of('/undo'), { toRevision: 2, ifRevision: 4 });
    expect([back.status, back.json.revision, back.json.document]).toEqual([200, 5, thing.document]);
    expect((await house.call(eva, 'POST', of('/run'))).json.state).toBe('done');
    expect(await get('')).toMatchObject({ revision: 5, resultRevision: 5, stale: false, state: 'review' });
    expect((await get('/reviews'))[0].voidedBy).toBe(3);
    expect((await house.call(eva, 'GET', of('/volume/data'))).text).toBe('voxels mark');
  });

  test('edits are checked, kept and named by the document; taking them away takes the name away', async () => {
    const edits = { edits: [{ op: 'merge', from: 'left-talus', into: 'left-calcaneus' }], planned: { screws: [] } };
    const kept = await put(eva, 5, (d) => d, { edits });
    expect([kept.status, kept.json.edits]).toEqual([200, edits]);
    expect(kept.json.document).toMatch(/\nedits: \.\/edits\.json\n$/);
    for (const bad of [{ edits: [{ op: 'no' }] }, { edits: [], planned: { screws: 1 } }, [], 'x', { other: 1 }])
      expect((await put(eva, 6, (d) => d, { edits: bad })).status).toBe(422);
    const without = await put(eva, 6, (d) => d, { edits: null });
    expect([without.json.edits, without.json.document]).toEqual([null, thing.document]);
  });

  test('a document may not name files of the server', async () => {
    for (const bad of ['scan: /etc', 'scan: ../other', 'scan: [./dicom, ./more]'])
      expect((await put(eva, 7, (d) => d.replace('scan: ./dicom', bad))).json.facts.key).toBe('scan');
    expect((await put(eva, 7, (d) => `${d}edits: /etc/passwd\n`)).json.facts.key).toBe('edits');
  });

  test('a document that is not complete yet is kept as it is, and says what is missing', async () => {
    const { json } = await house.call(eva, 'POST', '/cases', { label: 'Second' });
    const { json: draft } = await house.call(eva, 'GET', `/cases/${json.id}/document`);
    expect(draft).toMatchObject({ revision: 1, parsed: null, problem: { code: 'case.value' }, edits: null });
    expect((await house.call(eva, 'POST', `/cases/${json.id}/run`)).json.code).toBe('case.value');
  });

  test('the trail of the case says who did what, in order, and nothing of other cases', async () => {
    const rows = await get('/trail');
    expect(rows.map((r: { action: string }) => r.action)).toEqual(
      expect.arrayContaining(['case.create', 'case.commit', 'case.approve']),
    );
    expect(
      rows.every((r: { subject: string; hash: string }) => !r.subject.includes('user/') && r.hash.length === 64),
    ).toBe(true);
    const numbers = rows.map((r: { seq: number }) => r.seq);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect((await get(`/trail?after=${numbers.at(-2)}`)).length).toBe(1);
  });

  test('only the owner says who is a member, and only of people there are', async () => {
    expect((await house.call(tom, 'PATCH', of(''), { members: [] })).json.code).toBe('auth.role');
    expect((await house.call(eva, 'PATCH', of(''), { members: ['nobody'] })).json.code).toBe('store.not-found');
    expect((await house.call(eva, 'PATCH', of(''), { members: [] })).status).toBe(200);
    expect((await house.call(tom, 'GET', of(''))).status).toBe(404);
    await house.call(eva, 'PATCH', of(''), { members: [tom.user.id] });
  });
});

test('news reach whoever watches, in order, until they may no longer see the case', async () => {
  await house.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = house.app.server.address() as { port: number };
  const stop = new AbortController();
  const response = await fetch(`http://127.0.0.1:${port}/api/v1${of('/events')}`, {
    headers: { cookie: `osteon-8420=${tom.cookie}`, host: new URL(ORIGIN).host },
    signal: stop.signal,
  }).catch((e) => e);
  // fetch sends its own Host; the server takes it for another address.
  expect(response.status).toBe(421);
  const { request } = await import('node:http');
  const heard: string[] = [];
  let over = false;
  const asked = request({
    port,
    host: '127.0.0.1',
    path: `/api/v1${of('/events')}`,
    headers: { cookie: `osteon-8420=${tom.cookie}`, host: new URL(ORIGIN).host },
  });
  asked.on('response', (answer) => {
    expect(answer.headers['content-type']).toBe('text/event-stream');
    answer.on('data', (text: Buffer) => {
      for (const [, name] of String(text).matchAll(/^event: (\w+)$/gm)) heard.push(name);
    });
    answer.on('end', () => {
      over = true;
    });
  });
  asked.end();
  const until = async (what: () => boolean) => {
    for (let i = 0; i < 200 && !what(); i++) await new Promise((done) => setTimeout(done, 20));
    expect(what(), heard.join(' ')).toBe(true);
  };
  await until(() => heard.includes('case'));
  await house.call(eva, 'POST', of('/comments'), { text: 'look', pin: { plane: 'axial', index: 3 } });
  await until(() => heard.includes('comment'));
  await put(eva, 7, (d) => d.replace('80', '85'));
  await until(() => heard.includes('revision'));
  await house.call(eva, 'POST', of('/run'));
  await until(() => heard.includes('progress'));
  await house.call(eva, 'PATCH', of(''), { members: [] });
  await until(() => over);
  asked.destroy();
});

test('a session’s token is exchanged for a new one once an hour; the old one still serves what is under way', async () => {
  let now = Date.now();
  const clock = await openHouse({ now: () => now });
  try {
    const person = await clock.person('Ann', ['surgeon']);
    const before = await clock.call(person, 'GET', '/session');
    expect(before.headers['set-cookie']).toBeUndefined();
    now += 25 * 60_000;
    await clock.call(person, 'GET', '/cases');
    now += 36 * 60_000;
    const renewed = await clock.call(person, 'GET', '/session');
    const cookie = /=([^;]+)/.exec(String(renewed.headers['set-cookie']))?.[1] ?? '';
    expect(cookie).not.toBe(person.cookie);
    expect((await clock.call({ cookie, csrf: renewed.json.csrf }, 'GET', '/cases')).status).toBe(200);
    expect((await clock.call(person, 'GET', '/cases')).status).toBe(200);
  } finally {
    await clock.close();
  }
});

test('too many calls are refused by person and kind, and the page without a planner says so', async () => {
  const { createRates } = await import('../../src/server/http/rates.ts');
  let now = 0;
  const rates = createRates(() => now, { read: 3, write: 1, heavy: 1, signIn: 1 });
  for (let i = 0; i < 3; i++) rates.spend('a', 'read');
  expect(() => rates.spend('a', 'read')).toThrow('http.rate');
  rates.spend('b', 'read');
  rates.spend('a', 'write');
  now += 20_001;
  rates.spend('a', 'read');
  expect(() => rates.spend('a', 'read')).toThrow('http.rate');
  const page = await house.call(STRANGER, 'GET', '/api/../');
  expect(page.text).toContain('The planner has not been built');
});
