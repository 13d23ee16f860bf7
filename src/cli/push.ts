import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { parseDocument } from 'yaml';
import { OsteonError } from '../base/index.ts';
import { type CaseDocument, caseVocabulary, parseCase } from '../plan/index.ts';
import { listFiles, readBytes, readJson } from '../platform/node/index.ts';
import { FRAMED_TYPE, framedHead, type Schemas } from '../server/client/index.ts';
import { answerOf, type Connection, connect, dataOf, SERVER_FLAGS } from './remote.ts';
import type { Session } from './session.ts';
import { switchFlag, textFlag, verb } from './verb.ts';

export const pushVerb = verb({
  name: 'push',
  summary: 'bring a case file to a case server: its scan, its document and its edits',
  args: [{ name: 'case', label: 'case file (YAML)' }],
  params: {
    ...SERVER_FLAGS,
    to: textFlag('id of a case that is there; absent: a new one', 'id'),
    label: textFlag('code of the new case, never a patient’s name', 'text'),
    run: switchFlag('have it computed there'),
  },
  example: 'osteon push case.yaml --label A-17',
  async run({ args: [path], params, session }) {
    const text = new TextDecoder().decode(await readBytes(path, MOST_BYTES));
    const document = parseCase(text, caseVocabulary());
    const edits = document.edits === undefined ? null : await readJson(resolve(dirname(path), document.edits));
    const server = await connect(params);
    try {
      const id = params.to || (await newCase(server, params.label || basename(dirname(resolve(path)))));
      if (!params.to) await sendScan(server, id, document, dirname(path), session);
      const revision = await sendDocument(server, id, asServed(text, document), edits);
      const of = { params: { path: { case: id } } };
      const job = params.run ? dataOf(await server.api.POST('/cases/{case}/run', of)) : null;
      return { document: { case: id, revision, job: job?.id ?? null }, text: `case ${id}, revision ${revision}` };
    } finally {
      await server.close();
    }
  },
});

const MOST_BYTES = 1e6;
const POLL_MS = 500;

async function newCase({ api }: Connection, name: string): Promise<string> {
  const label = name.replace(/[^\p{L}\p{N} ._#/+()-]/gu, '').slice(0, 60) || 'Case';
  return dataOf(await api.POST('/cases', { body: { label } })).id;
}

/** In the server the scan and the edits have places of their own; comments of the file stay. */
function asServed(text: string, { edits }: CaseDocument): string {
  const yaml = parseDocument(text);
  yaml.set('scan', './dicom');
  if (edits !== undefined) yaml.set('edits', './edits.json');
  return String(yaml);
}

async function sendDocument({ api }: Connection, id: string, document: string, edits: unknown): Promise<number> {
  const path = { case: id };
  const { revision } = dataOf(await api.GET('/cases/{case}/document', { params: { path } }));
  const body = { document, edits, ifRevision: revision, message: 'Pushed from the command line' };
  return dataOf(await api.PUT('/cases/{case}/document', { params: { path }, body })).revision;
}

/** Sends every file the case names and waits until the server has taken them in. */
async function sendScan(server: Connection, id: string, { scan }: CaseDocument, home: string, session: Session) {
  const files: string[] = [];
  for (const place of scan) files.push(...(await listFiles(resolve(home, place))));
  const isZip = files.length === 1 && files[0].toLowerCase().endsWith('.zip');
  session.say(`sending ${files.length} files`);
  const body = Readable.toWeb(Readable.from(isZip ? createReadStream(files[0]) : framed(files))) as ReadableStream;
  const headers = { 'content-type': isZip ? 'application/zip' : FRAMED_TYPE };
  const response = await server.fetch(`/cases/${id}/scan`, { method: 'PUT', body, duplex: 'half', headers });
  let job = await answerOf<Schemas['Job']>(response);
  while (job.state === 'ready' || job.state === 'run') {
    await new Promise((done) => setTimeout(done, POLL_MS));
    const jobs = dataOf(await server.api.GET('/cases/{case}/jobs', { params: { path: { case: id } } }));
    job = jobs.find((j) => j.id === job.id) ?? job;
  }
  if (job.state !== 'done')
    throw new OsteonError('server.refused', { case: id, code: job.error?.code ?? job.state }, job.error?.message ?? '');
}

/** Names stay at home: a file is told by its number. */
async function* framed(files: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const [i, file] of files.entries()) {
    yield framedHead(String(i + 1), (await stat(file)).size);
    yield* createReadStream(file);
  }
}
