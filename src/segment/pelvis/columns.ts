import type { Side, Vec3 } from '../../base/index.ts';
import { distance } from '../../math/index.ts';
import { growBox, type Volume, type VoxelBox } from '../../volume/index.ts';
import { blockOf } from '../block.ts';
import type { Levels } from '../levels.ts';
import { boxesOf, type Pieces } from '../separate.ts';
import { PLACES } from './anchors.ts';
import type { FoundHip, HipPart } from './assemble.ts';
import { type PelvicFrame, placeIn } from './frame.ts';
import { cutHip, type HipGraph, hipGraph, type Terminal } from './hairline.ts';
import type { PelvicId } from './names.ts';

export interface ColumnsOptions {
  /** A cut through less solid bone than this part of the same cut through the other hip bone is a fracture. */
  readonly solidRatio?: number;
}
export const COLUMNS_DEFAULTS = {
  solidRatio: 0.5,
} as const satisfies Required<ColumnsOptions>;

/** A point stands for what lies this near to it, mm. */
const SEED_MM = 4;

export interface ColumnSearch {
  readonly frame: PelvicFrame;
  readonly ct: Volume<'hu'>;
  readonly levels: Levels;
  /** Points of a person in fragments of this side. */
  readonly seeds: ReadonlyMap<PelvicId, Vec3>;
}

export interface PartedHip {
  readonly hip: FoundHip;
  readonly pieces: Pieces;
}

interface ColumnTerminal extends Terminal {
  /** The place that its part then has. */
  readonly place: number;
  /** Which column of the other hip bone it is compared with; −1 for none. */
  readonly column: number;
  readonly name?: PelvicId;
}

/**
 * Looks for fractures whose faces touch in the parts of a hip bone that still hold several columns, or several points: the
 * cheapest cut between them, voxel by voxel. It is believed where it passes much less solid bone than the same cut through
 * the other hip bone, whose texture and noise are the same, or where a person set points.
 * @cost 3 s for a part, and as much for the other hip bone
 */
export function partColumns(
  broken: FoundHip,
  healthy: FoundHip,
  pieces: Pieces,
  search: ColumnSearch,
  options: ColumnsOptions = {},
): PartedHip {
  const { solidRatio } = { ...COLUMNS_DEFAULTS, ...options };
  const seen = terminalsOf(broken.side, search);
  let reference: readonly number[] | undefined;
  const parts: HipPart[] = [];
  let now = pieces;
  for (const part of broken.parts) {
    // Columns that another part carries are no matter here; one column alone, without a point, is not looked at.
    const mine = seen.filter((t) => t.name !== undefined || (t.place & part.places) !== 0);
    if (mine.length < 2 && search.seeds.size === 0) {
      parts.push(part);
      continue;
    }
    const graph = graphOf(part.pieces, now, search, mine);
    const present = mine.map((_, t) => t).filter((t) => graph.terminal.includes(t));
    const named = present.map((t) => mine[t].name).find((n) => n !== undefined);
    if (present.length < 2) {
      parts.push(named ? { ...part, name: named } : part);
      continue;
    }
    reference ??= columnCosts(healthy, now, search);
    const open = new Uint8Array(graph.terminal.length).fill(1);
    const partOf = new Uint8Array(graph.terminal.length);
    let rest = present;
    const found: number[][] = [];
    for (const t of present) {
      if (rest.length < 2) break;
      const { side, solidMm2 } = cutHip(graph, t, open);
      const { name, column } = mine[t];
      const isBroken = name !== undefined || (column >= 0 && solidMm2 < solidRatio * reference[column]);
      if (!isBroken) continue;
      found.push([t]);
      rest = rest.filter((o) => o !== t);
      for (let n = 0; n < side.length; n++)
        if (side[n] === 1) {
          partOf[n] = found.length;
          open[n] = 0;
        }
    }
    const split = splitPieces(part.pieces, now, graph, partOf, found.length);
    now = split.pieces;
    [rest, ...found].forEach((terminals, k) => {
      const name = terminals.map((t) => mine[t].name).find((n) => n !== undefined);
      const volumeMm3 = split.volumesMm3[k];
      // What no cut took stays with the terminals that are left.
      const places = terminals.reduce((m, t) => m | mine[t].place, 0);
      parts.push({ pieces: split.lists[k], places, volumeMm3, ...(name && { name }) });
    });
  }
  const wing = PLACES[broken.side].wing;
  const rank = (p: HipPart) => ((p.places & wing) !== 0 ? 1e9 : 0) + p.volumeMm3;
  return { hip: { ...broken, parts: parts.sort((p, q) => rank(q) - rank(p)) }, pieces: now };
}

