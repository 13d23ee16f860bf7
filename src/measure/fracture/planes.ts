import type { LpsTransform, Vec3 } from '../../base/index.ts';
import { add, apply, applyLinear, distance, dot, invert, norm, scale, sub, unit } from '../../math/index.ts';
import { closestPoint, type Mesh, sectionLoops, transformMesh } from '../../mesh/index.ts';
import type { LaidOut } from './patches.ts';
import type { Site } from './sites.ts';

export const SLICE_PLANES = ['axial', 'coronal', 'sagittal'] as const;
export type SlicePlane = (typeof SLICE_PLANES)[number];

/** What a surgeon reads off one slice: the worst fracture line in it. */
export interface SliceGap {
  readonly plane: SlicePlane;
  /** Place of the slice along its normal (x sagittal, y coronal, z axial), LPS mm. */
  readonly atMm: number;
  readonly gapMm: number;
  readonly stepMm: number;
  /** Every place where the slice crosses a fracture line of the joint surface. */
  readonly crossings: readonly Crossing[];
}

export interface Crossing {
  readonly a: string;
  readonly b: string;
  readonly gapMm: number;
  readonly stepMm: number;
  /** The two edges of the joint surface, LPS mm. */
  readonly edgeA: Vec3;
  readonly edgeB: Vec3;
}

const NORMALS: Record<SlicePlane, Vec3> = { axial: [0, 0, 1], coronal: [0, 1, 0], sagittal: [1, 0, 0] };
/** An end of an outline belongs to a fracture where, in the reduced pose, the neighbour's joint surface is this near, mm. */
const EDGE_MM = 2.5;
/** Shorter outlines have no direction, mm; the direction is that of the last stretch of this length. */
const STRETCH_MM = 3;
/** Edges farther apart than this are not the two sides of one fracture line, mm. */
const FAR_MM = 60;

/** A slice at less than this to a fracture does not show it (sine): 20°. It would draw any gap out threefold. */
const LEAST_SLANT = 0.34;
/** The fracture face that an edge belongs to lies within this, mm. */
const SITE_MM = 5;

/** Joint surfaces as they lie when measured. */
export interface SlicedPiece {
  readonly piece: LaidOut;
  readonly sites: readonly Site[];
  readonly patch: Mesh | null;
  readonly back: LpsTransform;
}

export const readyToSlice = (pieces: readonly LaidOut[], sites: readonly (readonly Site[])[]): SlicedPiece[] =>
  pieces.map((piece, i) => ({
    piece,
    sites: sites[i],
    patch: piece.patch ? transformMesh(piece.moved, piece.patch.mesh) : null,
    back: invert(piece.moved),
  }));

/**
 * Gap and step-off in one slice, as read off a screen: where the outline of the joint surface of one piece ends at a
 * fracture and that of the neighbour begins, the way between the two ends is split along the outline (gap) and across it
 * (step-off). Traced bone is rounded at its edges: an edge is drawn out to where, in the reduced pose, the faces meet.
 * A fracture that runs along the slice is not seen in it, as on a screen.
 * @returns null where the slice crosses no fracture line of the joint surface
 */
export function sliceGap(pieces: readonly SlicedPiece[], plane: SlicePlane, atMm: number): SliceGap | null {
  const normal = NORMALS[plane];
  const ends = pieces.map((p) => endsOf(p, pieces, scale(normal, atMm), normal));
  const crossings: Crossing[] = [];
  for (let i = 0; i < pieces.length; i++)
    for (let j = i + 1; j < pieces.length; j++) {
      const a = ends[i].filter((e) => e.neighbour === j);
      const b = ends[j].filter((e) => e.neighbour === i);
      for (const e of a) {
        const f = nearestEnd(e, b);
        if (!f || nearestEnd(f, a) !== e || distance(e.point, f.point) > FAR_MM) continue;
        crossings.push({ a: pieces[i].piece.name, b: pieces[j].piece.name, ...apart(e, f) });
      }
    }
  if (crossings.length === 0) return null;
  const worst = (of: (c: Crossing) => number) => crossings.reduce((m, c) => Math.max(m, of(c)), 0);
  return { plane, atMm, gapMm: worst((c) => c.gapMm), stepMm: worst((c) => c.stepMm), crossings };
}

