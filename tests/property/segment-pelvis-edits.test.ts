import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Vec3 } from '../../src/base/index.ts';
import { parseEditsFile } from '../../src/plan/index.ts';
import { applyPelvicEdits, PELVIC_NAMES, type Pelvis, parseEdits, pelvicName } from '../../src/segment/index.ts';
import { axisGrid, createVolume } from '../../src/volume/index.ts';

// Two fragments as blocks side by side in soft tissue, 1.5 mm voxels: x < 18 is the ilium, beyond the anterior column.
const SIZE: Vec3 = [26, 18, 14];
const grid = axisGrid(SIZE, [1.5, 1.5, 1.5], [-10, -8, 5]);
const [ILIUM, FRONT] = (['left-ilium', 'left-anterior-column'] as const).map((id) => pelvicName(id).label);
const hu = new Int16Array(SIZE[0] * SIZE[1] * SIZE[2]).fill(40);
const data = new Uint8Array(hu.length);
const xyz = (i: number): Vec3 => [i % SIZE[0], Math.floor(i / SIZE[0]) % SIZE[1], Math.floor(i / (SIZE[0] * SIZE[1]))];
const lps = (i: number): Vec3 => {
  const [x, y, z] = xyz(i);
  return [-10 + 1.5 * x, -8 + 1.5 * y, 5 + 1.5 * z];
};
for (let i = 0; i < hu.length; i++) {
  const [x, y, z] = xyz(i);
  if (x < 3 || x > 22 || y < 3 || y > 14 || z < 3 || z > 10) continue;
  hu[i] = 300 + 50 * (i % 7);
  data[i] = x < 12 ? ILIUM : FRONT;
}
const ct = createVolume(grid, 'hu', hu);
const pelvis: Pelvis = {
  labels: createVolume(grid, 'label', data),
  bones: (['left-ilium', 'left-anterior-column'] as const).map((name) => ({
    name,
    ...pelvicName(name),
    volumeMm3: 3.375 * data.filter((v) => v === pelvicName(name).label).length,
    centre: [0, 0, 0],
    cut: false,
    cutMm2: 0,
    neighbours: [],
  })),
  levels: { splitHu: 200, softHu: 40, boneHu: 600 },
  findings: [],
};
const edited = (...edits: unknown[]) => applyPelvicEdits(pelvis, ct, parseEdits({ edits }, PELVIC_NAMES), 'left');
const changed = (after: Pelvis) => [...data.keys()].filter((i) => after.labels.data[i] !== data[i]);

const place = fc.tuple(
  fc.double({ min: -12, max: 30, noNaN: true }),
  fc.double({ min: -10, max: 20, noNaN: true }),
  fc.double({ min: 3, max: 28, noNaN: true }),
);
const stroke = fc.record({
  points: fc.array(place, { minLength: 1, maxLength: 4 }),
  radiusMm: fc.double({ min: 0.8, max: 6, noNaN: true }),
});
const range = fc.tuple(fc.integer({ min: -100, max: 700 }), fc.integer({ min: -100, max: 700 }));

/** Of a point to the line through the points of a stroke. */
const fromStroke = (p: Vec3, points: readonly Vec3[]): number =>
  points.reduce((least, a, k) => {
    const b = points[Math.min(k + 1, points.length - 1)];
    const d = [0, 1, 2].map((c) => b[c] - a[c]);
    const l2 = d.reduce((s, v) => s + v * v, 0);
    const t = l2 > 0 ? Math.min(1, Math.max(0, [0, 1, 2].reduce((s, c) => s + (p[c] - a[c]) * d[c], 0) / l2)) : 0;
    return Math.min(least, Math.hypot(...[0, 1, 2].map((c) => p[c] - a[c] - t * d[c])));
  }, Number.POSITIVE_INFINITY);

