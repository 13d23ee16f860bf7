import type { Answer, Ask, JobName, Question, Told } from './jobs.ts';

export class WorkError extends Error {
  readonly code: string;
  readonly hint: string;
  constructor({ code, message, hint }: { code: string; message: string; hint: string }) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

export interface Work<T> {
  readonly answer: Promise<T>;
  cancel(): void;
}

/** Page and worker see the same bytes where the browser lets them. */
export const SHARED: boolean = typeof crossOriginIsolated !== 'undefined' && crossOriginIsolated;

export const sharedBytes = (n: number): ArrayBuffer | SharedArrayBuffer =>
  SHARED ? new SharedArrayBuffer(n) : new ArrayBuffer(n);

/** The kernel beside the page: one question after the other, progress and cancel for each. */
export class KernelWorker {
  private readonly worker: Worker;
  private readonly open = new Map<
    number,
    { done(answer: unknown): void; fail(e: Error): void; progress?: ((f: number) => void) | undefined }
  >();
  private next = 1;

  constructor(url = '/work.js') {
    this.worker = new Worker(url, { type: 'module' });
    this.worker.onmessage = ({ data }: MessageEvent<Told>) => {
      const asked = this.open.get(data.id);
      if (!asked) return;
      if ('progress' in data) asked.progress?.(data.progress);
      else {
        this.open.delete(data.id);
        if ('error' in data) asked.fail(new WorkError(data.error));
        else asked.done(data.answer);
      }
    };
    this.worker.onerror = (e) => {
      for (const { fail } of this.open.values())
        fail(new WorkError({ code: 'job.crashed', message: e.message, hint: 'Load the page again' }));
      this.open.clear();
    };
  }

  ask<J extends JobName>(job: J, question: Question<J>, onProgress?: (fraction: number) => void): Work<Answer<J>> {
    const id = this.next++;
    const cancel = SHARED ? new Int32Array(new SharedArrayBuffer(4)) : undefined;
    const answer = new Promise<Answer<J>>((done, fail) => {
      this.open.set(id, { done: done as (a: unknown) => void, fail, progress: onProgress });
    });
    this.worker.postMessage({ id, job, question, ...(cancel && { cancel }) } satisfies Ask);
    return {
      answer,
      cancel: () => {
        if (cancel) Atomics.store(cancel, 0, 1);
        const asked = this.open.get(id);
        this.open.delete(id);
        asked?.fail(new WorkError({ code: 'job.aborted', message: 'the work was cancelled', hint: '' }));
      },
    };
  }

  close(): void {
    this.worker.terminate();
  }
}
