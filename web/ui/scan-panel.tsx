import { NumberInput, Select } from '@mantine/core';
import { useState } from 'react';
import { PLATE_MATERIALS, PROCEDURES, TALUS_MATERIALS } from '../../src/plan/index.ts';
import type { Finding } from '../state/api.ts';
import { withKey } from '../state/decisions.ts';
import { useView } from '../state/view.ts';
import { Act, Fact, Section } from './act.tsx';
import { useWorkspace } from './desk.tsx';
import { FindingRow } from './finding-row.tsx';

type Facts = Readonly<Record<string, unknown>>;

/** What the scan is, and what was found about it: before anything else. */
export function ScanPanel() {
  const state = useView((v) => v.scanState);
  const findings = useView((v) => v.findings);
  const series = useView((v) => v.series) as readonly Facts[];
  const decisions = useView((v) => v.decisions);
  const revision = useView((v) => v.revision);
  const job = useView((v) => v.job);
  return (
    <>
      <Section title="Findings of the scan">
        {state === 'none' && <p className="dim">No scan yet.</p>}
        {state === 'arriving' && <p className="dim">{job?.label || 'The scan is being read'}</p>}
        {state === 'refused' && job?.error && (
          <FindingRow
            finding={{ level: 'blocker', code: job.error.code, text: job.error.message, hint: job.error.hint }}
          />
        )}
        {state === 'ready' && findings.length === 0 && (
          <p className="dim" style={{ margin: 0 }}>
            Nothing stands against this scan.
          </p>
        )}
        {sorted(findings).map((f) => (
          <FindingRow key={`${f.code}${f.text}`} finding={f} />
        ))}
      </Section>
      {series.slice(0, 6).map((s, i) => (
        <Section
          key={String(s.uid ?? s.seriesInstanceUid ?? i)}
          title={series.length > 1 ? `Series ${i + 1}` : 'Series'}
        >
          {factsOf(s).map(([name, value]) => (
            <Fact key={name} name={name} value={value} />
          ))}
        </Section>
      ))}
      <CaseForm />
      {decisions && (
        <Section title="Case file">
          <pre className="mono tiny dim" style={{ margin: 0, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {decisions.document}
          </pre>
          <Fact name="Edits" value={decisions.edits.length} />
          <Fact name="Revision" value={revision} />
        </Section>
      )}
    </>
  );
}

/** Keys of a talus case that an acetabular one does not have. */
const TALUS_ONLY = ['bodyMassKg', 'sizesVolumePercent', 'sizesLinearPercent', 'osteophytes', 'make'] as const;

/** What a person decides about the case before anything is computed. Nothing is assumed: a side is chosen, never guessed. */
function CaseForm() {
  const ws = useWorkspace();
  const document = useView((v) => v.decisions?.document ?? '');
  const row = useView((v) => v.caseRow);
  const readOnly = useView((v) => v.readOnly);
  const read = (key: string) => new RegExp(`^${key}:\\s*(.+)$`, 'm').exec(document)?.[1]?.trim() ?? null;
  const [procedure, setProcedure] = useState<string | null>(null);
  const [side, setSide] = useState<string | null>(null);
  const [material, setMaterial] = useState<string | null>(null);
  const [mass, setMass] = useState<number | string | null>(null);
  const chosen = procedure ?? read('procedure') ?? row?.procedure ?? null;
  const pelvic = chosen === 'acetabular-fracture';
  const given = mass ?? (read('bodyMassKg') === null ? null : Number(read('bodyMassKg')));
  const now = {
    procedure: chosen,
    affectedSide: side ?? read('affectedSide'),
    material: material ?? read('material'),
    // Strength is asked of an implant that carries the body; a plate has no such key.
    ...(!pelvic && { bodyMassKg: given }),
  };
  // A plate has a material of its own where nobody names one.
  const open = Object.entries(now).filter(([key, v]) => (v === null || v === '') && !(pelvic && key === 'material'));
  const whole = open.length === 0;
  const changed = Object.entries(now).some(([k, v]) => v !== null && String(v) !== read(k));
  const set = () => {
    let text = document;
    if (pelvic) for (const key of TALUS_ONLY) text = withKey(text, key, null);
    for (const [key, value] of Object.entries(now)) if (value !== null) text = withKey(text, key, value ?? null);
    ws.setDocument(text, now, 'Set what the case is about');
  };
  return (
    <Section title="Case">
      <Select
        size="xs"
        label="Procedure"
        disabled={readOnly}
        data={PROCEDURES.map((p) => ({ value: p, label: p.replaceAll('-', ' ') }))}
        value={now.procedure}
        onChange={setProcedure}
      />
      <div className="grid2">
        <Select
          size="xs"
          label="Affected side"
          disabled={readOnly}
          data={['left', 'right']}
          value={now.affectedSide}
          placeholder="choose"
          onChange={setSide}
        />
        {!pelvic && (
          <NumberInput
            size="xs"
            label="Body mass, kg"
            disabled={readOnly}
            min={20}
            max={300}
            value={given ?? ''}
            onChange={setMass}
          />
        )}
      </div>
      <Select
        size="xs"
        label="Material"
        disabled={readOnly}
        data={pelvic ? [...PLATE_MATERIALS] : [...TALUS_MATERIALS]}
        value={now.material}
        placeholder={pelvic ? PLATE_MATERIALS[0] : 'choose'}
        onChange={setMaterial}
      />
      {!readOnly && (
        <Act
          command={`osteon change ${row?.id ?? ''} --set affectedSide=${now.affectedSide ?? ''}`}
          variant={changed && whole ? 'filled' : 'default'}
          disabled={!whole || !changed}
          onClick={set}
        >
          Set
        </Act>
      )}
    </Section>
  );
}

const RANK = { blocker: 0, warning: 1, note: 2 } as const;
const sorted = (list: readonly Finding[]) => list.toSorted((a, b) => RANK[a.level] - RANK[b.level]);

/** What a person asks of a series first. */
const ASKED: readonly (readonly [string, string])[] = [
  ['description', 'Description'],
  ['modality', 'Modality'],
  ['manufacturer', 'Manufacturer'],
  ['model', 'Model'],
  ['bodyPart', 'Body part'],
  ['laterality', 'Side'],
  ['acquisitionDate', 'Acquired'],
  ['kVp', 'Tube voltage, kV'],
  ['kernel', 'Kernel'],
  ['frameCount', 'Slices'],
  ['geometry.size', 'Voxels'],
  ['geometry.spacingMm', 'Spacing, mm'],
  ['sliceThicknessMm', 'Slice thickness, mm'],
  ['geometry.orientation', 'Slices lie'],
  ['patientPosition', 'Patient position'],
];

function factsOf(s: Facts): [string, string][] {
  return ASKED.flatMap(([path, name]): [string, string][] => {
    const value = path.split('.').reduce<unknown>((o, key) => (o as Facts | null | undefined)?.[key], s);
    if (typeof value === 'number') return [[name, String(Number(value.toPrecision(4)))]];
    if (typeof value === 'string' && value !== '') return [[name, value]];
    if (Array.isArray(value)) return [[name, value.map((v) => Number((v as number).toPrecision(4))).join(' × ')]];
    return [];
  });
}
