import type { Vec3 } from '../../src/base/index.ts';
import type { Edit, EditBone } from '../../src/segment/index.ts';
import { paneFromLps } from '../engine/planes.ts';
import type { Tool } from '../engine/tool.ts';
import { labelOfName } from '../state/bodies.ts';
import { namesOf } from '../state/pelvis.ts';
import { show, view } from '../state/view.ts';
import type { Workspace } from '../state/workspace.ts';

const boneInHand = (): EditBone | null => {
  const { selected, decisions } = view();
  return selected && namesOf(decisions?.document ?? '').ids.includes(selected) ? (selected as EditBone) : null;
};

/** A click in bone: what hangs together with it, in the range, becomes the bone. */
export const growTool = (ws: Workspace): Tool => ({
  name: 'grow',
  cursor: 'cell',
  down(e) {
    const bone = boneInHand();
    if (!bone) return false;
    const [lowHu, highHu] = view().range;
    ws.addEdit({ op: 'grow', bone, seed: e.lps, lowHu, highHu, limitMm: 60 }, `Grow ${labelOfName(bone)}`);
    return true;
  },
});

const dot = (ctx: CanvasRenderingContext2D, x: number, y: number, colour: string, text: string) => {
  ctx.beginPath();
  ctx.arc(x, y, 5, 0, 2 * Math.PI);
  ctx.fillStyle = colour;
  ctx.fill();
  ctx.strokeStyle = '#000';
  ctx.lineWidth = 1.5;
  ctx.stroke();
  ctx.fillStyle = colour;
  ctx.font = '600 12px system-ui';
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.fillText(text, x + 9, y);
};

/** Two clicks: the first side keeps its name, the other gets the next free one, or goes. */
export function splitTool(ws: Workspace, into: () => EditBone | null): Tool {
  let first: Vec3 | null = null;
  return {
    name: 'split',
    cursor: 'crosshair',
    down(e) {
      const bone = boneInHand();
      if (!bone) return false;
      if (!first) {
        first = e.lps;
        show({ hint: 'Now click in what is to be split off' });
      } else {
        const to = into();
        const edit: Edit = { op: 'split', bone, seeds: [first, e.lps], ...(to && { into: to }) };
        first = null;
        show({ hint: null });
        ws.addEdit(edit, `Split ${labelOfName(bone)}${to ? `, the other part is ${labelOfName(to)}` : ''}`);
      }
      ws.engine.invalidate();
      return true;
    },
    cancel() {
      const any = first !== null;
      first = null;
      show({ hint: null });
      ws.engine.invalidate();
      return any;
    },
    draw(ctx, v) {
      if (!first) return;
      const [x, y, off] = paneFromLps(v, first);
      if (Math.abs(off) < 10) dot(ctx, x, y, '#58a6ff', 'stays');
    },
  };
}

/** Two slices, each holding the bone: a click in each, and what lies between is filled. */
export function betweenTool(ws: Workspace): Tool {
  let first: { at: Vec3; along: Vec3 } | null = null;
  return {
    name: 'between',
    cursor: 'crosshair',
    down(e) {
      const bone = boneInHand();
      if (!bone) return false;
      if (!first) {
        first = { at: e.lps, along: e.pane.plane.normal };
        show({ hint: 'Scroll to the other slice that holds the bone, and click there' });
      } else {
        ws.addEdit(
          { op: 'between', bone, slices: [first.at, e.lps], along: first.along },
          `Fill ${labelOfName(bone)} between slices`,
        );
        first = null;
        show({ hint: null });
      }
      return true;
    },
    cancel() {
      const any = first !== null;
      first = null;
      show({ hint: null });
      return any;
    },
  };
}

/** A loop drawn on a slice or around the scene's picture: what it covers goes, through and through. */
export function scissorsTool(ws: Workspace, remove: () => 'inside' | 'outside'): Tool {
  let loop: Vec3[] = [];
  let along: Vec3 = [0, 0, 1];
  return {
    name: 'scissors',
    cursor: 'crosshair',
    down(e) {
      if (!boneInHand()) return false;
      loop = [e.lps];
      along = e.pane.plane.normal;
      return true;
    },
    move(e) {
      const last = loop.at(-1)!;
      if (Math.hypot(e.lps[0] - last[0], e.lps[1] - last[1], e.lps[2] - last[2]) < 2 * e.pane.mmPerPx) return;
      loop.push(e.lps);
      ws.engine.invalidate(e.pane.name);
    },
    up() {
      const bone = boneInHand();
      const polygon = loop;
      loop = [];
      ws.engine.invalidate();
      if (!bone || polygon.length < 3) return;
      ws.addEdit(
        { op: 'scissors', bone, polygon, direction: along, remove: remove() },
        `Cut ${labelOfName(bone)} with scissors`,
      );
    },
    cancel() {
      const any = loop.length > 0;
      loop = [];
      ws.engine.invalidate();
      return any;
    },
    draw(ctx, v) {
      if (loop.length < 2) return;
      ctx.beginPath();
      loop.forEach((p, i) => {
        const [x, y] = paneFromLps(v, p);
        if (i === 0) ctx.moveTo(x, y);
        else ctx.lineTo(x, y);
      });
      ctx.closePath();
      ctx.fillStyle = 'rgba(255,123,114,.15)';
      ctx.fill();
      ctx.strokeStyle = '#ff7b72';
      ctx.setLineDash([5, 3]);
      ctx.lineWidth = 1.3;
      ctx.stroke();
      ctx.setLineDash([]);
    },
  };
}
