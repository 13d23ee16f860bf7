import type { Side } from '../../base/index.ts';
import { suggestion } from '../nearest.ts';
import type { ParamValue } from '../step.ts';
import { choice, list, number, type Reader, record, text } from './check.ts';

/** What every case says, whatever its procedure. */
export interface CommonCase {
  /** Schema number. */
  readonly osteon: number;
  /** Folder, zip or single files, relative to the case file. */
  readonly scan: readonly string[];
  readonly affectedSide: Side;
  readonly material: Material;
  /** SeriesInstanceUID, where several could be meant. */
  readonly series?: string;
  /** Path of the edits file. */
  readonly edits?: string;
  /** Parameters of steps other than their defaults, `step.param` → value. */
  readonly parameters?: Readonly<Record<string, ParamValue>>;
  /** Findings that would block, by code, and why a person lets the case go on. */
  readonly overrides?: Readonly<Record<string, string>>;
}

export const MATERIALS = ['Ti-6Al-4V ELI', 'Co-28Cr-6Mo', '316L'] as const;
export type Material = (typeof MATERIALS)[number];

/** The parameters a procedure has, by name; each checks one value. @throws any OsteonError */
export type Parameters = ReadonlyMap<string, (value: ParamValue) => void>;

export const path = text('a path', /^[^\s].*$/);

const scan: Reader<readonly string[]> = (node, key) =>
  Array.isArray(node.value)
    ? list(path, 1, 10_000, 'a path, or a list of paths')(node, key)
    : [text('a path to a folder, a zip or a file', /^[^\s].*$/)(node, key)];

const parameterValue: Reader<ParamValue> = (node, key) => {
  const { value } = node;
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  return list(number(-1e9, 1e9, ''), 0, 64, 'a number, a word, true or false, or a list of numbers')(node, key);
};

export const among = (names: readonly string[]) => (name: string) =>
  names.includes(name) ? undefined : suggestion(name, names);

/** Readers of the keys that all procedures share. */
export const commonReaders = <M extends Material>(parameters: Parameters, materials: readonly M[]) => ({
  osteon: number(1, 1e6, ''),
  scan,
  affectedSide: choice<Side>('left', 'right'),
  material: choice(...materials),
  edits: path,
  series: text('a SeriesInstanceUID', /^[0-9][0-9.]{0,63}(#\d{1,4})?$/),
  parameters: ((node, key) => {
    const values = record(among([...parameters.keys()]), parameterValue)(node, key);
    for (const [name, value] of Object.entries(values)) parameters.get(name)?.(value);
    return values;
  }) satisfies Reader<Readonly<Record<string, ParamValue>>>,
  overrides: record(
    (code) => (/^[a-z]+\.[a-z-]+$/.test(code) ? undefined : 'An override names the code of a finding'),
    text('a reason of at least ten characters', /^.{10,}$/, 500),
  ),
});
