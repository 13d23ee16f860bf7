import { describe, expect, test } from 'vitest';
import {
  box,
  buildBvh,
  checkMesh,
  flipWinding,
  joinMeshes,
  type Mesh,
  meshIntersections,
  requireSolid,
  selfIntersections,
  sphere,
  torus,
  tube,
} from '../../src/mesh/index.ts';

const inwards = (m: Mesh): Mesh => ({ ...m, triangles: flipWinding(m.triangles) });

// Fixtures named after their defect.
const missingTriangle = (): Mesh => {
  const s = sphere(10, 2);
  return { ...s, triangles: s.triangles.slice(3) };
};
const flippedTriangle = (): Mesh => {
  const s = sphere(10, 2);
  const t = s.triangles.slice();
  [t[0], t[1]] = [t[1], t[0]];
  return { ...s, triangles: t };
};
const finOnEdge = (): Mesh => {
  const s = sphere(10, 2);
  const n = s.positions.length / 3;
  return {
    positions: Float64Array.of(...s.positions, 20, 20, 20),
    triangles: Uint32Array.of(...s.triangles, s.triangles[0], s.triangles[1], n),
  };
};
const cubesTouchingAtCorner = (): Mesh => {
  const both = joinMeshes([box([0, 0, 0], [1, 1, 1]), box([1, 1, 1], [2, 2, 2])]);
  return { ...both, triangles: both.triangles.map((v) => (v === 8 ? 7 : v)) };
};
const foldedPair = (): Mesh => ({
  positions: Float64Array.of(0, 0, 0, 1, 0, 0, 0.5, 1, 0, 0.4, 0.5, 0),
  triangles: Uint32Array.of(0, 1, 2, 1, 0, 3),
});

describe('a sound solid', () => {
  test('has the numbers of its shape', () => {
    for (const [mesh, genus] of [
      [sphere(10, 3), 0],
      [torus(10, 3, 40, 20), 1],
      [tube(5, 3, 8, 30), 1],
      [box([0, 0, 0], [1, 2, 3]), 0],
    ] as const) {
      const r = requireSolid(mesh);
      expect(r).toMatchObject({ closed: true, manifold: true, outward: true, solid: true, genus, components: 1 });
      expect(r.findings).toEqual([]);
    }
    const cube = checkMesh(box([0, 0, 0], [1, 2, 3]));
    expect([cube.volumeMm3, cube.areaMm2]).toEqual([6, 22]);
    expect(cube.quality.minAngleDeg).toBeCloseTo((Math.atan(1 / 3) * 180) / Math.PI, 9);
  });

  test('an equilateral triangle has aspect 1 and angles of 60°', () => {
    const mesh = {
      positions: Float64Array.of(0, 0, 0, 1, 0, 0, 0.5, Math.sqrt(3) / 2, 0),
      triangles: Uint32Array.of(0, 1, 2),
    };
    const { quality } = checkMesh(mesh);
    expect(quality.maxAspect).toBeCloseTo(1, 12);
    expect(quality.minAngleDeg).toBeCloseTo(60, 5);
  });

  test('cavities are shells of odd depth and must face inward', () => {
    const cavity = joinMeshes([sphere(10, 3), inwards(sphere(8, 3)), sphere(3, 2)]);
    expect(requireSolid(cavity).shells.map((s) => s.depth)).toEqual([0, 1, 2]);
    expect(() => requireSolid(joinMeshes([sphere(10, 3), sphere(8, 3)]))).toThrow('mesh.inside-out');
    expect(() => requireSolid(inwards(sphere(10, 3)))).toThrow('mesh.inside-out');
  });
});

