import { expect, test } from 'vitest';
import { createRng, OsteonError } from '../../src/base/index.ts';
import {
  CASE_SCHEMA,
  caseVocabulary,
  checkParam,
  parseCase,
  type TalusDocument,
  type TalusVocabulary,
} from '../../src/plan/index.ts';

const VOCABULARY: TalusVocabulary = {
  processes: ['ti64-eli-lpbf', 'pla-fdm'],
  settings: ['layerMm', 'powerW'],
  rates: ['imagingUsd'],
  bones: ['left-talus', 'right-talus', 'left-calcaneus'],
  parameters: new Map([
    [
      'implant.capMm',
      (value) => checkParam('capMm', { label: '', unit: 'mm', default: 0.5, min: 0.05, max: 2, source: 'test' }, value),
    ],
  ]),
};
const GOOD: Readonly<Record<string, string>> = {
  osteon: '1',
  procedure: 'total-talus-replacement',
  scan: './dicom',
  affectedSide: 'left',
  material: 'Ti-6Al-4V ELI',
  bodyMassKg: '80',
  sizesVolumePercent: '[95, 100, 105]',
};
const write = (lines: Readonly<Record<string, string>>) =>
  Object.entries(lines)
    .map(([k, v]) => `${k}: ${v}`)
    .join('\n');
const parse = (text: string) =>
  parseCase(text, { ...caseVocabulary(), 'total-talus-replacement': VOCABULARY }) as TalusDocument;
const refusal = (text: string) => {
  try {
    parse(text);
  } catch (e) {
    if (e instanceof OsteonError) return e;
    throw e;
  }
  return undefined;
};

test('the case of the documentation is read as it stands', () => {
  expect(parse(write(GOOD))).toEqual({
    osteon: 1,
    procedure: 'total-talus-replacement',
    scan: ['./dicom'],
    affectedSide: 'left',
    material: 'Ti-6Al-4V ELI',
    bodyMassKg: 80,
    sizes: { mode: 'volume', percent: [95, 100, 105] },
  });
});

test('everything optional is read too', () => {
  const text = `${write(GOOD)}
series: 1.2.840.1.5   # comment
bones: { left-talus: [1, -2.5, 3e1] }
edits: edits.json
osteophytes: [{ at: [0, 0, 0], radiusMm: 4 }]
parameters: { implant.capMm: 0.4 }
overrides:
  dicom.protocol: slices of 1.5 mm accepted by the surgeon
`;
  expect(parse(text)).toMatchObject({
    series: '1.2.840.1.5',
    bones: { 'left-talus': [1, -2.5, 30] },
    parameters: { 'implant.capMm': 0.4 },
    overrides: { 'dicom.protocol': 'slices of 1.5 mm accepted by the surgeon' },
  });
  const { sizesVolumePercent: _, ...rest } = GOOD;
  expect(parse(write({ ...rest, sizesLinearPercent: '[98, 100]' })).sizes).toEqual({
    mode: 'linear',
    percent: [98, 100],
  });
  expect(parse(write(rest)).sizes.percent).toEqual([95, 100, 105]);
});

test('a mistyped key names the nearest known one and its line', () => {
  const e = refusal(write({ ...GOOD, afectedSide: 'left' }));
  expect(e).toMatchObject({ code: 'case.unknown-key', hint: 'Did you mean "affectedSide"?', facts: { line: 8 } });
  expect(refusal(write({ ...GOOD, bones: '{ left-tallus: [1, 2, 3] }' }))?.hint).toContain('left-talus');
  expect(refusal(write({ ...GOOD, parameters: '{ implant.capMM: 1 }' }))?.hint).toContain('implant.capMm');
});

test.each([
  ['an unknown procedure', { procedure: 'hip' }, 'case.value'],
  ['a side that is none', { affectedSide: 'both' }, 'case.value'],
  ['an unknown material', { material: 'gold' }, 'case.value'],
  ['a mass out of range', { bodyMassKg: '8000' }, 'case.value'],
  ['a mass with a unit', { bodyMassKg: '80 kg' }, 'case.value'],
  ['a mass that is no number', { bodyMassKg: '.nan' }, 'case.value'],
  ['a size written as a factor', { sizesVolumePercent: '[0.95, 1]' }, 'case.value'],
  ['a size twice', { sizesVolumePercent: '[95, 95]' }, 'case.value'],
  ['no size', { sizesVolumePercent: '[]' }, 'case.value'],
  ['sizes both ways', { sizesLinearPercent: '[95]' }, 'case.value'],
  ['a point of two numbers', { bones: '{ left-talus: [1, 2] }' }, 'case.value'],
  ['a parameter out of range', { parameters: '{ implant.capMm: 99 }' }, 'param.range'],
  ['an override without a reason', { overrides: '{ dicom.protocol: ok }' }, 'case.value'],
  ['a newer schema', { osteon: String(CASE_SCHEMA + 1) }, 'case.newer'],
  ['schema zero', { osteon: '0' }, 'case.value'],
  ['half a schema', { osteon: '1.5' }, 'case.value'],
  ['a schema as text', { osteon: '"1"' }, 'case.value'],
  ['an empty path', { scan: '""' }, 'case.value'],
  ['a path with a zero byte', { scan: '"a\\0b"' }, 'case.value'],
  ["a patient's name", { patientName: 'Doe^Jane' }, 'case.unknown-key'],
])('%s is refused', (_, change, code) => {
  expect(refusal(write({ ...GOOD, ...change } as Record<string, string>))?.code).toBe(code);
});

