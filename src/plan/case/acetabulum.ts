import type { Vec3 } from '../../base/index.ts';
import { GUIDE_PROCESSES, type GuideProcessName, SCREWS } from '../../design/index.ts';
import { choice, fields, list, number, pointMm, type Reader, record, refuseValue, text } from './check.ts';
import { among, type CommonCase, commonReaders, type Material, type Parameters } from './common.ts';
import type { Node } from './yaml.ts';

/** A case of acetabular fracture: reduce, screws, plate, guide. Scan and side suffice; every choice can be made here. */
export interface AcetabulumDocument extends CommonCase {
  readonly procedure: 'acetabular-fracture';
  /** Of the plate. */
  readonly material: PlateMaterialName;
  /** A point inside a bone or fragment (LPS mm, as scanned), where segmentation needs help. */
  readonly bones?: Readonly<Record<string, Vec3>>;
  /** What a person changes about the reduction, by fragment. */
  readonly corrections?: Readonly<Record<string, PoseCorrection>>;
  readonly screws: 'automatic' | 'none' | readonly WantedScrew[];
  readonly plate: 'automatic' | 'none' | DrawnPlate;
  /** By which process it is made; `automatic`: laser-sintered polyamide. */
  readonly guide: 'automatic' | 'none' | GuideProcessName;
}

/** A motion on top of what the program found: turned about the fragment's own centre, then shifted, both in LPS axes. */
export interface PoseCorrection {
  readonly shiftMm?: Vec3;
  /** Rotation vector: its direction is the axis, its length the angle, degree. */
  readonly turnDeg?: Vec3;
  /** The fragment stays where the scan shows it, before shift and turn. */
  readonly asScanned?: boolean;
}

/** A screw that a person wants: by the zone it enters and the zone or direction it goes to, or by its axis. Reduced bone, LPS mm. */
export interface WantedScrew {
  /** A name for the table; absent: its number. */
  readonly id?: string;
  /** By its name in the library. */
  readonly screw?: string;
  readonly entry: Vec3;
  /** Entries may lie this far about `entry`; 0: there and nowhere else. */
  readonly radiusMm?: number;
  readonly target?: Vec3;
  readonly targetRadiusMm?: number;
  readonly direction?: Vec3;
  /** The direction may err by this; 0: this one and no other. */
  readonly coneDeg?: number;
  /** From the entry on bone to the tip; absent: as far as the corridor goes. */
  readonly lengthMm?: number;
}

/** A network of points on the reduced bone: arms through points, panels between them. */
export interface DrawnPlate {
  readonly points: Readonly<Record<string, Vec3>>;
  readonly arms: readonly (readonly string[])[];
  readonly panels?: readonly (readonly string[])[];
}

export const PLATE_MATERIALS = ['Ti-6Al-4V ELI', '316L'] as const satisfies readonly Material[];
export type PlateMaterialName = (typeof PLATE_MATERIALS)[number];

/** What such a case may name. */
export interface AcetabulumVocabulary {
  /** `left-anterior-column` … */
  readonly bones: readonly string[];
  readonly parameters: Parameters;
}

/** @throws case.unknown-key, case.value, param.range */
export function parseAcetabulum(node: Node, vocabulary: AcetabulumVocabulary): AcetabulumDocument {
  const {
    material = 'Ti-6Al-4V ELI',
    screws = 'automatic',
    plate = 'automatic',
    guide = 'automatic',
    ...rest
  } = fields<CaseFile>(readersOf(vocabulary), ['osteon', 'procedure', 'scan', 'affectedSide'])(node, '');
  return { ...rest, material, screws, plate, guide };
}

type Defaulted = 'material' | 'screws' | 'plate' | 'guide';
type CaseFile = Omit<AcetabulumDocument, Defaulted> & Partial<Pick<AcetabulumDocument, Defaulted>>;

const flag: Reader<boolean> = (node, key) => {
  if (typeof node.value !== 'boolean') throw refuseValue(node, key, 'true or false');
  return node.value;
};
const word = text('a name of letters, digits and -', /^[A-Za-z0-9][A-Za-z0-9-]*$/, 40);

const correction = fields<PoseCorrection>({ shiftMm: pointMm, turnDeg: pointMm, asScanned: flag }, []);

const wantedScrew = fields<WantedScrew>(
  {
    id: word,
    screw: choice(...SCREWS.map((s) => s.name)),
    entry: pointMm,
    radiusMm: number(0, 30, 'mm'),
    target: pointMm,
    targetRadiusMm: number(0, 40, 'mm'),
    direction: pointMm,
    coneDeg: number(0, 60, 'degree'),
    lengthMm: number(4, 200, 'mm'),
  },
  ['entry'],
);

const drawnPlate: Reader<DrawnPlate> = (node, key) => {
  const chain = list(word, 2, 40, 'a list of names of points');
  const read = fields<DrawnPlate>(
    {
      points: record((name) => (/^[A-Za-z0-9-]{1,40}$/.test(name) ? undefined : 'Letters, digits and -'), pointMm),
      arms: list(chain, 1, 12, 'a list of arms, each a list of names of points'),
      panels: list(chain, 0, 12, 'a list of panels, each a list of names of points'),
    },
    ['points', 'arms'],
  )(node, key);
  const names = Object.keys(read.points);
  for (const name of [...read.arms, ...(read.panels ?? [])].flat())
    if (!names.includes(name))
      throw refuseValue({ ...node, value: name }, key, `points that it defines: ${names.join(', ')}`);
  return read;
};

const either =
  <W extends string, T>(words: readonly W[], reader: Reader<T>): Reader<W | T> =>
  (node, key) =>
    words.includes(node.value as W) ? (node.value as W) : reader(node, key);

function readersOf({ bones, parameters }: AcetabulumVocabulary): {
  readonly [K in keyof CaseFile]-?: Reader<Exclude<CaseFile[K], undefined>>;
} {
  return {
    ...commonReaders(parameters, PLATE_MATERIALS),
    procedure: choice<AcetabulumDocument['procedure']>('acetabular-fracture'),
    bones: record(among(bones), pointMm),
    corrections: record(among(bones), correction),
    screws: either(
      ['automatic', 'none'] as const,
      list(wantedScrew, 1, 60, 'automatic, none, or a list of { entry: [x, y, z], … }'),
    ),
    plate: either(['automatic', 'none'] as const, drawnPlate),
    guide: choice('automatic', 'none', ...(Object.keys(GUIDE_PROCESSES) as GuideProcessName[])),
  };
}
