import { type Finding, type Job, OsteonError } from '../base/index.ts';

/** One number a person may set, as data: the command line, the report and the docs are made from it. */
export interface Param {
  /** Unit as printed; '' for a plain number. */
  readonly unit: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly label: string;
  /** Where the default comes from: a citation, or a page in docs/evidence. */
  readonly source: string;
}

export type Params = Readonly<Record<string, Param>>;
export type Values<P extends Params> = { readonly [K in keyof P]: number };

/** A kind of part that can be designed. `version` rises whenever the same input may give another shape. */
export interface Recipe<P extends Params = Params, In = unknown, Out = unknown> {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly params: P;
  readonly run: (input: In, values: Values<P>, job?: Job) => Designed<Out>;
}

export interface Designed<Out> {
  readonly output: Out;
  readonly findings: readonly Finding[];
}

/** The defaults with what a person has set on top. @throws param.unknown, param.range */
export function resolveParams<P extends Params>(params: P, given: Readonly<Record<string, number>> = {}): Values<P> {
  const out: Record<string, number> = {};
  for (const key of Object.keys(params)) out[key] = params[key].default;
  for (const [key, value] of Object.entries(given)) {
    const param = params[key];
    if (!param) throw new OsteonError('param.unknown', { param: key }, `Known: ${Object.keys(params).join(', ')}.`);
    if (!(value >= param.min && value <= param.max))
      throw new OsteonError('param.range', { param: key, value, min: param.min, max: param.max, unit: param.unit });
    out[key] = value;
  }
  return out as Values<P>;
}
