import { type Job, type LpsTransform, OsteonError, type Vec3 } from '../../src/base/index.ts';
import { onSurface } from '../../src/fea/index.ts';
import { readMesh, readPly } from '../../src/io/index.ts';
import { compose, invert, quantile } from '../../src/math/index.ts';
import { jointSpaceAt, wallThickness } from '../../src/measure/index.ts';
import { type Bvh, buildBvh, type Mesh, signedDistances, transformMesh, weld } from '../../src/mesh/index.ts';
import { alignSurfaces, fitPoints } from '../../src/register/index.ts';
import { boneSurface, isoSurface } from '../../src/surface/index.ts';
import { boxOf, createVolume, crop, gaussian, growBox, spacingMm, type Volume } from '../../src/volume/index.ts';
import type { Answer, FieldValues, JobName, Question, Surface } from './jobs.ts';
import { createLive } from './live.ts';

/** What the worker remembers between jobs. */
let scan: { hu: Volume<'hu', Int16Array>; labels: Volume<'label', Uint8Array> } | null = null;
const meshes = new Map<string, Mesh>();
const trees = new Map<string, Bvh>();

/** Room around a bone that its surface may depend on, mm. */
const ROOM_MM = 8;
const FAR_MM = 30;

const need = (id: string): Mesh => {
  const mesh = meshes.get(id);
  if (!mesh) throw new OsteonError('param.unknown', { body: id });
  return mesh;
};
function treeOf(id: string): Bvh {
  const tree = trees.get(id) ?? buildBvh(need(id));
  trees.set(id, tree);
  return tree;
}

const live = createLive(need);

export const HANDLERS: { readonly [J in JobName]: (question: Question<J>, job: Job) => Answer<J> } = {
  scan({ grid, hu, labels }) {
    scan = { hu: createVolume(grid, 'hu', hu), labels: createVolume(grid, 'label', labels) };
    return null;
  },

  labels({ box: { lo, hi }, data }) {
    if (!scan) return null;
    const [nx, ny] = scan.labels.grid.size;
    const [mx, my, mz] = hi.map((h, k) => h - lo[k]);
    for (let z = 0, o = 0; z < mz; z++)
      for (let y = 0; y < my; y++, o += mx)
        scan.labels.data.set(data.subarray(o, o + mx), ((lo[2] + z) * ny + lo[1] + y) * nx + lo[0]);
    return null;
  },

  read({ bytes, name }) {
    const { mesh } = readMesh(bytes, name);
    return weld(mesh).mesh;
  },

  body({ id, surface }) {
    meshes.set(id, surface);
    trees.delete(id);
    live.forget(id);
    return null;
  },

  laid({ id, from, pose }) {
    meshes.set(id, transformMesh(pose, need(from)));
    trees.delete(id);
    live.forget(id);
    return null;
  },

  surface: ({ label, quick }, job) => surfaceOf(label, quick, job),

  fracture: (facts) => live.fracture(facts),
  ready: () => live.ready(),
  live: (question) => live.live(question),
  screw: (question) => live.screw(question),

  points({ from, to, mirror }) {
    const { lpsFromMoving, rmsMm } = fitPoints(from.flat(), to.flat(), { mirror });
    return { pose: lpsFromMoving, rmsMm };
  },

  align({ moving, fixed, initial, mirror }, job) {
    const { lpsFromMoving, rmsMm, p95Mm, overlapFraction } = alignSurfaces(
      need(moving),
      need(fixed),
      { mirror, ...(initial && { initial }) },
      job,
    );
    return { pose: lpsFromMoving, rmsMm, p95Mm, overlap: overlapFraction };
  },

  thickness({ id }) {
    const { vertexMm, minMm, p05Mm } = wallThickness(treeOf(id));
    const some = vertexMm.filter((v) => Number.isFinite(v));
    const hi = some.length > 0 ? quantile(some, 0.95) : 1;
    return { values: Float32Array.from(vertexMm), lo: 0, hi, unit: 'mm', map: 'viridis', summary: { minMm, p05Mm } };
  },

  fit({ id, pose, others }) {
    const tree = treeOf(id);
    const n = tree.mesh.positions.length / 3;
    const least = new Float32Array(n).fill(Number.NaN);
    const normals = unit(tree.vertexNormals);
    for (const { id: other, pose: at } of others) {
      const move = compose(invert(at), pose);
      const { gapMm } = jointSpaceAt(
        transformed(move, tree.mesh.positions),
        transformed(linear(move), normals),
        treeOf(other),
      );
      gapMm.forEach((g, i) => {
        if (!Number.isNaN(g) && !(least[i] <= g)) least[i] = g;
      });
    }
    const some = least.filter((v) => Number.isFinite(v));
    const summary = some.length > 0 ? { leastMm: Math.min(...minMax(some)), medianMm: quantile(some, 0.5) } : {};
    return { values: least, lo: 0, hi: 5, unit: 'mm', map: 'clearance', summary };
  },

  stress({ id, bytes }): FieldValues {
    const { mesh, scalars } = readPly(bytes);
    if (!scalars) throw new OsteonError('io.format', { what: 'stress', reason: 'no values' });
    const values = onSurface(mesh, scalars, need(id));
    const [, greatestMPa] = minMax(values);
    // One sharp spot does not take the colours from the rest.
    const hi = quantile(values, 0.999) || 1;
    return {
      values,
      lo: 0,
      hi,
      unit: 'MPa',
      map: 'viridis',
      summary: { greatestMPa, medianMPa: quantile(values, 0.5) },
    };
  },

  deviation({ id, pose, other, otherPose }): FieldValues {
    const move = compose(invert(otherPose), pose);
    const points = transformed(move, need(id).positions);
    const d = signedDistances(treeOf(other), points, { limitMm: FAR_MM });
    const some = d.filter((v) => Number.isFinite(v));
    const size = Math.max(0.1, quantile(some.map(Math.abs), 0.95));
    const mean = some.reduce((s, v) => s + Math.abs(v), 0) / some.length;
    return {
      values: Float32Array.from(d, (v) => (Number.isFinite(v) ? v : Number.NaN)),
      lo: -size,
      hi: size,
      unit: 'mm',
      map: 'diverging',
      summary: { meanMm: mean, p95Mm: size },
    };
  },
};

