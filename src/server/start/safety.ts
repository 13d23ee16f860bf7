import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { OsteonError } from '../../base/index.ts';
import type { Mode } from '../services.ts';

export interface ServeSettings {
  readonly mode: Mode;
  /** Everything the server keeps. */
  readonly folder: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Under which address browsers reach it, where a proxy stands before it. */
  readonly origin?: string;
  /** Addresses of those proxies. */
  readonly proxies: readonly string[];
  /** Folder of the built planner. */
  readonly pages: string;
  /** Archives that may be asked and sent to, by name. Nothing else is ever connected to. */
  readonly peers: Readonly<Record<string, string>>;
}

/** What only the machine can say; handed in so that every case can be tested. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** User id; undefined where the system has none. */
  readonly uid: number | undefined;
  readonly now: number;
}

const unsafe = (rule: string, hint: string) => new OsteonError('server.insecure', { rule }, hint);

export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);

/**
 * Refuses to start a server that would not be safe, before anything is opened. One rule, one sentence on what to do.
 * @throws server.insecure
 */
export async function requireSafe(settings: ServeSettings, machine: Machine): Promise<void> {
  requireSafeAddress(settings, machine);
  requireSafeOrigin(settings);
  await requireSafeFiles(settings, machine);
  requireSafeDatabase(machine.env);
  requireSafeObjects(machine.env);
  requireSafePeers(settings.peers);
}

/** People must be able to sign in, and somebody must be able to let others in. @throws server.insecure */
export function requireAdmin(settings: ServeSettings, admins: number): void {
  if (settings.mode === 'server' && admins === 0)
    throw unsafe('no-admin', 'Make one first: osteon user add <name> --roles admin --data <folder>');
}

function requireSafeAddress({ mode, host, certFile, keyFile, origin, proxies }: ServeSettings, { uid }: Machine): void {
  if (isLoopback(host)) return;
  if (mode === 'local')
    throw unsafe('local-mode-on-a-network', 'Local mode is for this machine: use --host 127.0.0.1, or --mode server');
  const behindProxy = origin?.startsWith('https://') && proxies.length > 0;
  if (!(certFile && keyFile) && !behindProxy)
    throw unsafe(
      'no-tls',
      'Give --cert and --key, or put a proxy with TLS before it: --origin https://… --proxy <address>',
    );
  if (uid === 0) throw unsafe('root', 'Start the server as a user of its own, not as root');
}

function requireSafeOrigin({ origin, host, proxies }: ServeSettings): void {
  if (proxies.some((p) => p === '*' || p === 'true' || /\/0$/.test(p)))
    throw unsafe('any-proxy', 'Name the addresses of your proxies: whoever is trusted can pretend to be anyone');
  if (origin === undefined) return;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (!url || url.origin !== origin || origin.includes('*'))
    throw unsafe('origin', 'Give one whole origin, such as https://osteon.example.org, without a path and without *');
  if (url.protocol !== 'https:' && !(isLoopback(host) && isLoopback(url.hostname)))
    throw unsafe('origin-without-tls', 'The address people use must begin with https://');
}

async function requireSafeFiles(settings: ServeSettings, { now, uid }: Machine): Promise<void> {
  const { folder, pages, certFile, keyFile } = settings;
  const info = await stat(folder).catch(() => undefined);
  // Windows keeps no such bits.
  if (info && uid !== undefined && (info.mode & 0o077) !== 0)
    throw unsafe('open-folder', 'The data folder can be read by others: chmod 700 it');
  const inside = relative(pages, folder);
  if (inside === '' || (!inside.startsWith('..') && !isAbsolute(inside)))
    throw unsafe('data-in-pages', 'The data folder lies inside the folder that is served: choose another with --data');
  if (!certFile || !keyFile) return;
  const key = await stat(keyFile).catch(() => undefined);
  if (key && uid !== undefined && (key.mode & 0o077) !== 0)
    throw unsafe('open-key', 'The key of the certificate can be read by others: chmod 600 it');
  const [cert, secret] = await Promise.all([readFile(certFile), readFile(keyFile)]).catch(() => {
    throw unsafe('certificate', 'Certificate or key cannot be read');
  });
  requireSafeCertificate(cert, secret, now);
}

function requireSafeCertificate(cert: Buffer, key: Buffer, now: number): void {
  let certificate: X509Certificate;
  let fits: boolean;
  try {
    certificate = new X509Certificate(cert);
    fits = certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    throw unsafe('certificate', 'Certificate and key are wanted as PEM files');
  }
  if (!fits) throw unsafe('certificate', 'The key does not belong to the certificate');
  if (Date.parse(certificate.validTo) < now || Date.parse(certificate.validFrom) > now)
    throw unsafe('certificate-date', 'The certificate is not valid today: renew it');
}

/** Words nobody should have to guess. */
const WELL_KNOWN = /^(|postgres|password|passwort|osteon|admin|root|secret|changeme|minioadmin|123456(78)?)$/i;

function requireSafeDatabase({ DATABASE_URL }: Machine['env']): void {
  if (!DATABASE_URL || !URL.canParse(DATABASE_URL)) return;
  const url = new URL(DATABASE_URL);
  const away = url.hostname !== '' && !isLoopback(url.hostname);
  const mode = url.searchParams.get('sslmode') ?? '';
  if (away && !['require', 'verify-ca', 'verify-full'].includes(mode))
    throw unsafe('database-without-tls', 'Add sslmode=verify-full to DATABASE_URL: the database is on another machine');
  if (away && WELL_KNOWN.test(decodeURIComponent(url.password)))
    throw unsafe('database-password', 'Give the database user a password of its own');
}

function requireSafeObjects(env: Machine['env']): void {
  const endpoint = env.OSTEON_S3_ENDPOINT;
  if (!endpoint || !URL.canParse(endpoint)) return;
  const url = new URL(endpoint);
  if (isLoopback(url.hostname)) return;
  if (url.protocol !== 'https:') throw unsafe('objects-without-tls', 'OSTEON_S3_ENDPOINT must begin with https://');
  if (WELL_KNOWN.test(env.AWS_SECRET_ACCESS_KEY ?? 'from the machine'))
    throw unsafe('objects-password', 'Give the object store a secret key of its own');
}

function requireSafePeers(peers: ServeSettings['peers']): void {
  for (const [name, address] of Object.entries(peers)) {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
      throw unsafe(
        'peer',
        `The address of ${name.slice(0, 40)} is to be http(s)://host/path, without name and password`,
      );
    if (url.protocol === 'http:' && !isLoopback(url.hostname))
      throw unsafe('peer-without-tls', `Patients would travel in the clear: use https:// for ${name.slice(0, 40)}`);
  }
}
