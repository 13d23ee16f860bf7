import type { Vec3 } from '../../src/base/index.ts';
import { add, cross, lerp, norm, scale, sub, unit } from '../../src/math/index.ts';
import type { CutPlane, PlateLine } from '../../src/plan/index.ts';
import { nearestOn } from '../engine/body.ts';
import { type PaneView, paneFromLps } from '../engine/planes.ts';
import type { Layer, Tool } from '../engine/tool.ts';
import { freeId } from '../state/ids.ts';
import { show, view } from '../state/view.ts';
import type { Workspace } from '../state/workspace.ts';

/** The line of a plate, point by point on the bone; Enter or a second click on the last point ends it. */
export function plateTool(ws: Workspace): Tool & { finish(): void } {
  let points: Vec3[] = [];
  let bone = '';
  const finish = () => {
    if (points.length < 2) return;
    const { planned } = ws.file!.decisions;
    const id = freeId('plate-', planned.plates);
    const made: PlateLine = { id, bone, points, widthMm: 10 };
    points = [];
    show({ hint: null });
    ws.setPlanned({ plates: [...planned.plates, made] }, `Draw the line of ${id}`);
  };
  return {
    name: 'plate',
    cursor: 'crosshair',
    finish,
    pick({ hit }) {
      if (hit?.body.kind !== 'bone') return;
      const last = points.at(-1);
      if (last && Math.hypot(hit.at[0] - last[0], hit.at[1] - last[1], hit.at[2] - last[2]) < 1.5) {
        finish();
        return;
      }
      if (points.length === 0) bone = hit.body.id;
      points.push(hit.at);
      show({ hint: 'Next point on the bone; Enter ends the line' });
      ws.engine.invalidate();
    },
    cancel() {
      const any = points.length > 0;
      points = [];
      show({ hint: null });
      ws.engine.invalidate();
      return any;
    },
    drawScene(ctx, pixelOf) {
      path(ctx, laidOn(ws, points).map(pixelOf), '#d2a8ff', 2.5, 0);
      path(ctx, points.map(pixelOf), '#d2a8ff', 0);
    },
  };
}

/** A click on bone: a cut there, square to the longest way across it; its numbers can be typed. */
export const cutTool = (ws: Workspace): Tool => ({
  name: 'cut',
  cursor: 'crosshair',
  down(e) {
    const { selected } = view();
    if (!selected) return false;
    cut(ws, selected, e.lps, e.pane.plane.right);
    return true;
  },
  pick({ hit }) {
    if (hit?.body.kind === 'bone') cut(ws, hit.body.id, hit.at, ws.inwardAt(hit));
  },
});

function cut(ws: Workspace, bone: string, point: Vec3, normal: Vec3): void {
  const { planned } = ws.file!.decisions;
  const id = freeId('cut-', planned.cuts);
  ws.setPlanned({ cuts: [...planned.cuts, { id, bone, point, normal: unit(normal) }] }, `Set ${id}`);
}

type Pixel = readonly [number, number, boolean];
function path(ctx: CanvasRenderingContext2D, flat: readonly Pixel[], colour: string, width: number, dotPx = 3): void {
  if (flat.length === 0) return;
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = width;
  ctx.beginPath();
  flat.forEach(([x, y], i) => {
    if (i === 0) ctx.moveTo(x, y);
    else ctx.lineTo(x, y);
  });
  if (width > 0) ctx.stroke();
  if (dotPx === 0) return;
  for (const [x, y] of flat) {
    ctx.beginPath();
    ctx.arc(x, y, dotPx, 0, 2 * Math.PI);
    ctx.fill();
  }
}

