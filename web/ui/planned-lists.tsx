import { ActionIcon, NumberInput, Select } from '@mantine/core';
import { useEffect } from 'react';
import type { Vec3 } from '../../src/base/index.ts';
import { SCREWS } from '../../src/design/index.ts';
import { unit } from '../../src/math/index.ts';
import type { PlacedScrew } from '../../src/plan/index.ts';
import { stocked, tipOf } from '../state/bodies.ts';
import { withKey } from '../state/decisions.ts';
import { hasAutomaticScrews, isPelvic } from '../state/pelvis.ts';
import { show, useView, view } from '../state/view.ts';
import { Act, Fact, Section } from './act.tsx';
import { Cuts } from './cuts.tsx';
import { useWorkspace } from './desk.tsx';
import { Readings } from './hand.tsx';
import { Icon } from './icons.tsx';
import { finish, take } from './tools.ts';

/** Screws, plates and cuts: placed by hand, kept as numbers. */
export function PlannedLists() {
  return (
    <>
      <Screws />
      <Lines />
    </>
  );
}

function Screws() {
  const ws = useWorkspace();
  const id = useView((v) => v.caseRow?.id ?? '');
  const tool = useView((v) => v.tool);
  const screws = useView((v) => v.screws);
  const screwId = useView((v) => v.screwId);
  const screwName = useView((v) => v.screwName);
  const document = useView((v) => v.decisions?.document ?? '');
  const pelvic = isPelvic(document);
  const automatic = hasAutomaticScrews(document);
  const chosen = screws.find((s) => s.id === screwId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured when another is chosen
  useEffect(() => {
    show({ held: null });
    if (screwId) ws.measureScrew(screwId);
  }, [screwId]);
  const change = (part: Partial<PlacedScrew>) => {
    if (!chosen) return;
    const next = { ...chosen, ...part };
    ws.setPlanned({ screws: screws.map((s) => (s.id === chosen.id ? next : s)) }, `Change ${chosen.id}`);
    ws.measureScrew(chosen.id);
  };
  const vector = (name: string, value: Vec3, set: (v: Vec3) => void) => (
    <div className="grid3">
      {(['L', 'P', 'S'] as const).map((axis, k) => (
        <NumberInput
          key={axis}
          size="xs"
          label={`${name} ${axis}`}
          decimalScale={3}
          step={0.5}
          value={Math.round(1000 * value[k]) / 1000}
          onChange={(v) => typeof v === 'number' && set(value.map((x, i) => (i === k ? v : x)) as unknown as Vec3)}
        />
      ))}
    </div>
  );
  return (
    <Section title="Screws">
      <Select
        size="xs"
        aria-label="Kind of screw"
        data={SCREWS.map((s) => s.name)}
        value={screwName}
        onChange={(v) => v && show({ screwName: v })}
      />
      <Act
        keys="W"
        pressed={tool === 'screw'}
        command={
          pelvic
            ? `osteon change ${id} --set 'screws=[{ entry: [x, y, z] }]'`
            : `osteon change ${id} --planned '{"screws":[]}'`
        }
        onClick={() => take(ws, tool === 'screw' ? 'look' : 'screw')}
      >
        Place or drag a screw
      </Act>
      {pelvic && automatic && screws.length > 0 && (
        <p className="dim" style={{ margin: 0 }}>
          Chosen by the program in the last run. The first one that is moved, added or deleted makes them all yours.
        </p>
      )}
      {screws.map((s) => (
        <div key={s.id} style={{ display: 'flex', gap: 4, alignItems: 'center' }}>
          <button
            type="button"
            style={{ all: 'unset', cursor: 'pointer', flex: 1, fontWeight: s.id === screwId ? 600 : 400 }}
            onClick={() => {
              show({ screwId: s.id });
              ws.engine.jumpTo(s.entryMm);
            }}
          >
            <Fact name={`${s.id}  ${s.screw}`} value={s.lengthMm} unit="mm" />
          </button>
          <ActionIcon
            size="xs"
            aria-label={`Delete ${s.id}`}
            onClick={() => ws.setPlanned({ screws: screws.filter((x) => x.id !== s.id) }, `Delete ${s.id}`)}
          >
            <Icon name="trash" size={12} />
          </ActionIcon>
        </div>
      ))}
      {pelvic && !automatic && (
        <Act
          command={`osteon change ${id} --set screws=automatic`}
          onClick={() =>
            ws.setDocument(withKey(document, 'screws', 'automatic'), { screws: 'automatic' }, 'Screws by the program')
          }
        >
          Let the program choose
        </Act>
      )}
      {chosen && (
        <>
          <Select
            size="xs"
            label="Length, mm"
            data={lengthsOf(chosen)}
            value={String(chosen.lengthMm)}
            onChange={(v) => v && change({ lengthMm: Number(v) })}
          />
          {vector('Entry', chosen.entryMm, (entryMm) => change({ entryMm }))}
          {vector('Tip', tipOf(chosen), (tip) => {
            const d = tip.map((t, k) => t - chosen.entryMm[k]) as unknown as Vec3;
            const long = Math.hypot(...d);
            if (long > 1) change({ direction: unit(d), lengthMm: stocked(chosen.screw, long) });
          })}
          <Readings of="screw" />
        </>
      )}
    </Section>
  );
}

/** Stocked lengths, and the one it has. */
function lengthsOf({ screw, lengthMm }: PlacedScrew): string[] {
  const stock = SCREWS.find((s) => s.name === screw)?.lengthsMm ?? [];
  return [...new Set([...stock, lengthMm])].sort((a, b) => a - b).map(String);
}

function Lines() {
  const ws = useWorkspace();
  const id = useView((v) => v.caseRow?.id ?? '');
  const pelvic = useView((v) => isPelvic(v.decisions?.document ?? ''));
  const tool = useView((v) => v.tool);
  const planned = useView((v) => v.decisions?.planned);
  const drop = (one: string) => {
    const { plates } = view().decisions!.planned;
    ws.setPlanned({ plates: plates.filter((x) => x.id !== one) }, `Delete ${one}`);
  };
  return (
    <>
      <Section title="Plate">
        <Act
          pressed={tool === 'plate'}
          command={
            pelvic
              ? `osteon change ${id} --set 'plate={ points: { a: [x, y, z], b: [x, y, z] }, arms: [[a, b]] }'`
              : `osteon change ${id} --planned '{"plates":[]}'`
          }
          onClick={() => (tool === 'plate' ? finish(ws) : take(ws, 'plate'))}
        >
          {tool === 'plate' ? 'End the line' : "Draw a plate's line on the bone"}
        </Act>
        {pelvic && (
          <p className="dim" style={{ margin: 0 }}>
            {planned?.plates.length
              ? 'The next plate follows these lines. Without them it follows the brim again.'
              : 'Without a line the plate follows the pelvic brim.'}
          </p>
        )}
        {planned?.plates.map((p) => (
          <div key={p.id} style={{ display: 'flex', gap: 4, alignItems: 'center' }}>
            <div style={{ flex: 1 }}>
              <Fact name={`${p.id}, ${p.points.length} points`} value={lengthOf(p.points).toFixed(0)} unit="mm" />
            </div>
            <ActionIcon size="xs" aria-label={`Delete ${p.id}`} onClick={() => drop(p.id)}>
              <Icon name="trash" size={12} />
            </ActionIcon>
          </div>
        ))}
      </Section>
      <Cuts />
    </>
  );
}

const lengthOf = (points: readonly Vec3[]): number =>
  points.slice(1).reduce((s, p, i) => s + Math.hypot(p[0] - points[i][0], p[1] - points[i][1], p[2] - points[i][2]), 0);
