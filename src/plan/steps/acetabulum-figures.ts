import type { Side, Vec3 } from '../../base/index.ts';
import type { Guide, Plate } from '../../design/index.ts';
import { writePng } from '../../io/index.ts';
import { add, frameAbout, scale } from '../../math/index.ts';
import { buildBvh, cylinder, joinMeshes, type Mesh, signedDistances, sphere, transformMesh } from '../../mesh/index.ts';
import type { Reduction } from '../../register/index.ts';
import {
  type Camera,
  type ColourScale,
  colourBar,
  DIVERGING,
  drawText,
  type Image,
  lateralView,
  medialView,
  PALETTE,
  projectionOfScene,
  type Rgb,
  renderScene,
  type SceneMesh,
  sideBySide,
  turnCamera,
  VIEWS,
  WHITE,
} from '../../render/index.ts';
import type { Engines } from '../engines.ts';
import type { Figure } from '../report/model.ts';
import type { Step } from '../step.ts';
import type { BoneMesh } from './bones.ts';
import { domeFigure } from './dome-figure.ts';
import { dimensionedViews } from './drawing.ts';
import type { FractureMeasures } from './fracture.ts';
import type { ReducedBone } from './pelvis.ts';
import type { ScanVolume } from './scan.ts';
import type { ScrewPlan, ScrewPlans } from './screw-plan.ts';

/** Pictures of the report, by the section they stand in. */
export interface AcetabulumFigures {
  readonly slices: readonly Figure[];
  readonly fragments: readonly Figure[];
  readonly reduction: readonly Figure[];
  readonly screws: readonly Figure[];
  readonly plate: readonly Figure[];
  readonly guide: readonly Figure[];
}

/** Distances to the template greater than this all look the same, mm: the symmetry noise. */
const WIDEST_MM = 3;
const SIZE = { width: 560, height: 520 };
const STEEL: Rgb = [150, 160, 172];
const NYLON: Rgb = [236, 226, 190];
const SCREW: Rgb = [196, 60, 50];

interface FigureInputs {
  scan: ScanVolume;
  names: readonly string[];
  meshes: readonly BoneMesh[];
  healthy: BoneMesh;
  reduction: Reduction;
  reduced: ReducedBone;
  measures: FractureMeasures;
  plans?: ScrewPlans;
  plate?: Plate;
  guide?: Guide;
}

/** Every step as a surgeon looks at it: slices, fragments, reduction, screws, plate. */
export const acetabulumFigures: Step<FigureInputs, { side: string }, AcetabulumFigures, Engines> = {
  id: 'acetabulum.figures',
  version: 4,
  label: 'drawing pictures',
  costS: 8,
  params: {
    side: { label: 'Broken side', unit: '', default: 'left', choices: ['left', 'right'], source: 'the case' },
  },
  handler(inputs, { side: text }, { job }) {
    const side = text as Side;
    const slices = [sliceFigure(inputs)];
    job.at(0.2);
    const fragments = [fragmentFigure(inputs, side)];
    job.at(0.4);
    const reduction = reductionFigures(inputs, side);
    job.at(0.6);
    const screws = inputs.plans ? [screwFigure(inputs, inputs.plans, side)] : [];
    job.at(0.8);
    const plate = inputs.plate ? plateFigures(inputs, inputs.plate, side) : [];
    const guide = inputs.plate && inputs.guide ? guideFigures(inputs, inputs.plate, inputs.guide, side) : [];
    return { slices, fragments, reduction, screws, plate, guide };
  },
};

/** From the front, from the middle of the body, from the outside. */
const looks = (side: Side): Camera[] => [VIEWS.anterior, medialView(side), lateralView(side)];
/** As a surgeon looks into the pelvis from above, in front and across. */
const inlet = (side: Side): Camera => turnCamera(VIEWS.anterior, side === 'left' ? -35 : 35, 40);

const views = (cameras: readonly Camera[], meshes: readonly SceneMesh[], size = SIZE): Uint8Array =>
  writePng(sideBySide(cameras.map((camera) => renderScene({ meshes, camera, ...size }))));

const fragmentColour = (names: readonly string[], name: string): Rgb => {
  const at = names.filter((n) => !n.endsWith('-ilium')).indexOf(name);
  return at < 0 ? PALETTE[4] : PALETTE[[1, 2, 3, 5, 6, 7][at % 6]];
};

