import { useEffect, useRef, useState } from 'react';
import type { Vec3 } from '../../src/base/index.ts';
import { paneFromLps } from '../engine/planes.ts';
import { tipOf } from '../state/bodies.ts';
import { bodyReadings, type ReadingGroup, screwReadings, spoken } from '../state/readings.ts';
import { useView, view } from '../state/view.ts';
import type { Workspace } from '../state/workspace.ts';
import { Fact } from './act.tsx';

const MOST = 3;

const useReadings = (of: 'body' | 'screw'): readonly ReadingGroup[] => {
  const live = useView((v) => v.live);
  const held = useView((v) => v.held);
  if (of === 'screw') return held ? screwReadings(held) : [];
  return live ? bodyReadings(live) : [];
};

/** The figures, in a panel. */
export function Readings({ of }: { of: 'body' | 'screw' }) {
  const groups = useReadings(of);
  return (
    <>
      {groups.slice(0, 2 * MOST).map(({ id, title, readings }) => (
        <div key={id} data-testid={`live-${id}`}>
          {of === 'body' && <div className="dim tiny">{title}</div>}
          {readings.map((r) => (
            <Fact key={r.name} name={r.name} value={r.value} unit={r.unit} tone={r.tone} />
          ))}
        </div>
      ))}
      {groups.length > 0 && <p className="dim tiny note">Read while it moves; the next run has the last word.</p>}
    </>
  );
}

/** The figures beside the hand: at the gizmo in the scene, at the tip of a screw on the slice it is dragged in. */
export function Hand({ ws }: { ws: Workspace }) {
  const tool = useView((v) => v.tool);
  const of = tool === 'screw' ? 'screw' : 'body';
  const shown = tool === 'move' || tool === 'screw';
  const groups = useReadings(of);
  const box = useRef<HTMLDivElement>(null);
  const empty = groups.length === 0;
  useEffect(() => {
    if (!shown || empty) return;
    const follow = () => place(ws, box.current);
    follow();
    return ws.engine.on('frame', follow);
  }, [ws, shown, empty]);
  return (
    <>
      {shown && !empty && (
        <div ref={box} aria-hidden="true">
          <i className="hand-at" data-testid="hand-at" />
          <div className="hand" data-testid="hand" data-of={of}>
            {groups.slice(0, MOST).map(({ id, title, readings }) => (
              <div key={id} data-hand={id}>
                <span className="hand-name">{title}</span>
                {readings.map((r) => (
                  <span key={r.name} className="hand-fact" data-tone={r.tone}>
                    {r.name} <strong>{r.value}</strong> {r.unit}
                  </span>
                ))}
              </div>
            ))}
            <span className="hand-note">a reading; the run has the last word</span>
          </div>
        </div>
      )}
      <Announcer text={shown ? spoken(groups) : ''} />
    </>
  );
}

/** Room that gizmo and pointer need, px. */
const CLEAR_PX = 92;
const EDGE_PX = 6;
const HEAD_PX = 22;

/** Beside the gizmo or the tip, inside the pane: right or left of it, else above or below, wherever it hides least. */
function place(ws: Workspace, box: HTMLElement | null): void {
  const at = handOf(ws);
  const [dot, card] = (box?.children ?? []) as unknown as [HTMLElement, HTMLElement];
  if (!at || !card) return;
  const pane = at.element.getBoundingClientRect();
  const frame = box!.parentElement!.getBoundingClientRect();
  const [left, top] = [pane.left - frame.left, pane.top - frame.top];
  const [w, h] = [card.offsetWidth, card.offsetHeight];
  const [maxX, maxY] = [pane.width - w - EDGE_PX, pane.height - h - EDGE_PX];
  const clamp = (v: number, lo: number, hi: number) => Math.max(lo, Math.min(v, hi));
  const y = clamp(at.y - h / 2, HEAD_PX, maxY);
  const x = clamp(at.x - w / 2, EDGE_PX, maxX);
  const places = [
    [at.x + CLEAR_PX, y],
    [at.x - CLEAR_PX - w, y],
    [x, at.y + CLEAR_PX],
    [x, at.y - CLEAR_PX - h],
  ].filter(([px, py]) => px >= EDGE_PX && px <= maxX && py >= HEAD_PX && py <= maxY);
  const corner = [at.x > pane.width / 2 ? EDGE_PX : maxX, at.y > pane.height / 2 ? HEAD_PX : maxY];
  const [px, py] = places[0] ?? corner;
  card.style.visibility = pane.width < 2 ? 'hidden' : 'visible';
  card.style.transform = `translate(${Math.round(left + px)}px, ${Math.round(top + py)}px)`;
  dot.style.transform = `translate(${left + at.x}px, ${top + at.y}px)`;
}

function handOf(ws: Workspace): { element: HTMLElement; x: number; y: number } | null {
  const { scene, slices } = ws.engine;
  const { tool, screwId } = view();
  const inScene = (p: Vec3) => {
    const [x, y] = scene.pixelOf(p);
    return { element: scene.element, x, y };
  };
  if (tool === 'move') return ws.gizmo && inScene(ws.gizmo.pivot);
  const screw = ws.previewed ?? ws.screws.find((s) => s.id === screwId);
  if (!screw) return null;
  if (!ws.handPane) return inScene(tipOf(screw));
  const slice = slices[ws.handPane];
  const [x, y] = paneFromLps(slice.view, tipOf(screw));
  return { element: slice.element, x, y };
}

const QUIET_MS = 900;

/** Tells the figures once the hand rests: a screen reader is not flooded by a drag. */
function Announcer({ text }: { text: string }) {
  const [said, say] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => say(text), QUIET_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className="unseen" role="status" aria-live="polite" data-testid="hand-said">
      {said}
    </div>
  );
}
