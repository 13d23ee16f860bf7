import { createJob, OsteonError } from '../../src/base/index.ts';
import { HANDLERS } from './handlers.ts';
import type { Ask, Told } from './jobs.ts';

interface WorkerScope {
  onmessage: ((e: MessageEvent<Ask>) => void) | null;
  postMessage(message: Told, transfer?: Transferable[]): void;
}
const scope = self as unknown as WorkerScope;

scope.onmessage = ({ data: { id, job: name, question, cancel } }) => {
  const job = createJob({
    onProgress: (progress) => scope.postMessage({ id, progress }),
    ...(cancel && { cancel }),
  });
  try {
    job.at(0);
    const answer = (HANDLERS[name] as (q: unknown, j: typeof job) => unknown)(question, job);
    scope.postMessage({ id, answer }, transfers(answer));
  } catch (e) {
    const error =
      e instanceof OsteonError
        ? { code: e.code, message: e.message, hint: e.hint }
        : { code: 'job.crashed', message: e instanceof Error ? e.message : String(e), hint: '' };
    scope.postMessage({ id, error });
  }
};

/** Buffers of an answer that go over instead of being copied. */
function transfers(answer: unknown): Transferable[] {
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.values(answer).flatMap((v) =>
    ArrayBuffer.isView(v) && v.buffer instanceof ArrayBuffer ? [v.buffer] : [],
  );
}
