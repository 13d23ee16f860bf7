import { ActionIcon, Button, Slider } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Measurement } from '../../src/plan/index.ts';
import { measureText } from '../edit/measure-tool.ts';
import { PLANE_NAMES, STANDARD_PLANES } from '../engine/planes.ts';
import { SCENE_VIEWS } from '../engine/scene-pane.ts';
import { WINDOW_PRESETS } from '../engine/window.ts';
import { show, useView, view } from '../state/view.ts';
import { Act, Fact, Section } from './act.tsx';
import { useWorkspace } from './desk.tsx';
import { Icon } from './icons.tsx';
import { setShown } from './shortcuts.ts';
import { take } from './tools.ts';

export function LookPanel() {
  const ws = useWorkspace();
  const window = useView((v) => v.window);
  const tool = useView((v) => v.tool);
  const oblique = useView((v) => v.oblique);
  const shown = useView((v) => v.shown);
  const readOnly = useView((v) => v.readOnly);
  const id = useView((v) => v.caseRow?.id ?? '');
  const kept = useView((v) => v.decisions?.planned.measurements ?? NONE);
  const loose = useView((v) => v.measured);
  return (
    <>
      <Section title="Window">
        <div className="grid2">
          {WINDOW_PRESETS.map((p) => (
            <Button
              key={p.name}
              variant={p.low === window.low && p.high === window.high ? 'filled' : 'default'}
              onClick={() => ws.engine.setWindow(p)}
            >
              {p.label}
            </Button>
          ))}
        </div>
        <Fact
          name="Level, width"
          value={`${Math.round((window.low + window.high) / 2)}, ${Math.round(window.high - window.low)}`}
          unit="HU"
        />
      </Section>
      <Section title="Slices">
        <div className="grid2">
          <Button onClick={() => ws.engine.fitAll()}>All in view</Button>
          <Button disabled={!oblique} onClick={() => ws.engine.setPlanes(STANDARD_PLANES)}>
            Straight
          </Button>
        </div>
        <p className="dim tiny" style={{ margin: 0 }}>
          Drag a ring of the cross-hair to tilt the other two slices.
        </p>
      </Section>
      <Section title="3D">
        <div className="grid3">
          {Object.entries(SCENE_VIEWS).map(([name, from]) => (
            <Button key={name} size="compact-xs" onClick={() => ws.engine.fitScene(from)}>
              {name}
            </Button>
          ))}
        </div>
        <div className="grid3">
          {PLANE_NAMES.map((name) => {
            const on = shown.slices.includes(name);
            return (
              <Button
                key={name}
                size="compact-xs"
                variant={on ? 'filled' : 'default'}
                aria-pressed={on}
                onClick={() =>
                  setShown(ws, { slices: on ? shown.slices.filter((s) => s !== name) : [...shown.slices, name] })
                }
              >
                {name}
              </Button>
            );
          })}
        </div>
        <Button
          variant={shown.volume ? 'filled' : 'default'}
          aria-pressed={shown.volume}
          onClick={() => setShown(ws, { volume: !shown.volume })}
        >
          Volume rendering
        </Button>
        {shown.volume && (
          <Slider
            size="xs"
            min={-200}
            max={1500}
            step={10}
            defaultValue={150}
            label={(v) => `from ${v} HU`}
            thumbLabel="Lower end of what is rendered"
            onChange={(v) => {
              ws.engine.rendering.setRange(v, v + 750);
              ws.engine.invalidate('scene');
            }}
          />
        )}
      </Section>
      <Section title="Measure">
        {(['distance', 'angle', 'hu'] as const).map((kind) => (
          <Act
            key={kind}
            keys={KEYS[kind]}
            pressed={tool === kind}
            command={`osteon pull ${id} -o ${id}`}
            onClick={() => take(ws, tool === kind ? 'look' : kind)}
          >
            {WORDS[kind]}
          </Act>
        ))}
        {loose.map((m) => (
          <MeasureRow key={m.id} m={m}>
            {!readOnly && (
              <Button size="compact-xs" variant="subtle" onClick={() => ws.keepMeasurement(m.id)}>
                keep
              </Button>
            )}
            <Trash
              id={m.id}
              onClick={() => {
                show({ measured: view().measured.filter((x) => x.id !== m.id) });
                ws.engine.invalidate();
              }}
            />
          </MeasureRow>
        ))}
        {kept.map((m) => (
          <MeasureRow key={m.id} m={m}>
            {!readOnly && (
              <Trash
                id={m.id}
                onClick={() => ws.setPlanned({ measurements: kept.filter((x) => x.id !== m.id) }, `Delete ${m.id}`)}
              />
            )}
          </MeasureRow>
        ))}
      </Section>
    </>
  );
}
const KEYS = { distance: 'D', angle: 'A', hu: 'H' } as const;
const WORDS = { distance: 'Distance', angle: 'Angle', hu: 'Grey values' } as const;

function MeasureRow({ m, children }: { m: Measurement; children: ReactNode }) {
  const ws = useWorkspace();
  return (
    <div style={{ display: 'flex', alignItems: 'center', gap: 4 }}>
      <button
        type="button"
        style={{ all: 'unset', cursor: 'pointer', flex: 1 }}
        onClick={() => ws.engine.jumpTo(m.points[0])}
      >
        <Fact name={`${m.id}  ${m.kind}`} value={measureText(ws, m)} />
      </button>
      {children}
    </div>
  );
}

const Trash = ({ id, onClick }: { id: string; onClick: () => void }) => (
  <ActionIcon size="xs" aria-label={`Delete ${id}`} onClick={onClick}>
    <Icon name="trash" size={12} />
  </ActionIcon>
);
const NONE: readonly never[] = [];
