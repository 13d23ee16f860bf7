import type { Vec3 } from '../../base/index.ts';
import { writePng } from '../../io/index.ts';
import { dot, sub } from '../../math/index.ts';
import { type Acetabulum, FRACTURE_DEFAULTS, type FractureGaps, SLICE_PLANES } from '../../measure/index.ts';
import { drawLine, drawText, type Outline, PLANES, type Rgb, renderSlice, sideBySide } from '../../render/index.ts';
import type { Volume } from '../../volume/index.ts';
import type { Figure } from '../report/model.ts';

const WIDTH_MM = 150;
const PIXEL_MM = 0.35;
const MARK: Rgb = [255, 214, 10];
const BLACK: Rgb = [0, 0, 0];

/** The scan in the three slices through the dome, with what was read in them from side to side of the fracture lines. */
export function domeFigure(
  volume: Volume,
  outlines: readonly Outline[],
  { centreMm: [x, y, z], radiusMm }: Acetabulum,
  { dome }: FractureGaps,
): Figure {
  const point: Vec3 = [x, y, z + radiusMm - FRACTURE_DEFAULTS.belowDomeMm];
  const cuts = SLICE_PLANES.map((plane) => {
    const image = renderSlice({
      volume,
      plane,
      point,
      widthMm: WIDTH_MM,
      heightMm: WIDTH_MM,
      pixelMm: PIXEL_MM,
      outlines,
    });
    const { right, up } = PLANES[plane];
    const at = (p: Vec3): [number, number] => {
      const v = sub(p, point);
      return [image.width / 2 + dot(v, right) / PIXEL_MM, image.height / 2 - dot(v, up) / PIXEL_MM];
    };
    const crossings = dome[plane]?.crossings ?? [];
    for (const { edgeA, edgeB, gapMm, stepMm } of crossings) {
      const [from, to] = [at(edgeA), at(edgeB)];
      drawLine(image, [...from, ...to], BLACK, 5);
      drawLine(image, [...from, ...to], MARK, 2.5);
      const look = { sizePx: 17, colour: MARK, halo: BLACK, bold: true };
      drawText(image, `${gapMm.toFixed(1)} / ${stepMm.toFixed(1)}`, Math.max(...[from[0], to[0]]) + 8, from[1], look);
    }
    if (crossings.length === 0)
      drawText(image, 'no fracture line crossed', 14, image.height - 60, { sizePx: 16, colour: MARK, halo: BLACK });
    return image;
  });
  return {
    png: writePng(sideBySide(cuts)),
    caption:
      'As scanned, slices through the dome of the socket: axial, coronal, sagittal; fragments outlined in their colours. Yellow: from place to place that met before the accident, beside the slice where they lie outside it; gap / step-off in mm',
  };
}
