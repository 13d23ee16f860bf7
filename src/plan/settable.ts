import type { Parameters } from './case/common.ts';
import { type AnyStep, checkParam, type Param, type ParamValues, type Step } from './step.ts';

const nameOf = (step: Pick<AnyStep, 'id'>, param: string): string => `${step.id.split('.')[0]}.${param}`;

/** Every parameter of some steps, as `<first word of the step>.<parameter>`: steps of one word share them. */
export function settable(steps: readonly AnyStep[], except: readonly string[] = []): ReadonlyMap<string, Param> {
  return new Map(
    steps.flatMap((step) =>
      Object.entries<Param>(step.params)
        .map(([param, declared]) => [nameOf(step, param), declared] as const)
        .filter(([name]) => !except.includes(name)),
    ),
  );
}

/** The checks of a table of parameters, for the reader of a case. */
export const checksOf = (params: ReadonlyMap<string, Param>): Parameters =>
  new Map([...params].map(([name, param]) => [name, (v) => checkParam(name, param, v)]));

/** The part of a case's parameters that one step takes. */
export function paramsFor<I, P, O, E>(step: Step<I, P, O, E>, given: ParamValues = {}): Partial<P> {
  const names = Object.keys(step.params).filter((param) => Object.hasOwn(given, nameOf(step, param)));
  return Object.fromEntries(names.map((param) => [param, given[nameOf(step, param)]])) as Partial<P>;
}
