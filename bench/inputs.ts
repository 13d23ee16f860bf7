import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createNormal, createRng, type LpsTransform } from '../src/base/index.ts';
import { readMesh } from '../src/io/index.ts';
import { compose, invert, rotation, translation } from '../src/math/index.ts';
import { centroid, createMesh, type Mesh, remesh, transformMesh } from '../src/mesh/index.ts';
import { ctOfFeet, type NamedMesh, twoFeet } from '../src/phantom/index.ts';
import { isoSurface, signedDistanceVolume } from '../src/surface/index.ts';
import { axisGrid, createVolume, type Volume } from '../src/volume/index.ts';

/** Inputs of the benchmarks: made once by the phantom room from the bones this repository ships, then read by all sides. */

/** The volume the goals are stated for: both feet, 78 million voxels. */
const SIZE = [462, 444, 381] as const;
const VOLUME = 'feet';

/** Bone against the rest, HU: the named preset. */
export const BONE_HU = 226;

export function makeInputs(bonesFolder: string, inputs: string): void {
  mkdirSync(inputs, { recursive: true });
  const names = readdirSync(bonesFolder).filter((name) => name.endsWith('.stl'));
  const bones = names.map((name) => ({
    name: basename(name, '.stl'),
    mesh: readMesh(readFileSync(join(bonesFolder, name)), name).mesh,
  }));
  const bone = (name: string) => bones.find((b) => b.name === name)!.mesh;
  if (missing(inputs, `${VOLUME}.raw`)) makeVolume(bones, inputs);
  // Marching cubes on a fine grid: the many small, uneven triangles that people bring to a simplifier.
  make(inputs, 'calcaneus-dense', () => dense(bone('calcaneus'), 0.16));
  make(inputs, 'talus-100k', () => remesh(bone('talus'), { edgeMm: 0.36 }).mesh);
  make(inputs, 'talus-100k-turned', () => transformMesh(displacement(bone('talus')), inputMesh(inputs, 'talus-100k')));
  make(inputs, 'icp-fixed', () => remesh(bone('calcaneus'), { edgeMm: 0.62 }).mesh);
  if (missing(inputs, 'icp-moving.json')) makeMoving(bone('calcaneus'), inputs);
}

function makeVolume(bones: readonly NamedMesh[], inputs: string): void {
  const { imaged, grid } = twoFeet(bones);
  const { m } = grid.lpsFromVoxel;
  const step = (k: 0 | 1 | 2) => (m[5 * k] * grid.size[k]) / SIZE[k];
  const spacingMm = [step(0), step(1), step(2)] as const;
  const ct = ctOfFeet(imaged, axisGrid(SIZE, spacingMm, [m[3], m[7], m[11]]), { scleroticBone: 'left-talus' });
  put(inputs, `${VOLUME}.json`, JSON.stringify({ size: SIZE, spacingMm }));
  put(inputs, `${VOLUME}.raw`, new Uint8Array(ct.data.buffer));
}

function dense(mesh: Mesh, stepMm: number): Mesh {
  const [x, y, z] = centroid(mesh);
  const reach = 60;
  const n = Math.ceil((2 * reach) / stepMm);
  const grid = axisGrid([n, n, n], [stepMm, stepMm, stepMm], [x - reach, y - reach, z - reach]);
  return isoSurface(signedDistanceVolume(mesh, grid, 3 * stepMm), 0, { solid: 'below' });
}

/** 8, −6, 4 degrees and 6, −4, 3 mm. */
function displacement(mesh: Mesh): LpsTransform {
  const c = centroid(mesh);
  const turn = (axis: 0 | 1 | 2, deg: number) =>
    rotation([axis === 0 ? 1 : 0, axis === 1 ? 1 : 0, axis === 2 ? 1 : 0], (deg * Math.PI) / 180, c);
  return compose(translation([6, -4, 3]), compose(turn(2, 4), compose(turn(1, -6), turn(0, 8))));
}

/** Another triangulation of the same bone, so that no vertex has an exact partner, displaced and with 0.15 mm of noise. */
function makeMoving(bone: Mesh, inputs: string): void {
  const away = displacement(bone);
  make(inputs, 'icp-moving', () => {
    const normal = createNormal(createRng(1));
    const moved = transformMesh(away, remesh(bone, { edgeMm: 0.53 }).mesh);
    return { ...moved, positions: moved.positions.map((x) => x + 0.15 * normal()) };
  });
  put(inputs, 'icp-moving.json', JSON.stringify({ fixedFromMoving: invert(away).m }));
}

function make(inputs: string, name: string, mesh: () => Mesh): void {
  const file = `${name}.mesh`;
  if (!missing(inputs, file)) return;
  const { positions, triangles } = mesh();
  const bytes = new Uint8Array(8 + positions.byteLength + triangles.byteLength);
  new Uint32Array(bytes.buffer, 0, 2).set([positions.length / 3, triangles.length / 3]);
  new Float64Array(bytes.buffer, 8, positions.length).set(positions);
  new Uint32Array(bytes.buffer, 8 + positions.byteLength).set(triangles);
  put(inputs, file, bytes);
}

const missing = (folder: string, name: string): boolean => !statSync(join(folder, name), { throwIfNoEntry: false });

/** A text beside the other inputs, made once. */
export function putMissing(folder: string, name: string, make: () => string): void {
  if (missing(folder, name)) put(folder, name, make());
}

/** Appears whole or not at all. */
function put(folder: string, name: string, data: Uint8Array | string): void {
  writeFileSync(join(folder, `${name}.part`), data);
  renameSync(join(folder, `${name}.part`), join(folder, name));
}

const bytesOf = (folder: string, name: string): ArrayBuffer => new Uint8Array(readFileSync(join(folder, name))).buffer;

export function feetVolume(inputs: string): Volume<'hu', Int16Array> {
  const { size, spacingMm } = JSON.parse(readFileSync(join(inputs, `${VOLUME}.json`), 'utf8'));
  return createVolume(axisGrid(size, spacingMm, [0, 0, 0]), 'hu', new Int16Array(bytesOf(inputs, `${VOLUME}.raw`)));
}

export function inputMesh(inputs: string, name: string): Mesh {
  const bytes = bytesOf(inputs, `${name}.mesh`);
  const [vertices, triangles] = new Uint32Array(bytes, 0, 2);
  const positions = new Float64Array(bytes, 8, 3 * vertices);
  return createMesh(positions, new Uint32Array(bytes, 8 + positions.byteLength, 3 * triangles));
}

/** The true answer of the alignment. */
export function trueFixedFromMoving(inputs: string): LpsTransform {
  const { fixedFromMoving } = JSON.parse(readFileSync(join(inputs, 'icp-moving.json'), 'utf8'));
  return { from: 'lps', to: 'lps', m: fixedFromMoving };
}
