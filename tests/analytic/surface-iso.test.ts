import { expect, test } from 'vitest';
import type { Transform } from '../../src/base/index.ts';
import { volumeMm3 } from '../../src/mesh/index.ts';
import { isoSurface } from '../../src/surface/index.ts';
import { axisGrid, createVolume, type Grid, type Volume } from '../../src/volume/index.ts';

/** Signed distance to a sphere on any grid. */
function sphere(grid: Grid, centre: number[], radius: number): Volume<'mm', Float32Array> {
  const [nx, ny, nz] = grid.size;
  const { m } = grid.lpsFromVoxel;
  const data = new Float32Array(nx * ny * nz);
  for (let k = 0, o = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++, o++) {
        const d = [0, 1, 2].map((r) => m[4 * r] * i + m[4 * r + 1] * j + m[4 * r + 2] * k + m[4 * r + 3] - centre[r]);
        data[o] = Math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) - radius;
      }
  return createVolume(grid, 'mm', data);
}
const oblique: Transform<'voxel', 'lps'> = {
  from: 'voxel',
  to: 'lps',
  m: [0.48, 0.1, -0.1, -11, -0.1, 0.49, 0.06, -9, 0.1, -0.03, 0.7, -14],
};

test('a sphere on an oblique, anisotropic grid has its radius everywhere and faces outward', () => {
  for (const mirrored of [false, true]) {
    const m = oblique.m.map((x, i) => (mirrored && i % 4 === 0 ? -x : x));
    const grid: Grid = { size: [44, 44, 40], lpsFromVoxel: { ...oblique, m } };
    const at = [0, 1, 2].map((r) => m[4 * r] * 21.3 + m[4 * r + 1] * 21.8 + m[4 * r + 2] * 19.6 + m[4 * r + 3]);
    const mesh = isoSurface(sphere(grid, at, 8), 0, { solid: 'below' });
    for (let i = 0; i < mesh.positions.length; i += 3) {
      const r = Math.hypot(...at.map((c, k) => mesh.positions[i + k] - c));
      expect(Math.abs(r - 8)).toBeLessThan(0.008);
    }
    expect(volumeMm3(mesh) / ((4 / 3) * Math.PI * 512)).toBeCloseTo(1, 2);
  }
});

test('a solid that fills the grid is closed half a voxel outside the last centres', () => {
  const full = createVolume(axisGrid([4, 5, 6], [0.5, 0.5, 1], [0, 0, 0]), 'label', new Uint8Array(120).fill(1));
  const mesh = isoSurface(full, 0.5);
  // The box of all voxels less its bevelled edges and corners.
  expect(volumeMm3(mesh)).toBeGreaterThan(0.85 * 120 * 0.25);
  expect(volumeMm3(mesh)).toBeLessThan(120 * 0.25);
});

test('nothing solid gives no triangles', () => {
  const empty = createVolume(axisGrid([3, 3, 3], [1, 1, 1], [0, 0, 0]), 'hu', new Int16Array(27));
  expect(isoSurface(empty, 100).triangles.length).toBe(0);
});
