import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { OsteonError } from '../../base/index.ts';
import { sweepSpool } from '../store/spool.ts';
import type { Artefact, Job, Leases, WorkerObjects } from '../store/types.ts';
import { runChild } from './child.ts';
import { gather, jobFolder, layOut } from './job-folder.ts';
import { type JobKind, type Outcome, outcomeOf } from './kinds.ts';

export interface WorkerTimes {
  /** A worker that is silent this long is replaced. */
  readonly leaseMs: number;
  readonly beatMs: number;
  /** How often an idle worker looks. */
  readonly pollMs: number;
}
export const WORKER_TIMES: WorkerTimes = {
  /** With the beat: a dead worker is found within 75 s. */
  leaseMs: 60_000,
  /** Three beats may get lost. */
  beatMs: 15_000,
  pollMs: 1000,
};
/** A person who watches sees the bar move; the database is not written more often. */
const PROGRESS_MS = 500;

export interface WorkerOptions {
  readonly leases: Leases;
  readonly objects: WorkerObjects;
  readonly kinds: readonly JobKind[];
  /** For the folders of running jobs. */
  readonly work: string;
  readonly name?: string;
  readonly times?: Partial<WorkerTimes>;
  /** Calls when there may be work before the next look. Returns how to stop it. */
  readonly wake?: (listener: () => void) => () => void;
  /** Told about what a worker cannot report to the queue. */
  readonly onFault?: (error: unknown, job: Job | undefined) => void;
}

export interface Worker {
  /** Ends after the job it holds, or with `now` at once: the job goes back to the queue. */
  stop(now?: boolean): Promise<void>;
}

/**
 * Takes jobs one after the other. The step runs in a child process; this process holds the lease and beats. It stops a
 * child whose job was cancelled, whose lease was lost, or which could not be beaten for as long as a lease lasts.
 */
export function startWorker(options: WorkerOptions): Worker {
  const times = { ...WORKER_TIMES, ...options.times };
  const name = options.name ?? `${hostname()}/${process.pid}`;
  const kinds = new Map(options.kinds.map((kind) => [kind.name, kind]));
  const stopping = new AbortController();
  const stopNow = new AbortController();
  const idle = createIdle(options.wake, stopping.signal);

  async function loop(): Promise<void> {
    await sweepSpool(options.work);
    while (!stopping.signal.aborted) {
      let job: Job | undefined;
      try {
        job = await options.leases.claim(name, times.leaseMs, [...kinds.keys()]);
        if (job) await work(job, kinds.get(job.kind)!);
      } catch (e) {
        // The database or the object store is away: the lease runs out, and the job is taken up again.
        options.onFault?.(e, job);
        job = undefined;
      }
      if (!job) await idle.wait(times.pollMs);
    }
  }

  async function work(job: Job, kind: JobKind): Promise<void> {
    const hold = holdLease(options.leases, job, times, stopNow.signal);
    const folder = jobFolder(options.work, job);
    try {
      const { outputs, outcome } = await make(job, kind, folder, hold);
      if (hold.state() === 'lost') return;
      if (outcome.error) await hold.insist(() => options.leases.fail(job, outcome.error!, outcome.retry));
      else await hold.insist(() => options.leases.finish(job, outputs));
    } finally {
      hold.end();
      await rm(folder, { recursive: true, force: true });
    }
  }

  async function make(
    job: Job,
    kind: JobKind,
    folder: string,
    hold: ReturnType<typeof holdLease>,
  ): Promise<{ outputs: Artefact[]; outcome: Outcome }> {
    let outcome: Outcome = { retry: true, error: { code: 'job.aborted', message: 'it did not start' } };
    try {
      await layOut(folder, job, options.objects);
      await kind.before?.(job, folder);
      try {
        const { signal } = hold;
        const onProgress = hold.progress;
        const command = kind.command(job, folder);
        outcome = outcomeOf(await runChild(command, { folder, timeoutMs: kind.timeoutMs, onProgress, signal }));
        if (outcome.error || hold.state() === 'lost') return { outputs: [], outcome };
        return { outputs: await gather(folder, kind.outputs, options.objects), outcome };
      } finally {
        await kind.after?.(job, folder, outcome);
      }
    } catch (e) {
      const { code = 'job.failed', message = String(e) } = e as OsteonError;
      // What is damaged, absent or not allowed stays so; space and connections come back.
      const retry = !(e instanceof OsteonError) || ['store.full', 'store.unavailable'].includes(code);
      return { outputs: [], outcome: { retry, error: { code, message: message.slice(0, 500) } } };
    }
  }

  const ended = loop();
  return {
    async stop(now = false) {
      stopping.abort();
      if (now) stopNow.abort();
      await ended;
    },
  };
}

/** Beats while a job is worked on, and says when to stop. */
function holdLease(leases: Leases, job: Job, times: WorkerTimes, stopNow: AbortSignal) {
  const stop = new AbortController();
  let state: 'held' | 'cancel' | 'lost' = 'held';
  let heldAt = performance.now();
  let news: { progress: number; label: string | undefined } | undefined;
  let beatAt = heldAt;
  let beating: Promise<void> | undefined;
  let over = false;

  async function beat(): Promise<void> {
    const asked = performance.now();
    const told = news;
    news = undefined;
    beatAt = asked;
    try {
      const answer = await leases.beat(job, times.leaseMs, told?.progress, told?.label);
      if (answer !== 'lost') heldAt = asked;
      if (answer !== 'held') end(answer);
    } catch {
      if (performance.now() - heldAt > times.leaseMs) end('lost');
    }
  }
  function end(how: 'cancel' | 'lost'): void {
    state = how;
    stop.abort();
  }
  const timer = setInterval(() => {
    const since = performance.now() - beatAt;
    if (over || beating || (since < times.beatMs && !(news && since >= PROGRESS_MS))) return;
    beating = beat().finally(() => {
      beating = undefined;
    });
  }, Math.min(times.beatMs, PROGRESS_MS) / 2);
  const onStop = () => stop.abort();
  if (stopNow.aborted) onStop();
  stopNow.addEventListener('abort', onStop);

  return {
    signal: stop.signal,
    state: () => state,
    progress(progress: number, label: string | undefined) {
      news = { progress, label };
    },
    /** The last word is said again while the store is away, as long as the lease may last. */
    async insist<T>(act: () => Promise<T>): Promise<T> {
      for (;;) {
        try {
          return await act();
        } catch (e) {
          const away = e instanceof OsteonError && ['store.unavailable', 'store.full'].includes(e.code);
          if (!away || performance.now() - heldAt > times.leaseMs) throw e;
          await new Promise((done) => setTimeout(done, Math.min(1000, times.beatMs)));
        }
      }
    },
    end() {
      over = true;
      clearInterval(timer);
      stopNow.removeEventListener('abort', onStop);
    },
  };
}

/** Waits for a time, a call or the end, whichever comes first. */
function createIdle(wake: WorkerOptions['wake'], stopping: AbortSignal) {
  let ring: (() => void) | undefined;
  const unwatch = wake?.(() => ring?.());
  stopping.addEventListener('abort', () => {
    unwatch?.();
    ring?.();
  });
  return {
    wait: (ms: number) =>
      new Promise<void>((resolve) => {
        if (stopping.aborted) return resolve();
        const timer = setTimeout(resolve, ms);
        ring = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}
