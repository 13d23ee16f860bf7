import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LpsTransform } from '../../src/base/index.ts';
import {
  conversionRow,
  read3mf,
  readMesh,
  readNifti,
  readNrrd,
  readObj,
  readPly,
  readStl,
  write3mf,
  writeNifti,
  writeNrrd,
  writeObj,
  writePly,
  writeStl,
} from '../../src/io/index.ts';
import { box, createMesh, flipWinding, type Mesh, sphere, torus, transformMesh } from '../../src/mesh/index.ts';
import { createVolume, type Quantity, type VoxelArray } from '../../src/volume/index.ts';

// Any soup of triangles: shared vertices, coordinates of every size; zero is +0, as files without a minus write it.
const anyMesh = (coordinate: fc.Arbitrary<number>): fc.Arbitrary<Mesh> =>
  fc
    .tuple(
      fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 3, maxLength: 40 }),
      fc.array(fc.tuple(fc.nat(1e6), fc.nat(1e6), fc.nat(1e6)), { minLength: 1, maxLength: 60 }),
    )
    .map(([points, faces]) =>
      createMesh(
        Float64Array.from(points.flat().map((x) => x + 0)),
        Uint32Array.from(faces.flat().map((v) => v % points.length)),
      ),
    );
const double = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
const single = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
const SEED = { seed: 20261, numRuns: 100 };

describe('coordinates and numbering survive exactly', () => {
  test.each([
    ['ply', (m: Mesh) => readPly(writePly(m)).mesh],
    ['ply as text', (m: Mesh) => readPly(writePly(m, { ascii: true })).mesh],
    ['obj', (m: Mesh) => readObj(writeObj(m, 'a part')).mesh],
    [
      '3mf',
      (m: Mesh) => read3mf(write3mf({ title: 't', application: 'a', parts: [{ name: 'p', mesh: m }] })).parts[0].mesh,
    ],
  ])('%s', (_, copy) => {
    fc.assert(
      fc.property(anyMesh(double), (mesh) => {
        const before = structuredClone(mesh);
        expect(copy(mesh)).toEqual(before);
        expect(mesh).toEqual(before);
      }),
      SEED,
    );
  });
});

test('STL keeps every corner, to single precision', () => {
  fc.assert(
    fc.property(anyMesh(single), (mesh) => {
      const back = readStl(writeStl(mesh, 'case-7 talus')).mesh;
      expect(back.triangles.length).toBe(mesh.triangles.length);
      mesh.triangles.forEach((v, i) => {
        for (let k = 0; k < 3; k++) expect(back.positions[3 * back.triangles[i] + k]).toBe(mesh.positions[3 * v + k]);
      });
    }),
    SEED,
  );
});

test('a body keeps its topology in STL and its volume to single precision', () => {
  for (const mesh of [sphere(30, 4, [103.7, -55.1, 1411.3]), torus(20, 7, 96, 48)]) {
    const row = conversionRow({ before: mesh, after: readMesh(writeStl(mesh), 'part.STL').mesh });
    expect(row.sameTopology).toBe(true);
    expect(row.maxCornerMoveMm).toBeLessThan(1.1e-4);
    expect(Math.abs(row.volumeChangeMm3 / row.before.volumeMm3)).toBeLessThan(1e-6);
  }
});

test('the header of STL says unit, frame and id, never begins with solid, and stays within 80 bytes', () => {
  const bytes = writeStl(sphere(1, 0), `solid — ${'x'.repeat(200)}`);
  const header = new TextDecoder().decode(bytes.subarray(0, 80));
  expect(header).toMatch(/^osteon mm LPS solid _ x+$/);
  expect(bytes.length).toBe(84 + 50 * 20);
});

test('PLY keeps scalars and colours', () => {
  const mesh = sphere(10, 1);
  const n = mesh.positions.length / 3;
  const scalars = Float32Array.from({ length: n }, (_, i) => Math.fround(i / 7 - 2));
  const colours = Uint8Array.from({ length: 3 * n }, (_, i) => (i * 37) & 255);
  for (const ascii of [false, true]) {
    const back = readPly(writePly(mesh, { ascii, scalars, colours }));
    expect(back.scalars).toEqual(scalars);
    expect(back.colours).toEqual(colours);
  }
});

test('3MF keeps names, texts and several parts', () => {
  const parts = [
    { name: 'talus <95> & "co"', mesh: sphere(3, 1), metadata: { caseId: 'c-1', side: 'left', note: 'Å “µ” é' } },
    { name: 'talus-100', mesh: torus(5, 1, 12, 8) },
  ];
  const bytes = write3mf({ title: 'Sizes', application: 'Osteon 0.1.0', parts, metadata: { sha256: 'ab' } });
  const file = read3mf(bytes);
  expect(file.findings).toEqual([]);
  expect(file.unit).toBe('millimeter');
  expect(file.metadata).toEqual({
    Title: 'Sizes',
    Application: 'Osteon 0.1.0',
    'osteon:frame': 'LPS',
    'osteon:sha256': 'ab',
  });
  expect(file.parts.map((p) => p.name)).toEqual(parts.map((p) => p.name));
  expect(file.parts[0].metadata['osteon:note']).toBe('Å “µ” é');
  expect(file.parts.map((p) => p.mesh)).toEqual(parts.map((p) => p.mesh));
  expect(readMesh(bytes, 'x.3mf').findings.map((f) => f.code)).toEqual(['io.parts-joined']);
  expect(write3mf({ title: 'Sizes', application: 'Osteon 0.1.0', parts, metadata: { sha256: 'ab' } })).toEqual(bytes);
});

