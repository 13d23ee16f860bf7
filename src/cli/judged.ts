import type { Finding } from '../base/index.ts';

/** What a verb of qualification answers: its table, one line with the verdict, and a finding for each limit not met. */
export function judged<R extends { readonly pass: boolean }>(
  rows: readonly R[],
  table: string,
  finding: (row: R) => Finding,
) {
  const failed = rows.filter((r) => !r.pass);
  const verdict = failed.length
    ? `FAIL: ${failed.length} of ${rows.length} limits are not met`
    : `pass: all ${rows.length} limits`;
  return {
    document: { pass: failed.length === 0, rows },
    text: [table, '', verdict].join('\n'),
    findings: failed.map(finding),
  };
}
