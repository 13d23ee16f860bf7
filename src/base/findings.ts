import type { Facts } from './errors.ts';

/** `note`: for the record. `warning`: a person should look. `blocker`: the result must not be used unless overridden. */
export type Level = 'note' | 'warning' | 'blocker';

/** "Answered, but look at this": travels with the result into the report. `code` is stable, `text` is for people. */
export interface Finding {
  readonly level: Level;
  readonly code: string;
  readonly text: string;
  /** Numbers behind the text, units in the keys. */
  readonly facts?: Facts;
  /** What the user can do next. */
  readonly hint?: string;
}

export type Verdict = 'pass' | 'warn' | 'block';

/** The worst finding decides. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some((f) => f.level === 'blocker')) return 'block';
  return findings.some((f) => f.level === 'warning') ? 'warn' : 'pass';
}
