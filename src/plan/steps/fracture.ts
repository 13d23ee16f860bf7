import { LPS_IDENTITY, type LpsTransform, type Side, type Vec3 } from '../../base/index.ts';
import { writePng } from '../../io/index.ts';
import { apply, scale, sub } from '../../math/index.ts';
import {
  type Acetabulum,
  brokenSocket,
  type FractureGaps,
  fitAcetabulum,
  fitFemoralHead,
  gapsAt,
} from '../../measure/index.ts';
import { centroid, type Mesh, transformMesh } from '../../mesh/index.ts';
import { type PoseCorrection, REDUCTION_DEFAULTS, type Reduction, reduceFragments } from '../../register/index.ts';
import { boneColour, type Camera, drawText, grid, lateralView, medialView, renderScene } from '../../render/index.ts';
import type { Engines } from '../engines.ts';
import type { Step } from '../step.ts';

type None = Record<string, never>;

/** A surface, from a file or traced in a scan. */
interface Surface {
  readonly mesh: Mesh;
}

/** What a reduction starts from; `names` are those of the fragments, in order. */
export interface FractureFiles {
  readonly names: { readonly fragments: readonly string[]; readonly intact: string };
  readonly fragments: readonly Surface[];
  readonly healthy: Surface;
}

/** Pieces of a broken hip bone to the mirrored healthy one and to each other. */
export const fractureReduce: Step<
  FractureFiles & { sacrum?: Surface; corrections: readonly PoseCorrection[] },
  { samples: number },
  Reduction,
  Engines
> = {
  id: 'fracture.reduce',
  version: 1,
  label: 'reducing the fracture',
  costS: 4,
  params: {
    samples: {
      label: 'samples on each fragment and on the template',
      unit: '',
      default: REDUCTION_DEFAULTS.samples,
      min: 500,
      max: 20000,
      source: 'docs/evidence/reduction.md',
    },
  },
  handler: ({ names, fragments, healthy, sacrum, corrections }, params, { job }) =>
    reduceFragments(
      {
        fragments: names.fragments.map((name, i) => ({ name, mesh: fragments[i].mesh })),
        intact: names.intact,
        healthy: healthy.mesh,
        ...(sacrum && { sacrum: sacrum.mesh }),
        corrections,
      },
      params,
      job,
    ),
};

/** The joint of the reduced bone, and how far the pieces are apart in it before and after. */
export interface FractureMeasures {
  readonly acetabulum: Acetabulum;
  readonly before: FractureGaps;
  readonly after: FractureGaps;
}

export const fractureMeasure: Step<
  FractureFiles & { reduction: Reduction; found?: Reduction; healthyFemur?: Surface },
  None,
  FractureMeasures,
  Engines
> = {
  id: 'fracture.measure',
  version: 3,
  label: 'measuring gap and step-off',
  costS: 3,
  params: {},
  /** @param found where faces meet; a pose that a person changed is measured from there, or its own gap would be its zero */
  handler({ names, fragments, healthy, reduction, found = reduction, healthyFemur }, _, { job }) {
    const reduced = fragments.map((f, i) => transformMesh(reduction.poses[i].reducedFromImaged, f.mesh));
    const femur = healthyFemur && fitFemoralHead(healthyFemur.mesh);
    const other = fitAcetabulum(healthy.mesh);
    const onTemplate = (p: Vec3) => apply(reduction.templateFromHealthy, p);
    const hip = femur && { socket: other, head: femur, mirroredMm: onTemplate(femur.centreMm) };
    const acetabulum = fitAcetabulum(reduced, hip ? { healthy: hip } : {});
    const isFound = found.poses.every((p, i) => samePose(p.reducedFromImaged, reduction.poses[i].reducedFromImaged));
    const joint = isFound
      ? acetabulum.surface
      : fitAcetabulum(fragments.map((f, i) => transformMesh(found.poses[i].reducedFromImaged, f.mesh))).surface;
    const template = {
      mesh: transformMesh(reduction.templateFromHealthy, healthy.mesh),
      joint: { ...other.surface, centreMm: onTemplate(other.surface.centreMm) },
    };
    const { centreMm, radiusMm, headRadiusMm } = acetabulum;
    const head = headRadiusMm === undefined ? undefined : { centreMm, radiusMm: headRadiusMm };
    const socket = brokenSocket(
      {
        pieces: fragments.map(({ mesh }, i) => ({
          name: names.fragments[i],
          mesh,
          reduced: found.poses[i].reducedFromImaged,
        })),
        joint,
        template,
        slices: { centreMm, radiusMm },
      },
      job.part(0.2, 0.6),
    );
    const asScanned = fragments.map(() => LPS_IDENTITY);
    const planned = reduction.poses.map((p) => p.reducedFromImaged);
    return {
      acetabulum,
      before: gapsAt(socket, asScanned, {}, job.part(0.6, 0.8)),
      after: gapsAt(socket, planned, { head }, job.part(0.8, 1)),
    };
  },
};

