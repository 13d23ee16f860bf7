import dns from 'node:dns';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressPayloads, everyInput, type Input, pathPayloads, scriptPayloads } from './hostile-input.ts';
import { type Answer, furnish, type House, ORIGIN, openHouse, type Visitor } from './http-kit.ts';
import { removeFolder, temporaryFolder } from './store-kit.ts';

const PATHS = Number(process.env.OSTEON_PATHS ?? 1000);

let house: House;
let owner: Visitor;
let thing: Awaited<ReturnType<typeof furnish>>;
let inputs: Input[];
beforeAll(async () => {
  house = await openHouse({ mode: 'local' });
  const person = await house.person('Owner', ['surgeon', 'engineer', 'quality', 'admin']);
  owner = person;
  thing = await furnish(house, person, 'mark');
  inputs = everyInput(house, owner, thing);
});
afterAll(() => house.close());

/** One text at every input at once. */
const everywhere = (text: string, look: (answer: Answer | undefined, name: string) => void) =>
  Promise.all(inputs.map(async ({ name, send }) => look(await send(text), name)));

/** Whatever is answered, no browser runs it and no server fell over it. */
function expectInert({ status, headers, text }: Answer, what: string): void {
  expect(status, what).toBeLessThan(500);
  expect(headers['x-content-type-options'], what).toBe('nosniff');
  const type = String(headers['content-type'] ?? '');
  const policy = String(headers['content-security-policy'] ?? '');
  expect(policy, what).toContain("default-src 'none'");
  if (type === '') expect(text).toBe('');
  else if (!type.startsWith('application/json')) expect(String(headers['content-disposition'])).toMatch(/^attachment/);
}

/** Replaces functions of a module of Node for a while, for every importer. */
function spyOn(target: object, names: readonly string[], seen: (name: string, args: readonly unknown[]) => void) {
  const held = target as Record<string, (...args: unknown[]) => unknown>;
  const old = new Map(names.filter((n) => typeof held[n] === 'function').map((n) => [n, held[n]]));
  for (const [name, real] of old)
    held[name] = function (this: unknown, ...args: unknown[]) {
      seen(name, args);
      return real.apply(this, args);
    };
  syncBuiltinESMExports();
  return () => {
    for (const [name, real] of old) held[name] = real;
    syncBuiltinESMExports();
  };
}

const OPENING = [
  'open',
  'openSync',
  'readFile',
  'readFileSync',
  'writeFile',
  'writeFileSync',
  'createReadStream',
  'createWriteStream',
  'mkdir',
  'mkdirSync',
  'rename',
  'renameSync',
  'rm',
  'rmSync',
  'unlink',
  'unlinkSync',
  'readdir',
  'readdirSync',
  'stat',
  'statSync',
  'lstat',
  'access',
  'copyFile',
  'link',
  'symlink',
];

describe('paths', () => {
  test(`${PATHS} ways out of a folder, at every input: no file outside the store is opened`, async () => {
    const outside = temporaryFolder();
    fs.writeFileSync(join(outside, 'secret.txt'), 'SECRET-OUTSIDE');
    const opened = new Set<string>();
    const note = (_: string, [path]: readonly unknown[]) =>
      void (typeof path === 'string' && opened.add(resolve(path)));
    const stops = [spyOn(fs, OPENING, note), spyOn(fs.promises, OPENING, note)];
    let sent = 0;
    try {
      fs.readFileSync(join(outside, 'secret.txt'));
      expect([...opened]).toEqual([join(outside, 'secret.txt')]);
      opened.clear();
      for (const text of pathPayloads(PATHS, join(outside, 'secret.txt')))
        await everywhere(text, (answer, name) => {
          sent++;
          if (!answer) return;
          expect(answer.status, `${name}: ${text}`).toBeLessThan(500);
          if (answer.status < 300) expect(answer.text).not.toContain('SECRET-OUTSIDE');
        });
    } finally {
      for (const stop of stops) stop();
      removeFolder(outside);
    }
    expect(sent).toBe(PATHS * inputs.length);
    expect([...opened].filter((path) => !path.startsWith(house.folder))).toEqual([]);
    expect(opened.size).toBeGreaterThan(100);
    expect(house.faults).toEqual([]);
  }, 240_000);

  test('the same in the first line of raw requests, where nothing tidies them first', async () => {
    await house.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = house.app.server.address() as net.AddressInfo;
    const lines = pathPayloads(300, '/etc/passwd').map((p) =>
      p.replace(/[\s\0]/g, '%00').replace(/[^\x21-\x7e]/g, '%ff'),
    );
    const ask = (line: string) =>
      new Promise<string>((done) => {
        let text = '';
        const socket = net.connect(port, '127.0.0.1', () =>
          socket.end(`GET ${line} HTTP/1.1\r\nHost: ${new URL(ORIGIN).host}\r\nConnection: close\r\n\r\n`),
        );
        socket
          .on('data', (d) => (text += d))
          .on('close', () => done(text))
          .on('error', () => done(text));
      });
    for (let i = 0; i < lines.length; i += 50)
      for (const text of await Promise.all(lines.slice(i, i + 50).map((l) => ask(l.startsWith('/') ? l : `/${l}`)))) {
        expect(text).toMatch(/^HTTP\/1\.1 (200|400|404|405|414|421) /);
        expect(text).not.toContain('root:');
      }
  });
});

