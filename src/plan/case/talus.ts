import { OsteonError, type Vec3 } from '../../base/index.ts';
import { choice, fields, list, number, pointMm, type Reader, record, refuseValue } from './check.ts';
import { among, type CommonCase, commonReaders, type Material, type Parameters } from './common.ts';
import type { Node } from './yaml.ts';

/** A case of total talus replacement. */
export interface TalusDocument extends CommonCase {
  readonly procedure: 'total-talus-replacement';
  readonly material: TalusMaterial;
  readonly bodyMassKg: number;
  readonly sizes: SizeSet;
  /** A point inside a bone (LPS mm), where recognition needs help. */
  readonly bones?: Readonly<Record<string, Vec3>>;
  /** Bumps to smooth away on the implant. */
  readonly osteophytes?: readonly Osteophyte[];
  /** How a size is built; absent: the usual process of the material, the nominal size. `none`: not at all. */
  readonly make?: MakeSection | 'none';
}
export interface MakeSection {
  /** A process by its name. */
  readonly process?: string;
  /** The size that is built, percent. */
  readonly size?: number;
  /** Tensile specimens on the plate. */
  readonly coupons?: number;
  /** Numbers of the process other than its own. */
  readonly settings?: Readonly<Record<string, number>>;
  /** Rates of the cost ledger. */
  readonly rates?: Readonly<Record<string, number>>;
}
export interface Osteophyte {
  readonly at: Vec3;
  readonly radiusMm: number;
}
/** `volume`: percent of the volume; `linear`: percent of every length. */
export interface SizeSet {
  readonly mode: 'volume' | 'linear';
  readonly percent: readonly number[];
}

export const TALUS_MATERIALS = ['Ti-6Al-4V ELI', 'Co-28Cr-6Mo'] as const satisfies readonly Material[];
export type TalusMaterial = (typeof TALUS_MATERIALS)[number];
/** The three sizes a surgeon chooses from in the theatre. */
export const DEFAULT_SIZES: SizeSet = { mode: 'volume', percent: [95, 100, 105] };

/** What a case may name; given by the workflow, so that a case can be checked before anything is read. */
export interface TalusVocabulary {
  /** `left-talus` … */
  readonly bones: readonly string[];
  readonly parameters: Parameters;
  /** Ways of making a part, and the numbers they may have. */
  readonly processes: readonly string[];
  readonly settings: readonly string[];
  /** Rates of the cost ledger. */
  readonly rates: readonly string[];
}

type CaseFile = Omit<TalusDocument, 'sizes'> & {
  readonly sizesVolumePercent?: readonly number[];
  readonly sizesLinearPercent?: readonly number[];
};

/** @throws case.unknown-key, case.value, param.range */
export function parseTalus(node: Node, vocabulary: TalusVocabulary): TalusDocument {
  const { sizesVolumePercent, sizesLinearPercent, ...rest } = fields<CaseFile>(readersOf(vocabulary), [
    'osteon',
    'procedure',
    'scan',
    'affectedSide',
    'material',
    'bodyMassKg',
  ])(node, '');
  if (sizesVolumePercent && sizesLinearPercent)
    throw new OsteonError('case.value', { key: 'sizesLinearPercent' }, 'Give sizes by volume or by length, not both');
  const sizes: SizeSet = sizesLinearPercent
    ? { mode: 'linear', percent: sizesLinearPercent }
    : { mode: 'volume', percent: sizesVolumePercent ?? DEFAULT_SIZES.percent };
  return { ...rest, sizes };
}

/** Far enough for any hand-held choice of sizes, near enough to catch a factor written as a percentage. */
const sizes: Reader<readonly number[]> = (node, key) => {
  const percent = list(
    number(50, 150, 'percent'),
    1,
    9,
    'a list of one to nine numbers from 50 to 150 percent',
  )(node, key);
  if (new Set(percent).size !== percent.length) throw refuseValue(node, key, 'each size once');
  return percent;
};

function readersOf({ bones, parameters, processes, settings, rates }: TalusVocabulary): {
  readonly [K in keyof CaseFile]-?: Reader<Exclude<CaseFile[K], undefined>>;
} {
  return {
    ...commonReaders(parameters, TALUS_MATERIALS),
    procedure: choice<TalusDocument['procedure']>('total-talus-replacement'),
    bodyMassKg: number(20, 300, 'kg'),
    sizesVolumePercent: sizes,
    sizesLinearPercent: sizes,
    bones: record(among(bones), pointMm),
    osteophytes: list(
      fields<Osteophyte>({ at: pointMm, radiusMm: number(1, 15, 'mm') }, ['at', 'radiusMm']),
      1,
      64,
      'a list of { at: [x, y, z], radiusMm: r }',
    ),
    make: (node, key) =>
      node.value === 'none'
        ? 'none'
        : fields<MakeSection>(
            {
              process: choice(...processes),
              size: number(50, 150, 'percent'),
              coupons: number(0, 12, ''),
              settings: record(among(settings), number(-1e9, 1e9, '')),
              rates: record(among(rates), number(0, 1e7, '')),
            },
            [],
          )(node, key),
  };
}
