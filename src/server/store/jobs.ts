import { amongKinds, type Delivery, tableDelivery } from '../queue/delivery.ts';
import { artefactOf, putArtefacts, setTurn } from './cases.ts';
import { CASE_RUN, COMPUTED, COMPUTING, NOT_COMPUTED, type Turn } from './rules.ts';
import type { Row } from './sql.ts';
import type { Actor, Artefact, Job, JobBook, JobInput, JobState, NewJob } from './types.ts';
import { hashOf, newId, one, type Tx, type Writer } from './writer.ts';

export interface JobOptions {
  /** Who says what is next. Default: the table. */
  readonly delivery: Delivery;
  /** Wait before the second try; four times as long before each later one, give or take a fifth. */
  readonly backoffMs: number;
}
export const JOB_DEFAULTS: JobOptions = {
  delivery: tableDelivery,
  /** Long enough for a restart of whatever was missing, short enough for somebody who waits. */
  backoffMs: 10_000,
};
const MAX_TRIES = 3;
/** For jobs that may be tried many times. */
const LONGEST_WAIT_MS = 600_000;
/** No lease is given for longer. */
const LONGEST_LEASE_MS = 120_000;
const BOUND_MS = 60_000;
/** States from which the same request starts anew. */
const OVER: readonly JobState[] = ['failed', 'cancelled', 'quarantined'];

const jobOf = (r: Row): Job => ({
  id: String(r.id),
  key: String(r.key),
  kind: String(r.kind),
  caseId: r.case_id as string | null,
  revision: r.revision as number | null,
  input: JSON.parse(String(r.input)) as JobInput,
  state: r.state as JobState,
  attempt: Number(r.attempt),
  tries: Number(r.tries),
  maxTries: Number(r.max_tries),
  leaseUntil: Number(r.lease_until),
  worker: r.worker as string | null,
  progress: Number(r.progress),
  label: String(r.label),
  resultHash: r.result_hash as string | null,
  error: r.error === null ? null : (JSON.parse(String(r.error)) as Job['error']),
  cancelAsked: r.cancel_asked === 1,
  createdAt: Number(r.created_at),
  changedAt: Number(r.changed_at),
});

const workerOf = (job: Job): Actor => ({ id: 'worker', name: job.worker ?? '' });

/** Hash over all files of a result: path, hash and size of each, sorted by path. */
export const resultHashOf = (outputs: readonly Artefact[]): string =>
  hashOf(outputs.map(({ path, sha256, bytes }) => [path, sha256, bytes]).sort(([a], [b]) => (a < b ? -1 : 1)));

/**
 * The queue: a table of jobs with leases by the database's clock. The number of the attempt is the fence: whoever lost
 * a lease can change nothing more, so that a job's result is committed exactly once.
 */
