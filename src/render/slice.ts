import { OsteonError, type Vec3 } from '../base/index.ts';
import { cross, dot, norm, unit } from '../math/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { spacingMm, type Volume, voxelFromLps } from '../volume/index.ts';
import { createMask, paintMask, stroke } from './draw.ts';
import { createImage, type Image, type Rgb } from './image.ts';
import { drawScaleBar } from './legend.ts';
import { drawOrientation } from './orientation.ts';

/** Radiological: the patient's right is at the left of axial and coronal pictures, the front at the left of sagittal ones. */
export type PlaneName = 'axial' | 'coronal' | 'sagittal';
/** Directions that show rightwards and upwards, LPS. */
export interface PlaneAxes {
  readonly right: Vec3;
  readonly up: Vec3;
}
export const PLANES: Readonly<Record<PlaneName, PlaneAxes>> = {
  axial: { right: [1, 0, 0], up: [0, -1, 0] },
  coronal: { right: [1, 0, 0], up: [0, 0, 1] },
  sagittal: { right: [0, 1, 0], up: [0, 0, 1] },
};

/** Grey values shown from black to white. */
export interface Window {
  readonly centre: number;
  readonly width: number;
}
export const WINDOWS = { bone: { centre: 450, width: 1700 }, softTissue: { centre: 50, width: 400 } } as const;

export interface Outline {
  readonly mesh: Mesh;
  readonly colour: Rgb;
  readonly widthPx?: number;
}

export interface SliceOptions {
  readonly volume: Volume;
  readonly plane: PlaneName | PlaneAxes;
  /** A point in the plane, LPS mm: the middle of the picture, unless `whole`. */
  readonly point: Vec3;
  readonly window?: Window;
  /** Side of a pixel, mm. */
  readonly pixelMm?: number;
  /** Size of the picture, mm. Absent: the whole volume. */
  readonly widthMm?: number;
  readonly heightMm?: number;
  readonly outlines?: readonly Outline[];
  /** Label volume painted over the grey values, colours by label value. */
  readonly labels?: {
    readonly volume: Volume;
    readonly colours: readonly (Rgb | undefined)[];
    readonly opacity?: number;
  };
  /** Orientation letters and scale bar. */
  readonly annotate?: boolean;
}

export const SLICE_DEFAULTS = {
  window: WINDOWS.bone,
  annotate: true,
  /** Widest picture that a whole slice is given, pixels. */
  maxPx: 1000,
} as const;

/** Ground outside the scan. */
const OUTSIDE: Rgb = [12, 12, 16];

/**
 * A plane through a volume, trilinear between voxels, with the exact cut of meshes as lines, letters and a scale bar.
 * @throws param.range @cost 10 ns a pixel
 */
export function renderSlice(options: SliceOptions): Image {
  const { volume, window, annotate } = { ...SLICE_DEFAULTS, ...options };
  if (!(window.width > 0)) throw new OsteonError('param.range', { what: 'window', widthHu: window.width });
  const frame = frameOf(options);
  const image = createImage(frame.width, frame.height, OUTSIDE);
  sampleGrey(image, volume, frame, window);
  if (options.labels) paintLabels(image, frame, options.labels);
  for (const { mesh, colour, widthPx = 1.8 } of options.outlines ?? []) {
    const mask = createMask(0, 0, image.width, image.height);
    cutMesh(mesh, frame, (x0, y0, x1, y1) => stroke(mask, x0, y0, x1, y1, widthPx));
    paintMask(image, mask, colour);
  }
  if (annotate) {
    const sizePx = Math.max(14, Math.min(24, Math.round(image.width / 32)));
    const look = { colour: [255, 236, 140] as Rgb, halo: [0, 0, 0] as Rgb, sizePx };
    drawOrientation(image, { right: frame.right, up: frame.up, ...look });
    drawScaleBar(image, { pixelMm: frame.pixelMm, ...look, colour: [255, 255, 255] });
  }
  return image;
}

interface Frame extends PlaneAxes {
  readonly normal: Vec3;
  /** LPS of the upper left corner of the picture. */
  readonly corner: Vec3;
  readonly pixelMm: number;
  readonly width: number;
  readonly height: number;
}

