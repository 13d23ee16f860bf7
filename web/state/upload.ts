import { FRAMED_TYPE, framedHead } from '../../src/server/client/index.ts';
import { csrfToken, type Problem, Refused } from './api.ts';

/** A file with the name it had in its folder. */
export interface NamedFile {
  readonly path: string;
  readonly file: File;
}

/** Everything that was dropped: files, and all that lies in folders. */
export async function droppedFiles(data: DataTransfer): Promise<NamedFile[]> {
  const entries = [...data.items].map((i) => i.webkitGetAsEntry()).filter((e) => e !== null);
  if (entries.length === 0) return [...data.files].map((file) => ({ path: file.name, file }));
  const out: NamedFile[] = [];
  for (const entry of entries) await walk(entry, out);
  return out;
}

async function walk(entry: FileSystemEntry, out: NamedFile[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    out.push({ path: entry.fullPath.replace(/^\//, ''), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return;
    for (const one of some) await walk(one, out);
  }
}

/** Names of files say nothing to the server but their order; a patient's name may stand in them. */
const bareName = (index: number, path: string): string => {
  const ending = /\.(dcm|zip|nrrd|nii|nii\.gz)$/i.exec(path)?.[0].toLowerCase() ?? '';
  return `${String(index + 1).padStart(6, '0')}${ending}`;
};

/** Sends a scan; nothing is read here but its bytes. Resolves with the server's answer. @throws Refused */
export function sendScan(
  caseId: string,
  files: readonly NamedFile[],
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<unknown> {
  const one = files.length === 1 ? files[0].file : null;
  const zip = one !== null && /\.zip$/i.test(one.name);
  const type = zip ? 'application/zip' : one ? 'application/dicom' : FRAMED_TYPE;
  const body = one ?? new Blob(files.flatMap(({ path, file }, i) => [framedHead(bareName(i, path), file.size), file]));
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `/api/v1/cases/${caseId}/scan`);
    request.responseType = 'json';
    request.setRequestHeader('Content-Type', type);
    const token = csrfToken();
    if (token) request.setRequestHeader('X-CSRF-Token', token);
    request.upload.onprogress = (e) => onProgress(e.total > 0 ? e.loaded / e.total : 0);
    request.onload = () => {
      if (request.status < 300) return done(request.response);
      const given = request.response as Partial<Problem> | null;
      fail(
        new Refused(
          {
            code: given?.code ?? `http.${request.status}`,
            message: given?.message ?? 'the server refused the scan',
            hint: given?.hint ?? '',
            facts: given?.facts ?? {},
          },
          request.status,
        ),
      );
    };
    request.onerror = () => fail(new TypeError('network error'));
    request.onabort = () =>
      fail(new Refused({ code: 'job.aborted', message: 'the work was cancelled', hint: '', facts: {} }, 0));
    signal.addEventListener('abort', () => request.abort());
    request.send(body);
  });
}
