import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Runs a program to its end; resolves to its exit code and its peak memory as the system counts it, MB. */
export function watched(program, args, options = {}) {
  const child = spawn(program, args, { stdio: 'ignore', ...options });
  let peakKb = Number.NaN;
  const look = setInterval(() => {
    try {
      const kb = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      if (kb) peakKb = Number(kb);
    } catch {
      // Not this system, or the program has just ended.
    }
  }, 100);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      clearInterval(look);
      resolve({ code, peakMb: peakKb / 1024 });
    });
  });
}
