import { type Job, OsteonError } from '../base/index.ts';
import { suggestion } from './nearest.ts';

/** What a parameter can hold. Anything larger (points, edits) is an input like any other. */
export type ParamValue = number | string | boolean | readonly number[];

/** One parameter, declared once: makes the check, the command-line flag, the line in the report and the cache key. */
export interface Param<T extends ParamValue = ParamValue> {
  readonly label: string;
  /** `mm`, `HU`, `percent` …; empty for a choice, a switch or a plain count. */
  readonly unit: string;
  readonly default: T;
  /** Closed range of a number, or of each number of a list. */
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  /** Where the default comes from: a method, a standard, a measurement. */
  readonly source: string;
}
export type ParamValues = Readonly<Record<string, ParamValue>>;
export type ParamTable<P> = { readonly [K in keyof P]: Param<P[K] extends ParamValue ? P[K] : never> };

/** Engines that are too heavy or too close to the machine for the kernel; the platform hands them in. */
export interface StepHost<E = unknown> {
  readonly job: Job;
  readonly engines: E;
}

/**
 * A pure function with a name: same inputs and parameters, same output, wherever it runs. `version` is raised whenever
 * the same input may give another result. Inputs and output are plain values (`base/pack`); inputs are never changed.
 */
export interface Step<I, P, O, E = unknown> {
  readonly id: string;
  readonly version: number;
  /** What a person reads while it runs. */
  readonly label: string;
  /** Share of a whole case's time, in seconds on a small machine; only the progress bar looks at it. */
  readonly costS?: number;
  /** The output is large and quick to make again: its name is stored, its bytes are not. */
  readonly transient?: boolean;
  /** Others wait for it: of the steps that could start, those marked go before the rest. Changes the time only. */
  readonly first?: boolean;
  readonly params: ParamTable<P>;
  handler(inputs: I, params: P, host: StepHost<E>): O | Promise<O>;
}
// biome-ignore lint/suspicious/noExplicitAny: a table of steps holds steps of every type
export type AnyStep = Step<any, any, any, any>;

/** Defaults filled in, every value checked. @throws param.unknown, param.range, param.missing */
export function resolveParams<P>(table: ParamTable<P>, given: Partial<P> = {}): P {
  const out: Record<string, ParamValue> = {};
  for (const name of Object.keys(given))
    if (!Object.hasOwn(table, name))
      throw new OsteonError('param.unknown', { param: name }, suggestion(name, Object.keys(table)));
  for (const [name, param] of Object.entries<Param>(table)) {
    const value = (given as ParamValues)[name] ?? param.default;
    checkParam(name, param, value);
    out[name] = value;
  }
  return out as P;
}

/** @throws param.missing for a value of the wrong kind, param.range for one outside its range */
export function checkParam(name: string, param: Param, value: ParamValue): void {
  const wanted = Array.isArray(param.default) ? 'list' : typeof param.default;
  const got = Array.isArray(value) ? 'list' : typeof value;
  if (wanted !== got) throw new OsteonError('param.missing', { param: name, wanted, got });
  if (param.choices && !param.choices.includes(value as string))
    throw new OsteonError('param.range', { param: name, value: String(value), choices: param.choices.join(' | ') });
  const numbers = Array.isArray(value) ? value : typeof value === 'number' ? [value] : [];
  const { min = -Infinity, max = Infinity } = param;
  for (const x of numbers)
    if (!Number.isFinite(x) || x < min || x > max)
      throw new OsteonError('param.range', { param: name, value: x, min, max, unit: param.unit });
}
