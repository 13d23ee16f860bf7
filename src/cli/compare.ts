import { OsteonError, unpack } from '../base/index.ts';
import type { DistanceSummary } from '../math/index.ts';
import type { SurfaceDistance } from '../measure/index.ts';
import { type DeviationMap, type Graph, meshCompare, meshDeviation } from '../plan/index.ts';
import { sha256, writeAtomic } from '../platform/node/index.ts';
import { columns, num } from './format.ts';
import { type OpenMesh, openFindings, openMesh, pairFindings, readFindings, UNIT_FLAG } from './mesh-files.ts';
import { textFlag, verb } from './verb.ts';

export const compareVerb = verb({
  name: 'compare',
  summary: 'distances between two surfaces, both ways, and their volumes',
  args: [
    { name: 'a', label: 'mesh file: STL, 3MF, PLY or OBJ' },
    { name: 'b', label: 'mesh file; signed distances are positive outside it' },
  ],
  params: {
    unitA: UNIT_FLAG,
    unitB: UNIT_FLAG,
    ...meshCompare.params,
    map: textFlag('file for a, coloured by its distance to b (PLY)'),
    ...meshDeviation.params,
  },
  example: 'osteon compare implant.stl talus.stl',
  async run({ args, params, session }) {
    const graph = session.graph();
    const [a, b] = await Promise.all([
      openMesh(graph, args[0], params.unitA, '--unit-a'),
      openMesh(graph, args[1], params.unitB, '--unit-b'),
    ]);
    const { spacingMm } = params;
    const artefact = await graph.step(meshCompare, { a: a.artefact, b: b.artefact }, { spacingMm });
    const distance = unpack<SurfaceDistance>(await artefact.load());
    const findings = [
      ...readFindings(args[0], a),
      ...readFindings(args[1], b),
      ...pairFindings(a, b),
      ...openFindings(args[0], a),
      ...openFindings(args[1], b),
    ];
    const map = params.map ? await writeMap(graph, a, b, params.map, params.rangeMm) : {};
    const files = { a: { path: args[0], sha256: a.sha256 }, b: { path: args[1], sha256: b.sha256 } };
    return { document: { ...files, ...distance, ...map }, text: comparisonText(distance), findings };
  },
});

/** A map of the deviation as a file, and what its colours mean. */
async function writeMap(
  graph: Graph,
  a: OpenMesh,
  b: OpenMesh,
  path: string,
  rangeMm: number,
): Promise<{ readonly map: object }> {
  if (!path.toLowerCase().endsWith('.ply')) throw new OsteonError('cli.usage', { map: path }, 'End the name with .ply');
  const made = await graph.step(meshDeviation, { a: a.artefact, b: b.artefact }, { rangeMm });
  const { bytes, ...summary } = unpack<DeviationMap>(await made.load());
  await writeAtomic(path, bytes);
  return { map: { path, sha256: sha256(bytes), ...summary } };
}

function comparisonText(d: SurfaceDistance): string {
  const row = (name: string, s: DistanceSummary) => [
    name,
    ...[s.signedMeanMm, s.meanMm, s.rmsMm, s.p95Mm, s.maxMm].map((x) => num(x, 4)),
  ];
  const change = (100 * (d.volumeBMm3 - d.volumeAMm3)) / d.volumeAMm3;
  return [
    columns(
      [
        ['mm', 'signed mean', 'mean', 'RMS', '95 %', 'max'],
        row('a to b', d.aToB),
        row('b to a', d.bToA),
        ['both', '', num(d.meanMm, 4), num(d.rmsMm, 4), num(d.p95Mm, 4), num(d.hausdorffMm, 4)],
      ],
      1,
    ),
    `volumes: a ${num(d.volumeAMm3, 1)} mm³, b ${num(d.volumeBMm3, 1)} mm³ (b is ${change < 0 ? '' : '+'}${num(change, 2)} %)`,
  ].join('\n');
}
