import { createHash } from 'node:crypto';
import { OsteonError } from '../../base/index.ts';
import type { Context, Handlers } from '../http/handlers.ts';
import { intakeKind } from '../intake/door.ts';
import { receiveUpload } from '../intake/upload.ts';
import type { Services } from '../services.ts';
import type { Artefact, Case } from '../store/types.ts';
import { fileAt, jsonOf, newest, PLACES, readDocument, shownOf, textOf } from './content.ts';
import { refuseWhileArriving } from './documents.ts';
import { isActive, jobView } from './views.ts';

type Scans = Pick<
  Handlers,
  | 'putScan'
  | 'getScan'
  | 'getVolume'
  | 'getVolumeData'
  | 'getLabels'
  | 'getLabelsData'
  | 'listMeshes'
  | 'getObject'
  | 'getReport'
  | 'runCase'
>;

const SCAN_FIRST = 'Put a scan into the case first';
const RUN_FIRST = 'Run the case first';

export const SCANS: Scans = {
  async putScan(_, services) {
    const { door, upload, case: found } = services;
    await refuseWhileArriving(services, found);
    const { id, folder } = await door.receive();
    const type = upload.headers['content-type'] ?? '';
    const { bytes } = await receiveUpload(upload.stream, type, folder);
    const zip = type.startsWith('application/zip');
    try {
      return jobView(await submitIntake(services, found, id, { zip, bytes }));
    } catch (e) {
      await door.drop(id);
      throw e;
    }
  },

  async getScan(_, services) {
    const { store, case: found } = services;
    const files = await store.artefacts(found.id, found.revision);
    const job = (await store.jobs({ caseId: found.id })).find((j) => j.kind !== 'run');
    const shown = job ? jobView(job) : null;
    const file = files.find(({ path }) => path === `${PLACES.scan}scan.json`);
    const none = { series: [], chosen: null, findings: [], job: shown };
    if (job && isActive(job)) return { state: 'arriving', ...none };
    if (!file) return { state: job && job.state !== 'done' ? 'refused' : 'none', ...none };
    const { series, chosen, findings } = await jsonOf<{ series: unknown[]; chosen: string; findings: [] }>(
      services,
      file,
    );
    return { state: 'ready', series, chosen, findings, job: shown };
  },

  async getVolume(_, services) {
    const files = await services.store.artefacts(services.case.id, services.case.revision);
    const head = await jsonOf<VolumeHead>(services, fileAt(files, `${PLACES.scan}volume.json`, SCAN_FIRST));
    const { sha256, bytes } = fileAt(files, VOLUME, SCAN_FIRST);
    return { ...head, sha256, bytes };
  },

  async getVolumeData(_, services) {
    const files = await services.store.artefacts(services.case.id, services.case.revision);
    return bytesOf(fileAt(files, VOLUME, SCAN_FIRST));
  },

  async getLabels(_, services) {
    const { files, revision } = await shownOf(services, services.case);
    const head = await jsonOf<LabelsHead>(services, fileAt(files, `${PLACES.view}labels.json`, RUN_FIRST));
    return { ...head, sha256: fileAt(files, LABELS, RUN_FIRST).sha256, revision: revision ?? 0 };
  },

  async getLabelsData(_, services) {
    const { files } = await shownOf(services, services.case);
    return { ...bytesOf(fileAt(files, LABELS, RUN_FIRST)), fileName: 'labels.u8', gzip: true };
  },

  async listMeshes(_, services) {
    const { files } = await shownOf(services, services.case);
    return files
      .filter(({ path }) => path.endsWith('.stl'))
      .map((file) => {
        const [, kind = '', ...name] = file.path.slice(0, -4).split('/');
        return { ...file, kind: kind.replace(/s$/, ''), name: name.join('/') || kind };
      });
  },

  async getObject({ params: { sha256 } }, { store, case: { id } }) {
    const file = await store.caseHasObject(id, sha256);
    if (!file) throw new OsteonError('store.not-found', { kind: 'object' });
    return bytesOf(file);
  },

  async getReport(_, services) {
    const { files } = await shownOf(services, services.case);
    return { ...bytesOf(fileAt(files, `${PLACES.out}report.html`, RUN_FIRST)), page: true };
  },

  runCase: async (_, services) => jobView(await submitRun(services, services.case)),
};

/** A new revision whose scan is what waits at the door, and the job that takes it in. */
export async function submitIntake(services: Context, found: Case, upload: string, params: object) {
  const { store, by, door } = services;
  const { documentSha256, editsSha256 } = await newest(services, found);
  // Another scan is another case as far as approvals and results go.
  const made = { documentSha256, editsSha256, ifRevision: found.revision, message: 'A scan', command: null };
  const { revision } = await store.commit(found.id, made, by);
  const { job } = await store.submit(
    {
      key: `intake ${upload}`,
      kind: intakeKind(door),
      caseId: found.id,
      revision: revision.n,
      input: { files: [], params: { upload, ...params } },
      label: 'taking in the scan',
      priority: 10,
      maxTries: 2,
    },
    by,
  );
  return job;
}

interface VolumeHead {
  readonly size: [number, number, number];
  readonly lpsFromVoxel: number[];
  readonly range: { readonly minHu: number; readonly maxHu: number };
  readonly windows: { readonly name: string; readonly centreHu: number; readonly widthHu: number }[];
}
interface LabelsHead extends Pick<VolumeHead, 'size' | 'lpsFromVoxel'> {
  /** When unpacked. */
  readonly bytes: number;
  readonly names: { readonly value: number; readonly name: string }[];
}

const VOLUME = `${PLACES.scan}volume.i16`;
const LABELS = `${PLACES.view}labels.u8.gz`;

const bytesOf = ({ path, sha256, mediaType }: Artefact) => ({ sha256, fileName: path, mediaType });

/**
 * Asks for everything the newest document stands for. The key is made of what goes in, so the same question is computed
 * once: asked again, or by another revision with the same document, the answer is there.
 * @throws case codes, store.not-found, case.busy
 */
export async function submitRun(
  services: Pick<Services, 'store' | 'objects' | 'version'> & { by: { id: string; name: string } },
  found: Case,
) {
  const { store, version, by } = services;
  await refuseWhileArriving(services, found);
  const { documentSha256, editsSha256, n } = await newest(services, found);
  readDocument(await textOf(services, documentSha256));
  const slices = (await store.artefacts(found.id, n)).filter(({ path }) => path.startsWith(PLACES.slices));
  if (slices.length === 0) throw new OsteonError('store.not-found', { kind: 'scan' }, SCAN_FIRST);
  const files = [
    { path: 'case.yaml', sha256: documentSha256 },
    ...(editsSha256 === null ? [] : [{ path: 'edits.json', sha256: editsSha256 }]),
    ...slices.map(({ path, sha256 }) => ({ path: path.slice(PLACES.scan.length), sha256 })),
  ];
  // Never shared between cases: a hit would tell that the same scan is somewhere else.
  const key = createHash('sha256')
    .update(JSON.stringify(['run', version, found.id, files]))
    .digest('hex');
  const input = { files, params: { cache: found.id } };
  const { job } = await store.submit({ key, kind: 'run', caseId: found.id, revision: n, input, label: 'waiting' }, by);
  return job;
}
