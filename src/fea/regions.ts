import { OsteonError, type Vec3 } from '../base/index.ts';
import { cross, dot, norm, sub, unit } from '../math/index.ts';
import { type Box, type Bvh, bounds, buildBvh, closestPoint, type Mesh, pickTriangles } from '../mesh/index.ts';
import { type Boundary, faceCount, facesWhere, nodesPerFace } from './boundary.ts';
import { nodeAt, type TetMesh } from './tets.ts';

/** A part of the surface: the faces that meet every condition given. */
export interface Region {
  readonly box?: { readonly lo: Vec3; readonly hi: Vec3 };
  readonly sphere?: { readonly at: Vec3; readonly radiusMm: number };
  /** The side of a plane that its normal points to. */
  readonly plane?: { readonly at: Vec3; readonly normal: Vec3 };
  /** Not farther than this from a plane. */
  readonly slab?: { readonly at: Vec3; readonly normal: Vec3; readonly halfMm: number };
  /** Faces that look about this way. */
  readonly normal?: { readonly direction: Vec3; readonly withinDeg: number };
  /** Faces that look at another surface and are near it. */
  readonly facing?: { readonly surface: string; readonly withinMm: number };
  /** Faces on a named patch of the design: a piece of the part's own surface. */
  readonly patch?: { readonly surface: string; readonly withinMm: number };
}

export type Surfaces = Readonly<Record<string, Mesh>>;

/** @throws fea.no-surface */
export function surfaceOf(surfaces: Surfaces, name: string): Mesh {
  const surface = surfaces[name];
  if (surface) return surface;
  throw new OsteonError(
    'fea.no-surface',
    { surface: name },
    `Known surfaces: ${Object.keys(surfaces).join(', ') || 'none'}`,
  );
}

/** Prepared once for a mesh, asked for each region. */
export interface RegionFinder {
  /** @throws fea.empty-region, fea.no-surface */
  faces(name: string, region: Region): Uint32Array;
  /**
   * How firmly a place is in touch with the surface a region faces: 1 where they meet, falling with the gap to 0 where it
   * is as wide as the region allows. 1 everywhere for a region that faces nothing.
   * @throws fea.no-surface
   */
  touch(region: Region): (at: Vec3, outward: Vec3) => number;
}

export function regionFinder(mesh: TetMesh, boundary: Boundary, surfaces: Surfaces): RegionFinder {
  const trees = new Map<string, Bvh>();
  const part = bounds({ positions: mesh.positions, triangles: new Uint32Array(0) });
  const tree = (name: string, withinMm: number): Bvh => {
    const surface = surfaceOf(surfaces, name);
    const key = `${withinMm} ${name}`;
    const made = trees.get(key) ?? buildBvh(nearBox(surface, part, withinMm));
    trees.set(key, made);
    return made;
  };
  const places = Array.from({ length: faceCount(boundary) }, (_, f) => faceAt(mesh, boundary, f));
  return {
    faces(name, region) {
      const tests = testsOf(region, tree);
      const chosen = facesWhere(boundary, (f) => tests.every((test) => test(places[f].at, places[f].normal)));
      if (chosen.length === 0)
        throw new OsteonError(
          'fea.empty-region',
          { region: name },
          'No face of the part lies there; look at the numbers',
        );
      return chosen;
    },
    touch({ facing }) {
      if (!facing) return () => 1;
      const bvh = tree(facing.surface, facing.withinMm);
      return (at, outward) => {
        const near = closestPoint(bvh, at[0], at[1], at[2], facing.withinMm);
        if (!near) return 0;
        const inside = dot([near.x - at[0], near.y - at[1], near.z - at[2]], outward) < 0;
        return inside ? 1 : 1 - near.distanceMm / facing.withinMm;
      };
    },
  };
}

/** Triangles that anything in a box can be in touch with: a bone is much larger than a joint. */
function nearBox(surface: Mesh, { lo, hi }: Box, withinMm: number): Mesh {
  const { positions: p, triangles: t } = surface;
  const kept = pickTriangles(surface, (triangle) => {
    const [a, b, c] = [3 * t[3 * triangle], 3 * t[3 * triangle + 1], 3 * t[3 * triangle + 2]];
    for (let k = 0; k < 3; k++) {
      if (Math.max(p[a + k], p[b + k], p[c + k]) < lo[k] - withinMm) return false;
      if (Math.min(p[a + k], p[b + k], p[c + k]) > hi[k] + withinMm) return false;
    }
    return true;
  });
  return kept.triangles.length > 0 ? kept : surface;
}

/** Centre and outward unit normal between the corners. */
export function faceAt(mesh: TetMesh, boundary: Boundary, f: number): { at: Vec3; normal: Vec3 } {
  const per = nodesPerFace(boundary);
  const [a, b, c] = [0, 1, 2].map((k) => nodeAt(mesh, boundary.nodes[per * f + k]));
  return {
    at: [(a[0] + b[0] + c[0]) / 3, (a[1] + b[1] + c[1]) / 3, (a[2] + b[2] + c[2]) / 3],
    normal: unit(cross(sub(b, a), sub(c, a))),
  };
}

type Test = (at: Vec3, normal: Vec3) => boolean;

function testsOf(region: Region, tree: (name: string, withinMm: number) => Bvh): Test[] {
  const { box, sphere, plane, slab, normal, facing, patch } = region;
  const tests: Test[] = [];
  if (box) tests.push((at) => at.every((v, k) => v >= box.lo[k] && v <= box.hi[k]));
  if (sphere) tests.push((at) => norm(sub(at, sphere.at)) <= sphere.radiusMm);
  if (plane) tests.push((at) => dot(sub(at, plane.at), plane.normal) >= 0);
  if (slab) {
    const direction = unit(slab.normal);
    tests.push((at) => Math.abs(dot(sub(at, slab.at), direction)) <= slab.halfMm);
  }
  if (normal) {
    const direction = unit(normal.direction);
    const least = Math.cos((normal.withinDeg * Math.PI) / 180);
    tests.push((_, n) => dot(n, direction) >= least);
  }
  if (facing) {
    const bvh = tree(facing.surface, facing.withinMm);
    tests.push((at, n) => {
      const near = closestPoint(bvh, at[0], at[1], at[2], facing.withinMm);
      if (!near) return false;
      // Where the two touch or overlap, the other surface must look back.
      const way: Vec3 = [near.x - at[0], near.y - at[1], near.z - at[2]];
      const t = 3 * near.triangle;
      const other: Vec3 = [bvh.faceNormals[t], bvh.faceNormals[t + 1], bvh.faceNormals[t + 2]];
      return dot(n, other) < 0 || dot(n, way) > 0.5 * norm(way);
    });
  }
  if (patch) {
    const bvh = tree(patch.surface, patch.withinMm);
    tests.push((at) => closestPoint(bvh, at[0], at[1], at[2], patch.withinMm) !== null);
  }
  return tests;
}
