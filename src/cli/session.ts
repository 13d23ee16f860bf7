import { availableParallelism } from 'node:os';
import { createGraph, type Graph, type StepEvent, type Store, type Task } from '../plan/index.ts';
import { createMemoryStore, createPool, type Pool, sha256 } from '../platform/node/index.ts';

/** What one call of the program owns: its threads, its progress line, and what to undo when it is interrupted. */
export interface Session {
  readonly workers: number;
  /** A step graph over a store; without one, results are kept in memory only. */
  graph(store?: Store): Graph;
  /** Called at an interrupt or an error, latest first; must be synchronous. Returns how to withdraw it. */
  onUndo(undo: () => void): () => void;
  /** A line of news for a person, above the progress bar. */
  say(text: string): void;
  /** How much is to come, in `costS` of the steps; lets the bar show the whole. */
  expect(costS: number): void;
  /** Ends with the first interrupt. */
  readonly interrupted: Promise<void>;
  /** What has been made so far, the longest first. */
  steps(): readonly StepTotal[];
}
/** All runs of one step. */
export interface StepTotal {
  readonly step: string;
  readonly made: number;
  readonly cached: number;
  /** Time its runs took on their threads, together. */
  readonly ms: number;
}
export interface SessionHandle extends Session {
  cancel(): void;
  undo(): void;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly workers: number;
  /** Takes the progress; nothing when there is no terminal or nobody wants to see it. */
  readonly write: ((text: string) => void) | undefined;
  /** A line that is drawn over and over, or one JSON document for each change. */
  readonly progress?: 'bar' | 'json';
  /** News lines; nothing when quiet. */
  readonly say: ((text: string) => void) | undefined;
}

export function openSession(options: SessionOptions): SessionHandle {
  const workers = options.workers || availableParallelism();
  const undos: (() => void)[] = [];
  const ledger = createLedger(() => pool?.running() ?? []);
  let pool: Pool | undefined;
  let cancelled = false;
  let interrupt: () => void = () => undefined;
  const interrupted = new Promise<void>((resolve) => {
    interrupt = resolve;
  });
  const bar = createBar(options, () => pool?.running() ?? []);

  const run = async (task: Task) => {
    pool ??= createPool({ url: new URL('./worker.mjs', import.meta.url), workers });
    if (cancelled) pool.cancel();
    const running = pool.run(task);
    ledger.look();
    return running.finally(ledger.look);
  };
  const onStep = (event: StepEvent) => {
    if (event.kind === 'start') ledger.of(event.step).made++;
    if (event.kind === 'cached') ledger.of(event.step).cached++;
    bar.on(event);
  };

  return {
    workers,
    interrupted,
    steps: ledger.totals,
    graph: (store = createMemoryStore()) => createGraph({ sha256, store, run, onStep }),
    onUndo(undo) {
      undos.push(undo);
      return () => void undos.splice(undos.indexOf(undo), 1);
    },
    say(text) {
      bar.clear();
      options.say?.(`${text}\n`);
    },
    expect: bar.expect,
    cancel() {
      cancelled = true;
      interrupt();
      pool?.cancel();
    },
    undo() {
      for (const undo of undos.splice(0).reverse()) undo();
    },
    async close() {
      bar.end();
      await pool?.close();
    },
  };
}

/** How long each step has kept a thread busy. What runs changes only when a task comes or goes, so those moments suffice. */
function createLedger(running: Pool['running']) {
  const rows = new Map<string, { made: number; cached: number; ms: number }>();
  let last = performance.now();
  let busy: readonly string[] = [];
  const of = (step: string) => {
    const row = rows.get(step) ?? { made: 0, cached: 0, ms: 0 };
    rows.set(step, row);
    return row;
  };
  return {
    of,
    look() {
      const now = performance.now();
      for (const step of busy) of(step).ms += now - last;
      last = now;
      busy = running().map((r) => r.step);
    },
    totals(): StepTotal[] {
      const all = [...rows].map(([step, row]) => ({ step, ...row, ms: Math.round(row.ms) }));
      return all.sort((a, b) => b.ms - a.ms || (a.step < b.step ? -1 : 1));
    },
  };
}

/** One line on stderr, ten times a second: how far, how long, and what is running. */
function createBar({ write, progress }: SessionOptions, running: Pool['running']) {
  const isJson = progress === 'json';
  let last = '';
  const started = performance.now();
  const cost = new Map<string, number>();
  let done = 0;
  let begun = 0;
  let expected = 0;
  let shown = 0;
  const draw = () => {
    const now = running();
    if (now.length === 0) return;
    const part = now.reduce((s, r) => s + r.fraction * (cost.get(r.step) ?? 1), 0);
    shown = Math.max(shown, Math.min(1, (done + part) / Math.max(expected, begun, 1e-9)));
    const cells = Math.round(shown * 24);
    const labels = [...new Set(now.map((r) => r.label))].join(', ');
    if (isJson) {
      const news = JSON.stringify({ progress: Math.round(shown * 1000) / 1000, label: labels });
      if (news !== last) write?.(`${news}\n`);
      last = news;
      return;
    }
    const seconds = Math.round((performance.now() - started) / 1000);
    const line = `${'█'.repeat(cells)}${'░'.repeat(24 - cells)} ${Math.round(shown * 100)} %  ${seconds} s  ${labels}`;
    write?.(`\r\x1b[2K${line.slice(0, 110)}`);
  };
  const timer = write ? setInterval(draw, 100) : undefined;
  timer?.unref();
  const clear = () => void (isJson || write?.('\r\x1b[2K'));
  return {
    clear,
    on({ kind, step, costS }: StepEvent) {
      cost.set(step, costS);
      if (kind === 'start') begun += costS;
      else done += costS;
    },
    expect(costS: number) {
      expected += costS;
    },
    end() {
      if (timer) clearInterval(timer);
      clear();
    },
  };
}
