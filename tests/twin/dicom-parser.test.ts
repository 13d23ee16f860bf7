import { Buffer } from 'node:buffer';
import dicomParser from 'dicom-parser';
import { expect, test } from 'vitest';
import { type NewElements, readElements } from '../../src/dicom/index.ts';
import { inflate } from '../../src/platform/node/codecs.ts';
import { BIG, DEFLATED, EXPLICIT, fileOf, IMPLICIT, sliceBytes } from '../dicom-kit.ts';

// Our reader against dicom-parser, the reader most browsers use: same elements, same bytes.

type Theirs = ReturnType<typeof dicomParser.parseDicom>;
type Ours = ReturnType<typeof readElements>['dataSet'];

/** Every element we kept is theirs, at the same place, and so on down the sequences. */
function compare(ours: Ours, theirs: Theirs): number {
  let count = 0;
  for (const e of ours.elements.values()) {
    const their = theirs.elements[`x${e.tag.toString(16).padStart(8, '0')}`];
    expect(their, e.tag.toString(16)).toBeDefined();
    expect(their.dataOffset).toBe(e.at);
    if (!their.hadUndefinedLength) expect(their.length).toBe(e.length);
    count++;
    // Implicit files do not say what is a sequence, and theirs has no dictionary to know it by.
    if (their.vr === undefined) continue;
    expect(their.items?.length ?? 0).toBe(e.items.length);
    e.items.forEach((item, i) => {
      count += compare(item, their.items![i].dataSet as Theirs);
    });
  }
  return count;
}

const nested: NewElements = [
  [0x0009_0010, 'LO', 'PRIVATE'],
  [0x0009_1001, 'UN', new Uint8Array(11)],
  [
    0x5200_9229,
    'SQ',
    [
      [
        [0x0028_9110, 'SQ', [[[0x0028_0030, 'DS', '0.4\\0.3']], [[0x0018_0050, 'DS', '1']]]],
        [0x0020_9116, 'SQ', []],
      ],
    ],
  ],
];

test.each([EXPLICIT, IMPLICIT, BIG, DEFLATED])('transfer syntax %s', (syntax) => {
  const bytes = sliceBytes({ syntax, set: nested });
  const ours = readElements(fileOf(bytes), inflate);
  const theirs = dicomParser.parseDicom(Buffer.from(bytes));
  expect(ours.transferSyntax).toBe(syntax);
  // In deflated files their offsets count from the meta information, ours from the inflated bytes.
  const shift = syntax === DEFLATED ? 144 + new DataView(bytes.buffer).getUint32(140, true) : 0;
  if (shift) expect(ours.pixels!.at + shift).toBe(theirs.elements.x7fe00010.dataOffset);
  else {
    expect(compare(ours.dataSet, theirs)).toBeGreaterThan(26);
    expect(ours.pixels).toEqual({ at: theirs.elements.x7fe00010.dataOffset, length: 96 });
  }
});
