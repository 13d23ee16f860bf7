import { OsteonError, pack, unpack } from '../base/index.ts';
import type { Task, TaskResult } from './graph.ts';
import type { AnyStep, StepHost } from './step.ts';

export type StepTable = ReadonlyMap<string, AnyStep>;

/** Steps by id. @throws TypeError where two share an id */
export function stepTable(steps: readonly AnyStep[]): StepTable {
  const table = new Map(steps.map((s) => [s.id, s]));
  if (table.size !== steps.length) throw new TypeError('two steps share an id');
  return table;
}

/** Runs one task here: unpacks (views, no copy), calls the handler, packs. Every executor ends in this. */
export async function execute(
  table: StepTable,
  task: Task,
  host: StepHost,
  sha256: (bytes: Uint8Array) => string,
): Promise<TaskResult> {
  const step = table.get(task.step);
  if (!step) throw new OsteonError('param.unknown', { step: task.step });
  const inputs: Record<string, unknown> = {};
  for (const [role, input] of Object.entries(task.inputs))
    inputs[role] = input instanceof Uint8Array ? unpack(input) : input.map((bytes) => unpack(bytes));
  host.job.at(0);
  const bytes = pack(await step.handler(inputs, task.params, host));
  host.job.at(1);
  return { bytes, hash: sha256(bytes) };
}
