import { readFile } from 'node:fs/promises';
import { OsteonError } from '../base/index.ts';
import { type FoundStudy, readElements } from '../dicom/index.ts';
import {
  type Archive,
  fetchSeries,
  findSeries,
  findStudies,
  inflate,
  listFiles,
  openOutFolder,
  storeFiles,
} from '../platform/node/index.ts';
import { columns, facts } from './format.ts';
import { OUT_FLAG, textFlag, type Verb, verb } from './verb.ts';

const URL_FLAG = {
  url: textFlag(
    'DICOMweb address of the archive; name and password from OSTEON_PACS_USER, OSTEON_PACS_PASSWORD',
    'url',
  ),
};

/** The password comes from the environment: an argument can be read by everyone on the machine. */
const archiveAt = (url: string): Archive => ({
  url,
  ...(process.env.OSTEON_PACS_USER && { user: process.env.OSTEON_PACS_USER }),
  ...(process.env.OSTEON_PACS_PASSWORD && { password: process.env.OSTEON_PACS_PASSWORD }),
});

const findVerb = verb({
  name: 'pacs find',
  summary: 'studies of an archive (QIDO), or the series of one study',
  args: [],
  params: {
    ...URL_FLAG,
    study: textFlag('list the series of this study', 'UID'),
    patient: textFlag('patient number', ''),
    name: textFlag('patient name, * for any characters', ''),
    date: textFlag('study date or range', 'YYYYMMDD-YYYYMMDD'),
    modality: textFlag('modality', ''),
  },
  required: ['url'],
  example: 'osteon pacs find --url http://127.0.0.1:8042/dicom-web --modality CT',
  async run({ params }) {
    const archive = archiveAt(params.url);
    const found = params.study
      ? await findSeries(archive, params.study)
      : await findStudies(archive, {
          patientId: params.patient,
          patientName: params.name,
          studyDate: params.date,
          modality: params.modality,
        });
    return { document: { found }, text: found.length ? table(found, params.study !== '') : 'nothing found' };
  },
});

function table(found: readonly FoundStudy[], series: boolean): string {
  const head = [series ? 'series' : 'study', 'patient', 'date', 'modality', 'images', 'description'];
  const rows = found.map((f) => [
    series ? f.seriesInstanceUid : f.studyInstanceUid,
    f.patientId,
    f.studyDate,
    f.modality,
    f.instances === null ? '-' : `${f.instances}`,
    f.description,
  ]);
  return columns([head, ...rows]);
}

const fetchVerb = verb({
  name: 'pacs fetch',
  summary: 'files of a study, or of one series, from an archive (WADO)',
  args: [{ name: 'study', label: 'StudyInstanceUID' }],
  params: { ...URL_FLAG, ...OUT_FLAG, series: textFlag('only this series', 'UID') },
  required: ['url', 'out'],
  example: 'osteon pacs fetch 1.2.840.113619.2 --url http://127.0.0.1:8042/dicom-web -o dicom',
  async run({ args, params, session }) {
    const archive = archiveAt(params.url);
    const uids = params.series ? [params.series] : (await findSeries(archive, args[0])).map((s) => s.seriesInstanceUid);
    if (uids.length === 0) throw new OsteonError('dicom.none', { series: 0 }, 'The archive knows no such study');
    const out = await openOutFolder(params.out);
    const withdraw = session.onUndo(out.discard);
    let files = 0;
    let last = '';
    for (const [s, uid] of uids.entries())
      for (const [i, bytes] of (await fetchSeries(archive, args[0], uid)).entries()) {
        last = `series-${s + 1}/${String(i + 1).padStart(5, '0')}.dcm`;
        await out.add(last, bytes);
        files++;
      }
    if (files === 0) throw new OsteonError('dicom.none', { files });
    await out.publish(last, []);
    withdraw();
    const document = { out: params.out, series: uids.length, files };
    return {
      document,
      text: facts([
        ['series', `${uids.length}`],
        ['files', `${files} in ${params.out}`],
      ]),
    };
  },
});

const sendVerb = verb({
  name: 'pacs send',
  summary: 'DICOM files to an archive (STOW): segmentations, encapsulated STL, scans',
  args: [{ name: 'path', label: 'DICOM file or folder', many: true }],
  params: URL_FLAG,
  required: ['url'],
  example: 'osteon pacs send bones.dcm talus.dcm --url http://127.0.0.1:8042/dicom-web',
  async run({ args, params }) {
    const paths = (await Promise.all(args.map((path) => listFiles(path)))).flat();
    const files = await Promise.all(
      paths.map(async (path) => {
        const bytes = new Uint8Array(await readFile(path));
        // Nothing but DICOM leaves the house by this door.
        readElements({ name: path, head: bytes, sizeBytes: bytes.length }, inflate);
        return bytes;
      }),
    );
    const stored = await storeFiles(archiveAt(params.url), files);
    return { document: { stored }, text: facts([['stored', `${stored} files`]]) };
  },
});

export const PACS_VERBS: readonly Verb[] = [findVerb, fetchVerb, sendVerb];