/** The columns away from the cup, where they are sure, with the points of a person; then points in other fragments. */
function terminalsOf(side: Side, { frame, seeds }: Pick<ColumnSearch, 'frame' | 'seeds'>): ColumnTerminal[] {
  const { wing, blade, pubis, ischium } = PLACES[side];
  const columns: readonly { readonly id: PelvicId; readonly place: number; readonly holds: (at: Vec3) => boolean }[] = [
    { id: `${side}-ilium`, place: wing, holds: ([, behind, above]) => above > 65 && behind > 40 },
    {
      id: `${side}-anterior-column`,
      place: pubis,
      holds: ([lateral, behind]) => Math.abs(lateral) < 28 && behind < 26,
    },
    { id: `${side}-posterior-column`, place: ischium, holds: ([, behind, above]) => behind > 60 && above < -15 },
  ];
  const near = (seed: Vec3 | undefined) => (p: Vec3) => seed !== undefined && distance(seed, p) < SEED_MM;
  const out: ColumnTerminal[] = [];
  // Points first: what lies near one is of it, wherever that is.
  for (const [id, seed] of seeds)
    if (!columns.some((c) => c.id === id)) out.push({ name: id, place: blade, column: -1, holds: near(seed) });
  columns.forEach(({ id, place, holds }, column) => {
    const isNear = near(seeds.get(id));
    const isOthers = [...seeds].filter(([o]) => o !== id).map(([, seed]) => near(seed));
    out.push({
      place,
      column,
      ...(seeds.has(id) && { name: id }),
      holds: (p) => isNear(p) || (holds(placeIn(frame, p)) && !isOthers.some((o) => o(p))),
    });
  });
  return out;
}

/** Solid bone in the cuts that part each column of a whole hip bone from the other two, mm². */
function columnCosts(hip: FoundHip, pieces: Pieces, search: ColumnSearch): number[] {
  const columns = terminalsOf(hip.side, { ...search, seeds: new Map() });
  const list = hip.parts.flatMap((p) => p.pieces);
  const graph = graphOf(list, pieces, search, columns);
  const open = new Uint8Array(graph.terminal.length).fill(1);
  return columns.map((_, t) => cutHip(graph, t, open).solidMm2);
}

function graphOf(
  list: readonly number[],
  { of, grey, count }: Pieces,
  { ct, levels }: ColumnSearch,
  terminals: readonly Terminal[],
): HipGraph {
  const block = blockOf(ct.grid);
  const isMine = new Uint8Array(count + 1);
  for (const i of list) isMine[i] = 1;
  const boxes = boxesOf(of, block, count);
  const lo = [0, 1, 2].map((k) => Math.min(...list.map((i) => boxes[6 * i + k]))) as unknown as Vec3;
  const hi = [3, 4, 5].map((k) => Math.max(...list.map((i) => boxes[6 * i + k])) + 1) as unknown as Vec3;
  const box: VoxelBox = { lo, hi };
  return hipGraph((i) => isMine[of[i]] === 1, growBox(box, [2, 2, 2], ct.grid.size), grey, ct.grid, levels, terminals);
}

/** Pieces cut along the parts of their nodes; part 0 keeps the numbers. */
function splitPieces(list: readonly number[], pieces: Pieces, graph: HipGraph, partOf: Uint8Array, parts: number) {
  const { box, step, node, blocks } = graph;
  const { grid } = pieces.moments;
  const { nx, ny, spacing } = blockOf(grid);
  const of = pieces.of.slice();
  const cut = [...pieces.moments.cut];
  const isMine = new Set(list);
  const fresh = new Map<number, number>();
  const lists: number[][] = [[...list], ...Array.from({ length: parts }, () => [])];
  const voxels = new Float64Array(parts + 1);
  for (let z = box.lo[2]; z < box.hi[2]; z++)
    for (let y = box.lo[1]; y < box.hi[1]; y++)
      for (let x = box.lo[0]; x < box.hi[0]; x++) {
        const i = (z * ny + y) * nx + x;
        const piece = of[i];
        if (piece === 0 || !isMine.has(piece)) continue;
        const [u, v, w] = [x, y, z].map((k, a) => Math.floor((k - box.lo[a]) / step));
        const n = node[(w * blocks.ny + v) * blocks.nx + u];
        const part = n < 0 ? 0 : partOf[n];
        voxels[part]++;
        if (part === 0) continue;
        const key = piece * 16 + part;
        let id = fresh.get(key);
        if (id === undefined) {
          id = cut.push(cut[piece]) - 1;
          fresh.set(key, id);
          lists[part].push(id);
        }
        of[i] = id;
      }
  const cell = spacing[0] * spacing[1] * spacing[2];
  const moments = { ...pieces.moments, cut: Uint8Array.from(cut) };
  return {
    pieces: { ...pieces, of, count: cut.length - 1, moments },
    lists,
    volumesMm3: Array.from(voxels, (n) => n * cell),
  };
}
