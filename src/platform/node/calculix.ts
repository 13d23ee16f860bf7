import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OsteonError } from '../../base/index.ts';

export interface CalculixOptions {
  /** Threads it may use. */
  readonly workers: number;
  /** Called with a function that ends the program at once. Returns how to withdraw it. */
  onUndo(undo: () => void): () => void;
}

/** The largest result file that fits into a text, and far above any that is wanted. */
const MAX_FRD_BYTES = 500e6;

/**
 * Runs CalculiX on a deck in a folder of its own and gives back its .frd.
 * @throws fea.no-calculix where it is not installed, fea.calculix where it fails, with its last words
 */
export async function runCalculix(deck: string, { workers, onUndo }: CalculixOptions): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'osteon-ccx-'));
  try {
    await writeFile(join(folder, 'study.inp'), deck);
    const said = await call(folder, workers, onUndo);
    const frd = await readFile(join(folder, 'study.frd')).catch(() => undefined);
    if (!frd || frd.length > MAX_FRD_BYTES || !said.includes('Job finished'))
      throw new OsteonError(
        'fea.calculix',
        { reason: lastWords(said) },
        'Look at study.inp; Osteon’s own solver needs no other program',
      );
    return frd.toString('latin1');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function call(folder: string, workers: number, onUndo: CalculixOptions['onUndo']): Promise<string> {
  return new Promise((resolve, reject) => {
    const threads = String(workers);
    const env = { ...process.env, OMP_NUM_THREADS: threads, CCX_NPROC_EQUATION_SOLVER: threads };
    const child = spawn('ccx', ['study'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const withdraw = onUndo(() => void child.kill('SIGKILL'));
    let said = '';
    const listen = (data: Buffer) => {
      said = (said + data.toString('latin1')).slice(-20_000);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('error', (e: NodeJS.ErrnoException) => {
      withdraw();
      reject(
        new OsteonError(
          'fea.no-calculix',
          { reason: e.code ?? e.message },
          'Install CalculiX (Debian: calculix-ccx), or leave --engine away',
        ),
      );
    });
    child.on('close', () => {
      withdraw();
      resolve(said);
    });
  });
}

/** The line that says what went wrong, or the last one. */
function lastWords(said: string): string {
  const lines = said
    .split('\n')
    .map((l) => l.trim())
    .filter(Boolean);
  return (lines.find((l) => l.includes('*ERROR')) ?? lines.at(-1) ?? 'nothing').slice(0, 160);
}