function sliceFigure({ scan, names, meshes, reduced, measures }: FigureInputs): Figure {
  const outlines = names.map((name, i) => ({
    mesh: meshes[i].mesh,
    colour:
      name.includes('-') && isFragment(reduced, name)
        ? fragmentColour(fragmentNames(reduced), name)
        : ([235, 225, 200] as Rgb),
  }));
  return domeFigure(scan.volume, outlines, reduced.acetabulum, measures.before);
}

const fragmentNames = ({ fragments }: ReducedBone): string[] => fragments.map((f) => f.name);
const isFragment = (reduced: ReducedBone, name: string): boolean => fragmentNames(reduced).includes(name);

function fragmentFigure({ names, meshes, reduced }: FigureInputs, side: Side): Figure {
  const parts = names.map((name, i): SceneMesh => {
    const { mesh } = meshes[i];
    if (isFragment(reduced, name)) return { mesh, colour: fragmentColour(fragmentNames(reduced), name) };
    return { mesh, opacity: 0.35 };
  });
  const alone = parts.filter((_, i) => isFragment(reduced, names[i]));
  const front = renderScene({ meshes: parts, camera: VIEWS.anterior, ...SIZE });
  const close = [medialView(side), lateralView(side)].map((camera) => renderScene({ meshes: alone, camera, ...SIZE }));
  return {
    png: writePng(sideBySide([front, ...close])),
    caption: `As scanned: from the front with the other bones, the fragments from the middle and from the side. ${legend(reduced)}`,
  };
}

const COLOUR_NAMES = ['orange', 'green', 'pink', 'vermilion', 'yellow', 'purple'];
function legend(reduced: ReducedBone): string {
  const names = fragmentNames(reduced);
  const moved = names.filter((n) => !n.endsWith('-ilium'));
  return names.map((n) => `${n}: ${moved.includes(n) ? COLOUR_NAMES[moved.indexOf(n) % 6] : 'light blue'}`).join(', ');
}

function reductionFigures({ healthy, reduction, reduced }: FigureInputs, side: Side): Figure[] {
  const names = fragmentNames(reduced);
  const placed = reduced.fragments.map(({ name, mesh }) => ({ mesh, colour: fragmentColour(names, name) }));
  const template = transformMesh(reduction.templateFromHealthy, healthy.mesh);
  // A mirror image turns faces inside out; the scene does not mind, distances do.
  const flipped = { positions: template.positions, triangles: turned(template.triangles) };
  const tree = buildBvh(flipped);
  const colours: ColourScale = { map: DIVERGING, lo: -WIDEST_MM, hi: WIDEST_MM };
  const mapped = reduced.fragments.map(
    ({ mesh }): SceneMesh => ({ mesh, scale: colours, values: signedDistances(tree, mesh.positions, { limitMm: 10 }) }),
  );
  const seen = looks(side).map((camera) => renderScene({ meshes: mapped, camera, ...SIZE }));
  const bar = colourBar({ scale: colours, unit: 'mm', title: 'off', heightPx: SIZE.height, sizePx: 16 });
  return [
    {
      png: views(looks(side), placed),
      caption: `Reduced: from the front, from the middle and from the side. ${legend(reduced)}`,
    },
    {
      png: writePng(sideBySide([...seen, bar])),
      caption:
        'Reduced bone and the healthy side mirrored: outside it red, inside it blue. Fracture faces inside the bone are blue by nature; differences below 3 mm are those between two healthy sides',
    },
  ];
}

/** The same triangles with the other side out. */
function turned(triangles: Uint32Array): Uint32Array {
  const out = triangles.slice();
  for (let i = 0; i < out.length; i += 3) [out[i + 1], out[i + 2]] = [out[i + 2], out[i + 1]];
  return out;
}

