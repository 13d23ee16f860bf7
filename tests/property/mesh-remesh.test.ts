import { describe, expect, test } from 'vitest';
import {
  box,
  checkMesh,
  cylinder,
  joinMeshes,
  type Mesh,
  remesh,
  sphere,
  subdivide,
  topologyOf,
  torus,
  tube,
  volumeMm3,
} from '../../src/mesh/index.ts';

function edgeLengthsMm({ positions: p, triangles: t }: Mesh): number[] {
  const out: number[] = [];
  for (let i = 0; i < t.length; i++) {
    const a = 3 * t[i];
    const b = 3 * t[i % 3 === 2 ? i - 2 : i + 1];
    if (a < b) out.push(Math.hypot(p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]));
  }
  return out;
}

const bodies: [string, Mesh, number][] = [
  ['sphere', sphere(10, 4), 0],
  ['torus', torus(12, 4, 90, 40), 1],
  ['torus with long thin triangles', torus(12, 4, 400, 10), 1],
  ['two spheres', joinMeshes([sphere(5, 3), sphere(4, 3, [20, 0, 0])]), -1],
];

describe('remeshing', () => {
  for (const [name, mesh, genus] of bodies)
    for (const edgeMm of [0.6, 1.5])
      test(`${name} at ${edgeMm} mm stays closed, manifold and in place, with even edges`, () => {
        const { mesh: out, maxDeviationMm, volumeAfterMm3, volumeBeforeMm3 } = remesh(mesh, { edgeMm });
        expect(topologyOf(out)).toMatchObject({
          boundaryEdges: 0,
          nonManifoldEdges: 0,
          inconsistentEdges: 0,
          euler: 2 - 2 * genus,
        });
        expect(Math.abs(volumeAfterMm3 / volumeBeforeMm3 - 1)).toBeLessThan(0.09 * edgeMm * edgeMm);
        // A chord of this length on the tightest curve of these bodies (radius 4 mm) is off by edge² / 8 r; a triangle by more.
        expect(maxDeviationMm).toBeLessThan((edgeMm * edgeMm) / 8 + 0.06);
        const lengths = edgeLengthsMm(out).sort((a, b) => a - b);
        expect(lengths[Math.floor(lengths.length / 100)]).toBeGreaterThan(0.55 * edgeMm);
        expect(lengths[Math.floor(lengths.length * 0.99)]).toBeLessThan(1.45 * edgeMm);
      });

  test('needles are cut up across, not lengthwise for ever', () => {
    // A cylinder of 256 sides has triangles 0.12 mm wide and 30 mm long.
    const { mesh, maxDeviationMm } = remesh(cylinder(5, 30, 256), { edgeMm: 0.8, sharpDeg: 60 });
    const { solid, degenerateTriangles, quality } = checkMesh(mesh);
    expect({ solid, degenerateTriangles }).toEqual({ solid: true, degenerateTriangles: 0 });
    expect(quality.meanMinAngleDeg).toBeGreaterThan(48);
    expect(quality.meanEdgeMm).toBeCloseTo(0.8, 1);
    expect(maxDeviationMm).toBeLessThan(0.03);
  });

  test('the edges of a box, a cylinder and a tube are kept where asked for', () => {
    for (const body of [subdivide(box([0, 0, 0], [10, 8, 6])), cylinder(5, 9, 64), tube(6, 3, 5, 64)]) {
      const { mesh, volumeBeforeMm3, maxDeviationMm } = remesh(body, { edgeMm: 1, sharpDeg: 40 });
      expect(topologyOf(mesh)).toMatchObject({ boundaryEdges: 0, nonManifoldEdges: 0, inconsistentEdges: 0 });
      expect(Math.abs(volumeMm3(mesh) / volumeBeforeMm3 - 1)).toBeLessThan(0.01);
      expect(maxDeviationMm).toBeLessThan(0.08);
    }
    const cube = remesh(box([0, 0, 0], [10, 8, 6]), { edgeMm: 1, sharpDeg: 40 }).mesh;
    expect(volumeMm3(cube)).toBeCloseTo(480, 9);
  });

  test('the same input gives the same bytes, and the input is not changed', () => {
    const mesh = torus(12, 4, 60, 30);
    const copy = structuredClone(mesh);
    expect(remesh(mesh, { edgeMm: 1 })).toEqual(remesh(mesh, { edgeMm: 1 }));
    expect(mesh).toEqual(copy);
  });

  test('an open mesh is refused, with the place', () => {
    const s = sphere(10, 2);
    const open = { ...s, triangles: s.triangles.slice(3) };
    expect(() => remesh(open, { edgeMm: 1 })).toThrow(/mesh.not-closed.*xMm/);
  });
});
