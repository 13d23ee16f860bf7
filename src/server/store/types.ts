/**
 * What the case server keeps, as plain data, and how it is asked for. Two stores keep it with the same code and the same
 * contract tests: SQLite (one process) and PostgreSQL (many). Times are milliseconds since 1970 by the database's clock;
 * ids are 128 random bits in hex; hashes are SHA-256 in lower-case hex.
 */

export type { ObjectStore, WorkerObjects } from './object-store.ts';

export type Role = 'surgeon' | 'engineer' | 'quality' | 'admin';
export const ROLES: readonly Role[] = ['surgeon', 'engineer', 'quality', 'admin'];

/** Who does something; written into the audit trail. Never a patient. */
export interface Actor {
  readonly id: string;
  readonly name: string;
}

export interface User {
  readonly id: string;
  /** What is typed at sign-in; unique. */
  readonly name: string;
  readonly roles: readonly Role[];
  readonly active: boolean;
  readonly createdAt: number;
}

export interface NewUser {
  readonly name: string;
  readonly roles: readonly Role[];
  /** A finished hash (argon2id) or the empty text for a user who cannot sign in with a password. */
  readonly passwordHash: string;
}

export interface Login {
  readonly user: User;
  readonly passwordHash: string;
  /** Wrong passwords since the last good one. */
  readonly failures: number;
  /** No sign-in before this time; 0 when open. */
  readonly lockedUntil: number;
}

export interface Session {
  /** SHA-256 of the token in the cookie; the token itself is not stored. */
  readonly tokenHash: string;
  readonly userId: string;
  readonly csrf: string;
  readonly createdAt: number;
  readonly seenAt: number;
  readonly expiresAt: number;
}

export interface UserStore {
  /** @throws store.conflict where the name is taken */
  createUser(user: NewUser, by: Actor): Promise<User>;
  user(id: string): Promise<User | undefined>;
  users(): Promise<User[]>;
  login(name: string): Promise<Login | undefined>;
  /** Taking a role away or closing an account ends the user's sessions. @throws store.not-found */
  changeUser(
    id: string,
    change: { readonly roles?: readonly Role[]; readonly active?: boolean; readonly passwordHash?: string },
    by: Actor,
  ): Promise<User>;
  /** Counts one wrong password; from the `limit`-th on the account is closed for `lockMs`. Safe when called at once. */
  countFailure(userId: string, limit: number, lockMs: number): Promise<{ failures: number; lockedUntil: number }>;
  clearFailures(userId: string): Promise<void>;

  addSession(session: {
    readonly tokenHash: string;
    readonly userId: string;
    readonly csrf: string;
    readonly ttlMs: number;
  }): Promise<Session>;
  /** The session and its user; nothing where it is over, unknown, or the user is not active. */
  session(tokenHash: string): Promise<{ session: Session; user: User } | undefined>;
  /** It was used: lives `ttlMs` from now on. */
  touchSession(tokenHash: string, ttlMs: number): Promise<void>;
  endSession(tokenHash: string): Promise<void>;
  endSessionsOf(userId: string): Promise<void>;
}

export type CaseState = 'new' | 'planning' | 'computing' | 'review' | 'approved' | 'rejected';

export interface Case {
  readonly id: string;
  /** A code for people. Never a patient's name. */
  readonly label: string;
  readonly procedure: string;
  readonly state: CaseState;
  /** The role whose turn it is. */
  readonly waitingFor: Role | null;
  /** User id. */
  readonly owner: string;
  /** User ids of those who may see and change it beside the owner. */
  readonly members: readonly string[];
  /** Number of the newest revision; 0 before the first document. */
  readonly revision: number;
  readonly createdAt: number;
  readonly changedAt: number;
}

export interface NewCase {
  readonly label: string;
  readonly procedure: string;
  readonly members?: readonly string[];
}

export interface CaseChange {
  readonly label?: string;
  readonly procedure?: string;
  readonly members?: readonly string[];
  readonly state?: CaseState;
  readonly waitingFor?: Role | null;
}

/** One state of a case. Append-only: undo is a new revision with an older document. */
export interface Revision {
  readonly caseId: string;
  readonly n: number;
  readonly documentSha256: string;
  readonly editsSha256: string | null;
  readonly author: string;
  readonly authorName: string;
  readonly at: number;
  readonly message: string;
  /** What was done, as data: replayable, shown as "copy as command". */
  readonly command: unknown;
  /** Hash of everything computed from it, once computed. */
  readonly resultHash: string | null;
}

export interface NewRevision {
  /** Number of the revision the author saw. @see CaseStore.commit */
  readonly ifRevision: number;
  readonly documentSha256: string;
  readonly editsSha256?: string | null;
  readonly message: string;
  readonly command: unknown;
}

/** A file of a revision: put in (scan, edits) or computed (labels, meshes, report). The bytes lie in the object store. */
export interface Artefact {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly mediaType: string;
}

