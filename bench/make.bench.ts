import { exposeLayers, layerAreasMm2, layerHeights, type RegionEngine, sliceMesh } from '../src/make/index.ts';
import { bounds, type Mesh } from '../src/mesh/index.ts';
import { createRegionEngine } from '../src/platform/node/index.ts';
import { benchCase } from './bench-case.ts';
import { inputMesh } from './inputs.ts';

const LAYER_MM = 0.03;

let part: Mesh;
let engine: RegionEngine;

export const CASES = [
  benchCase({
    name: 'make/slice',
    what: 'a talus of 100 000 triangles in layers of 30 µm: ours contours, hatch and skins; PrusaSlicer its G-code, file to file',
    peers: ['prusa:slice'],
    async setup(inputs) {
      const mesh = inputMesh(inputs, 'talus-100k');
      const low = bounds(mesh).lo[2];
      part = { ...mesh, positions: mesh.positions.map((x, i) => (i % 3 === 2 ? x - low : x)) };
      engine = await createRegionEngine();
    },
    run() {
      const stack = sliceMesh(part, layerHeights(part, LAYER_MM));
      let vectors = 0;
      exposeLayers(stack, engine, { layerMm: LAYER_MM }, (_, exposure) => {
        vectors += exposure.core.length / 4;
      });
      return { stack, vectors };
    },
    answer: ({ stack }) => ({
      layers: stack.heights.length,
      volumeMm3: layerAreasMm2(stack).reduce((s, a) => s + a, 0) * LAYER_MM,
    }),
  }),
];
