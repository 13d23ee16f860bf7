import { createHmac } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import dicomParser from 'dicom-parser';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BASIC_PROFILE } from '../../src/dicom/confidentiality.ts';
import {
  createDeidentifier,
  type Deidentified,
  type NewElements,
  type NewValue,
  type Pseudonyms,
  writeDicomFile,
} from '../../src/dicom/index.ts';
import { createPseudonyms } from '../../src/platform/node/index.ts';
import { BIG, DEFLATED, EXPLICIT, IMPLICIT, sliceBytes } from '../dicom-kit.ts';

const KEY = createHmac('sha256', 'test').update('key').digest();
const PSEUDONYMS: Pseudonyms = createPseudonyms(KEY);
const inflate = (b: Uint8Array, most: number) => new Uint8Array(inflateRawSync(b, { maxOutputLength: most }));
const clean = createDeidentifier(PSEUDONYMS, { keepCharacteristics: false }, inflate);

type Clean = Extract<Deidentified, { kind: 'clean' }>;
function cleaned(bytes: Uint8Array): Clean {
  const made = clean(bytes);
  if (made.kind !== 'clean') throw new Error(made.reason);
  return made;
}
/** Read back by a parser that shares nothing with ours. */
const parsed = (bytes: Uint8Array) => dicomParser.parseDicom(Buffer.from(bytes));
const holds = (bytes: Uint8Array, text: string) => Buffer.from(bytes).toString('latin1').includes(text);

const canary = (vr: string, i: number): NewValue => {
  const text = `CANARY${i}`;
  if (vr === 'UI') return `1.9.${7_000_000 + i}`;
  if (vr === 'DA') return '19770707';
  if (vr === 'DT') return '19770707123456';
  if (vr === 'TM') return '070707';
  if (vr === 'AS') return '077Y';
  if (vr === 'DS' || vr === 'IS') return String(7_000_000 + i);
  if (vr === 'SQ') return [[[0x0008_1050, 'PN', text]]];
  if (['OB', 'OW', 'UN', 'OF', 'OD', 'OL', 'OV'].includes(vr)) return new TextEncoder().encode(`${text} `.slice(0, 12));
  if (vr === 'US' || vr === 'SS') return [7777];
  if (['UL', 'SL', 'FL', 'FD'].includes(vr)) return [7_000_000 + i];
  if (vr === 'AT') return [0x7777, 0x7777];
  return text;
};

const RULES = Object.entries(BASIC_PROFILE).flatMap(([action, list]) =>
  list
    .trim()
    .split(/\s+/)
    .map((e) => ({ action, tag: Number.parseInt(e.slice(0, 8), 16), vr: e.slice(8) })),
);

test('every attribute of the profile: nothing that was written into it is left', () => {
  expect(RULES.length).toBeGreaterThan(610);
  // Group 2 is written anew; pixels and what the reader judges are not the profile's.
  const tried = RULES.filter(({ tag }) => tag > 0x0008_0000 && tag < 0x7fe0_0000 && tag !== 0x0028_0301);
  const set: NewElements = tried.map(({ tag, vr }, i): NewElements[number] => [tag, vr, canary(vr, i)]);
  const { bytes } = cleaned(sliceBytes({ set }));
  const d = parsed(bytes);
  for (const [i, { tag, vr, action }] of tried.entries()) {
    const name = `x${tag.toString(16).padStart(8, '0')}`;
    const value = d.elements[name] ? (d.string(name) ?? '') : '';
    const before = canary(vr, i);
    if (typeof before === 'string' && !['TM', 'DS', 'IS'].includes(vr)) expect(value, name).not.toBe(before);
    if (action === 'X' && !['DA', 'DT', 'TM'].includes(vr) && ![0x0008_1030, 0x0008_103e].includes(tag))
      expect(d.elements[name], name).toBeUndefined();
  }
  expect(holds(bytes, 'CANARY')).toBe(false);
  expect(holds(bytes, '7770707')).toBe(false);
});

