import type { WalledFace } from './sheets.ts';

/** Faces with this part of gap and more cost nothing to cut; less of it costs more, and area counts. */
const ALL_GAP = 0.95;
/** Faces with this part of wall and more cost nothing either; the first part is met within bones. Steps of voxels hide half. */
const WALL = [0.12, 0.45] as const;
/** Capacities are whole numbers of this part of a mm². */
const UNIT = 100;

export interface PieceCut {
  /** Pieces on the side of the first terminals. */
  readonly first: ReadonlySet<number>;
  /** Area of the cut and the part of it that looks like the border of a bone, mm². */
  readonly areaMm2: number;
  readonly borderMm2: number;
}

/** Faces between pieces, for cuts; made once. */
export interface PieceGraph {
  readonly count: number;
  /** First arc of each piece in the arrays that follow, from index 0; arcs come in pairs, 2k and 2k + 1. */
  readonly arcsOf: readonly (readonly number[])[];
  readonly to: Int32Array;
  readonly capacity: Int32Array;
  readonly faces: readonly WalledFace[];
}

/** How much a face looks like the border of a bone, 0 to 1: gap, or a wall. */
export function borderShare({ areaMm2, gapMm2, wallMm2 }: WalledFace): number {
  const wall = (wallMm2 / areaMm2 - WALL[0]) / (WALL[1] - WALL[0]);
  return Math.max(0, Math.min(1, Math.max(gapMm2 / areaMm2 / ALL_GAP, wall)));
}

/** @param count pieces are numbered from 1 to it */
export function pieceGraph(faces: readonly WalledFace[], count: number): PieceGraph {
  const arcsOf: number[][] = Array.from({ length: count + 1 }, () => []);
  const to = new Int32Array(2 * faces.length);
  const capacity = new Int32Array(2 * faces.length);
  faces.forEach((f, k) => {
    to[2 * k] = f.b;
    to[2 * k + 1] = f.a;
    arcsOf[f.a].push(2 * k);
    arcsOf[f.b].push(2 * k + 1);
    const solid = 1 - borderShare(f);
    capacity[2 * k] = capacity[2 * k + 1] = Math.round(UNIT * f.areaMm2 * solid * solid);
  });
  return { count, arcsOf, to, capacity, faces };
}

/**
 * Parts the pieces so that the first terminals lie on one side and the second on the other, through as little solid bone
 * as possible. Of equally good cuts the one nearest to the second terminals: what hangs on nobody is the first's.
 * @param isOpen pieces that take part; the others are left out
 * @source maximum flow by shortest ways: Edmonds and Karp 1972, in phases: Dinic 1970
 * @cost some milliseconds for a thousand pieces
 */
export function cutPieces(
  { count, arcsOf, to, capacity, faces }: PieceGraph,
  isFirst: (piece: number) => boolean,
  isSecond: (piece: number) => boolean,
  isOpen: (piece: number) => boolean = () => true,
): PieceCut {
  const left = capacity.slice();
  const level = new Int32Array(count + 1);
  const at = new Int32Array(count + 1);
  const sinks = Uint8Array.from({ length: count + 1 }, (_, i) => (i > 0 && isSecond(i) ? 1 : 0));
  const sources: number[] = [];
  for (let i = 1; i <= count; i++) if (isFirst(i) && sinks[i] === 0) sources.push(i);
  const open = Uint8Array.from({ length: count + 1 }, (_, i) => (i > 0 && isOpen(i) ? 1 : 0));
  const measure = (): boolean => {
    level.fill(-1);
    const queue = sources.slice();
    for (const i of queue) level[i] = 0;
    let reached = false;
    for (let k = 0; k < queue.length; k++) {
      const i = queue[k];
      if (sinks[i] === 1) {
        reached = true;
        continue;
      }
      for (const e of arcsOf[i]) {
        const j = to[e];
        if (left[e] === 0 || level[j] >= 0 || open[j] === 0) continue;
        level[j] = level[i] + 1;
        queue.push(j);
      }
    }
    return reached;
  };
  const push = (i: number, most: number): number => {
    if (sinks[i] === 1) return most;
    for (; at[i] < arcsOf[i].length; at[i]++) {
      const e = arcsOf[i][at[i]];
      const j = to[e];
      if (left[e] === 0 || level[j] !== level[i] + 1) continue;
      const sent = push(j, Math.min(most, left[e]));
      if (sent === 0) continue;
      left[e] -= sent;
      left[e ^ 1] += sent;
      return sent;
    }
    return 0;
  };
  while (measure()) {
    at.fill(0);
    for (const s of sources) while (push(s, 2 ** 30) > 0);
  }
  const first = new Set<number>();
  for (let i = 1; i <= count; i++) if (level[i] >= 0) first.add(i);
  let areaMm2 = 0;
  let borderMm2 = 0;
  for (const f of faces) {
    if (first.has(f.a) === first.has(f.b) || open[f.a] === 0 || open[f.b] === 0) continue;
    areaMm2 += f.areaMm2;
    borderMm2 += f.areaMm2 * borderShare(f);
  }
  return { first, areaMm2, borderMm2 };
}
