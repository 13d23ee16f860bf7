import { OsteonError } from '../base/index.ts';
import type { Process } from './process.ts';
import { METAL_PROCESSES } from './processes-metal.ts';
import { OTHER_PROCESSES } from './processes-other.ts';

/** Every way of making a part that is known. A new one is a word here. */
export const PROCESSES: readonly Process[] = [...METAL_PROCESSES, ...OTHER_PROCESSES];

/** @throws param.unknown */
export function processOf(id: string): Process {
  const found = PROCESSES.find((p) => p.id === id);
  if (found) return found;
  throw new OsteonError('param.unknown', { process: id }, `Known: ${PROCESSES.map((p) => p.id).join(', ')}.`);
}
