import { Data3DTexture, NearestFilter, RedIntegerFormat, ShortType, UnsignedByteType, type WebGLRenderer } from 'three';
import type { Vec3 } from '../../src/base/index.ts';
import type { Grid } from '../../src/volume/index.ts';

/** Texture memory of the smallest card that is served, bytes. */
export const TEXTURE_BUDGET = 256 * 1024 * 1024;
/** What a machine with room to spare is asked for, bytes. */
export const LARGE_BUDGET = 1024 * 1024 * 1024;
/** Share of it for grey values; labels take half of that, pictures and meshes the rest. */
const GREY_SHARE = 0.6;

/** Every how many voxels a texture keeps one along each axis so that it fits the budget. No average: a voxel shown is a voxel measured. */
export function thinningOf(size: Vec3, budget = TEXTURE_BUDGET, largest = 2048): Vec3 {
  const by: [number, number, number] = [1, 1, 1];
  const kept = () => size.map((n, k) => Math.ceil(n / by[k]));
  for (;;) {
    const n = kept();
    const tooLong = n.findIndex((v) => v > largest);
    if (tooLong < 0 && n[0] * n[1] * n[2] * 2 <= budget * GREY_SHARE) return by;
    const k = tooLong >= 0 ? tooLong : n.indexOf(Math.max(...n));
    by[k] *= 2;
  }
}

/** Grid of the kept voxels: its first voxel is the first of the scan. */
export function thinnedGrid(grid: Grid, by: Vec3): Grid {
  const { m } = grid.lpsFromVoxel;
  return {
    size: grid.size.map((n, k) => Math.ceil(n / by[k])) as unknown as Vec3,
    lpsFromVoxel: {
      from: 'voxel',
      to: 'lps',
      m: [0, 4, 8].flatMap((r) => [m[r] * by[0], m[r + 1] * by[1], m[r + 2] * by[2], m[r + 3]]),
    },
  };
}

/** Samples in a 3D texture of whole numbers. Parts of it are written as they arrive or change. */
export class VoxelTexture<D extends Int16Array | Uint8Array> {
  readonly texture: Data3DTexture;
  readonly data: D;
  readonly size: Vec3;
  private readonly renderer: WebGLRenderer;

  constructor(renderer: WebGLRenderer, data: D, size: Vec3) {
    this.renderer = renderer;
    this.data = data;
    this.size = size;
    const texture = new Data3DTexture(data as never, size[0], size[1], size[2]);
    texture.format = RedIntegerFormat;
    texture.type = data instanceof Int16Array ? ShortType : UnsignedByteType;
    texture.minFilter = NearestFilter;
    texture.magFilter = NearestFilter;
    texture.unpackAlignment = 1;
    // Storage now, samples by `write`: a scan is drawn while it is still being read.
    texture.source.dataReady = false;
    texture.needsUpdate = true;
    renderer.initTexture(texture);
    this.texture = texture;
  }

  /** Sends the voxels of a half-open box to the card. */
  write(lo: Vec3, hi: Vec3): void {
    const gl = this.renderer.getContext() as WebGL2RenderingContext;
    const handle = (this.renderer.properties.get(this.texture) as { __webglTexture: WebGLTexture }).__webglTexture;
    const [nx, ny] = this.size;
    this.renderer.state.bindTexture(gl.TEXTURE_3D, handle);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, nx);
    gl.pixelStorei(gl.UNPACK_IMAGE_HEIGHT, ny);
    gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, lo[0]);
    gl.pixelStorei(gl.UNPACK_SKIP_ROWS, lo[1]);
    gl.pixelStorei(gl.UNPACK_SKIP_IMAGES, lo[2]);
    const type = this.data instanceof Int16Array ? gl.SHORT : gl.UNSIGNED_BYTE;
    gl.texSubImage3D(
      gl.TEXTURE_3D,
      0,
      lo[0],
      lo[1],
      lo[2],
      hi[0] - lo[0],
      hi[1] - lo[1],
      hi[2] - lo[2],
      gl.RED_INTEGER,
      type,
      this.data,
    );
    for (const skip of [
      gl.UNPACK_ROW_LENGTH,
      gl.UNPACK_IMAGE_HEIGHT,
      gl.UNPACK_SKIP_PIXELS,
      gl.UNPACK_SKIP_ROWS,
      gl.UNPACK_SKIP_IMAGES,
    ])
      gl.pixelStorei(skip, 0);
    this.renderer.state.unbindTexture();
  }

  dispose(): void {
    this.texture.dispose();
  }
}
