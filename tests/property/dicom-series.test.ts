import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng, verdictOf } from '../../src/base/index.ts';
import {
  checkProfile,
  chooseSeries,
  type NewElements,
  PROFILES,
  type SeriesSummary,
  summariseSeries,
} from '../../src/dicom/index.ts';
import { codeOf, filesOf, type SliceSpec, scanOf, volumeOf } from '../dicom-kit.ts';

const stack = (n: number, spec: (k: number) => SliceSpec = () => ({})): SliceSpec[] =>
  Array.from({ length: n }, (_, k) => ({
    number: k + 1,
    position: [0, 0, 0.625 * k],
    columns: 3,
    rows: 2,
    ...spec(k),
  }));
const codesOf = (s: SeriesSummary) => s.findings.map((f) => f.code);

describe('missing slices', () => {
  test('one to five of sixty taken out: found, with their indices', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 58 }), { minLength: 1, maxLength: 5 }), (taken) => {
        const gone = [...taken].sort((a, b) => a - b);
        const files = filesOf(stack(60).filter((_, k) => !gone.includes(k)));
        const [{ summary }] = summariseSeries(files).series;
        expect(summary.geometry?.missing).toEqual(gone);
        expect(verdictOf(summary.findings)).toBe('block');
        expect(codeOf(() => volumeOf(files))).toBe('dicom.missing-slice');
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('every second slice gone is told by thickness and instance numbers', () => {
    const [{ summary }] = scanOf(
      stack(20, () => ({ set: [[0x0018_0050, 'DS', '0.625']] })).filter((_, k) => k % 2 === 0),
    ).series;
    expect(codesOf(summary)).toEqual(expect.arrayContaining(['dicom.slice-gap', 'dicom.instance-numbers']));
  });
});

test('spacing comes from positions; jitter up to 1 % of the step is even, more is not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1 << 30 }), fc.double({ min: 0, max: 0.2, noNaN: true }), (seed, jitter) => {
      const rng = createRng(seed);
      const heights = Array.from({ length: 30 }, (_, k) => k + (k % 29 === 0 ? 0 : jitter * (2 * rng() - 1)));
      const [{ summary }] = scanOf(stack(30, (k) => ({ position: [0, 0, heights[k]] }))).series;
      const worst = Math.max(...heights.map((h, k) => Math.abs(h - k)));
      expect(summary.geometry!.unevenMm).toBeCloseTo(worst, 6);
      expect(summary.geometry!.spacingMm[2]).toBeCloseTo(1, 6);
      if (Math.abs(worst - 0.01) > 1e-6) expect(summary.geometry!.isEven).toBe(worst <= 0.01);
    }),
    { numRuns: 100, seed: 2 },
  );
});

describe('duplicates', () => {
  const twice = (value: number): SliceSpec[] => [
    ...stack(6),
    { number: 99, position: [0, 0, 1.25], columns: 3, rows: 2, stored: new Int16Array(6).fill(value) },
  ];
  test('the same pixels are kept once, with a note', () => {
    const { volume, findings } = volumeOf(filesOf(twice(0)));
    expect(volume.grid.size).toEqual([3, 2, 6]);
    expect(findings.map((f) => f.code)).toContain('dicom.duplicate-slice');
  });
  test('other pixels at the same place are a stop', () => {
    expect(codeOf(() => volumeOf(filesOf(twice(1))))).toBe('dicom.duplicate-slice');
  });
});

test('the order of the files does not matter', () => {
  const specs = [...stack(12), ...stack(8, () => ({ series: '1.2.4' }))].map((s, k) => ({
    ...s,
    stored: new Int16Array(6).fill(k),
  }));
  const want = scanOf(specs);
  fc.assert(
    fc.property(fc.shuffledSubarray(specs, { minLength: specs.length }), (shuffled) => {
      const got = scanOf(shuffled);
      expect(got.series.map((s) => s.summary)).toEqual(want.series.map((s) => s.summary));
      expect(got.series.map((s) => s.frames.map((f) => f.sopInstanceUid))).toEqual(
        want.series.map((s) => s.frames.map((f) => f.sopInstanceUid)),
      );
    }),
    { numRuns: 30, seed: 3 },
  );
});