export function createJobs({ read, write }: Writer, options: Partial<JobOptions> = {}): JobBook {
  const { backoffMs, delivery } = { ...JOB_DEFAULTS, ...options };

  return {
    async submit(job, by) {
      await delivery.prepare([job.kind]);
      return write((tx) => submit(tx, job, by, delivery));
    },

    async claim(worker, leaseMs, kinds) {
      await delivery.prepare(kinds ?? []);
      return write(async (tx) => {
        for (;;) {
          const id = (await silent(tx, kinds)) ?? (await delivery.take(tx.query, kinds));
          if (id === undefined) return undefined;
          const job = await claimOne(tx, id, worker, leaseMs);
          // Offered once and over since: the next one.
          if (!job) continue;
          if (job.cancelAsked) await end(tx, job, 'cancelled', { code: 'job.aborted', message: 'cancelled' });
          else if (job.tries > job.maxTries) {
            const message = `its worker went silent ${job.maxTries} times`;
            await end(tx, job, 'quarantined', { code: 'job.crashed', message });
          } else return job;
        }
      });
    },

    beat: ({ id, attempt }, leaseMs, progress, label) =>
      write(async ({ query, tell }) => {
        const [row] = await query(
          `update jobs set lease_until = {now} + $3, progress = coalesce($4, progress), label = coalesce($5, label),
           changed_at = {now} where id = $1 and attempt = $2 and state = 'run' returning *`,
          [id, attempt, leaseMs, progress ?? null, label ?? null],
        );
        if (!row) return 'lost';
        const job = jobOf(row);
        if (job.caseId !== null && progress !== undefined) tell({ kind: 'job', caseId: job.caseId, id });
        return job.cancelAsked ? 'cancel' : 'held';
      }),

    finish: ({ id, attempt }, outputs) =>
      write(async (tx) => {
        const [row] = await tx.query(
          `update jobs set state = 'done', progress = 1, result_hash = $3, error = null, changed_at = {now}
           where id = $1 and attempt = $2 and state = 'run' returning *`,
          [id, attempt, resultHashOf(outputs)],
        );
        if (!row) return 'lost';
        const job = jobOf(row);
        for (const { path, sha256, bytes, mediaType } of outputs)
          await tx.query(
            `insert into job_outputs (job_id, path, sha256, bytes, media_type, attempt) values ($1, $2, $3, $4, $5, $6)`,
            [id, path, sha256, bytes, mediaType, attempt],
          );
        await deliver(tx, job, outputs);
        const detail = { attempt, kind: job.kind, files: outputs.length };
        tx.audit(about(job, workerOf(job), 'job.done', detail, job.resultHash));
        return 'done';
      }),

    fail: ({ id, attempt }, error, retry) =>
      write(async (tx) => {
        const [row] = await tx.query(`select * from jobs where id = $1 and attempt = $2 and state = 'run' {locked}`, [
          id,
          attempt,
        ]);
        if (!row) return 'lost';
        const job = jobOf(row);
        if (job.cancelAsked) return end(tx, job, 'cancelled', error);
        if (!retry) return end(tx, job, 'failed', error);
        if (error.code === 'job.aborted') return giveBack(tx, job, Number(row.priority), delivery);
        if (job.tries >= job.maxTries) return end(tx, job, 'quarantined', error);
        const wait = Math.round(
          Math.min(LONGEST_WAIT_MS, backoffMs * 4 ** (job.tries - 1)) * (0.8 + 0.4 * Math.random()),
        );
        await tx.query(
          `update jobs set state = 'ready', run_at = {now} + $2, error = $3, progress = 0, changed_at = {now} where id = $1`,
          [id, wait, JSON.stringify(error)],
        );
        await delivery.offer(tx.query, { id, kind: job.kind, priority: Number(row.priority) }, wait);
        tellOf(tx, job);
        return 'ready';
      }),

    releaseWorkers: (prefix) =>
      write(async ({ query }) => {
        await query(`update jobs set lease_until = 0 where state = 'run' and substr(worker, 1, $2) = $1`, [
          prefix,
          prefix.length,
        ]);
      }),

    boundLeases: () =>
      write(async ({ query }) => {
        await query(`update jobs set lease_until = {now} + $1 where state = 'run' and lease_until > {now} + $2`, [
          BOUND_MS,
          LONGEST_LEASE_MS,
        ]);
        await query(`update jobs set run_at = {now} where state = 'ready' and run_at > {now} + $1`, [
          2 * LONGEST_WAIT_MS,
        ]);
      }),

    cancel: (id, by) =>
      write(async (tx) => {
        const job = jobOf(one(await tx.query('select * from jobs where id = $1 {locked}', [id]), 'job', id));
        if (job.state === 'run') {
          await tx.query('update jobs set cancel_asked = 1, changed_at = {now} where id = $1', [id]);
          tx.audit(about(job, by, 'job.cancel', {}));
          tellOf(tx, job);
        } else if (job.state === 'ready') {
          const error = { code: 'job.aborted', message: 'cancelled before it started' };
          await end(tx, job, 'cancelled', error, by);
        }
        const [row] = await tx.query('select * from jobs where id = $1', [id]);
        return jobOf(row);
      }),

    async job(id) {
      const [row] = await read('select * from jobs where id = $1', [id]);
      return row && jobOf(row);
    },

    async jobs({ caseId, state } = {}) {
      const rows = await read(
        `select * from jobs where (cast($1 as text) is null or case_id = $1) and (cast($2 as text) is null or state = $2)
         order by created_at desc, id`,
        [caseId ?? null, state ?? null],
      );
      return rows.map(jobOf);
    },

    outputs: async (jobId) =>
      (await read('select * from job_outputs where job_id = $1 order by path', [jobId])).map(artefactOf),
  };
}

/** A job whose worker went silent: it goes first. */
async function silent({ query }: Tx, kinds: readonly string[] | undefined): Promise<string | undefined> {
  const [row] = await query(
    `select id from jobs where state = 'run' and lease_until < {now} ${amongKinds(kinds, 1)}
     order by priority desc, run_at, id limit 1 {skip locked}`,
    kinds ?? [],
  );
  return row && String(row.id);
}

async function claimOne({ query }: Tx, id: string, worker: string, leaseMs: number): Promise<Job | undefined> {
  const [row] = await query(
    `update jobs set state = 'run', attempt = attempt + 1, tries = tries + 1, worker = $2,
     lease_until = {now} + $3, progress = 0, changed_at = {now}
     where id = $1 and (state = 'ready' or (state = 'run' and lease_until < {now})) returning *`,
    [id, worker, leaseMs],
  );
  return row && jobOf(row);
}

