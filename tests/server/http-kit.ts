import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { hashPassword } from '../../src/server/auth/passwords.ts';
import { newToken, tokenHash } from '../../src/server/auth/tokens.ts';
import { createApp } from '../../src/server/http/app.ts';
import { csrfOf, shareCookie } from '../../src/server/http/guard.ts';
import { loadPages } from '../../src/server/http/pages.ts';
import { createRates } from '../../src/server/http/rates.ts';
import { openDoor } from '../../src/server/intake/door.ts';
import type { Mode, Services } from '../../src/server/services.ts';
import { openStores, type StoreSettings } from '../../src/server/store/open.ts';
import type { Role, Share, User } from '../../src/server/store/types.ts';
import { removeFolder, temporaryFolder } from './store-kit.ts';

export const ORIGIN = 'http://127.0.0.1:8420';
export const COOKIE = 'osteon-8420';
const ROOT = { id: 'test', name: 'test' };

/** Somebody with a browser: a cookie, a token, and what can be done with them. */
export interface Visitor {
  readonly cookie: string;
  readonly csrf: string;
}
export const STRANGER: Visitor = { cookie: '', csrf: '' };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every kind
  readonly json: any;
}

/** The interface over a store in a temporary folder; nothing listens and no worker runs. */
export async function openHouse(
  options: { mode?: Mode; store?: Partial<StoreSettings>; now?: () => number; archives?: Services['archives'] } = {},
) {
  const folder = temporaryFolder();
  const stores = await openStores({ folder, ...options.store });
  const faults: unknown[] = [];
  const services: Services = {
    mode: options.mode ?? 'server',
    version: 'test',
    store: stores.cases,
    objects: stores.objects,
    door: await openDoor(join(folder, 'vault')),
    archives: options.archives ?? {},
    now: options.now ?? Date.now,
    onFault: (e) => faults.push(e),
  };
  const app: FastifyInstance = createApp(services, {
    site: () => ({ origins: [ORIGIN], secure: false, cookie: COOKIE }),
    rates: createRates(Date.now, { read: 1e9, write: 1e9, heavy: 1e9, signIn: 1e9 }),
    pages: await loadPages(join(folder, 'no-pages')),
  });
  await app.ready();

  const call = async (
    who: Visitor,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const isBytes = body instanceof Uint8Array;
    const response = await app.inject({
      method: method as 'GET',
      url: path.startsWith('/api/') ? path : `/api/v1${path}`,
      headers: {
        host: '127.0.0.1:8420',
        ...(who.cookie && { cookie: `${COOKIE}=${who.cookie}` }),
        ...(method !== 'GET' && who.csrf && { 'x-csrf-token': who.csrf }),
        ...(body !== undefined && !isBytes && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { payload: isBytes ? Buffer.from(body) : JSON.stringify(body) }),
    });
    let json: unknown;
    try {
      json = JSON.parse(response.body);
    } catch {
      json = undefined;
    }
    return { status: response.statusCode, headers: response.headers, text: response.body, json };
  };

  return {
    folder,
    services,
    app,
    faults,
    call,
    async person(name: string, roles: readonly Role[], password = ''): Promise<Visitor & { user: User }> {
      const passwordHash = password ? await hashPassword(password) : '';
      const user = await stores.cases.createUser({ name, roles, passwordHash }, ROOT);
      const token = newToken();
      const csrf = newToken();
      await stores.cases.addSession({ tokenHash: tokenHash(token), userId: user.id, csrf, ttlMs: 3_600_000 });
      return { user, cookie: token, csrf };
    },
    async shareOf(caseId: string, ttlMs = 3_600_000): Promise<Visitor & { share: Share; token: string }> {
      const token = newToken();
      const share = await stores.cases.addShare({ tokenHash: tokenHash(token), caseId, readOnly: true, ttlMs }, ROOT);
      return { share, token, cookie: shareCookie(token), csrf: csrfOf({ kind: 'share', share, token }) };
    },
    async close() {
      await app.close();
      await stores.close();
      removeFolder(folder);
    },
  };
}
export type House = Awaited<ReturnType<typeof openHouse>>;

/** A case with something of everything in it, all of it marked so that a leak shows. */
export async function furnish(house: House, owner: Visitor & { user: User }, mark: string) {
  const { store, objects } = house.services;
  const made = await house.call(owner, 'POST', '/cases', { label: `Label ${mark}` });
  const id = made.json.id as string;
  const by = owner.user;
  const put = async (path: string, content: string | Uint8Array, mediaType = 'application/json') => ({
    path,
    mediaType,
    ...(await objects.put(typeof content === 'string' ? new TextEncoder().encode(content) : content)),
  });
  const head = { size: [2, 2, 2], lpsFromVoxel: Array(12).fill(0) };
  const range = { minHu: 0, maxHu: 1 };
  await store.addArtefacts(
    id,
    1,
    [
      await put('scan/dicom/00001.dcm', `slice ${mark}`),
      await put('scan/scan.json', JSON.stringify({ series: [{ description: mark }], chosen: mark, findings: [] })),
      await put(
        'scan/volume.json',
        JSON.stringify({ ...head, range, windows: [{ name: mark, centreHu: 0, widthHu: 1 }] }),
      ),
      await put('scan/volume.i16', `voxels ${mark}`, 'application/octet-stream'),
    ],
    by,
  );
  const document = `osteon: 1\nprocedure: total-talus-replacement\nscan: ./dicom\naffectedSide: left\nmaterial: Ti-6Al-4V ELI\nbodyMassKg: 80\n# ${mark}\n`;
  const wanted = { document, ifRevision: 1, message: `message ${mark}`, command: { verb: mark } };
  await house.call(owner, 'PUT', `/cases/${id}/document`, wanted);
  const job = (await house.call(owner, 'POST', `/cases/${id}/run`)).json.id as string;
  const claimed = (await store.claim('test', 60_000, ['run']))!;
  const manifest = JSON.stringify({ verdict: 'pass', mark });
  await store.finish(claimed, [
    await put('out/manifest.json', manifest),
    await put('out/report.html', `<p>${mark}</p>`, 'text/html'),
    await put('out/bones/left-talus.stl', `mesh ${mark}`, 'model/stl'),
    await put('out/plan.json', JSON.stringify({ mark })),
    await put('view/labels.json', JSON.stringify({ ...head, bytes: 8, names: [{ value: 1, name: mark }] })),
    await put('view/labels.u8.gz', gzipSync(`labels ${mark}`), 'application/octet-stream'),
  ]);
  const comment = (await house.call(owner, 'POST', `/cases/${id}/comments`, { text: `comment ${mark}`, pin: null }))
    .json.id;
  const [object] = await store.artefacts(id, 2);
  return { id, job, comment: comment as string, object: object.sha256, document };
}
