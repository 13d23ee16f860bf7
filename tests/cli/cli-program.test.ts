import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { program, ROOT } from './cli-kit.ts';

const { osteon, json, path } = program();

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
  writeFileSync(path('not-dicom.dcm'), 'hello');
  for (const input of ['nowhere', 'not-dicom.dcm', '.']) {
    const { code, document } = await json('scan', input);
    expect(code).toBe(3);
    expect(document).toMatchObject({
      verb: 'scan',
      error: { code: expect.stringMatching(/^(io|dicom)\./), hint: expect.stringMatching(/./) },
    });
  }
  expect(readdirSync(path())).toEqual(['not-dicom.dcm']);
});
