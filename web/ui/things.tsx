import { ActionIcon, SegmentedControl, Slider, Switch, Tooltip } from '@mantine/core';
import type { BodyKind } from '../engine/body.ts';
import { centreOf } from '../engine/body.ts';
import { type BodyRow, show, useView } from '../state/view.ts';
import { useWorkspace } from './desk.tsx';
import { Icon } from './icons.tsx';
import { setShown } from './shortcuts.ts';

const GROUPS: readonly (readonly [BodyKind, string])[] = [
  ['part', 'Parts'],
  ['screw', 'Screws'],
  ['bone', 'Bones'],
  ['ghost', 'Shadows'],
];

/** Everything in the scene: seen or hidden, chosen, out of date. */
export function Things() {
  const bodies = useView((v) => v.bodies);
  const shown = useView((v) => v.shown);
  const ws = useWorkspace();
  return (
    <>
      <section className="section" aria-label="Overlays">
        <div className="grid2">
          <Switch
            size="xs"
            label="Labels"
            checked={shown.labels}
            onChange={(e) => setShown(ws, { labels: e.currentTarget.checked })}
          />
          <Switch
            size="xs"
            label="Outlines"
            checked={shown.outlines}
            onChange={(e) => setShown(ws, { outlines: e.currentTarget.checked })}
          />
          <Switch
            size="xs"
            label="Cross-hair"
            checked={shown.crosshair}
            onChange={(e) => setShown(ws, { crosshair: e.currentTarget.checked })}
          />
          <Switch
            size="xs"
            label="Volume"
            checked={shown.volume}
            onChange={(e) => setShown(ws, { volume: e.currentTarget.checked })}
          />
        </div>
      </section>
      <Fragments />
      {GROUPS.map(([kind, title]) => {
        const rows = bodies.filter((b) => b.kind === kind);
        if (rows.length === 0) return null;
        const any = rows.some((r) => r.visible);
        return (
          <section key={kind} style={{ paddingBottom: 8 }} aria-label={title}>
            <header style={{ display: 'flex', justifyContent: 'space-between', padding: '9px 8px 4px 12px' }}>
              <h2 className="dim" style={{ fontSize: 11, letterSpacing: '.04em', textTransform: 'uppercase' }}>
                {title} <span className="tiny">{rows.length}</span>
              </h2>
              <ActionIcon
                size="xs"
                aria-label={any ? `Hide all ${title.toLowerCase()}` : `Show all ${title.toLowerCase()}`}
                onClick={() => {
                  for (const r of rows) ws.setVisible(r.id, !any);
                }}
              >
                <Icon name={any ? 'eye' : 'hidden'} size={13} />
              </ActionIcon>
            </header>
            <div role="listbox" aria-label={title}>
              {rows.map((row) => (
                <Row key={row.id} row={row} />
              ))}
            </div>
          </section>
        );
      })}
    </>
  );
}

/** Grey values and labels are of the scan; fragments lie there too, or where the plan puts them. */
function Fragments() {
  const fragments = useView((v) => v.fragments);
  const ws = useWorkspace();
  if (!fragments) return null;
  return (
    <section className="section" aria-label="Fragments">
      <SegmentedControl
        size="xs"
        fullWidth
        data={[
          { value: 'scanned', label: 'As scanned' },
          { value: 'reduced', label: 'Reduced' },
        ]}
        value={fragments}
        onChange={(v) => ws.showPlanned(v === 'reduced')}
      />
      {fragments === 'reduced' && (
        <p className="dim tiny" style={{ margin: '4px 0 0' }}>
          Outlines of fragments, screws and plate are of the reduced bone; grey values and labels are of the scan.
        </p>
      )}
    </section>
  );
}

function Row({ row }: { row: BodyRow }) {
  const selected = useView((v) => v.selected === row.id || v.screwId === row.id);
  const ws = useWorkspace();
  const choose = () => {
    if (row.kind === 'screw') show({ screwId: row.id });
    else ws.select(row.id);
  };
  const jump = () => {
    const body = ws.engine.bodies.get(row.id);
    if (!body) return;
    ws.engine.jumpTo(centreOf(body));
    ws.engine.fitScene(undefined, [body]);
  };
  return (
    <>
      <div
        className="things-row"
        role="option"
        tabIndex={0}
        aria-selected={selected}
        data-hidden={!row.visible}
        data-body={row.id}
        onClick={choose}
        onDoubleClick={jump}
        onKeyDown={(e) => {
          if (e.key === 'Enter' || e.key === ' ') {
            e.preventDefault();
            choose();
            if (e.key === 'Enter') jump();
          }
        }}
      >
        <ActionIcon
          size="xs"
          aria-label={row.visible ? `Hide ${row.label}` : `Show ${row.label}`}
          onClick={(e) => {
            e.stopPropagation();
            ws.setVisible(row.id, !row.visible);
          }}
        >
          <Icon name={row.visible ? 'eye' : 'hidden'} size={13} />
        </ActionIcon>
        <span className="swatch" style={{ background: `rgb(${row.colour.join(',')})` }} />
        <Tooltip label="Double click: go there">
          <span className="label">{row.label}</span>
        </Tooltip>
        {row.busy ? (
          <span className="badge" data-busy="true">
            tracing
          </span>
        ) : row.stale ? (
          <span className="badge">out of date</span>
        ) : null}
      </div>
      {selected && row.kind !== 'screw' && (
        <Slider
          size={3}
          mx={30}
          my={6}
          min={0.05}
          max={1}
          step={0.05}
          value={row.opacity}
          label={(v) => `${Math.round(100 * v)} %`}
          thumbLabel={`Opacity of ${row.label}`}
          onChange={(v) => ws.setOpacity(row.id, v)}
        />
      )}
    </>
  );
}