function frameOf(o: SliceOptions): Frame {
  const axes = typeof o.plane === 'string' ? PLANES[o.plane] : o.plane;
  const right = unit(axes.right);
  const normal = unit(cross(right, axes.up));
  if (norm(right) < 0.5 || norm(normal) < 0.5) throw new OsteonError('param.range', { what: 'plane' });
  const up = cross(normal, right);
  const [xLo, xHi] = extent(o.volume, right);
  const [yLo, yHi] = extent(o.volume, up);
  const widthMm = o.widthMm ?? xHi - xLo;
  const heightMm = o.heightMm ?? yHi - yLo;
  const fitted = Math.max(Math.min(...spacingMm(o.volume.grid)), Math.max(widthMm, heightMm) / SLICE_DEFAULTS.maxPx);
  const pixelMm = o.pixelMm ?? fitted;
  if (!(pixelMm > 0 && widthMm > 0 && heightMm > 0))
    throw new OsteonError('param.range', { what: 'slice', pixelMm, widthMm, heightMm });
  const width = Math.max(1, Math.round(widthMm / pixelMm));
  const height = Math.max(1, Math.round(heightMm / pixelMm));
  const cx = o.widthMm === undefined ? (xLo + xHi) / 2 : dot(right, o.point);
  const cy = o.heightMm === undefined ? (yLo + yHi) / 2 : dot(up, o.point);
  const [a, b, c] = [cx - (width / 2) * pixelMm, cy + (height / 2) * pixelMm, dot(normal, o.point)];
  const at = (k: number) => a * right[k] + b * up[k] + c * normal[k];
  return { right, up, normal, corner: [at(0), at(1), at(2)], pixelMm, width, height };
}

/** How far the volume, to the outer faces of its voxels, reaches along a direction, mm. */
function extent({ grid: { size, lpsFromVoxel } }: Volume, d: Vec3): readonly [number, number] {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  const { m } = lpsFromVoxel;
  for (let corner = 0; corner < 8; corner++) {
    let s = d[0] * m[3] + d[1] * m[7] + d[2] * m[11];
    for (let k = 0; k < 3; k++)
      s += (corner & (1 << k) ? size[k] - 0.5 : -0.5) * (d[0] * m[k] + d[1] * m[4 + k] + d[2] * m[8 + k]);
    lo = Math.min(lo, s);
    hi = Math.max(hi, s);
  }
  return [lo, hi];
}

/** Voxel index of the first pixel's centre, and its change along the row and down the column. */
function walk(
  volume: Volume,
  { corner, right, up, pixelMm: s }: Frame,
): readonly [start: Vec3, along: Vec3, down: Vec3] {
  const { m } = voxelFromLps(volume.grid);
  const linear = (d: Vec3, f: number): Vec3 => [
    f * (m[0] * d[0] + m[1] * d[1] + m[2] * d[2]),
    f * (m[4] * d[0] + m[5] * d[1] + m[6] * d[2]),
    f * (m[8] * d[0] + m[9] * d[1] + m[10] * d[2]),
  ];
  const along = linear(right, s);
  const down = linear(up, -s);
  const c = linear(corner, 1);
  const start: Vec3 = [
    c[0] + m[3] + (along[0] + down[0]) / 2,
    c[1] + m[7] + (along[1] + down[1]) / 2,
    c[2] + m[11] + (along[2] + down[2]) / 2,
  ];
  return [start, along, down];
}

