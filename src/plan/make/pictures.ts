import type { Finding, Vec3 } from '../../base/index.ts';
import { writePng } from '../../io/index.ts';
import { type Build, couponMesh } from '../../make/index.ts';
import { bounds, box, joinMeshes, type Mesh } from '../../mesh/index.ts';
import {
  drawLine,
  drawScaleBar,
  drawText,
  type Image,
  project,
  projectionOfScene,
  type Rgb,
  renderScene,
  type Scene,
  turnCamera,
  VIEWS,
  WHITE,
} from '../../render/index.ts';
import type { Figure } from '../report/model.ts';

const COLOURS: readonly Rgb[] = [
  [176, 188, 200],
  [92, 150, 190],
  [150, 170, 120],
  [200, 180, 120],
];
const SUPPORT: Rgb = [214, 120, 70];
const COUPON: Rgb = [205, 205, 198];
const PLATE: Rgb = [228, 228, 226];
const MARK: Rgb = [190, 30, 30];
const SIZE = { width: 820, height: 620 };

/** From the front and from behind, a little above: part by face class, supports, coupons, plate; findings numbered. */
export function buildPicture(build: Build, findings: readonly Finding[]): Figure[] {
  const placed = findings.flatMap((f) => {
    const at = placeOf(f);
    return at ? [{ text: f.text, at }] : [];
  });
  const legend = placed.map(({ text }, i) => `${i + 1}: ${text}`).join('; ');
  return [30, 210].map((yawDeg, i): Figure => {
    const image = view(
      build,
      yawDeg,
      placed.map((p) => p.at),
    );
    const side = i === 0 ? 'The build from the front' : 'and from behind';
    const rest = i === 0 ? ': blue articular, grey other faces, orange supports, light coupons.' : '.';
    return { png: writePng(image), caption: `${side}${rest}${i === 0 && legend ? ` ${legend}.` : ''}` };
  });
}

function placeOf({ facts }: Finding): Vec3 | undefined {
  const { xMm, yMm, zMm } = facts ?? {};
  return typeof xMm === 'number' && typeof yMm === 'number' && typeof zMm === 'number' ? [xMm, yMm, zMm] : undefined;
}

function view({ mesh, faces, supports, coupons }: Build, yawDeg: number, marks: readonly Vec3[]): Image {
  const bodies = [mesh, ...coupons.map(couponMesh)];
  const all = bounds(joinMeshes(bodies));
  const rim = 6;
  const plate = box([all.lo[0] - rim, all.lo[1] - rim, -2], [all.hi[0] + rim, all.hi[1] + rim, 0]);
  const scene: Scene = {
    ...SIZE,
    camera: turnCamera(VIEWS.anterior, yawDeg, 14),
    meshes: [
      { mesh: plate, colour: PLATE },
      ...byClass(mesh, faces),
      ...(supports && supports.columns > 0 ? [{ mesh: supports.mesh, colour: SUPPORT }] : []),
      ...coupons.map((c) => ({ mesh: couponMesh(c), colour: COUPON })),
    ],
  };
  const image = renderScene(scene);
  const projection = projectionOfScene(scene);
  marks.forEach((at, i) => {
    const [x, y] = project(projection, at);
    ring(image, x, y, 9);
    drawText(image, String(i + 1), x + 13, y - 9, { sizePx: 17, bold: true, colour: MARK, halo: WHITE });
  });
  drawScaleBar(image, { pixelMm: projection.pixelMm });
  return image;
}

/** One mesh for each class that is there, vertices kept. */
function byClass({ positions, triangles }: Mesh, faces: Uint8Array): { mesh: Mesh; colour: Rgb }[] {
  return COLOURS.flatMap((colour, value) => {
    const own = triangles.filter((_, i) => faces[(i / 3) | 0] === value);
    return own.length > 0 ? [{ mesh: { positions, triangles: own }, colour }] : [];
  });
}

function ring(image: Image, x: number, y: number, r: number): void {
  const points: number[] = [];
  for (let i = 0; i <= 24; i++) {
    const a = (2 * Math.PI * i) / 24;
    points.push(x + r * Math.cos(a), y + r * Math.sin(a));
  }
  drawLine(image, points, WHITE, 4);
  drawLine(image, points, MARK, 2);
}
