import { OsteonError } from './errors.ts';

/** Handed to every long function. Cheap enough (tens of nanoseconds) to call once per slice or per thousand triangles. */
export interface Job {
  /** Report progress in [0, 1]; throws `job.aborted` if the caller has cancelled. */
  at(fraction: number): void;
  /** A child job that fills [from, to] of this one. */
  part(from: number, to: number): Job;
}

export interface JobOptions {
  readonly onProgress?: (fraction: number) => void;
  /** Shared flag: any value but 0 in its first element cancels. Works across workers. */
  readonly cancel?: Int32Array;
}

/** Progress never goes back, whatever order the parts report in. */
export function createJob({ onProgress, cancel }: JobOptions = {}): Job {
  let last = 0;
  const make = (from: number, to: number): Job => ({
    at(fraction) {
      if (cancel && Atomics.load(cancel, 0) !== 0) throw new OsteonError('job.aborted');
      const f = from + (to - from) * Math.min(1, Math.max(0, fraction));
      if (f > last) {
        last = f;
        onProgress?.(f);
      }
    },
    part: (a, b) => make(from + (to - from) * a, from + (to - from) * b),
  });
  return make(0, 1);
}

export const NO_JOB: Job = createJob();
