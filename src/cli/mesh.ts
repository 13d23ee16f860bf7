import { unpack } from '../base/index.ts';
import type { MeshFile } from '../io/index.ts';
import type { Engines, ParamTable, Step } from '../plan/index.ts';
import { columns, facts, num } from './format.ts';
import { openMesh, readFindings, requireOut, saveMesh, UNIT_FLAG } from './mesh-files.ts';
import {
  type CheckedMesh,
  type MeshResult,
  meshBoolean,
  meshCheck,
  meshOffset,
  meshRemesh,
  meshRepair,
  meshSimplify,
  meshSmooth,
} from './steps/mesh-tools.ts';
import { OUT_FLAG, type Verb, verb } from './verb.ts';

const MESH_ARG = { name: 'mesh', label: 'mesh file: STL, 3MF, PLY or OBJ' };

const checkVerb = verb({
  name: 'mesh check',
  summary: 'is it a solid? holes, pinches, flipped faces, self-intersections, pieces, triangle quality',
  args: [MESH_ARG],
  params: { unit: UNIT_FLAG },
  example: 'osteon mesh check talus.stl',
  async run({ args, params, session }) {
    const graph = session.graph();
    const opened = await openMesh(graph, args[0], params.unit);
    const { findings, ...report } = unpack<CheckedMesh>(
      await (await graph.step(meshCheck, { file: opened.artefact })).load(),
    );
    const document = { path: args[0], sha256: opened.sha256, ...report, genus: handles(report) ?? null };
    return { document, text: reportText(report), findings: [...readFindings(args[0], opened), ...findings] };
  },
});

function reportText(r: Omit<CheckedMesh, 'findings'>): string {
  const { lo, hi } = r.bounds;
  const size = [0, 1, 2].map((k) => num(hi[k] - lo[k], 2)).join(' × ');
  return facts([
    ['a solid', r.solid ? 'yes: closed, manifold, faces outward, does not cut itself' : 'no'],
    ['vertices, triangles', `${r.vertices}, ${r.triangles}`],
    ['pieces, handles', `${r.shells.length}, ${handles(r) ?? 'not known while it is open'}`],
    ['open edges', `${r.boundaryEdges}`],
    ['pairs that cut', `${r.selfIntersectingPairs}`],
    ['volume', `${num(r.volumeMm3, 2)} mm³`],
    ['area', `${num(r.areaMm2, 2)} mm²`],
    ['box', `${size} mm`],
  ]);
}

/** Only a closed surface has a number of them. */
const handles = (r: Pick<CheckedMesh, 'closed' | 'manifold' | 'genus'>): number | undefined =>
  r.closed && r.manifold ? r.genus : undefined;

interface Tool<P> {
  readonly name: string;
  readonly summary: string;
  readonly example: string;
  readonly step: Step<{ file: MeshFile }, P, MeshResult, Engines>;
  readonly required?: readonly (keyof P & string)[];
}

/** A verb that makes one mesh of one mesh; its flags are the parameters of the step. */
function tool<P>({ name, summary, example, step, required = [] }: Tool<P>): Verb {
  const own = { ...OUT_FLAG, unit: UNIT_FLAG };
  return verb({
    name: `mesh ${name}`,
    summary,
    args: [MESH_ARG],
    params: { ...own, ...step.params } as ParamTable<{ out: string; unit: string }>,
    required: ['out', ...required] as ['out'],
    example,
    async run({ args, params: { out, unit, ...params }, session }) {
      requireOut(out, args);
      const graph = session.graph();
      const opened = await openMesh(graph, args[0], unit);
      const artefact = await graph.step(step, { file: opened.artefact } as never, params as never);
      const made = unpack<MeshResult>(await artefact.load());
      const written = await saveMesh(graph, artefact, out);
      const { mesh: _, findings, ...numbers } = made;
      const source = { path: args[0], sha256: opened.sha256 };
      return {
        document: { source, ...numbers, out: written },
        text: `${changeText(made)}\nwritten: ${out}`,
        findings: [...readFindings(args[0], opened), ...findings],
      };
    },
  });
}

