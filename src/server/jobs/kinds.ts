import { join } from 'node:path';
import { type Door, demoKind, intakeKind } from '../intake/door.ts';
import type { JobKind } from '../queue/kinds.ts';
import type { Job } from '../store/types.ts';

export interface Program {
  /** How this program is called: the interpreter and the script, before the verb. */
  readonly argv: readonly [string, ...string[]];
  /** Results of steps kept between runs, one folder for each case. */
  readonly cache: string;
  readonly door: Door;
}

const MINUTE_MS = 60_000;
const id = /^[0-9a-f-]{32,36}$/;

/**
 * What the case server has done in processes of its own. A job says which kind and which ids, never a path or a command.
 *
 * `intake` and `demo` need the vault, so only the process that has it takes them; `run` can be done by any worker.
 */
export function jobKinds({ argv: [file, ...script], cache, door }: Program): readonly JobKind[] {
  const verb = (...args: string[]) => ({ file, args: [...script, ...args, '--json', '--progress', 'json'] });
  return [
    {
      name: intakeKind(door),
      command: (job) => verb('intake', uploadOf(door, job), '-o', 'scan', '--vault', door.vaultFile),
      outputs: ['scan'],
      timeoutMs: 30 * MINUTE_MS,
    },
    {
      name: demoKind(door),
      command: () => verb('intake', '--demo', '-o', 'scan', '--vault', door.vaultFile),
      outputs: ['scan'],
      timeoutMs: 10 * MINUTE_MS,
    },
    runKind({ argv: [file, ...script], cache }),
  ];
}

/** The kind a worker without a vault does. */
export function runKind({ argv: [file, ...script], cache }: Pick<Program, 'argv' | 'cache'>): JobKind {
  return {
    name: 'run',
    command: (job) => {
      const kept = join(cache, checked(String(job.input.params.cache ?? '')));
      const args = ['run', 'case.yaml', '-o', 'out', '--view', 'view', '--cache', kept, '--json', '--progress', 'json'];
      return { file, args: [...script, ...args] };
    },
    outputs: ['out', 'view'],
    timeoutMs: 240 * MINUTE_MS,
  };
}

const uploadOf = (door: Door, job: Job): string => {
  const { upload, zip } = job.input.params as { upload?: string; zip?: boolean };
  const folder = door.folderOf(String(upload));
  return zip ? join(folder, 'upload.zip') : folder;
};

function checked(name: string): string {
  if (!id.test(name)) throw new TypeError('a case id is wanted');
  return name;
}
