import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'osteon-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
/** Runs the real program, from an empty folder. */
function osteon(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [join(ROOT, 'bin/osteon.mjs'), ...args], { cwd: folder }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}
const json = async (...args: string[]) => {
  const { code, out, err } = await osteon(...args, '--json');
  expect(err).toBe('');
  return { code, document: JSON.parse(out) };
};

test('help and version', async () => {
  const help = await osteon('--help');
  expect(help).toMatchObject({ code: 0, err: '' });
  expect(help.out).toContain('not a medical device');
  expect((await osteon()).out).toBe(help.out);
  expect((await osteon('help')).out).toBe(help.out);
  expect((await osteon('scan', '--help')).out).toBe((await osteon('help', 'scan')).out);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect((await osteon('--version')).out).toBe(`${version}\n`);
});

test('docs/cli.md is what the declarations say', async () => {
  expect((await osteon('help', '--markdown')).out.trim()).toBe(readFileSync(join(ROOT, 'docs/cli.md'), 'utf8').trim());
});

test.each([
  [['scna', 'x'], 'Did you mean "osteon scan"?'],
  [['scan'], 'osteon scan <path>'],
  [['scan', 'a', 'b'], 'unexpected=b'],
  [['scan', 'a', '--jsn'], 'Did you mean "--json"?'],
  [['scan', 'a', '--workers', 'many'], '--workers takes 0 to 64'],
  [['scan', 'a', '--workers'], '--workers needs a value'],
])('wrong usage %j ends with 2 and one line', async (args, hint) => {
  const { code, out, err } = await osteon(...args);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toMatch(/^osteon: cli\.usage: [^\n]*\n$/);
  expect(err).toContain(hint);
});

test('refused input ends with 3, one coded error with a hint, and nothing written', async () => {
  writeFileSync(join(folder, 'not-dicom.dcm'), 'hello');
  for (const path of ['nowhere', 'not-dicom.dcm', '.']) {
    const { code, document } = await json('scan', path);
    expect(code).toBe(3);
    expect(document).toMatchObject({
      verb: 'scan',
      error: { code: expect.stringMatching(/^(io|dicom)\./), hint: expect.stringMatching(/./) },
    });
  }
  expect(readdirSync(folder)).toEqual(['not-dicom.dcm']);
});
