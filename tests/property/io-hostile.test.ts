import { gzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { createRng, OsteonError } from '../../src/base/index.ts';
import {
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
import { sphere } from '../../src/mesh/index.ts';
import { axisGrid, createVolume } from '../../src/volume/index.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The code of the refusal; anything but an OsteonError is a fault of ours and fails the test. */
function refusal(read: () => unknown): string {
  try {
    read();
  } catch (e) {
    if (e instanceof OsteonError) return e.code;
    throw e;
  }
  return 'accepted';
}

/** One of the ways files get damaged: bytes changed, cut, repeated, removed, or a number made huge. */
function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const out = Uint8Array.from(bytes);
  const at = () => Math.floor(random() * out.length);
  const way = Math.floor(random() * 6);
  if (way === 0) for (let k = 0; k < 3; k++) out[at()] = Math.floor(random() * 256);
  if (way === 1) return out.slice(0, at());
  if (way === 2) out.fill(random() < 0.5 ? 0xff : 0, at(), at());
  if (way === 3) return Uint8Array.from([...out.slice(0, at()), ...out.slice(at())]);
  if (way === 4) out.set([0xff, 0xff, 0xff, 0x7f], Math.min(at(), out.length - 4));
  if (way === 5) out[Math.floor(random() * Math.min(out.length, 160))] ^= 1 << Math.floor(random() * 8);
  return out;
}

const mesh = sphere(20, 1, [3, 4, 5]);
const voxels = createVolume(
  axisGrid([7, 6, 5], [1, 1, 2], [0, 0, 0]),
  'hu',
  Int16Array.from({ length: 210 }, (_, i) => i),
);
const ascii = bytesOf(
  `solid a\n${'facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 1e0\nendloop\nendfacet\n'.repeat(9)}endsolid a\n`,
);

describe('six hundred damaged files of each format give a coded refusal or a sound value', () => {
  test.each<[string, Uint8Array, (b: Uint8Array) => unknown]>([
    ['stl', writeStl(mesh), readStl],
    ['stl as text', ascii, readStl],
    ['ply', writePly(mesh, { scalars: new Float32Array(42), colours: new Uint8Array(126) }), readPly],
    ['ply as text', writePly(mesh, { ascii: true }), readPly],
    ['obj', writeObj(mesh, 'ball'), readObj],
    [
      '3mf',
      write3mf({ title: 't', application: 'a', parts: [{ name: 'p', mesh, metadata: { side: 'left' } }] }),
      read3mf,
    ],
    ['3mf stored', stored3mf(modelXml(42)), read3mf],
    ['nrrd', writeNrrd(voxels, { segments: [{ value: 1, name: 'talus' }] }), readNrrd],
    ['nrrd raw', writeNrrd(voxels, { encoding: 'raw' }), readNrrd],
    ['nifti', writeNifti(voxels), readNifti],
    ['nifti gzip', writeNifti(voxels, { gzip: true }), readNifti],
  ])('%s', (name, bytes, read) => {
    expect(refusal(() => read(bytes))).toBe('accepted');
    const random = createRng(name.length * 7919);
    const seen = new Map<string, number>();
    for (let i = 0; i < 600; i++) {
      const code = refusal(() => read(mutate(bytes, random)));
      seen.set(code, (seen.get(code) ?? 0) + 1);
    }
    expect(seen.size).toBeGreaterThan(1);
  });
});

test('a file cut anywhere is refused or, for text, at least not misread beyond its end', () => {
  for (const [bytes, read] of [
    [writeStl(mesh), readStl],
    [writePly(mesh), readPly],
    [writeNrrd(voxels), readNrrd],
    [writeNifti(voxels), readNifti],
  ] as const)
    for (let n = 0; n < bytes.length; n += 37) expect(refusal(() => read(bytes.slice(0, n)))).not.toBe('accepted');
});

function modelXml(vertices: number, extra = '', head = ''): string {
  const v = Array.from({ length: vertices }, (_, i) => `<vertex x="${i}" y="${i * i}" z="1"/>`).join('');
  return `<?xml version="1.0"?>${head}<model unit="inch" xmlns="u"><resources><object id="1"><mesh><vertices>${v}</vertices><triangles><triangle v1="0" v2="1" v3="2"/></triangles></mesh></object>${extra}</resources><build><item objectid="1"/></build></model>`;
}

function stored3mf(model: string): Uint8Array {
  return zipSync({ '3D/3dmodel.model': [bytesOf(model), { level: 0, mtime: '1980-01-02' }] });
}

test('3MF: inches become millimetres, transforms and components are applied', () => {
  const extra =
    '<object id="2"><components><component objectid="1" transform="0 1 0 -1 0 0 0 0 1 10 20 30"/><component objectid="1"/></components></object>';
  const xml = modelXml(3, extra).replace(
    '<item objectid="1"/>',
    '<item objectid="2" transform="1 0 0 0 1 0 0 0 1 0 0 100"/>',
  );
  const { parts, findings } = read3mf(stored3mf(xml));
  expect(findings.map((f) => f.code)).toEqual(['io.relation-missing', 'io.unit-converted']);
  // (x, y, z) → (−y + 10, x + 20, z + 30), then z + 100, then inches.
  const inches = [10, 20, 131, 9, 21, 131, 6, 22, 131, 0, 0, 101, 1, 1, 101, 2, 4, 101];
  expect(Array.from(parts[0].mesh.positions)).toEqual(inches.map((x) => expect.closeTo(25.4 * x, 9)));
  const mirrored = modelXml(3).replace(
    '<item objectid="1"/>',
    '<item objectid="1" transform="-1 0 0 0 1 0 0 0 1 0 0 0"/>',
  );
  expect(Array.from(read3mf(stored3mf(mirrored)).parts[0].mesh.triangles)).toEqual([0, 2, 1]);
});

describe('bombs and lies are refused quickly', () => {
  const refused3mf = (model: string) => refusal(() => read3mf(stored3mf(model)));
  test.each<[string, () => string, string]>([
    [
      'entities that grow',
      () => refused3mf(modelXml(3, '', '<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>')),
      'io.format',
    ],
    ['an unknown entity', () => refused3mf(modelXml(3).replace('x="0"', 'x="&b;"')), 'io.format'],
    ['a component of itself', () => refused3mf(loop('<component objectid="2"/>'.repeat(9))), 'io.limit'],
    ['components that double 27 times', () => refused3mf(doubling(28)), 'io.limit'],
    ['tags that nest', () => refused3mf(`<model>${'<a>'.repeat(5000)}`), 'io.limit'],
    ['a missing vertex', () => refused3mf(modelXml(2)), 'mesh.index'],
    ['a coordinate that is no number', () => refused3mf(modelXml(3).replace('x="1"', 'x="NaN"')), 'mesh.not-finite'],
    ['an unknown unit', () => refused3mf(modelXml(3).replace('inch', 'parsec')), 'io.unit'],
    [
      'an extension that must be understood',
      () => refused3mf(modelXml(3).replace('unit', 'requiredextensions="b" xmlns:b="urn:b" unit')),
      'io.unsupported',
    ],
    [
      'a zip of ratio 1000',
      () => refusal(() => read3mf(zipSync({ '3D/3dmodel.model': new Uint8Array(2e7) }))),
      'io.limit',
    ],
    ['a zip that states a small size', () => refusal(() => read3mf(lyingZip())), 'io.limit'],
    ['a zip whose entries overlap', () => refusal(() => read3mf(overlappingZip())), 'io.format'],
    ['a gzip that unpacks to more than its header says', () => refusal(() => readNrrd(growingNrrd())), 'io.limit'],
    [
      'an STL that states four thousand million triangles',
      () => refusal(() => readStl(new Uint8Array(200).fill(255))),
      'io.limit',
    ],
    [
      'a PLY that states 10^9 vertices',
      () =>
        refusal(() =>
          readPly(bytesOf('ply\nformat ascii 1.0\nelement vertex 1000000000\nproperty float x\nend_header\n')),
        ),
      'io.limit',
    ],
    [
      'an NRRD of 65000³ voxels',
      () =>
        refusal(() =>
          readNrrd(bytesOf('NRRD0004\ntype: short\ndimension: 3\nsizes: 65000 65000 65000\nencoding: raw\n\n')),
        ),
      'io.limit',
    ],
  ])(
    '%s',
    (_, read, code) => {
      expect(read()).toBe(code);
    },
    4000,
  );
});

const loop = (components: string) =>
  modelXml(3, `<object id="2"><components>${components}</components></object>`).replace(
    '<item objectid="1"',
    '<item objectid="2"',
  );

function doubling(levels: number): string {
  let extra = '';
  for (let i = 2; i <= levels; i++)
    extra += `<object id="${i}"><components><component objectid="${i - 1}"/><component objectid="${i - 1}"/></components></object>`;
  return modelXml(3, extra).replace('<item objectid="1"', `<item objectid="${levels}"`);
}

/** The directory and the local header say 1000 bytes; 20 MB come out. */
function lyingZip(): Uint8Array {
  const zip = zipSync({ '3D/3dmodel.model': new Uint8Array(2e7) });
  const view = new DataView(zip.buffer);
  for (let i = 0; i + 4 < zip.length; i++) if (view.getUint32(i, true) === 20_000_000) view.setUint32(i, 1000, true);
  return zip;
}

function overlappingZip(): Uint8Array {
  const zip = zipSync(
    { a: bytesOf('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'), b: bytesOf('bbbbbbbbbbbbbbbbbb') },
    { level: 0 },
  );
  const view = new DataView(zip.buffer);
  const second = [...zip.keys()].filter((i) => i + 4 < zip.length && view.getUint32(i, true) === 0x02014b50)[1];
  view.setUint32(second + 42, 0, true);
  return zip;
}

function growingNrrd(): Uint8Array {
  const head = bytesOf('NRRD0004\ntype: uchar\ndimension: 3\nsizes: 10 10 10\nencoding: gzip\n\n');
  const body = gzipSync(new Uint8Array(2e7), { level: 1 });
  return Uint8Array.from([...head, ...body]);
}

test('names choose the reader only where the content does not', () => {
  expect(readMesh(writePly(mesh), 'wrong.stl').format).toBe('ply');
  expect(refusal(() => readMesh(writeStl(mesh), 'a.ply'))).toBe('io.format');
  expect(refusal(() => readMesh(writeStl(mesh), 'a.step'))).toBe('io.unsupported');
  expect(refusal(() => readStl(bytesOf('')))).toBe('io.truncated');
  expect(refusal(() => readStl(new Uint8Array(84)))).toBe('mesh.empty');
});

test('a binary STL whose header says solid is read as what it is', () => {
  const bytes = writeStl(mesh);
  bytes.set(bytesOf('solid facet '), 0);
  expect(readStl(bytes).format).toBe('stl');
  expect(readStl(ascii).mesh.triangles.length).toBe(27);
  const damaged = Uint8Array.from(bytes);
  new DataView(damaged.buffer).setFloat32(84 + 12, Number.NaN, true);
  expect(refusal(() => readStl(damaged))).toBe('mesh.not-finite');
});
