import type { LpsTransform } from '../src/base/index.ts';
import { apply, distance, translation } from '../src/math/index.ts';
import type { Mesh } from '../src/mesh/index.ts';
import { alignSurfaces } from '../src/register/index.ts';
import { benchCase } from './bench-case.ts';
import { inputMesh, trueFixedFromMoving } from './inputs.ts';

let moving: Mesh;
let fixed: Mesh;
let truth: LpsTransform;
let start: LpsTransform;

function load(inputs: string): void {
  moving = inputMesh(inputs, 'icp-moving');
  fixed = inputMesh(inputs, 'icp-fixed');
  truth = trueFixedFromMoving(inputs);
  const [from, to] = [moving, fixed].map(({ positions: p }) =>
    [0, 1, 2].map((k) => p.reduce((s, x, i) => s + (i % 3 === k ? x : 0), 0) / (p.length / 3)),
  );
  start = translation([to[0] - from[0], to[1] - from[1], to[2] - from[2]]);
}

/** Mean distance of the moving vertices from where they truly belong, mm. */
function targetErrorMm(t: LpsTransform): number {
  const { positions: p } = moving;
  let sum = 0;
  for (let i = 0; i < p.length; i += 3) {
    const at = [p[i], p[i + 1], p[i + 2]] as const;
    sum += distance(apply(t, at), apply(truth, at));
  }
  return (3 * sum) / p.length;
}

export const CASES = [
  benchCase({
    name: 'register/icp',
    what: 'two triangulations of a calcaneus, one displaced and noisy; centroids matched at the start',
    peers: ['vtk:icp', 'vtk:icp-all-points'],
    setup: load,
    run: () => alignSurfaces(moving, fixed, { initial: start }),
    answer: ({ lpsFromMoving }) => ({ targetErrorMm: targetErrorMm(lpsFromMoving) }),
  }),
  benchCase({
    name: 'register/align',
    what: 'the same without a start: every way the bone can lie is tried',
    peers: [],
    setup: load,
    run: () => alignSurfaces(moving, fixed),
    answer: ({ lpsFromMoving }) => ({ targetErrorMm: targetErrorMm(lpsFromMoving) }),
  }),
];
