import type { Side } from '../../base/index.ts';
import { mergeRegions, Neighbours } from '../merging.ts';
import { hipOf, PLACES, SACRUM } from './anchors.ts';
import type { PelvicId } from './names.ts';
import { borderShare, cutPieces, type PieceGraph, pieceGraph } from './piece-cut.ts';
import type { WalledFace } from './sheets.ts';

/** What is known of the pieces before they are put together; arrays run from piece 1. */
export interface PelvicPieces {
  readonly count: number;
  readonly faces: readonly WalledFace[];
  readonly volumesMm3: ArrayLike<number>;
  /** Places each piece is surely of, see anchors. */
  readonly anchors: ReadonlyMap<number, number>;
}

export interface HipPart {
  readonly pieces: readonly number[];
  /** Places that its pieces are surely of. */
  readonly places: number;
  readonly volumeMm3: number;
  /** What a person called it. */
  readonly name?: PelvicId;
}

/** The hip bone of one side as it was found. */
export interface FoundHip {
  readonly side: Side;
  /** Pieces of each part, the one that carries the sacro-iliac joint first, then by volume. */
  readonly parts: readonly HipPart[];
  /** Loose pieces too small to be fragments, which went with their neighbours. */
  readonly splinters: number;
}

export interface AssembledPelvis {
  readonly sacrum: readonly number[];
  readonly femora: Readonly<Record<Side, readonly number[]>>;
  readonly hips: Readonly<Record<Side, FoundHip>>;
}

export interface AssembleOptions {
  /** Pieces of a hip bone whose faces are gap for more than this part are apart. */
  readonly gapLimit?: number;
  /** A body that carries no column is a fragment if its faces are gap for more than this part. */
  readonly looseShare?: number;
  /** Smaller bodies without a place of their own go with their neighbours, mm³. */
  readonly leastFragmentMm3?: number;
  /** A cut through a hip bone is a fracture if what is solid of it is less than this part of the same cut through the other one … */
  readonly solidRatio?: number;
  /** … or less than twice that, and more than this part of the cut looks like a border. */
  readonly fractureShare?: number;
}
export const ASSEMBLE_DEFAULTS = {
  gapLimit: 0.45,
  looseShare: 0.65,
  leastFragmentMm3: 1200,
  /** Cuts through whole hip bones reach 0.4, at 1.2 mm 0.66. */
  fractureShare: 0.6,
  solidRatio: 0.25,
} as const satisfies Required<AssembleOptions>;

const SIDES = ['left', 'right'] as const;

/**
 * Puts pieces together to bones: bones of different places are parted where that cuts the least solid bone, then each hip
 * bone falls into parts that hang together.
 * @cost some tens of milliseconds
 */
export function assemblePelvis(pieces: PelvicPieces, options: AssembleOptions = {}): AssembledPelvis {
  const graph = pieceGraph(pieces.faces, pieces.count);
  const places = (i: number) => pieces.anchors.get(i) ?? 0;
  const boneOf = new Int32Array(pieces.count + 1);
  const bones = [SACRUM, PLACES.left.femur, PLACES.right.femur, hipOf('left'), hipOf('right')];
  bones.forEach((bits, k) => {
    const { first } = cutPieces(
      graph,
      (i) => (places(i) & bits) !== 0,
      (i) => (places(i) & ~bits) !== 0,
    );
    for (const i of first) if (boneOf[i] === 0) boneOf[i] = k + 1;
  });
  attachRest(pieces, boneOf);
  const of = (k: number): number[] => {
    const out: number[] = [];
    for (let i = 1; i <= pieces.count; i++) if (boneOf[i] === k) out.push(i);
    return out;
  };
  const rules = { ...ASSEMBLE_DEFAULTS, ...options };
  const solids = SIDES.map((_, s) => solidCuts(pieces, graph, of(4 + s)));
  const hip = (s: 0 | 1): FoundHip => partHip(pieces, graph, SIDES[s], of(4 + s), solids[1 - s], rules);
  return { sacrum: of(1), femora: { left: of(2), right: of(3) }, hips: { left: hip(0), right: hip(1) } };
}