describe('edits of fragments', () => {
  test('a stroke changes its own label, in its reach, where its mask lets it, and nothing else', () => {
    const op = fc.constantFrom('include', 'exclude', 'over');
    fc.assert(
      fc.property(op, stroke, range, (kind, line, [a, b]) => {
        const [lowHu, highHu] = a < b ? [a, b] : [b, a];
        const over = kind === 'over';
        const edit = {
          op: over ? 'include' : kind,
          bone: 'left-anterior-column',
          strokes: [line],
          within: { lowHu, highHu },
          ...(over && { over: 'bones' }),
        };
        const after = edited(edit);
        for (const i of changed(after)) {
          expect(hu[i] >= lowHu && hu[i] <= highHu).toBe(true);
          // A voxel about the pen is the one its middle is rounded to.
          expect(fromStroke(lps(i), line.points)).toBeLessThan(line.radiusMm + 1.5);
          if (kind === 'exclude') expect([data[i], after.labels.data[i]]).toEqual([FRONT, 0]);
          else expect(after.labels.data[i]).toBe(FRONT);
          if (kind === 'include') expect(data[i]).toBe(0);
        }
        for (const { label, volumeMm3 } of after.bones)
          expect(volumeMm3).toBeCloseTo(3.375 * after.labels.data.filter((v) => v === label).length, 6);
      }),
      { numRuns: 150, seed: 4 },
    );
  });

  test('a fragment is split off by two seeds, renamed and put back: the labels are as before', () => {
    const seeds = [lps(data.indexOf(FRONT)), lps(data.lastIndexOf(FRONT))];
    const split = { op: 'split', bone: 'left-anterior-column', seeds, into: 'left-fragment-4' };
    const apart = edited(split);
    expect(apart.bones.map((b) => b.name)).toEqual(['left-ilium', 'left-anterior-column', 'left-fragment-4']);
    const named = edited(split, { op: 'rename', from: 'left-fragment-4', to: 'left-posterior-column' });
    const third = named.bones.find((b) => b.name === 'left-posterior-column')!;
    expect(third).toMatchObject({ kind: 'fragment', side: 'left', cut: false });
    expect(third.neighbours.map((n) => n.name)).toContain('left-anterior-column');
    const back = { op: 'merge', from: 'left-posterior-column', into: 'left-anterior-column' };
    const again = edited(split, { op: 'rename', from: 'left-fragment-4', to: 'left-posterior-column' }, back);
    expect(changed(again)).toEqual([]);
  });

  test('what is found about fragments is said of them as they are now', () => {
    const codes = (p: Pelvis) => p.findings.map((f) => f.code);
    expect(codes(edited({ op: 'merge', from: 'left-anterior-column', into: 'left-ilium' }))).toEqual([
      'segment.no-fracture',
    ]);
    const toTheEnd = { points: [lps(data.indexOf(FRONT)), [40, -3.5, 9.5]], radiusMm: 2 };
    const out = edited({ op: 'include', bone: 'left-fragment-5', strokes: [toTheEnd] });
    expect(out.findings).toMatchObject([{ code: 'segment.bone-cut', facts: { bone: 'left-fragment-5' } }]);
    const unsure = { ...pelvis, findings: [{ level: 'blocker', code: 'segment.no-fracture', text: '' }] } as Pelvis;
    const helped = applyPelvicEdits(unsure, ct, parseEdits({ edits: [] }, PELVIC_NAMES), 'left');
    expect(helped.findings).toEqual([]);
  });

  test.each([
    ['a bone of the foot', { op: 'islands', bone: 'left-talus' }, /param.unknown.*left-hip-bone/],
    ['a bone that is not there', { op: 'islands', bone: 'right-ilium' }, /right-ilium is not there/],
    ['a name that is taken', { op: 'rename', from: 'left-ilium', to: 'left-anterior-column' }, /there already/],
    ['a motion', { op: 'move', bone: 'left-ilium', transform: [] }, /moved by the corrections of the case/],
  ])('%s is refused', (_, edit, words) => {
    expect(() => edited(edit)).toThrow(words);
  });

  test('screws and plates stand in the case file, cuts and measurements beside the edits', () => {
    const measurements = [
      {
        id: 'd',
        kind: 'distance',
        points: [
          [0, 0, 0],
          [1, 1, 1],
        ],
      },
    ];
    const file = { edits: [], planned: { measurements } };
    expect(parseEditsFile('acetabular-fracture', file).planned.measurements).toHaveLength(1);
    const plates = [{ id: 'p', bone: 'left-ilium', points: measurements[0].points, widthMm: 10 }];
    expect(() => parseEditsFile('acetabular-fracture', { edits: [], planned: { plates } })).toThrow(/case file/);
    expect(parseEditsFile('total-talus-replacement', { edits: [], planned: { plates } }).planned.plates).toHaveLength(
      1,
    );
  });
});
