import { pack } from '../base/index.ts';
import { type AnyStep, type ParamValues, resolveParams, type Step } from './step.ts';

/** A value by name: the SHA-256 of its packed bytes, and how to get at them. `T` is only for the compiler. */
export interface Artefact<T = unknown> {
  readonly hash: string;
  readonly made: Provenance;
  /** The packed value. Treat it as frozen. */
  load(): Promise<Uint8Array>;
  readonly type?: T;
}

/** Everything an artefact is a function of; enough to make it again. */
export interface Provenance {
  readonly step: string;
  readonly version: number;
  readonly params: ParamValues;
  /** Role → hash, or hashes of a list. */
  readonly inputs: Readonly<Record<string, string | readonly string[]>>;
}

export type Input<T> = Artefact<T>;
/** Artefacts for the inputs of a step: one, a list, or none where the step can do without. */
export type InputsOf<I> = {
  readonly [K in keyof I]: I[K] extends readonly (infer U)[]
    ? Artefact<I[K]> | readonly Artefact<U>[]
    : undefined extends I[K]
      ? Artefact<Exclude<I[K], undefined>> | undefined
      : Artefact<I[K]>;
};

/** One step with its inputs as bytes: what an executor gets. It crosses between threads as it is. */
export interface Task {
  readonly step: string;
  readonly label: string;
  readonly inputs: Readonly<Record<string, Uint8Array | readonly Uint8Array[]>>;
  readonly params: ParamValues;
  readonly first: boolean;
}
export interface TaskResult {
  readonly bytes: Uint8Array;
  readonly hash: string;
}

/** What was made before: bytes under their hash, and hashes under the key of the step that made them. */
export interface Store {
  /** The bytes, checked against their name; nothing when they are missing or damaged. */
  get(hash: string): Promise<Uint8Array | undefined>;
  put(hash: string, bytes: Uint8Array): Promise<void>;
  /** Keeps the bytes while the program runs, without writing them. */
  hold(hash: string, bytes: Uint8Array): void;
  hashOf(key: string): Promise<string | undefined>;
  record(key: string, hash: string): Promise<void>;
}

/** What the machine gives the graph. */
export interface GraphHost {
  sha256(bytes: Uint8Array): string;
  readonly store: Store;
  run(task: Task): Promise<TaskResult>;
  onStep?(event: StepEvent): void;
}
export interface StepEvent {
  readonly kind: 'start' | 'done' | 'cached';
  readonly step: string;
  readonly label: string;
  readonly costS: number;
}

export interface Graph {
  /** Runs a step, or finds what it made before. Steps that do not wait for each other run side by side. */
  step<I, P, O, E>(
    step: Step<I, P, O, E>,
    inputs: NoInfer<InputsOf<I>>,
    params?: NoInfer<Partial<P>>,
  ): Promise<Artefact<O>>;
  /** A value a person decided, or a constant. */
  value<T>(value: T): Artefact<T>;
  /** Bytes from outside, named before they are read. `hash` must stand for all of them. */
  source<T>(hash: string, load: () => Promise<T>): Artefact<T>;
}

/**
 * The step graph. The key of a step is the SHA-256 of its id, version, parameters and input hashes; what has been made
 * under a key is never made again, and two requests for one key are one run. Nothing else (time, host, number of
 * workers) enters a key or an output.
 */
export function createGraph(host: GraphHost): Graph {
  const running = new Map<string, Promise<Artefact>>();

  async function make(step: AnyStep, key: string, made: Provenance, inputs: InputTable): Promise<Artefact> {
    const event = { step: step.id, label: step.label, costS: step.costS ?? 1 };
    const run = async (): Promise<TaskResult> => {
      const first = step.first ?? false;
      const task = { step: step.id, label: step.label, inputs: await loadAll(inputs), params: made.params, first };
      host.onStep?.({ kind: 'start', ...event });
      const result = await host.run(task);
      if (step.transient) host.store.hold(result.hash, result.bytes);
      else await host.store.put(result.hash, result.bytes);
      await host.store.record(key, result.hash);
      host.onStep?.({ kind: 'done', ...event });
      return result;
    };
    const known = await host.store.hashOf(key);
    if (known) host.onStep?.({ kind: 'cached', ...event });
    const hash = known ?? (await run()).hash;
    // A known result whose bytes are gone (transient, damaged, swept) is made again when somebody asks for it.
    return { hash, made, load: once(async () => (await host.store.get(hash)) ?? (await run()).bytes) };
  }

  return {
    step(step, inputs, params) {
      const table = inputs as InputTable;
      const resolved = resolveParams(step.params, params) as ParamValues;
      const made = { step: step.id, version: step.version, params: resolved, inputs: hashesOf(table) };
      const key = host.sha256(pack(made));
      let artefact = running.get(key);
      if (!artefact) {
        artefact = make(step, key, made, table);
        running.set(key, artefact);
      }
      return artefact as Promise<Artefact<never>>;
    },
    value(value) {
      const bytes = pack(value);
      const made = { step: 'value', version: 1, params: {}, inputs: {} };
      return { hash: host.sha256(bytes), made, load: async () => bytes };
    },
    source(hash, load) {
      const made = { step: 'source', version: 1, params: {}, inputs: {} };
      return { hash, made, load: once(async () => pack(await load())) };
    },
  };
}

type InputTable = Readonly<Record<string, Artefact | readonly Artefact[] | undefined>>;
const isList = (x: Artefact | readonly Artefact[]): x is readonly Artefact[] => Array.isArray(x);

function hashesOf(inputs: InputTable): Provenance['inputs'] {
  const out: Record<string, string | readonly string[]> = {};
  for (const [role, input] of Object.entries(inputs))
    if (input) out[role] = isList(input) ? input.map((a) => a.hash) : input.hash;
  return out;
}

async function loadAll(inputs: InputTable): Promise<Task['inputs']> {
  const out: Record<string, Uint8Array | readonly Uint8Array[]> = {};
  for (const [role, input] of Object.entries(inputs))
    if (input) out[role] = isList(input) ? await Promise.all(input.map((a) => a.load())) : await input.load();
  return out;
}

/** Runs at most once at a time; a result is not kept, so large bytes live only as long as someone holds them. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | undefined;
  return () => {
    current ??= make().finally(() => {
      current = undefined;
    });
    return current;
  };
}
