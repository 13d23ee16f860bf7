import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OsteonError } from '../../src/base/index.ts';
import type { OutFile, Pack } from '../../src/plan/index.ts';
import { openOutFolder, publishPack, readCase, sha256 } from '../../src/platform/node/index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'osteon-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CASE = `osteon: 1
procedure: total-talus-replacement
scan: ./dicom
affectedSide: left
material: Ti-6Al-4V ELI
bodyMassKg: 80
`;
const write = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const refusal = (path: string) =>
  readCase(path).then(
    () => undefined,
    (e) => (e instanceof OsteonError ? e.code : String(e)),
  );

test('a case is read with what it names, relative to its own folder', async () => {
  mkdirSync(join(folder, 'dicom'));
  write('dicom/readme.txt', 'nothing');
  write('edits.json', '{"osteonEdits":1}');
  const { document, source, edits } = await readCase(write('good.yaml', `${CASE}edits: edits.json\n`));
  expect(document.scan).toEqual(['./dicom']);
  expect(source.files.map((f) => f.sizeBytes)).toEqual([7]);
  expect(edits).toEqual({ osteonEdits: 1 });
});

test('what is wrong with a case file is one coded error', async () => {
  const bad: readonly (readonly [string, string])[] = [
    ['case.unknown-key', `${CASE}bodyMas: 70\n`],
    ['case.value', CASE.replace('80', '8000')],
    ['case.value', `${CASE}parameters: { talus.seatt: 1 }\n`.replace('seatt: 1', 'seat: left')],
    ['case.unknown-key', `${CASE}parameters: { talus.seatt: 1 }\n`],
    ['param.range', `${CASE}parameters: { talus.seatReachMm: 900 }\n`],
    ['case.unknown-key', `${CASE}bones: { left-femur: [0, 0, 0] }\n`],
    ['case.newer', CASE.replace('osteon: 1', 'osteon: 99')],
    ['case.syntax', 'a: [1, 2\n'],
    ['io.not-found', CASE.replace('./dicom', './no-such-folder')],
    ['io.not-found', `${CASE}edits: no-such.json\n`],
    ['segment.edit', `${CASE}edits: bad.json\n`],
  ];
  write('bad.json', '{ not json');
  const codes: (string | undefined)[] = [];
  for (const [i, [, text]] of bad.entries()) codes.push(await refusal(write(`bad-${i}.yaml`, text)));
  expect(codes.map((c) => c?.replace('param.missing', 'case.value'))).toEqual(bad.map(([code]) => code));
  expect(await refusal(join(folder, 'none.yaml'))).toBe('io.not-found');
  writeFileSync(join(folder, 'latin.yaml'), Uint8Array.of(0x6f, 0xff, 0xfe));
  expect(await refusal(join(folder, 'latin.yaml'))).toBe('io.format');
});

const file = (path: string, text: string): OutFile => ({
  role: 'bone',
  path,
  bytes: new TextEncoder().encode(text),
  unit: 'mm',
  made: { step: 'toy', version: 1, params: {}, inputs: {} },
});
const packOf = (files: readonly OutFile[]): Pack => ({
  caseId: '0123456789ab',
  verdict: 'pass',
  findings: [],
  files,
  summary: {},
});
const HEAD = { osteon: '0.0.0', procedure: 'toy' };

test('a pack is published whole; what is no longer made goes, what a person put there stays', async () => {
  const path = join(folder, 'out');
  const first = await openOutFolder(path);
  await publishPack(first, packOf([file('bones/a.stl', 'a'), file('plan.json', '{}')]), HEAD);
  writeFileSync(join(path, 'notes.txt'), 'mine');
  const second = await openOutFolder(path);
  const manifest = await publishPack(second, packOf([file('plan.json', '{"b":1}')]), HEAD);
  expect(readdirSync(path).sort()).toEqual(['.osteon', 'manifest.json', 'notes.txt', 'plan.json']);
  expect(readFileSync(join(path, 'plan.json'), 'utf8')).toBe('{"b":1}');
  expect(manifest.artefacts).toMatchObject([{ path: 'plan.json', bytes: 7, step: 'toy' }]);
  expect(manifest.artefacts[0].sha256).toBe(sha256(readFileSync(join(path, 'plan.json'))));
});

test('a manifest that was tampered with cannot make a run delete anything outside its folder', async () => {
  const path = join(folder, 'tampered');
  await publishPack(await openOutFolder(path), packOf([file('plan.json', '{}')]), HEAD);
  const victim = write('victim.txt', 'keep');
  const listed = { artefacts: [{ path: '../victim.txt' }, { path: victim }, { path: 'bones/../../victim.txt' }, {}] };
  writeFileSync(join(path, 'manifest.json'), JSON.stringify(listed));
  await publishPack(await openOutFolder(path), packOf([file('plan.json', '{}')]), HEAD);
  expect(existsSync(victim)).toBe(true);
});
