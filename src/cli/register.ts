import { unpack } from '../base/index.ts';
import { meshRegister, type Registered } from '../plan/index.ts';
import type { Alignment } from '../register/index.ts';
import { facts, num } from './format.ts';
import { matrix4, openMesh, pairFindings, readFindings, requireOut, saveMesh, UNIT_FLAG } from './mesh-files.ts';
import { OUT_FLAG, verb } from './verb.ts';

export const registerVerb = verb({
  name: 'register',
  summary: 'bring one surface onto another without landmarks',
  args: [
    { name: 'moving', label: 'mesh file that is moved' },
    { name: 'fixed', label: 'mesh file that stays' },
  ],
  params: { ...OUT_FLAG, unitMoving: UNIT_FLAG, unitFixed: UNIT_FLAG, ...meshRegister.params },
  example: 'osteon register right-talus.stl left-talus.stl --mirror -o mirrored.stl',
  async run({ args, params: { out, unitMoving, unitFixed, ...params }, session }) {
    if (out) requireOut(out, args);
    const graph = session.graph();
    const [moving, fixed] = await Promise.all([
      openMesh(graph, args[0], unitMoving, '--unit-moving'),
      openMesh(graph, args[1], unitFixed, '--unit-fixed'),
    ]);
    const artefact = await graph.step(meshRegister, { moving: moving.artefact, fixed: fixed.artefact }, params);
    const { alignment } = unpack<Registered>(await artefact.load());
    const { lpsFromMoving, findings, ...figures } = alignment;
    const written = out ? { out: await saveMesh(graph, artefact, out) } : {};
    const document = { lpsFromMoving: matrix4(lpsFromMoving), ...figures, ...written };
    const read = [...readFindings(args[0], moving), ...readFindings(args[1], fixed)];
    const all = [...read, ...pairFindings(moving, fixed), ...findings];
    return { document, text: alignmentText(alignment), findings: all };
  },
});

function alignmentText(a: Alignment): string {
  const m = matrix4(a.lpsFromMoving);
  const rows = [0, 1, 2, 3].map((r) =>
    m
      .slice(4 * r, 4 * r + 4)
      .map((x) => num(x, 6).padStart(12))
      .join(' '),
  );
  return [
    'fixed from moving, LPS mm, row-major:',
    ...rows,
    facts([
      ['RMS in overlap', `${num(a.rmsMm, 4)} mm`],
      ['95 % in overlap', `${num(a.p95Mm, 4)} mm`],
      ['overlap', `${num(100 * a.overlapFraction, 1)} % of the moving surface`],
      [
        'worst tenth left out',
        `${num(a.jackknife.tenthLeftOutMaxMm, 4)} mm, ${num(a.jackknife.tenthLeftOutMaxDeg, 4)}°`,
      ],
    ]),
  ].join('\n');
}