function sampleGrey(image: Image, volume: Volume, frame: Frame, window: Window): void {
  const [nx, ny, nz] = volume.grid.size;
  const { data } = volume;
  const [start, along, down] = walk(volume, frame);
  const black = window.centre - window.width / 2;
  const gain = 255 / window.width;
  for (let y = 0; y < image.height; y++)
    for (let x = 0; x < image.width; x++) {
      const fi = start[0] + x * along[0] + y * down[0];
      const fj = start[1] + x * along[1] + y * down[1];
      const fk = start[2] + x * along[2] + y * down[2];
      if (!(fi >= -0.5 && fj >= -0.5 && fk >= -0.5 && fi <= nx - 0.5 && fj <= ny - 0.5 && fk <= nz - 0.5)) continue;
      const i = Math.min(Math.max(0, Math.floor(fi)), Math.max(0, nx - 2));
      const j = Math.min(Math.max(0, Math.floor(fj)), Math.max(0, ny - 2));
      const k = Math.min(Math.max(0, Math.floor(fk)), Math.max(0, nz - 2));
      const u = Math.min(1, Math.max(0, fi - i));
      const v = Math.min(1, Math.max(0, fj - j));
      const w = Math.min(1, Math.max(0, fk - k));
      const o = (k * ny + j) * nx + i;
      const dx = nx > 1 ? 1 : 0;
      const dy = ny > 1 ? nx : 0;
      const dz = nz > 1 ? nx * ny : 0;
      const a = (1 - u) * data[o] + u * data[o + dx];
      const b = (1 - u) * data[o + dy] + u * data[o + dx + dy];
      const c = (1 - u) * data[o + dz] + u * data[o + dx + dz];
      const d = (1 - u) * data[o + dy + dz] + u * data[o + dx + dy + dz];
      const value = (1 - w) * ((1 - v) * a + v * b) + w * ((1 - v) * c + v * d);
      const grey = Math.min(255, Math.max(0, Math.round((value - black) * gain)));
      const q = 4 * (y * image.width + x);
      image.data[q] = grey;
      image.data[q + 1] = grey;
      image.data[q + 2] = grey;
    }
}

/** Labels by the nearest voxel: their borders are shown as they are. */
function paintLabels(
  image: Image,
  frame: Frame,
  { volume, colours, opacity = 0.35 }: NonNullable<SliceOptions['labels']>,
): void {
  const [nx, ny, nz] = volume.grid.size;
  const [start, along, down] = walk(volume, frame);
  for (let y = 0; y < image.height; y++)
    for (let x = 0; x < image.width; x++) {
      const i = Math.round(start[0] + x * along[0] + y * down[0]);
      const j = Math.round(start[1] + x * along[1] + y * down[1]);
      const k = Math.round(start[2] + x * along[2] + y * down[2]);
      if (!(i >= 0 && j >= 0 && k >= 0 && i < nx && j < ny && k < nz)) continue;
      const colour = colours[volume.data[(k * ny + j) * nx + i]];
      if (!colour) continue;
      const q = 4 * (y * image.width + x);
      for (let c = 0; c < 3; c++) image.data[q + c] = image.data[q + c] * (1 - opacity) + colour[c] * opacity + 0.5;
    }
}

/** Segments where triangles cross the plane, in picture coordinates. A vertex in the plane counts as above it. */
export function cutMesh(
  { positions: p, triangles: t }: Mesh,
  { right, up, normal, corner, pixelMm }: Frame,
  segment: (x0: number, y0: number, x1: number, y1: number) => void,
): void {
  const height = new Float64Array(p.length / 3);
  for (let v = 0; v < height.length; v++)
    height[v] =
      normal[0] * (p[3 * v] - corner[0]) +
      normal[1] * (p[3 * v + 1] - corner[1]) +
      normal[2] * (p[3 * v + 2] - corner[2]);
  const xy = [0, 0, 0, 0];
  for (let i = 0; i < t.length; i += 3) {
    let n = 0;
    for (let e = 0; e < 3; e++) {
      const a = t[i + e];
      const b = t[i + ((e + 1) % 3)];
      if (height[a] < 0 === height[b] < 0) continue;
      const s = height[a] / (height[a] - height[b]);
      const x = p[3 * a] + s * (p[3 * b] - p[3 * a]) - corner[0];
      const y = p[3 * a + 1] + s * (p[3 * b + 1] - p[3 * a + 1]) - corner[1];
      const z = p[3 * a + 2] + s * (p[3 * b + 2] - p[3 * a + 2]) - corner[2];
      xy[n++] = (right[0] * x + right[1] * y + right[2] * z) / pixelMm;
      xy[n++] = -(up[0] * x + up[1] * y + up[2] * z) / pixelMm;
    }
    if (n === 4) segment(xy[0], xy[1], xy[2], xy[3]);
  }
}
