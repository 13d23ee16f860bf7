import { describe, expect, test } from 'vitest';
import {
  compareScan,
  facesOf,
  type InspectionPlan,
  judgeInspection,
  measurementSheet,
  type Part,
  parseMeasurements,
  planInspection,
  processOf,
  withStock,
} from '../../src/make/index.ts';
import { compose, rotation, translation } from '../../src/math/index.ts';
import { extentMm } from '../../src/measure/index.ts';
import { type Mesh, subdivide, transformMesh, vertexNormals } from '../../src/mesh/index.ts';
import { shippedTalus } from '../make-kit.ts';

const nominal = shippedTalus();
const faces = facesOf(8000, { articular: Array.from({ length: 3000 }, (_, i) => i) });
const part: Part = { name: 'talus', mesh: nominal, faces };
const process = processOf('ti64-eli-lpbf');
const plan = planInspection(part, process, { file: 'nominal.3mf', sha256: 'ab' });
const motion = compose(translation([30, -12, 5]), rotation([0.3, 0.5, 0.8], 1.9));

/** The part deformed along its normals by a field, then laid down somewhere, with other triangles. */
function scanOf(field: (x: number, y: number, z: number) => number): Mesh {
  const dense = subdivide(nominal);
  const n = vertexNormals(dense);
  const p = dense.positions;
  const positions = p.map((v, i) => {
    const k = i - (i % 3);
    return v + n[i] * field(p[k], p[k + 1], p[k + 2]);
  });
  return transformMesh(motion, { positions, triangles: dense.triangles });
}

/** Greatest error of the deviation at 99 % of the vertices, mm. */
function errorOf(field: (x: number, y: number, z: number) => number, options = {}): number {
  const { mesh, deviationMm } = compareScan(plan, nominal, faces, scanOf(field), options);
  const q = mesh.positions;
  const off = deviationMm.map((d, v) => Math.abs(d - field(q[3 * v], q[3 * v + 1], q[3 * v + 2]))).sort();
  return off[Math.floor(0.99 * off.length)];
}

describe('a part deformed by known fields', () => {
  const bump = (x: number, y: number, z: number) =>
    0.3 * Math.exp(-((x + 10) ** 2 + (y + 40) ** 2 + (z + 75) ** 2) / 32);

  test.each([
    ['a bump of 0.3 mm', bump],
    ['waves of 0.1 mm', (x: number, y: number) => 0.1 * Math.sin(0.7 * x) * Math.cos(0.6 * y)],
    ['0.1 mm too large all over', () => 0.1],
    ['0.2 mm too small all over', () => -0.2],
  ] as const)('%s is found to 0.01 mm', (_, field) => {
    expect(errorOf(field)).toBeLessThan(0.01);
  });

  test('a slow bend of some faces is found where the others are the datum', () => {
    const articular = new Set(nominal.triangles.subarray(0, 9000));
    // Fades in with the distance from the datum's corners: smooth, and zero on the datum.
    const points = [...articular].map((v) => nominal.positions.subarray(3 * v, 3 * v + 3));
    const field = (x: number, y: number, z: number) => {
      let least = 9;
      for (let i = 0; i < points.length; i += 3) {
        const [a, b, c] = points[i];
        least = Math.min(least, (a - x) ** 2 + (b - y) ** 2 + (c - z) ** 2);
      }
      return 0.02 * Math.max(0, least - 1);
    };
    expect(errorOf(field, { datum: 'articular' })).toBeLessThan(0.01);
  });

  test('what is wrong is rejected with its row and place in the plan; what is right is not', () => {
    const good = judgeInspection(
      plan,
      compareScan(
        plan,
        nominal,
        faces,
        scanOf(() => 0.02),
      ),
      [],
    );
    expect(good.rows.filter((r) => r.verdict === 'reject')).toEqual([]);
    expect(good.verdict).toBe('incomplete');
    const large = judgeInspection(
      plan,
      compareScan(
        plan,
        nominal,
        faces,
        scanOf(() => 0.25),
      ),
      [],
    );
    expect(large.verdict).toBe('reject');
    expect(large.rows.filter((r) => r.verdict === 'reject').map((r) => r.id)).toEqual(
      expect.arrayContaining(['P-articular', 'D1', 'V']),
    );
    expect(large.rows.find((r) => r.id === 'P-general')!.verdict).toBe('accept');
    const d1 = large.rows.find((r) => r.id === 'D1')!;
    expect(d1.value! - d1.nominal!).toBeCloseTo(0.5, 1);
  });

  test('an as-built part is held against nominal and stock', () => {
    const stocked = withStock(nominal, faces, plan.stockMm);
    const scan = transformMesh(motion, subdivide(stocked.mesh));
    const built = compareScan(plan, nominal, faces, scan, { stage: 'as-built' });
    for (const f of built.faces) expect(f.rmsMm).toBeLessThan(0.02);
    expect(built.values).toEqual({});
    const finished = compareScan(plan, nominal, faces, scan);
    expect(finished.faces.find((f) => f.faces === 'articular')!.signedMeanMm).toBeGreaterThan(0.05);
  });

  test('half a scan is said to be half, and gives no lengths', () => {
    const whole = scanOf(() => 0);
    const half = { ...whole, triangles: whole.triangles.slice(0, whole.triangles.length * 0.6) };
    const seen = compareScan(plan, nominal, faces, half);
    expect(seen.coveredFraction).toBeLessThan(0.7);
    expect(seen.values).toEqual({});
    expect(seen.findings.map((f) => f.code)).toContain('make.scan-incomplete');
  });
});

