import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OsteonError } from '../../base/index.ts';
import type { Bytes } from '../api/route.ts';
import type { ObjectStore } from '../store/types.ts';
import { REPORT_POLICY } from './headers.ts';

/** Kinds of content that no browser runs. Everything else goes out as plain bytes. */
const HARMLESS = /^(application\/(octet-stream|json|dicom|gzip|zip)|model\/(stl|3mf)|image\/png|text\/plain)$/;

/**
 * An object, whole or a part of it. Offered for saving under a plain name, whatever is inside.
 * @throws store.not-found, http.range
 */
export async function sendBytes(
  request: FastifyRequest,
  reply: FastifyReply,
  objects: ObjectStore,
  wanted: Bytes,
  keep: boolean,
): Promise<FastifyReply> {
  const size = await objects.size(wanted.sha256);
  if (size === undefined) throw new OsteonError('store.not-found', { kind: 'object' });
  const etag = `"${wanted.sha256}"`;
  reply.header('ETag', etag).header('Accept-Ranges', wanted.gzip ? 'none' : 'bytes');
  reply.header('Cache-Control', keep ? 'private, no-cache' : 'no-store');
  if (wanted.page) {
    reply.header('Content-Security-Policy', REPORT_POLICY).header('X-Frame-Options', 'SAMEORIGIN');
    reply.type('text/html; charset=utf-8');
  } else {
    reply.header('Content-Disposition', `attachment; filename="${plainName(wanted.fileName)}"`);
    reply.type(HARMLESS.test(wanted.mediaType) ? wanted.mediaType : 'application/octet-stream');
  }
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  if (wanted.gzip) {
    const packed = Readable.from(objects.read(wanted.sha256));
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? ''))
      return reply.send(pipeline(packed, createGunzip(), () => undefined));
    return reply.header('Content-Encoding', 'gzip').header('Content-Length', size).send(packed);
  }
  const range = rangeOf(request.headers.range, size);
  if (!range) return reply.header('Content-Length', size).send(Readable.from(objects.read(wanted.sha256)));
  reply.code(206).header('Content-Range', `bytes ${range.start}-${range.end - 1}/${size}`);
  reply.header('Content-Length', range.end - range.start);
  return reply.send(Readable.from(objects.read(wanted.sha256, range)));
}

/** One range; several at once are answered with everything. @throws http.range */
export function rangeOf(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === undefined || (first === '' && last === '')) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (start >= end) throw new OsteonError('http.range', { bytes: size });
  return { start, end };
}

/** A file name that means nothing to any system: letters, digits, dot, dash. */
export const plainName = (name: string): string =>
  (name.split('/').at(-1) ?? '')
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 120) || 'file';
