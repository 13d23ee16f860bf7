import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { OsteonError } from '../../base/index.ts';
import { check, checked } from './objects-folder.ts';
import { type Spooled, spool, sweepSpool } from './spool.ts';
import { storeError } from './sql.ts';
import type { ObjectStore } from './types.ts';

export interface S3Settings {
  readonly bucket: string;
  /** In front of every name, e.g. `hospital-a/`; empty for none. */
  readonly prefix?: string;
  /** For stores other than Amazon's. */
  readonly endpoint?: string;
  readonly region?: string;
  /** Default: what the environment or the machine's role gives. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const MAX_TRIES = 4;
const WAIT_MS = 50;

/**
 * Objects in an S3-compatible store as `<prefix>sha256/ab/<64 hex>`. Bytes are spooled to find their hash, sent with it
 * (the store refuses what arrives changed), and their size is asked for before `put` answers. Up to 5 GB an object.
 */
export async function openS3Objects(settings: S3Settings): Promise<ObjectStore> {
  // A large package, loaded by those who use it.
  const { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } =
    await import('@aws-sdk/client-s3');
  const { bucket: Bucket, prefix = '', endpoint, region = 'us-east-1', credentials } = settings;
  const client = new S3Client({
    region,
    maxAttempts: 3,
    // Errors are thrown; nothing is printed beside them.
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    forcePathStyle: endpoint !== undefined,
    ...(endpoint ? { endpoint } : {}),
    ...(credentials ? { credentials } : {}),
  });
  const temporary = join(tmpdir(), `osteon-spool-${process.getuid?.() ?? 0}`);
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  await sweepSpool(temporary);
  const root = `${prefix}sha256/`;
  const keyOf = (sha256: string) => `${root}${checked(sha256).slice(0, 2)}/${sha256}`;

  const sizeOf = async (sha256: string): Promise<number | undefined> => {
    try {
      const head = await client.send(new HeadObjectCommand({ Bucket, Key: keyOf(sha256) }));
      return head.ContentLength ?? 0;
    } catch (e) {
      if (isAbsent(e)) return undefined;
      throw s3Error(e, 'asking for an object');
    }
  };

  const sending = new Map<string, Promise<void>>();

  /** The client cannot send a stream again by itself. */
  async function sendAgain(made: Spooled): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await sendOnce(made);
      } catch (e) {
        const error = s3Error(e, 'storing an object');
        const away = error instanceof OsteonError && error.code === 'store.unavailable';
        if (!away || tries >= MAX_TRIES) throw error;
        await new Promise((done) => setTimeout(done, WAIT_MS * 2 ** tries));
      }
    }
  }

  async function sendOnce(made: Spooled): Promise<void> {
    await client.send(
      new PutObjectCommand({
        Bucket,
        Key: keyOf(made.sha256),
        Body: createReadStream(made.path),
        ContentLength: made.bytes,
        ContentType: 'application/octet-stream',
        ChecksumSHA256: Buffer.from(made.sha256, 'hex').toString('base64'),
      }),
    );
    if ((await sizeOf(made.sha256)) !== made.bytes)
      throw new OsteonError('store.unavailable', { what: 'storing an object', reason: 'size' }, 'Do it again');
  }

  async function* read(sha256: string, range?: { readonly start: number; readonly end: number }) {
    if (range && range.end <= range.start) return;
    const hash = range ? undefined : createHash('sha256');
    const span = range ? { Range: `bytes=${range.start}-${range.end - 1}` } : {};
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: keyOf(sha256), ...span }));
      for await (const chunk of Body as Readable) {
        hash?.update(chunk as Buffer);
        yield chunk as Buffer;
      }
    } catch (e) {
      if (isAbsent(e)) throw new OsteonError('store.not-found', { what: 'object', id: sha256 });
      throw s3Error(e, 'reading an object');
    }
    if (hash) check(sha256, hash.digest('hex'));
  }

  return {
    kind: 's3',
    async put(bytes) {
      const made = await spool(temporary, bytes).catch((e) => {
        throw storeError(e, 'storing an object');
      });
      try {
        // The same bytes on their way twice are sent once.
        const send = sending.get(made.sha256) ?? sendAgain(made).finally(() => sending.delete(made.sha256));
        sending.set(made.sha256, send);
        await send;
      } finally {
        await rm(made.path, { force: true });
      }
      return { sha256: made.sha256, bytes: made.bytes };
    },
    async get(sha256) {
      const parts: Uint8Array[] = [];
      for await (const chunk of read(sha256)) parts.push(chunk);
      return Buffer.concat(parts);
    },
    read,
    size: sizeOf,
    async *list() {
      let last: string | undefined;
      do {
        const more = last ? { StartAfter: last } : {};
        const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: root, ...more })).catch((e) => {
          throw s3Error(e, 'listing objects');
        });
        for (const { Key = '', Size = 0, LastModified } of page.Contents ?? [])
          yield { sha256: Key.slice(root.length + 3), bytes: Size, changedAt: LastModified?.getTime() ?? 0 };
        last = page.IsTruncated ? page.Contents?.at(-1)?.Key : undefined;
      } while (last);
    },
    async remove(sha256) {
      await client.send(new DeleteObjectCommand({ Bucket, Key: keyOf(sha256) })).catch((e) => {
        throw s3Error(e, 'removing an object');
      });
    },
  };
}

const isAbsent = (e: unknown): boolean =>
  ['NotFound', 'NoSuchKey'].includes((e as Error)?.name) ||
  (e as { $metadata?: { httpStatusCode?: number } })?.$metadata?.httpStatusCode === 404;

/** Answers of the 5xx kind and silence are an outage; a refused key or bucket is a setting. */
function s3Error(e: unknown, what: string): unknown {
  if (e instanceof OsteonError) return e;
  const { name = '', $metadata } = (e ?? {}) as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (status === 403 || ['NoSuchBucket', 'CredentialsProviderError', 'InvalidAccessKeyId'].includes(name))
    return new OsteonError(
      'store.settings',
      { what, reason: name },
      'See bucket, endpoint and keys of the object store',
    );
  if (status === undefined || status >= 500 || status === 429)
    return new OsteonError('store.unavailable', { what, reason: name, status: status ?? 0 }, 'Do it again in a moment');
  return e;
}
