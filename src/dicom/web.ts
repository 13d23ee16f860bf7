import { OsteonError } from '../base/index.ts';

// Messages of DICOMweb (PS3.18): questions as addresses, answers as DICOM JSON, files as parts of one body.

/** What to look for; empty fields ask for everything. `*` stands for any characters. */
export interface StudyQuery {
  readonly patientId?: string;
  readonly patientName?: string;
  readonly accession?: string;
  /** YYYYMMDD or a range YYYYMMDD-YYYYMMDD */
  readonly studyDate?: string;
  readonly modality?: string;
}

/** A study or series as an archive lists it. Carries identity: for the screen of the person who asked. */
export interface FoundStudy {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly patientName: string;
  readonly patientId: string;
  readonly studyDate: string;
  readonly modality: string;
  readonly description: string;
  readonly instances: number | null;
}

const UID = /^[0-9]+(\.[0-9]+)*$/;
/** @throws param.range for what is no UID: it becomes part of an address */
export function requireUid(uid: string): string {
  if (!UID.test(uid) || uid.length > 64) throw new OsteonError('param.range', { uid });
  return uid;
}

/** `studies?…` */
export function studiesPath(query: StudyQuery, limit: number): string {
  const fields: [string, string | undefined][] = [
    ['PatientID', query.patientId],
    ['PatientName', query.patientName],
    ['AccessionNumber', query.accession],
    ['StudyDate', query.studyDate],
    ['ModalitiesInStudy', query.modality],
    ['includefield', 'StudyDescription'],
    ['limit', String(limit)],
  ];
  return `studies?${fields
    .filter(([, value]) => value)
    .map(([key, value]) => `${key}=${encodeURIComponent(value!)}`)
    .join('&')}`;
}

type JsonElements = Readonly<Record<string, { readonly Value?: readonly unknown[] } | undefined>>;

/** An answer to QIDO. @throws io.format */
export function readFound(json: unknown): FoundStudy[] {
  if (!Array.isArray(json)) throw new OsteonError('io.format', { expected: 'a list in DICOM JSON' });
  return json.map((item: JsonElements) => {
    const first = (tag: string) => item?.[tag]?.Value?.[0];
    const text = (tag: string) => {
      const v = first(tag);
      return typeof v === 'string' || typeof v === 'number' ? String(v) : '';
    };
    const name = first('00100010') as { Alphabetic?: string } | undefined;
    const count = Number(first('00201209') ?? first('00201208') ?? Number.NaN);
    return {
      studyInstanceUid: text('0020000D'),
      seriesInstanceUid: text('0020000E'),
      patientName: typeof name?.Alphabetic === 'string' ? name.Alphabetic : '',
      patientId: text('00100020'),
      studyDate: text('00080020'),
      modality: text('00080060') || ((item?.['00080061']?.Value ?? []) as unknown[]).map(String).join('\\'),
      description: text('0008103E') || text('00081030'),
      instances: Number.isFinite(count) ? count : null,
    };
  });
}

export interface Multipart {
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Files as the body of a STOW request. The boundary is made from the lengths: equal files, equal bytes. */
export function writeMultipart(files: readonly Uint8Array[]): Multipart {
  const boundary = `osteon-${files.length}-${files.reduce((n, f) => n + f.length, 0)}-7e3f0c5ad1`;
  const ascii = (s: string) => new TextEncoder().encode(s);
  const parts = files.flatMap((f) => [
    ascii(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
    f,
    ascii('\r\n'),
  ]);
  parts.push(ascii(`--${boundary}--\r\n`));
  const body = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    body.set(p, at);
    at += p.length;
  }
  return { contentType: `multipart/related; type="application/dicom"; boundary=${boundary}`, body };
}

/** The parts of an answer to WADO. Views of `body`. @throws io.format, io.truncated */
export function readMultipart(contentType: string, body: Uint8Array): Uint8Array[] {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (!boundary || !/^multipart\/related/i.test(contentType))
    throw new OsteonError('io.format', { expected: 'multipart/related', contentType: contentType.slice(0, 80) });
  const mark = new TextEncoder().encode(`--${boundary}`);
  const parts: Uint8Array[] = [];
  let at = find(body, mark, 0);
  if (at < 0) throw new OsteonError('io.truncated', { bytes: body.length });
  for (;;) {
    at += mark.length;
    if (body[at] === 0x2d && body[at + 1] === 0x2d) return parts;
    const start = find(body, BLANK_LINE, at);
    if (start < 0) throw new OsteonError('io.truncated', { bytes: body.length });
    const from = start + BLANK_LINE.length;
    const length = /content-length:\s*(\d+)/i.exec(String.fromCharCode(...body.subarray(at, start)))?.[1];
    // A stated length is trusted only where the boundary follows it: pixels may hold the boundary by chance.
    const jump = length ? from + Number(length) : from;
    const end = find(body, mark, jump <= body.length ? jump : from);
    if (end < 0) throw new OsteonError('io.truncated', { bytes: body.length });
    parts.push(body.subarray(from, end - 2));
    at = end;
  }
}
const BLANK_LINE = new Uint8Array([13, 10, 13, 10]);

function find(bytes: Uint8Array, what: Uint8Array, from: number): number {
  for (let i = bytes.indexOf(what[0], from); i >= 0; i = bytes.indexOf(what[0], i + 1)) {
    let k = 1;
    while (k < what.length && bytes[i + k] === what[k]) k++;
    if (k === what.length) return i;
  }
  return -1;
}
