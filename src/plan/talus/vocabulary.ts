import { PROCESSES, RATES, SETTING_NAMES } from '../../make/index.ts';
import { BONE_IDS } from '../../segment/index.ts';
import type { TalusVocabulary } from '../case/talus.ts';
import { checksOf, settable } from '../settable.ts';
import type { AnyStep, Param } from '../step.ts';
import { scanDecode } from '../steps/scan.ts';
import { talusBody, talusFit, talusHeight, talusPlace } from '../steps/talus.ts';
import { talusStrength } from '../steps/talus-strength.ts';

/** Steps whose parameters a case may set. */
export const SETTABLE_STEPS: readonly AnyStep[] = [
  scanDecode,
  talusPlace,
  talusBody,
  talusHeight,
  talusFit,
  talusStrength,
];

/** Every parameter a case may set, by name; the mass of the body is decided in the case itself. */
export const CASE_PARAMETERS: ReadonlyMap<string, Param> = settable(SETTABLE_STEPS, ['strength.bodyMassKg']);

/** What a case of total talus replacement may name; with it a case is checked before anything is read. */
export function talusVocabulary(): TalusVocabulary {
  return {
    bones: BONE_IDS,
    processes: PROCESSES.map((p) => p.id),
    settings: SETTING_NAMES,
    rates: Object.keys(RATES),
    parameters: checksOf(CASE_PARAMETERS),
  };
}
