import { type Mesh, type SolidEngine, triangleCount, volumeMm3 } from '../src/mesh/index.ts';
import { createSolidEngine } from '../src/platform/node/index.ts';
import { benchCase } from './bench-case.ts';
import { inputMesh } from './inputs.ts';

let a: Mesh;
let b: Mesh;
let engine: SolidEngine;

export const CASES = [
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
