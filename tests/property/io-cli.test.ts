import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { type CliFile, type CliLayer, readCli, writeCli } from '../../src/io/index.ts';

function someFile(seed: number): CliFile {
  const random = createRng(seed);
  const coordinates = (n: number) => Float64Array.from({ length: n }, () => Math.fround(100 * (random() - 0.5)));
  const layers: CliLayer[] = [{ topMm: 0, polylines: [], hatches: [] }];
  for (let k = 1; k < 6; k++)
    layers.push({
      topMm: Math.fround(0.03 * k),
      polylines: (['outer', 'inner', 'open'] as const).map((kind, i) => ({
        model: i,
        kind,
        points: coordinates(2 * (3 + Math.floor(5 * random()))),
      })),
      hatches: random() < 0.8 ? [{ model: 1, vectors: coordinates(4 * (1 + Math.floor(9 * random()))) }] : [],
    });
  const head = { unitMm: 1, labels: { 1: 'talus-100 left', 2: 'supports' }, layers: layers.length } as const;
  return { head: { ...head, box: [-50, -50, 0, 50, 50, 0.25] }, layers };
}

describe('Common Layer Interface', () => {
  test('what is written is read back equal, ASCII and binary', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const file = someFile(seed);
        for (const encoding of ['ascii', 'binary'] as const)
          expect(readCli(writeCli(file.head, file.layers, encoding))).toEqual(file);
      }),
      { numRuns: 40 },
    );
  });

  test('ASCII keeps doubles; units are honoured', () => {
    const points = Float64Array.of(0.1, 1 / 3, 2, 7, -5, 4);
    const layers: CliLayer[] = [{ topMm: 0.03, polylines: [{ model: 1, kind: 'outer', points }], hatches: [] }];
    const text = writeCli({ unitMm: 1, labels: {}, layers: 1 }, layers, 'ascii');
    expect(readCli(text).layers[0].polylines[0].points).toEqual(points);
    const micron = readCli(writeCli({ unitMm: 0.001, labels: {}, layers: 1 }, layers, 'ascii'));
    micron.layers[0].polylines[0].points.forEach((x, i) => {
      expect(x).toBeCloseTo(points[i], 12);
    });
  });

  test('short commands of others are read', () => {
    const head = '$$HEADERSTART\r\n$$BINARY\r\n$$UNITS/0.005\r\n$$VERSION/200\r\n$$HEADEREND';
    const words = [128, 6, 129, 1, 1, 4, 0, 0, 200, 0, 200, 100, 0, 0, 131, 1, 1, 10, 10, 20, 10];
    const bytes = new Uint8Array([
      ...new TextEncoder().encode(head),
      ...new Uint8Array(Uint16Array.from(words).buffer),
    ]);
    const { layers } = readCli(bytes);
    expect(layers).toHaveLength(1);
    expect(layers[0].topMm).toBeCloseTo(0.03, 12);
    expect(Array.from(layers[0].polylines[0].points)).toEqual([0, 0, 1, 0, 1, 0.5]);
    expect(layers[0].hatches[0].vectors[2]).toBeCloseTo(0.1, 12);
  });

  test('damaged files end in a code, never in anything else', () => {
    const file = someFile(7);
    for (const encoding of ['ascii', 'binary'] as const) {
      const bytes = writeCli(file.head, file.layers, encoding);
      for (let cut = 0; cut < bytes.length; cut += 37)
        try {
          readCli(bytes.subarray(0, cut));
          expect(cut).toBe(bytes.length);
        } catch (e) {
          expect((e as { code?: string }).code).toMatch(/^io\./);
        }
      const random = createRng(3);
      for (let i = 0; i < 300; i++) {
        const broken = bytes.slice();
        for (let j = 0; j < 3; j++) broken[Math.floor(random() * broken.length)] = Math.floor(256 * random());
        try {
          readCli(broken);
        } catch (e) {
          expect((e as { code?: string }).code).toMatch(/^io\./);
        }
      }
    }
  });

  test('layers that do not ascend, do not count up or are not finite are refused at writing', () => {
    const empty = (topMm: number): CliLayer => ({ topMm, polylines: [], hatches: [] });
    const head = { unitMm: 1, labels: {}, layers: 2 };
    const bad = { ...empty(2), hatches: [{ model: 1, vectors: Float64Array.of(0, 0, Number.NaN, 1) }] };
    for (const layers of [[empty(1), empty(1)], [empty(1)], [empty(1), bad]])
      for (const encoding of ['ascii', 'binary'] as const)
        expect(() => writeCli(head, layers, encoding)).toThrow(expect.objectContaining({ code: 'param.range' }));
  });
});
