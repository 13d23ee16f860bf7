import { otherSide, type Side, type Vec3 } from '../../base/index.ts';
import type { JointHeight, Placement } from '../../design/index.ts';
import { writePng } from '../../io/index.ts';
import { distanceMap } from '../../measure/index.ts';
import { buildBvh, joinMeshes, type Mesh, transformMesh } from '../../mesh/index.ts';
import {
  boneColour,
  type Camera,
  CLEARANCE,
  colourBar,
  type Image,
  lateralView,
  medialView,
  PALETTE,
  renderScene,
  renderSlice,
  sideBySide,
  VIEWS,
} from '../../render/index.ts';
import type { Engines } from '../engines.ts';
import type { Figure } from '../report/model.ts';
import type { Step } from '../step.ts';
import type { BoneMesh } from './bones.ts';
import type { ScanVolume } from './scan.ts';
import { HINDFOOT, type TalusImplant } from './talus.ts';

/** Pictures of the report, by the section they stand in. */
export interface TalusFigures {
  readonly slices: readonly Figure[];
  readonly bones: readonly Figure[];
  readonly alignment: readonly Figure[];
  readonly fit: readonly Figure[];
}

/** Gaps wider than this all look the same in the fit map, mm. */
const WIDEST_MM = 4;

/** Slices with the outlines of the bones, both sides, the alignment, and the gap around the implant as colours. */
export const talusFigures: Step<
  {
    scan: ScanVolume;
    affected: readonly BoneMesh[];
    healthy: readonly BoneMesh[];
    placement: Placement;
    height: JointHeight;
    implant: TalusImplant;
  },
  { side: string },
  TalusFigures,
  Engines
> = {
  id: 'report.figures',
  version: 1,
  label: 'drawing pictures',
  costS: 4,
  params: {
    side: { label: 'Affected side', unit: '', default: 'left', choices: ['left', 'right'], source: 'the case' },
  },
  handler({ scan, affected, healthy, placement, height, implant }, { side: text }) {
    const side = text as Side;
    const sick = affected.map(({ mesh }) => mesh);
    const sound = healthy.map(({ mesh }) => mesh);
    const at = (name: (typeof HINDFOOT)[number]) => HINDFOOT.indexOf(name);
    const sides = ([side, otherSide(side)] as const).map((s) => ({
      s,
      parts: (s === side ? sick : sound).map((mesh, i) => ({ mesh, colour: boneColour(`${s}-${HINDFOOT[i]}`, i) })),
    }));
    const slices = sides.map(({ s, parts: outlines }): Figure => {
      const point = middleOf(outlines[at('talus')].mesh);
      const cuts = (['axial', 'coronal', 'sagittal'] as const).map((plane) =>
        renderSlice({ volume: scan.volume, plane, point, widthMm: 110, heightMm: 110, pixelMm: 0.25, outlines }),
      );
      return { png: writePng(sideBySide(cuts)), caption: `Bones outlined, ${s} side: axial, coronal, sagittal` };
    });
    const bones = sides.map(({ s, parts: meshes }): Figure => {
      const caption = `${s === side ? 'Affected' : 'Healthy'}, ${s} side: from lateral and from medial`;
      return {
        png: views([lateralView(s), medialView(s)], (camera) => renderScene({ meshes, camera, ...SIZE })),
        caption,
      };
    });
    const overlay = [
      { mesh: sick[at('calcaneus')] },
      { mesh: transformMesh(placement.lpsFromHealthy, sound[at('calcaneus')]), colour: PALETTE[0], opacity: 0.45 },
      { mesh: transformMesh(placement.lpsFromHealthyTalus, sound[at('talus')]), colour: PALETTE[0], opacity: 0.45 },
      { mesh: sick[at('talus')] },
    ];
    const alignment: Figure = {
      png: views([lateralView(side), VIEWS.anterior], (camera) => renderScene({ meshes: overlay, camera, ...SIZE })),
      caption: 'Affected talus and calcaneus (ivory) and the healthy ones, mirrored and aligned (coloured)',
    };
    const around = joinMeshes(
      sick.flatMap((mesh, i) => {
        if (i === at('talus')) return [];
        const lifted = HINDFOOT[i] === 'tibia' || HINDFOOT[i] === 'fibula';
        return [lifted ? transformMesh(height.lpsFromAffected, mesh) : mesh];
      }),
    );
    const values = distanceMap(implant.mesh, buildBvh(around));
    const scale = { map: CLEARANCE, lo: 0, hi: WIDEST_MM };
    const bar = colourBar({ scale, unit: 'mm', title: 'gap', heightPx: SIZE.height, sizePx: 16 });
    const mapped = [{ mesh: implant.mesh, values, scale }];
    const seen = [VIEWS.superior, VIEWS.inferior, VIEWS.anterior, lateralView(side)].map((camera) =>
      renderScene({ meshes: mapped, camera, ...SIZE }),
    );
    const fit: Figure = {
      png: writePng(sideBySide([...seen, bar])),
      caption: `Gap from the implant, size ${implant.size.percent} %, to the nearest bone: from above, below, the front and lateral`,
    };
    return { slices, bones, alignment: [alignment], fit: [fit] };
  },
};

const SIZE = { width: 560, height: 480 };

const views = (cameras: readonly Camera[], draw: (camera: Camera) => Image): Uint8Array =>
  writePng(sideBySide(cameras.map(draw)));

function middleOf({ positions: p }: Mesh): Vec3 {
  const sum = [0, 0, 0];
  for (let i = 0; i < p.length; i++) sum[i % 3] += p[i];
  const n = p.length / 3;
  return [sum[0] / n, sum[1] / n, sum[2] / n];
}
