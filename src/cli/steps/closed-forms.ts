import { CLOSED_FORMS, type KnownValue } from '../../fea/index.ts';
import type { Engines, Step } from '../../plan/index.ts';

/** One problem with a known answer, solved on this machine. */
export const feaClosedForm: Step<
  Record<string, never>,
  { problem: number },
  { rows: readonly KnownValue[] },
  Engines
> = {
  id: 'fea.closed-form',
  version: 1,
  label: 'solving a known problem',
  costS: 1,
  params: {
    problem: { label: 'which', unit: '', default: 0, min: 0, max: CLOSED_FORMS.length - 1, source: 'the caller' },
  },
  handler: (_, { problem }) => ({ rows: CLOSED_FORMS[problem]() }),
};
