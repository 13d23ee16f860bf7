import { ActionIcon, Button, Progress } from '@mantine/core';
import type { RefObject } from 'react';
import { PANE_NAMES, type PaneName } from '../engine/engine.ts';
import { FIELD_MAPS } from '../engine/scene-pane.ts';
import { show, useView } from '../state/view.ts';
import type { Workspace } from '../state/workspace.ts';
import { Hand } from './hand.tsx';
import { Icon } from './icons.tsx';

interface Props {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly panes: RefObject<Partial<Record<PaneName, HTMLElement>>>;
  readonly refused: string | null;
  readonly ws: Workspace | null;
}

const TEXT: Readonly<Record<PaneName, string>> = {
  axial: 'Axial slice. Arrow up and down go through the scan.',
  coronal: 'Coronal slice. Arrow up and down go through the scan.',
  sagittal: 'Sagittal slice. Arrow up and down go through the scan.',
  scene: 'Bones, parts and plan in 3D',
};

/** Three slices and the scene on one canvas. */
export function Viewport({ canvas, panes, refused, ws }: Props) {
  const layout = useView((v) => v.layout);
  const loading = useView((v) => v.loading);
  const hint = useView((v) => v.hint);
  const working = useView((v) => v.working);
  return (
    <div className="view">
      <canvas ref={canvas} tabIndex={-1} />
      <div className="panes" data-one={layout === 'four' ? undefined : layout}>
        {PANE_NAMES.map((name) => (
          <div
            key={name}
            className="pane"
            data-pane={name}
            role="application"
            aria-label={TEXT[name]}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll it
            tabIndex={0}
            ref={(element) => {
              if (element) panes.current[name] = element;
            }}
          >
            <ActionIcon
              className="pane-full"
              aria-label={layout === name ? 'All four' : `Only ${name}`}
              onClick={() => show({ layout: layout === name ? 'four' : name })}
              onPointerDown={(e) => e.stopPropagation()}
            >
              <Icon name="full" size={13} />
            </ActionIcon>
            {name === 'scene' && <ColourBar />}
          </div>
        ))}
      </div>
      {ws && <Hand ws={ws} />}
      {loading && (
        <div className="loading" role="status">
          <Progress value={100 * loading.fraction} size={3} radius={0} aria-label={loading.what} />
          <span>
            {loading.what}, {Math.round(100 * loading.fraction)} %
          </span>
        </div>
      )}
      {working && (
        <div className="loading" role="status">
          <Progress value={100 * working.fraction} size={3} radius={0} animated aria-label={working.what} />
          <span>
            {working.what}{' '}
            <Button size="compact-xs" onClick={working.cancel}>
              Cancel
            </Button>
          </span>
        </div>
      )}
      {hint && (
        <div className="hint" role="status">
          {hint}
        </div>
      )}
      {refused && (
        <div className="cover" role="alert">
          <div style={{ maxWidth: 460 }}>{refused}</div>
        </div>
      )}
    </div>
  );
}

/** What the colours on a surface mean, with the value under the hand. */
function ColourBar() {
  const field = useView((v) => v.field);
  const probe = useView((v) => v.fieldProbe);
  if (!field) return null;
  const { rgb } = FIELD_MAPS[field.map];
  const stops = [0, 32, 64, 96, 128, 160, 192, 224, 255].map(
    (i) => `rgb(${rgb[3 * i]},${rgb[3 * i + 1]},${rgb[3 * i + 2]})`,
  );
  const share = (v: number) => Math.min(1, Math.max(0, (v - field.lo) / (field.hi - field.lo)));
  const y = (v: number) => 18 + (1 - share(v)) * 154;
  const ticks = [field.lo, (field.lo + field.hi) / 2, field.hi];
  return (
    <div
      className="bar"
      role="img"
      aria-label={`${field.name}, ${field.lo.toFixed(1)} to ${field.hi.toFixed(1)} ${field.unit}`}
    >
      <span style={{ left: 0, top: -2, whiteSpace: 'nowrap' }}>
        {field.name}, {field.unit}
      </span>
      <div style={{ background: `linear-gradient(to top, ${stops.join(',')})` }} />
      {ticks.map((t) => (
        <span key={t} style={{ top: y(t) - 8 }}>
          {t.toFixed(Math.abs(field.hi) < 10 ? 1 : 0)}
        </span>
      ))}
      {probe !== null && Number.isFinite(probe) && <mark style={{ top: y(probe) }} />}
    </div>
  );
}
