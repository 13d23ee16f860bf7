import type { Mesh } from '../mesh/index.ts';

/** Area of every triangle, mm². */
export function triangleAreas({ positions: p, triangles: t }: Mesh): Float64Array {
  const out = new Float64Array(t.length / 3);
  for (let i = 0; i < t.length; i += 3) {
    const a = 3 * t[i];
    const b = 3 * t[i + 1];
    const c = 3 * t[i + 2];
    const ux = p[b] - p[a];
    const uy = p[b + 1] - p[a + 1];
    const uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a];
    const vy = p[c + 1] - p[a + 1];
    const vz = p[c + 2] - p[a + 2];
    const x = uy * vz - uz * vy;
    const y = uz * vx - ux * vz;
    const z = ux * vy - uy * vx;
    out[i / 3] = Math.sqrt(x * x + y * y + z * z) / 2;
  }
  return out;
}
