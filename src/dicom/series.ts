import { type Finding, OsteonError } from '../base/index.ts';
import { groupPlanes } from './grouping.ts';
import { type Instance, readInstance } from './instance.ts';
import { checkOnePatient } from './patients.ts';
import { documentOf, seriesOf } from './summary.ts';
import type { DicomFile, Inflate, Scan, Series, SeriesSummary, SkippedFile } from './types.ts';

export interface ScanOptions {
  /** For deflated files; without it they are refused. */
  readonly inflate?: Inflate;
}

/**
 * Reads the headers of all files and puts their planes into series. A file that is not DICOM or is damaged is listed in
 * `skipped` and takes no part; a skipped file that looks like DICOM is also a finding, as a slice may be lost with it.
 * The result does not depend on the order of the files, but for the indices in `Frame.file`.
 * @throws dicom.none where there is no DICOM file at all, dicom.two-patients
 * @cost about 50 µs a slice
 */
export function summariseSeries(files: readonly DicomFile[], { inflate }: ScanOptions = {}): Scan {
  const instances: Instance[] = [];
  const skipped: SkippedFile[] = [];
  files.forEach((file, index) => {
    try {
      const instance = readInstance(file, index, inflate);
      // A DICOMDIR lists other files by path; those paths are never followed.
      if (instance.sopClassUid === '' && instance.planes.length === 0)
        skipped.push({ name: file.name, code: 'io.format', reason: 'a directory file or not an image' });
      else instances.push(instance);
    } catch (e) {
      if (!(e instanceof OsteonError)) throw e;
      skipped.push({ name: file.name, code: e.code, reason: e.message });
    }
  });
  const hurt = skipped.filter((s) => s.code !== 'io.format');
  if (instances.length === 0) throw nothingFound(files.length, hurt);
  instances.sort(byUid);
  const findings = checkOnePatient(instances);
  if (hurt.length > 0) findings.push(damagedFiles(hurt));
  return { series: listSeries(instances), skipped, findings };
}

function nothingFound(files: number, hurt: readonly SkippedFile[]): OsteonError {
  if (hurt.length === 0)
    return new OsteonError('dicom.none', { files }, 'Point to the folder or zip that holds the DICOM files');
  const [first] = hurt;
  return new OsteonError(first.code as 'dicom.damaged', { files, file: first.name }, first.reason);
}

const damagedFiles = (hurt: readonly SkippedFile[]): Finding => ({
  level: 'warning',
  code: 'dicom.damaged',
  text: `${hurt.length} DICOM file${hurt.length === 1 ? '' : 's'} could not be read: ${hurt[0].name}: ${hurt[0].reason}`,
  facts: { files: hurt.length },
  hint: 'A slice may be lost with it',
});

function byUid(a: Instance, b: Instance): number {
  const text = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0);
  return (
    text(a.seriesInstanceUid, b.seriesInstanceUid) || text(a.sopInstanceUid, b.sopInstanceUid) || text(a.name, b.name)
  );
}

/** Stacks with most planes first; the id is the series UID where it holds one stack, else `UID#1`, `UID#2` … */
function listSeries(instances: readonly Instance[]): Series[] {
  const stacks = groupPlanes(instances).map((g) => seriesOf(g, g[0].instance.seriesInstanceUid));
  const documents = instances.filter((i) => i.planes.length === 0).map((i) => documentOf(i, i.seriesInstanceUid));
  const all = [...stacks, ...documents];
  all.sort((a, b) => rank(a.summary) - rank(b.summary) || b.summary.frameCount - a.summary.frameCount);
  const uidOf = (s: Series) => s.summary.seriesInstanceUid;
  const isStack = (s: Series) => s.summary.kind === 'volume';
  const used = new Map<string, number>();
  return all.map((s) => {
    const uid = uidOf(s);
    const n = (used.get(uid) ?? 0) + 1;
    used.set(uid, n);
    const isAlone = n === 1 && all.filter((o) => isStack(o) && uidOf(o) === uid).length < 2;
    return isAlone ? s : { ...s, summary: { ...s.summary, id: `${uid}#${n}` } };
  });
}

const RANKS = { volume: 0, single: 1, localizer: 2, secondary: 3, document: 4 } as const;
const rank = (s: SeriesSummary) => RANKS[s.kind];
