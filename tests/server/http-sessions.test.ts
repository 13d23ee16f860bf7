import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOneTime, newToken, tokenHash } from '../../src/server/auth/tokens.ts';
import { requireAdmin, requireSafe, type ServeSettings } from '../../src/server/start/safety.ts';
import { COOKIE, type House, openHouse, STRANGER, type Visitor } from './http-kit.ts';
import { removeFolder, temporaryFolder } from './store-kit.ts';

const PASSWORD = 'correct horse battery';

describe('attacks on sessions', () => {
  let house: House;
  let n = 0;
  beforeAll(async () => {
    house = await openHouse();
  });
  afterAll(() => house.close());

  const person = () => house.person(`Person ${++n}`, ['surgeon', 'engineer', 'admin'], PASSWORD);
  const signIn = (name: string, password: string, who: Visitor = STRANGER, headers = {}) =>
    house.call(who, 'POST', '/session', { name, password }, headers);
  const cookieOf = (answer: { headers: Readonly<Record<string, unknown>> }) =>
    new RegExp(`${COOKIE}=([^;]*)`).exec(String(answer.headers['set-cookie']))?.[1] ?? '';
  const visitorOf = (answer: Awaited<ReturnType<typeof signIn>>): Visitor => ({
    cookie: cookieOf(answer),
    csrf: answer.json.csrf,
  });
  const statusOf = async (who: Visitor) => (await house.call(who, 'GET', '/session')).status;

  test('the right password opens a session; the cookie is out of reach of scripts and of other sites', async () => {
    const { user } = await person();
    const answer = await signIn(user.name, PASSWORD);
    expect(answer.status).toBe(200);
    expect(answer.json.user).toEqual({ id: user.id, name: user.name, roles: user.roles });
    const cookie = String(answer.headers['set-cookie']);
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(part);
    expect(answer.text).not.toContain(cookieOf(answer));
    expect(await statusOf(visitorOf(answer))).toBe(200);
  });

  test('1 fixation: whatever session a browser came with is dead after sign-in, 100 of 100', async () => {
    const victim = await person();
    for (let i = 0; i < 100; i++) {
      const planted: Visitor = { cookie: newToken(), csrf: '' };
      const token = { ...planted, csrf: newToken() };
      // Every second one is a session that really exists, the attacker's own.
      if (i % 2)
        await house.services.store.addSession({
          tokenHash: tokenHash(planted.cookie),
          userId: victim.user.id,
          csrf: token.csrf,
          ttlMs: 60_000,
        });
      const answer = await signIn(victim.user.name, PASSWORD, planted);
      expect(cookieOf(answer)).not.toBe(planted.cookie);
      expect(await statusOf(planted)).toBe(401);
    }
  });

  test('2 a session that was signed out, taken up again', async () => {
    const who = visitorOf(await signIn((await person()).user.name, PASSWORD));
    expect((await house.call(who, 'DELETE', '/session')).status).toBe(204);
    expect(await statusOf(who)).toBe(401);
  });

  test('3 other sessions after a new password', async () => {
    const { user } = await person();
    const [here, stolen] = [visitorOf(await signIn(user.name, PASSWORD)), visitorOf(await signIn(user.name, PASSWORD))];
    const changed = await house.call(here, 'PUT', '/session/password', { old: PASSWORD, new: 'quite another one' });
    expect(changed.status).toBe(200);
    expect([await statusOf(stolen), await statusOf(here), await statusOf(visitorOf(changed))]).toEqual([401, 401, 200]);
    expect((await signIn(user.name, PASSWORD)).status).toBe(401);
  });

  test('4 a role that was taken away, a person who was shut out', async () => {
    const [admin, one, two] = [await person(), await person(), await person()];
    expect((await house.call(admin, 'PATCH', `/users/${one.user.id}`, { roles: ['engineer'] })).status).toBe(200);
    expect((await house.call(admin, 'PATCH', `/users/${two.user.id}`, { disabled: true })).status).toBe(200);
    expect([await statusOf(one), await statusOf(two)]).toEqual([401, 401]);
    expect((await signIn(two.user.name, PASSWORD)).status).toBe(401);
  });

  test('the last admin stays one', async () => {
    const only = await openHouse();
    try {
      const admin = await only.person('Only', ['admin']);
      for (const change of [{ disabled: true }, { roles: ['surgeon'] }]) {
        const { status, json } = await only.call(admin, 'PATCH', `/users/${admin.user.id}`, change);
        expect([status, json.code]).toEqual([409, 'auth.last-admin']);
      }
    } finally {
      await only.close();
    }
  });

  test('5 a session past its time', async () => {
    const { user } = await person();
    const old: Visitor = { cookie: newToken(), csrf: 'x' };
    const session = { tokenHash: tokenHash(old.cookie), userId: user.id, csrf: 'x', ttlMs: 1 };
    await house.services.store.addSession(session);
    await new Promise((done) => setTimeout(done, 20));
    expect(await statusOf(old)).toBe(401);
  });

  test('6 guessed, bent and overlong cookies', async () => {
    const who = await person();
    const bent = [
      who.cookie.slice(0, -1),
      `${who.cookie}A`,
      who.cookie.toLowerCase(),
      `s.${who.cookie}`,
      '*',
      "' or 1=1",
    ];
    for (const cookie of [...bent, 'A'.repeat(43), 'A'.repeat(9000)])
      expect(await statusOf({ cookie, csrf: '' })).toBeGreaterThanOrEqual(400);
  });

  test('7 what the database holds, used as a cookie', async () => {
    const who = await person();
    for (const cookie of [tokenHash(who.cookie), tokenHash(who.cookie).slice(0, 43), who.csrf])
      expect(await statusOf({ cookie, csrf: '' })).toBe(401);
  });

  test('8 a change without the token, with another’s token, with an empty one', async () => {
    const [victim, attacker] = [await person(), await person()];
    for (const csrf of ['', attacker.csrf, victim.csrf.slice(1), victim.cookie]) {
      const { status, json } = await house.call({ ...victim, csrf }, 'POST', '/cases', { label: 'Forged' });
      expect([status, json.code]).toEqual([403, 'auth.csrf']);
    }
    expect((await house.call(victim, 'POST', '/cases', { label: 'Own' })).status).toBe(201);
  });

  test('9 a change or a sign-in sent by another site, with everything else right', async () => {
    const victim = await person();
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:8421' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      expect((await house.call(victim, 'POST', '/cases', { label: 'Forged' }, headers)).json.code).toBe('auth.csrf');
      expect((await signIn(victim.user.name, PASSWORD, STRANGER, headers)).json.code).toBe('auth.csrf');
    }
    // What a form on another site can send.
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect((await signIn(victim.user.name, PASSWORD, STRANGER, { 'content-type': type })).status).toBe(415);
  });

  test('10 a name server that was bent to point here', async () => {
    const who = await person();
    for (const host of ['evil.example', 'evil.example:8420', '127.0.0.1:8421', '127.0.0.1', '169.254.169.254:8420'])
      expect((await house.call(who, 'GET', '/session', undefined, { host })).json.code).toBe('http.host');
  });

  test('11 guessing a password: closed after ten, also for the right one, also for many at once', async () => {
    const { user } = await person();
    const answers = await Promise.all(Array.from({ length: 14 }, () => signIn(user.name, 'wrong guess')));
    expect(answers.every(({ status }) => status === 401 || status === 429)).toBe(true);
    const right = await signIn(user.name, PASSWORD);
    expect([right.status, right.json.code]).toEqual([429, 'auth.locked']);
    // A name nobody has looks just like a wrong password.
    const [known, unknown] = [await signIn((await person()).user.name, 'wrong'), await signIn('No one', 'wrong')];
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
  });

  test('12 a share link: reads one case, changes nothing, ends when it is taken back', async () => {
    const owner = await person();
    const { json } = await house.call(owner, 'POST', '/cases', { label: 'Shared' });
    const link = await house.shareOf(json.id);
    const opened = await house.call(STRANGER, 'POST', '/session', { share: link.token });
    const guest = visitorOf(opened);
    expect(opened.json).toMatchObject({ user: null, share: { case: json.id } });
    expect((await house.call(guest, 'GET', `/cases/${json.id}`)).status).toBe(200);
    expect((await house.call(guest, 'GET', '/cases')).status).toBe(403);
    expect((await house.call(guest, 'POST', `/cases/${json.id}/comments`, { text: 'x', pin: null })).status).toBe(403);
    await house.call(owner, 'DELETE', `/cases/${json.id}/shares/${link.share.tokenHash}`);
    expect((await house.call(guest, 'GET', `/cases/${json.id}`)).status).toBe(401);
    expect((await house.call(STRANGER, 'POST', '/session', { share: link.token })).status).toBe(401);
    const short = await house.shareOf(json.id, 1);
    await new Promise((done) => setTimeout(done, 20));
    expect((await house.call(STRANGER, 'POST', '/session', { share: short.token })).status).toBe(401);
  });

  test('13 the link of local mode opens once, and not after its time', () => {
    let time = 0;
    const link = createOneTime(1000, () => time);
    expect([link.take('x'), link.take(link.token), link.take(link.token)]).toEqual([false, true, false]);
    const late = createOneTime(1000, () => time);
    time = 2000;
    expect(late.take(late.token)).toBe(false);
  });

  test('passwords are kept as argon2id, tokens as hashes; nothing of either is in the trail', async () => {
    const { user } = await person();
    const who = visitorOf(await signIn(user.name, PASSWORD));
    expect((await house.services.store.login(user.name))?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const trail = JSON.stringify(await house.services.store.auditRows());
    for (const secret of [PASSWORD, who.cookie, who.csrf]) expect(trail).not.toContain(secret);
    expect(house.faults).toEqual([]);
  });
});

