import type { JobKind } from '../../src/server/queue/kinds.ts';

/** A job of some milliseconds: one file that follows from its input, and one that is the same for all. */
export const TOY: JobKind = {
  name: 'toy',
  command: () => ({
    file: '/bin/sh',
    // Shell words only, so that it costs little: hundreds of them are run.
    args: ['-c', 'mkdir out; read -r s < seed; echo "$s, $s" > out/twice; echo same > out/same; sleep 0.04'],
  }),
  outputs: ['out'],
  timeoutMs: 20_000,
};
