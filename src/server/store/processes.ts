import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Start of a process in ticks since the machine's start (field 22 of /proc/<pid>/stat); empty where there is no such file. */
export function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return '';
  }
}

/** Whether this very process runs: its start tells it from a later one of the same number. */
export function isRunning(pid: number, started: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startOf(pid) === started;
}

const HOST = hostname().replace(/[^\w]/g, '').slice(0, 40);
const OWN = `${HOST}-${process.pid}-${startOf(process.pid)}-`;

/** A name that says which process made it. */
export const ownName = (rest: string): string => OWN + rest;

/** Whether the process that made this name is gone; undefined where it was on another machine. */
export function isLeftOver(name: string): boolean | undefined {
  const [host, pid, started] = name.split('-');
  return host === HOST ? !isRunning(Number(pid), started) : undefined;
}
