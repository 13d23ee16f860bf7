import { OsteonError } from '../base/index.ts';
import { openOutFolder, sha256 } from '../platform/node/index.ts';
import type { Schemas } from '../server/client/index.ts';
import { connect, dataOf, SERVER_FLAGS } from './remote.ts';
import { OUT_FLAG, verb } from './verb.ts';

export const pullVerb = verb({
  name: 'pull',
  summary: 'bring a case from a case server: document, edits and everything that was computed',
  args: [{ name: 'case', label: 'id or label of the case' }],
  params: { ...OUT_FLAG, ...SERVER_FLAGS },
  required: ['out'],
  example: 'osteon pull A-17 -o A-17',
  async run({ args: [wanted], params, session }) {
    const server = await connect(params);
    try {
      const found = choose(dataOf(await server.api.GET('/cases')), wanted);
      const of = { params: { path: { case: found.id } } };
      const { document, edits, revision } = dataOf(await server.api.GET('/cases/{case}/document', of));
      const artefacts = dataOf(await server.api.GET('/cases/{case}/artefacts', of));
      const out = await openOutFolder(params.out);
      const withdraw = session.onUndo(out.discard);
      const made = artefacts.filter(({ path }) => path.startsWith('out/') && isPlain(path));
      for (const [i, file] of made.entries()) {
        session.say(`${i + 1} of ${made.length}: ${file.path}`);
        const response = await server.fetch(`/cases/${found.id}/objects/${file.sha256}`);
        const bytes = new Uint8Array(await response.arrayBuffer());
        if (!response.ok || sha256(bytes) !== file.sha256)
          throw new OsteonError('store.damaged', { file: file.path }, 'Pull it again');
        await out.add(file.path, bytes);
      }
      if (edits !== null) await out.add('edits.json', `${JSON.stringify(edits)}\n`);
      await out.add('case.yaml', document);
      await out.publish('case.yaml', []);
      withdraw();
      const summary = { case: found.id, label: found.label, state: found.state, revision, files: made.length + 1 };
      return {
        document: { out: params.out, ...summary },
        text: `${found.label}: ${made.length + 1} files in ${params.out}`,
      };
    } finally {
      await server.close();
    }
  },
});

function choose(cases: readonly Schemas['CaseRow'][], wanted: string): Schemas['CaseRow'] {
  const found = cases.filter(({ id, label }) => id === wanted || label === wanted);
  if (found.length === 1) return found[0];
  const hint = found.length ? 'Several cases have this label: name the id' : 'List them in the planner';
  throw new OsteonError('store.not-found', { kind: 'case', found: found.length }, hint);
}

/** The second wall: the server says the names, the folder is ours. */
const isPlain = (path: string): boolean =>
  /^[\w.-]+(\/[\w.-]+)*$/.test(path) && !path.split('/').some((part) => /^\.+$/.test(part));
