import type { Vec3 } from '../../base/index.ts';
import { principalAxes, scale } from '../../math/index.ts';
import type { Mesh } from '../../mesh/index.ts';
import {
  type Camera,
  drawLine,
  drawText,
  type Image,
  project,
  projectionOf,
  projectionOfScene,
  type Rgb,
  renderScene,
  sideBySide,
  WHITE,
} from '../../render/index.ts';

/** Something marked in a drawing by its name: a hole, a bore. */
export interface Mark {
  readonly id: string;
  readonly at: Vec3;
}

const SIZE = { width: 760, height: 560 };
const INK: Rgb = [30, 30, 34];
/** Room left and below for the dimension lines, pixels. */
const ROOM_PX = 64;

/**
 * Three views of a part at right angles to each other, along its own axes, all at one scale, with its overall dimensions
 * and its holes by number. Parallel projection: what is measured in the picture is true.
 */
export function dimensionedViews(mesh: Mesh, colour: Rgb, marks: readonly Mark[]): Image {
  const [u, v, w] = principalAxes(mesh.positions).axes;
  const looks: Camera[] = [
    { view: scale(w, -1), up: v },
    { view: scale(v, -1), up: w },
    { view: u, up: v },
  ];
  const pixels = looks.map((camera) => {
    const p = projectionOf(camera, [mesh], SIZE.width - 2 * ROOM_PX, SIZE.height - 2 * ROOM_PX);
    return p.pixelMm;
  });
  const pixelMm = Math.max(...pixels);
  return sideBySide(looks.map((camera) => dimensioned(mesh, colour, { ...camera, pixelMm }, marks)));
}

function dimensioned(mesh: Mesh, colour: Rgb, camera: Camera, marks: readonly Mark[]): Image {
  const scene = { meshes: [{ mesh, colour }], camera, ...SIZE };
  const image = renderScene(scene);
  const view = projectionOfScene(scene);
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const { positions: p } = mesh;
  for (let i = 0; i < p.length; i += 3) {
    const [x, y] = project(view, [p[i], p[i + 1], p[i + 2]]);
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const mm = (px: number) => `${(px * view.pixelMm).toFixed(1)} mm`;
  const below = bottom + 26;
  drawLine(image, [left, bottom + 6, left, below + 6], INK, 1);
  drawLine(image, [right, bottom + 6, right, below + 6], INK, 1);
  arrow(image, [left, below], [right, below]);
  drawText(image, mm(right - left), (left + right) / 2, below + 16, { sizePx: 17, anchor: 'middle' });
  const aside = left - 26;
  drawLine(image, [left - 6, top, aside - 6, top], INK, 1);
  drawLine(image, [left - 6, bottom, aside - 6, bottom], INK, 1);
  arrow(image, [aside, top], [aside, bottom]);
  drawText(image, mm(bottom - top), aside, top - 16, { sizePx: 17, anchor: 'middle' });
  for (const { id, at } of marks) {
    const [x, y] = project(view, at);
    drawText(image, id, x, y, { sizePx: 17, anchor: 'middle', halo: WHITE, bold: true });
  }
  return image;
}

type Point = readonly [x: number, y: number];

/** A line with a head at either end, along x or along y. */
function arrow(image: Image, [x0, y0]: Point, [x1, y1]: Point): void {
  drawLine(image, [x0, y0, x1, y1], INK, 1.2);
  const [dx, dy] = x0 === x1 ? [0, 1] : [1, 0];
  for (const [x, y, to] of [
    [x0, y0, 1],
    [x1, y1, -1],
  ]) {
    const back = 8 * to;
    drawLine(
      image,
      [x + dx * back - 4 * dy, y + dy * back - 4 * dx, x, y, x + dx * back + 4 * dy, y + dy * back + 4 * dx],
      INK,
      1.2,
    );
  }
}