describe('mixed series', () => {
  const localizer: SliceSpec = {
    number: 100,
    columns: 3,
    rows: 2,
    set: [[0x0008_0008, 'CS', 'ORIGINAL\\PRIMARY\\LOCALIZER']],
  };
  const screenShot: SliceSpec = {
    number: 101,
    columns: 3,
    rows: 2,
    set: [[0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.7']],
  };

  test('two kernels, a localizer and a screen shot in one series UID come apart', () => {
    const soft = stack(9, () => ({ set: [[0x0018_1210, 'SH', 'B30']] }));
    const { series } = scanOf([...stack(10), ...soft, localizer, screenShot]);
    expect(series.map((s) => [s.summary.kind, s.summary.kernel, s.summary.frameCount])).toEqual([
      ['volume', 'B60', 10],
      ['volume', 'B30', 9],
      ['localizer', 'B60', 1],
      ['secondary', 'B60', 1],
    ]);
    expect(series.map((s) => s.summary.id)).toEqual(['1.2.3#1', '1.2.3#2', '1.2.3#3', '1.2.3#4']);
  });

  test('phases at the same places come apart by acquisition number', () => {
    const phase = (n: string) => stack(10, (k) => ({ number: 20 * Number(n) + k, set: [[0x0020_0012, 'IS', n]] }));
    const { series } = scanOf([...phase('1'), ...phase('2')]);
    expect(series.map((s) => s.summary.frameCount)).toEqual([10, 10]);
    expect(series.every((s) => s.summary.geometry!.duplicates.length === 0)).toBe(true);
  });

  test('thick slices among thin ones come apart by thickness', () => {
    const thick = stack(5, (k) => ({
      number: 50 + k,
      position: [0, 0, 0.3 + 2.5 * k],
      set: [[0x0018_0050, 'DS', '2.5']],
    }));
    const { series } = scanOf([...stack(20), ...thick]);
    expect(series.map((s) => [s.summary.frameCount, s.summary.geometry!.spacingMm[2]])).toEqual([
      [20, 0.625],
      [5, 2.5],
    ]);
  });

  test('a reformat is refused for surfaces unless overridden', () => {
    const [{ summary }] = scanOf(
      stack(5, () => ({ set: [[0x0008_0008, 'CS', 'DERIVED\\SECONDARY\\REFORMATTED']] })),
    ).series;
    expect(summary.findings.find((f) => f.code === 'dicom.derived')?.level).toBe('blocker');
  });

  test('two stacks are a question, unless the profile lets only one pass or a person names one', () => {
    const coarse = stack(9, () => ({ series: '1.2.4', pixelMm: [0.9, 0.9] }));
    const scan = scanOf([...stack(10), ...coarse]);
    expect(codeOf(() => chooseSeries(scan))).toBe('dicom.series-choice');
    expect(chooseSeries(scan, { profile: PROFILES.foot }).summary.id).toBe('1.2.3');
    expect(chooseSeries(scan, { series: '1.2.4' }).summary.id).toBe('1.2.4');
    expect(codeOf(() => chooseSeries(scan, { series: '9.9' }))).toBe('dicom.series-unknown');
    expect(codeOf(() => chooseSeries(scanOf([localizer])))).toBe('dicom.none');
  });
});

describe('patients', () => {
  const of = (id: string, name: string, birth = '') =>
    stack(3, () => ({
      set: [
        [0x0010_0020, 'LO', id],
        [0x0010_0010, 'PN', name],
        [0x0010_0030, 'DA', birth],
      ],
    }));
  test('two identifiers, or two dates of birth, are a stop', () => {
    expect(codeOf(() => scanOf([...of('1', 'A^B'), ...of('2', 'A^B')]))).toBe('dicom.two-patients');
    expect(codeOf(() => scanOf([...of('1', 'A^B', '19700101'), ...of('1', 'A^B', '19700102')]))).toBe(
      'dicom.two-patients',
    );
    expect(codeOf(() => scanOf([...of('', 'A^B'), ...of('', 'A^C')]))).toBe('dicom.two-patients');
  });
  test('one identifier with two names is a question; spelling of separators is not', () => {
    const two = scanOf([...of('1', "O'Brien^A"), ...of('1', "O'Brian^A")]);
    expect(two.findings.map((f) => [f.code, f.level])).toEqual([['dicom.two-patients', 'blocker']]);
    expect(scanOf([...of('1', 'DOE^JANE'), ...of('1', 'Doe^Jane^ ')]).findings).toEqual([]);
  });
  test('no name or identifier is in what comes out', () => {
    const text = JSON.stringify(scanOf(of('SECRETID', 'SECRET^NAME', '19701231')));
    expect(text).not.toMatch(/SECRET|19701231/);
  });
});

describe('profiles', () => {
  const up = (x: number) => x * (1 + 2.3e-16);
  const down = (x: number) => x * (1 - 1.2e-16);
  const [{ summary }] = scanOf(stack(5)).series;
  const verdict = (pixel: number, step: number, kVp: number) =>
    verdictOf(
      checkProfile(
        { ...summary, kVp, geometry: { ...summary.geometry!, spacingMm: [pixel, 0.3, step] } },
        PROFILES.foot,
      ),
    );
  test('the foot limits hold to the last bit', () => {
    for (const pixel of [0.4, down(0.5), 0.5, up(0.5)])
      for (const step of [0.6, down(1.25), 1.25, up(1.25)])
        for (const kVp of [down(100), 100, 120, 140, up(140)]) {
          const isOut = pixel > 0.5 || step > 1.25 || kVp < 100 || kVp > 140;
          expect(verdict(pixel, step, kVp), `${pixel} ${step} ${kVp}`).toBe(
            isOut ? 'block' : step > 1 ? 'warn' : 'pass',
          );
        }
  });
  test('slices of 1 mm whose positions were rounded to text are slices of 1 mm', () => {
    // As a maker with single precision writes them: 257 steps that add up to 257.0000003 mm.
    const heights = (k: number) => 794.5879517 + k + (k > 150 ? 3e-7 : 0);
    const [{ summary: s }] = scanOf(stack(258, (k) => ({ position: [0, 0, heights(k)] }))).series;
    expect(s.geometry!.spacingMm[2]).toBe(1);
    const step = checkProfile(s, PROFILES.pelvis).filter((f) => f.facts && 'sliceStepMm' in f.facts);
    expect(step).toEqual([]);
  });
  test('MR is refused, a fact that is not stated is a warning, cone beam too', () => {
    const of = (set: NewElements) => checkProfile(scanOf(stack(5, () => ({ set }))).series[0].summary, PROFILES.foot);
    expect(of([[0x0008_0060, 'CS', 'MR']]).map((f) => f.code)).toContain('dicom.modality');
    expect(verdictOf(of([[0x0018_0060, 'DS', '']]))).toBe('warn');
    const cone = of([
      [0x0008_0070, 'LO', 'Planmed'],
      [0x0018_0060, 'DS', '96'],
    ]);
    expect(cone.map((f) => [f.code, f.level])).toEqual([
      ['dicom.cone-beam', 'warning'],
      ['dicom.protocol', 'blocker'],
    ]);
  });
});

test('a CT without a stated rescale cannot be trusted; a header tilt without sheared positions is told', () => {
  const [{ summary }] = scanOf(stack(4, () => ({ drop: [0x0028_1053], set: [[0x0018_1120, 'DS', '12']] }))).series;
  expect(summary.findings.map((f) => [f.code, f.level])).toEqual([
    ['dicom.tilt-unseen', 'warning'],
    ['dicom.rescale', 'blocker'],
  ]);
});
