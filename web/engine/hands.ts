import type { Vec3 } from '../../src/base/index.ts';
import { add, scale } from '../../src/math/index.ts';
import { pickBody } from './body.ts';
import type { Engine } from './engine.ts';
import { handlesOf } from './overlay.ts';
import { clampToGrid, PLANE_NAMES, type PlaneName, paneFromLps, stepMm } from './planes.ts';
import type { SlicePane } from './slice-pane.ts';
import type { SceneEvent, SliceEvent } from './tool.ts';
import { draggedWindow } from './window.ts';

/**
 * Mouse, pen and fingers. Left or one finger: the tool in hand, or the cross-hair. Right: window. Middle, or shift and
 * left: move the picture. Wheel: next slice; with ctrl, and with two fingers: scale.
 */
export function attachHands(engine: Engine): () => void {
  const stops = [...Object.values(engine.slices).map((pane) => attachSlice(engine, pane)), attachScene(engine)];
  return () => {
    for (const stop of stops) stop();
  };
}

type Drag = 'tool' | 'cross' | 'window' | 'pan' | { readonly turn: PlaneName };
const HANDLE_PX = 9;

function attachSlice(engine: Engine, pane: SlicePane): () => void {
  const { element } = pane;
  let drag: Drag | null = null;
  let last = { x: 0, y: 0 };
  let wheel = 0;
  const fingers = new Map<number, { x: number; y: number }>();

  const at = (e: { clientX: number; clientY: number }) => {
    const r = element.getBoundingClientRect();
    return { x: e.clientX - r.left, y: e.clientY - r.top };
  };
  const event = (e: PointerEvent): SliceEvent => {
    const { x, y } = at(e);
    return { pane, lps: pane.lpsAt(x, y), x, y, shift: e.shiftKey, alt: e.altKey };
  };
  const crossTo = (p: Vec3) => engine.setCross(engine.scan ? clampToGrid(engine.scan.grid, p) : p);

  const handleUnder = (x: number, y: number): PlaneName | undefined =>
    engine.crosshair
      ? PLANE_NAMES.find(
          (other) =>
            other !== pane.name &&
            handlesOf(pane.view, engine.planes[other].normal, engine.cross).some(
              ([hx, hy]) => Math.hypot(hx - x, hy - y) < HANDLE_PX,
            ),
        )
      : undefined;

  const down = (e: PointerEvent) => {
    if (e.pointerType === 'touch') {
      fingers.set(e.pointerId, at(e));
      if (fingers.size === 2) {
        if (drag === 'tool') engine.tool?.cancel?.();
        drag = null;
        return;
      }
    }
    element.setPointerCapture(e.pointerId);
    element.focus({ preventScroll: true });
    last = at(e);
    const turn = handleUnder(last.x, last.y);
    if (e.button === 2) drag = 'window';
    else if (e.button === 1 || e.shiftKey) drag = 'pan';
    else if (turn) drag = { turn };
    else if (engine.tool?.down && engine.tool.down(event(e)) !== false) drag = 'tool';
    else {
      drag = 'cross';
      crossTo(pane.lpsAt(last.x, last.y));
    }
    e.preventDefault();
  };

  const move = (e: PointerEvent) => {
    const now = at(e);
    if (fingers.has(e.pointerId)) {
      if (fingers.size === 2) pinch(e.pointerId, now);
      fingers.set(e.pointerId, now);
      if (fingers.size > 1) return;
    }
    if (!drag) {
      element.style.cursor = handleUnder(now.x, now.y) ? 'grab' : (engine.tool?.cursor ?? 'crosshair');
      engine.tool?.hover?.(event(e));
      return;
    }
    if (drag === 'tool') {
      const every = e.getCoalescedEvents?.() ?? [];
      for (const one of every.length > 0 ? every : [e]) engine.tool?.move?.(event(one));
    } else if (drag === 'cross') crossTo(pane.lpsAt(now.x, now.y));
    else if (drag === 'window') engine.setWindow(draggedWindow(engine.window, now.x - last.x, now.y - last.y));
    else if (drag === 'pan') {
      pane.pan(now.x - last.x, now.y - last.y);
      engine.invalidate(pane.name);
    } else {
      const [cx, cy] = paneFromLps(pane.view, engine.cross);
      const angle = Math.atan2(last.y - cy, last.x - cx) - Math.atan2(now.y - cy, now.x - cx);
      engine.turnOthers(pane.name, angle);
    }
    last = now;
  };

  const pinch = (id: number, now: { x: number; y: number }) => {
    const before = fingers.get(id)!;
    const other = [...fingers].find(([k]) => k !== id)![1];
    const [d0, d1] = [Math.hypot(before.x - other.x, before.y - other.y), Math.hypot(now.x - other.x, now.y - other.y)];
    if (d0 > 1 && d1 > 1) pane.zoom(d0 / d1, (now.x + other.x) / 2, (now.y + other.y) / 2);
    pane.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    engine.invalidate(pane.name);
  };

  const up = (e: PointerEvent) => {
    fingers.delete(e.pointerId);
    if (drag === 'tool') engine.tool?.up?.(event(e));
    drag = null;
  };
  const lost = (e: PointerEvent) => {
    fingers.delete(e.pointerId);
    if (drag === 'tool') engine.tool?.cancel?.();
    drag = null;
  };

  const onWheel = (e: WheelEvent) => {
    e.preventDefault();
    const { x, y } = at(e);
    if (e.ctrlKey || e.metaKey) {
      pane.zoom(Math.exp(e.deltaY * 0.002), x, y);
      engine.invalidate(pane.name);
      return;
    }
    // A notch of a wheel is one slice; a track-pad adds up to one.
    wheel += e.deltaMode === 0 ? e.deltaY / 100 : e.deltaY;
    const steps = Math.trunc(wheel) || (Math.abs(e.deltaY) >= 50 ? Math.sign(e.deltaY) : 0);
    if (steps === 0) return;
    wheel = 0;
    scrollSlices(engine, pane.name, steps);
  };
  const noMenu = (e: Event) => e.preventDefault();

  const on: [string, (e: never) => void, AddEventListenerOptions?][] = [
    ['pointerdown', down],
    ['pointermove', move],
    ['pointerup', up],
    ['pointercancel', lost],
    ['wheel', onWheel, { passive: false }],
    ['contextmenu', noMenu],
  ];
  for (const [name, listener, options] of on) element.addEventListener(name, listener as EventListener, options);
  return () => {
    for (const [name, listener] of on) element.removeEventListener(name, listener as EventListener);
  };
}