function changeText({ before, after, figures }: MeshResult): string {
  const change = (b: number, a: number) => `${a < b ? '' : '+'}${num((100 * (a - b)) / b, 3)} %`;
  const rows = [
    ['', 'before', 'after', 'change'],
    ['triangles', `${before.triangles}`, `${after.triangles}`, change(before.triangles, after.triangles)],
    [
      'volume mm³',
      num(before.volumeMm3, 2),
      num(after.volumeMm3, 2),
      before.volumeMm3 > 0 ? change(before.volumeMm3, after.volumeMm3) : '-',
    ],
    ['area mm²', num(before.areaMm2, 2), num(after.areaMm2, 2), change(before.areaMm2, after.areaMm2)],
  ];
  const own = Object.entries(figures).map(([key, value]): [string, string] => [words(key), String(+value.toFixed(4))]);
  return [columns(rows, 1), ...(own.length ? [facts(own)] : [])].join('\n');
}

/** `maxMoveMm` → `max move mm`. */
const words = (key: string): string => key.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);

const booleanVerb = verb({
  name: 'mesh boolean',
  summary: 'join solids, cut some out of the first, or keep what all share',
  args: [MESH_ARG, { name: 'others', label: 'one or more solids', many: true }],
  params: { ...OUT_FLAG, operation: meshBoolean.params.operation, unit: UNIT_FLAG },
  required: ['out', 'operation'],
  example: 'osteon mesh boolean block.stl drill-1.stl drill-2.stl --operation difference -o guide.stl',
  async run({ args, params: { out, operation, unit }, session }) {
    requireOut(out, args);
    const graph = session.graph();
    const opened = await Promise.all(args.map((path) => openMesh(graph, path, unit)));
    const artefact = await graph.step(meshBoolean, { files: opened.map((o) => o.artefact) }, { operation });
    const made = unpack<MeshResult>(await artefact.load());
    const written = await saveMesh(graph, artefact, out);
    const { mesh: _, findings, ...numbers } = made;
    const sources = opened.map(({ sha256 }, i) => ({ path: args[i], sha256 }));
    return {
      document: { operation, sources, ...numbers, out: written },
      text: `${changeText(made)}\nwritten: ${out}`,
      findings: [...opened.flatMap((o, i) => readFindings(args[i], o)), ...findings],
    };
  },
});

export const MESH_VERBS: readonly Verb[] = [
  checkVerb,
  tool({
    name: 'repair',
    summary: 'weld, close holes, turn faces outward, drop specks, merge shells; each repair is a finding with its size',
    step: meshRepair,
    example: 'osteon mesh repair scan.stl -o solid.stl',
  }),
  booleanVerb,
  tool({
    name: 'offset',
    summary: 'the surface at a distance, outward or inward, closed and free of self-intersections',
    step: meshOffset,
    required: ['byMm'],
    example: 'osteon mesh offset talus.stl --by-mm -1.5 -o core.stl',
  }),
  tool({
    name: 'remesh',
    summary: 'edges of one length, angles near 60°, on the same surface',
    step: meshRemesh,
    example: 'osteon mesh remesh talus.stl --edge-mm 0.8 -o even.stl',
  }),
  tool({
    name: 'smooth',
    summary: 'smooth without shrinking; no point moves farther than a stated limit',
    step: meshSmooth,
    example: 'osteon mesh smooth talus.stl --passes 20 --max-move-mm 0.3 -o smooth.stl',
  }),
  tool({
    name: 'simplify',
    summary: 'fewer triangles, with a limit on how far the surface moves, measured both ways',
    step: meshSimplify,
    example: 'osteon mesh simplify talus.stl --triangles 5000 --max-deviation-mm 0.2 -o light.stl',
  }),
];
