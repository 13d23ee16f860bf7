export { collectGarbage, type ScrubVerdict, scrub } from './audit/scrub.ts';
export { type AuditVerdict, verifyAudit } from './audit/verify.ts';
export { hashPassword } from './auth/passwords.ts';
export { runKind } from './jobs/kinds.ts';
export { connectLeases } from './queue/remote.ts';
export { startWorker, type Worker } from './queue/worker.ts';
export { type Running, type StartOptions, startServer } from './start/start.ts';
export { openStores, openStoresToRead, type StoreSettings, type Stores, settingsFrom } from './store/open.ts';
export type {
  Actor,
  Artefact,
  AuditRow,
  Case,
  CaseState,
  CaseStore,
  Comment,
  Job,
  JobState,
  Leases,
  ObjectStore,
  Review,
  Revision,
  Role,
  User,
} from './store/types.ts';