/** Moves through the scan along a plane's normal, away from the viewer for positive counts. */
export function scrollSlices(engine: Engine, name: PlaneName, count: number): void {
  if (!engine.scan) return;
  const { normal } = engine.planes[name];
  const step = stepMm(engine.scan.grid, normal);
  engine.setCross(clampToGrid(engine.scan.grid, add(engine.cross, scale(normal, -step * count))));
}

const CLICK_PX = 4;

function attachScene(engine: Engine): () => void {
  const { scene } = engine;
  const { element } = scene;
  let start: { x: number; y: number } | null = null;
  const at = (e: PointerEvent) => {
    const r = element.getBoundingClientRect();
    return { x: e.clientX - r.left, y: e.clientY - r.top };
  };
  const down = (e: PointerEvent) => {
    start = e.button === 0 ? at(e) : null;
    element.focus({ preventScroll: true });
  };
  const up = (e: PointerEvent) => {
    const now = at(e);
    if (!start || Math.hypot(now.x - start.x, now.y - start.y) > CLICK_PX) return;
    const { origin, direction } = scene.rayAt(now.x, now.y);
    const hit = pickBody(engine.bodies.values(), origin, direction);
    const event: SceneEvent = { hit, ...now, shift: e.shiftKey };
    if (engine.tool?.pick) engine.tool.pick(event);
    else if (hit) engine.setCross(hit.at);
  };
  element.addEventListener('pointerdown', down);
  element.addEventListener('pointerup', up);
  return () => {
    element.removeEventListener('pointerdown', down);
    element.removeEventListener('pointerup', up);
  };
}
