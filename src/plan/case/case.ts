import { OsteonError, type Side, type Vec3 } from '../../base/index.ts';
import { suggestion } from '../nearest.ts';
import type { ParamValue } from '../step.ts';
import { choice, fields, list, number, pointMm, type Reader, record, refuseValue, text } from './check.ts';
import { type Node, readYaml } from './yaml.ts';

/** What people decided. Everything else is a function of it. Holds no array, no identity, only decisions and paths. */
export interface CaseDocument {
  /** Schema number. */
  readonly osteon: number;
  readonly procedure: Procedure;
  /** Folder, zip or single files, relative to the case file. */
  readonly scan: readonly string[];
  readonly affectedSide: Side;
  readonly material: Material;
  readonly bodyMassKg: number;
  readonly sizes: SizeSet;
  /** SeriesInstanceUID, where several could be meant. */
  readonly series?: string;
  /** A point inside a bone (LPS mm), where recognition needs help. */
  readonly bones?: Readonly<Record<string, Vec3>>;
  /** Path of the edits file. */
  readonly edits?: string;
  /** Bumps to smooth away on the implant. */
  readonly osteophytes?: readonly Osteophyte[];
  /** Parameters of steps other than their defaults, `step.param` → value. */
  readonly parameters?: Readonly<Record<string, ParamValue>>;
  /** How a size is built; absent: the usual process of the material, the nominal size. `none`: not at all. */
  readonly make?: MakeSection | 'none';
  /** Findings that would block, by code, and why a person lets the case go on. */
  readonly overrides?: Readonly<Record<string, string>>;
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

export const PROCEDURES = ['total-talus-replacement'] as const;
export type Procedure = (typeof PROCEDURES)[number];
export const MATERIALS = ['Ti-6Al-4V ELI', 'Co-28Cr-6Mo'] as const;
export type Material = (typeof MATERIALS)[number];
/** The three sizes a surgeon chooses from in the theatre. */
export const DEFAULT_SIZES: SizeSet = { mode: 'volume', percent: [95, 100, 105] };

type Map1 = ReadonlyMap<string, Node>;
/** Append only. Entry k turns schema k + 1 into k + 2; an entry is never edited after its release. */
const MIGRATIONS: readonly ((old: Map1) => Map1)[] = [];
export const CASE_SCHEMA = MIGRATIONS.length + 1;

/** What a case may name; given by the workflow, so that a case can be checked before anything is read. */
export interface CaseVocabulary {
  /** `left-talus` … */
  readonly bones: readonly string[];
  /** Checks one parameter. @throws any OsteonError */
  readonly parameters: ReadonlyMap<string, (value: ParamValue) => void>;
  /** Ways of making a part, and the numbers they may have. */
  readonly processes: readonly string[];
  readonly settings: readonly string[];
  /** Rates of the cost ledger. */
  readonly rates: readonly string[];
}

/** A case file as written, checked to the last key. @throws case.syntax, case.unknown-key, case.value, case.newer */
export function parseCase(source: string, vocabulary: CaseVocabulary): CaseDocument {
  const { sizesVolumePercent, sizesLinearPercent, ...rest } = fields<CaseFile>(readersOf(vocabulary), [
    'osteon',
    'procedure',
    'scan',
    'affectedSide',
    'material',
    'bodyMassKg',
  ])(migrate(readYaml(source)), '');
  if (sizesVolumePercent && sizesLinearPercent)
    throw new OsteonError('case.value', { key: 'sizesLinearPercent' }, 'Give sizes by volume or by length, not both');
  const sizes: SizeSet = sizesLinearPercent
    ? { mode: 'linear', percent: sizesLinearPercent }
    : { mode: 'volume', percent: sizesVolumePercent ?? DEFAULT_SIZES.percent };
  return { ...rest, sizes };
}

type CaseFile = Omit<CaseDocument, 'sizes'> & {
  readonly sizesVolumePercent?: readonly number[];
  readonly sizesLinearPercent?: readonly number[];
};

function migrate(node: Node): Node {
  const { value } = node;
  if (!(value instanceof Map)) throw refuseValue(node, 'the case', 'a map of keys and values, one on each line');
  const schema = (value as Map1).get('osteon');
  if (!schema)
    throw new OsteonError('case.value', { key: 'osteon', line: 1, value: 'missing' }, 'Begin the case with osteon: 1');
  const n = schema.value;
  if (typeof n !== 'number' || !Number.isInteger(n) || n < 1)
    throw refuseValue(schema, 'osteon', `a whole number, ${CASE_SCHEMA}`);
  if (n > CASE_SCHEMA) throw new OsteonError('case.newer', { schema: n, newest: CASE_SCHEMA }, 'Update the program');
  return { line: node.line, value: MIGRATIONS.slice(n - 1).reduce((map, up) => up(map), value as Map1) };
}

const path = text('a path', /^[^\s].*$/);

const scan: Reader<readonly string[]> = (node, key) =>
  Array.isArray(node.value)
    ? list(path, 1, 10_000, 'a path, or a list of paths')(node, key)
    : [text('a path to a folder, a zip or a file', /^[^\s].*$/)(node, key)];

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

const parameterValue: Reader<ParamValue> = (node, key) => {
  const { value } = node;
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  return list(number(-1e9, 1e9, ''), 0, 64, 'a number, a word, true or false, or a list of numbers')(node, key);
};

function readersOf({ bones, parameters, processes, settings, rates }: CaseVocabulary): {
  readonly [K in keyof CaseFile]-?: Reader<Exclude<CaseFile[K], undefined>>;
} {
  const among = (names: readonly string[]) => (name: string) =>
    names.includes(name) ? undefined : suggestion(name, names);
  return {
    osteon: number(1, 1e6, ''),
    procedure: choice(...PROCEDURES),
    scan,
    affectedSide: choice<Side>('left', 'right'),
    material: choice(...MATERIALS),
    bodyMassKg: number(20, 300, 'kg'),
    sizesVolumePercent: sizes,
    sizesLinearPercent: sizes,
    series: text('a SeriesInstanceUID', /^[0-9][0-9.]{0,63}(#\d{1,4})?$/),
    bones: record(among(bones), pointMm),
    edits: path,
    osteophytes: list(
      fields<Osteophyte>({ at: pointMm, radiusMm: number(1, 15, 'mm') }, ['at', 'radiusMm']),
      1,
      64,
      'a list of { at: [x, y, z], radiusMm: r }',
    ),
    parameters: (node, key) => {
      const values = record(among([...parameters.keys()]), parameterValue)(node, key);
      for (const [name, value] of Object.entries(values)) parameters.get(name)?.(value);
      return values;
    },
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
    overrides: record(
      (code) => (/^[a-z]+\.[a-z-]+$/.test(code) ? undefined : 'An override names the code of a finding'),
      text('a reason of at least ten characters', /^.{10,}$/, 500),
    ),
  };
}
