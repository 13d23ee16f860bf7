import { PANE_NAMES, type PaneName } from '../engine/engine.ts';
import { scrollSlices } from '../engine/hands.ts';
import { type PlaneName, STANDARD_PLANES } from '../engine/planes.ts';
import { WINDOW_PRESETS } from '../engine/window.ts';
import { attempt } from '../state/people-of-case.ts';
import { show, type ToolName, view } from '../state/view.ts';
import type { Workspace } from '../state/workspace.ts';
import { finish, putAway, take } from './tools.ts';

/** Keys, what they do, and how the help names them. */
export const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['1 – 5', 'Window: bone, soft tissue, fine bone, lung, metal'],
  ['↑ ↓, wheel', 'Next and last slice; with Shift ten'],
  ['Ctrl + wheel', 'Scale'],
  ['Right drag', 'Window'],
  ['Shift or middle drag', 'Move the picture'],
  ['Drag a ring of the cross-hair', 'Oblique slices; 0 sets them straight'],
  ['D, A, H', 'Distance, angle, grey values'],
  ['B, E', 'Paint, erase; [ and ] size of the brush'],
  ['G, S, X', 'Grow, split, scissors'],
  ['M, W', 'Move the chosen bone, place a screw'],
  ['L, O, C', 'Labels, outlines, cross-hair on and off'],
  ['F', 'All of it in view'],
  ['Tab, then F10', 'One pane large, and back'],
  ['Ctrl + Z, Ctrl + Shift + Z', 'Undo, redo'],
  ['Esc', 'End what is half done; put the tool away'],
];

const TOOL_KEYS: Readonly<Record<string, ToolName>> = {
  d: 'distance',
  a: 'angle',
  h: 'hu',
  b: 'paint',
  e: 'erase',
  g: 'grow',
  s: 'split',
  x: 'scissors',
  m: 'move',
  w: 'screw',
};
const WRITES: ReadonlySet<ToolName> = new Set(['paint', 'erase', 'grow', 'split', 'scissors', 'move', 'screw']);
const MODE_OF: Partial<Record<ToolName, 'correct' | 'plan' | 'look'>> = {
  paint: 'correct',
  erase: 'correct',
  grow: 'correct',
  split: 'correct',
  scissors: 'correct',
  move: 'plan',
  screw: 'plan',
};

export function attachKeys(ws: Workspace, help: () => void): () => void {
  const down = (e: KeyboardEvent) => {
    const target = e.target as HTMLElement;
    if (target.closest('input, textarea, select, [contenteditable], [role="dialog"]')) return;
    if (e.ctrlKey || e.metaKey) {
      if (e.key.toLowerCase() === 'z') {
        e.preventDefault();
        if (e.shiftKey) ws.file?.redo();
        else void attempt(async () => ws.file?.undo());
      } else if (e.key.toLowerCase() === 'y') {
        e.preventDefault();
        ws.file?.redo();
      }
      return;
    }
    if (e.altKey) return;
    if (act(ws, e, help)) e.preventDefault();
  };
  addEventListener('keydown', down);
  return () => removeEventListener('keydown', down);
}

function act(ws: Workspace, e: KeyboardEvent, help: () => void): boolean {
  const { engine } = ws;
  const preset = WINDOW_PRESETS.find((p) => p.key === e.key);
  const tool = TOOL_KEYS[e.key.toLowerCase()];
  if (preset) engine.setWindow(preset);
  else if (tool && !e.shiftKey) {
    if (WRITES.has(tool) && view().readOnly) return false;
    const mode = MODE_OF[tool];
    if (mode) show({ mode });
    take(ws, tool);
  } else return move(ws, e, help);
  return true;
}

function move(ws: Workspace, e: KeyboardEvent, help: () => void): boolean {
  const { engine } = ws;
  const { shown, brush } = view();
  const pane = (e.target as HTMLElement).dataset.pane as PaneName | undefined;
  const slice: PlaneName = pane && pane !== 'scene' ? pane : 'axial';
  const count = e.shiftKey ? 10 : 1;
  switch (e.key) {
    case 'ArrowUp':
    case 'PageUp':
      scrollSlices(engine, slice, -count);
      return true;
    case 'ArrowDown':
    case 'PageDown':
      scrollSlices(engine, slice, count);
      return true;
    case 'Escape':
      putAway(ws);
      return true;
    case 'Enter':
      finish(ws);
      return false;
    case '0':
      engine.setPlanes(STANDARD_PLANES);
      return true;
    case 'f':
      engine.fitAll();
      return true;
    case '[':
    case ']':
      show({
        brush: { ...brush, radiusMm: Math.min(30, Math.max(0.5, brush.radiusMm * (e.key === ']' ? 1.25 : 0.8))) },
      });
      return true;
    case 'l':
      setShown(ws, { labels: !shown.labels });
      return true;
    case 'o':
      setShown(ws, { outlines: !shown.outlines });
      return true;
    case 'c':
      setShown(ws, { crosshair: !shown.crosshair });
      return true;
    case 'F10':
      if (pane && PANE_NAMES.includes(pane)) show({ layout: view().layout === pane ? 'four' : pane });
      return true;
    case '?':
      help();
      return true;
    default:
      return false;
  }
}

/** What is drawn over the slices and in the scene. */
export function setShown(ws: Workspace, part: Partial<ReturnType<typeof view>['shown']>): void {
  const shown = { ...view().shown, ...part };
  show({ shown });
  const { engine } = ws;
  engine.outlines = shown.outlines;
  engine.crosshair = shown.crosshair;
  // Where the surface is outlined, the label's own edge only hints.
  engine.setLabelStyle(shown.labels ? 0.28 : 0, shown.labels ? (shown.outlines ? 0.2 : 0.9) : 0);
  engine.rendering.on = shown.volume;
  engine.slicesInScene.clear();
  for (const name of shown.slices) engine.slicesInScene.add(name);
  engine.invalidate();
}