/** End of an outline of the joint surface at a fracture. */
interface End {
  readonly point: Vec3;
  /** Unit, out of the piece along its outline. */
  readonly outward: Vec3;
  readonly neighbour: number;
  /** In the reduced pose: its place, the way across the fracture and how steeply the outline runs along it. */
  readonly home: Vec3;
  readonly across: Vec3;
  readonly slant: number;
  /** Half the distance to the neighbour's rim there, and the distance of the faces below. mm. */
  readonly roundedMm: number;
  readonly apartMm: number;
}

function endsOf(own: SlicedPiece, all: readonly SlicedPiece[], point: Vec3, normal: Vec3): End[] {
  const out: End[] = [];
  for (const { points, closed } of own.patch ? sectionLoops(own.patch, point, normal) : []) {
    if (closed) continue;
    for (const reverse of [false, true]) {
      const end = endAt(points, reverse);
      if (end) out.push(...met(end, own, all));
    }
  }
  return out;
}

/** The end once for each neighbour that it meets in the reduced pose. */
function met(end: Pick<End, 'point' | 'outward'>, own: SlicedPiece, all: readonly SlicedPiece[]): End[] {
  const home = apply(own.back, end.point);
  const outward = applyLinear(own.back, end.outward);
  return all.flatMap((other, neighbour) => {
    if (other === own || !other.piece.patch) return [];
    const rim = closestPoint(other.piece.patch, home[0], home[1], home[2], EDGE_MM);
    const site = nearestSite(own.sites, home, neighbour);
    if (!rim || !site) return [];
    const across = unit(site.across);
    const slant = dot(across, outward);
    if (slant < LEAST_SLANT) return [];
    const roundedMm = dot(sub([rim.x, rim.y, rim.z], home), across) / 2;
    return [{ ...end, home, across, slant, roundedMm, apartMm: dot(sub(site.q, site.p), across), neighbour }];
  });
}

function nearestSite(sites: readonly Site[], home: Vec3, neighbour: number): Site | null {
  let best: Site | null = null;
  let least = SITE_MM;
  for (const s of sites) {
    if (s.neighbour !== neighbour) continue;
    const d = distance(s.p, home);
    if (d < least) {
      least = d;
      best = s;
    }
  }
  return best;
}

function endAt(points: Float64Array, reverse: boolean): Pick<End, 'point' | 'outward'> | null {
  const n = points.length / 3;
  const nth = (k: number): Vec3 => {
    const i = 3 * (reverse ? n - 1 - k : k);
    return [points[i], points[i + 1], points[i + 2]];
  };
  const point = nth(0);
  let sum: Vec3 = [0, 0, 0];
  let run = 0;
  for (let k = 1; k < n; k++) {
    const [from, to] = [nth(k - 1), nth(k)];
    const length = distance(from, to);
    // Directions to the end from all along the stretch: a mean that one jagged triangle does not turn.
    sum = add(sum, scale(sub(point, scale(add(from, to), 0.5)), length));
    run += length;
    if (run >= STRETCH_MM) return { point, outward: unit(sum) };
  }
  return null;
}

function nearestEnd(e: End, others: readonly End[]): End | null {
  let best: End | null = null;
  for (const o of others) if (!best || distance(e.point, o.point) < distance(e.point, best.point)) best = o;
  return best;
}

/** Two ends whose places in the reduced pose are this near are the two sides of one spot, mm. */
const ONE_SPOT_MM = 4;

function apart(e: End, f: End): Omit<Crossing, 'a' | 'b'> {
  const between = sub(f.home, e.home);
  const [edgeA, edgeB] =
    norm(between) < ONE_SPOT_MM
      ? [drawnOut(e, dot(between, e.across) / 2), drawnOut(f, -dot(between, f.across) / 2)]
      : [drawnOut(e, e.roundedMm), drawnOut(f, f.roundedMm)];
  const v = sub(edgeB, edgeA);
  const t = unit(sub(e.outward, f.outward));
  const along = dot(v, t);
  return { gapMm: Math.max(0, along), stepMm: norm(sub(v, scale(t, along))), edgeA, edgeB };
}

/** The edge where it would be if it were sharp: faces that are apart in the reduced pose keep their distance. */
const drawnOut = ({ point, outward, slant, apartMm }: End, roundedMm: number): Vec3 =>
  add(point, scale(outward, (roundedMm - apartMm / 2) / slant));
