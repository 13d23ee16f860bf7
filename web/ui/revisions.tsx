import { Button, Select } from '@mantine/core';
import { useEffect, useState } from 'react';
import { LPS_IDENTITY } from '../../src/base/index.ts';
import { api, asProblem, need, objectBytes, type Schemas } from '../state/api.ts';
import { scannedName } from '../state/bodies.ts';
import { attempt, loadCase, loadTalk } from '../state/people-of-case.ts';
import { complain, useView } from '../state/view.ts';
import { Fact, Section } from './act.tsx';
import { useWorkspace } from './desk.tsx';

const when = (at: string) => new Date(at).toLocaleString();

/** Every state the case has been in: what changed since, and the way back. */
export function Revisions({ id }: { id: string }) {
  const ws = useWorkspace();
  const revisions = useView((v) => v.revisions);
  const readOnly = useView((v) => v.readOnly);
  const now = useView((v) => v.revision);
  const [from, setFrom] = useState<number | null>(null);
  const [changes, setChanges] = useState<readonly Schemas['Change'][] | null>(null);
  const compare = (n: number) =>
    attempt(async () => {
      const { changes: found } = await need(
        api.GET('/cases/{case}/revisions/{a}/compare/{b}', { params: { path: { case: id, a: n, b: now } } }),
      );
      setFrom(n);
      setChanges(found);
    });
  const back = (n: number) =>
    attempt(async () => {
      await ws.file?.send();
      await need(
        api.POST('/cases/{case}/undo', {
          params: { path: { case: id } },
          body: { toRevision: n, ifRevision: ws.file!.revision },
        }),
      );
      await ws.file?.refresh();
      await Promise.all([loadTalk(id), loadCase(id)]);
    });
  return (
    <Section title="Revisions">
      <div style={{ maxHeight: 190, overflowY: 'auto' }}>
        {revisions
          .toSorted((a, b) => b.n - a.n)
          .map((r) => (
            <div key={r.n} style={{ display: 'flex', gap: 6, alignItems: 'center', padding: '1px 0' }}>
              <span className="dim mono tiny" style={{ width: 26 }}>
                {r.n}
              </span>
              <span
                style={{ flex: 1, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}
                title={`${r.message} (${r.author}, ${when(r.at)})`}
              >
                {r.message}
              </span>
              {r.n !== now && (
                <Button size="compact-xs" variant="subtle" onClick={() => void compare(r.n)}>
                  compare
                </Button>
              )}
              {r.n !== now && !readOnly && (
                <Button size="compact-xs" variant="subtle" onClick={() => void back(r.n)}>
                  back to it
                </Button>
              )}
            </div>
          ))}
      </div>
      {changes && (
        <div>
          <b>
            From {from} to {now}
          </b>
          {changes.length === 0 && <p className="dim">Nothing changed.</p>}
          {from !== null && <DeviationMap id={id} from={from} />}
          {changes.map((c) => (
            <div key={c.what} className="tiny" style={{ borderTop: '1px solid var(--edge)', padding: '3px 0' }}>
              <span className="mono">{c.what}</span>
              <div className="dim">
                {short(c.before)} → {short(c.after)}
              </div>
            </div>
          ))}
        </div>
      )}
    </Section>
  );
}

const short = (v: unknown): string => {
  if (v === null || v === undefined) return 'nothing';
  const text = typeof v === 'number' ? String(Number(v.toPrecision(6))) : typeof v === 'string' ? v : JSON.stringify(v);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

/** Files by the names their surfaces have here: a fragment that lies twice is its shadow where the scan shows it. */
function bodiesOf(files: readonly Schemas['Artefact'][]): ReadonlyMap<string, Schemas['Artefact']> {
  const named = files.map((file) => {
    const [folder, name] = file.path.slice(0, -4).split('/').slice(-2);
    return { file, folder, name };
  });
  const reduced = new Set(named.flatMap(({ folder, name }) => (folder === 'reduced' ? [name] : [])));
  return new Map(
    named.map(({ file, folder, name }) => [folder === 'bones' && reduced.has(name) ? scannedName(name) : name, file]),
  );
}

/** How far a surface of now lies from the same surface of an older revision. */
function DeviationMap({ id, from }: { id: string; from: number }) {
  const ws = useWorkspace();
  const bodies = useView((v) => v.bodies);
  const field = useView((v) => v.field);
  const [older, setOlder] = useState<ReadonlyMap<string, Schemas['Artefact']>>(new Map());
  useEffect(() => {
    need(api.GET('/cases/{case}/artefacts', { params: { path: { case: id }, query: { revision: from } } }))
      .then((list) => {
        const stl = list.filter(({ path }) => path.startsWith('out/') && path.endsWith('.stl'));
        setOlder(bodiesOf(stl));
      })
      .catch((e) => complain(asProblem(e)));
  }, [id, from]);
  const both = bodies.filter((b) => older.has(b.id));
  if (both.length === 0) return <p className="dim tiny">Revision {from} has no results to hold surfaces against.</p>;
  const show = (name: string) =>
    attempt(async () => {
      const row = older.get(name)!;
      const bytes = await objectBytes(id, row.sha256);
      const surface = await ws.worker.ask('read', { bytes, name: row.path }).answer;
      const then = `${name} of revision ${from}`;
      await ws.worker.ask('body', { id: then, surface }).answer;
      const body = ws.engine.bodies.get(name)!;
      const question = { id: name, pose: body.pose, other: then, otherPose: LPS_IDENTITY };
      const found = await ws.long('Measuring the deviation', 'deviation', question);
      if (!found) return;
      ws.setVisible(name, true);
      ws.showField(name, `Since ${from}`, found);
    });
  return (
    <>
      <Select
        size="xs"
        label="Deviation map"
        placeholder="a bone or part"
        searchable
        value={field?.name === `Since ${from}` ? field.body : null}
        data={both.map((b) => ({ value: b.id, label: b.label }))}
        onChange={(v) => v && void show(v)}
      />
      {field?.name === `Since ${from}` &&
        Object.entries(field.summary).map(([key, value]) => (
          <Fact key={key} name={key.replace(/Mm$/, '')} value={value.toFixed(3)} unit="mm" />
        ))}
    </>
  );
}
