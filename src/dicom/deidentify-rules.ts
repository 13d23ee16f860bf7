import { BASIC_PROFILE, MODIFIED_DATES, NEEDED, PATIENT_CHARACTERISTICS } from './confidentiality.ts';

/** `words`: only the known words of a text stay. `code`: what stands for the patient. */
export type Action = 'keep' | 'empty' | 'dummy' | 'uid' | 'shift' | 'words' | 'code';
export interface Rule {
  readonly vr: string;
  readonly action: Action;
}
export type Rules = ReadonlyMap<number, Rule>;

export const PATIENT_NAME = 0x0010_0010;
export const PATIENT_ID = 0x0010_0020;
/** Free text of which the known words stay: study, series and protocol. */
const WORDED = [0x0008_1030, 0x0008_103e, 0x0018_1030];

/** Everything that is not removed, and how it is treated. */
export function makeRules(keepCharacteristics: boolean): Rules {
  const rules = new Map<number, Rule>();
  const entries = (list: string) => list.trim().split(/\s+/);
  const put = (list: string, action: Action) => {
    for (const e of entries(list)) rules.set(Number.parseInt(e.slice(0, 8), 16), { vr: e.slice(8), action });
  };
  const redo = (tag: number, vr: string, action: Action) => rules.set(tag, { vr: rules.get(tag)?.vr ?? vr, action });
  put(NEEDED, 'keep');
  put(BASIC_PROFILE.U, 'uid');
  for (const k of ['Z', 'X/Z'] as const) put(BASIC_PROFILE[k], 'empty');
  for (const k of ['D', 'X/D', 'X/Z/D', 'Z/D'] as const) put(BASIC_PROFILE[k], 'dummy');
  const shifted = new Set(entries(MODIFIED_DATES).map((e) => Number.parseInt(e, 16)));
  for (const list of Object.values(BASIC_PROFILE))
    for (const e of entries(list)) {
      const tag = Number.parseInt(e.slice(0, 8), 16);
      // The day of birth is not a date of the study.
      if (shifted.has(tag) && ['DA', 'DT', 'TM'].includes(e.slice(8)) && tag !== 0x0010_0030)
        rules.set(tag, { vr: e.slice(8), action: 'shift' });
    }
  for (const tag of WORDED) redo(tag, 'LO', 'words');
  redo(PATIENT_NAME, 'PN', 'code');
  redo(PATIENT_ID, 'LO', 'code');
  if (keepCharacteristics) for (const [tag, vr] of PATIENT_CHARACTERISTICS) rules.set(tag, { vr, action: 'keep' });
  return rules;
}
