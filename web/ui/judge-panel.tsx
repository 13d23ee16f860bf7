import { Button, Select } from '@mantine/core';
import { useEffect, useState } from 'react';
import { pickBody } from '../engine/body.ts';
import { asProblem } from '../state/api.ts';
import { listStresses } from '../state/load.ts';
import { complain, show, useView, view } from '../state/view.ts';
import type { FieldValues } from '../work/jobs.ts';
import { Fact, Section } from './act.tsx';
import { useWorkspace } from './desk.tsx';
import { Results } from './results.tsx';

/** How good it is: colours on the surface, sizes side by side, findings that lead to their place. */
export function JudgePanel() {
  const ws = useWorkspace();
  const bodies = useView((v) => v.bodies);
  const selected = useView((v) => v.selected);
  const field = useView((v) => v.field);
  const probe = useView((v) => v.fieldProbe);
  const [busy, setBusy] = useState<string | null>(null);
  const [other, setOther] = useState<string | null>(null);
  const stresses = useStresses();
  const body = selected ?? bodies.find((b) => b.kind === 'part' && b.visible)?.id ?? null;

  useEffect(() => {
    const { scene } = ws.engine;
    const move = (e: PointerEvent) => {
      if (!view().field || e.buttons !== 0) return;
      const r = scene.element.getBoundingClientRect();
      const { origin, direction } = scene.rayAt(e.clientX - r.left, e.clientY - r.top);
      const hit = pickBody(ws.engine.bodies.values(), origin, direction);
      show({ fieldProbe: hit?.body.id === view().field?.body && hit?.value !== undefined ? hit.value : null });
    };
    scene.element.addEventListener('pointermove', move);
    return () => scene.element.removeEventListener('pointermove', move);
  }, [ws]);

  const paint = async (name: string, asked: Promise<FieldValues | null>) => {
    if (!body) return;
    setBusy(name);
    const found = await asked;
    if (found) ws.showField(body, name, found);
    setBusy(null);
  };
  const at = (id: string) => ws.engine.bodies.get(id)!;
  const target = body ? at(body) : undefined;
  return (
    <>
      <Section title="Colours">
        <Select
          size="xs"
          aria-label="Coloured body"
          data={bodies.filter((b) => b.kind !== 'screw').map((b) => ({ value: b.id, label: b.label }))}
          value={body}
          searchable
          onChange={(v) => {
            if (!v) return;
            ws.setVisible(v, true);
            ws.select(v);
          }}
        />
        <div className="grid3">
          <Button
            disabled={!target}
            loading={busy === 'Fit'}
            onClick={() =>
              void paint(
                'Fit',
                ws.long('Measuring the fit', 'fit', {
                  id: body!,
                  pose: target!.pose,
                  others: ws.neighboursOf(target!).filter((o) => at(o.id).kind === 'bone'),
                }),
              )
            }
          >
            Fit
          </Button>
          <Button
            disabled={!target}
            loading={busy === 'Thickness'}
            onClick={() => void paint('Thickness', ws.long('Measuring the thickness', 'thickness', { id: body! }))}
          >
            Thickness
          </Button>
          <Button
            disabled={!target || !stresses.has(body!)}
            title="von Mises stress, the greatest of all load cases, as the last run computed it"
            loading={busy === 'Stress'}
            onClick={() => void paint('Stress', ws.stress(body!, stresses.get(body!)!))}
          >
            Stress
          </Button>
        </div>
        <Select
          size="xs"
          label="Deviation from"
          placeholder="another body"
          searchable
          data={bodies.filter((b) => b.kind !== 'screw' && b.id !== body).map((b) => ({ value: b.id, label: b.label }))}
          value={other}
          onChange={(v) => {
            setOther(v);
            if (v && target)
              void paint(
                `From ${at(v).label}`,
                ws.long('Measuring the deviation', 'deviation', {
                  id: body!,
                  pose: target.pose,
                  other: v,
                  otherPose: at(v).pose,
                }),
              );
          }}
        />
        {field && (
          <>
            {Object.entries(field.summary).map(([key, value]) => (
              <Fact
                key={key}
                name={key.replace(/(Mm|MPa)$/, '')}
                value={value.toFixed(decimals(field.unit))}
                unit={field.unit}
              />
            ))}
            <div data-testid="field-probe">
              <Fact
                name="Under the pointer"
                value={probe === null || !Number.isFinite(probe) ? '–' : probe.toFixed(decimals(field.unit))}
                unit={field.unit}
              />
            </div>
            <Button size="compact-xs" onClick={() => ws.showField(field.body, '', null)}>
              Take the colours off
            </Button>
          </>
        )}
      </Section>
      <Sizes />
      <Results />
    </>
  );
}

const decimals = (unit: string): number => (unit === 'mm' ? 2 : 1);

/** Bodies whose stress there is, by id, anew with every run. */
function useStresses(): ReadonlyMap<string, string> {
  const id = useView((v) => v.caseRow?.id ?? '');
  const resultRevision = useView((v) => v.resultRevision);
  const [found, setFound] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    if (resultRevision === null || !id) return;
    let on = true;
    listStresses(id)
      .then((map) => on && setFound(map))
      .catch((e) => complain(asProblem(e)));
    return () => {
      on = false;
    };
  }, [id, resultRevision]);
  return found;
}

/** Sizes of the implant: one at a time or one beside the other. */
function Sizes() {
  const ws = useWorkspace();
  const parts = useView((v) => v.bodies).filter((b) => b.kind === 'part' && /^talus-\d+$/.test(b.id));
  if (parts.length < 2) return null;
  return (
    <Section title="Sizes">
      <div className="grid3">
        {parts.map((p) => (
          <Button
            key={p.id}
            variant={p.visible ? 'filled' : 'default'}
            aria-pressed={p.visible}
            onClick={() => {
              for (const one of parts) ws.setVisible(one.id, one.id === p.id);
              ws.select(p.id);
            }}
          >
            {p.label.replace(/^Talus 0?/, '')} %
          </Button>
        ))}
      </div>
      <Button
        onClick={() => {
          for (const one of parts) ws.setVisible(one.id, true);
          for (const [i, one] of parts.entries()) ws.setOpacity(one.id, i === 0 ? 1 : 0.35);
        }}
      >
        Laid over one another
      </Button>
    </Section>
  );
}
