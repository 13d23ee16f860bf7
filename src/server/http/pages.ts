import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { securityHeaders } from './headers.ts';

interface Page {
  readonly type: string;
  readonly bytes: Buffer;
  /** The same, packed; absent where that gains nothing. */
  readonly packed?: Buffer;
  readonly etag: string;
}
/** Every file of the planner by its address. Nothing else is ever opened for a page, whatever address is asked for. */
export type Pages = ReadonlyMap<string, Page>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

const UNBUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Osteon</title>
<h1>Osteon</h1><p>The case server runs. The planner has not been built into this copy;
the interface is described at <a href="/api/openapi.json">/api/openapi.json</a>.</p></html>`;

/** The built planner, read once; a plain page where there is none. */
export async function loadPages(folder: string): Promise<Pages> {
  const pages = new Map<string, Page>();
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || !type) continue;
    const path = join(entry.parentPath, entry.name);
    const address = path.slice(folder.length).replaceAll('\\', '/');
    pages.set(address, pageOf(type, await readFile(path)));
  }
  pages.set('/', pages.get('/index.html') ?? pageOf(TYPES['.html'], Buffer.from(UNBUILT)));
  return pages;
}

function pageOf(type: string, bytes: Buffer): Page {
  const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`;
  const packed = bytes.length > LEAST_PACKED && !/^(image\/(png|x-icon)|font)/.test(type) ? gzipSync(bytes) : undefined;
  return { type, bytes, etag, ...(packed && { packed }) };
}
/** Below this a packed answer is no quicker. */
const LEAST_PACKED = 2048;

/** One address for each file of the planner, and no other. */
export function servePages(app: FastifyInstance, pages: Pages, isSecure: () => boolean): void {
  for (const [address, { type, bytes, packed, etag }] of pages)
    app.get(encodeURI(address), async (request, reply) => {
      for (const [name, value] of Object.entries(securityHeaders('page', isSecure()))) reply.header(name, value);
      reply.header('Cache-Control', 'no-cache').header('ETag', etag).type(type);
      reply.header('Vary', 'Accept-Encoding');
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      if (packed && /\bgzip\b/.test(request.headers['accept-encoding'] ?? ''))
        return reply.header('Content-Encoding', 'gzip').send(packed);
      return reply.send(bytes);
    });
}