test.each(['osteon', 'procedure', 'scan', 'affectedSide', 'material', 'bodyMassKg'])('%s must be there', (key) => {
  const { [key]: _, ...rest } = GOOD;
  expect(refusal(write(rest))).toMatchObject({ code: 'case.value', facts: { key } });
});

/** Texts that no honest planner writes: each kind made in many variants by a seeded generator. */
function hostile(seed: number): string {
  const random = createRng(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)];
  const many = (n: number) => 1 + Math.floor(random() * n);
  const good = write(GOOD);
  const kinds: readonly (() => string)[] = [
    () => `${good}\n__proto__: { polluted: ${many(9)} }`,
    () => `${good}\n${pick(['constructor', 'prototype', 'toString', 'hasOwnProperty'])}: { a: ${many(9)} }`,
    () => `${good}\nbones: { ${pick(['__proto__', 'constructor'])}: [1, 2, ${many(9)}] }`,
    () => `${good}\nparameters: { __proto__: ${many(9)} }`,
    () => '['.repeat(many(60_000)),
    () => '{a: '.repeat(many(15_000)),
    () => '- '.repeat(many(30_000)),
    () => '? '.repeat(many(30_000)),
    () => `${good}\nseries: ${'9'.repeat(many(40_000))}x`,
    () =>
      `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: many(20) }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i},*a${i},*a${i},*a${i}]`).join('\n')}\n${good}`,
    () =>
      `${good}\nedits: ${pick(['!!js/function "x"', '!!binary aGk=', '!!python/object x', '!include y', '!!set {a}'])}`,
    () => `${good}\n---\n${good}`,
    () => `${good}\nosteon: ${many(5)}`,
    () => good.replace('80', pick(['1e999', '-80', '0x1F4', '.inf', '0o777777', '80,5', '"80"', '[80]', '~', '1_000'])),
    () =>
      good.replace(
        '[95, 100, 105]',
        pick(['95', '{a: 95}', `[${'95,'.repeat(many(9000))}]`, '[95, "100"]', '[1e3]', '[[95]]']),
      ),
    () => good.replace('left', pick(['LEFT', 'links', 'left\u0000', 'left right', '[left]', '1', 'true'])),
    () =>
      good.replace(
        './dicom',
        pick(['', '[]', '{}', '"\\u0007"', `"${'a/'.repeat(many(5000) + 520)}"`, '12', '[1]', 'null']),
      ),
    () => good.replace(pick(Object.keys(GOOD)), (k) => k + String.fromCharCode(97 + many(25))),
    () => good.slice(0, many(good.indexOf('bodyMassKg'))),
    () => `${good}\n"${'k'.repeat(many(50_000))}": 1`,
    () => Array.from({ length: many(4000) }, (_, i) => `k${i}: ${i}`).join('\n'),
    () => Array.from({ length: many(2000) }, (_, i) => `${' '.repeat(i)}k:`).join('\n'),
    () => String.fromCharCode(...Array.from({ length: many(3000) }, () => Math.floor(random() * 0xd000))),
    () => `${good}\n${'#'.repeat(17_000)}`,
    () => `${good}\noverrides: { ${'a'.repeat(many(9000))}!: ${'a'.repeat(30)} }`,
    () => `%YAML ${many(9)}.${many(9)}\n${'%TAG ! x\n'.repeat(many(50))}---\n${good}`,
    () => `${good}\nbones:\n${Array.from({ length: many(900) }, (_, i) => `  bone${i}: [1, 2, 3]`).join('\n')}`,
    () => `${good}\n<<: *x`,
    () => `"${good.replaceAll('"', '')}`,
  ];
  return kinds[seed % kinds.length]();
}

test('1 000 hostile case files: none accepted, none slow, nothing polluted', () => {
  let slowest = 0;
  for (let seed = 0; seed < 1000; seed++) {
    const text = hostile(seed);
    // Processor time, so that a busy machine does not fail the test.
    const before = process.cpuUsage();
    const e = refusal(text);
    const { user, system } = process.cpuUsage(before);
    slowest = Math.max(slowest, (user + system) / 1000);
    expect(e?.code, `seed ${seed}: ${text.slice(0, 120)}`).toMatch(/^(case|param)\./);
  }
  expect(slowest).toBeLessThan(100);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
