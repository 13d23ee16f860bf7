import { OsteonError } from '../base/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { type Camera, type Projection, projectionOf } from './camera.ts';
import { BONE, type ColourScale, requireScale } from './colour.ts';
import { type Image, type Rgb, WHITE } from './image.ts';
import { createLayer, drawMesh, type Layer } from './raster.ts';
import { finish } from './shade.ts';

export interface SceneMesh {
  readonly mesh: Mesh;
  /** Absent: ivory. */
  readonly colour?: Rgb;
  /** One value a vertex, painted by `scale`; NaN is grey. */
  readonly values?: ArrayLike<number>;
  readonly scale?: ColourScale;
  /** Below 1: seen through, as one layer in front of everything solid. */
  readonly opacity?: number;
}

export interface Scene {
  readonly meshes: readonly SceneMesh[];
  readonly camera: Camera;
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
  readonly background?: Rgb;
  /** Samples along the side of a pixel. */
  readonly samples?: number;
}

export const SCENE_DEFAULTS = {
  width: 1200,
  height: 900,
  background: WHITE,
  /** 2 × 2: edges look clean; 3 costs twice the time. */
  samples: 2,
} as const;

/**
 * Bones as they would lie on a table under a lamp: smooth normals, two lights, darker hollows, thin outlines, parallel
 * projection. Equal scenes give equal bytes.
 * @throws param.range, mesh.empty @cost 0.2 s for 200 000 triangles at 1600 × 1200
 */
export function renderScene(scene: Scene): Image {
  const { width, height, background, samples } = { ...SCENE_DEFAULTS, ...scene };
  if (![1, 2, 3, 4].includes(samples)) throw new OsteonError('param.range', { what: 'samples', samples });
  const view = projectionOfScene(scene);
  const solid = createLayer(width * samples, height * samples);
  for (const m of scene.meshes) if (!isGlass(m)) draw(solid, m, view, samples);
  let glass: Layer | undefined;
  for (const m of scene.meshes)
    if (isGlass(m)) {
      glass ??= createLayer(width * samples, height * samples);
      draw(glass, m, view, samples, solid);
    }
  const hollowPx = Math.max(2, Math.round(0.012 * Math.min(width, height)));
  // A hollow as deep as its neighbourhood is wide is dark, whatever the scale of the picture.
  const hollowMm = hollowPx * view.pixelMm * 1.2;
  return finish(solid, glass, { samples, background, hollowPx, hollowMm, outlineMm: Math.max(1.5, 6 * view.pixelMm) });
}

/** Where things of a scene lie in its picture: for marks and scale bars. */
export function projectionOfScene(scene: Scene): Projection {
  const { width, height } = { ...SCENE_DEFAULTS, ...scene };
  return projectionOf(
    scene.camera,
    scene.meshes.map((m) => m.mesh),
    width,
    height,
  );
}

const isGlass = ({ opacity = 1 }: SceneMesh): boolean => opacity < 1;

function draw(layer: Layer, m: SceneMesh, view: Projection, samples: number, behind?: Layer): void {
  const { mesh, colour = BONE, opacity = 1, values, scale } = m;
  if (values) {
    if (!scale || values.length !== mesh.positions.length / 3)
      throw new OsteonError('param.range', { what: 'a value a vertex and a scale', values: values.length });
    requireScale(scale);
  }
  drawMesh(layer, mesh, view, samples, { colour, opacity, ...(values && scale && { values, scale }) }, behind);
}
