export { hashPassword } from './auth/passwords.ts';
export { type Running, type StartOptions, startServer } from './start/start.ts';
export { openStores, type StoreSettings, type Stores, settingsFrom } from './store/open.ts';
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
