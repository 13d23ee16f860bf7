import type { Vec3 } from '../../src/base/index.ts';
import { cross, dot, scale } from '../../src/math/index.ts';
import { type Body, cutBody } from './body.ts';
import { letters, type PaneView, PLANE_NAMES, type PlaneName, type Planes, paneFromLps } from './planes.ts';
import { type GreyWindow, windowText } from './window.ts';

/** Colour of each plane's line on the other two. */
export const PLANE_COLOURS: Readonly<Record<PlaneName, string>> = {
  axial: '#e5534b',
  coronal: '#57ab5a',
  sagittal: '#e0b13c',
};

const TEXT = '11px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace';
const css = ([r, g, b]: Vec3, alpha = 1): string => `rgba(${r},${g},${b},${alpha})`;

/** Outlines of the bodies, cut where the plane lies. */
export function drawOutlines(ctx: CanvasRenderingContext2D, view: PaneView, bodies: Iterable<Body>): void {
  for (const body of bodies) {
    if (!body.visible) continue;
    const segments = cutBody(body, view.middle, view.plane.normal);
    if (segments.length === 0) continue;
    ctx.beginPath();
    for (let i = 0; i < segments.length; i += 6) {
      const [ax, ay] = paneFromLps(view, [segments[i], segments[i + 1], segments[i + 2]]);
      const [bx, by] = paneFromLps(view, [segments[i + 3], segments[i + 4], segments[i + 5]]);
      ctx.moveTo(ax, ay);
      ctx.lineTo(bx, by);
    }
    ctx.strokeStyle = css(body.colour, body.kind === 'ghost' ? 0.5 : 1);
    ctx.lineWidth = body.kind === 'bone' ? 1.3 : 1.8;
    ctx.setLineDash(body.stale || body.kind === 'ghost' ? [4, 3] : []);
    ctx.stroke();
  }
  ctx.setLineDash([]);
}

/** Where the other planes cut this one, open around the cross-hair so that it hides nothing. Handles turn them. */
export function drawCrosshair(
  ctx: CanvasRenderingContext2D,
  view: PaneView,
  name: PlaneName,
  planes: Planes,
  at: Vec3,
): void {
  const [x, y] = paneFromLps(view, at);
  const reach = view.width + view.height;
  for (const other of PLANE_NAMES) {
    if (other === name) continue;
    const d = lineOf(view, planes[other].normal);
    ctx.strokeStyle = PLANE_COLOURS[other];
    ctx.globalAlpha = 0.75;
    ctx.lineWidth = 1;
    ctx.beginPath();
    for (const s of [-1, 1]) {
      ctx.moveTo(x + s * 12 * d[0], y + s * 12 * d[1]);
      ctx.lineTo(x + s * reach * d[0], y + s * reach * d[1]);
    }
    ctx.stroke();
    ctx.globalAlpha = 1;
    for (const [hx, hy] of handlesOf(view, planes[other].normal, at)) {
      ctx.beginPath();
      ctx.arc(hx, hy, 4, 0, 2 * Math.PI);
      ctx.fillStyle = '#0b0e12';
      ctx.fill();
      ctx.stroke();
    }
  }
}

/** Direction on the pane of the line in which another plane cuts it. */
export function lineOf({ plane }: PaneView, otherNormal: Vec3): readonly [number, number] {
  const along = cross(plane.normal, otherNormal);
  const d = [dot(along, plane.right), -dot(along, plane.up)];
  const length = Math.hypot(d[0], d[1]) || 1;
  return [d[0] / length, d[1] / length];
}

/** The two points of a line by which it is turned. */
export function handlesOf(view: PaneView, otherNormal: Vec3, at: Vec3): readonly (readonly [number, number])[] {
  const [x, y] = paneFromLps(view, at);
  const d = lineOf(view, otherNormal);
  const reach = Math.min(view.width, view.height) * 0.36;
  return [-1, 1].map((s) => [x + s * reach * d[0], y + s * reach * d[1]] as const);
}

/** Letters at the middles of the sides, the position along the normal, the window, a bar of whole millimetres. */
export function drawFrame(
  ctx: CanvasRenderingContext2D,
  view: PaneView,
  name: PlaneName,
  at: Vec3,
  window: GreyWindow,
  oblique: boolean,
): void {
  const { width: w, height: h, plane } = view;
  ctx.font = '600 13px system-ui, sans-serif';
  ctx.fillStyle = '#dbe4ee';
  ctx.textBaseline = 'middle';
  const put = (text: string, x: number, y: number, align: CanvasTextAlign) => {
    ctx.textAlign = align;
    ctx.strokeStyle = 'rgba(0,0,0,.75)';
    ctx.lineWidth = 3;
    ctx.strokeText(text, x, y);
    ctx.fillText(text, x, y);
  };
  put(letters(scale(plane.right, -1)), 8, h / 2, 'left');
  put(letters(plane.right), w - 8, h / 2, 'right');
  put(letters(plane.up), w / 2, 14, 'center');
  put(letters(scale(plane.up, -1)), w / 2, h - 12, 'center');
  ctx.font = TEXT;
  ctx.fillStyle = '#aab6c4';
  const where = dot(at, plane.normal);
  const side = letters(where >= 0 ? plane.normal : scale(plane.normal, -1));
  put(`${Math.abs(where).toFixed(1)} mm ${side}`, 8, h - 12, 'left');
  put(windowText(window), w - 8, h - 12, 'right');
  ctx.fillStyle = PLANE_COLOURS[name];
  put(`${name[0].toUpperCase()}${name.slice(1)}${oblique ? ' (oblique)' : ''}`, 8, 14, 'left');
  drawScaleBar(ctx, view);
}

function drawScaleBar(ctx: CanvasRenderingContext2D, { mmPerPx, width, height }: PaneView): void {
  const length = [1, 2, 5, 10, 20, 50, 100].findLast((mm) => mm / mmPerPx < width * 0.25) ?? 1;
  const px = length / mmPerPx;
  const [x, y] = [width - 12, height - 28];
  ctx.strokeStyle = '#aab6c4';
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(x - px, y - 4);
  ctx.lineTo(x - px, y);
  ctx.lineTo(x, y);
  ctx.lineTo(x, y - 4);
  ctx.stroke();
  ctx.textAlign = 'right';
  ctx.fillStyle = '#aab6c4';
  ctx.fillText(`${length} mm`, x, y - 9);
}
