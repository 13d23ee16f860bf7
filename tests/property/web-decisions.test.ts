import { describe, expect, test } from 'vitest';
import type { Vec3 } from '../../src/base/index.ts';
import { apply } from '../../src/math/index.ts';
import { caseVocabulary, NOTHING_PLANNED, type PlacedScrew, parseCase } from '../../src/plan/index.ts';
import type { Edit } from '../../src/segment/index.ts';
import { fourByFour, motionAbout, readMotion, squared } from '../../web/state/bodies.ts';
import { commandLine, decisionsOf, editsFile, sameDecisions, withKey } from '../../web/state/decisions.ts';
import {
  correctionOfMotion,
  isPelvic,
  motionOfCorrection,
  plannedOf,
  readCorrection,
  readPoints,
  screwsOf,
  withCorrection,
  withPlanned,
  withPoint,
} from '../../web/state/pelvis.ts';

const TALUS = 'osteon: 1\nprocedure: total-talus-replacement\nscan: ./dicom\naffectedSide: left\n';
const PELVIS = '# a case\nosteon: 1\nprocedure: acetabular-fracture\nscan: ./dicom\naffectedSide: left\n';
const screw: PlacedScrew = {
  id: 'screw-1',
  screw: 'cortical-3.5',
  entryMm: [10.1234, -20, 30],
  direction: [0.6, 0, -0.8],
  lengthMm: 60,
  target: 'left-ilium',
};

describe('decisions and the case file', () => {
  test('one key is set, the rest of the text stays', () => {
    expect(withKey(TALUS, 'affectedSide', 'right')).toBe(TALUS.replace('left', 'right'));
    expect(withKey(TALUS, 'bodyMassKg', 80)).toBe(`${TALUS}bodyMassKg: 80\n`);
    expect(withKey(`${TALUS}edits: ./edits.json\n`, 'edits', null)).toBe(TALUS);
    expect(withKey(TALUS, 'edits', null)).toBe(TALUS);
  });

  test('what is written is read as it was, the name of the edits file left to the server', () => {
    const edit: Edit = { op: 'move', bone: 'left-talus', transform: motionAbout([1, 2, 3], [10, 20, 30], [4, 5, 6]) };
    const mine = { document: TALUS, edits: [edit], planned: { ...NOTHING_PLANNED, screws: [screw] } };
    const back = decisionsOf(`${TALUS}edits: ./edits.json\n`, JSON.parse(JSON.stringify(editsFile(mine))));
    expect(sameDecisions(back, mine)).toBe(true);
  });

  test('an act is a command line', () => {
    const set = {
      verb: 'set',
      values: { bodyMassKg: 80, 'corrections/left-ilium': { shiftMm: [1, 0, 0] }, plate: null },
    };
    expect(commandLine(set, 'c1')).toBe(
      `osteon change c1 --set bodyMassKg=80 --set 'corrections/left-ilium={"shiftMm":[1,0,0]}' --set plate=`,
    );
    expect(commandLine({ verb: 'undo', to: 3 }, 'c1')).toBe('osteon change c1 --undo 3');
    expect(commandLine({ verb: 'edit', edit: { op: 'islands', bone: 'left-talus' } }, 'c1')).toContain('"islands"');
  });
});

describe('motions that a person types', () => {
  test.each([0, 1, 2, 3, 4])('numbers are given back as typed %i', (seed) => {
    const v = (k: number): Vec3 => [0, 1, 2].map((i) => Math.sin(seed * 7 + k * 3 + i) * 40) as unknown as Vec3;
    const motion = motionAbout(v(1), v(2), v(3));
    const { shiftMm, degrees } = readMotion(motion, v(1));
    for (let k = 0; k < 3; k++) {
      expect(shiftMm[k]).toBeCloseTo(v(3)[k], 9);
      expect(degrees[k]).toBeCloseTo(v(2)[k], 9);
    }
    const single = { ...motion, m: [...Float32Array.from(motion.m)] };
    expect(squared(single).m.every((x, i) => Math.abs(x - motion.m[i]) < 1e-4)).toBe(true);
    expect(fourByFour(motion)).toHaveLength(16);
  });
});

