import { describe, expect, test } from 'vitest';
import { NOTHING_PLANNED, parsePlanned } from '../../src/plan/index.ts';
import { FOOT_NAMES, parseEdits } from '../../src/segment/index.ts';

const screw = {
  id: 's1',
  screw: 'cortical-3.5',
  entryMm: [1, 2, 3],
  direction: [0, 0, 1],
  lengthMm: 40,
  target: 'left-talus',
};
const cut = { id: 'c1', bone: 'left-talus', point: [0, 0, 0], normal: [1, 0, 0] };
const whole = {
  screws: [screw],
  plates: [
    {
      id: 'p1',
      bone: 'left-tibia',
      points: [
        [0, 0, 0],
        [1, 2, 3],
      ],
      widthMm: 10,
    },
  ],
  cuts: [cut],
  measurements: [
    {
      id: 'm1',
      kind: 'distance',
      points: [
        [0, 0, 0],
        [3, 4, 0],
      ],
    },
    { id: 'm2', kind: 'hu', points: [[0, 0, 0]], radiusMm: 3 },
  ],
};

describe('what a person planned', () => {
  test('is read as it was written, in a case file that edits share', () => {
    expect(parsePlanned(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
    expect(parsePlanned(undefined)).toBe(NOTHING_PLANNED);
    expect(parseEdits({ edits: [], planned: whole }, FOOT_NAMES).edits).toEqual([]);
  });
  test.each([
    ['an unknown key', { ...whole, notes: [] }, /unknown key notes/],
    ['an id twice', { screws: [screw, screw] }, /each id once/],
    ['an unknown screw', { screws: [{ ...screw, screw: 'wood' }] }, /design.screw-type/],
    ['a direction that is not a unit', { cuts: [{ ...cut, normal: [1, 1, 0] }] }, /cuts 1.*length 1/],
    ['a length out of reach', { screws: [{ ...screw, lengthMm: 4000 }] }, /lengthMm/],
    [
      'an angle of two points',
      {
        measurements: [
          {
            id: 'a',
            kind: 'angle',
            points: [
              [0, 0, 0],
              [1, 0, 0],
            ],
          },
        ],
      },
      /points: 3/,
    ],
    ['a point at infinity', { cuts: [{ ...cut, point: [1, 2, 1e9] }] }, /LPS mm/],
  ])('%s is refused by its place', (_, json, message) => {
    expect(() => parsePlanned(json)).toThrow(message);
  });
});
