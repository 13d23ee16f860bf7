import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OsteonError } from '../base/index.ts';
import { choiceFlag, switchFlag, textFlag, verb } from './verb.ts';
import { VERSION } from './version.ts';

/** Where the case server keeps everything, unless told otherwise. */
export const DATA_FOLDER = join(homedir(), '.osteon');
export const DATA_FLAG = { data: textFlag('folder of the cases', 'path', '~/.osteon') };
export const dataFolder = (flag: string): string => (flag === '~/.osteon' ? DATA_FOLDER : resolve(flag));

export const serveVerb = verb({
  name: 'serve',
  summary: 'the planner and the case server; in local mode for this machine only, opened by a link',
  args: [],
  params: {
    ...DATA_FLAG,
    mode: choiceFlag(
      'local: one person on this machine; server: people with names and passwords',
      ['local', 'server'],
      'local',
    ),
    host: textFlag('address to listen at', 'address', '127.0.0.1'),
    port: {
      label: 'port; 0 takes a free one',
      unit: '',
      default: 8420,
      min: 0,
      max: 65535,
      source: 'not assigned to anyone else',
    },
    cert: textFlag('certificate (PEM), with its chain'),
    key: textFlag('its key (PEM)'),
    origin: textFlag('address people use, where a proxy with TLS stands before it', 'https://…'),
    proxy: textFlag('address of that proxy', 'address'),
    peer: textFlag('archive that scans may be fetched from and results sent to', 'name=url'),
    noDemo: switchFlag('do not make the demo case in an empty store'),
  },
  repeatable: ['proxy', 'peer'],
  example: 'osteon serve --port 8420',
  async run({ params, session }) {
    const { startServer } = await import('../server/index.ts');
    const lines = (text: string) => text.split('\n').filter((line) => line !== '');
    const running = await startServer({
      mode: params.mode as 'local' | 'server',
      folder: dataFolder(params.data),
      host: params.host,
      port: params.port,
      ...(params.cert && { certFile: params.cert }),
      ...(params.key && { keyFile: params.key }),
      ...(params.origin && { origin: params.origin }),
      proxies: lines(params.proxy),
      peers: Object.fromEntries(lines(params.peer).map(peer)),
      pages: fileURLToPath(new URL('./web', import.meta.url)),
      version: VERSION,
      argv: [process.execPath, fileURLToPath(new URL('../bin/osteon.mjs', import.meta.url))],
      workers: 1,
      demo: !params.noDemo,
      machine: { env: process.env, uid: process.getuid?.(), now: Date.now() },
      say: (line) => session.say(line),
    });
    const { url, link } = running;
    const text = link
      ? `Osteon is ready. Open this, once:\n\n  ${link}\n\nCtrl-C ends it.`
      : `Osteon is ready at ${url}`;
    return { document: { url, ...(link && { link }) }, text, until: session.interrupted.then(running.close) };
  },
});

function peer(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1 || !/^\w{1,40}$/.test(text.slice(0, at)))
    throw new OsteonError('cli.usage', { flag: '--peer' }, 'Write --peer name=https://host/dicom-web');
  return [text.slice(0, at), text.slice(at + 1)];
}
