import type { Archive } from '../platform/node/index.ts';
import type { OneTime } from './auth/tokens.ts';
import type { Door } from './intake/door.ts';
import type { CaseStore, ObjectStore } from './store/types.ts';

/** `local`: one person on this machine, let in by a link. `server`: people with names, passwords and roles. */
export type Mode = 'local' | 'server';

/** What the interface is served from. */
export interface Services {
  readonly mode: Mode;
  readonly version: string;
  readonly store: CaseStore;
  readonly objects: ObjectStore;
  /** Uploads that still have a patient in them, and who is who. */
  readonly door: Door;
  /** Archives of the settings, by name. */
  readonly archives: Readonly<Record<string, Archive>>;
  readonly now: () => number;
  /** Lets the local user in once. */
  readonly link?: OneTime;
  /** Told about answers that should not happen; never about what was asked. */
  readonly onFault: (error: unknown, route: string) => void;
}
