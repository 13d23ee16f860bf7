/** One thing worth timing. The harness (`scripts/bench.mjs`) runs every case in a process of its own. */
export interface BenchCase {
  /** `<room>/<what>`, the string that `npm run bench -- <filter>` looks in. */
  readonly name: string;
  /** Function of `bench/peers.py` that does the same on the same input; its time is printed as a ratio. */
  readonly peer?: string;
  /** Makes the input, outside the clock. */
  setup?(): void;
  /** The work. Returns a checksum of the result, so that a faster wrong answer shows. */
  run(): number;
}
