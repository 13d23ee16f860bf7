import { OsteonError, type Vec3 } from '../base/index.ts';
import { cross } from '../math/index.ts';
import { buildEdges, halfEdgeTwins, type Mesh } from '../mesh/index.ts';
import { type Curve, commonCurve, follows, planeCurve, risesAlong } from './step-curves.ts';
import { ontoRound, type RoundSurface, roundNormal, roundRegions } from './step-rounds.ts';

/** A boundary representation: faces on planes and round surfaces, edges shared by exactly two of them. */
export interface Brep {
  /** Positions by vertex; only those that edges name are used. */
  readonly positions: Float64Array;
  readonly edges: readonly BrepEdge[];
  readonly faces: readonly BrepFace[];
}

export interface BrepEdge {
  readonly from: number;
  readonly to: number;
  readonly curve: Curve;
  /** The curve's own direction runs from `from` to `to`. */
  readonly rises: boolean;
}

export interface BrepFace {
  readonly surface:
    | RoundSurface
    | { readonly kind: 'plane'; readonly at: Vec3; readonly normal: Vec3; readonly along: Vec3 };
  /** The surface's own normal points out of the body. */
  readonly outward: boolean;
  /** Rounds of edges, the face on their left seen from outside; the longest first. */
  readonly loops: readonly (readonly { readonly edge: number; readonly forward: boolean }[])[];
}

/** A facet less high than this is taken into its neighbour: its own plane would be noise, mm. */
const SLIVER_MM = 2e-4;

/**
 * Faces of a closed mesh: one for each facet, and one for each half of a round surface that its facets stand for. Corners
 * of facets on a round surface are moved onto it, and edges between a facet and a round surface are the true curve in
 * which they cut, so everything lies where it says.
 * @requires closed manifold mesh with outward faces
 * @throws mesh.not-closed
 */
export function brepOf(mesh: Mesh, rounds: readonly RoundSurface[]): Brep {
  const t = mesh.triangles;
  const twins = halfEdgeTwins(mesh, buildEdges(mesh));
  if (twins.includes(-1)) throw new OsteonError('mesh.not-closed', { halfEdge: twins.indexOf(-1) });
  const { region, roundOf } = regionsOf(mesh, rounds, twins);
  const isRound = (r: number) => roundOf[r] >= 0;
  const surfaceOf = (r: number) => rounds[roundOf[r]];
  const positions = ontoRounds(mesh, region, (r) => (isRound(r) ? surfaceOf(r) : null));
  const regionAt = (h: number) => region[(h / 3) | 0];
  const next = (h: number) => (h % 3 === 2 ? h - 2 : h + 1);
  const onBorder = (h: number) => regionAt(h) !== regionAt(twins[h]);
  const merges = mergeable(mesh, region, isRound);
  const planes = planesOf(positions, mesh, region, isRound);
  const at = (v: number): Vec3 => [positions[3 * v], positions[3 * v + 1], positions[3 * v + 2]];

  const edges: BrepEdge[] = [];
  const edgeOf = new Int32Array(t.length).fill(-1);
  const forward = new Uint8Array(t.length);
  /** One edge for a run of half-edges, seen from both sides; one for each where no curve runs through all of it. */
  const makeEdge = (run: readonly number[]): void => {
    const corners = [...run.map((h) => t[h]), t[next(run[run.length - 1])]];
    const way = corners.map(at);
    const curve = curveOf(regionAt(run[0]), regionAt(twins[run[0]]), way[0], way[way.length - 1]);
    if (run.length > 1 && !follows(curve, way)) {
      for (const h of run) makeEdge([h]);
      return;
    }
    for (const h of run) {
      edgeOf[h] = edges.length;
      forward[h] = 1;
      edgeOf[twins[h]] = edges.length;
    }
    edges.push({ from: corners[0], to: corners[corners.length - 1], curve, rises: risesAlong(curve, way) });
  };
  const curveOf = (a: number, b: number, from: Vec3, to: Vec3): Curve => {
    if (isRound(a) && isRound(b)) return commonCurve(surfaceOf(a), surfaceOf(b), from, to);
    if (isRound(a)) return planeCurve(surfaceOf(a), planes.get(b)!.normal, from, to);
    if (isRound(b)) return planeCurve(surfaceOf(b), planes.get(a)!.normal, from, to);
    return { kind: 'line' };
  };

  const loops = new Map<number, { edge: number; forward: boolean }[][]>();
  const seen = new Uint8Array(t.length);
  for (let first = 0; first < t.length; first++) {
    if (seen[first] || !onBorder(first)) continue;
    const round: number[] = [];
    for (let h = first; !seen[h]; ) {
      seen[h] = 1;
      round.push(h);
      h = next(h);
      while (!onBorder(h)) h = next(twins[h]);
    }
    for (const run of runsOf(round, (h) => merges[t[h]] === 1)) if (edgeOf[run[0]] < 0) makeEdge(run);
    const r = regionAt(first);
    if (!loops.has(r)) loops.set(r, []);
    const before = (i: number) => round[(i + round.length - 1) % round.length];
    const heads = round.filter((h, i) => edgeOf[h] !== edgeOf[before(i)]);
    loops.get(r)!.push(heads.map((h) => ({ edge: edgeOf[h], forward: forward[h] === 1 })));
  }
  const faces = [...loops]
    .sort(([a], [b]) => a - b)
    .map(([r, list]): BrepFace => {
      list.sort((a, b) => b.length - a.length);
      if (!isRound(r)) return { surface: { kind: 'plane', ...planes.get(r)! }, outward: true, loops: list };
      return { surface: surfaceOf(r), outward: facesOut(mesh, region, r, surfaceOf(r)), loops: list };
    });
  return { positions, edges, faces };
}

