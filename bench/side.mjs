// One side of a comparison: a process that holds its input and runs the work each time it is asked.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Longest that loading or one run may take. */
const PATIENCE_MS = 300_000;

export async function startSide(command) {
  const child = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (text) => {
    complaint = (complaint + text).slice(-2000);
  });
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise((_, reject) => {
    child.on('error', reject);
  });
  failed.catch(() => {});
  const next = async () => {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error('it took too long')), PATIENCE_MS);
    });
    try {
      const { value, done } = await Promise.race([lines.next(), failed, late]);
      if (done) throw new Error(reasonIn(complaint) || 'it ended early');
      return JSON.parse(value);
    } finally {
      clearTimeout(timer);
    }
  };
  const stop = () => {
    child.stdin.end();
    child.kill();
  };
  try {
    await next();
  } catch (e) {
    stop();
    throw e;
  }
  return {
    /** `{ ms, cpuMs, peakMb, answer }`; `cpuMs` of all threads, where the side knows it */
    run() {
      child.stdin.write('run\n');
      return next();
    },
    stop,
  };
}

/** The line that names the error: the last of them. */
function reasonIn(text) {
  const lines = text.trim().split('\n');
  return lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1);
}
