import type { Mesh } from '../mesh/index.ts';

/** Points that cover a surface, each with the area it stands for and its triangle's outward unit normal. */
export interface SurfacePoints {
  readonly points: Float64Array;
  readonly normals: Float64Array;
  readonly areasMm2: Float64Array;
}

/**
 * Every triangle cut into n² equal ones with edges of at most `spacingMm`, a point in the middle of each; then every
 * vertex, standing for no area, so that corners count in a maximum and not in a mean.
 * @cost O(area / spacing² + triangles)
 */
export function coverSurface({ positions: p, triangles: t }: Mesh, spacingMm: number): SurfacePoints {
  let count = p.length / 3;
  const cuts = new Uint32Array(t.length / 3);
  for (let i = 0; i < cuts.length; i++) {
    const n = Math.max(1, Math.ceil(longestEdgeMm(p, t, i) / spacingMm));
    cuts[i] = n;
    count += n * n;
  }
  const points = new Float64Array(3 * count);
  const normals = new Float64Array(3 * count);
  const areasMm2 = new Float64Array(count);
  let out = 0;
  for (let i = 0; i < cuts.length; i++) {
    const n = cuts[i];
    const a = 3 * t[3 * i];
    const b = 3 * t[3 * i + 1];
    const c = 3 * t[3 * i + 2];
    const normal = faceNormal(p, a, b, c);
    // Row r has cells pointing up (r − s of them) and down; their middles in units of a third of a cell.
    for (let r = 0; r < n; r++)
      for (let s = 0; s < 2 * (n - r) - 1; s++) {
        const k = s >> 1;
        const third = s & 1 ? 2 : 1;
        const u = (k + third / 3) / n;
        const v = (r + third / 3) / n;
        for (let x = 0; x < 3; x++) {
          points[3 * out + x] = p[a + x] + u * (p[b + x] - p[a + x]) + v * (p[c + x] - p[a + x]);
          normals[3 * out + x] = normal[x];
        }
        areasMm2[out++] = normal[3] / (n * n);
      }
    for (const vertex of [a, b, c])
      for (let x = 0; x < 3; x++) normals[3 * (count - p.length / 3) + vertex + x] += normal[x] * normal[3];
  }
  points.set(p, 3 * out);
  for (let i = 3 * out; i < normals.length; i += 3) {
    const s =
      Math.sqrt(normals[i] * normals[i] + normals[i + 1] * normals[i + 1] + normals[i + 2] * normals[i + 2]) || 1;
    for (let x = 0; x < 3; x++) normals[i + x] /= s;
  }
  return { points, normals, areasMm2 };
}

function longestEdgeMm(p: Float64Array, t: Uint32Array, i: number): number {
  let longest = 0;
  for (let k = 0; k < 3; k++) {
    const a = 3 * t[3 * i + k];
    const b = 3 * t[3 * i + ((k + 1) % 3)];
    const x = p[b] - p[a];
    const y = p[b + 1] - p[a + 1];
    const z = p[b + 2] - p[a + 2];
    longest = Math.max(longest, x * x + y * y + z * z);
  }
  return Math.sqrt(longest);
}

/** Unit normal and area. */
function faceNormal(p: Float64Array, a: number, b: number, c: number): [number, number, number, number] {
  const ux = p[b] - p[a];
  const uy = p[b + 1] - p[a + 1];
  const uz = p[b + 2] - p[a + 2];
  const vx = p[c] - p[a];
  const vy = p[c + 1] - p[a + 1];
  const vz = p[c + 2] - p[a + 2];
  const x = uy * vz - uz * vy;
  const y = uz * vx - ux * vz;
  const z = ux * vy - uy * vx;
  const s = Math.sqrt(x * x + y * y + z * z);
  return [x / (s || 1), y / (s || 1), z / (s || 1), s / 2];
}
