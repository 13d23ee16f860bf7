import { type Finding, pack, unpack, verdictOf } from '../base/index.ts';
import {
  checkProfile,
  chooseSeries,
  type DicomFile,
  type Frame,
  type Profile,
  type Scan,
  type Series,
} from '../dicom/index.ts';
import type { Artefact, Graph } from './graph.ts';
import { type PlaneRun, type ScanVolume, scanDecode, scanList, scanView, scanVolume } from './steps/scan.ts';

/** Files of a scan as the host found them; whole files are read only when a step needs them. */
export interface ScanSource {
  readonly files: readonly DicomFile[];
  bytesOf(file: number): Uint8Array;
  /** SHA-256 of a whole file. */
  hashOf(file: number): string;
}

type Sha256 = (bytes: Uint8Array) => string;

/** Planes decoded in one go: small enough to share work between any number of threads, large enough to be worth a task. */
const PLANES_PER_RUN = 32;

/** Every series among the files. Named by the contents of all files, so any change of a slice is a change of the scan. */
export function listScan(graph: Graph, source: ScanSource, sha256: Sha256): Promise<Artefact<Scan>> {
  const names = source.files.map(({ name }, i) => ({ name, hash: source.hashOf(i) }));
  const files = graph.source(sha256(pack(names)), async () =>
    source.files.map(({ name, head, sizeBytes }) => ({ name, head, sizeBytes })),
  );
  return graph.step(scanList, { files });
}

/** One series as a volume: its planes in runs, decoded side by side, put together. */
export async function loadVolume(
  graph: Graph,
  source: ScanSource,
  series: Series,
  sha256: Sha256,
): Promise<Artefact<ScanVolume>> {
  const runs: Frame[][] = [];
  for (let i = 0; i < series.frames.length; i += PLANES_PER_RUN) runs.push(series.frames.slice(i, i + PLANES_PER_RUN));
  const slices = await Promise.all(
    runs.map((frames) => graph.step(scanDecode, { run: planeRun(graph, source, frames, sha256) })),
  );
  return graph.step(scanVolume, { series: graph.value(series), slices });
}

function planeRun(graph: Graph, source: ScanSource, frames: readonly Frame[], sha256: Sha256): Artefact<PlaneRun> {
  const used = [...new Set(frames.map((f) => f.file))];
  const local = frames.map((f) => ({ ...f, file: used.indexOf(f.file) }));
  const name = sha256(pack({ frames: local, files: used.map((file) => source.hashOf(file)) }));
  return graph.source(name, async () => ({ frames: local, files: used.map((file) => source.bytesOf(file)) }));
}

/** A series that was held against a protocol, and its volume where the protocol let it pass. */
export interface CheckedScan {
  readonly scan: Artefact<Scan>;
  readonly series: Series;
  readonly volume: Artefact<ScanVolume> | null;
  readonly findings: readonly Finding[];
}

/**
 * Chooses the series, holds it against a profile, decodes it and looks at the field of view. A blocking finding that
 * nobody overrides ends it before anything is decoded.
 * @param admit findings as the case sees them: overridden ones lowered
 */
export async function checkScan(
  graph: Graph,
  source: ScanSource,
  profile: Profile,
  seriesUid: string | undefined,
  sha256: Sha256,
  admit: (findings: readonly Finding[]) => Finding[] = (f) => [...f],
): Promise<CheckedScan> {
  const scan = await listScan(graph, source, sha256);
  const listed = unpack<Scan>(await scan.load());
  const series = chooseSeries(listed, { profile, ...(seriesUid === undefined ? {} : { series: seriesUid }) });
  const findings = admit([...listed.findings, ...checkProfile(series.summary, profile)]);
  if (verdictOf(findings) === 'block') return { scan, series, volume: null, findings };
  const volume = await loadVolume(graph, source, series, sha256);
  findings.push(...admit(unpack<ScanVolume>(await volume.load()).findings));
  if (profile.view === 'both-feet') {
    const view = await graph.step(scanView, { scan: volume });
    findings.push(...admit(unpack<{ findings: Finding[] }>(await view.load()).findings));
  }
  return { scan, series, volume: verdictOf(findings) === 'block' ? null : volume, findings };
}
