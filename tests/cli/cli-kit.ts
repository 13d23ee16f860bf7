import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';

export const ROOT = join(import.meta.dirname, '../..');

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The real program, run from an empty folder that is removed afterwards. */
export function program() {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'osteon-cli-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const osteon = (...args: string[]): Promise<Ended> =>
    new Promise((resolve) => {
      const options = { cwd: folder, maxBuffer: 64e6 };
      const child = execFile(process.execPath, [join(ROOT, 'bin/osteon.mjs'), ...args], options, (_, out, err) =>
        resolve({ code: child.exitCode ?? -1, out, err }),
      );
    });
  return {
    path: (...names: string[]) => join(folder, ...names),
    osteon,
    /** With `--json`: one document on stdout and nothing on stderr. */
    async json(...args: string[]) {
      const { code, out, err } = await osteon(...args, '--json');
      expect(err).toBe('');
      return { code, document: JSON.parse(out) };
    },
  };
}
