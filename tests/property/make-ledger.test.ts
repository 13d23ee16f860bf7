import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  costLedger,
  facesOf,
  type Part,
  PROCESSES,
  parsePlan,
  planBuild,
  planInspection,
  processOf,
  RATES,
  travellerOf,
} from '../../src/make/index.ts';
import { box } from '../../src/mesh/index.ts';

const part: Part = { name: 'block', mesh: box([0, 0, 0], [20, 12, 9]), faces: facesOf(12, {}) };
const input = { machineS: 36_000, meltedG: 150, sizes: ['talus-095', 'talus-100', 'talus-105'], builds: 3 };

describe('ledger', () => {
  test('the rows add up, units are the sizes, the comparison is that of the protocol', () => {
    const l = costLedger(processOf('ti64-eli-lpbf'), input);
    expect(l.costUsd).toBeCloseTo(
      l.rows.reduce((s, r) => s + r.costUsd, 0),
      9,
    );
    expect(l.rows.map((r) => r.what)).toEqual([
      'imaging',
      'segmentation',
      'software',
      'design',
      'material',
      'machine',
      'post-processing',
      'release',
    ]);
    expect(l.units.map((u) => [u.id, u.size, u.state])).toEqual([
      ['U1', 'talus-095', 'planned'],
      ['U2', 'talus-100', 'planned'],
      ['U3', 'talus-105', 'planned'],
    ]);
    expect([l.comparison.low, l.comparison.high]).toEqual([14_000, 20_000]);
    // 3 × 10 h at 60, and 3 × 2 h of a technician at 55.
    expect(l.rows[5].costUsd).toBeCloseTo(1800 + 330, 9);
    expect(Object.values(RATES).every((r) => r.source.length > 0 && r.value >= 0)).toBe(true);
  });

  test('more time, more powder, dearer hours never cost less', () => {
    const ti = processOf('ti64-eli-lpbf');
    const positive = fc.double({ min: 0, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(positive, positive, positive, (machineS, meltedG, more) => {
        const base = costLedger(ti, { ...input, machineS, meltedG }).costUsd;
        expect(costLedger(ti, { ...input, machineS: machineS + more, meltedG }).costUsd).toBeGreaterThanOrEqual(base);
        expect(costLedger(ti, { ...input, machineS, meltedG: meltedG + more }).costUsd).toBeGreaterThanOrEqual(base);
        const dear = costLedger(ti, { ...input, machineS, meltedG }, { machineUsdPerH: 60 + more });
        expect(dear.costUsd).toBeGreaterThanOrEqual(base - 0.01);
      }),
      { numRuns: 100 },
    );
  });
});

describe('traveller', () => {
  test.each(PROCESSES.filter((p) => p.technology !== 'milling').map((p) => [p.id, p] as const))(
    '%s: every parameter, every station signed, all blanks empty and named once',
    (_, process) => {
      const build = planBuild(part, process);
      const t = travellerOf(build, process, { layers: 3, timeS: 60, massG: 5, supportColumns: 1 }, [], ['a.3mf']);
      expect(t.parameters).toHaveLength(Object.keys(process.settings).length);
      expect(t.stations.map((s) => s.id)).toEqual([
        'release',
        'material',
        'machine',
        ...process.post.map((p) => p.id),
        'inspection',
        'final',
      ]);
      const blanks = t.stations.flatMap((s) => s.blanks);
      expect(new Set(blanks.map((b) => b.id)).size).toBe(blanks.length);
      expect(blanks.every((b) => b.value === '')).toBe(true);
      for (const s of t.stations) expect(s.blanks.map((b) => b.label)).toContain('signature');
    },
  );
});

describe('plan of inspection as a file', () => {
  const plan = planInspection(part, processOf('cocr-lpbf'), { file: 'n.3mf', sha256: 'ab' });

  test('survives JSON', () => {
    expect(parsePlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  test('any value in place of any field is refused with a code, never with anything else', () => {
    const bad = fc.oneof(fc.constant(null), fc.constant(-1), fc.constant('x/../y'), fc.constant([]), fc.constant({}));
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(plan)), bad, (key, value) => {
        try {
          parsePlan({ ...JSON.parse(JSON.stringify(plan)), [key]: value });
        } catch (e) {
          expect(e).toMatchObject({ code: 'make.file' });
        }
      }),
      { numRuns: 200 },
    );
    expect(() => parsePlan({ ...plan, nominal: { file: '../secret', sha256: '' } })).toThrow(
      expect.objectContaining({ code: 'make.file' }),
    );
  });
});
