import { createImage, type Image, type Rgb } from './image.ts';
import type { Layer } from './raster.ts';

export interface FinishOptions {
  readonly samples: number;
  readonly background: Rgb;
  /** Depth over which hollows darken fully, mm. */
  readonly hollowMm: number;
  /** Radius of the neighbourhood a hollow is judged by, pixels. */
  readonly hollowPx: number;
  /** Jump in depth that draws a full outline, mm. */
  readonly outlineMm: number;
}

/**
 * Samples to pixels, with hollows darkened where the surface lies deeper than its neighbourhood (unsharp masking of the
 * depth, Luft, Colditz and Deussen 2006) and outlines where the depth jumps.
 */
export function finish(solid: Layer, glass: Layer | undefined, o: FinishOptions): Image {
  const { samples, background } = o;
  const width = solid.width / samples;
  const height = solid.height / samples;
  const image = createImage(width, height, background);
  const depth = pixelDepth(solid, samples, width, height);
  const around = blurDepth(depth, width, height, o.hollowPx);
  const share = 1 / (samples * samples);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const covered = depth[i] < Number.POSITIVE_INFINITY;
      if (!covered && !glass) continue;
      let dark = 1;
      if (covered) {
        const hollow = Math.min(1, Math.max(0, (depth[i] - around[i]) / o.hollowMm));
        dark = (1 - 0.55 * hollow * (2 - hollow)) * (1 - 0.5 * outline(depth, width, height, x, y, o.outlineMm));
      }
      let [r, g, b] = [0, 0, 0];
      for (let sy = 0; sy < samples; sy++)
        for (let sx = 0; sx < samples; sx++) {
          const k = (y * samples + sy) * solid.width + x * samples + sx;
          const hit = solid.depth[k] < Number.POSITIVE_INFINITY;
          let cr = hit ? solid.rgba[4 * k] * dark : background[0];
          let cg = hit ? solid.rgba[4 * k + 1] * dark : background[1];
          let cb = hit ? solid.rgba[4 * k + 2] * dark : background[2];
          const a = glass ? glass.rgba[4 * k + 3] / 255 : 0;
          if (glass && a > 0) {
            cr += a * (glass.rgba[4 * k] - cr);
            cg += a * (glass.rgba[4 * k + 1] - cg);
            cb += a * (glass.rgba[4 * k + 2] - cb);
          }
          r += cr;
          g += cg;
          b += cb;
        }
      image.data[4 * i] = r * share + 0.5;
      image.data[4 * i + 1] = g * share + 0.5;
      image.data[4 * i + 2] = b * share + 0.5;
    }
  return image;
}

/** Nearest depth in each pixel. */
function pixelDepth({ depth, width: stride }: Layer, samples: number, width: number, height: number): Float32Array {
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      let z = Number.POSITIVE_INFINITY;
      for (let sy = 0; sy < samples; sy++)
        for (let sx = 0; sx < samples; sx++) z = Math.min(z, depth[(y * samples + sy) * stride + x * samples + sx]);
      out[y * width + x] = z;
    }
  return out;
}

/** How much a pixel stands out before its neighbours, 0 to 1. */
function outline(depth: Float32Array, width: number, height: number, x: number, y: number, fullMm: number): number {
  const i = y * width + x;
  const d = depth[i];
  let jump = 0;
  if (x > 0) jump = Math.max(jump, depth[i - 1] - d);
  if (x < width - 1) jump = Math.max(jump, depth[i + 1] - d);
  if (y > 0) jump = Math.max(jump, depth[i - width] - d);
  if (y < height - 1) jump = Math.max(jump, depth[i + width] - d);
  const t = Math.min(1, Math.max(0, jump / fullMm - 0.5));
  return t;
}

/** Mean depth of what is drawn within a square, three times over, so nearly a Gaussian. Empty pixels have no weight. */
function blurDepth(depth: Float32Array, width: number, height: number, radius: number): Float32Array {
  let sum: Float32Array = new Float32Array(depth.length);
  let weight: Float32Array = new Float32Array(depth.length);
  for (let i = 0; i < depth.length; i++)
    if (depth[i] < Number.POSITIVE_INFINITY) {
      sum[i] = depth[i];
      weight[i] = 1;
    }
  const r = Math.max(1, Math.round(radius));
  for (let pass = 0; pass < 2; pass++) {
    sum = boxBlur(boxBlur(sum, width, height, 1, width, r), height, width, width, 1, r);
    weight = boxBlur(boxBlur(weight, width, height, 1, width, r), height, width, width, 1, r);
  }
  for (let i = 0; i < sum.length; i++) sum[i] = weight[i] > 1e-6 ? sum[i] / weight[i] : 0;
  return sum;
}

/** Running mean along lines of `n` values `step` apart; `lines` of them, `next` apart. Beyond the ends there is nothing. */
function boxBlur(from: Float32Array, n: number, lines: number, step: number, next: number, r: number): Float32Array {
  const out = new Float32Array(from.length);
  const share = 1 / (2 * r + 1);
  for (let line = 0; line < lines; line++) {
    const base = line * next;
    let s = 0;
    for (let i = 0; i < Math.min(r, n); i++) s += from[base + i * step];
    for (let i = 0; i < n; i++) {
      if (i + r < n) s += from[base + (i + r) * step];
      if (i - r > 0) s -= from[base + (i - r - 1) * step];
      out[base + i * step] = s * share;
    }
  }
  return out;
}