test('40 canaries: names, texts, numbers, private, unknown, nested, curves, overlays, behind the pixels', () => {
  const mark = (i: number) => `ZANARY${String(i).padStart(2, '0')}`;
  const text: [number, string][] = [
    [0x0008_0080, 'LO'],
    [0x0008_0081, 'ST'],
    [0x0008_0090, 'PN'],
    [0x0008_1010, 'SH'],
    [0x0008_1030, 'LO'],
    [0x0008_103e, 'LO'],
    [0x0008_1048, 'PN'],
    [0x0008_1070, 'PN'],
    [0x0010_0010, 'PN'],
    [0x0010_0020, 'LO'],
    [0x0010_1000, 'LO'],
    [0x0010_1001, 'PN'],
    [0x0010_1040, 'LO'],
    [0x0010_2154, 'SH'],
    [0x0010_2180, 'SH'],
    [0x0010_21b0, 'LT'],
    [0x0010_4000, 'LT'],
    [0x0018_1000, 'LO'],
    [0x0018_1030, 'LO'],
    [0x0020_0010, 'SH'],
    [0x0020_4000, 'LT'],
    [0x0032_1060, 'LO'],
    [0x0038_0010, 'LO'],
    [0x0040_0006, 'PN'],
    [0x0040_0254, 'LO'],
    [0x0008_0050, 'SH'],
    [0x4008_0102, 'PN'],
    [0x0009_0010, 'LO'],
    [0x0009_1001, 'LO'],
    [0x0029_1010, 'UN'],
    [0x0008_9999, 'LO'],
    [0x0018_9998, 'UT'],
    [0x5000_0022, 'LO'],
    [0x6000_1500, 'LO'],
    [0x6000_4000, 'LT'],
    [0x0010_9431, 'LO'],
  ];
  const set: NewElements = [
    ...text.map(([tag, vr], i): NewElements[number] => [
      tag,
      vr,
      vr === 'UN' ? new TextEncoder().encode(mark(i)) : mark(i),
    ]),
    [
      0x0008_1140,
      'SQ',
      [
        [
          [0x0008_1155, 'UI', '1.2.3'],
          [0x0040_a123, 'PN', mark(36)],
        ],
      ],
    ],
    [
      0x0040_0275,
      'SQ',
      [
        [
          [0x0040_0007, 'LO', mark(37)],
          [0x0009_1001, 'LO', mark(37)],
        ],
      ],
    ],
    [
      0x5200_9229,
      'SQ',
      [
        [
          [0x0018_9006, 'SQ', [[[0x0010_4000, 'LT', mark(38)]]]],
          [
            0x0020_9116,
            'SQ',
            [
              [
                [0x0020_0037, 'DS', '1\\0\\0\\0\\1\\0'],
                [0x0011_0010, 'LO', mark(39)],
              ],
            ],
          ],
        ],
      ],
    ],
  ];
  for (const syntax of [EXPLICIT, IMPLICIT, BIG, DEFLATED]) {
    const source = sliceBytes({ set, syntax });
    // Behind the pixels, and in the preamble, where anything may lie.
    source.set(new TextEncoder().encode(mark(40)), 0);
    const { bytes, identity } = cleaned(source);
    expect(holds(bytes, 'ZANARY'), syntax).toBe(false);
    expect(identity.name).toBe(mark(8));
    const d = parsed(bytes);
    expect(d.string('x00120062')).toBe('YES');
    // Within kept functional groups what is needed stays.
    const orientation = d.elements.x52009229.items?.[0].dataSet?.elements.x00209116.items?.[0].dataSet;
    expect(orientation?.string('x00200037')).toBe('1\\0\\0\\0\\1\\0');
  }
});

