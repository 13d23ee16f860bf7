import type { Vec3 } from '../../base/index.ts';
import { type Mesh, simplify } from '../../mesh/index.ts';
import { CAPITAL, glyphOf, TRACKING } from '../../render/index.ts';
import { isoSurface } from '../../surface/index.ts';
import { createVolume, type Grid } from '../../volume/index.ts';

/** A flat place for letters: its middle, the direction of reading, up, and out of the surface. */
export interface TextPlace {
  readonly at: Vec3;
  readonly along: Vec3;
  readonly up: Vec3;
  readonly out: Vec3;
}

/** Strokes are this wide for capitals of 1; lines of text are this far apart. */
const STROKE = 0.17;
const LINE = 1.5;

const widthOf = (line: string): number =>
  [...line].reduce((w, c) => w + glyphOf(c).width + TRACKING, -TRACKING) / CAPITAL;

/** Width and height of some lines of text whose capitals are `sizeMm` high, mm. */
export const textSizeMm = (lines: readonly string[], sizeMm: number): readonly [number, number] => [
  Math.max(0, ...lines.map(widthOf)) * sizeMm + STROKE * sizeMm,
  sizeMm * (1 + LINE * (lines.length - 1)) + STROKE * sizeMm,
];

/** Spacing of the field that letters are made from, mm: a third of the stroke of letters of 4 mm. */
const GRID_MM = 0.2;
/** Triangles of letters are saved within this, mm. */
const DEVIATION_MM = 0.02;

/**
 * A solid that cuts lines of text `depthMm` deep, the middle of the text at the place, strokes with round ends.
 * @returns closed, manifold, outward
 * @cost a field over the text at 0.2 mm: some tenths of a second
 */
export function textTool(lines: readonly string[], place: TextPlace, sizeMm: number, depthMm: number): Mesh {
  const [width, height] = textSizeMm(lines, sizeMm);
  const h = GRID_MM;
  const size: Vec3 = [Math.ceil(width / h) + 4, Math.ceil(height / h) + 4, Math.ceil((2 * depthMm) / h) + 4];
  const [nx, ny, nz] = size;
  const flat = new Float32Array(nx * ny).fill(1);
  const origin = [(-(nx - 1) * h) / 2, (-(ny - 1) * h) / 2, (-(nz - 1) * h) / 2];
  const radius = (STROKE * sizeMm) / 2;
  for (const [ax, ay, bx, by] of strokesOf(lines, sizeMm)) {
    const from = [Math.min(ax, bx), Math.min(ay, by)].map((x, k) =>
      Math.max(0, Math.floor((x - 2 * radius - origin[k]) / h)),
    );
    const to = [Math.max(ax, bx), Math.max(ay, by)].map((x, k) =>
      Math.min(size[k] - 1, Math.ceil((x + 2 * radius - origin[k]) / h)),
    );
    const dd = (bx - ax) * (bx - ax) + (by - ay) * (by - ay);
    for (let j = from[1]; j <= to[1]; j++)
      for (let i = from[0]; i <= to[0]; i++) {
        const x = origin[0] + i * h - ax;
        const y = origin[1] + j * h - ay;
        const s = dd > 0 ? Math.min(1, Math.max(0, (x * (bx - ax) + y * (by - ay)) / dd)) : 0;
        const d = Math.hypot(x - s * (bx - ax), y - s * (by - ay)) - radius;
        if (d < flat[j * nx + i]) flat[j * nx + i] = d;
      }
  }
  const data = new Float32Array(nx * ny * nz);
  for (let k = 0; k < nz; k++) {
    const slab = Math.abs(origin[2] + k * h) - depthMm;
    for (let o = 0; o < nx * ny; o++) data[k * nx * ny + o] = Math.max(flat[o], slab);
  }
  const axes = [place.along, place.up, place.out];
  const row = (r: number) => [
    ...axes.map((a) => h * a[r]),
    place.at[r] + axes.reduce((sum, a, k) => sum + origin[k] * a[r], 0),
  ];
  const grid: Grid = { size, lpsFromVoxel: { from: 'voxel', to: 'lps', m: [...row(0), ...row(1), ...row(2)] } };
  const mesh = isoSurface(createVolume(grid, 'mm', data), 0, { solid: 'below' });
  return mesh.triangles.length === 0 ? mesh : simplify(mesh, { maxDeviationMm: DEVIATION_MM }).mesh;
}

/** Segments of all letters in the plane of the text, its middle at the origin, mm. */
function strokesOf(lines: readonly string[], sizeMm: number): [ax: number, ay: number, bx: number, by: number][] {
  const k = sizeMm / CAPITAL;
  const out: [number, number, number, number][] = [];
  lines.forEach((line, row) => {
    const base = ((lines.length - 1) / 2 - row) * LINE * sizeMm - sizeMm / 2;
    let x = (-widthOf(line) * sizeMm) / 2;
    for (const c of line) {
      const glyph = glyphOf(c);
      for (const s of glyph.strokes)
        for (let i = 0; i + 3 < s.length; i += 2)
          out.push([x + k * s[i], base + k * s[i + 1], x + k * s[i + 2], base + k * s[i + 3]]);
      x += k * (glyph.width + TRACKING);
    }
  });
  return out;
}