/** What is in no bone goes with the neighbour it has the most solid bone in common with, unless a gap is all around it. */
function attachRest({ faces, count }: PelvicPieces, boneOf: Int32Array): void {
  const border = faces.map((f) => ({ a: f.a, b: f.b, areaMm2: f.areaMm2, gapMm2: f.areaMm2 * borderShare(f) }));
  const of = boneOf.slice();
  const merges = mergeRegions(new Neighbours(border, count), count, {
    gapLimit: 0.8,
    mayMerge: (a, b) => of[a] === 0 || of[b] === 0,
    onMerge: ({ a, b }) => {
      of[a] ||= of[b];
    },
  });
  for (let k = merges.length - 1; k >= 0; k--) {
    const { a, b } = merges[k];
    of[b] ||= of[a];
  }
  for (let i = 1; i <= count; i++) boneOf[i] = of[i];
}

/** The places of a hip bone that fractures of the acetabulum part from each other. */
type Column = 'wing' | 'pubis' | 'ischium';
const COLUMNS: readonly Column[] = ['wing', 'pubis', 'ischium'];
const bitsOf = (column: Column): number => PLACES.left[column] | PLACES.right[column];

/** Solid bone in the cut that parts each column from the other two, mm². */
function solidCuts(pieces: PelvicPieces, graph: PieceGraph, mine: readonly number[]): number[] {
  const inside = new Set(mine);
  const others = (c: Column) => COLUMNS.reduce((m, o) => (o === c ? m : m | bitsOf(o)), 0);
  const has = (i: number, bits: number) => ((pieces.anchors.get(i) ?? 0) & bits) !== 0;
  return COLUMNS.map((c) => {
    const { areaMm2, borderMm2 } = cutPieces(
      graph,
      (i) => inside.has(i) && has(i, bitsOf(c)),
      (i) => inside.has(i) && has(i, others(c)),
      (i) => inside.has(i),
    );
    return areaMm2 - borderMm2;
  });
}

function partHip(
  pieces: PelvicPieces,
  graph: PieceGraph,
  side: Side,
  mine: readonly number[],
  otherSolid: readonly number[],
  rules: Required<AssembleOptions>,
): FoundHip {
  const { count, anchors, volumesMm3 } = pieces;
  const body = bodiesOf(pieces, mine, rules.gapLimit);
  const places = (i: number) => anchors.get(i) ?? 0;
  // Bodies with several columns: is there a fracture between them that no gap runs all through?
  for (const root of new Set(body.values())) {
    const inside = new Set(mine.filter((i) => body.get(i) === root));
    const terminals = terminalsOf(inside, places);
    if (terminals.length < 2) continue;
    for (const [k, t] of terminals.entries()) {
      const others = terminals.filter((o) => o !== t);
      const cut = cutPieces(
        graph,
        (i) => t.pieces.has(i) && inside.has(i),
        (i) => others.some((o) => o.pieces.has(i)) && inside.has(i),
        (i) => inside.has(i),
      );
      const solid = cut.areaMm2 - cut.borderMm2;
      const column = COLUMNS.indexOf(t.column);
      const share = cut.borderMm2 / cut.areaMm2;
      const other = otherSolid[column];
      const isBroken =
        other > 0
          ? solid < rules.solidRatio * other || (share > rules.fractureShare && solid < 2 * rules.solidRatio * other)
          : share > rules.fractureShare;
      if (isBroken && k > 0) for (const i of cut.first) if (inside.has(i)) body.set(i, count + 1 + 16 * root + k);
    }
  }
  const groups = new Map<number, number[]>();
  for (const i of mine) {
    const list = groups.get(body.get(i)!);
    if (list) list.push(i);
    else groups.set(body.get(i)!, [i]);
  }
  const parts = [...groups.values()].map((list) => ({
    pieces: list,
    places: list.reduce((m, i) => m | places(i), 0),
    volumeMm3: list.reduce((v, i) => v + volumesMm3[i], 0),
  }));
  const splinters = joinSplinters(pieces, parts, rules);
  for (const column of COLUMNS) {
    const carrier = carrierOf(column, parts, pieces);
    for (const part of parts) if (part !== carrier) part.places &= ~bitsOf(column);
  }
  const wing = PLACES[side].wing;
  const rank = (p: (typeof parts)[number]) => ((p.places & wing) !== 0 ? 1e9 : 0) + p.volumeMm3;
  parts.sort((p, q) => rank(q) - rank(p));
  return { side, splinters, parts };
}

