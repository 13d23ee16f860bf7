import type { Facts, Finding } from '../base/index.ts';
import type { Param, ParamTable, ParamValue } from '../plan/index.ts';
import type { Session } from './session.ts';

export interface Argument {
  readonly name: string;
  readonly label: string;
  readonly optional?: boolean;
  /** The last argument may be given more than once. */
  readonly many?: boolean;
}

/** One verb of the command line, declared as data: parsing, help text and docs/cli.md are made from it. */
export interface Verb<P = Record<string, ParamValue>> {
  readonly name: string;
  readonly summary: string;
  readonly args: readonly Argument[];
  /** Flags: `sliceMm` becomes `--slice-mm`. */
  readonly params: ParamTable<P>;
  /** Flags that must be given. */
  readonly required?: readonly (keyof P & string)[];
  /** Text flags that may be given more than once; the texts are joined, one on each line. */
  readonly repeatable?: readonly (keyof P & string)[];
  readonly example: string;
  run(call: Call<P>): Promise<Answer>;
}

export interface Call<P> {
  readonly args: readonly string[];
  readonly params: P;
  /** Names of the flags that were written, not left to their default. */
  readonly given: ReadonlySet<string>;
  readonly session: Session;
}

/** What a verb has to say: to a program, and to a person. */
export interface Answer {
  /** Keys carry units; becomes part of the one JSON document. */
  readonly document: object;
  readonly text: string;
  readonly findings?: readonly Finding[];
  /** The answer is printed at once, and the program ends when this does (a server). */
  readonly until?: Promise<void>;
}

/** Lets the compiler infer the flags of a verb. */
export const verb = <P>(v: Verb<P>): Verb => v as unknown as Verb;

const flag = <T extends ParamValue>(label: string, unit: string, value: T, more: Partial<Param<T>> = {}): Param<T> => ({
  label,
  unit,
  default: value,
  source: 'command line',
  ...more,
});
export const switchFlag = (label: string): Param<boolean> => flag<boolean>(label, '', false);
export const textFlag = (label: string, unit = 'path', value = ''): Param<string> => flag<string>(label, unit, value);
export const choiceFlag = (label: string, choices: readonly string[], value: string): Param<string> =>
  flag<string>(label, '', value, { choices });

export const OUT_FLAG = { out: textFlag('where to write') };

export const EXIT = { good: 0, blocked: 1, usage: 2, refused: 3, fault: 4, interrupted: 130 } as const;

/** A finding as a line or two of text. */
export function findingText({ level, code, text, facts, hint }: Finding): string {
  const numbers = facts ? ` (${factText(facts)})` : '';
  return `${level}: ${code}: ${text}${numbers}${hint ? `\n         ${hint}` : ''}`;
}
const factText = (facts: Facts): string =>
  Object.entries(facts)
    .map(([k, v]) => `${k}=${typeof v === 'number' ? Number(v.toPrecision(5)) : v}`)
    .join(', ');
