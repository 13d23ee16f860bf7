import { pullsOf, type Study, solveStudy, suggestedCellMm, writeInp } from '../src/fea/index.ts';
import { type Mesh, volumeMm3 } from '../src/mesh/index.ts';
import { benchCase } from './bench-case.ts';
import { inputMesh } from './inputs.ts';

/** A talus of titanium pressed with 5340 N from above, its lower side fixed. */
export const TALUS_STUDY: Study = {
  material: {
    name: 'Ti-6Al-4V ELI',
    youngMPa: 113_800,
    poisson: 0.342,
    yieldMPa: 780,
    fatigueMPa: 300,
    unread: [],
  },
  regions: {
    top: { normal: { direction: [0, 0, 1], withinDeg: 35 } },
    bottom: { normal: { direction: [0, 0, -1], withinDeg: 35 } },
  },
  supports: [{ region: 'bottom', kind: 'fixed' }],
  loadCases: [{ name: 'press', source: 'bench', loads: [{ region: 'top', forceN: [0, 0, -5340] }] }],
};

const solve = (part: Mesh, nodes: number) =>
  solveStudy(part, {}, TALUS_STUDY, { cellMm: suggestedCellMm(part, nodes) });

/** The deck that the other program gets: our mesh, so that both answer the same question. */
export function talusDeck(part: Mesh, nodes: number): string {
  const { model } = solve(part, nodes);
  return writeInp(model, TALUS_STUDY, { title: 'talus', lines: ['bench'] }, pullsOf(model.springs));
}

export const DECK_NODES = 50_000;

let part: Mesh;

export const CASES = [
  benchCase({
    name: 'fea/talus-50k',
    what: 'a talus of 100 000 triangles under load, 50 000 nodes: ours from surface to stresses, checks and mesh included; CalculiX from our deck to its result file, one thread',
    peers: ['ccx:cholesky', 'ccx:scaling'],
    setup(inputs) {
      part = inputMesh(inputs, 'talus-100k');
    },
    run: () => solve(part, DECK_NODES),
    answer({ numbers, model }) {
      return {
        nodes: model.volume.figures.nodes,
        displacementUm: 1000 * numbers[0].displacementMm.value,
        volumeMm3: volumeMm3(part),
      };
    },
  }),
];
