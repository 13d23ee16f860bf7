import { type Mesh, type SolidEngine, simplify, triangleCount, volumeMm3 } from '../src/mesh/index.ts';
import { createSolidEngine } from '../src/platform/node/index.ts';
import { benchCase } from './bench-case.ts';
import { inputMesh } from './inputs.ts';

let a: Mesh;
let b: Mesh;
let engine: SolidEngine;

export const CASES = [
  benchCase({
    name: 'mesh/simplify',
    what: 'a million triangles to a tenth; ours then measures the deviation both ways and looks for self-intersections',
    peers: ['meshoptimizer:simplify', 'cgal:simplify', 'vtk:simplify'],
    setup(inputs) {
      a = inputMesh(inputs, 'calcaneus-dense');
    },
    run: () => simplify(a, { triangles: Math.round(triangleCount(a) / 10), maxDeviationMm: Number.POSITIVE_INFINITY }),
    answer: ({ mesh }) => ({ triangles: triangleCount(mesh), volumeMm3: volumeMm3(mesh) }),
  }),
  benchCase({
    name: 'mesh/boolean',
    what: 'union of two tali of 100 000 triangles, from arrays to arrays',
    peers: ['cgal:union', 'vtk:union'],
    async setup(inputs) {
      a = inputMesh(inputs, 'talus-100k');
      b = inputMesh(inputs, 'talus-100k-turned');
      engine = await createSolidEngine();
    },
    run: () => engine.union([a, b]),
    answer: (mesh) => ({ triangles: triangleCount(mesh), volumeMm3: volumeMm3(mesh) }),
  }),
];
