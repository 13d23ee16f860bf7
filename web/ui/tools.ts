import type { Vec3 } from '../../src/base/index.ts';
import type { EditBone } from '../../src/segment/index.ts';
import { brushTool } from '../edit/brush-tool.ts';
import { measureTool } from '../edit/measure-tool.ts';
import { cutTool, pinTool, plateTool, pointsTool } from '../edit/scene-tools.ts';
import { screwTool } from '../edit/screw-tool.ts';
import { betweenTool, growTool, scissorsTool, splitTool } from '../edit/seed-tools.ts';
import type { Tool } from '../engine/tool.ts';
import { show, type ToolName } from '../state/view.ts';
import type { Workspace } from '../state/workspace.ts';

/** What tools ask the panels. */
export const choices = {
  splitInto: null as EditBone | null,
  scissorsRemove: 'inside' as 'inside' | 'outside',
  onPoints: null as ((from: Vec3[], to: Vec3[]) => void) | null,
  onPin: null as ((p: Vec3) => void) | null,
};

const MAKE: Partial<Record<ToolName, (ws: Workspace) => Tool>> = {
  distance: (ws) => measureTool(ws, 'distance'),
  angle: (ws) => measureTool(ws, 'angle'),
  hu: (ws) => measureTool(ws, 'hu'),
  paint: (ws) => brushTool(ws, 'paint'),
  erase: (ws) => brushTool(ws, 'erase'),
  grow: growTool,
  split: (ws) => splitTool(ws, () => choices.splitInto),
  between: betweenTool,
  scissors: (ws) => scissorsTool(ws, () => choices.scissorsRemove),
  screw: screwTool,
  plate: plateTool,
  cut: cutTool,
  points: (ws) => pointsTool(ws, (from, to) => choices.onPoints?.(from, to)),
  pin: (ws) => pinTool(ws, (p) => choices.onPin?.(p)),
};

const HINTS: Partial<Record<ToolName, string>> = {
  distance: 'Click two points',
  angle: 'Click three points; the angle is at the second',
  hu: 'Click a place: grey values within 3 mm',
  grow: 'Click in bone: what hangs together with it, in the range, joins',
  split: 'Click in the part that keeps its name',
  between: 'Click in a slice that holds the bone',
  scissors: 'Draw a loop on a slice; it cuts through and through',
  screw: 'On a slice drag from entry to tip; in 3D click on bone',
  plate: 'Click points on the bone in 3D; Enter ends the line',
  cut: 'Click where the bone is to be cut',
  points: 'Point 1 of 3 on the moving bone',
  pin: 'Click where the comment belongs',
};

/** Puts a tool into the hand. */
export function take(ws: Workspace, name: ToolName): void {
  ws.engine.tool?.cancel?.();
  ws.engine.tool = MAKE[name]?.(ws) ?? null;
  show({ tool: name, hint: HINTS[name] ?? null });
  ws.engine.invalidate();
}

/** Ends what is half done, else puts the tool away. */
export function putAway(ws: Workspace): void {
  if (ws.engine.tool?.cancel?.()) return;
  take(ws, 'look');
}

/** Enter: a line that is drawn point by point is complete. */
export const finish = (ws: Workspace): void => (ws.engine.tool as (Tool & { finish?(): void }) | null)?.finish?.();
