import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { errorFromWire, OsteonError, type WireError } from '../../base/index.ts';
import type { Task, TaskResult } from '../../plan/index.ts';

/** What goes to a worker and what comes back. Bytes are in shared memory: they are passed, not copied. */
export interface Order {
  readonly task: Task;
}
export type Reply =
  | { readonly result: TaskResult }
  | { readonly refused: WireError }
  | { readonly fault: { readonly message: string; readonly stack: string } };
/** Given to each worker when it starts. `flags[0]` cancels; `flags[slot]` is its progress in millionths. */
export interface WorkerSetup {
  readonly flags: Int32Array;
  readonly slot: number;
}

export interface PoolOptions {
  /** Threads; default: as many as the machine has cores. Changes the time, never the result. */
  readonly workers?: number;
  /** The bundled worker (see worker.ts). */
  readonly url: URL;
}

export interface Pool {
  run(task: Task): Promise<TaskResult>;
  /** What runs now, and how far each is. */
  running(): readonly { readonly step: string; readonly label: string; readonly fraction: number }[];
  /** Raises the shared flag: every running step ends with `job.aborted` at its next report of progress. */
  cancel(): void;
  /** Ends the threads at once; what still runs ends with `job.aborted`. */
  close(): Promise<void>;
}

interface Seat {
  readonly slot: number;
  worker: Worker | undefined;
  task: Task | undefined;
  settle: { resolve(r: TaskResult): void; reject(e: unknown): void } | undefined;
}

/** Threads that run steps. A thread that dies fails its own step with a code and is replaced for the next. */
export function createPool({ url, workers = availableParallelism() }: PoolOptions): Pool {
  const flags = new Int32Array(new SharedArrayBuffer(4 * (workers + 1)));
  const seats = Array.from(
    { length: workers },
    (_, i): Seat => ({ slot: i + 1, worker: undefined, task: undefined, settle: undefined }),
  );
  const waiting: { task: Task; settle: NonNullable<Seat['settle']> }[] = [];

  function end(seat: Seat, act: (settle: NonNullable<Seat['settle']>) => void): void {
    const { settle } = seat;
    seat.settle = undefined;
    seat.task = undefined;
    seat.worker?.unref();
    if (settle) act(settle);
    next();
  }

  function hire(seat: Seat): Worker {
    const setup: WorkerSetup = { flags, slot: seat.slot };
    const worker = new Worker(url, { workerData: setup });
    const lost = (reason: string) => {
      if (seat.worker !== worker) return;
      seat.worker = undefined;
      const facts = { step: seat.task?.step ?? 'none', reason };
      end(seat, (settle) =>
        settle.reject(new OsteonError('job.crashed', facts, 'If memory ran out, use fewer --workers')),
      );
    };
    worker.on('message', (reply: Reply) =>
      end(seat, (settle) => {
        if ('result' in reply) settle.resolve(reply.result);
        else if ('refused' in reply) settle.reject(errorFromWire(reply.refused));
        else settle.reject(Object.assign(new Error(reply.fault.message), { stack: reply.fault.stack }));
      }),
    );
    worker.on('error', (e: NodeJS.ErrnoException) => lost(e.code ?? e.message));
    worker.on('exit', (code) => lost(`exit ${code}`));
    return worker;
  }

  function next(): void {
    for (const seat of seats) {
      if (seat.settle) continue;
      if (waiting.length === 0) return;
      const urgent = waiting.findIndex(({ task }) => task.first);
      const [job] = waiting.splice(Math.max(0, urgent), 1);
      seat.task = job.task;
      seat.settle = job.settle;
      Atomics.store(flags, seat.slot, 0);
      seat.worker ??= hire(seat);
      seat.worker.ref();
      seat.worker.postMessage({ task: job.task } satisfies Order);
    }
  }

  return {
    run: (task) =>
      new Promise((resolve, reject) => {
        if (Atomics.load(flags, 0) !== 0) return reject(new OsteonError('job.aborted'));
        waiting.push({ task, settle: { resolve, reject } });
        next();
      }),
    running: () =>
      seats.flatMap(({ task, slot }) =>
        task ? [{ step: task.step, label: task.label, fraction: Atomics.load(flags, slot) / 1e6 }] : [],
      ),
    cancel() {
      Atomics.store(flags, 0, 1);
      for (const { settle } of waiting.splice(0)) settle.reject(new OsteonError('job.aborted'));
    },
    async close() {
      const staff = seats.map((seat) => seat.worker);
      for (const seat of seats) seat.worker = undefined;
      const left = [...waiting.splice(0), ...seats].map(({ settle }) => settle);
      for (const seat of seats) seat.settle = undefined;
      for (const settle of left) settle?.reject(new OsteonError('job.aborted'));
      await Promise.all(staff.map((worker) => worker?.terminate()));
    },
  };
}