describe('an acetabular case says it all in its own file', () => {
  test('a correction is a shift and a turn about the fragment, and the case accepts it', () => {
    const centre: Vec3 = [5, 6, 7];
    const motion = motionAbout(centre, [4, -8, 15], [1, 2, -3]);
    const text = withCorrection(PELVIS, 'left-anterior-column', correctionOfMotion(motion, centre));
    const document = parseCase(text, caseVocabulary());
    expect(document).toHaveProperty(['corrections', 'left-anterior-column', 'shiftMm'], [1, 2, -3]);
    const again = motionOfCorrection(readCorrection(text, 'left-anterior-column'), centre);
    for (const p of [
      [0, 0, 0],
      [30, -20, 50],
    ] as Vec3[])
      apply(again, p).forEach((v, k) => {
        expect(v).toBeCloseTo(apply(motion, p)[k], 2);
      });
    const still = withCorrection(text, 'left-anterior-column', { shiftMm: [0, 0, 0], turnDeg: [0, 0, 0] });
    expect(still).not.toContain('corrections');
    expect(still).toContain('# a case');
  });

  test('a point in a fragment is a key of the case, and goes again', () => {
    const text = withPoint(PELVIS, 'left-posterior-column', [1.5, -2, 3]);
    expect(parseCase(text, caseVocabulary())).toHaveProperty(['bones', 'left-posterior-column'], [1.5, -2, 3]);
    expect(readPoints(text)).toEqual({ 'left-posterior-column': [1.5, -2, 3] });
    expect(withPoint(text, 'left-posterior-column', null)).not.toContain('bones');
  });

  test('screws and the plate are written so that the case takes exactly them', () => {
    const points: Vec3[] = [
      [0, 0, 0],
      [10, 0, 1],
      [20, 1, 2],
    ];
    const planned = {
      ...NOTHING_PLANNED,
      screws: [screw],
      plates: [{ id: 'plate-1', bone: 'b', points, widthMm: 10 }],
    };
    const text = withPlanned(PELVIS, planned);
    const document = parseCase(text, caseVocabulary());
    expect(document).toHaveProperty('screws', [
      {
        id: 'screw-1',
        screw: 'cortical-3.5',
        entry: [10.123, -20, 30],
        radiusMm: 0,
        direction: [36, 0, -48],
        coneDeg: 0,
        lengthMm: 60,
      },
    ]);
    expect(document).toHaveProperty('plate.arms', [['p1-1', 'p1-2', 'p1-3']]);
    const back = plannedOf(text);
    expect(back.screws[0].direction[0]).toBeCloseTo(0.6, 9);
    expect(back.plates[0].points).toEqual(points);
    // None is what the person wants; the program is asked by hand.
    expect(parseCase(withPlanned(text, NOTHING_PLANNED), caseVocabulary())).toMatchObject({
      screws: 'none',
      plate: 'automatic',
    });
    // Screws of the last run are taken over: what was moved is exactly so, the rest about where it was.
    const settled = [
      { ...screw, id: '1' },
      { ...screw, id: '2' },
    ];
    const mine = { ...NOTHING_PLANNED, screws: [settled[0], { ...settled[1], lengthMm: 40 }] };
    const taken = withPlanned(PELVIS, mine, settled);
    expect(parseCase(taken, caseVocabulary())).toMatchObject({
      screws: [
        { id: '1', radiusMm: 2, coneDeg: 5 },
        { id: '2', radiusMm: 0, coneDeg: 0, lengthMm: 40 },
      ],
    });
    expect(screwsOf(taken, settled)).toMatchObject([{ lengthMm: 60 }, { lengthMm: 40 }]);
    expect(withPlanned(taken, { ...mine, screws: screwsOf(taken, settled) }, settled)).toBe(taken);
    expect(screwsOf(PELVIS, settled)).toEqual(settled);
    const aimed = `${PELVIS}screws: [{ id: A, entry: [1, 2, 3], target: [4, 5, 60] }]\n`;
    expect(parseCase(withPlanned(aimed, planned), caseVocabulary())).toHaveProperty(['screws', 0, 'id'], 'A');
    expect(isPelvic(text)).toBe(true);
    expect(isPelvic(TALUS)).toBe(false);
  });
});