/** Shaft and head of a screw, for pictures: the head stands before the entry. */
export function screwMesh({ entryMm, direction, lengthMm, screw, stockMm }: ScrewPlan): Mesh {
  const [u, v, w] = frameAbout(direction, Math.abs(direction[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0]);
  const before = stockMm - lengthMm;
  const at = (s: number) => {
    const o = add(entryMm, scale(w, s));
    return {
      from: 'lps',
      to: 'lps',
      m: [u[0], v[0], w[0], o[0], u[1], v[1], w[1], o[1], u[2], v[2], w[2], o[2]],
    } as const;
  };
  return joinMeshes([
    transformMesh(at(-before), cylinder(screw.diameterMm / 2, stockMm, 20)),
    transformMesh(at(-before), cylinder(screw.headDiameterMm / 2, screw.headHeightMm, 24)),
  ]);
}

function screwFigure({ reduced }: FigureInputs, { screws }: ScrewPlans, side: Side): Figure {
  const { centreMm, radiusMm } = reduced.acetabulum;
  const meshes: SceneMesh[] = [
    ...reduced.fragments.map((f) => ({ mesh: f.mesh, opacity: 0.35 })),
    ...screws.map((s) => ({ mesh: screwMesh(s), colour: SCREW })),
    { mesh: sphere(radiusMm, 4, centreMm), colour: PALETTE[0] },
  ];
  const pictures = [VIEWS.anterior, inlet(side), medialView(side), lateralView(side)].map((camera) =>
    numbered({ meshes, camera, ...SIZE }, screws),
  );
  return {
    png: writePng(sideBySide(pictures)),
    caption:
      'Screws (red, by number) and the sphere of the joint (blue) in reduced bone: from the front, from above and across, from the middle, from the side',
  };
}

/** A scene with the numbers of the screws beside their heads. */
function numbered(scene: Parameters<typeof renderScene>[0], screws: readonly ScrewPlan[]): Image {
  const image = renderScene(scene);
  const p = projectionOfScene(scene);
  for (const { id, entryMm, direction } of screws) {
    const q: Vec3 = add(entryMm, scale(direction, -9));
    const x = (p.right[0] * q[0] + p.right[1] * q[1] + p.right[2] * q[2]) / p.pixelMm + p.x0;
    const y = -(p.up[0] * q[0] + p.up[1] * q[1] + p.up[2] * q[2]) / p.pixelMm + p.y0;
    drawText(image, id, x, y, { sizePx: 18, anchor: 'middle', halo: WHITE, bold: true });
  }
  return image;
}

function plateFigures({ reduced, plans }: FigureInputs, plate: Plate, side: Side): Figure[] {
  const names = fragmentNames(reduced);
  const bone = reduced.fragments.map(({ name, mesh }) => ({ mesh, colour: pale(fragmentColour(names, name)) }));
  const metal: SceneMesh[] = [
    { mesh: plate.body, colour: STEEL },
    ...(plans?.screws ?? []).map((s) => ({ mesh: screwMesh(s), colour: SCREW })),
  ];
  const on = [VIEWS.anterior, inlet(side), medialView(side)];
  return [
    {
      png: views(on, [...bone, ...metal]),
      caption: 'Plate and screws on the reduced bone: from the front, from above and across, from the middle',
    },
    {
      png: views([inlet(side), medialView(side), lateralView(side)], [{ mesh: plate.body, colour: STEEL }]),
      caption: 'The plate alone: from above and across, from the middle, from the side of the bone',
    },
    {
      png: writePng(
        dimensionedViews(
          plate.body,
          STEEL,
          plate.holes.map((h) => ({ id: h.screwId, at: add(h.entryMm, scale(h.outward, h.outerSideMm)) })),
        ),
      ),
      caption: 'Plate, three views along its own axes, with overall dimensions; holes by the number of their screw',
    },
  ];
}

function guideFigures({ reduced }: FigureInputs, plate: Plate, guide: Guide, side: Side): Figure[] {
  const names = fragmentNames(reduced);
  const bone = reduced.fragments.map(({ name, mesh }) => ({ mesh, colour: pale(fragmentColour(names, name)) }));
  const nylon: SceneMesh = { mesh: guide.body, colour: NYLON };
  const on = [inlet(side), medialView(side)].map((camera) =>
    renderScene({ meshes: [...bone, { mesh: plate.body, colour: STEEL }, nylon], camera, ...SIZE }),
  );
  const alone = [
    { view: scale(guide.removal, -1), up: VIEWS.anterior.up },
    { view: guide.removal, up: VIEWS.anterior.up },
  ].map((camera) => renderScene({ meshes: [nylon], camera, ...SIZE }));
  const sleeves = guide.bores.map((b) => ({ id: b.id, at: add(b.entryMm, scale(b.outward, b.toMm)) }));
  return [
    {
      png: writePng(sideBySide([...on, ...alone])),
      caption:
        'Drilling guide on plate and bone: from above and across, from the middle; alone, from outside and from its seat',
    },
    {
      png: writePng(dimensionedViews(guide.body, NYLON, sleeves)),
      caption: 'Drilling guide, three views along its own axes, with overall dimensions; bores by number',
    },
  ];
}

const pale = ([r, g, b]: Rgb): Rgb => [r * 0.35 + 160, g * 0.35 + 155, b * 0.35 + 145];