const anyVolume = fc
  .record({
    size: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    m: fc.array(fc.integer({ min: -200, max: 200 }), { minLength: 12, maxLength: 12 }),
    kind: fc.constantFrom(Uint8Array, Int16Array, Uint16Array, Int32Array, Float32Array),
    quantity: fc.constantFrom<Quantity[]>('hu', 'mr', 'label', 'mm', 'fraction'),
    seed: fc.nat(),
  })
  .map(({ size, m, kind, quantity, seed }) => {
    const data = new kind(size[0] * size[1] * size[2]) as VoxelArray;
    for (let i = 0; i < data.length; i++) data[i] = Math.fround((Math.imul(i + seed, 2654435761) >> 5) / 3);
    // Steps of a 64th survive in the single precision of NIfTI; the diagonal keeps the axes apart.
    const full = m.map((x, i) => (i % 5 === 0 && i < 11 ? x / 64 + 20 : x / 64) + 0);
    return createVolume({ size, lpsFromVoxel: { from: 'voxel', to: 'lps', m: full } }, quantity, data);
  });

test('volumes survive in NRRD and NIfTI: samples, oblique grid, meaning', () => {
  fc.assert(
    fc.property(anyVolume, (volume) => {
      expect(readNrrd(writeNrrd(volume)).volume).toEqual(volume);
      expect(readNrrd(writeNrrd(volume, { encoding: 'raw' })).volume).toEqual(volume);
      expect(readNifti(writeNifti(volume)).volume).toEqual(volume);
      expect(readNifti(writeNifti(volume, { gzip: true })).volume).toEqual(volume);
    }),
    SEED,
  );
});

test('a mesh in RAS by its own word is turned, and stays outward', () => {
  const mesh = sphere(5, 1, [10, 20, 30]);
  const text = new TextDecoder().decode(writeObj(mesh)).replace('SPACE=LPS', 'SPACE=RAS');
  const { mesh: back, findings } = readMesh(new TextEncoder().encode(text), 'a.obj');
  expect(findings.map((f) => f.code)).toEqual(['io.frame-converted']);
  expect(back.positions[0]).toBeCloseTo(-mesh.positions[0], 12);
  expect(flipWinding(flipWinding(back.triangles))).toEqual(mesh.triangles);
});

test('3MF: kinds, named triangles, slices and places on the plate survive', () => {
  const part = box([0, 0, 0], [4, 3, 2]);
  const square = (z: number) => ({
    points: Float64Array.of(z, 0, 4, 1 / 3, 4, 3, 0, 3),
    start: Uint32Array.of(0, 4),
  });
  const slices = {
    bottomMm: 0,
    topsMm: Float64Array.of(0.5, 1, 2),
    outlines: [square(0), { points: new Float64Array(0), start: Uint32Array.of(0) }, square(0.25)],
  };
  const faces = { articular: Uint32Array.of(0, 1, 2, 7), 'porous "a"': Uint32Array.of(9) };
  const turned: LpsTransform = { from: 'lps', to: 'lps', m: [0, -1, 0, 5, 1, 0, 0, 6, 0, 0, 1, 7] };
  const bytes = write3mf({
    title: 't',
    application: 'a',
    parts: [
      { name: 'part', mesh: part, slices, faces, buildFromMesh: turned },
      { name: 'supports', mesh: box([0, 0, -2], [1, 1, 0]), kind: 'support' },
    ],
  });
  const { parts } = read3mf(bytes);
  expect(parts.map((p) => p.kind)).toEqual(['model', 'support']);
  expect(parts[0].slices).toEqual(slices);
  expect(parts[0].faces).toEqual(faces);
  expect(parts[1].slices ?? parts[1].faces).toBeUndefined();
  expect(parts[0].mesh).toEqual(transformMesh(turned, part));
  // A mesh file is its models; supports are no part of it.
  const read = readMesh(bytes, 'build.3mf');
  expect(read.mesh.triangles).toHaveLength(36);
  expect(read.faces).toEqual(faces);
  const tilted: LpsTransform = { from: 'lps', to: 'lps', m: [1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0] };
  const write = () =>
    write3mf({ title: 't', application: 'a', parts: [{ name: 'p', mesh: part, slices, buildFromMesh: tilted }] });
  expect(write).toThrow(expect.objectContaining({ code: 'param.range' }));
});
