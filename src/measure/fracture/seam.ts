import type { Vec3 } from '../../base/index.ts';
import { add, cross, dot, norm, scale, sub, unit } from '../../math/index.ts';
import {
  type Bvh,
  buildBvh,
  buildEdges,
  castRay,
  type Mesh,
  signedDistances,
  sphere,
  vertexNeighbours,
} from '../../mesh/index.ts';
import { AROUND_MM, type Joint } from './patches.ts';

/** A short piece of the line in which two pieces meet below the joint surface, in the reduced pose. */
export interface Seam {
  /** Numbers of the pieces, a < b. */
  readonly a: number;
  readonly b: number;
  /** Its middle, mm. */
  readonly at: Vec3;
  /** Out of the bone. */
  readonly out: Vec3;
  /** Across the seam along the joint surface, from a to b; as long as the seam, mm. */
  readonly way: Vec3;
}

/** What the pieces are parted on: the joint surface seen from the centre of the joint, and bone with the floor of its fossa. */
export interface JointBone {
  readonly surface: Mesh;
  readonly bone: readonly Bvh[];
}

/** The seam is looked for this far below the joint surface, mm: under edges that a scan rounds, above thin walls' ends. */
export const DEPTH_MM = 2.5;
/** 20 480 triangles; edges of 1 mm on a socket. */
const LEVELS = 5;
/**
 * Closes gaps up to twice as many edges wide: those that rounded edges leave along a fracture, and the fossa, whose border
 * with the joint surface is nowhere sharp: lines are followed through it.
 */
const CLOSE_STEPS = 10;
/** Where no piece is nearer than this, bone is missing, mm. */
const MISSING_MM = 5;
/** A piece farther away takes no part, mm. */
const FAR_MM = 8;

/**
 * Where each two pieces meet: a shell below the joint surface is parted among the pieces, each place to the one it lies
 * deepest in or nearest to; seams are the borders. Neither edges rounded by a scan nor a dented joint surface move them.
 * @cost a ray and a distance to each piece for the 10 000 vertices of the shell that lie under it
 */
export function seamsOf(trees: readonly Bvh[], { surface, bone }: JointBone, joint: Joint): Seam[] {
  const shell = sphere(1, LEVELS);
  const { points, under } = below(shell, buildBvh(surface), bone, joint);
  const count = under.length;
  const asked = Array.from(under.keys()).filter((v) => under[v]);
  const at = Float64Array.from(asked.flatMap((v) => [points[3 * v], points[3 * v + 1], points[3 * v + 2]]));
  const depths = trees.map((tree) => {
    const all = new Float64Array(count).fill(FAR_MM);
    signedDistances(tree, at, { limitMm: FAR_MM }).forEach((d, s) => {
      if (!Number.isNaN(d)) all[asked[s]] = d;
    });
    return all;
  });
  const owner = new Int32Array(count).fill(-1);
  for (const v of asked)
    depths.forEach((d, i) => {
      if (d[v] < MISSING_MM && (owner[v] < 0 || d[v] < depths[owner[v]][v])) owner[v] = i;
    });
  return borders(shell, points, depths, owner, joint.centreMm);
}

/** Vertices of a unit sphere, laid below the joint surface, or the floor of the fossa, that they see it through. */
function below(shell: Mesh, surface: Bvh, bone: readonly Bvh[], { centreMm: c, radiusMm }: Joint) {
  const u = shell.positions;
  const count = u.length / 3;
  const ray = (tree: Bvh, v: number): number =>
    castRay(tree, c, [u[3 * v], u[3 * v + 1], u[3 * v + 2]], radiusMm + AROUND_MM)?.distanceMm ?? Infinity;
  const seen = Float64Array.from({ length: count }, (_, v) => ray(surface, v));
  const under = closed(
    shell,
    Uint8Array.from(seen, (r) => (r < Infinity ? 1 : 0)),
  );
  const points = new Float64Array(u.length);
  for (let v = 0; v < count; v++) {
    if (!under[v]) continue;
    const r = Math.min(seen[v], ...(seen[v] < Infinity ? [] : bone.map((tree) => ray(tree, v))));
    if (r === Infinity) under[v] = 0;
    else for (let k = 0; k < 3; k++) points[3 * v + k] = c[k] + (r + DEPTH_MM) * u[3 * v + k];
  }
  return { points, under };
}

/** Grown along the edges, then shrunk as much. */
function closed(shell: Mesh, seen: Uint8Array): Uint8Array {
  const { start, items } = vertexNeighbours(shell, buildEdges(shell));
  let set = seen;
  for (const to of [1, 0])
    for (let step = 0; step < CLOSE_STEPS; step++) {
      const next = set.slice();
      for (let v = 0; v < set.length; v++)
        if (set[v] !== to && items.subarray(start[v], start[v + 1]).some((n) => set[n] === to)) next[v] = to;
      set = next;
    }
  return set;
}

/** Borders between the vertices of different owners, cut where both are equally near. */
function borders(
  { triangles: t }: Mesh,
  points: Float64Array,
  depths: readonly Float64Array[],
  owner: Int32Array,
  centre: Vec3,
): Seam[] {
  const out: Seam[] = [];
  const vertex = (v: number): Vec3 => [points[3 * v], points[3 * v + 1], points[3 * v + 2]];
  const crossing = (v: number, w: number): Vec3 => {
    const [i, j] = [depths[owner[v]], depths[owner[w]]];
    const [f, g] = [j[v] - i[v], i[w] - j[w]];
    const share = f + g > 0 ? f / (f + g) : 0.5;
    return add(scale(vertex(v), 1 - share), scale(vertex(w), share));
  };
  const put = (v: number, w: number, from: Vec3, to: Vec3): void => {
    const at = scale(add(from, to), 0.5);
    const outward = unit(sub(centre, at));
    const side = cross(sub(to, from), outward);
    const [a, b] = owner[v] < owner[w] ? [v, w] : [w, v];
    const way = dot(side, sub(vertex(b), vertex(a))) < 0 ? scale(side, -1) : side;
    out.push({ a: owner[a], b: owner[b], at, out: outward, way });
  };
  for (let i = 0; i < t.length; i += 3) {
    const corners = [t[i], t[i + 1], t[i + 2]];
    if (corners.some((v) => owner[v] < 0)) continue;
    const cut = [0, 1, 2]
      .map((k) => [corners[k], corners[(k + 1) % 3]] as const)
      .filter(([v, w]) => owner[v] !== owner[w])
      .map(([v, w]) => ({ v, w, at: crossing(v, w) }));
    if (cut.length === 2) put(cut[0].v, cut[0].w, cut[0].at, cut[1].at);
    if (cut.length === 3) {
      const middle = scale(
        cut.reduce<Vec3>((s, c) => add(s, c.at), [0, 0, 0]),
        1 / 3,
      );
      for (const { v, w, at } of cut) put(v, w, at, middle);
    }
  }
  return out.filter((s) => norm(s.way) > 0);
}
