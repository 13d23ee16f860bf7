import { expect, test } from 'vitest';
import { OsteonError } from '../../src/base/index.ts';
import { type AcetabulumDocument, caseVocabulary, parseCase } from '../../src/plan/index.ts';

const BARE = `osteon: 1
procedure: acetabular-fracture
scan: ./dicom
affectedSide: left
`;
const parse = (text: string) => parseCase(text, caseVocabulary()) as AcetabulumDocument;
const refusal = (text: string) => {
  try {
    parse(text);
  } catch (e) {
    if (e instanceof OsteonError) return e;
    throw e;
  }
  return undefined;
};

test('scan and side are a whole case', () => {
  expect(parse(BARE)).toEqual({
    osteon: 1,
    procedure: 'acetabular-fracture',
    scan: ['./dicom'],
    affectedSide: 'left',
    material: 'Ti-6Al-4V ELI',
    screws: 'automatic',
    plate: 'automatic',
    guide: 'automatic',
  });
});

test('every choice can be made in the case', () => {
  const read = parse(`${BARE}material: 316L
bones: { left-anterior-column: [31, 0, 857], sacrum: [4, 82, 951] }
corrections:
  left-posterior-column: { shiftMm: [0, 0, 1], turnDeg: [2, 0, 0] }
  left-anterior-column: { asScanned: true }
screws:
  - { id: A1, entry: [1, 2, 3], radiusMm: 3, target: [4, 5, 6], screw: cannulated-7.3 }
  - { entry: [1, 2, 30], direction: [0, 0, -1], coneDeg: 0, radiusMm: 0, lengthMm: 40 }
plate:
  points: { a: [1, 2, 3], b: [10, 2, 3], c: [5, 9, 3] }
  arms: [[a, b], [a, c, b]]
  panels: [[a, b, c]]
guide: none
parameters: { plate.widthMm: 12, screws.perFragment: 2 }
overrides: { reduce.no-place: seen in the theatre and accepted }
`);
  expect(read.material).toBe('316L');
  expect(read.corrections?.['left-posterior-column']).toEqual({ shiftMm: [0, 0, 1], turnDeg: [2, 0, 0] });
  expect(read.screws).toHaveLength(2);
  expect(read.plate).toMatchObject({
    arms: [
      ['a', 'b'],
      ['a', 'c', 'b'],
    ],
  });
  expect(read.guide).toBe('none');
});

test('what is not allowed is refused by name', () => {
  expect(refusal(`${BARE}sizesVolumePercent: [95]\n`)?.code).toBe('case.unknown-key');
  expect(refusal(`${BARE}bones: { left-talus: [1, 2, 3] }\n`)?.code).toBe('case.unknown-key');
  expect(refusal(`${BARE}parameters: { implant.capMm: 0.4 }\n`)?.code).toBe('case.unknown-key');
  expect(refusal(`${BARE}parameters: { plate.widthMm: 900 }\n`)?.code).toBe('param.range');
  expect(refusal(`${BARE}screws: [{ entry: [1, 2, 3], screw: cortical-9 }]\n`)?.code).toBe('case.value');
  expect(refusal(`${BARE}screws: [{ radiusMm: 2 }]\n`)).toMatchObject({
    code: 'case.value',
    facts: { key: 'screws[0].entry' },
  });
  expect(refusal(`${BARE}plate: { points: { a: [1, 2, 3] }, arms: [[a, b]] }\n`)).toMatchObject({ code: 'case.value' });
  expect(refusal(`${BARE}guide: perhaps\n`)?.code).toBe('case.value');
  expect(refusal(BARE.replace('acetabular-fracture', 'acetabular-fractur'))?.code).toBe('case.value');
  expect(refusal(BARE.replace(/affectedSide.*\n/, ''))).toMatchObject({ facts: { key: 'affectedSide' } });
});