export type Pin =
  | { readonly point: readonly [number, number, number] }
  | { readonly plane: 'axial' | 'sagittal' | 'coronal'; readonly index: number };

export interface Comment {
  readonly id: string;
  readonly caseId: string;
  readonly revision: number;
  readonly author: string;
  readonly authorName: string;
  readonly at: number;
  readonly text: string;
  readonly pin: Pin | null;
  readonly resolved: boolean;
}

export interface Review {
  readonly id: string;
  readonly caseId: string;
  readonly revision: number;
  /** Hash of everything that was seen. */
  readonly contentSha256: string;
  readonly author: string;
  readonly authorName: string;
  readonly role: Role;
  readonly meaning: 'approve' | 'reject';
  readonly note: string;
  readonly at: number;
  /** The later revision that made it void, if any. */
  readonly voidedBy: number | null;
}

export interface Share {
  readonly tokenHash: string;
  readonly caseId: string;
  readonly readOnly: boolean;
  readonly createdBy: string;
  readonly expiresAt: number;
}

export interface CaseBook {
  /** The actor becomes its owner. */
  createCase(made: NewCase, by: Actor): Promise<Case>;
  case(id: string): Promise<Case | undefined>;
  /** Newest change first; with `visibleTo` only those the user owns or is a member of. */
  cases(filter?: { readonly visibleTo?: string }): Promise<Case[]>;
  /** @throws store.not-found */
  changeCase(id: string, change: CaseChange, by: Actor): Promise<Case>;

  /**
   * The one way a case's document changes: adds revision `ifRevision + 1`, makes open approvals void, sets the case back
   * to `planning`. Artefacts of the revision before whose path starts with one of `keep` are carried over.
   * @throws store.conflict (facts: ifRevision, revision, changedBy) where somebody was faster, store.not-found
   */
  commit(
    caseId: string,
    made: NewRevision,
    by: Actor,
    keep?: readonly string[],
  ): Promise<{ case: Case; revision: Revision; voided: Review[] }>;
  revision(caseId: string, n: number): Promise<Revision | undefined>;
  /** Oldest first; with `after` only those with a higher number. */
  revisions(caseId: string, after?: number): Promise<Revision[]>;

  /** Adds files to a revision, or replaces those of the same path. Put the bytes into the object store first. */
  addArtefacts(caseId: string, revision: number, files: readonly Artefact[], by: Actor): Promise<void>;
  /** Sorted by path. */
  artefacts(caseId: string, revision: number): Promise<Artefact[]>;
  /** Whether any revision of the case has an object of this hash, as an artefact, a document or edits. */
  caseHasObject(caseId: string, sha256: string): Promise<Artefact | undefined>;

  addComment(
    caseId: string,
    comment: { readonly revision: number; readonly text: string; readonly pin: Pin | null },
    by: Actor,
  ): Promise<Comment>;
  comments(caseId: string): Promise<Comment[]>;
  resolveComment(caseId: string, id: string, resolved: boolean, by: Actor): Promise<Comment>;

  /** Only on the newest revision. Sets the case to `approved` or `rejected`. @throws store.conflict where it is not the newest */
  addReview(
    caseId: string,
    review: {
      readonly revision: number;
      readonly contentSha256: string;
      readonly role: Role;
      readonly meaning: 'approve' | 'reject';
      readonly note: string;
    },
    by: Actor,
  ): Promise<Review>;
  reviews(caseId: string): Promise<Review[]>;

  addShare(
    share: { readonly tokenHash: string; readonly caseId: string; readonly readOnly: boolean; readonly ttlMs: number },
    by: Actor,
  ): Promise<Share>;
  /** Nothing where it is over or taken back. */
  share(tokenHash: string): Promise<Share | undefined>;
  shares(caseId: string): Promise<Share[]>;
  endShare(tokenHash: string, by: Actor): Promise<void>;
}

export type JobState = 'ready' | 'run' | 'done' | 'failed' | 'cancelled' | 'quarantined';

export interface Job {
  readonly id: string;
  /** Hash of what is computed from what: the same request is the same job. */
  readonly key: string;
  /** Which program does it; a name of the worker's table, never a command. */
  readonly kind: string;
  readonly caseId: string | null;
  readonly revision: number | null;
  /** Files it needs and settings, as data. */
  readonly input: JobInput;
  readonly state: JobState;
  /** The fence: raised at every claim, never lowered. */
  readonly attempt: number;
  /** Claims since it was asked for, which the retry limit counts. */
  readonly tries: number;
  readonly maxTries: number;
  readonly leaseUntil: number;
  readonly worker: string | null;
  /** In [0, 1]. */
  readonly progress: number;
  /** What it is doing, for people. */
  readonly label: string;
  /** Once done: hash over all outputs. */
  readonly resultHash: string | null;
  /** Why the last try failed. */
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly cancelAsked: boolean;
  readonly createdAt: number;
  readonly changedAt: number;
}