/**
 * A number for each face to be: connected pieces of the halves of round surfaces, and facets; slivers share their
 * neighbour's. `roundOf` says which round surface a number belongs to, −1 for a facet.
 */
function regionsOf(
  mesh: Mesh,
  rounds: readonly RoundSurface[],
  twins: Int32Array,
): { readonly region: Int32Array; readonly roundOf: readonly number[] } {
  const region = roundRegions(mesh, rounds);
  for (let i = 0; i < region.length; i++) region[i] = region[i] > 0 ? region[i] - 1 : 2 * rounds.length + i;
  const slivers: number[] = [];
  for (let i = 0; i < region.length; i++) {
    const { height, longest } = shapeOf(mesh, i);
    if (height < SLIVER_MM && region[i] >= 2 * rounds.length) slivers.push(longest);
  }
  // A sliver may lie beside another one: a few rounds hand the number of a true facet on.
  for (let round = 0; round < 8; round++) for (const h of slivers) region[(h / 3) | 0] = region[(twins[h] / 3) | 0];
  const pieces = new Int32Array(region.length).fill(-1);
  const roundOf: number[] = [];
  for (let first = 0; first < region.length; first++) {
    if (pieces[first] >= 0) continue;
    pieces[first] = roundOf.length;
    const part = [first];
    for (let k = 0; k < part.length; k++)
      for (let h = 3 * part[k]; h < 3 * part[k] + 3; h++) {
        const other = (twins[h] / 3) | 0;
        if (pieces[other] >= 0 || region[other] !== region[first]) continue;
        pieces[other] = roundOf.length;
        part.push(other);
      }
    roundOf.push(region[first] < 2 * rounds.length ? region[first] >> 1 : -1);
  }
  return { region: pieces, roundOf };
}

/** Height over the longest side, mm, and the half-edge of that side. */
function shapeOf({ positions: p, triangles: t }: Mesh, i: number): { height: number; longest: number } {
  let longest = 3 * i;
  let most = -1;
  const sides = [0, 1, 2].map((k) => {
    const [a, b] = [3 * t[3 * i + k], 3 * t[3 * i + ((k + 1) % 3)]];
    const side: Vec3 = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
    const length = Math.hypot(side[0], side[1], side[2]);
    if (length > most) {
      most = length;
      longest = 3 * i + k;
    }
    return side;
  });
  const n = cross(sides[0], sides[1]);
  return { height: most > 0 ? Math.hypot(n[0], n[1], n[2]) / most : 0, longest };
}

