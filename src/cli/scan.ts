import { unpack } from '../base/index.ts';
import type { Scan, SeriesSummary } from '../dicom/index.ts';
import { listScan } from '../plan/index.ts';
import { openScanSource, sha256 } from '../platform/node/index.ts';
import { columns, num } from './format.ts';
import { findingText, verb } from './verb.ts';

export const scanVerb = verb({
  name: 'scan',
  summary: 'list every series of a folder, zip or file, with measured geometry and findings',
  args: [{ name: 'path', label: 'folder, zip or DICOM file' }],
  params: {},
  example: 'osteon scan ./dicom',
  async run({ args, session }) {
    const source = await openScanSource(args[0]);
    const artefact = await listScan(session.graph(), source, sha256);
    const scan = unpack<Scan>(await artefact.load());
    const series = scan.series.map((s) => s.summary);
    const text = [seriesTable(series), ...series.flatMap((s) => s.findings.map((f) => findingText(f)))].join('\n');
    return { document: { series, skipped: scan.skipped }, text, findings: scan.findings };
  },
});

function seriesTable(series: readonly SeriesSummary[]): string {
  const head = ['series', 'kind', 'modality', 'size', 'spacing mm', 'kVp', 'kernel', 'side', 'syntax', 'description'];
  const rows = series.map((s) => [
    s.id,
    s.kind,
    s.modality,
    s.geometry ? s.geometry.size.join('×') : `${s.frameCount}`,
    s.geometry ? s.geometry.spacingMm.map((x) => num(x, 3)).join('×') : '-',
    num(s.kVp, 0),
    s.kernel || '-',
    s.laterality ?? '-',
    s.transferSyntax.name,
    s.description,
  ]);
  return columns([head, ...rows]);
}
