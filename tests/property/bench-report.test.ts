import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const REPORT: string = join(ROOT, 'bench/report.mjs');
const { ratiosOf, textOf } = await import(REPORT);

const run = (ms: number, cpuMs: number | undefined, peakMb: number, voxels: number) => ({
  ms,
  ...(cpuMs === undefined ? {} : { cpuMs }),
  peakMb,
  answer: { voxels },
});

test('ratios are of runs made in the same turn; the first turn is apart', () => {
  const ours = [run(900, 900, 50, 7), run(10, 12, 50, 7), run(40, 12, 50, 7), run(20, 12, 50, 7)];
  const theirs = [run(100, 100, 100, 8), run(20, 24, 100, 8), run(20, 24, 100, 8), run(20, 24, 100, 8)];
  expect(ratiosOf(ours, theirs)).toEqual({
    time: 1,
    timeLeast: 0.5,
    timeMost: 2,
    cpu: 0.5,
    firstTime: 9,
    memory: 0.5,
    repeats: 3,
    answers: { voxels: { ours: 7, theirs: 8 } },
  });
  expect(ratiosOf(ours, [run(1, undefined, 1, 7), run(1, undefined, 1, 7)])).toMatchObject({ repeats: 1, cpu: null });
});

test('the text has ratios, failures and what was skipped by name, and no time', () => {
  const ratios = ratiosOf([run(5, 5, 1, 7), run(1234.5, 5, 1, 7)], [run(5, 5, 1, 7), run(617.25, 5, 1, 7)]);
  const text: string = textOf({
    machine: { cpu: 'a processor', cores: 2, node: '20', loadAtStart: 0.1 },
    cases: [
      {
        name: 'room/kernel',
        what: 'what it does',
        rows: [
          { peer: 'tool:one', version: '1', ratios },
          { peer: 'tool:two', version: '2', failed: 'it ended early' },
        ],
      },
    ],
    skipped: [{ tool: 'other', reason: 'not installed' }],
  });
  expect(text).toMatch(/tool:one 1 +time 2\.00/);
  expect(text).toMatch(/tool:two 2 +no ratio: it ended early/);
  expect(text).toContain('skipped: other: not installed');
  expect(text).not.toMatch(/1234|617/);
});

test('a mistyped filter names the cases and fails no build', async () => {
  const { code, err } = await new Promise<{ code: number | null; err: string }>((resolve) => {
    const child = execFile(process.execPath, [join(ROOT, 'scripts/bench.mjs'), 'volumen'], (_, __, stderr) =>
      resolve({ code: child.exitCode, err: stderr }),
    );
  });
  expect(code).toBe(0);
  expect(err).toMatch(/volume\/components/);
});
