import { Button, Progress, Select, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { PROCEDURES } from '../../src/plan/index.ts';
import { api, type CaseRow, need } from '../state/api.ts';
import { attempt } from '../state/people-of-case.ts';
import { droppedFiles, type NamedFile, sendScan } from '../state/upload.ts';
import { useView } from '../state/view.ts';
import { Archive } from './archive.tsx';
import { PersonMenu, SchemeSwitch } from './top-bar.tsx';

const REFRESH_MS = 5000;
const procedureText = (id: string) => (id ? id[0].toUpperCase() + id.slice(1).replaceAll('-', ' ') : 'Not chosen');
const stateText: Readonly<Record<CaseRow['state'], string>> = {
  new: 'New',
  planning: 'Planning',
  computing: 'Computing',
  review: 'In review',
  approved: 'Approved',
  rejected: 'Rejected',
};

/** Every case one may see: its state, and who is waited for. */
export function Worklist() {
  const [rows, setRows] = useState<CaseRow[] | null>(null);
  const load = () => attempt(async () => setRows(await need(api.GET('/cases'))));
  // biome-ignore lint/correctness/useExhaustiveDependencies: begins once, then by the clock
  useEffect(() => {
    void load();
    const timer = setInterval(() => void load(), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <main className="page">
      <div className="page-inner">
        <header style={{ display: 'flex', alignItems: 'center', gap: 10, marginBottom: 20 }}>
          <h1 style={{ fontSize: 20, flex: 1 }}>Cases</h1>
          <SchemeSwitch />
          <PersonMenu />
        </header>
        <NewCase onMade={() => void load()} />
        {rows === null ? null : rows.length === 0 ? (
          <p className="dim">No case yet.</p>
        ) : (
          <table className="list" aria-label="Cases">
            <thead>
              <tr>
                <th>Case</th>
                <th>Procedure</th>
                <th>State</th>
                <th>Waiting for</th>
                <th>Revision</th>
                <th>Changed</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td>
                    <a href={`#case=${row.id}`}>{row.label}</a>
                  </td>
                  <td>{procedureText(row.procedure)}</td>
                  <td>
                    <span className="state" data-state={row.state}>
                      {stateText[row.state]}
                    </span>
                    {row.job?.state === 'run' && (
                      <span className="dim tiny"> {Math.round(100 * row.job.progress)} %</span>
                    )}
                    {row.job?.state === 'failed' && <span className="dim tiny"> {row.job.error?.message}</span>}
                  </td>
                  <td>{row.waitingFor ?? '–'}</td>
                  <td>{row.revision}</td>
                  <td className="dim">{new Date(row.changedAt).toLocaleString()}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </main>
  );
}

function NewCase({ onMade }: { onMade: () => void }) {
  const mayPlan = useView((v) => v.session?.user?.roles.some((r) => r !== 'quality') ?? false);
  const [label, setLabel] = useState('');
  const [procedure, setProcedure] = useState<string>(PROCEDURES[0]);
  const [over, setOver] = useState(false);
  const [sent, setSent] = useState<number | null>(null);
  const stop = useRef<AbortController | null>(null);
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  if (!mayPlan) return null;

  const makeCase = async () => {
    const name = label.trim() || `Case ${new Date().toISOString().slice(0, 16).replace('T', ' ').replace(':', '.')}`;
    const body = { label: name, procedure: procedure as (typeof PROCEDURES)[number] };
    const made = await need(api.POST('/cases', { body }));
    onMade();
    return made.id;
  };
  const make = (scan: readonly NamedFile[]) =>
    attempt(async () => {
      if (scan.length === 0) return;
      const id = await makeCase();
      stop.current = new AbortController();
      setSent(0);
      try {
        await sendScan(id, scan, setSent, stop.current.signal);
      } finally {
        setSent(null);
      }
      location.hash = `case=${id}`;
    });
  const picked = (list: FileList | null) =>
    void make([...(list ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file })));

  return (
    <section aria-label="New case" style={{ marginBottom: 26 }}>
      <div style={{ display: 'flex', gap: 10, marginBottom: 10, alignItems: 'end' }}>
        <TextInput
          label="Name of the case"
          description="A code, never a patient's name"
          placeholder="A-2047"
          value={label}
          onChange={(e) => setLabel(e.currentTarget.value)}
          style={{ width: 240 }}
        />
        <Select
          label="Procedure"
          data={PROCEDURES.map((p) => ({ value: p, label: procedureText(p) }))}
          value={procedure}
          onChange={(p) => setProcedure(p ?? PROCEDURES[0])}
          style={{ width: 280 }}
        />
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a place to drop on; its buttons do the same */}
      <div
        className="drop"
        data-over={over}
        onDragOver={(e) => {
          e.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(e) => {
          e.preventDefault();
          setOver(false);
          void droppedFiles(e.dataTransfer).then(make);
        }}
      >
        {sent === null ? (
          <>
            Drop a DICOM folder or a zip here. Names and dates go into a vault of their own before anything else reads
            the scan.
            <div style={{ marginTop: 10, display: 'flex', gap: 8, justifyContent: 'center' }}>
              <Button onClick={() => folder.current?.click()}>Choose a folder</Button>
              <Button onClick={() => files.current?.click()}>Choose files or a zip</Button>
            </div>
          </>
        ) : (
          <>
            <Progress value={100 * sent} aria-label="Sending the scan" mb={8} />
            Sending the scan, {Math.round(100 * sent)} %{' '}
            <Button size="compact-xs" onClick={() => stop.current?.abort()}>
              Cancel
            </Button>
          </>
        )}
      </div>
      <Archive makeCase={makeCase} />
      <input
        ref={folder}
        type="file"
        hidden
        multiple
        {...{ webkitdirectory: '' }}
        aria-label="DICOM folder"
        onChange={(e) => picked(e.currentTarget.files)}
      />
      <input
        ref={files}
        type="file"
        hidden
        multiple
        aria-label="DICOM files or zip"
        data-testid="scan-files"
        onChange={(e) => picked(e.currentTarget.files)}
      />
    </section>
  );
}
