import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Finding, OsteonError, verdictOf } from '../../src/base/index.ts';
import type { SeriesSummary } from '../../src/dicom/index.ts';
import { collapseFindings, createGate, distinctFindings, sideFindings } from '../../src/plan/gates.ts';
import { unusableSizes } from '../../src/plan/talus/design.ts';
import { sizeName } from '../../src/plan/talus/files.ts';

const finding = (level: Finding['level'], code = 'dicom.view'): Finding => ({ level, code, text: `${level} text` });
const codeOf = (act: () => void): string | undefined => {
  try {
    act();
  } catch (e) {
    return e instanceof OsteonError ? e.code : String(e);
  }
  return undefined;
};

test('a finding that blocks ends the case with its own code, and says how to go on', () => {
  const gate = createGate();
  gate.admit([finding('note'), finding('warning')]);
  expect(codeOf(gate.pass)).toBe(undefined);
  gate.admit([finding('blocker')]);
  expect(codeOf(gate.pass)).toBe('dicom.view');
  expect(() => gate.pass()).toThrow(/overrides: \{ dicom\.view: … \}/);
});

test('a code that is no error code is still one coded error', () => {
  const gate = createGate();
  gate.admit([finding('blocker', 'dicom.derived')]);
  expect(codeOf(gate.pass)).toBe('case.blocked');
  expect(() => gate.pass()).toThrow(/dicom\.derived/);
});

test('an override lowers only the findings of its code, and its reason stays in the text', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ level: fc.constantFrom('note', 'warning', 'blocker'), code: fc.constantFrom('a.b', 'c.d') }),
      ),
      (rows) => {
        const list = rows.map(({ level, code }) => finding(level as Finding['level'], code));
        const out = createGate({ 'a.b': 'seen by the surgeon' }).admit(list);
        out.forEach((f, i) => {
          const overridden = list[i].code === 'a.b' && list[i].level === 'blocker';
          expect(f.level).toBe(overridden ? 'warning' : list[i].level);
          expect(f.text.includes('seen by the surgeon')).toBe(overridden);
        });
      },
    ),
    { seed: 7 },
  );
});

test('the stated side of a scan must be the affected one', () => {
  const summary = (laterality: SeriesSummary['laterality']) => ({ laterality }) as SeriesSummary;
  expect(sideFindings(summary(null), 'left')).toEqual([]);
  expect(sideFindings(summary('both'), 'left')).toEqual([]);
  expect(sideFindings(summary('left'), 'left').map((f) => f.level)).toEqual(['warning']);
  expect(sideFindings(summary('right'), 'left').map((f) => [f.level, f.code])).toEqual([['blocker', 'case.side']]);
});

test('sides that look swapped are refused; a collapse, and sides that are alike, are not', () => {
  expect(collapseFindings('left', 3.5, 29_000, 32_000)).toEqual([]);
  expect(collapseFindings('left', -0.4, 31_500, 31_000)).toEqual([]);
  expect(collapseFindings('left', -3, 29_000, 32_000)).toEqual([]);
  expect(collapseFindings('right', -3.5, 32_000, 29_000)[0]).toMatchObject({ level: 'blocker', code: 'case.side' });
});

test('a size that does not fit is a warning while another one does; none blocks the case', () => {
  const good = [finding('note')];
  const bad = [finding('blocker', 'design.penetration')];
  expect(verdictOf(unusableSizes([good, bad]).flat())).toBe('warn');
  expect(unusableSizes([good, bad])[1][0].text).toMatch(/Do not use this size/);
  expect(verdictOf(unusableSizes([bad, bad]).flat())).toBe('block');
  expect(unusableSizes([])).toEqual([]);
});

test('findings said twice are listed once, in the order they came', () => {
  const [a, b] = [finding('note'), finding('warning')];
  expect(distinctFindings([a, b, { ...a }])).toEqual([a, b]);
});

test('names of sizes are distinct, say when they are by length, and are plain file names', () => {
  expect([95, 100, 105, 97.5].map((p) => sizeName(p, 'volume'))).toEqual([
    'talus-095',
    'talus-100',
    'talus-105',
    'talus-097.5',
  ]);
  expect(sizeName(95, 'linear')).toBe('talus-095-linear');
});
