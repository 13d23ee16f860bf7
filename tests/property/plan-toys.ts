import { OsteonError } from '../../src/base/index.ts';
import { type AnyStep, type Graph, type Step, stepTable } from '../../src/plan/index.ts';

/** Small steps that stand for the real ones in tests of the graph, the store and the pool. */
interface Scaled {
  readonly samples: Float64Array;
}
export const ramp: Step<Record<string, never>, { count: number; seed: number }, Scaled> = {
  id: 'toy.ramp',
  version: 1,
  label: 'ramp',
  params: {
    count: { label: 'samples', unit: '', default: 1000, min: 1, max: 1e6, source: 'test' },
    seed: { label: 'seed', unit: '', default: 1, min: 0, max: 1e9, source: 'test' },
  },
  handler: (_, { count, seed }, { job }) => {
    const samples = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      if (i % 256 === 0) job.at(i / count);
      samples[i] = ((i + 1) * 2654435761 * (seed + 1)) % 1009;
    }
    return { samples };
  },
};
export const gain: Step<{ of: Scaled }, { factor: number }, Scaled> = {
  id: 'toy.gain',
  version: 1,
  label: 'gain',
  params: { factor: { label: 'factor', unit: '', default: 2, min: -10, max: 10, source: 'test' } },
  handler: ({ of }, { factor }) => ({ samples: of.samples.map((x) => x * factor) }),
};
export const total: Step<{ all: readonly Scaled[]; extra?: { n: number } }, Record<string, never>, { sum: number }> = {
  id: 'toy.total',
  version: 1,
  label: 'total',
  params: {},
  handler: ({ all, extra }) => ({
    sum: all.reduce((s, { samples }) => s + samples.reduce((a, b) => a + b, 0), extra?.n ?? 0),
  }),
};
export const refuse: Step<Record<string, never>, Record<string, never>, never> = {
  id: 'toy.refuse',
  version: 1,
  label: 'refuse',
  params: {},
  handler: () => {
    throw new OsteonError('segment.no-bone', { voxels: 7 }, 'a hint');
  },
};
export const fault: Step<Record<string, never>, Record<string, never>, never> = {
  id: 'toy.fault',
  version: 1,
  label: 'fault',
  params: {},
  handler: () => {
    throw new RangeError('a mistake of ours');
  },
};
/** Takes its worker with it, as a native crash would. */
export const die: Step<Record<string, never>, Record<string, never>, never, { exit?: () => never }> = {
  id: 'toy.die',
  version: 1,
  label: 'die',
  params: {},
  handler: (_, __, { engines }) => engines.exit?.() as never,
};
export const forever: Step<Record<string, never>, Record<string, never>, never> = {
  id: 'toy.forever',
  version: 1,
  label: 'forever',
  params: {},
  handler: (_, __, { job }) => {
    for (;;) job.at(0.5);
  },
};
export const TOYS = stepTable([ramp, gain, total, refuse, fault, die, forever] as AnyStep[]);

/** Eight ramps, each scaled, all summed. */
export async function toyWorkflow(graph: Graph, factor = 2, extra?: number) {
  const scaled = await Promise.all(
    Array.from({ length: 8 }, async (_, seed) =>
      graph.step(gain, { of: await graph.step(ramp, {}, { seed }) }, { factor }),
    ),
  );
  return graph.step(total, { all: scaled, ...(extra === undefined ? {} : { extra: graph.value({ n: extra }) }) });
}
