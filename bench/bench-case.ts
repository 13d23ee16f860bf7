/**
 * One kernel worth timing beside the programs people use today. The harness (`scripts/bench.mjs`) gives every side a
 * process of its own and calls `run` in turns with the peers; what `setup` and `answer` do is not on the clock.
 */
export interface BenchCase<R = unknown> {
  /** `<room>/<what>`: what `npm run bench -- <filter>` looks in. */
  readonly name: string;
  /** What is timed, the same on both sides. */
  readonly what: string;
  /** `<tool>:<operation>`; tools are listed in `bench/peers/tools.mjs`. */
  readonly peers: readonly string[];
  setup(inputs: string): void | Promise<void>;
  run(): R;
  /** The result in a few numbers, in the order and meaning of the peers', so that a faster wrong answer shows. */
  answer(result: R): Readonly<Record<string, number>>;
}

/** Lets the compiler infer the result of a case. */
export const benchCase = <R>(c: BenchCase<R>): BenchCase => c as BenchCase;
