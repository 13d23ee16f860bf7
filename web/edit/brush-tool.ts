import type { Vec3 } from '../../src/base/index.ts';
import type { Edit, EditBone } from '../../src/segment/index.ts';
import { paneFromLps } from '../engine/planes.ts';
import type { Tool } from '../engine/tool.ts';
import { labelOfName } from '../state/bodies.ts';
import { namesOf } from '../state/pelvis.ts';
import { view } from '../state/view.ts';
import type { Workspace } from '../state/workspace.ts';

/** Points of a stroke nearer than this share of the radius to the last one say nothing new. */
const APART = 0.25;

/** Paints a bone, or rubs it out, in a ball about the pen. The label follows the pen; the case hears of it at the end. */
export function brushTool(ws: Workspace, what: 'paint' | 'erase'): Tool {
  let points: Vec3[] = [];
  let at: Vec3 | null = null;

  const editOf = (path: readonly Vec3[]): Extract<Edit, { op: 'include' | 'exclude' }> | null => {
    const { selected, brush, range, decisions } = view();
    if (!selected || !namesOf(decisions?.document ?? '').ids.includes(selected)) return null;
    const within = brush.masked ? { within: { lowHu: range[0], highHu: range[1] } } : {};
    const strokes = [{ points: path, radiusMm: brush.radiusMm }];
    const bone = selected as EditBone;
    if (what === 'erase') return { op: 'exclude', bone, strokes, ...within };
    return { op: 'include', bone, strokes, ...within, ...(brush.overBones && { over: 'bones' as const }) };
  };

  const dab = (path: readonly Vec3[]) => {
    const edit = editOf(path);
    if (!edit) return;
    const start = performance.now();
    ws.draft(edit);
    performance.measure('osteon-stroke', { start });
  };

  return {
    name: what,
    cursor: 'none',
    down(e) {
      if (!editOf([e.lps])) return false;
      points = [e.lps];
      at = e.lps;
      dab(points);
      return true;
    },
    move(e) {
      at = e.lps;
      const last = points.at(-1)!;
      const moved = Math.hypot(e.lps[0] - last[0], e.lps[1] - last[1], e.lps[2] - last[2]);
      if (moved < APART * view().brush.radiusMm) return;
      points.push(e.lps);
      dab([last, e.lps]);
    },
    up() {
      ws.dropDrafts();
      const edit = editOf(points);
      points = [];
      if (!edit) return;
      const bone = labelOfName(edit.bone);
      ws.addEdit(edit, `${what === 'paint' ? 'Paint' : 'Erase'} ${bone}`);
    },
    hover(e) {
      at = e.lps;
      ws.engine.invalidate('axial', 'coronal', 'sagittal');
    },
    cancel() {
      const any = points.length > 0;
      points = [];
      ws.dropDrafts();
      return any;
    },
    draw(ctx, v) {
      if (!at) return;
      const [x, y, off] = paneFromLps(v, at);
      const { radiusMm } = view().brush;
      if (Math.abs(off) >= radiusMm) return;
      // The ball is cut by the slice it does not lie in.
      const r = Math.sqrt(radiusMm * radiusMm - off * off) / v.mmPerPx;
      ctx.beginPath();
      ctx.arc(x, y, r, 0, 2 * Math.PI);
      ctx.strokeStyle = what === 'paint' ? '#7ee787' : '#ff7b72';
      ctx.lineWidth = 1.2;
      ctx.stroke();
    },
  };
}