test('pixels and geometry keep every bit; UIDs, dates and codes agree over files and differ between vaults', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1024, max: 3071 }), { minLength: 48, maxLength: 48 }),
      fc.integer({ min: 1, max: 99 }),
      (stored, n) => {
        const set: NewElements = [
          [0x0008_0020, 'DA', '20240229'],
          [0x0008_0022, 'DA', '20240301'],
        ];
        const one = sliceBytes({ stored, number: n, position: [1.5, -2.25, n], set });
        const two = sliceBytes({ stored, number: n + 1, position: [1.5, -2.25, n + 1], set });
        const [a, b] = [cleaned(one), cleaned(two)];
        const [d, e, was] = [parsed(a.bytes), parsed(b.bytes), parsed(one)];
        const pixels = (x: ReturnType<typeof parsed>) =>
          Buffer.from(
            x.byteArray.subarray(
              x.elements.x7fe00010.dataOffset,
              x.elements.x7fe00010.dataOffset + x.elements.x7fe00010.length,
            ),
          );
        expect(pixels(d).equals(pixels(was))).toBe(true);
        for (const tag of ['x00200032', 'x00200037', 'x00280030', 'x00281052', 'x00281053', 'x00180060', 'x00181210'])
          expect(d.string(tag)).toBe(was.string(tag));
        for (const tag of ['x0020000d', 'x0020000e', 'x00200052', 'x00100020']) {
          expect(d.string(tag)).toBe(e.string(tag));
          expect(d.string(tag)).not.toBe(was.string(tag));
        }
        expect(a.sopInstanceUid).not.toBe(b.sopInstanceUid);
        const day = (t: string) =>
          Date.UTC(Number(t.slice(0, 4)), Number(t.slice(4, 6)) - 1, Number(t.slice(6, 8))) / 86_400_000;
        expect(day(d.string('x00080022')!) - day(d.string('x00080020')!)).toBe(1);
        const other = createDeidentifier(
          createPseudonyms(createHmac('sha256', 'other').digest()),
          undefined,
          inflate,
        )(one) as Clean;
        expect(other.code).not.toBe(a.code);
        expect(other.sopInstanceUid).not.toBe(a.sopInstanceUid);
      },
    ),
    { numRuns: 40 },
  );
});

test('a date moves by whole days through every calendar', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('1901-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }), (date) => {
      const text = date.toISOString().slice(0, 10).replaceAll('-', '');
      const { bytes } = cleaned(sliceBytes({ set: [[0x0008_0020, 'DA', text]] }));
      const moved = new Date(
        Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + PSEUDONYMS.days('P1')),
      );
      expect(parsed(bytes).string('x00080020')).toBe(moved.toISOString().slice(0, 10).replaceAll('-', ''));
    }),
    { numRuns: 200 },
  );
});

test('sex, age and weight stay only where asked; a second pass finds nothing new to take', () => {
  const source = sliceBytes({
    set: [
      [0x0010_0040, 'CS', 'F'],
      [0x0010_1010, 'AS', '063Y'],
      [0x0010_1030, 'DS', '71'],
    ],
  });
  const d = parsed(cleaned(source).bytes);
  expect([d.string('x00100040') ?? '', d.elements.x00101010, d.elements.x00101030]).toEqual(['', undefined, undefined]);
  const keep = createDeidentifier(PSEUDONYMS, { keepCharacteristics: true }, inflate)(source) as Clean;
  const k = parsed(keep.bytes);
  expect([k.string('x00100040'), k.string('x00101010'), k.string('x00101030')]).toEqual(['F', '063Y', '71']);
  const again = cleaned(cleaned(source).bytes);
  expect(Object.keys(parsed(again.bytes).elements)).toEqual(Object.keys(d.elements));
});

test('what may show a name in its pixels, or holds no image, is left out with its reason', () => {
  expect(clean(sliceBytes({ set: [[0x0028_0301, 'CS', 'YES']] })).kind).toBe('dropped');
  expect(clean(sliceBytes({ set: [[0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.7']] })).kind).toBe('dropped');
  expect(
    clean(
      writeDicomFile(EXPLICIT, [
        [0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.104.1'],
        [0x0010_0020, 'LO', 'P1'],
      ]),
    ).kind,
  ).toBe('dropped');
});