async function submit(tx: Tx, job: NewJob, by: Actor, delivery: Delivery): Promise<{ job: Job; created: boolean }> {
  const { query, audit } = tx;
  const id = newId();
  const input = JSON.stringify(job.input);
  const about5 = [job.caseId ?? null, job.revision ?? null, input, job.label ?? job.kind, job.priority ?? 0];
  let [row] = await query(
    `insert into jobs (id, key, kind, case_id, revision, input, label, priority, max_tries, state, attempt, tries,
       run_at, lease_until, progress, cancel_asked, created_at, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'ready', 0, 0, {now}, 0, 0, 0, {now}, {now})
     on conflict (key) do nothing returning *`,
    [id, job.key, job.kind, ...about5, job.maxTries ?? MAX_TRIES],
  );
  let created = row !== undefined;
  if (!row) {
    [row] = await query('select * from jobs where key = $1 {locked}', [job.key]);
    if (OVER.includes(row.state as JobState)) {
      created = true;
      [row] = await query(
        `update jobs set case_id = $2, revision = $3, input = $4, label = $5, priority = $6, state = 'ready', tries = 0,
         run_at = {now}, error = null, progress = 0, cancel_asked = 0, changed_at = {now} where key = $1 returning *`,
        [job.key, ...about5],
      );
    }
  }
  const found = jobOf(row);
  if (job.caseId !== undefined && job.revision !== undefined) await aim(tx, found, job.caseId, job.revision);
  if (created) {
    await delivery.offer(query, { id: found.id, kind: found.kind, priority: Number(row.priority) }, 0);
    audit(about(found, by, 'job.submit', { kind: found.kind, key: found.key }));
  }
  return { job: found, created };
}

/** Its result is to belong to this revision: later, or now where it is done already. */
async function aim(tx: Tx, job: Job, caseId: string, revision: number): Promise<void> {
  const added = await tx.query(
    `insert into job_targets (job_id, case_id, revision) values ($1, $2, $3)
     on conflict (job_id, case_id, revision) do nothing returning job_id`,
    [job.id, caseId, revision],
  );
  if (job.state !== 'done') {
    if (job.kind === CASE_RUN) await turn(tx, caseId, revision, COMPUTING);
    tx.tell({ kind: 'job', caseId, id: job.id });
  } else if (added.length > 0) {
    const rows = await tx.query('select * from job_outputs where job_id = $1 order by path', [job.id]);
    await deliverTo(tx, job, rows.map(artefactOf), caseId, revision);
  }
}

/** Its worker ends, the job is as before. */
async function giveBack(tx: Tx, job: Job, priority: number, delivery: Delivery): Promise<'ready'> {
  await tx.query(
    `update jobs set state = 'ready', tries = tries - 1, run_at = {now}, progress = 0, changed_at = {now} where id = $1`,
    [job.id],
  );
  await delivery.offer(tx.query, { id: job.id, kind: job.kind, priority }, 0);
  tellOf(tx, job);
  return 'ready';
}

/** The job's files become files of every revision that asked for it. */
async function deliver(tx: Tx, job: Job, outputs: readonly Artefact[]): Promise<void> {
  const targets = await tx.query('select case_id, revision from job_targets where job_id = $1', [job.id]);
  for (const t of targets) await deliverTo(tx, job, outputs, String(t.case_id), Number(t.revision));
}

async function deliverTo(tx: Tx, job: Job, outputs: readonly Artefact[], caseId: string, n: number): Promise<void> {
  await putArtefacts(tx.query, caseId, n, outputs);
  if (job.kind === CASE_RUN) {
    await tx.query('update revisions set result_hash = $3 where case_id = $1 and n = $2', [caseId, n, job.resultHash]);
    await turn(tx, caseId, n, COMPUTED);
  }
  tx.tell({ kind: 'job', caseId, id: job.id });
}

/** Over without a result. */
async function end<S extends 'failed' | 'quarantined' | 'cancelled'>(
  tx: Tx,
  job: Job,
  state: S,
  error: NonNullable<Job['error']>,
  by: Actor = workerOf(job),
): Promise<S> {
  await tx.query('update jobs set state = $2, error = $3, changed_at = {now} where id = $1', [
    job.id,
    state,
    JSON.stringify(error),
  ]);
  const targets = await tx.query('select case_id, revision from job_targets where job_id = $1', [job.id]);
  for (const t of targets) {
    if (job.kind === CASE_RUN) await turn(tx, String(t.case_id), Number(t.revision), NOT_COMPUTED);
    tx.tell({ kind: 'job', caseId: String(t.case_id), id: job.id });
  }
  tx.audit(about(job, by, `job.${state}`, { attempt: job.attempt, error }));
  return state;
}

/** Only where it still is about the newest revision and nobody has judged it. */
async function turn({ query }: Tx, caseId: string, revision: number, to: Turn): Promise<void> {
  const from = to === COMPUTING ? ['new', 'planning', 'review'] : ['computing', 'planning'];
  const [row] = await query('select revision, state from cases where id = $1 {locked}', [caseId]);
  if (row && Number(row.revision) === revision && from.includes(String(row.state))) await setTurn(query, caseId, to);
}

const about = (job: Job, by: Actor, action: string, detail: object, after: string | null = null) => ({
  by,
  action,
  subject: `job/${job.id}`,
  caseId: job.caseId,
  detail,
  after,
});

function tellOf({ tell }: Tx, job: Job): void {
  if (job.caseId !== null) tell({ kind: 'job', caseId: job.caseId, id: job.id });
}