describe('a server that would not be safe does not start', () => {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  const [cert, key, other, old] = ['cert.pem', 'key.pem', 'other.pem', 'old.pem'].map((name) => join(folder, name));
  const hasOpenssl = (() => {
    try {
      execFileSync('openssl', ['version']);
      return true;
    } catch {
      return false;
    }
  })();
  beforeAll(() => {
    mkdirSync(data, { mode: 0o700 });
    if (!hasOpenssl) return;
    const make = (certFile: string, keyFile: string, days: string) =>
      execFileSync(
        'openssl',
        ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=x'].concat([
          '-days',
          days,
          '-keyout',
          keyFile,
          '-out',
          certFile,
        ]),
        { stdio: 'ignore' },
      );
    make(cert, key, '30');
    make(old, other, '30');
    for (const file of [key, other]) chmodSync(file, 0o600);
  });
  afterAll(() => removeFolder(folder));

  const usual: ServeSettings = {
    mode: 'local',
    folder: data,
    host: '127.0.0.1',
    port: 8420,
    proxies: [],
    pages: join(folder, 'pages'),
    peers: {},
  };
  const wide = { mode: 'server', host: '0.0.0.0' } as const;
  const proxied = { ...wide, origin: 'https://osteon.example', proxies: ['10.0.0.2'] } as const;
  const machine = { env: {}, uid: 1000, now: Date.now() + 60_000 };
  const refusal = async (settings: Partial<ServeSettings>, more: Partial<typeof machine> = {}) => {
    try {
      await requireSafe({ ...usual, ...settings }, { ...machine, ...more });
      return 'started';
    } catch (e) {
      const { code, facts, hint } = e as { code: string; facts: { rule: string }; hint: string };
      expect(code).toBe('server.insecure');
      expect(hint.length).toBeGreaterThan(20);
      return facts.rule;
    }
  };

  test('what is safe starts', async () => {
    expect(await refusal({})).toBe('started');
    expect(await refusal(proxied)).toBe('started');
    expect(
      await refusal({ peers: { here: 'http://127.0.0.1:8042/dicom-web', there: 'https://pacs.example/dw' } }),
    ).toBe('started');
    const env = { DATABASE_URL: 'postgres://osteon:long-and-own@db.example/x?sslmode=verify-full' };
    expect(await refusal(proxied, { env })).toBe('started');
  });

  test.each<[string, Partial<ServeSettings>, Partial<typeof machine>]>([
    ['local-mode-on-a-network', { host: '0.0.0.0' }, {}],
    ['no-tls', wide, {}],
    ['no-tls', { ...proxied, proxies: [] }, {}],
    ['root', proxied, { uid: 0 }],
    ['any-proxy', { ...proxied, proxies: ['0.0.0.0/0'] }, {}],
    ['any-proxy', { ...proxied, proxies: ['*'] }, {}],
    ['origin', { ...proxied, origin: 'https://*.example' }, {}],
    ['origin', { ...proxied, origin: 'https://osteon.example/path' }, {}],
    ['origin-without-tls', { ...usual, origin: 'http://osteon.example' }, {}],
    ['data-in-pages', { pages: folder }, {}],
    ['database-without-tls', {}, { env: { DATABASE_URL: 'postgres://u:own-secret@db.example/x' } }],
    ['database-without-tls', {}, { env: { DATABASE_URL: 'postgres://u:own-secret@db.example/x?sslmode=prefer' } }],
    ['database-password', {}, { env: { DATABASE_URL: 'postgres://u:postgres@db.example/x?sslmode=require' } }],
    ['objects-without-tls', {}, { env: { OSTEON_S3_ENDPOINT: 'http://s3.example' } }],
    [
      'objects-password',
      {},
      { env: { OSTEON_S3_ENDPOINT: 'https://s3.example', AWS_SECRET_ACCESS_KEY: 'minioadmin' } },
    ],
    ['peer-without-tls', { peers: { pacs: 'http://pacs.example/dicom-web' } }, {}],
    ['peer', { peers: { pacs: 'https://user:secret@pacs.example/' } }, {}],
    ['peer', { peers: { pacs: 'file:///etc/passwd' } }, {}],
  ])('%s', async (rule, settings, more) => {
    expect(await refusal(settings, more)).toBe(rule);
  });

  test.skipIf(process.platform === 'win32')('open-folder', async () => {
    chmodSync(data, 0o755);
    expect(await refusal({})).toBe('open-folder');
    chmodSync(data, 0o700);
  });

  test('no-admin', () => {
    expect(() => requireAdmin({ ...usual, mode: 'server' }, 0)).toThrow('osteon user add');
    requireAdmin({ ...usual, mode: 'server' }, 1);
    requireAdmin(usual, 0);
  });

  test.skipIf(!hasOpenssl)(`certificates${hasOpenssl ? '' : ' (openssl is not installed)'}`, async () => {
    const tls = { ...wide, certFile: cert, keyFile: key };
    expect(await refusal(tls)).toBe('started');
    expect(await refusal({ ...tls, keyFile: other })).toBe('certificate');
    expect(await refusal(tls, { now: Date.now() + 60 * 86_400_000 })).toBe('certificate-date');
    expect(await refusal({ ...tls, certFile: join(folder, 'absent') })).toBe('certificate');
    writeFileSync(join(folder, 'no.pem'), 'nothing', { mode: 0o600 });
    expect(await refusal({ ...tls, certFile: join(folder, 'no.pem') })).toBe('certificate');
    chmodSync(key, 0o644);
    expect(await refusal(tls)).toBe('open-key');
  });
});