const samePose = (a: LpsTransform, b: LpsTransform): boolean => a.m.every((v, i) => v === b.m[i]);

/** A fragment where it belongs. */
export const fractureMoved: Step<
  { file: Surface; reduction: Reduction },
  { index: number },
  { readonly mesh: Mesh },
  Engines
> = {
  id: 'fracture.moved',
  version: 1,
  label: 'moving fragments',
  costS: 0.1,
  params: { index: { label: 'number of the fragment', unit: '', default: 0, min: 0, max: 100, source: 'the files' } },
  handler: ({ file, reduction }, { index }) => ({
    mesh: transformMesh(reduction.poses[index].reducedFromImaged, file.mesh),
  }),
};

/** The healthy hip bone, mirrored onto the broken side. */
export const fractureTemplate: Step<
  { healthy: Surface; reduction: Reduction },
  None,
  { readonly mesh: Mesh },
  Engines
> = {
  id: 'fracture.template',
  version: 1,
  label: 'mirroring the healthy side',
  costS: 0.1,
  params: {},
  handler: ({ healthy, reduction }) => ({ mesh: transformMesh(reduction.templateFromHealthy, healthy.mesh) }),
};

const WIDTH = 620;
const HEIGHT = 700;

/** Before and after: from the side, from the midline, and into the socket; the template as glass. */
export const fracturePictures: Step<
  FractureFiles & { reduction: Reduction; measures: FractureMeasures },
  None,
  { readonly png: Uint8Array },
  Engines
> = {
  id: 'fracture.pictures',
  version: 1,
  label: 'drawing before and after',
  costS: 5,
  params: {},
  handler({ names, fragments, healthy, reduction, measures }) {
    const template = transformMesh(reduction.templateFromHealthy, healthy.mesh);
    const middle = centroid(template);
    const side: Side = sub(middle, centroid(healthy.mesh))[0] > 0 ? 'left' : 'right';
    const cameras: [string, Camera][] = [
      ['from the side', lateralView(side)],
      ['from the midline', medialView(side)],
      ['into the socket', { view: scale(measures.acetabulum.axis, -1), up: [0, 0, 1] }],
    ];
    const colours = names.fragments.map((name, i) => boneColour(name, i + 1));
    const row = (isAfter: boolean) =>
      cameras.map(([from, camera]) => {
        const image = renderScene({
          meshes: [
            ...fragments.map(({ mesh }, i) => ({
              mesh: isAfter ? transformMesh(reduction.poses[i].reducedFromImaged, mesh) : mesh,
              colour: colours[i],
            })),
            { mesh: template, opacity: 0.25 },
          ],
          camera: { ...camera, centre: middle, pixelMm: 240 / HEIGHT },
          width: WIDTH,
          height: HEIGHT,
        });
        drawText(image, `${isAfter ? 'reduced' : 'as scanned'}, ${from}`, 14, 20, { sizePx: 18 });
        if (from === cameras[0][0])
          names.fragments.forEach((name, i) => {
            drawText(image, name, 14, 46 + 24 * i, { sizePx: 16, colour: colours[i], bold: true });
          });
        return image;
      });
    return { png: writePng(grid([...row(false), ...row(true)], cameras.length)) };
  },
};
