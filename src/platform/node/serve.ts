import { parentPort, workerData } from 'node:worker_threads';
import { createJob, errorToWire, OsteonError } from '../../base/index.ts';
import { execute, type StepTable } from '../../plan/index.ts';
import { sha256 } from './files.ts';
import type { Order, Reply, WorkerSetup } from './pool.ts';

/** Turns the current thread into a worker of a pool: runs the tasks it is sent, one after the other. */
export function serve(table: StepTable, engines: unknown): void {
  const { flags, slot } = workerData as WorkerSetup;
  parentPort?.on('message', async ({ task }: Order) => {
    const onProgress = (fraction: number) => void Atomics.store(flags, slot, Math.round(fraction * 1e6));
    let reply: Reply;
    try {
      const job = createJob({ cancel: flags, onProgress });
      reply = { result: await execute(table, task, { job, engines }, sha256) };
    } catch (e) {
      if (e instanceof OsteonError) reply = { refused: errorToWire(e) };
      else reply = { fault: { message: String((e as Error)?.message ?? e), stack: String((e as Error)?.stack ?? '') } };
    }
    parentPort?.postMessage(reply);
  });
}
