import type { Side, Vec3 } from '../base/index.ts';
import { add, frameAbout, scale, sub } from '../math/index.ts';
import { type Mesh, transformMesh } from '../mesh/index.ts';
import {
  BLACK,
  type Camera,
  createImage,
  drawLine,
  drawText,
  grid,
  type Image,
  lateralView,
  medialView,
  mixColours,
  numberText,
  PALETTE,
  type Rgb,
  renderScene,
  type SceneMesh,
  ticksOf,
  turnCamera,
  VIEWS,
  WHITE,
} from '../render/index.ts';
import type { Evaluation } from './evaluate.ts';

const PLANNED: Rgb = [0, 114, 178];
const PLACED: Rgb = [213, 94, 0];
const OTHER: Rgb = [110, 110, 110];

/** Fragments as they lie after surgery, planned screws blue, placed ones orange, metal without a plan grey: four views. */
export function evaluationScene(e: Evaluation, bones: Readonly<Record<string, Mesh>>, side: Side): Image {
  const fragments = e.fragments.map(
    (f, i): SceneMesh => ({
      mesh: transformMesh(f.placedFromImaged, bones[f.name]),
      colour: mixColours(PALETTE[i % PALETTE.length], WHITE, 0.55),
      opacity: 0.45,
    }),
  );
  const { screws, others } = e.screws;
  const rods: SceneMesh[] = [
    ...screws.map(({ planned: p }) =>
      rod(sub(p.entryMm, scale(p.direction, p.outsideMm)), p.direction, p.lengthMm, p.diameterMm, PLANNED),
    ),
    ...screws.flatMap(({ placed: p }) => (p ? [rod(p.entryMm, p.direction, p.lengthMm, p.diameterMm, PLACED)] : [])),
    ...others.map((p) => rod(p.entryMm, p.direction, p.lengthMm, p.diameterMm, OTHER)),
  ];
  const view = (camera: Camera, label: string): Image => {
    const image = renderScene({ meshes: [...fragments, ...rods], camera, width: 620, height: 560 });
    drawText(image, label, 12, 20, { sizePx: 18, halo: WHITE });
    return image;
  };
  const legend: [string, Rgb][] = [
    ['planned', PLANNED],
    ['placed', PLACED],
    ['other metal', OTHER],
  ];
  const withLegend = (image: Image): Image => {
    legend.forEach(([label, colour], i) => {
      drawLine(image, [16, 530 - 24 * i, 40, 530 - 24 * i], colour, 7);
      drawText(image, label, 50, 530 - 24 * i, { sizePx: 16, halo: WHITE });
    });
    return image;
  };
  return grid(
    [
      withLegend(view(medialView(side), 'from the midline')),
      view(lateralView(side), 'from the side'),
      view(VIEWS.anterior, 'from the front'),
      view(turnCamera(VIEWS.anterior, side === 'left' ? -35 : 35, 40), 'into the pelvis'),
    ],
    2,
  );
}

/** A prism of twelve sides along an axis: all that a picture needs of a screw. */
function rod(entry: Vec3, direction: Vec3, lengthMm: number, diameterMm: number, colour: Rgb): SceneMesh {
  const SIDES = 12;
  const [u, v] = frameAbout(direction, [0, 0, 1]);
  const positions: number[] = [];
  const triangles: number[] = [];
  for (const s of [0, lengthMm])
    for (let i = 0; i < SIDES; i++) {
      const a = (2 * Math.PI * i) / SIDES;
      const off = add(scale(u, (Math.cos(a) * diameterMm) / 2), scale(v, (Math.sin(a) * diameterMm) / 2));
      positions.push(...add(add(entry, scale(direction, s)), off));
    }
  for (let i = 0; i < SIDES; i++) {
    const j = (i + 1) % SIDES;
    triangles.push(i, j, SIDES + j, i, SIDES + j, SIDES + i);
    if (i > 1) triangles.push(0, i, i - 1, SIDES, SIDES + i - 1, SIDES + i);
  }
  return { mesh: { positions: Float64Array.from(positions), triangles: Uint32Array.from(triangles) }, colour };
}

const WIDTH = 760;
const ROW = 26;
const LEFT = 110;

/** Each screw's direction (°), entry and length (mm) off the plan, screw by screw. */
export function deviationPlot({ screws: { screws } }: Evaluation): Image {
  const placed = screws.filter((s) => s.placed);
  const values = (s: (typeof placed)[number]) => [s.directionDeg ?? 0, s.entryMm ?? 0, Math.abs(s.lengthMm ?? 0)];
  const most = Math.max(5, ...placed.flatMap(values)) * 1.05;
  const height = 90 + ROW * Math.max(1, placed.length);
  const image = createImage(WIDTH, height);
  const x = (v: number) => LEFT + (v / most) * (WIDTH - LEFT - 24);
  const ticks = ticksOf(0, most, 8);
  for (const t of ticks.at) {
    drawLine(image, [x(t), 40, x(t), height - 40], [224, 224, 224], 1);
    drawText(image, numberText(t, ticks.decimals), x(t), height - 26, { sizePx: 14, anchor: 'middle' });
  }
  const legend: [string, Rgb][] = [
    ['direction, degrees', PALETTE[0]],
    ['entry, mm', PALETTE[5]],
    ['length, mm', PALETTE[2]],
  ];
  legend.forEach(([label, colour], i) => {
    drawLine(image, [LEFT + 190 * i, 20, LEFT + 190 * i, 20], colour, 10);
    drawText(image, label, LEFT + 12 + 190 * i, 20, { sizePx: 15 });
  });
  placed.forEach((s, i) => {
    const y = 54 + ROW * i;
    drawText(image, s.id, LEFT - 12, y, { sizePx: 15, anchor: 'right' });
    drawLine(image, [LEFT, y, WIDTH - 24, y], [238, 238, 238], 1);
    values(s).forEach((v, k) => {
      drawLine(image, [x(v), y, x(v), y], legend[k][1], 10);
    });
  });
  drawLine(image, [LEFT, 40, LEFT, height - 40, WIDTH - 24, height - 40], BLACK, 1.5);
  return image;
}