function ontoRounds(
  { positions, triangles: t }: Mesh,
  region: Int32Array,
  surfaceOf: (r: number) => RoundSurface | null,
): Float64Array {
  const out = positions.slice();
  const moved = new Uint8Array(positions.length / 3);
  for (let i = 0; i < t.length; i++) {
    const surface = surfaceOf(region[(i / 3) | 0]);
    if (!surface || moved[t[i]]) continue;
    moved[t[i]] = 1;
    const v = 3 * t[i];
    out.set(ontoRound(surface, [out[v], out[v + 1], out[v + 2]]), v);
  }
  return out;
}

/** 1 at vertices between exactly two round regions: their border runs on there without a corner. */
function mergeable({ positions, triangles: t }: Mesh, region: Int32Array, isRound: (r: number) => boolean): Uint8Array {
  const n = positions.length / 3;
  const one = new Int32Array(n).fill(-1);
  const two = new Int32Array(n).fill(-1);
  const out = new Uint8Array(n).fill(1);
  for (let i = 0; i < t.length; i++) {
    const v = t[i];
    const r = region[(i / 3) | 0];
    if (!isRound(r)) out[v] = 0;
    if (one[v] < 0 || one[v] === r) one[v] = r;
    else if (two[v] < 0 || two[v] === r) two[v] = r;
    else out[v] = 0;
  }
  return out;
}

/** Half-edges of a round cut where their first vertex is a corner; a round without corners is cut in two. */
function runsOf(round: readonly number[], merged: (h: number) => boolean): number[][] {
  const start = round.findIndex((h) => !merged(h));
  if (start < 0) {
    const half = round.length >> 1;
    return [round.slice(0, half), round.slice(half)];
  }
  const runs: number[][] = [];
  for (const h of [...round.slice(start), ...round.slice(0, start)])
    if (merged(h)) runs[runs.length - 1].push(h);
    else runs.push([h]);
  return runs;
}

function planesOf(p: Float64Array, { triangles: t }: Mesh, region: Int32Array, isRound: (r: number) => boolean) {
  const out = new Map<number, { at: Vec3; normal: Vec3; along: Vec3 }>();
  const areas = new Map<number, number>();
  for (let i = 0; i < region.length; i++) {
    if (isRound(region[i])) continue;
    const [a, b, c] = [3 * t[3 * i], 3 * t[3 * i + 1], 3 * t[3 * i + 2]];
    const u: Vec3 = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
    const n = cross(u, [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]]);
    const area = Math.hypot(n[0], n[1], n[2]);
    if (out.has(region[i]) && area <= (areas.get(region[i]) ?? 0)) continue;
    const length = Math.hypot(u[0], u[1], u[2]);
    areas.set(region[i], area);
    out.set(region[i], {
      at: [p[a], p[a + 1], p[a + 2]],
      normal: [n[0] / area, n[1] / area, n[2] / area],
      along: [u[0] / length, u[1] / length, u[2] / length],
    });
  }
  return out;
}

/** Whether the facets of a region look the way the surface's own normal does. */
function facesOut({ positions: p, triangles: t }: Mesh, region: Int32Array, r: number, s: RoundSurface): boolean {
  let sum = 0;
  for (let i = 0; i < region.length; i++) {
    if (region[i] !== r) continue;
    const [a, b, c] = [3 * t[3 * i], 3 * t[3 * i + 1], 3 * t[3 * i + 2]];
    const n = cross(
      [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]],
      [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]],
    );
    const m = [0, 1, 2].map((k) => (p[a + k] + p[b + k] + p[c + k]) / 3) as unknown as Vec3;
    const w = roundNormal(s, m);
    sum += n[0] * w[0] + n[1] * w[1] + n[2] * w[2];
  }
  return sum > 0;
}
