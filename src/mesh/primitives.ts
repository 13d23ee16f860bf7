import type { Vec3 } from '../base/index.ts';
import type { Mesh } from './mesh.ts';

/**
 * Bodies with closed-form volume and area, for tests and `verify`. All are closed, manifold and outward.
 * Curved ones have their vertices on the true surface, so their volume is a little below the true one.
 */

/** Box between two corners, 12 triangles. */
export function box(lo: Vec3, hi: Vec3): Mesh {
  const positions = new Float64Array(24);
  for (let i = 0; i < 8; i++) {
    positions[3 * i] = i & 1 ? hi[0] : lo[0];
    positions[3 * i + 1] = i & 2 ? hi[1] : lo[1];
    positions[3 * i + 2] = i & 4 ? hi[2] : lo[2];
  }
  const quads = [0, 2, 3, 1, 4, 5, 7, 6, 0, 1, 5, 4, 2, 6, 7, 3, 0, 4, 6, 2, 1, 3, 7, 5];
  return { positions, triangles: trianglesOfQuads(quads) };
}

/** Sphere: an icosahedron whose triangles are cut in four `levels` times; 20 · 4^levels triangles. */
export function sphere(radiusMm: number, levels: number, centre: Vec3 = [0, 0, 0]): Mesh {
  const g = (1 + Math.sqrt(5)) / 2;
  const corners = [-1, g, 0, 1, g, 0, -1, -g, 0, 1, -g, 0, 0, -1, g, 0, 1, g, 0, -1, -g, 0, 1, -g];
  corners.push(g, 0, -1, g, 0, 1, -g, 0, -1, -g, 0, 1);
  let mesh: Mesh = {
    positions: Float64Array.from(corners),
    triangles: Uint32Array.of(
      ...[0, 11, 5, 0, 5, 1, 0, 1, 7, 0, 7, 10, 0, 10, 11, 1, 5, 9, 5, 11, 4, 11, 10, 2, 10, 7, 6, 7, 1, 8],
      ...[3, 9, 4, 3, 4, 2, 3, 2, 6, 3, 6, 8, 3, 8, 9, 4, 9, 5, 2, 4, 11, 6, 2, 10, 8, 6, 7, 9, 8, 1],
    ),
  };
  for (let level = 0; level < levels; level++) mesh = subdivide(mesh);
  const p = mesh.positions;
  for (let i = 0; i < p.length; i += 3) {
    const s = radiusMm / Math.sqrt(p[i] * p[i] + p[i + 1] * p[i + 1] + p[i + 2] * p[i + 2]);
    for (let k = 0; k < 3; k++) p[i + k] = centre[k] + s * p[i + k];
  }
  return mesh;
}

/** Every triangle cut in four at the middles of its edges: the same surface, four times the triangles. */
export function subdivide({ positions, triangles }: Mesh): Mesh {
  const points = Array.from(positions);
  const middles = new Map<number, number>();
  const n = positions.length / 3;
  const middle = (a: number, b: number): number => {
    const key = a < b ? a * n + b : b * n + a;
    let m = middles.get(key);
    if (m === undefined) {
      m = points.length / 3;
      for (let k = 0; k < 3; k++) points.push((positions[3 * a + k] + positions[3 * b + k]) / 2);
      middles.set(key, m);
    }
    return m;
  };
  const out = new Uint32Array(4 * triangles.length);
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = [triangles[i], triangles[i + 1], triangles[i + 2]];
    const [ab, bc, ca] = [middle(a, b), middle(b, c), middle(c, a)];
    out.set([a, ab, ca, b, bc, ab, c, ca, bc, ab, bc, ca], 4 * i);
  }
  return { positions: Float64Array.from(points), triangles: out };
}

/** Cylinder about z from z = 0 to `heightMm`; caps are fans about their centres. */
export function cylinder(radiusMm: number, heightMm: number, sides: number): Mesh {
  const points: number[] = [];
  for (const z of [0, heightMm])
    for (let i = 0; i < sides; i++) {
      const a = (2 * Math.PI * i) / sides;
      points.push(radiusMm * Math.cos(a), radiusMm * Math.sin(a), z);
    }
  points.push(0, 0, 0, 0, 0, heightMm);
  const out: number[] = [];
  for (let i = 0; i < sides; i++) {
    const j = (i + 1) % sides;
    out.push(i, j, sides + j, i, sides + j, sides + i, 2 * sides, j, i, 2 * sides + 1, sides + i, sides + j);
  }
  return { positions: Float64Array.from(points), triangles: Uint32Array.from(out) };
}

/** Tube about z: a cylinder with a coaxial hole. Genus 1. */
export function tube(outerMm: number, innerMm: number, heightMm: number, sides: number): Mesh {
  const profile: [r: number, z: number][] = [
    [outerMm, 0],
    [outerMm, heightMm],
    [innerMm, heightMm],
    [innerMm, 0],
  ];
  return revolve(profile, sides);
}

/** Torus about z: radius `majorMm` to the middle of a tube of radius `minorMm`. Volume 2π²Rr², area 4π²Rr. */
export function torus(majorMm: number, minorMm: number, around: number, across: number): Mesh {
  const profile: [number, number][] = [];
  for (let i = 0; i < across; i++) {
    const a = (2 * Math.PI * i) / across;
    profile.push([majorMm + minorMm * Math.cos(a), minorMm * Math.sin(a)]);
  }
  return revolve(profile, around);
}

/** A closed profile (radius, z), counter-clockwise, turned about z. */
function revolve(profile: readonly (readonly [r: number, z: number])[], around: number): Mesh {
  const n = profile.length;
  const points: number[] = [];
  const quads: number[] = [];
  for (let i = 0; i < around; i++) {
    const a = (2 * Math.PI * i) / around;
    for (const [r, z] of profile) points.push(r * Math.cos(a), r * Math.sin(a), z);
    const next = (i + 1) % around;
    for (let j = 0; j < n; j++) {
      const k = (j + 1) % n;
      quads.push(i * n + j, next * n + j, next * n + k, i * n + k);
    }
  }
  return { positions: Float64Array.from(points), triangles: trianglesOfQuads(quads) };
}

function trianglesOfQuads(quads: readonly number[]): Uint32Array {
  const out: number[] = [];
  for (let i = 0; i < quads.length; i += 4)
    out.push(quads[i], quads[i + 1], quads[i + 2], quads[i], quads[i + 2], quads[i + 3]);
  return Uint32Array.from(out);
}

/** Several meshes as one, vertices kept apart. */
export function joinMeshes(meshes: readonly Mesh[]): Mesh {
  const positions = new Float64Array(meshes.reduce((s, m) => s + m.positions.length, 0));
  const triangles = new Uint32Array(meshes.reduce((s, m) => s + m.triangles.length, 0));
  let vertex = 0;
  let corner = 0;
  for (const m of meshes) {
    positions.set(m.positions, 3 * vertex);
    for (let i = 0; i < m.triangles.length; i++) triangles[corner++] = m.triangles[i] + vertex;
    vertex += m.positions.length / 3;
  }
  return { positions, triangles };
}
