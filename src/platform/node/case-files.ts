import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OsteonError } from '../../base/index.ts';
import {
  type CaseInput,
  caseVocabulary,
  jsonBytes,
  type Manifest,
  manifestOf,
  type Pack,
  parseCase,
} from '../../plan/index.ts';
import { type OutFolder, readBytes, sha256 } from './files.ts';
import { openScanSource } from './scan-source.ts';

/**
 * A case file and what it names: scan and edits, relative to the folder it lies in. Pixels stay on disk.
 * @throws io.not-found, case.syntax, case.unknown-key, case.value, case.newer, segment.edit, io.limit, dicom codes
 */
export async function readCase(path: string): Promise<CaseInput> {
  const document = parseCase(await readText(path, MAX_CASE_BYTES), caseVocabulary());
  const near = (file: string) => resolve(dirname(path), file);
  const edits = document.edits === undefined ? undefined : await readJson(near(document.edits));
  const source = await openScanSource(document.scan.map(near));
  return { document, source, ...(edits === undefined ? {} : { edits }) };
}

/** Far above any case written by a person, far below what would take time to read. */
const MAX_CASE_BYTES = 1e6;
/** A long session of brush strokes. */
const MAX_EDITS_BYTES = 50e6;

async function readText(path: string, limitBytes: number): Promise<string> {
  const bytes = await readBytes(path, limitBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new OsteonError('io.format', { path }, 'A text file in UTF-8 is wanted');
  }
}

/** JSON of an edits file. @throws io.not-found, io.limit, segment.edit */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path, MAX_EDITS_BYTES);
  try {
    return JSON.parse(text);
  } catch (e) {
    throw new OsteonError('segment.edit', { path, reason: (e as Error).message.slice(0, 120) }, 'JSON is wanted');
  }
}

/**
 * Puts a pack into its folder: all files staged first, then moved, the manifest last. Files of the last run that are no
 * longer made are taken away; others are left alone.
 * @param beside JSON that is not of the pack and not in the manifest: how long it took
 * @throws out.write
 */
export async function publishPack(
  out: OutFolder,
  pack: Pack,
  head: { readonly osteon: string; readonly procedure: string },
  beside: Readonly<Record<string, unknown>> = {},
): Promise<Manifest> {
  const manifest = manifestOf(pack, head, sha256);
  for (const { path, bytes } of pack.files) await out.add(path, bytes);
  await out.add(MANIFEST, jsonBytes(manifest));
  for (const [path, value] of Object.entries(beside)) await out.add(path, jsonBytes(value));
  const made = new Set(pack.files.map(({ path }) => path));
  await out.publish(
    MANIFEST,
    (await lastFiles(out.path)).filter((path) => !made.has(path)),
  );
  return manifest;
}

const MANIFEST = 'manifest.json';

/** What the manifest in a folder lists; nothing where there is none or it cannot be read. */
async function lastFiles(folder: string): Promise<string[]> {
  try {
    const { artefacts } = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')) as Manifest;
    return artefacts.map(({ path }) => path).filter(isPlain);
  } catch {
    return [];
  }
}

/** Inside the folder: a manifest that somebody changed must not make us delete anything else. */
const isPlain = (path: unknown): path is string =>
  typeof path === 'string' && /^[\w.-]+(\/[\w.-]+)*$/.test(path) && !path.split('/').includes('..');
