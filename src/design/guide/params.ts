import type { Params, Values } from '../recipe.ts';

/** What a guide is made by decides its walls and gaps. */
export interface GuideProcess {
  readonly name: string;
  readonly wallMm: number;
  readonly plateGapMm: number;
  readonly boreGapMm: number;
  readonly densityGPerCm3: number;
  /** What steam at 134 °C does to it. */
  readonly steam: { readonly bears: boolean; readonly text: string };
  readonly source: string;
}

export const GUIDE_PROCESSES = {
  'polyamide, laser-sintered': {
    name: 'polyamide 12, laser-sintered',
    wallMm: 3,
    plateGapMm: 0.25,
    boreGapMm: 0.3,
    densityGPerCm3: 1.01,
    steam: {
      bears: true,
      text: 'polyamide 12 bears steam at 134 °C; the cycle is to be validated by who sterilises, and sizes checked after it',
    },
    source:
      'source 003 of the series (polyamide powder, 134 °C steam); wall and gap as of open guide planners, design/field.md c9',
  },
  'resin, stereolithography': {
    name: 'surgical resin, stereolithography',
    wallMm: 2.5,
    plateGapMm: 0.2,
    boreGapMm: 0.2,
    densityGPerCm3: 1.18,
    steam: { bears: true, text: 'only resins sold for it bear steam at 134 °C; see the maker’s instructions' },
    source: 'design/field.md c9: 0.25 mm for stereolithography; not measured here',
  },
  'titanium, powder bed': {
    name: 'Ti-6Al-4V, laser powder bed',
    wallMm: 1.5,
    plateGapMm: 0.2,
    boreGapMm: 0.2,
    densityGPerCm3: 4.43,
    steam: { bears: true, text: 'titanium bears steam at 134 °C' },
    source: 'least walls of the process; metal bores wear drills less than plastic ones shed',
  },
  'polylactide, extruded': {
    name: 'polylactide, extruded',
    wallMm: 3,
    plateGapMm: 0.4,
    boreGapMm: 0.4,
    densityGPerCm3: 1.24,
    steam: { bears: false, text: 'polylactide softens at 60 °C: for rehearsal only, never steam it' },
    source: 'design/field.md c9: 0.4 mm for extrusion',
  },
} as const satisfies Readonly<Record<string, GuideProcess>>;

export type GuideProcessName = keyof typeof GUIDE_PROCESSES;
const DEFAULT: GuideProcess = GUIDE_PROCESSES['polyamide, laser-sintered'];

/** Every number of a drilling guide that a person may set, with where its default comes from. */
export const GUIDE_PARAMS = {
  wallMm: {
    unit: 'mm',
    default: DEFAULT.wallMm,
    min: 1,
    max: 8,
    label: 'Wall over and beside the plate',
    source: DEFAULT.source,
  },
  plateGapMm: {
    unit: 'mm',
    default: DEFAULT.plateGapMm,
    min: 0.05,
    max: 1,
    label: 'Gap between guide and plate',
    source: DEFAULT.source,
  },
  boneGapMm: {
    unit: 'mm',
    default: 0.4,
    min: 0.1,
    max: 2,
    label: 'Gap between guide and bone',
    source: 'the plate carries the guide; the bone only shows whether it lies right. Twice the stand-off',
  },
  boreGapMm: {
    unit: 'mm',
    default: DEFAULT.boreGapMm,
    min: 0.05,
    max: 1,
    label: 'Bores wider than drill or wire by this, on the diameter',
    source: DEFAULT.source,
  },
  sleeveMm: {
    unit: 'mm',
    default: 12,
    min: 4,
    max: 40,
    label: 'Length of a sleeve above the wall',
    source:
      'with the wall 15 mm of lead: 0.3 mm of play lets a drill lean by 1.1°, a third of what is seen with guides',
  },
  sleeveWallMm: {
    unit: 'mm',
    default: 2,
    min: 1,
    max: 6,
    label: 'Wall of a sleeve',
    source: 'stiff against the drill; two thirds of the wall',
  },
  legs: {
    unit: '',
    default: 4,
    min: 0,
    max: 10,
    label: 'Extensions that lie on bone',
    source: 'three make a seat, a fourth shows whether it is the right one',
  },
  legMm: {
    unit: 'mm',
    default: 11,
    min: 4,
    max: 30,
    label: 'Length of an extension beyond the guide',
    source: 'can be seen beside the plate, and stays inside the dissected field',
  },
  legWidthMm: {
    unit: 'mm',
    default: 8,
    min: 4,
    max: 20,
    label: 'Width of an extension',
    source: 'room for a wire hole with its wall',
  },
  wires: {
    unit: '',
    default: 2,
    min: 0,
    max: 6,
    label: 'Holes for Kirschner wires',
    source: 'two hold the guide against turning',
  },
  wireMm: { unit: 'mm', default: 1.6, min: 1, max: 3, label: 'Diameter of the wires', source: 'usual wire for guides' },
  textMm: {
    unit: 'mm',
    default: 4,
    min: 2.5,
    max: 10,
    label: 'Height of engraved letters',
    source: 'legible after laser sintering, whose strokes are 0.8 mm',
  },
  engraveMm: {
    unit: 'mm',
    default: 0.7,
    min: 0.3,
    max: 2,
    label: 'Depth of engraved letters',
    source: 'design/field.md c9: 1 mm; a quarter of the wall',
  },
  gridMm: {
    unit: 'mm',
    default: 0.5,
    min: 0.3,
    max: 1,
    label: 'Spacing of the field the body is made from',
    source: 'docs/evidence/plate.md',
  },
  deviationMm: {
    unit: 'mm',
    default: 0.05,
    min: 0.005,
    max: 0.1,
    label: 'Triangles are saved within this distance',
    source: 'a fifth of the gap to the plate',
  },
} as const satisfies Params;

export type GuideValues = Values<typeof GUIDE_PARAMS>;

/** The numbers that a process sets, to be given to `resolveParams` beneath what a person has set. */
export const guideProcessValues = (name: GuideProcessName): Record<string, number> => {
  const { wallMm, plateGapMm, boreGapMm } = GUIDE_PROCESSES[name];
  return { wallMm, plateGapMm, boreGapMm };
};
