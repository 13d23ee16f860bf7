import { Button, Select, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { api, need } from '../state/api.ts';
import { attempt } from '../state/people-of-case.ts';

interface Found {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly patientName: string;
  readonly patientId: string;
  readonly studyDate: string;
  readonly modality: string;
  readonly description: string;
  readonly instances: number | null;
}

/** A study from an archive of the hospital. Names are shown to choose by, and kept nowhere. */
export function Archive({ makeCase }: { makeCase: () => Promise<string> }) {
  const [names, setNames] = useState<readonly string[]>([]);
  const [archive, setArchive] = useState<string | null>(null);
  const [patientId, setPatientId] = useState('');
  const [date, setDate] = useState('');
  const [found, setFound] = useState<readonly Found[] | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    void attempt(async () => {
      const list = await need(api.GET('/archives'));
      setNames(list.map((a) => a.name));
      setArchive(list[0]?.name ?? null);
    });
  }, []);
  if (names.length === 0 || !archive) return null;
  const find = async () => {
    setBusy(true);
    await attempt(async () => {
      const body = {
        modality: 'CT',
        ...(patientId.trim() && { patientId: patientId.trim() }),
        ...(date.trim() && { studyDate: date.replaceAll('-', '').trim() }),
      };
      setFound(await need(api.POST('/archives/{archive}/find', { params: { path: { archive } }, body })));
    });
    setBusy(false);
  };
  const take = (row: Found) =>
    attempt(async () => {
      const id = await makeCase();
      const body = {
        archive,
        study: row.studyInstanceUid,
        ...(row.seriesInstanceUid && { series: row.seriesInstanceUid }),
      };
      await need(api.POST('/cases/{case}/scan/fetch', { params: { path: { case: id } }, body }));
      setFound(null);
      location.hash = `case=${id}`;
    });
  return (
    <form
      aria-label="Fetch from an archive"
      style={{ marginTop: 12 }}
      onSubmit={(e) => {
        e.preventDefault();
        void find();
      }}
    >
      <div style={{ display: 'flex', gap: 8, alignItems: 'end' }}>
        <Select size="xs" label="Archive" data={[...names]} value={archive} onChange={setArchive} />
        <TextInput
          size="xs"
          label="Patient ID"
          autoComplete="off"
          value={patientId}
          onChange={(e) => setPatientId(e.currentTarget.value)}
        />
        <TextInput
          size="xs"
          label="Date"
          placeholder="YYYY-MM-DD"
          value={date}
          onChange={(e) => setDate(e.currentTarget.value)}
        />
        <Button type="submit" loading={busy}>
          Find
        </Button>
      </div>
      {found?.length === 0 && <p className="dim">Nothing found.</p>}
      {found && found.length > 0 && (
        <table className="list" aria-label="Studies">
          <tbody>
            {found.map((row) => (
              <tr key={row.studyInstanceUid + row.seriesInstanceUid}>
                <td>{row.patientName}</td>
                <td className="mono">{row.patientId}</td>
                <td>{row.studyDate}</td>
                <td>{row.modality}</td>
                <td>{row.description}</td>
                <td>{row.instances ?? ''}</td>
                <td>
                  <Button size="compact-xs" onClick={() => void take(row)}>
                    Fetch
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </form>
  );
}
