import { type Mesh, vertexNormals } from '../mesh/index.ts';
import type { Projection } from './camera.ts';
import { type ColourScale, colourOf } from './colour.ts';
import type { Rgb } from './image.ts';

/** Samples of a picture before they are averaged: depth in mm along the view (infinite: nothing), and colour. */
export interface Layer {
  readonly width: number;
  readonly height: number;
  readonly depth: Float32Array;
  /** Red, green, blue and how much of what lies behind is covered, 0 to 255. */
  readonly rgba: Uint8Array;
}

export const createLayer = (width: number, height: number): Layer => ({
  width,
  height,
  depth: new Float32Array(width * height).fill(Number.POSITIVE_INFINITY),
  rgba: new Uint8Array(4 * width * height),
});

export interface Paint {
  readonly colour: Rgb;
  /** One value a vertex, painted by `scale` instead of `colour`; NaN is grey. */
  readonly values?: ArrayLike<number>;
  readonly scale?: ColourScale;
  readonly opacity: number;
}

/** Vertices in samples and normals towards the viewer, ready for `fill`. */
interface Projected {
  readonly xyz: Float64Array;
  readonly normals: Float64Array;
}

function projectMesh(mesh: Mesh, v: Projection, samples: number): Projected {
  const { positions: p } = mesh;
  const world = vertexNormals(mesh);
  const xyz = new Float64Array(p.length);
  const normals = new Float64Array(p.length);
  const s = samples / v.pixelMm;
  const [rx, ry, rz] = v.right;
  const [ux, uy, uz] = v.up;
  const [fx, fy, fz] = v.forward;
  for (let i = 0; i < p.length; i += 3) {
    const [x, y, z] = [p[i], p[i + 1], p[i + 2]];
    xyz[i] = (rx * x + ry * y + rz * z) * s + v.x0 * samples - 0.5;
    xyz[i + 1] = v.y0 * samples - (ux * x + uy * y + uz * z) * s - 0.5;
    xyz[i + 2] = fx * x + fy * y + fz * z;
    const [a, b, c] = [world[i], world[i + 1], world[i + 2]];
    normals[i] = rx * a + ry * b + rz * c;
    normals[i + 1] = ux * a + uy * b + uz * c;
    normals[i + 2] = -(fx * a + fy * b + fz * c);
  }
  return { xyz, normals };
}

/**
 * Draw a mesh into a layer: z-buffer, normals interpolated and shaded at every sample. Faces towards the viewer go first,
 * so that the far side of a closed body is rejected by depth before it is shaded. With `behind`, samples hidden by that
 * layer are left out. @param samples samples along the side of a pixel
 */
export function drawMesh(
  layer: Layer,
  mesh: Mesh,
  view: Projection,
  samples: number,
  paint: Paint,
  behind?: Layer,
): void {
  const { xyz, normals } = projectMesh(mesh, view, samples);
  const values = paint.values;
  const table = paint.scale && values ? tableOf(paint.scale) : undefined;
  const { triangles: t } = mesh;
  const { width, height, depth, rgba } = layer;
  const limit = behind?.depth;
  const { opacity } = paint;
  const scaleLo = paint.scale?.lo ?? 0;
  const perValue = paint.scale ? 256 / (paint.scale.hi - paint.scale.lo) : 0;
  for (let side = 1; side >= -1; side -= 2)
    for (let i = 0; i < t.length; i += 3) {
      const a = 3 * t[i];
      const b = 3 * t[i + 1];
      const c = 3 * t[i + 2];
      const ax = xyz[a];
      const ay = xyz[a + 1];
      const bx = xyz[b] - ax;
      const by = xyz[b + 1] - ay;
      const cx = xyz[c] - ax;
      const cy = xyz[c + 1] - ay;
      // Picture y runs down: a face towards the viewer has a negative determinant.
      const area = by * cx - bx * cy;
      if (!(area * side > 0)) continue;
      const x0 = Math.max(0, Math.ceil(ax + Math.min(0, bx, cx)));
      const x1 = Math.min(width - 1, Math.floor(ax + Math.max(0, bx, cx)));
      const y0 = Math.max(0, Math.ceil(ay + Math.min(0, by, cy)));
      const y1 = Math.min(height - 1, Math.floor(ay + Math.max(0, by, cy)));
      if (x1 < x0 || y1 < y0) continue;
      const vStep = -cy / area;
      const wStep = by / area;
      const az = xyz[a + 2];
      const bz = xyz[b + 2] - az;
      const cz = xyz[c + 2] - az;
      const zStep = vStep * bz + wStep * cz;
      for (let y = y0; y <= y1; y++) {
        // Weights of b and c at the first sample of the row; that of a is the rest.
        let v = ((y - ay) * cx - (x0 - ax) * cy) / area;
        let w = ((x0 - ax) * by - (y - ay) * bx) / area;
        let z = az + v * bz + w * cz;
        let o = y * width + x0;
        for (let x = x0; x <= x1; x++, o++, v += vStep, w += wStep, z += zStep) {
          if (v < 0 || w < 0 || v + w > 1 || z >= depth[o] || (limit && z >= limit[o])) continue;
          depth[o] = z;
          const u = 1 - v - w;
          let nx = u * normals[a] + v * normals[b] + w * normals[c];
          let ny = u * normals[a + 1] + v * normals[b + 1] + w * normals[c + 1];
          let nz = u * normals[a + 2] + v * normals[b + 2] + w * normals[c + 2];
          const n = side / Math.sqrt(nx * nx + ny * ny + nz * nz || 1);
          nx *= n;
          ny *= n;
          nz *= n;
          if (nz < 0) nz = 0;
          let [r, g, bl] = paint.colour;
          if (table && values) {
            const q = u * values[t[i]] + v * values[t[i + 1]] + w * values[t[i + 2]];
            const k = 3 * (Number.isNaN(q) ? 256 : Math.min(255, Math.max(0, Math.floor((q - scaleLo) * perValue))));
            r = table[k];
            g = table[k + 1];
            bl = table[k + 2];
          }
          // Key light from the upper left, fill from the right, a sky that is brighter than the ground.
          const key = -0.4 * nx + 0.52 * ny + 0.755 * nz;
          const fill = 0.83 * nx - 0.12 * ny + 0.545 * nz;
          let light = 0.3 + 0.07 * ny + 0.6 * Math.max(key, 0) + 0.16 * Math.max(fill, 0);
          light *= 0.72 + 0.28 * nz * (2 - nz);
          if (side < 0) light *= 0.6;
          // Half way between key light and viewer, to the 16th power.
          let gloss = -0.213 * nx + 0.277 * ny + 0.937 * nz;
          gloss = gloss > 0 ? gloss * gloss : 0;
          gloss *= gloss;
          gloss *= gloss;
          gloss *= 26;
          const q = 4 * o;
          rgba[q] = Math.min(255, r * light + gloss);
          rgba[q + 1] = Math.min(255, g * light + gloss);
          rgba[q + 2] = Math.min(255, bl * light + gloss);
          // Glass is denser where it is seen along its surface.
          rgba[q + 3] = opacity >= 1 ? 255 : 255 * Math.min(1, opacity * (0.6 + 1.2 * (1 - nz) * (1 - nz)));
        }
      }
    }
}

/** The scale's colours, and grey at the end for NaN. */
function tableOf(scale: ColourScale): Uint8Array {
  const out = new Uint8Array(3 * 257);
  out.set(scale.map.rgb);
  out.set(colourOf(scale, Number.NaN), 768);
  return out;
}
