import { type Finding, OsteonError, unpack } from '../base/index.ts';
import { type DeviationMap, type FileBytes, type Graph, meshDeviation, meshRead } from '../plan/index.ts';
import { openOutFolder, sha256 } from '../platform/node/index.ts';
import type { Schemas } from '../server/client/index.ts';
import { columns, num } from './format.ts';
import { type Connection, connect, dataOf, SERVER_FLAGS } from './remote.ts';
import { textFlag, verb } from './verb.ts';

export const changesVerb = verb({
  name: 'changes',
  summary:
    'what changed between two revisions of a case: keys, numbers, and how far each surface lies from where it was',
  args: [{ name: 'case', label: 'id of the case' }],
  params: {
    ...SERVER_FLAGS,
    from: textFlag('the older revision', 'revision'),
    to: textFlag('the newer one; absent: the newest', 'revision'),
    out: textFlag('folder for a map of each surface that changed (PLY, coloured); absent: numbers alone'),
    rangeMm: meshDeviation.params.rangeMm,
  },
  required: ['from'],
  example: 'osteon changes 7f3a --from 3 --to 5 -o maps',
  async run({ args: [id], params, session }) {
    const server = await connect(params);
    try {
      const of = { params: { path: { case: id } } };
      const [from, to] = [numberOf(params.from), params.to ? numberOf(params.to) : null];
      const newest = to ?? dataOf(await server.api.GET('/cases/{case}/document', of)).revision;
      const pair = { params: { path: { case: id, a: from, b: newest } } };
      const { changes } = dataOf(await server.api.GET('/cases/{case}/revisions/{a}/compare/{b}', pair));
      const [older, newer] = await Promise.all([surfacesOf(server, id, from), surfacesOf(server, id, newest)]);
      const out = params.out ? await openOutFolder(params.out) : null;
      const withdraw = session.onUndo(async () => out?.discard());
      const graph = session.graph();
      const surfaces: SurfaceRow[] = [];
      let last = '';
      for (const [path, now] of newer) {
        const then = older.get(path);
        if (!then || then.sha256 === now.sha256) continue;
        session.say(path);
        const { bytes, ...row } = await deviation(graph, server, id, now, then, params.rangeMm);
        surfaces.push({ path, ...row });
        last = `${path.slice('out/'.length, -'.stl'.length)}.ply`;
        await out?.add(last, bytes);
      }
      if (last) await out?.publish(last, []);
      withdraw();
      const findings: Finding[] =
        older.size > 0 && newer.size > 0
          ? []
          : [{ level: 'note', code: 'case.not-run', text: 'A revision without results has no surfaces to compare' }];
      const document = { case: id, from, to: newest, changes, surfaces, ...(out && { out: params.out }) };
      return { document, text: textOf(changes, surfaces), findings };
    } finally {
      await server.close();
    }
  },
});

interface SurfaceRow extends Omit<DeviationMap, 'bytes'> {
  readonly path: string;
}

async function surfacesOf(
  { api }: Connection,
  id: string,
  revision: number,
): Promise<ReadonlyMap<string, Schemas['Artefact']>> {
  const list = dataOf(
    await api.GET('/cases/{case}/artefacts', { params: { path: { case: id }, query: { revision } } }),
  );
  return new Map(
    list.filter((a) => /^out\/[\w./-]+\.stl$/.test(a.path) && !a.path.includes('..')).map((a) => [a.path, a]),
  );
}

async function deviation(
  graph: Graph,
  server: Connection,
  id: string,
  now: Schemas['Artefact'],
  then: Schemas['Artefact'],
  rangeMm: number,
): Promise<DeviationMap> {
  const read = async ({ path, sha256: hash }: Schemas['Artefact']) => {
    const response = await server.fetch(`/cases/${id}/objects/${hash}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (!response.ok || sha256(bytes) !== hash) throw new OsteonError('store.damaged', { file: path }, 'Ask again');
    const file: FileBytes = { name: 'surface.stl', bytes };
    return graph.step(meshRead, { file: graph.source(hash, async () => file) }, { unit: 'millimeter' });
  };
  const [a, b] = await Promise.all([read(now), read(then)]);
  return unpack<DeviationMap>(await (await graph.step(meshDeviation, { a, b }, { rangeMm })).load());
}

/** @throws cli.usage */
function numberOf(text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new OsteonError('cli.usage', { revision: text.slice(0, 20) }, 'A revision is a number');
  return Number(text);
}

const short = (v: unknown): string => {
  const text = v === null ? '–' : typeof v === 'number' ? num(v, 3) : typeof v === 'string' ? v : JSON.stringify(v);
  if (/^[0-9a-f]{64}$/.test(text)) return text.slice(0, 12);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};

function textOf(changes: readonly Schemas['Change'][], surfaces: readonly SurfaceRow[]): string {
  if (changes.length === 0) return 'nothing changed';
  const rows = changes.map(({ what, before, after }) => [what, short(before ?? null), short(after ?? null)]);
  const maps = surfaces.map((s) => [s.path, ...[s.signedMeanMm, s.meanMm, s.p95Mm, s.maxMm].map((x) => num(x, 3))]);
  return [
    columns([['what', 'before', 'after'], ...rows]),
    ...(maps.length > 0 ? ['', columns([['surface, mm', 'signed mean', 'mean', '95 %', 'max'], ...maps], 1)] : []),
  ].join('\n');
}
