import { parseDocument, parse as parseYaml } from 'yaml';
import { OsteonError, type Vec3 } from '../base/index.ts';
import { caseVocabulary, parseCase, parseEditsFile } from '../plan/index.ts';
import { type Connection, connect, dataOf, SERVER_FLAGS } from './remote.ts';
import { switchFlag, textFlag, verb } from './verb.ts';

export const changeVerb = verb({
  name: 'change',
  summary: 'one act on a case of a case server, as the planner does it: "copy as command" gives these lines',
  args: [{ name: 'case', label: 'id of the case' }],
  params: {
    ...SERVER_FLAGS,
    edit: textFlag('an edit of the edits file; may be repeated', 'JSON'),
    planned: textFlag(
      'screws, plates, cuts or measurements: each list that is given takes the place of the old one',
      'JSON',
    ),
    set: textFlag('a key of the case file and its value, a/b for a key in a map; without a value it goes', 'key=value'),
    undo: textFlag('back to this revision, as a new one', 'revision'),
    comment: textFlag('what to say', 'text'),
    at: textFlag('where the comment is pinned, LPS mm', 'x,y,z'),
    run: switchFlag('have it computed'),
    cancel: textFlag('stop this job', 'job'),
    approve: switchFlag('approve what there is to see'),
    reject: textFlag('reject it, and why', 'text'),
    as: textFlag('the role that signs', 'surgeon | quality', 'surgeon'),
    share: textFlag('make a link for reading that is good for so many hours', 'hours'),
  },
  repeatable: ['edit', 'set'],
  example: `osteon change 7f3a --edit '{"op":"islands","bone":"left-talus"}' --run`,
  async run({ args: [id], params, given }) {
    const server = await connect(params);
    const of = { params: { path: { case: id } } };
    const { api } = server;
    const done: Record<string, unknown> = { case: id };
    try {
      if (given.has('undo')) {
        const { revision } = dataOf(await api.GET('/cases/{case}/document', of));
        const body = { toRevision: Number(params.undo), ifRevision: revision };
        done.revision = dataOf(await api.POST('/cases/{case}/undo', { ...of, body })).revision;
      }
      if (given.has('edit') || given.has('planned') || given.has('set'))
        done.revision = await changeDocument(server, id, lines(params.edit), params.planned, lines(params.set));
      if (given.has('comment')) {
        const pin = params.at ? { point: pointOf(params.at) } : null;
        done.comment = dataOf(
          await api.POST('/cases/{case}/comments', { ...of, body: { text: params.comment, pin } }),
        ).id;
      }
      if (given.has('cancel')) {
        const path = { case: id, job: params.cancel };
        done.job = dataOf(await api.POST('/cases/{case}/jobs/{job}/cancel', { params: { path } })).id;
      }
      if (params.run) done.job = dataOf(await api.POST('/cases/{case}/run', of)).id;
      if (params.approve || given.has('reject')) {
        const { contentSha256 } = dataOf(await api.GET('/cases/{case}', of));
        const role = params.as === 'quality' ? 'quality' : 'surgeon';
        const meaning = params.approve ? 'approve' : 'reject';
        const body = { meaning, contentSha256, role, ...(params.reject && { note: params.reject }) } as const;
        done.review = dataOf(await api.POST('/cases/{case}/reviews', { ...of, body })).id;
      }
      if (given.has('share')) {
        const body = { hours: Number(params.share) };
        done.link = dataOf(await api.POST('/cases/{case}/shares', { ...of, body })).path;
      }
      return {
        document: done,
        text: Object.entries(done)
          .map(([key, value]) => `${key} ${value}`)
          .join(', '),
      };
    } finally {
      await server.close();
    }
  },
});

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** Document and edits with the change in them, checked here as the server checks them. */
async function changeDocument(
  { api }: Connection,
  id: string,
  added: readonly string[],
  planned: string,
  sets: readonly string[],
): Promise<number> {
  const of = { params: { path: { case: id } } };
  const now = dataOf(await api.GET('/cases/{case}/document', of));
  const file = (now.edits ?? { edits: [] }) as { readonly edits: readonly unknown[]; readonly planned?: object };
  const edits = {
    ...file,
    edits: [...file.edits, ...added.map(json)],
    ...(planned && { planned: { ...file.planned, ...(json(planned) as object) } }),
  };
  const document = sets.length > 0 ? withKeys(now.document, sets) : now.document;
  parseEditsFile(parseCase(document, caseVocabulary()).procedure, edits);
  const body = {
    document,
    ...((added.length > 0 || planned || now.edits !== null) && { edits }),
    ifRevision: now.revision,
    message: 'Changed from the command line',
    command: { verb: 'change', edits: added.length, planned: planned !== '', set: sets.map((s) => s.split('=')[0]) },
  };
  return dataOf(await api.PUT('/cases/{case}/document', { ...of, body })).revision;
}

/** @throws cli.usage */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new OsteonError('cli.usage', { json: text.slice(0, 60) }, 'JSON is wanted, in single quotes');
  }
}

function withKeys(document: string, sets: readonly string[]): string {
  const yaml = parseDocument(document);
  for (const line of sets) {
    const at = line.indexOf('=');
    if (at < 1) throw new OsteonError('cli.usage', { flag: '--set' }, 'Write --set key=value');
    const path = line.slice(0, at).split('/');
    const value = parseYaml(line.slice(at + 1)) as unknown;
    if (value === null) yaml.deleteIn(path);
    else {
      if (path.length > 1 && !yaml.has(path[0])) yaml.set(path[0], yaml.createNode({}));
      yaml.setIn(path, yaml.createNode(value, { flow: true }));
    }
  }
  return String(yaml);
}

/** @throws cli.usage */
function pointOf(text: string): [number, number, number] {
  const p = text.split(',').map(Number) as unknown as Vec3;
  if (p.length !== 3 || p.some((v) => !Number.isFinite(v)))
    throw new OsteonError('cli.usage', { flag: '--at' }, 'Three numbers: --at 12.5,-3,40');
  return [...p] as [number, number, number];
}