/** Columns of one body as terminals of cuts, the ilium first. */
function terminalsOf(
  inside: ReadonlySet<number>,
  places: (i: number) => number,
): { readonly column: Column; readonly pieces: ReadonlySet<number> }[] {
  return COLUMNS.map((column) => ({
    column,
    pieces: new Set([...inside].filter((i) => (places(i) & bitsOf(column)) !== 0)),
  })).filter((t) => t.pieces.size > 0);
}

/** The body of each piece of one hip bone, as the number of a piece in it. */
function bodiesOf({ faces, count }: PelvicPieces, mine: readonly number[], gapLimit: number): Map<number, number> {
  const inside = new Set(mine);
  const border = faces
    .filter((f) => inside.has(f.a) && inside.has(f.b))
    .map(({ a, b, areaMm2, gapMm2 }) => ({ a, b, areaMm2, gapMm2 }));
  const into = new Map(mine.map((i) => [i, i]));
  mergeRegions(new Neighbours(border, count), count, {
    gapLimit,
    onMerge: ({ a, b }) => {
      into.set(b, a);
    },
  });
  const root = (i: number): number => (into.get(i) === i ? i : root(into.get(i)!));
  return new Map(mine.map((i) => [i, root(i)]));
}

interface Part {
  pieces: number[];
  places: number;
  volumeMm3: number;
}

/** The part with most of a column, undefined where none holds any. */
function carrierOf(
  column: Column,
  parts: readonly Part[],
  { anchors, volumesMm3 }: Pick<PelvicPieces, 'anchors' | 'volumesMm3'>,
): Part | undefined {
  const of = (p: Part) =>
    p.pieces.reduce((v, i) => (((anchors.get(i) ?? 0) & bitsOf(column)) !== 0 ? v + volumesMm3[i] : v), 0);
  let best: Part | undefined;
  for (const p of parts) if (of(p) > (best ? of(best) : 0)) best = p;
  return best;
}

/**
 * Puts bodies that are no fragments with the neighbour they have the most bone in common with: what is small, and what
 * holds none of the three columns or only a bit of one and is not gap nearly all around.
 * @returns how many
 */
function joinSplinters(
  { faces, anchors, volumesMm3 }: PelvicPieces,
  parts: Part[],
  rules: Required<AssembleOptions>,
): number {
  let joined = 0;
  // The body with most of a column is one, however small.
  const carriers = new Set<Part>();
  for (const column of COLUMNS) {
    const carrier = carrierOf(column, parts, { anchors, volumesMm3 });
    if (carrier) carriers.add(carrier);
  }
  const kept = new Set<Part>();
  for (;;) {
    const splinter = parts.filter((p) => !carriers.has(p) && !kept.has(p)).sort((p, q) => p.volumeMm3 - q.volumeMm3)[0];
    if (!splinter || parts.length === 1) return joined;
    const inside = new Set(splinter.pieces);
    const partOf = new Map(parts.flatMap((p) => p.pieces.map((i) => [i, p] as const)));
    const shared = new Map<Part, { areaMm2: number; gapMm2: number }>();
    for (const f of faces) {
      if (inside.has(f.a) === inside.has(f.b)) continue;
      const other = partOf.get(inside.has(f.a) ? f.b : f.a);
      if (!other) continue;
      const sum = shared.get(other) ?? { areaMm2: 0, gapMm2: 0 };
      shared.set(other, { areaMm2: sum.areaMm2 + f.areaMm2, gapMm2: sum.gapMm2 + f.gapMm2 });
    }
    const solid = (c: { areaMm2: number; gapMm2: number }) => 1.001 * c.areaMm2 - c.gapMm2;
    const [best, contact] = [...shared].sort((a, b) => solid(b[1]) - solid(a[1]))[0] ?? [
      parts[parts[0] === splinter ? 1 : 0],
      undefined,
    ];
    const isLoose = !contact || contact.gapMm2 > rules.looseShare * contact.areaMm2;
    if (splinter.volumeMm3 >= rules.leastFragmentMm3 && isLoose) {
      kept.add(splinter);
      continue;
    }
    best.pieces.push(...splinter.pieces);
    best.places |= splinter.places;
    best.volumeMm3 += splinter.volumeMm3;
    parts.splice(parts.indexOf(splinter), 1);
    // It may now hang together with more.
    kept.delete(best);
    joined++;
  }
}
