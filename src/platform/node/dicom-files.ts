import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import { OsteonError } from '../../base/index.ts';
import { type DicomFile, readElements } from '../../dicom/index.ts';
import { inflate } from './codecs.ts';
import { listFiles } from './files.ts';
import { labelOf, readZip } from './zip.ts';

/** `path` is null where `head` already holds all bytes (a file out of an archive). */
export interface HostDicomFile extends DicomFile {
  readonly path: string | null;
}

/** Bytes read at first; headers of CT slices take two kilobytes or so. */
const HEAD_BYTES = 32 * 1024;

/**
 * The files of a folder (with its subfolders), of a zip archive, or single files, with their headers: pixels stay on
 * disk. Archives inside a folder or archive are not opened, links are not followed, and a DICOMDIR's list of paths is
 * not used. Sorted by path.
 * @throws io.not-found, io.limit, io.format, io.unsupported
 * @cost about 0.1 ms a file; an archive is inflated whole
 */
export async function readDicomFiles(paths: string | readonly string[]): Promise<HostDicomFile[]> {
  const out: HostDicomFile[] = [];
  for (const path of typeof paths === 'string' ? [paths] : paths) {
    const files = await listFiles(path);
    if (files.length === 1 && files[0] === path && (await isZip(path)))
      for await (const { name, bytes } of readZip(path))
        out.push({ name, head: bytes, sizeBytes: bytes.length, path: null });
    else
      for (const file of files) {
        const name = file === path ? basename(file) : relative(path, file);
        out.push(readHead(file, labelOf(name)));
      }
  }
  return out;
}

/** All bytes of one of these files. @throws io.not-found where it is gone, io.format where it has changed */
export function wholeFile(file: HostDicomFile): Uint8Array {
  if (file.path === null) return file.head;
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file.path);
  } catch (e) {
    throw new OsteonError('io.not-found', {
      path: file.path,
      reason: (e as NodeJS.ErrnoException).code ?? 'unreadable',
    });
  }
  if (bytes.length !== file.sizeBytes) throw new OsteonError('io.format', { path: file.path, why: 'it has changed' });
  return bytes;
}

async function isZip(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => {
    throw new OsteonError('io.not-found', { path, reason: 'unreadable' });
  });
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(4), 0, 4, 0);
    return bytesRead === 4 && buffer[0] === 0x50 && buffer[1] === 0x4b && (buffer[2] === 3 || buffer[2] === 5);
  } finally {
    await file.close();
  }
}

/** The first bytes where they reach the pixels, all of them where they do not, or where the file is deflated. */
function readHead(path: string, name: string): HostDicomFile {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (e) {
    throw new OsteonError('io.not-found', { path, reason: (e as NodeJS.ErrnoException).code ?? 'unreadable' });
  }
  try {
    const sizeBytes = fstatSync(fd).size;
    const file: HostDicomFile = { name, head: readSome(fd, Math.min(HEAD_BYTES, sizeBytes)), sizeBytes, path };
    const pixelsAt = pixelsOf(file);
    if (pixelsAt === 'further') return { ...file, head: readSome(fd, sizeBytes) };
    // The reader looks four bytes past the shortest element head.
    return pixelsAt === 'none' ? file : { ...file, head: file.head.slice(0, pixelsAt + 8) };
  } finally {
    closeSync(fd);
  }
}

function readSome(fd: number, bytes: number): Uint8Array {
  const head = new Uint8Array(bytes);
  let at = 0;
  while (at < bytes) {
    const n = readSync(fd, head, at, bytes - at, at);
    if (n === 0) break;
    at += n;
  }
  return head.subarray(0, at);
}

/** Where the pixels start in the file; `further` where more of it is needed to tell, `none` where it is all needed. */
function pixelsOf(file: DicomFile): number | 'further' | 'none' {
  try {
    const { bytes, pixels } = readElements(file, inflate);
    return bytes === file.head && pixels ? pixels.at : 'none';
  } catch (e) {
    if (!(e instanceof OsteonError)) throw e;
    return e.code === 'io.truncated' && file.head.length < file.sizeBytes ? 'further' : 'none';
  }
}
