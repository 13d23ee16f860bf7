import { OsteonError } from '../../base/index.ts';
import {
  type FoundStudy,
  readFound,
  readMultipart,
  requireUid,
  type StudyQuery,
  studiesPath,
  writeMultipart,
} from '../../dicom/index.ts';

/** An archive that speaks DICOMweb. */
export interface Archive {
  /** Where `studies` lies, such as `http://127.0.0.1:8042/dicom-web`. */
  readonly url: string;
  readonly user?: string;
  readonly password?: string;
}

/** Bytes of one answer; a study larger than this is fetched series by series. */
const MOST_BYTES = 2 * 1024 ** 3;
/** Bytes sent in one request. */
const BATCH_BYTES = 32 * 1024 ** 2;
const TIMEOUT_MS = 600_000;

/** Studies by what the archive knows of them. @throws pacs.unreachable, pacs.refused, io.format */
export async function findStudies(archive: Archive, query: StudyQuery, limit = 100): Promise<FoundStudy[]> {
  const answer = await ask(archive, studiesPath(query, limit), { headers: { Accept: 'application/dicom+json' } });
  return answer.status === 204 ? [] : readFound(JSON.parse(new TextDecoder().decode(await bounded(answer))));
}

/** Series of a study. */
export async function findSeries(archive: Archive, studyUid: string): Promise<FoundStudy[]> {
  const path = `studies/${requireUid(studyUid)}/series`;
  const answer = await ask(archive, path, { headers: { Accept: 'application/dicom+json' } });
  return answer.status === 204 ? [] : readFound(JSON.parse(new TextDecoder().decode(await bounded(answer))));
}

/** The files of one series, as stored. @throws pacs.unreachable, pacs.refused, io.limit, io.format */
export async function fetchSeries(archive: Archive, studyUid: string, seriesUid: string): Promise<Uint8Array[]> {
  const path = `studies/${requireUid(studyUid)}/series/${requireUid(seriesUid)}`;
  const Accept = 'multipart/related; type="application/dicom"; transfer-syntax=*';
  const answer = await ask(archive, path, { headers: { Accept } });
  return readMultipart(answer.headers.get('content-type') ?? '', await bounded(answer));
}

/**
 * Stores files; the archive must take every one.
 * @returns how many it has taken
 * @throws pacs.unreachable, pacs.refused with the number of files it would not have
 */
export async function storeFiles(archive: Archive, files: readonly Uint8Array[]): Promise<number> {
  let stored = 0;
  for (let i = 0; i < files.length; ) {
    const batch: Uint8Array[] = [];
    for (let bytes = 0; i < files.length && (batch.length === 0 || bytes + files[i].length <= BATCH_BYTES); i++) {
      bytes += files[i].length;
      batch.push(files[i]);
    }
    const { contentType, body } = writeMultipart(batch);
    const headers = { 'Content-Type': contentType, Accept: 'application/dicom+json' };
    const answer = await ask(archive, 'studies', { method: 'POST', headers, body });
    const told = JSON.parse(new TextDecoder().decode(await bounded(answer)) || '{}');
    const taken = told?.['00081199']?.Value?.length ?? 0;
    if (taken !== batch.length) throw new OsteonError('pacs.refused', { sent: batch.length, taken });
    stored += taken;
  }
  return stored;
}

/** Redirects are not followed: credentials go to the address a person gave and to no other. */
async function ask(archive: Archive, path: string, init: RequestInit): Promise<Response> {
  const base = addressOf(archive.url);
  const credentials = archive.user
    ? { Authorization: `Basic ${Buffer.from(`${archive.user}:${archive.password ?? ''}`).toString('base64')}` }
    : {};
  let answer: Response;
  try {
    const headers = { ...(init.headers as Record<string, string>), ...credentials };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    answer = await fetch(`${base}/${path}`, { ...init, headers, redirect: 'manual', signal });
  } catch (e) {
    const cause = (e as Error).cause as { code?: string } | undefined;
    throw new OsteonError('pacs.unreachable', { host: new URL(base).host, reason: cause?.code ?? (e as Error).name });
  }
  if (answer.status < 200 || answer.status > 299)
    throw new OsteonError('pacs.refused', { host: new URL(base).host, status: answer.status });
  return answer;
}

function addressOf(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new OsteonError('param.range', { url }, 'Give the address as http(s)://host:port/path');
  }
  if (!/^https?:$/.test(parsed.protocol) || parsed.username || parsed.password)
    throw new OsteonError(
      'param.range',
      { protocol: parsed.protocol },
      'Give http or https, and no name in the address',
    );
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}`;
}

async function bounded(answer: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body ?? []) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new OsteonError('io.limit', { bytes, limit: MOST_BYTES });
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