describe('scripts', () => {
  test('500 scripts at every input: never answered as anything that runs', async () => {
    for (const text of scriptPayloads(500))
      await everywhere(text, (answer, name) => answer && expectInert(answer, `${name}: ${text}`));
    expect(house.faults).toEqual([]);
  });

  test('500 scripts kept as comments, labels of series and artefacts: read back as data', async () => {
    const by = { id: 'x', name: 'x' };
    const scripts = scriptPayloads(500);
    const file = async (path: string, text: string, mediaType: string) => ({
      path,
      mediaType,
      ...(await house.services.objects.put(new TextEncoder().encode(text))),
    });
    const kept = await Promise.all([
      file('out/evil.html', scripts.join('\n'), 'text/html'),
      file('out/evil.svg', scripts.join('\n'), 'image/svg+xml'),
      file('out/evil.xml', scripts.join(''), 'application/xhtml+xml'),
      file('scan/scan.json', JSON.stringify({ series: scripts, chosen: scripts[0], findings: [] }), 'application/json'),
    ]);
    await house.services.store.addArtefacts(thing.id, 2, kept, by);
    for (const text of scripts) {
      const pin = null;
      await house.services.store.addComment(thing.id, { revision: 2, text, pin }, by);
    }
    const paths = ['comments', 'scan', 'artefacts', 'revisions', ...kept.map((k) => `objects/${k.sha256}`)];
    for (const path of paths) {
      const answer = await house.call(owner, 'GET', `/cases/${thing.id}/${path}`);
      expect(answer.status, path).toBe(200);
      expectInert(answer, path);
      expect(String(answer.headers['content-type'])).not.toMatch(/html|svg|xml|script/);
    }
    const answer = await house.call(owner, 'GET', `/cases/${thing.id}/report`);
    expect(String(answer.headers['content-security-policy'])).toMatch(/^default-src 'none';.*sandbox$/);
    expect(String(answer.headers['content-security-policy'])).not.toMatch(/script-src|connect-src|allow-/);
  });

  test('pages of the planner may load scripts of this origin only', async () => {
    const { headers } = await house.call(owner, 'GET', '/api/../');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self' 'wasm-unsafe-eval'");
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
  });
});

describe('addresses', () => {
  test('60 tricks at every input: nobody is called and no name is looked up', async () => {
    const tricks = addressPayloads();
    expect(tricks.length).toBe(60);
    const calls: string[] = [];
    const note = (name: string) => void calls.push(name);
    const stops = [
      spyOn(net.Socket.prototype, ['connect'], note),
      spyOn(dns, ['lookup', 'resolve', 'resolve4', 'resolve6'], note),
      spyOn(dns.promises, ['lookup', 'resolve'], note),
      spyOn(globalThis, ['fetch'], note),
    ];
    try {
      for (const trick of tricks) await everywhere(trick, () => undefined);
    } finally {
      for (const stop of stops) stop();
    }
    expect(calls).toEqual([]);
  });
});
