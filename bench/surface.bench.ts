import { triangleCount, volumeMm3 } from '../src/mesh/index.ts';
import { isoSurface } from '../src/surface/index.ts';
import type { Volume } from '../src/volume/index.ts';
import { benchCase } from './bench-case.ts';
import { feetVolume } from './inputs.ts';

let ct: Volume;
const LEVEL_HU = 400;

export const CASES = [
  benchCase({
    name: 'surface/iso',
    what: `surface at ${LEVEL_HU} HU through the whole volume`,
    peers: ['vtk:flying-edges', 'vtk:marching-cubes', 'skimage:marching-cubes'],
    setup: (inputs) => {
      ct = feetVolume(inputs);
    },
    run: () => isoSurface(ct, LEVEL_HU),
    answer: (mesh) => ({ triangles: triangleCount(mesh), volumeMm3: volumeMm3(mesh) }),
  }),
];
