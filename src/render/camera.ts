import { OsteonError, type Side, type Vec3 } from '../base/index.ts';
import { cross, dot, norm, unit } from '../math/index.ts';
import type { Mesh } from '../mesh/index.ts';

/** Parallel projection: sizes in the picture are true, and a scale bar holds everywhere. */
export interface Camera {
  /** Direction of sight, from the viewer into the scene, LPS. */
  readonly view: Vec3;
  /** The direction that shows upwards, LPS. */
  readonly up: Vec3;
  /** Point in the middle of the picture, LPS mm. Absent: the middle of what is shown. */
  readonly centre?: Vec3;
  /** Side of a pixel, mm. Absent: so that everything fits. */
  readonly pixelMm?: number;
}

/** Where the viewer stands. Feet and hands are seen the same way as the body. */
export type ViewName = 'anterior' | 'posterior' | 'left' | 'right' | 'superior' | 'inferior';
export const VIEWS: Readonly<Record<ViewName, Camera>> = {
  anterior: { view: [0, 1, 0], up: [0, 0, 1] },
  posterior: { view: [0, -1, 0], up: [0, 0, 1] },
  left: { view: [-1, 0, 0], up: [0, 0, 1] },
  right: { view: [1, 0, 0], up: [0, 0, 1] },
  superior: { view: [0, 0, -1], up: [0, -1, 0] },
  inferior: { view: [0, 0, 1], up: [0, -1, 0] },
};

/** From the outer side of a limb, or from the middle of the body. */
export const lateralView = (side: Side): Camera => VIEWS[side];
export const medialView = (side: Side): Camera => VIEWS[side === 'left' ? 'right' : 'left'];

/** Turned about the upward axis and lifted, degrees: `yawDeg` > 0 moves the viewer to its right, `pitchDeg` > 0 upwards. */
export function turnCamera({ view, up, ...rest }: Camera, yawDeg: number, pitchDeg: number): Camera {
  const f = unit(view);
  const r = unit(cross(f, up));
  const u = cross(r, f);
  const [a, b] = [(yawDeg * Math.PI) / 180, (pitchDeg * Math.PI) / 180];
  const mixed = (p: number, q: number, s: number): Vec3 => [
    p * f[0] + q * r[0] + s * u[0],
    p * f[1] + q * r[1] + s * u[1],
    p * f[2] + q * r[2] + s * u[2],
  ];
  return {
    ...rest,
    view: mixed(Math.cos(a) * Math.cos(b), -Math.sin(a) * Math.cos(b), -Math.sin(b)),
    up: mixed(Math.cos(a) * Math.sin(b), -Math.sin(a) * Math.sin(b), Math.cos(b)),
  };
}

/** Patient to picture: x = right·p / pixelMm + x0, y = −up·p / pixelMm + y0; `forward`·p is the depth, mm. */
export interface Projection {
  readonly right: Vec3;
  readonly up: Vec3;
  readonly forward: Vec3;
  readonly pixelMm: number;
  readonly x0: number;
  readonly y0: number;
  readonly width: number;
  readonly height: number;
}

/** Empty border about what is fitted, as a share of the smaller side of the picture. */
const MARGIN_FRACTION = 0.05;

/** @throws param.range for a degenerate camera, mesh.empty for nothing to fit */
export function projectionOf(camera: Camera, meshes: readonly Mesh[], width: number, height: number): Projection {
  const forward = unit(camera.view);
  const right = unit(cross(forward, camera.up));
  if (norm(forward) < 0.5 || norm(right) < 0.5) throw new OsteonError('param.range', { what: 'camera: view and up' });
  const up = cross(right, forward);
  const { pixelMm: wanted, centre } = camera;
  if (wanted !== undefined && !(wanted > 0)) throw new OsteonError('param.range', { what: 'camera', pixelMm: wanted });
  const [xLo, xHi] = wanted && centre ? [0, 0] : extent(meshes, right);
  const [yLo, yHi] = wanted && centre ? [0, 0] : extent(meshes, up);
  const margin = MARGIN_FRACTION * Math.min(width, height);
  const fit = Math.max((xHi - xLo) / (width - 2 * margin), (yHi - yLo) / (height - 2 * margin)) || 1;
  const pixelMm = wanted ?? fit;
  const cx = centre ? dot(right, centre) : (xLo + xHi) / 2;
  const cy = centre ? dot(up, centre) : (yLo + yHi) / 2;
  return { right, up, forward, pixelMm, x0: width / 2 - cx / pixelMm, y0: height / 2 + cy / pixelMm, width, height };
}

/** Picture coordinates of a point; (0, 0) is the upper left corner, the first pixel's centre is (0.5, 0.5). */
export const project = (p: Projection, at: Vec3): readonly [x: number, y: number] => [
  dot(p.right, at) / p.pixelMm + p.x0,
  p.y0 - dot(p.up, at) / p.pixelMm,
];

function extent(meshes: readonly Mesh[], [x, y, z]: Vec3): readonly [number, number] {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const { positions: p } of meshes)
    for (let i = 0; i < p.length; i += 3) {
      const s = x * p[i] + y * p[i + 1] + z * p[i + 2];
      if (s < lo) lo = s;
      if (s > hi) hi = s;
    }
  if (!(lo <= hi)) throw new OsteonError('mesh.empty', { what: 'nothing to show' });
  return [lo, hi];
}