describe('each defect is counted, coded and placed', () => {
  test('missing triangle', () => {
    expect(checkMesh(missingTriangle())).toMatchObject({ closed: false, boundaryEdges: 3, solid: false });
    expect(() => requireSolid(missingTriangle())).toThrow(/mesh.not-closed.*edges=3, xMm=/);
  });
  test('flipped triangle', () => {
    expect(checkMesh(flippedTriangle())).toMatchObject({ closed: true, inconsistentEdges: 3, outward: false });
    expect(() => requireSolid(flippedTriangle())).toThrow('mesh.inside-out');
  });
  test('fin on an edge', () => {
    expect(checkMesh(finOnEdge())).toMatchObject({ nonManifoldEdges: 1, manifold: false });
  });
  test('cubes that touch at a corner', () => {
    const report = checkMesh(cubesTouchingAtCorner());
    expect(report).toMatchObject({ nonManifoldEdges: 0, nonManifoldVertices: 1, manifold: false, closed: true });
    expect(report.shells.length).toBe(2);
    expect(() => requireSolid(cubesTouchingAtCorner())).toThrow(/mesh.not-manifold.*xMm=1, yMm=1, zMm=1/);
  });
  test('triangles without area', () => {
    const mesh = { positions: Float64Array.of(0, 0, 0, 1, 1, 1, 2, 2, 2), triangles: Uint32Array.of(0, 1, 2) };
    expect(checkMesh(mesh)).toMatchObject({ degenerateTriangles: 1 });
  });
  test('an empty mesh', () => {
    expect(() => checkMesh({ positions: new Float64Array(0), triangles: new Uint32Array(0) })).toThrow('mesh.empty');
  });
});

describe('self-intersections, exactly', () => {
  const pairsOf = (m: Mesh): number => selfIntersections(buildBvh(m)).length / 2;

  test('none on closed bodies, coplanar faces and all', () => {
    for (const m of [box([0, 0, 0], [1, 1, 1]), sphere(10, 4), torus(10, 3, 60, 30), tube(5, 3, 8, 50)])
      expect(pairsOf(m)).toBe(0);
  });
  test('two spheres through each other; the same pairs as between the two meshes', () => {
    const [a, b] = [sphere(10, 3), sphere(10, 3, [12, 0.3, 0.1])];
    const between = meshIntersections(buildBvh(a), buildBvh(b));
    const within = selfIntersections(buildBvh(joinMeshes([a, b])));
    expect(within.length).toBeGreaterThan(50);
    const n = a.triangles.length / 3;
    expect(within).toEqual(between.map((t, i) => (i % 2 === 0 ? t : t + n)));
  });
  test('a triangle folded onto its neighbour', () => {
    expect(pairsOf(foldedPair())).toBe(1);
    const open = foldedPair();
    open.positions[10] = -0.5;
    expect(pairsOf(open)).toBe(0);
    open.positions[10] = 0.5;
    open.positions[11] = 1e-300;
    expect(pairsOf(open)).toBe(0);
  });
  test('a triangle through its neighbour at one shared corner', () => {
    const p = [0, 0, 0, 2, 0, 0, 0, 2, 0, 0.5, 0.5, 1, 0.5, 0.5, -1];
    const mesh = { positions: Float64Array.from(p), triangles: Uint32Array.of(0, 1, 2, 0, 3, 4) };
    expect(pairsOf(mesh)).toBe(1);
    mesh.positions.set([3, 3, 1, 3, 3, -1], 9);
    expect(pairsOf(mesh)).toBe(1);
    mesh.positions.set([3, -3, 1, 3, -3, -1], 9);
    expect(pairsOf(mesh)).toBe(0);
  });
  test('touching counts, missing by the last bit does not', () => {
    const touch = (gap: number): number => {
      const a = { positions: Float64Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0), triangles: Uint32Array.of(0, 1, 2) };
      const p = Float64Array.of(0.25, 0.25, gap, 0.25, 0.5, 1, 0.5, 0.25, 1);
      return meshIntersections(buildBvh(a), buildBvh({ positions: p, triangles: a.triangles })).length;
    };
    expect(touch(0)).toBe(2);
    expect(touch(5e-324)).toBe(0);
    expect(touch(-5e-324)).toBe(2);
  });
  test('coplanar triangles: overlapping, touching at a corner, apart', () => {
    const pairs = (dx: number): number => {
      const a = { positions: Float64Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0), triangles: Uint32Array.of(0, 1, 2) };
      const b = { positions: a.positions.map((x, i) => (i % 3 === 0 ? x + dx : x)), triangles: a.triangles };
      return meshIntersections(buildBvh(a), buildBvh(b)).length / 2;
    };
    expect([pairs(0), pairs(0.5), pairs(1), pairs(1.0000001)]).toEqual([1, 1, 1, 0]);
  });
});
