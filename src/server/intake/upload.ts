import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { OsteonError } from '../../base/index.ts';
import { checkZip } from '../../platform/node/index.ts';

export const UPLOAD_LIMITS = {
  totalBytes: 8 * 1024 * 1024 * 1024,
  files: 50_000,
  nameBytes: 4096,
  /** Without a byte for this long the upload is given up. */
  stallMs: 60_000,
} as const;
export type UploadLimits = { readonly [K in keyof typeof UPLOAD_LIMITS]: number };

/**
 * Writes an upload into a folder under numbers of its own: names that come with it are never used, not even read.
 * A zip is looked at (its list of files, sizes and ratios) before it is accepted; nothing is unpacked here.
 * @throws http.limit, http.body, http.slow, io.limit, io.format; the folder is removed then
 */
export async function receiveUpload(
  stream: Readable,
  contentType: string,
  folder: string,
  limits: UploadLimits = UPLOAD_LIMITS,
): Promise<{ readonly files: number; readonly bytes: number }> {
  const type = contentType.split(';')[0].trim().toLowerCase();
  try {
    const chunks = measured(stream, limits);
    if (type === 'application/vnd.osteon.files') return await receiveFramed(chunks, folder, limits);
    const file = join(folder, type === 'application/zip' ? 'upload.zip' : numbered(1));
    const bytes = await writeAll(chunks, file);
    if (bytes === 0) throw new OsteonError('http.body', { why: 'empty' }, 'Send the bytes of the scan');
    if (type === 'application/zip') await checkZip(file);
    return { files: 1, bytes };
  } catch (e) {
    await rm(folder, { recursive: true, force: true });
    throw (e as NodeJS.ErrnoException).code === 'ENOSPC' ? new OsteonError('store.full') : e;
  }
}

const numbered = (n: number): string => `${String(n).padStart(6, '0')}.dcm`;

/** The chunks of a stream, as long as they keep coming and stay within the limit. */
async function* measured(stream: Readable, limits: UploadLimits): AsyncGenerator<Uint8Array> {
  let total = 0;
  let stalled = false;
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      stalled = true;
      stream.destroy();
    }, limits.stallMs);
  };
  try {
    wait();
    // The connection stays open for the answer, whatever is still being sent.
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      wait();
      total += (chunk as Uint8Array).length;
      if (total > limits.totalBytes) throw new OsteonError('http.limit', { limit: limits.totalBytes });
      yield chunk as Uint8Array;
    }
  } catch (e) {
    if (e instanceof OsteonError) throw e;
    throw new OsteonError(stalled ? 'http.slow' : 'http.body', { why: 'the upload ended early' });
  } finally {
    clearTimeout(timer);
  }
  if (stalled) throw new OsteonError('http.slow');
}

async function writeAll(chunks: AsyncIterable<Uint8Array>, path: string): Promise<number> {
  const file = await open(path, 'wx', 0o600);
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      await file.writeFile(chunk);
      bytes += chunk.length;
    }
  } finally {
    await file.close();
  }
  return bytes;
}

/** `uint32 LE` length of the name, `uint64 LE` size, name, bytes; again and again. */
async function receiveFramed(chunks: AsyncIterable<Uint8Array>, folder: string, limits: UploadLimits) {
  const reader = createReader(chunks);
  let files = 0;
  let bytes = 0;
  for (;;) {
    const head = await reader.take(12);
    if (head.length === 0) break;
    if (head.length < 12) throw malformed('a head is cut off');
    const view = new DataView(head.buffer, head.byteOffset, 12);
    const nameBytes = view.getUint32(0, true);
    const size = Number(view.getBigUint64(4, true));
    if (nameBytes > limits.nameBytes) throw malformed('a name is too long');
    if (!(bytes + size <= limits.totalBytes) || ++files > limits.files)
      throw new OsteonError('http.limit', { files, limitBytes: limits.totalBytes });
    if ((await reader.take(nameBytes)).length < nameBytes) throw malformed('a name is cut off');
    const file = await open(join(folder, numbered(files)), 'wx', 0o600);
    try {
      await reader.pour(size, file);
    } finally {
      await file.close();
    }
    bytes += size;
  }
  if (files === 0) throw malformed('there is no file in it');
  return { files, bytes };
}

const malformed = (why: string) =>
  new OsteonError('http.body', { why }, 'See the description of PUT /cases/{case}/scan');

function createReader(chunks: AsyncIterable<Uint8Array>) {
  const iterator = chunks[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array(0);
  const refill = async (): Promise<boolean> => {
    while (held.length === 0) {
      const next = await iterator.next();
      if (next.done) return false;
      held = next.value;
    }
    return true;
  };
  const piece = (most: number): Uint8Array => {
    const part = held.subarray(0, most);
    held = held.subarray(part.length);
    return part;
  };
  return {
    /** Fewer bytes only where the stream ends. */
    async take(wanted: number): Promise<Uint8Array> {
      const out = new Uint8Array(wanted);
      let at = 0;
      while (at < wanted && (await refill())) {
        const part = piece(wanted - at);
        out.set(part, at);
        at += part.length;
      }
      return out.subarray(0, at);
    },
    async pour(size: number, file: FileHandle): Promise<void> {
      for (let left = size; left > 0; ) {
        if (!(await refill())) throw malformed('a file is cut off');
        const part = piece(left);
        await file.writeFile(part);
        left -= part.length;
      }
    },
  };
}
