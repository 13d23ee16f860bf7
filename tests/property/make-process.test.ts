import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkProcess,
  energyDensityJPerMm3,
  PROCESSES,
  processOf,
  SETTING_NAMES,
  SETTINGS,
  settingOf,
  withSettings,
} from '../../src/make/index.ts';

describe('processes', () => {
  test.each(PROCESSES.map((p) => [p.id, p] as const))(
    '%s: every number has a range it lies in, and a source',
    (_, p) => {
      for (const name of SETTING_NAMES) {
        const s = p.settings[name];
        if (!s) continue;
        const { min, max } = SETTINGS[name];
        const order = [min, s.allowed[0], s.usual[0], s.value, s.usual[1], s.allowed[1], max];
        expect(order, name).toEqual([...order].sort((a, b) => a - b));
        expect(s.source.length, name).toBeGreaterThan(3);
      }
      expect(checkProcess(p).filter((f) => f.level !== 'note')).toEqual([]);
      expect(p.post.length).toBeGreaterThan(0);
      for (const step of p.post) expect(step.source.length * step.detail.length).toBeGreaterThan(0);
    },
  );

  test('the numbers of the protocol', () => {
    const ti = processOf('ti64-eli-lpbf');
    expect(ti.settings.layerMm?.usual).toEqual([0.03, 0.06]);
    expect(ti.settings.hatchMm?.usual).toEqual([0.1, 0.12]);
    expect(ti.settings.powerW?.usual).toEqual([150, 300]);
    const of = (name: Parameters<typeof settingOf>[1]) => settingOf(ti, name);
    expect([of('powderLowUm'), of('powderHighUm'), of('oxygenPpm')]).toEqual([15, 45, 1.2]);
    expect([of('hipC'), of('hipBar'), of('hipMin')]).toEqual([920, 1000, 120]);
    expect(checkProcess(ti).map((f) => f.code)).toEqual(['make.oxygen']);
    expect(energyDensityJPerMm3(ti)).toBeCloseTo(280 / (1200 * 0.12 * 0.03), 12);
    expect(energyDensityJPerMm3(processOf('pla-fdm'))).toBeUndefined();
  });

  test('outside the usual range is a warning, outside the allowed one is refused, for every number', () => {
    for (const p of PROCESSES)
      for (const name of SETTING_NAMES) {
        const s = p.settings[name];
        if (!s) continue;
        const high = Math.min(s.allowed[1], SETTINGS[name].max);
        const bad = () => withSettings(p, { [name]: high * 1.01 + 1e-3 });
        expect(bad, `${p.id} ${name}`).toThrow(expect.objectContaining({ code: 'param.range' }));
        if (high > s.usual[1])
          expect(checkProcess(withSettings(p, { [name]: high })).map((f) => f.facts?.setting)).toContain(name);
      }
  });

  test('unknown numbers and numbers that are none are refused', () => {
    const ti = processOf('ti64-eli-lpbf');
    expect(() => withSettings(ti, { nozzleMm: 0.4 })).toThrow(expect.objectContaining({ code: 'param.unknown' }));
    expect(() => withSettings(ti, { powerW: Number.NaN })).toThrow(expect.objectContaining({ code: 'param.range' }));
    expect(() => processOf('ti64')).toThrow(expect.objectContaining({ code: 'param.unknown' }));
    expect(() => settingOf(processOf('steel-5axis'), 'layerMm')).toThrow(
      expect.objectContaining({ code: 'param.missing' }),
    );
  });

  test('energy density warns exactly outside its window', () => {
    const ti = processOf('ti64-eli-lpbf');
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 900 }), fc.integer({ min: 200, max: 4000 }), (powerW, speedMmS) => {
        const changed = withSettings(ti, { powerW, speedMmS });
        const energy = powerW / (speedMmS * 0.12 * 0.03);
        const warned = checkProcess(changed).some((f) => f.code === 'make.energy');
        expect(warned).toBe(energy < 40 || energy > 110);
      }),
      { numRuns: 200 },
    );
  });

  test('a cut that would meet the part is named', () => {
    const low = withSettings(processOf('ti64-eli-lpbf'), { plateGapMm: 1.2 });
    expect(checkProcess(low).map((f) => f.code)).toContain('make.kerf');
  });

  test('coarse powder on thin layers is named', () => {
    const coarse = withSettings(processOf('ti64-eli-lpbf'), { powderHighUm: 63, layerMm: 0.025 });
    expect(checkProcess(coarse).map((f) => f.code)).toContain('make.powder');
  });
});