function minMax(values: Float32Array): [number, number] {
  let [lo, hi] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values) {
    if (v < lo) lo = v;
    if (v > hi) hi = v;
  }
  return [lo, hi];
}

/** A bone as its label says (at once), or as the grey values say (as the run makes it, but alone). */
function surfaceOf(label: number, quick: boolean, job: Job): Surface | null {
  if (!scan) return null;
  const tight = boxOf(scan.labels, label);
  if (!tight) return null;
  const room = spacingMm(scan.labels.grid).map((s) => Math.ceil((quick ? 2 : ROOM_MM) / s)) as unknown as Vec3;
  const box = growBox(tight, room, scan.labels.grid.size);
  const labels = crop(scan.labels, box);
  if (!quick) return boneSurface(crop(scan.hu, box), labels, label, { job }).mesh;
  const mask = createVolume(
    labels.grid,
    'fraction',
    Float32Array.from(labels.data, (v) => (v === label ? 1 : 0)),
  );
  const smooth = gaussian(mask, Math.max(...spacingMm(labels.grid)) * 0.7);
  return isoSurface(smooth, 0.5);
}

function unit(v: Float64Array): Float64Array {
  const out = new Float64Array(v.length);
  for (let i = 0; i < v.length; i += 3) {
    const s = 1 / (Math.hypot(v[i], v[i + 1], v[i + 2]) || 1);
    for (let k = 0; k < 3; k++) out[i + k] = v[i + k] * s;
  }
  return out;
}

const linear = ({ m }: LpsTransform): LpsTransform => ({
  from: 'lps',
  to: 'lps',
  m: [m[0], m[1], m[2], 0, m[4], m[5], m[6], 0, m[8], m[9], m[10], 0],
});

const transformed = (move: LpsTransform, points: Float64Array): Float64Array =>
  transformMesh(move, { positions: points, triangles: new Uint32Array(0) }).positions;
