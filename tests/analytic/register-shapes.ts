import { createNormal, createRng, type Vec3 } from '../../src/base/index.ts';
import { unit } from '../../src/math/index.ts';
import { createMesh, type Mesh, vertexNormals } from '../../src/mesh/index.ts';

/** Unit sphere from an icosahedron, every triangle cut in four `levels` times: 20 · 4^levels triangles. */
export function icosphere(levels: number, radiusMm = 1): Mesh {
  const g = (1 + Math.sqrt(5)) / 2;
  const points: Vec3[] = [];
  for (const a of [-1, 1]) for (const b of [-g, g]) points.push(unit([a, b, 0]), unit([0, a, b]), unit([b, 0, a]));
  let triangles: [number, number, number][] = [];
  for (let i = 0; i < 12; i++)
    for (let j = i + 1; j < 12; j++)
      for (let k = j + 1; k < 12; k++)
        if (near(points[i], points[j]) && near(points[j], points[k]) && near(points[i], points[k]))
          triangles.push(outward(points, [i, j, k]));
  for (let l = 0; l < levels; l++) {
    const middle = new Map<number, number>();
    const between = (a: number, b: number) => {
      const key = Math.min(a, b) * 1e6 + Math.max(a, b);
      const found = middle.get(key);
      if (found !== undefined) return found;
      const [p, q] = [points[a], points[b]];
      middle.set(key, points.push(unit([p[0] + q[0], p[1] + q[1], p[2] + q[2]])) - 1);
      return points.length - 1;
    };
    triangles = triangles.flatMap(([a, b, c]) => {
      const [d, e, f] = [between(a, b), between(b, c), between(c, a)];
      return [
        [a, d, f],
        [d, b, e],
        [f, e, c],
        [d, e, f],
      ] as [number, number, number][];
    });
  }
  return createMesh(
    Float64Array.from(points.flat(), (x) => x * radiusMm),
    Uint32Array.from(triangles.flat()),
  );
}

const near = (p: Vec3, q: Vec3) => p[0] * q[0] + p[1] * q[1] + p[2] * q[2] > 0.4;

function outward(p: Vec3[], [i, j, k]: [number, number, number]): [number, number, number] {
  const [a, b, c] = [p[i], p[j], p[k]];
  const det =
    a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
  return det > 0 ? [i, j, k] : [i, k, j];
}

/** Every direction d of a unit sphere goes to place(d). */
export const shaped = (levels: number, place: (d: Vec3) => Vec3): Mesh => {
  const { positions, triangles } = icosphere(levels);
  const out = new Float64Array(positions.length);
  for (let i = 0; i < out.length; i += 3) out.set(place([positions[i], positions[i + 1], positions[i + 2]]), i);
  return createMesh(out, triangles);
};

/** Point of the lumpy body in a unit direction. */
export function lumpyPoint([x, y, z]: Vec3): Vec3 {
  const lump = (c: Vec3, size: number, height: number) => {
    const [u, v, w] = unit(c);
    return height * Math.exp((x * u + y * v + z * w - 1) / size);
  };
  const r =
    1 +
    lump([1, 0.3, 0.2], 0.08, 0.22) +
    lump([-0.4, 1, 0.5], 0.12, 0.18) +
    lump([-0.8, -0.5, 0.6], 0.06, 0.15) -
    lump([0.2, -0.9, -0.5], 0.15, 0.2) +
    lump([0.1, 0.2, -1], 0.05, 0.12);
  return [28 * r * x, 21 * r * y, 17 * r * z];
}

/** A smooth closed body about 60 × 44 × 36 mm without any symmetry, like a small bone: lumps, a saddle and a beak. */
export const lumpyBody = (levels = 5): Mesh => shaped(levels, lumpyPoint);

export function box([w, d, h]: Vec3, [x, y, z]: Vec3 = [0, 0, 0]): Mesh {
  const p = [];
  for (const k of [0, h]) for (const j of [0, d]) for (const i of [0, w]) p.push(x + i, y + j, z + k);
  const quads = [
    [0, 2, 3, 1],
    [4, 5, 7, 6],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 4, 6, 2],
    [1, 3, 7, 5],
  ];
  return createMesh(Float64Array.from(p), Uint32Array.from(quads.flatMap(([a, b, c, e]) => [a, b, c, a, c, e])));
}

/** Every vertex moved along its normal by Gaussian noise. */
export function noisy(mesh: Mesh, sdMm: number, seed: number): Mesh {
  const normal = createNormal(createRng(seed));
  const n = vertexNormals(mesh);
  const p = mesh.positions.slice();
  for (let i = 0; i < p.length; i += 3) {
    const d = sdMm * normal();
    for (let k = 0; k < 3; k++) p[i + k] += d * n[i + k];
  }
  return createMesh(p, mesh.triangles);
}

/** Two closed meshes as one. */
export function together(a: Mesh, b: Mesh): Mesh {
  const n = a.positions.length / 3;
  return createMesh(
    Float64Array.from([...a.positions, ...b.positions]),
    Uint32Array.from([...a.triangles, ...b.triangles.map((i) => i + n)]),
  );
}
