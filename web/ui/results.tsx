import { Button } from '@mantine/core';
import { Fragment, useEffect, useState } from 'react';
import type { Vec3 } from '../../src/base/index.ts';
import { api, asProblem, type Finding, need, objectBytes } from '../state/api.ts';
import { complain, useView } from '../state/view.ts';
import { Fact, Section } from './act.tsx';
import { useWorkspace } from './desk.tsx';
import { FindingRow } from './finding-row.tsx';
import { type ReducedPlan, ReductionResults } from './reduction-results.tsx';

interface Place {
  readonly at: Vec3;
  readonly value: number;
}
interface FitSize {
  readonly percent: number;
  readonly verdict: string;
  readonly heightMm: number;
  readonly massG: number;
  readonly neighbours: Readonly<
    Record<
      string,
      {
        readonly minGapMm: number;
        readonly minGapAt: Vec3;
        readonly jointSpaceMedianMm: number;
        readonly penetrationDepthMm: number;
      }
    >
  >;
}
interface StrengthCases {
  readonly cases: readonly {
    readonly name: string;
    readonly vonMisesAwayMPa: Place;
    readonly yieldFactor: number | null;
    readonly fatigueFactor: number | null;
  }[];
}
/** One size of an implant, or the plate. */
interface PartStrength extends StrengthCases {
  readonly part: string;
}
interface Found {
  readonly findings: readonly Finding[];
  readonly fit: readonly FitSize[];
  readonly strength: readonly PartStrength[];
  readonly plan: ReducedPlan | null;
}

/** What the last run found: sizes side by side, stress with its places, findings that lead to theirs, the report. */
export function Results() {
  const id = useView((v) => v.caseRow?.id ?? '');
  const resultRevision = useView((v) => v.resultRevision);
  const stale = useView((v) => v.stale);
  const [found, setFound] = useState<Found | null>(null);
  useEffect(() => {
    if (resultRevision === null || !id) return;
    let on = true;
    read(id)
      .then((f) => on && setFound(f))
      .catch((e) => complain(asProblem(e)));
    return () => {
      on = false;
    };
  }, [id, resultRevision]);
  if (resultRevision === null)
    return (
      <Section title="Results">
        <p className="dim" style={{ margin: 0 }}>
          Not run yet.
        </p>
      </Section>
    );
  const old = stale ? <span className="badge">out of date</span> : null;
  return (
    <>
      {found && found.fit.length > 0 && (
        <Section title="Sizes side by side" right={old}>
          <Sizes fit={found.fit} />
        </Section>
      )}
      {found?.plan && <ReductionResults plan={found.plan} old={old} />}
      {found && found.strength.length > 0 && (
        <Section title="Stress" right={old}>
          <Stress strength={found.strength} />
        </Section>
      )}
      <Section title="Findings" right={old}>
        {found?.findings.length === 0 && (
          <p className="dim" style={{ margin: 0 }}>
            None.
          </p>
        )}
        {found?.findings.map((f) => (
          <FindingRow key={`${f.code}${f.text}`} finding={f} />
        ))}
      </Section>
      <Section title={`Report, revision ${resultRevision}`}>
        <Button component="a" href={`/api/v1/cases/${id}/report`} target="_blank" rel="noopener">
          Open the report
        </Button>
      </Section>
    </>
  );
}

async function read(id: string): Promise<Found> {
  const list = await need(api.GET('/cases/{case}/artefacts', { params: { path: { case: id }, query: {} } }));
  const json = async (path: string): Promise<Record<string, unknown> | null> => {
    const row = list.find((a) => a.path === path);
    return row ? JSON.parse(new TextDecoder().decode(await objectBytes(id, row.sha256))) : null;
  };
  const [fit, strength, plan, findings] = await Promise.all(
    ['out/fit.json', 'out/strength.json', 'out/plan.json', 'view/findings.json'].map(json),
  );
  return {
    fit: (fit?.sizes ?? []) as FitSize[],
    strength: strengthsOf(strength as StrengthFile | null),
    plan,
    findings: (findings?.findings ?? []) as Finding[],
  };
}

interface StrengthFile {
  readonly sizes?: readonly (StrengthCases & { readonly percent: number })[];
  readonly plate?: StrengthCases;
}
function strengthsOf(file: StrengthFile | null): PartStrength[] {
  const sizes = (file?.sizes ?? []).map(({ percent, cases }) => ({ part: `${percent} %`, cases }));
  return file?.plate ? [...sizes, { part: 'plate', cases: file.plate.cases }] : sizes;
}

function Sizes({ fit }: { fit: readonly FitSize[] }) {
  const ws = useWorkspace();
  const bones = Object.keys(fit[0].neighbours);
  const row = (name: string, value: (s: FitSize) => string, onClick?: (s: FitSize) => void) => (
    <tr>
      <td className="dim">{name}</td>
      {fit.map((s) => (
        <td key={s.percent} style={{ textAlign: 'right' }}>
          {onClick ? (
            <button
              type="button"
              style={{ all: 'unset', cursor: 'pointer', textDecoration: 'underline dotted' }}
              onClick={() => onClick(s)}
            >
              {value(s)}
            </button>
          ) : (
            value(s)
          )}
        </td>
      ))}
    </tr>
  );
  return (
    <table className="facts">
      <thead>
        <tr>
          <th />
          {fit.map((s) => (
            <th key={s.percent}>{s.percent} %</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {row('verdict', (s) => s.verdict)}
        {row('height, mm', (s) => s.heightMm.toFixed(1))}
        {row('mass, g', (s) => s.massG.toFixed(0))}
        {bones.map((b) => (
          <Fragment key={b}>
            {row(
              `${b}, least, mm`,
              (s) => s.neighbours[b].minGapMm.toFixed(2),
              (s) => ws.engine.jumpTo(s.neighbours[b].minGapAt),
            )}
            {row(`${b}, median, mm`, (s) => s.neighbours[b].jointSpaceMedianMm.toFixed(2))}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

function Stress({ strength }: { strength: readonly PartStrength[] }) {
  const ws = useWorkspace();
  return strength.map((s) => (
    <div key={s.part}>
      <b className="tiny">{s.part}</b>
      {s.cases.map((c) => (
        <button
          type="button"
          key={c.name}
          style={{ all: 'unset', cursor: 'pointer', display: 'block', width: '100%' }}
          aria-label={`Go to the greatest stress at ${c.name}`}
          onClick={() => ws.engine.jumpTo(c.vonMisesAwayMPa.at)}
        >
          <Fact
            name={c.name}
            value={`${c.vonMisesAwayMPa.value.toFixed(0)} MPa${c.yieldFactor === null ? '' : `, ${c.yieldFactor.toFixed(1)}×`}`}
            tone={toneOf(c.yieldFactor)}
          />
        </button>
      ))}
    </div>
  ));
}

function toneOf(yieldFactor: number | null): 'bad' | 'warn' | undefined {
  if (yieldFactor === null || yieldFactor >= 2) return undefined;
  return yieldFactor < 1.5 ? 'bad' : 'warn';
}