describe('the plan and its table', () => {
  test('names lengths, planes, faces, roughness, composition and coupons with the standard’s least values', () => {
    const ids = plan.rows.map((r) => r.id);
    expect(ids).toEqual(
      expect.arrayContaining([
        'D1',
        'D3',
        'V',
        'S1',
        'S9',
        'P-articular',
        'R-articular',
        'X-Al',
        'X-O',
        'T1-yield',
        'T3-reduction',
      ]),
    );
    expect(new Set(ids).size).toBe(ids.length);
    const row = (id: string) => plan.rows.find((r) => r.id === id)!;
    expect([row('T1-yield').low, row('T1-tensile').low, row('T1-elongation').low]).toEqual([795, 860, 10]);
    expect(row('R-articular').high).toBe(0.1);
    expect(row('X-V')).toMatchObject({ low: 3.5, high: 4.5 });
    const named = planInspection(part, process, plan.nominal, [{ name: 'x', direction: [1, 0, 0] }]);
    expect(named.rows[0].nominal).toBeCloseTo(extentMm(nominal, [1, 0, 0]), 12);
  });

  /** Every row measured in the middle of its limits. */
  const filled = (of: InspectionPlan, change: Record<string, string> = {}) =>
    measurementSheet(of)
      .split('\n')
      .map((line, i) => {
        const row = of.rows[i - 1];
        if (!row) return line;
        const middle = (row.low ?? row.high! / 2) + (row.high === null ? 1 : (row.high - (row.low ?? row.high)) / 2);
        return line.replace(/,,$/, `,${change[row.id] ?? middle},gauge 7`);
      })
      .join('\n');

  test('a sheet filled in is read back and accepted; one number out of its limits rejects', () => {
    const good = judgeInspection(plan, undefined, parseMeasurements(filled(plan)));
    expect(good.verdict).toBe('accept');
    expect(good.rows[0].instrument).toBe('gauge 7');
    const bad = judgeInspection(plan, undefined, parseMeasurements(filled(plan, { 'T2-elongation': '7.3' })));
    expect(bad.verdict).toBe('reject');
    expect(bad.findings[0]).toMatchObject({ level: 'blocker', code: 'make.reject', facts: { value: 7.3, low: 10 } });
    const partial = judgeInspection(
      plan,
      undefined,
      parseMeasurements(
        'id;value;unit\nD1;"57,1";mm\n'.replace('57,1', String(plan.rows[0].nominal).replace('.', ',')),
      ),
    );
    expect(partial.verdict).toBe('incomplete');
    expect(partial.rows[0].verdict).toBe('accept');
  });

  test.each([
    ['', 'empty'],
    ['a,b\n1,2\n', 'no columns'],
    ['id,value\nD1,1\nD1,2\n', 'twice'],
    ['id,value\nD1,one\n', 'no number'],
    ['id,value\n,3\n', 'no id'],
  ])('a bad table %j is refused with its line', (text, reason) => {
    expect(() => parseMeasurements(text)).toThrow(
      expect.objectContaining({
        code: 'make.file',
        facts: expect.objectContaining({ reason: expect.stringContaining(reason) }),
      }),
    );
  });

  test('a row that is not in the plan, and a wrong unit', () => {
    const judge = (text: string) => () => judgeInspection(plan, undefined, parseMeasurements(text));
    expect(judge('id,value\nQ9,1\n')).toThrow(expect.objectContaining({ code: 'make.file' }));
    expect(judge('id,value,unit\nD1,1,inch\n')).toThrow(expect.objectContaining({ code: 'make.file' }));
  });
});
