import type { CaseState, Role } from './types.ts';

/** Where a case stands and whose turn it is. */
export interface Turn {
  readonly state: CaseState;
  readonly waitingFor: Role | null;
}

/** The kind of job that computes a whole case; others leave its state alone. */
export const CASE_RUN = 'run';

export const NEW_CASE: Turn = { state: 'new', waitingFor: 'engineer' };
export const AFTER_COMMIT: Turn = { state: 'planning', waitingFor: 'engineer' };
/** Waits for a machine, not for a person. */
export const COMPUTING: Turn = { state: 'computing', waitingFor: null };
export const COMPUTED: Turn = { state: 'review', waitingFor: 'surgeon' };
export const NOT_COMPUTED: Turn = { state: 'planning', waitingFor: 'engineer' };
export const AFTER_REVIEW: Readonly<Record<'approve' | 'reject', Turn>> = {
  approve: { state: 'approved', waitingFor: null },
  reject: { state: 'rejected', waitingFor: 'engineer' },
};
