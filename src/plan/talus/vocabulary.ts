import { PROCESSES, RATES, SETTING_NAMES } from '../../make/index.ts';
import { BONE_IDS } from '../../segment/index.ts';
import type { CaseVocabulary } from '../case/case.ts';
import { type AnyStep, checkParam, type Param, type ParamValues, type Step } from '../step.ts';
import { scanDecode } from '../steps/scan.ts';
import { talusBody, talusFit, talusHeight, talusPlace } from '../steps/talus.ts';
import { talusStrength } from '../steps/talus-strength.ts';

/** Steps whose parameters a case may set, as `<first word of the step>.<parameter>`: steps of one word share them. */
export const SETTABLE_STEPS: readonly AnyStep[] = [
  scanDecode,
  talusPlace,
  talusBody,
  talusHeight,
  talusFit,
  talusStrength,
];

const nameOf = (step: Pick<AnyStep, 'id'>, param: string): string => `${step.id.split('.')[0]}.${param}`;

/** Every parameter a case may set, by name. */
export const CASE_PARAMETERS: ReadonlyMap<string, Param> = new Map(
  SETTABLE_STEPS.flatMap((step) =>
    Object.entries<Param>(step.params)
      // Decided in the case itself.
      .filter(([param]) => param !== 'bodyMassKg')
      .map(([param, declared]) => [nameOf(step, param), declared] as const),
  ),
);

/** What a case of total talus replacement may name; with it a case is checked before anything is read. */
export function caseVocabulary(): CaseVocabulary {
  return {
    bones: BONE_IDS,
    processes: PROCESSES.map((p) => p.id),
    settings: SETTING_NAMES,
    rates: Object.keys(RATES),
    parameters: new Map([...CASE_PARAMETERS].map(([name, param]) => [name, (v) => checkParam(name, param, v)])),
  };
}

/** The part of a case's parameters that one step takes. */
export function paramsFor<I, P, O, E>(step: Step<I, P, O, E>, given: ParamValues = {}): Partial<P> {
  const names = Object.keys(step.params).filter((param) => Object.hasOwn(given, nameOf(step, param)));
  return Object.fromEntries(names.map((param) => [param, given[nameOf(step, param)]])) as Partial<P>;
}
