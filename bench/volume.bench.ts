import {
  distanceToMask,
  gaussian,
  keepComponents,
  signedMaskDistance,
  spacingMm,
  threshold,
  thresholdComponents,
  type Volume,
} from '../src/volume/index.ts';
import { benchCase } from './bench-case.ts';
import { BONE_HU, feetVolume } from './inputs.ts';

let ct: Volume<'hu', Int16Array>;
let bone: Volume<'label', Uint8Array>;

const load = (inputs: string) => {
  ct = feetVolume(inputs);
};
const loadMask = (inputs: string) => {
  bone = threshold(feetVolume(inputs), BONE_HU + 1, Number.POSITIVE_INFINITY);
};

function meanOf(values: ArrayLike<number>, use: (x: number) => boolean = () => true): number {
  let sum = 0;
  let n = 0;
  for (let i = 0; i < values.length; i++)
    if (use(values[i])) {
      sum += values[i];
      n++;
    }
  return sum / n;
}

export const CASES = [
  benchCase({
    name: 'volume/components',
    what: `more than ${BONE_HU} HU, face-connected pieces, mask of the largest`,
    peers: ['itk:components', 'scipy:components', 'skimage:components', 'vtk:components'],
    setup: load,
    run: () => {
      const found = thresholdComponents(ct, BONE_HU + 1, Number.POSITIVE_INFINITY);
      return { found, mask: keepComponents(found, ct.grid, (label) => label === 1) };
    },
    answer: ({ found, mask }) => ({ voxels: mask.data.reduce((s, x) => s + x, 0), pieces: found.count }),
  }),
  benchCase({
    name: 'volume/distance',
    what: 'exact distance of every voxel to the nearest voxel of bone',
    peers: [],
    setup: loadMask,
    run: () => distanceToMask(bone),
    answer: ({ data }) => ({ meanMm: meanOf(data) }),
  }),
  benchCase({
    name: 'volume/signed-distance',
    what: 'exact distance to the border of bone, on both sides of it',
    peers: ['itk:signed-distance'],
    setup: loadMask,
    run: () => signedMaskDistance(bone),
    answer: ({ data }) => ({ meanOutsideMm: meanOf(data, (x) => x > 0) }),
  }),
  benchCase({
    name: 'volume/gaussian',
    what: 'Gaussian blur of 1 voxel, cut at 4 σ, to float32',
    peers: ['scipy:gaussian', 'itk:gaussian-recursive', 'itk:gaussian', 'vtk:gaussian'],
    setup: load,
    run: () => gaussian(ct, spacingMm(ct.grid)),
    answer: ({ data }) => ({ meanSquare: meanOf(data.map((x) => x * x)) }),
  }),
];
