import { spawn } from 'node:child_process';

/** A program to be run in a folder. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** Beside the few names every program is given. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ChildOptions {
  readonly folder: string;
  readonly timeoutMs: number;
  /** Heard for every line of JSON on stderr that has a `progress`. */
  readonly onProgress: (progress: number, label: string | undefined) => void;
  /** Asks the program to end; after ten seconds it is ended. */
  readonly signal: AbortSignal;
}

export interface Ended {
  /** Exit code; null where a signal ended it. */
  readonly code: number | null;
  readonly why: 'exit' | 'signal' | 'timeout' | 'stopped' | 'not-started';
  /** The last of what it said. */
  readonly out: string;
  readonly err: string;
}

const GRACE_MS = 10_000;
/** Answers of verbs are far below this. */
const MAX_OUT = 8e6;
const MAX_ERR = 20_000;
/** What a step may know of its machine: no password of a database is among it. */
const ENV = ['PATH', 'HOME', 'LANG', 'SystemRoot', 'CHROME_BIN'];

/**
 * Runs a program in a process group of its own, so that whatever it starts ends with it. A channel is kept open to it:
 * when this process dies, the channel closes and a program of ours ends by itself.
 */
export function runChild(command: Command, { folder, timeoutMs, onProgress, signal }: ChildOptions): Promise<Ended> {
  const env: Record<string, string> = { TMPDIR: folder };
  for (const name of ENV) if (process.env[name] !== undefined) env[name] = process.env[name];
  return new Promise((resolve) => {
    const child = spawn(command.file, command.args, {
      cwd: folder,
      env: { ...env, ...command.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let why: Ended['why'] = 'exit';
    let out = '';
    let err = '';
    let line = '';
    const end = (reason: Ended['why']) => {
      if (why !== 'exit') return;
      why = reason;
      signalGroup(child.pid, 'SIGTERM');
      killTimer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS);
    };
    let killTimer: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => end('timeout'), timeoutMs);
    const onAbort = () => end('stopped');
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);

    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      out = (out + text).slice(-MAX_OUT);
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      err = (err + text).slice(-MAX_ERR);
      const lines = (line + text).split('\n');
      line = lines.pop()!.slice(-MAX_ERR);
      for (const one of lines) hear(one, onProgress);
    });
    child.on('error', (e) => finish({ code: null, why: 'not-started', out: '', err: e.message }));
    child.on('close', (code, killed) => finish({ code, why: why === 'exit' && killed ? 'signal' : why, out, err }));

    function finish(ended: Ended): void {
      clearTimeout(timer);
      clearTimeout(killTimer);
      signal.removeEventListener('abort', onAbort);
      // Grandchildren that outlived it.
      if (ended.why !== 'not-started') signalGroup(child.pid, 'SIGKILL');
      resolve(ended);
    }
  });
}

function hear(line: string, onProgress: ChildOptions['onProgress']): void {
  if (!line.startsWith('{')) return;
  try {
    const { progress, label } = JSON.parse(line) as { progress?: unknown; label?: unknown };
    if (typeof progress === 'number' && progress >= 0 && progress <= 1)
      onProgress(progress, typeof label === 'string' ? label.slice(0, 200) : undefined);
  } catch {
    // Something else that starts like JSON.
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Ended already.
  }
}
