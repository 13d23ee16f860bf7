import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { OsteonError } from '../../base/index.ts';

/** What an archive may cost. It is refused before anything is inflated where its own directory goes over. */
export const ZIP_LIMITS = {
  entries: 50_000,
  totalBytes: 8 * 1024 * 1024 * 1024,
  /** Inflated to compressed, of the whole archive; not asked of archives that inflate to less than `smallBytes`. */
  ratio: 200,
  smallBytes: 64 * 1024 * 1024,
} as const;

export interface ZipItem {
  /** What the archive calls it: a label, never a path to open or write. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * The files of an archive, in its order, one at a time. Sizes are trusted only as far as they hold: an entry that
 * inflates to more than its directory says ends the reading. Archives inside are handed out as they are, not opened.
 * @throws io.format, io.limit, io.unsupported
 */
export async function* readZip(path: string, limits = ZIP_LIMITS): AsyncGenerator<ZipItem> {
  const zip = await openZip(path);
  try {
    const entries = await listEntries(zip, limits);
    checkDirectory(entries, limits);
    for (const entry of entries) {
      const name = new TextDecoder().decode(entry.fileName);
      if (name.endsWith('/')) continue;
      if (!entry.canDecodeFileData())
        throw new OsteonError(
          'io.unsupported',
          { name: labelOf(name) },
          'The archive is encrypted or packed unusually',
        );
      yield { name: labelOf(name), bytes: await readEntry(zip, entry) };
    }
  } finally {
    zip.close();
  }
}

/** Looks at the list of files of an archive and unpacks nothing. @throws io.format, io.limit */
export async function checkZip(path: string, limits = ZIP_LIMITS): Promise<void> {
  const zip = await openZip(path);
  try {
    checkDirectory(await listEntries(zip, limits), limits);
  } finally {
    zip.close();
  }
}

const openZip = (path: string): Promise<ZipFile> =>
  openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false }).catch((e) => {
    throw new OsteonError('io.format', { expected: 'zip', why: (e as Error).message });
  });

/**
 * Unpacks an archive into a folder, one entry after the other, under numbers: names inside are never used as paths.
 * @throws io.format, io.limit, io.unsupported
 */
export async function unzipTo(path: string, folder: string, limits = ZIP_LIMITS): Promise<void> {
  await mkdir(folder, { recursive: true });
  let n = 0;
  for await (const { bytes } of readZip(path, limits))
    await writeFile(join(folder, String(++n).padStart(6, '0')), bytes, { flag: 'wx', mode: 0o600 });
}

async function listEntries(zip: ZipFile, limits: typeof ZIP_LIMITS): Promise<Entry[]> {
  if (zip.entryCount > limits.entries) throw new OsteonError('io.limit', { entries: zip.entryCount });
  const entries: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      entries.push(entry);
      if (entries.length > limits.entries) throw new OsteonError('io.limit', { entries: entries.length });
    }
  } catch (e) {
    throw damaged(e);
  }
  return entries;
}

/** Sizes, ratio, and that no two entries share bytes (which is how a small archive holds petabytes). */
function checkDirectory(entries: readonly Entry[], limits: typeof ZIP_LIMITS): void {
  let packed = 0;
  let total = 0;
  for (const e of entries) {
    packed += e.compressedSize;
    total += e.uncompressedSize;
  }
  if (total > limits.totalBytes) throw new OsteonError('io.limit', { totalBytes: total, limit: limits.totalBytes });
  if (total > limits.smallBytes && total > limits.ratio * packed)
    throw new OsteonError('io.limit', { totalBytes: total, packedBytes: packed, ratio: limits.ratio });
  const sorted = [...entries].sort((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  sorted.forEach((e, i) => {
    const next = sorted[i + 1];
    if (next && e.relativeOffsetOfLocalHeader + e.compressedSize > next.relativeOffsetOfLocalHeader)
      throw new OsteonError('io.format', { expected: 'zip', why: 'entries overlap' });
  });
}

async function readEntry(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const bytes = new Uint8Array(entry.uncompressedSize);
  let at = 0;
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      bytes.set(chunk as Uint8Array, at);
      at += (chunk as Uint8Array).length;
    }
  } catch (e) {
    throw damaged(e);
  }
  return bytes;
}

const damaged = (e: unknown) =>
  e instanceof OsteonError ? e : new OsteonError('io.format', { expected: 'zip', why: (e as Error).message });

/** A name that is safe to print: no control characters, not endless. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
export const labelOf = (name: string): string => name.replace(/[\0-\x1f\x7f-\x9f]/g, '\ufffd').slice(0, 300);
