import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, extname, join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { OsteonError } from '../../base/index.ts';
import { ownName } from '../store/processes.ts';
import type { Artefact, Job, WorkerObjects } from '../store/types.ts';

/** A folder for one attempt at a job, named so that it can be swept when this process is gone. */
export const jobFolder = (work: string, { id, attempt }: Job): string => join(work, ownName(`${id}-${attempt}`));

/** Lays the input files out. @throws store.not-found, store.damaged; case.value for a path that leads out of it */
export async function layOut(folder: string, job: Job, objects: WorkerObjects): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { path, sha256 } of job.input.files) {
    if (!/^[\w.-]+(\/[\w.-]+)*$/.test(path) || path.split('/').includes('..'))
      throw new OsteonError('case.value', { path: path.slice(0, 80) });
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await pipeline(Readable.from(objects.read(sha256)), createWriteStream(target, { flags: 'wx' }));
  }
}

/** Disks flush several files in the time of one, and a scan has hundreds. */
const STORED_AT_ONCE = 8;

/** Puts everything below the named folders into the object store. Sorted by path; links are not followed. */
export async function gather(folder: string, outputs: readonly string[], objects: WorkerObjects): Promise<Artefact[]> {
  const files: { path: string; file: string }[] = [];
  for (const output of outputs) {
    const root = join(folder, output);
    const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath ?? entry.path, entry.name);
      const path = file
        .slice(folder.length + 1)
        .split(sep)
        .join('/');
      // Results of steps kept for the next run on the same machine are no results.
      if (path.split('/').some((part) => part.startsWith('.'))) continue;
      files.push({ path, file });
    }
  }
  const made: Artefact[] = [];
  for (let i = 0; i < files.length; i += STORED_AT_ONCE) {
    const some = files.slice(i, i + STORED_AT_ONCE).map(async ({ path, file }) => ({
      path,
      ...(await objects.put(createReadStream(file))),
      mediaType: mediaTypeOf(path),
    }));
    made.push(...(await Promise.all(some)));
  }
  return made.sort((a, b) => (a.path < b.path ? -1 : 1));
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.yaml': 'application/yaml',
  '.html': 'text/html',
  '.csv': 'text/csv',
  '.txt': 'text/plain',
  '.md': 'text/markdown',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.pdf': 'application/pdf',
  '.stl': 'model/stl',
  '.3mf': 'model/3mf',
  '.obj': 'model/obj',
  '.dcm': 'application/dicom',
  '.zip': 'application/zip',
};
const mediaTypeOf = (path: string): string => MEDIA_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
