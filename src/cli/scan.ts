import { type Finding, unpack } from '../base/index.ts';
import { PROFILES, type ProfileName, type Scan, type SeriesSummary } from '../dicom/index.ts';
import { checkScan, listScan, type ScanSource } from '../plan/index.ts';
import { openScanSource, sha256 } from '../platform/node/index.ts';
import { columns, num } from './format.ts';
import type { Session } from './session.ts';
import { type Answer, choiceFlag, findingText, textFlag, verb } from './verb.ts';

export const scanVerb = verb({
  name: 'scan',
  summary: 'list every series with measured geometry and findings; hold one against a protocol',
  args: [{ name: 'path', label: 'folder, zip or DICOM file' }],
  params: {
    profile: choiceFlag('protocol to hold the series against', ['none', ...Object.keys(PROFILES)], 'none'),
    series: textFlag('which series, where several could be meant', 'UID'),
  },
  example: 'osteon scan ./dicom --profile foot',
  async run({ args, params, session }) {
    const source = await openScanSource(args[0]);
    return params.profile === 'none'
      ? listing(source, session)
      : judgement(source, session, params.profile as ProfileName, params.series || undefined);
  },
});

async function listing(source: ScanSource, session: Session): Promise<Answer> {
  const scan = unpack<Scan>(await (await listScan(session.graph(), source, sha256)).load());
  const series = scan.series.map((s) => s.summary);
  const own = series.flatMap((s) => s.findings.map((f) => `${s.id}\n${findingText(f)}`));
  const text = [seriesTable(series), ...own].join('\n');
  return { document: { series, skipped: scan.skipped }, text, findings: scan.findings };
}

async function judgement(
  source: ScanSource,
  session: Session,
  name: ProfileName,
  series: string | undefined,
): Promise<Answer> {
  const profile = PROFILES[name];
  const checked = await checkScan(session.graph(), source, profile, series, sha256);
  const scan = unpack<Scan>(await checked.scan.load());
  const { summary } = checked.series;
  const findings: readonly Finding[] = checked.findings;
  const text = `${seriesTable([summary])}\n${profile.source}`;
  const document = {
    profile: name,
    chosen: summary.id,
    series: scan.series.map((s) => s.summary),
    skipped: scan.skipped,
  };
  return { document, text, findings };
}

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
