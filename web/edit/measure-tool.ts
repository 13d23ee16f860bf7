import type { Vec3 } from '../../src/base/index.ts';
import { dot, norm, sub } from '../../src/math/index.ts';
import type { Measurement } from '../../src/plan/index.ts';
import { type PaneView, paneFromLps } from '../engine/planes.ts';
import { huInBall } from '../engine/probe.ts';
import type { Layer, Tool } from '../engine/tool.ts';
import { freeId } from '../state/ids.ts';
import { show, view } from '../state/view.ts';
import type { Workspace } from '../state/workspace.ts';

const POINTS = { distance: 2, angle: 3, hu: 1 } as const;
/** Ball in which grey values are measured, mm. */
const BALL_MM = 3;
/** A measurement shows on slices this near to its points, mm. */
const NEAR_MM = 3;

/** Clicks on slices or in the scene: a distance, an angle, the grey values in a ball. */
export function measureTool(ws: Workspace, kind: Measurement['kind']): Tool {
  let points: Vec3[] = [];
  let next: Vec3 | null = null;
  const add = (p: Vec3) => {
    points.push(p);
    if (points.length < POINTS[kind]) return;
    const { measured } = view();
    const id = freeId('m', [...(ws.file?.decisions.planned.measurements ?? []), ...measured]);
    const made: Measurement = { id, kind, points, ...(kind === 'hu' && { radiusMm: BALL_MM }) };
    points = [];
    next = null;
    show({ measured: [...measured, made] });
    ws.engine.invalidate();
  };
  return {
    name: kind,
    cursor: 'crosshair',
    down(e) {
      add(e.lps);
      ws.engine.invalidate();
      return true;
    },
    hover(e) {
      next = points.length > 0 ? e.lps : null;
      if (next) ws.engine.invalidate(e.pane.name);
    },
    pick({ hit }) {
      if (hit) add(hit.at);
      ws.engine.invalidate();
    },
    cancel() {
      const any = points.length > 0;
      points = [];
      next = null;
      ws.engine.invalidate();
      return any;
    },
    draw(ctx, v) {
      if (points.length > 0) drawOne(ctx, v, next ? [...points, next] : points, '');
    },
  };
}

/** What was measured, in words. The scan is asked each time: a number is never older than what it is about. */
export function measureText(ws: Workspace, { kind, points, radiusMm }: Measurement): string {
  if (kind === 'distance') return `${norm(sub(points[1], points[0])).toFixed(1)} mm`;
  if (kind === 'angle') {
    const [u, v] = [sub(points[0], points[1]), sub(points[2], points[1])];
    const cos = dot(u, v) / (norm(u) * norm(v) || 1);
    return `${((Math.acos(Math.min(1, Math.max(-1, cos))) * 180) / Math.PI).toFixed(1)}°`;
  }
  const { scan } = ws.engine;
  if (!scan) return '';
  const s = huInBall(scan.grid, scan.hu, points[0], radiusMm ?? BALL_MM);
  return s.count > 0 ? `${s.mean.toFixed(0)} ± ${s.sd.toFixed(0)} HU` : 'outside';
}

function drawOne(
  ctx: CanvasRenderingContext2D,
  v: PaneView,
  points: readonly Vec3[],
  text: string,
  radiusMm = 0,
): void {
  const flat = points.map((p) => paneFromLps(v, p));
  ctx.strokeStyle = '#ffd33d';
  ctx.fillStyle = '#ffd33d';
  ctx.lineWidth = 1.3;
  ctx.beginPath();
  flat.forEach(([x, y], i) => {
    if (i === 0) ctx.moveTo(x, y);
    else ctx.lineTo(x, y);
  });
  ctx.stroke();
  for (const [x, y] of flat) {
    ctx.beginPath();
    ctx.arc(x, y, radiusMm > 0 ? radiusMm / v.mmPerPx : 2.5, 0, 2 * Math.PI);
    if (radiusMm > 0) ctx.stroke();
    else ctx.fill();
  }
  const [x, y] = flat.at(-1)!;
  label(ctx, text, x + 8, y - 8);
}

export function label(ctx: CanvasRenderingContext2D, text: string, x: number, y: number): void {
  if (!text) return;
  ctx.font = '600 12px system-ui, sans-serif';
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.lineWidth = 3;
  ctx.strokeStyle = 'rgba(0,0,0,.8)';
  ctx.strokeText(text, x, y);
  ctx.fillText(text, x, y);
}

const measurementsOf = (ws: Workspace): readonly Measurement[] => [
  ...(ws.file?.decisions.planned.measurements ?? []),
  ...view().measured,
];

/** All measurements of the case and of this look, on the slices they lie in and in the scene. */
export const measureLayer = (ws: Workspace): Layer => ({
  draw(ctx, v) {
    for (const m of measurementsOf(ws)) {
      if (!m.points.every((p) => Math.abs(paneFromLps(v, p)[2]) < NEAR_MM)) continue;
      drawOne(ctx, v, m.points, measureText(ws, m), m.radiusMm);
    }
  },
  drawScene(ctx, pixelOf) {
    for (const m of measurementsOf(ws)) {
      const flat = m.points.map(pixelOf);
      if (flat.some(([, , seen]) => !seen)) continue;
      ctx.strokeStyle = '#ffd33d';
      ctx.fillStyle = '#ffd33d';
      ctx.lineWidth = 1.3;
      ctx.beginPath();
      flat.forEach(([x, y], i) => {
        if (i === 0) ctx.moveTo(x, y);
        else ctx.lineTo(x, y);
      });
      ctx.stroke();
      label(ctx, measureText(ws, m), flat.at(-1)![0] + 8, flat.at(-1)![1] - 8);
    }
  },
});
