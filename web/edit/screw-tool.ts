import type { Vec3 } from '../../src/base/index.ts';
import { SCREWS } from '../../src/design/index.ts';
import { add, norm, scale, sub, unit } from '../../src/math/index.ts';
import type { PlacedScrew } from '../../src/plan/index.ts';
import { type PaneView, paneFromLps } from '../engine/planes.ts';
import type { Layer, Tool } from '../engine/tool.ts';
import { stocked, tipOf } from '../state/bodies.ts';
import { freeId } from '../state/ids.ts';
import { show, view } from '../state/view.ts';
import type { Workspace } from '../state/workspace.ts';
import { label } from './measure-tool.ts';

const GRAB_PX = 10;
const SHORTEST_MM = 4;

/**
 * Places a screw: on a slice from where it enters to where its tip lies; in the scene by a click on bone, square to it.
 * One that is there is taken by its head, its tip or its middle.
 */
export function screwTool(ws: Workspace): Tool {
  let from: Vec3 | null = null;
  let to: Vec3 | null = null;
  let held: { id: string; part: 'head' | 'tip' | 'middle'; at: Vec3; was: PlacedScrew } | null = null;

  const boneOf = (): string => {
    const { selected } = view();
    const body = selected ? ws.engine.bodies.get(selected) : undefined;
    return body?.kind === 'bone'
      ? body.id
      : ([...ws.engine.bodies.values()].find((b) => b.kind === 'bone')?.id ?? 'bone');
  };

  const place = (entryMm: Vec3, tip: Vec3, target: string) => {
    const along = sub(tip, entryMm);
    if (norm(along) < SHORTEST_MM) return;
    const { screws } = ws;
    const { screwName } = view();
    const id = freeId('screw-', screws);
    const lengthMm = stocked(screwName, norm(along));
    const made: PlacedScrew = { id, screw: screwName, entryMm, direction: unit(along), lengthMm, target };
    show({ screwId: id });
    ws.setPlanned({ screws: [...screws, made] }, `Place ${id}`);
    ws.measureScrew(id);
  };

  const moved = (now: Vec3): PlacedScrew => {
    const { was, part, at } = held!;
    if (part === 'middle') return { ...was, entryMm: add(was.entryMm, sub(now, at)) };
    const entryMm = part === 'head' ? now : was.entryMm;
    const along = sub(part === 'tip' ? now : tipOf(was), entryMm);
    if (norm(along) < SHORTEST_MM) return was;
    return { ...was, entryMm, direction: unit(along), lengthMm: stocked(was.screw, norm(along)) };
  };

  return {
    name: 'screw',
    cursor: 'crosshair',
    down(e) {
      for (const screw of ws.screws) {
        const part = partUnder(e.pane.view, screw, e.x, e.y);
        if (!part) continue;
        // What is taken keeps its height above the slice.
        held = { id: screw.id, part, at: e.lps, was: screw };
        show({ screwId: screw.id });
        ws.handPane = e.pane.name;
        return true;
      }
      from = e.lps;
      to = e.lps;
      ws.handPane = e.pane.name;
      return true;
    },
    move(e) {
      to = e.lps;
      if (held) {
        const off = part3d(held.was, held.part);
        const depth = paneFromLps(e.pane.view, off)[2];
        const now = held.part === 'middle' ? e.lps : add(e.lps, scale(e.pane.plane.normal, depth));
        ws.previewScrew(moved(now));
      }
      ws.engine.invalidateBodies();
    },
    up() {
      if (held) {
        const screw = ws.previewed;
        held = null;
        ws.previewed = null;
        if (screw) {
          ws.setPlanned({ screws: ws.screws.map((s) => (s.id === screw.id ? screw : s)) }, `Move ${screw.id}`);
          ws.measureScrew(screw.id);
        }
      } else if (from && to) place(from, to, boneOf());
      from = null;
      to = null;
      ws.engine.invalidate();
    },
    pick({ hit }) {
      if (hit?.body.kind === 'screw') {
        show({ screwId: hit.body.id });
        return;
      }
      if (!hit) return;
      ws.handPane = null;
      const into = ws.inwardAt(hit);
      place(hit.at, add(hit.at, scale(into, 40)), hit.body.id);
    },
    cancel() {
      const any = from !== null || held !== null;
      from = null;
      held = null;
      ws.previewed = null;
      ws.follow();
      return any;
    },
    draw(ctx, v) {
      if (!from || !to) return;
      line(ctx, v, from, to, '#79c0ff');
      label(ctx, `${norm(sub(to, from)).toFixed(0)} mm`, ...near(v, to));
    },
  };
}

const near = (v: PaneView, p: Vec3): [number, number] => {
  const [x, y] = paneFromLps(v, p);
  return [x + 8, y - 8];
};

function line(ctx: CanvasRenderingContext2D, v: PaneView, a: Vec3, b: Vec3, colour: string): void {
  const [ax, ay] = paneFromLps(v, a);
  const [bx, by] = paneFromLps(v, b);
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = 1.4;
  ctx.beginPath();
  ctx.moveTo(ax, ay);
  ctx.lineTo(bx, by);
  ctx.stroke();
}

const part3d = (screw: PlacedScrew, part: 'head' | 'tip' | 'middle'): Vec3 =>
  part === 'head'
    ? screw.entryMm
    : part === 'tip'
      ? tipOf(screw)
      : add(screw.entryMm, scale(screw.direction, screw.lengthMm / 2));

function partUnder(v: PaneView, screw: PlacedScrew, x: number, y: number): 'head' | 'tip' | 'middle' | null {
  for (const part of ['tip', 'head', 'middle'] as const) {
    const [px, py] = paneFromLps(v, part3d(screw, part));
    if (Math.hypot(px - x, py - y) < GRAB_PX) return part;
  }
  return null;
}

/** Axes of all screws laid onto every slice: dashed where they are not in it, with the places to take them by. */
export const screwLayer = (ws: Workspace): Layer => ({
  draw(ctx, v) {
    const { screwId, tool } = view();
    const placed = ws.screws;
    const screws = ws.previewed ? placed.map((s) => (s.id === ws.previewed!.id ? ws.previewed! : s)) : placed;
    for (const screw of screws) {
      const chosen = screw.id === screwId;
      ctx.setLineDash([6, 4]);
      ctx.globalAlpha = chosen ? 1 : 0.55;
      line(ctx, v, screw.entryMm, tipOf(screw), '#79c0ff');
      ctx.setLineDash([]);
      if (tool === 'screw')
        for (const part of ['head', 'tip', 'middle'] as const) {
          const [x, y] = paneFromLps(v, part3d(screw, part));
          ctx.beginPath();
          ctx.arc(x, y, part === 'head' ? 5 : 4, 0, 2 * Math.PI);
          ctx.fillStyle = part === 'head' ? '#79c0ff' : '#0b0e12';
          ctx.fill();
          ctx.stroke();
        }
      ctx.fillStyle = '#79c0ff';
      if (chosen) label(ctx, `${screw.id}  Ø ${diameterOf(screw)}  ${screw.lengthMm} mm`, ...near(v, tipOf(screw)));
      ctx.globalAlpha = 1;
    }
  },
});

const diameterOf = ({ screw }: PlacedScrew): number => SCREWS.find((s) => s.name === screw)?.diameterMm ?? 0;
