import { OsteonError, verdictOf } from '../base/index.ts';
import { checkProfile, type Profile } from './profiles.ts';
import type { Scan, Series } from './types.ts';

export interface ChooseOptions {
  /** SeriesInstanceUID, or the `id` of a summary. */
  readonly series?: string;
  /** Where several could be meant: the only one that this profile does not block. */
  readonly profile?: Profile;
}

/**
 * The series to work on: the named one, else the only stack of slices, else the only one the profile lets pass. Never a
 * guess between two.
 * @throws dicom.series-unknown, dicom.series-choice, dicom.none
 */
export function chooseSeries(scan: Scan, { series, profile }: ChooseOptions = {}): Series {
  if (series !== undefined) return namedSeries(scan, series);
  const stacks = scan.series.filter((s) => s.summary.kind === 'volume');
  if (stacks.length === 0)
    throw new OsteonError(
      'dicom.none',
      { series: scan.series.length, kinds: [...new Set(scan.series.map((s) => s.summary.kind))].join(' ') },
      'There is no stack of slices among the files',
    );
  if (stacks.length === 1) return stacks[0];
  const fitting = profile ? stacks.filter((s) => verdictOf(checkProfile(s.summary, profile)) !== 'block') : [];
  if (fitting.length === 1) return fitting[0];
  const passing = profile ? stacks.filter((s) => verdictOf(checkProfile(s.summary, profile)) === 'pass') : [];
  if (passing.length === 1) return passing[0];
  throw choice(fitting.length > 1 ? fitting : stacks);
}

function namedSeries(scan: Scan, name: string): Series {
  const exact = scan.series.find((s) => s.summary.id === name && s.summary.kind === 'volume');
  const ofUid = scan.series.filter((s) => s.summary.seriesInstanceUid === name && s.summary.kind === 'volume');
  if (exact && ofUid.length < 2) return exact;
  if (ofUid.length > 1) throw choice(ofUid);
  const known = scan.series.map((s) => s.summary.id);
  const hint = known.includes(name) ? 'That series is no stack of slices' : 'Run `osteon scan` to list the series';
  throw new OsteonError('dicom.series-unknown', { series: name, known: known.slice(0, 10).join(' ') }, hint);
}

function choice(list: readonly Series[]): OsteonError {
  const lines = list
    .slice(0, 10)
    .map(({ summary: s }) => `${s.id} (${s.description || s.kernel || 'no description'}, ${s.frameCount} slices)`);
  return new OsteonError(
    'dicom.series-choice',
    { count: list.length, series: lines.join('; ') },
    'Name one with `series:` in the case file or --series',
  );
}