export interface JobInput {
  /** Laid out in the job's folder before it starts. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  readonly params: Readonly<Record<string, unknown>>;
}

export interface NewJob {
  readonly key: string;
  readonly kind: string;
  readonly caseId?: string;
  readonly revision?: number;
  readonly input: JobInput;
  readonly label?: string;
  /** Higher goes first; default 0. */
  readonly priority?: number;
  /** Default 3. */
  readonly maxTries?: number;
}

/** Which claim of a job: all a worker needs to show that it still holds it. */
export interface Lease {
  readonly id: string;
  readonly attempt: number;
}

/** What a worker may do. Every call but `claim` is fenced: a lease that was lost changes nothing and says `lost`. */
export interface Leases {
  /** The next job that is ready or whose worker went silent, now leased to `worker`; nothing where there is none. */
  claim(worker: string, leaseMs: number, kinds?: readonly string[]): Promise<Job | undefined>;
  /** `lost`: stop at once. `cancel`: somebody asked to stop. */
  beat(lease: Lease, leaseMs: number, progress?: number, label?: string): Promise<'held' | 'cancel' | 'lost'>;
  /** Outputs are in the object store already. One transaction: job done, artefacts of its revision, audit row. */
  finish(lease: Lease, outputs: readonly Artefact[]): Promise<'done' | 'lost'>;
  /**
   * `retry` false: no use in trying again. After `maxTries` a job goes to `quarantined` with its inputs kept. With
   * `job.aborted` and `retry` it is given back: at once, and the try does not count.
   */
  fail(
    lease: Lease,
    error: { readonly code: string; readonly message: string },
    retry: boolean,
  ): Promise<'ready' | 'failed' | 'quarantined' | 'cancelled' | 'lost'>;
}

export interface JobBook extends Leases {
  /**
   * Asks for a job. The same key gives the same job, whatever its state; one that failed, was cancelled or quarantined
   * starts anew. `created` is true for the one call that caused a run.
   */
  submit(job: NewJob, by: Actor): Promise<{ job: Job; created: boolean }>;
  job(id: string): Promise<Job | undefined>;
  /** Newest first. */
  jobs(filter?: { readonly caseId?: string; readonly state?: JobState }): Promise<Job[]>;
  /** Files of a job that is done, sorted by path. */
  outputs(jobId: string): Promise<Artefact[]>;
  /** Workers whose name starts so are known to be gone: their jobs can be claimed at once. */
  releaseWorkers(prefix: string): Promise<void>;
  /** Leases further ahead than any is given, because the clock was set back, end within a minute unless renewed. */
  boundLeases(): Promise<void>;
  /** A waiting job is cancelled at once, a running one at its worker's next beat. @throws store.not-found */
  cancel(id: string, by: Actor): Promise<Job>;
}

export interface AuditRow {
  /** Without gaps, from 1. */
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
  readonly actorName: string;
  readonly action: string;
  /** What it was done to, as `kind/id`. */
  readonly subject: string;
  /** Case it belongs to, for showing it. */
  readonly caseId: string | null;
  /** JSON text, as stored. */
  readonly detail: string;
  /** Hash of the subject's state before and after, where it has one. */
  readonly before: string | null;
  readonly after: string | null;
  readonly prevHash: string;
  readonly hash: string;
}

export interface AuditBook {
  /** For what is not a change of the tables (sign-in, download, export): changes write their own rows. */
  audit(
    event: { readonly action: string; readonly subject: string; readonly caseId?: string; readonly detail?: object },
    by: Actor,
  ): Promise<void>;
  /** When something was last done; 0 where never. */
  lastAudit(action: string): Promise<number>;
  /** Number and hash of the last row. */
  auditHead(): Promise<{ readonly seq: number; readonly hash: string }>;
  /** Oldest first. */
  auditRows(filter?: {
    readonly after?: number;
    readonly limit?: number;
    readonly caseId?: string;
  }): Promise<AuditRow[]>;
}

/** Something changed; sent after the commit. Delivered at least once while connected, so ask the store what is true. */
export interface StoreEvent {
  readonly kind: 'case' | 'revision' | 'comment' | 'review' | 'job';
  readonly caseId: string;
  /** Number of the revision, or id of the job, comment or review. */
  readonly id: string;
}

export interface CaseStore extends UserStore, CaseBook, JobBook, AuditBook {
  readonly kind: 'sqlite' | 'postgres';
  /** Milliseconds since 1970 by the database's clock. */
  now(): Promise<number>;
  /** Every object that something still names: what garbage collection must keep. */
  references(): Promise<Set<string>>;
  /** Returns how to stop listening. */
  watch(listener: (event: StoreEvent) => void): () => void;
  close(): Promise<void>;
}