/** Half the side of the square that stands for a cut plane, mm. */
const CUT_MM = 22;
const squareOf = ({ point, normal }: CutPlane): Vec3[] => {
  const u = unit(cross(normal, Math.abs(normal[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0]));
  const v = cross(normal, u);
  return [
    [1, 1],
    [1, -1],
    [-1, -1],
    [-1, 1],
    [1, 1],
  ].map(([a, b]) => add(point, add(scale(u, a * CUT_MM), scale(v, b * CUT_MM))));
};

/** A mark from the plane to where its normal points: what lies there is beyond it, mm. */
const BEYOND_MM = 8;

/** Where a cut plane crosses a slice, and from the middle of that the mark of what lies beyond. */
function cutLines(v: PaneView, { point, normal }: CutPlane): [Pixel[], Pixel[]] | null {
  const along = cross(normal, v.plane.normal);
  const length = Math.hypot(...along);
  if (length < 1e-3) return null;
  const inPlane = cross(v.plane.normal, along);
  const off = paneFromLps(v, point)[2];
  const lean = inPlane[0] * normal[0] + inPlane[1] * normal[1] + inPlane[2] * normal[2];
  const drop =
    (off * (v.plane.normal[0] * normal[0] + v.plane.normal[1] * normal[1] + v.plane.normal[2] * normal[2])) / lean;
  const at = add(add(point, scale(v.plane.normal, -off)), scale(inPlane, drop));
  const d = scale(along, (CUT_MM * 1.5) / length);
  const pixel = (p: Vec3): Pixel => {
    const [x, y] = paneFromLps(v, p);
    return [x, y, true];
  };
  return [
    [pixel(add(at, d)), pixel(add(at, scale(d, -1)))],
    [pixel(at), pixel(add(at, scale(normal, BEYOND_MM)))],
  ];
}

/** Points of a line that is laid onto bone are this far apart, mm. */
const STEP_MM = 2;

/** The line between points on bone, on the nearest surface of any bone all along. */
function laidOn(ws: Workspace, points: readonly Vec3[]): readonly Vec3[] {
  const bones = [...ws.engine.bodies.values()].filter((b) => b.kind === 'bone' && b.visible);
  return points.flatMap((p, i) => {
    const next = points[i + 1];
    if (!next) return [p];
    const n = Math.max(1, Math.round(norm(sub(next, p)) / STEP_MM));
    return Array.from({ length: n }, (_, k) => (k === 0 ? p : nearestOn(bones, lerp(p, next, k / n))));
  });
}

/** Lines of plates and cut planes, in the scene and on the slices. */
export const planLayer = (ws: Workspace): Layer => ({
  draw(ctx, v) {
    const planned = ws.file?.decisions.planned;
    for (const plate of planned?.plates ?? []) {
      const near = laidOn(ws, plate.points).filter((p) => Math.abs(paneFromLps(v, p)[2]) < 4);
      for (const p of near) path(ctx, [[...paneFromLps(v, p).slice(0, 2), true] as unknown as Pixel], '#d2a8ff', 2);
    }
    for (const c of planned?.cuts ?? []) {
      const lines = cutLines(v, c);
      if (!lines) continue;
      ctx.setLineDash([8, 4]);
      path(ctx, lines[0], '#ffa657', 1.5);
      ctx.setLineDash([]);
      path(ctx, lines[1], '#ffa657', 3, 0);
    }
  },
  drawScene(ctx, pixelOf) {
    const planned = ws.file?.decisions.planned;
    for (const plate of planned?.plates ?? []) {
      path(ctx, laidOn(ws, plate.points).map(pixelOf), '#d2a8ff', 3, 0);
      path(ctx, plate.points.map(pixelOf), '#d2a8ff', 0);
    }
    for (const c of planned?.cuts ?? []) {
      path(ctx, squareOf(c).map(pixelOf), '#ffa657', 1.5);
      path(ctx, [c.point, add(c.point, scale(c.normal, BEYOND_MM))].map(pixelOf), '#ffa657', 3, 0);
    }
  },
});

/** Three pairs of points: on what moves, then on where they belong. */
export function pointsTool(ws: Workspace, done: (from: Vec3[], to: Vec3[]) => void): Tool {
  let from: Vec3[] = [];
  let to: Vec3[] = [];
  const take = (p: Vec3) => {
    if (from.length === to.length) from.push(p);
    else to.push(p);
    if (to.length === 3) {
      done(from, to);
      from = [];
      to = [];
      show({ hint: null });
    } else
      show({
        hint:
          from.length > to.length
            ? `Point ${from.length}: where does it belong?`
            : `Point ${from.length + 1} of 3 on the moving bone`,
      });
    ws.engine.invalidate();
  };
  return {
    name: 'points',
    cursor: 'crosshair',
    down(e) {
      take(e.lps);
      return true;
    },
    pick({ hit }) {
      if (hit) take(hit.at);
    },
    cancel() {
      const any = from.length > 0;
      from = [];
      to = [];
      show({ hint: null });
      ws.engine.invalidate();
      return any;
    },
    draw(ctx, v) {
      const flat = (p: Vec3): Pixel => [...paneFromLps(v, p).slice(0, 2), true] as unknown as Pixel;
      for (const [i, p] of from.entries()) path(ctx, to[i] ? [flat(p), flat(to[i])] : [flat(p)], '#ffd33d', 1.2);
    },
    drawScene(ctx, pixelOf) {
      for (const [i, p] of from.entries())
        path(ctx, to[i] ? [pixelOf(p), pixelOf(to[i])] : [pixelOf(p)], '#ffd33d', 1.2);
    },
  };
}

/** A click says where a comment belongs. */
export const pinTool = (ws: Workspace, set: (p: Vec3) => void): Tool => ({
  name: 'pin',
  cursor: 'crosshair',
  down(e) {
    set(e.lps);
    ws.engine.setCross(e.lps);
    return true;
  },
  pick({ hit }) {
    if (!hit) return;
    set(hit.at);
    ws.engine.setCross(hit.at);
  },
});

/** Where comments are pinned, with their numbers. */
export const pinLayer = (): Layer => {
  const mark = (ctx: CanvasRenderingContext2D, x: number, y: number, text: string, resolved: boolean) => {
    ctx.globalAlpha = resolved ? 0.45 : 1;
    ctx.beginPath();
    ctx.arc(x, y, 9, 0, 2 * Math.PI);
    ctx.fillStyle = resolved ? '#57606a' : '#bf8700';
    ctx.fill();
    ctx.fillStyle = '#fff';
    ctx.font = '700 11px system-ui';
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.fillText(text, x, y + 0.5);
    ctx.globalAlpha = 1;
  };
  return {
    draw(ctx, v) {
      view().comments.forEach((c, i) => {
        if (!c.pin || !('point' in c.pin)) return;
        const [x, y, off] = paneFromLps(v, c.pin.point as unknown as Vec3);
        if (Math.abs(off) < 2) mark(ctx, x, y, String(i + 1), c.resolved);
      });
    },
    drawScene(ctx, pixelOf) {
      view().comments.forEach((c, i) => {
        if (!c.pin || !('point' in c.pin)) return;
        const [x, y, seen] = pixelOf(c.pin.point as unknown as Vec3);
        if (seen) mark(ctx, x, y, String(i + 1), c.resolved);
      });
    },
  };
};
