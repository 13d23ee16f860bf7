import type { Job } from '../store/types.ts';
import type { Command, Ended } from './child.ts';

/** What a worker does for one kind of job. The table of kinds is code: a job names a kind, never a command. */
export interface JobKind {
  readonly name: string;
  /** Runs in the job's folder, where the input files lie. */
  readonly command: (job: Job, folder: string) => Command;
  /** Folders in the job's folder that hold what was made; their files become outputs `<folder>/<path>`. */
  readonly outputs: readonly string[];
  readonly timeoutMs: number;
  /** Called when the folder is laid out, before the program starts; e.g. lends it a cache. */
  readonly before?: (job: Job, folder: string) => Promise<void>;
  /** Called when the program has ended and its files are stored, whatever came out; e.g. takes the cache back. */
  readonly after?: (job: Job, folder: string, outcome: Outcome) => Promise<void>;
}

export interface Outcome {
  /** Nothing where it has succeeded. */
  readonly error?: { readonly code: string; readonly message: string };
  /** Whether it may end otherwise when tried again. */
  readonly retry: boolean;
}

/**
 * How a program of ours has ended. 0 and 1 have answered (1: with a finding that blocks); 2 and 3 have refused the
 * input and would again; anything else is a crash, to be tried again.
 */
export function outcomeOf({ code, why, out, err }: Ended): Outcome {
  if (why === 'exit' && (code === 0 || code === 1)) return { retry: false };
  const told = errorIn(out);
  if (why === 'exit' && (code === 2 || code === 3))
    return { retry: false, error: told ?? { code: 'job.failed', message: lastLine(err) } };
  if (why === 'timeout') return { retry: true, error: { code: 'job.crashed', message: 'it took longer than allowed' } };
  if (why === 'stopped') return { retry: true, error: { code: 'job.aborted', message: 'it was stopped' } };
  const how = why === 'signal' ? 'a signal ended it' : why === 'exit' ? `exit code ${code}` : 'it could not be started';
  const words = told?.message ?? lastLine(err);
  return { retry: true, error: { code: 'job.crashed', message: words ? `${how}: ${words}` : how } };
}

/** The error of the one JSON document a verb prints with `--json`. */
function errorIn(out: string): Outcome['error'] {
  try {
    const { error } = JSON.parse(out) as {
      error?: { code?: unknown; text?: unknown; hint?: unknown; facts?: Record<string, unknown> };
    };
    if (typeof error?.code !== 'string') return undefined;
    const hint = typeof error.hint === 'string' && error.hint ? `. ${error.hint}` : '';
    const named = TOLD.flatMap((key) => (error.facts?.[key] === undefined ? [] : [`${key} ${error.facts[key]}`]));
    const where = named.length > 0 ? ` (${named.join(', ').slice(0, 120)})` : '';
    return { code: error.code, message: `${error.text ?? error.code}${where}${hint}` };
  } catch {
    return undefined;
  }
}

/** Facts that say which one of several it is; others may hold paths, or what a scan says of a person. */
const TOLD = ['screw', 'bone', 'where', 'why', 'point', 'key', 'value', 'line'] as const;

const lastLine = (text: string): string => (text.trim().split('\n').at(-1) ?? '').slice(0, 300);
