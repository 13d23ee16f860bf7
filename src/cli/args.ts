import { OsteonError } from '../base/index.ts';
import { checkParam, type Param, type ParamValue, resolveParams, suggestion } from '../plan/index.ts';
import { choiceFlag, switchFlag, type Verb } from './verb.ts';

/** Flags of every verb. */
export const COMMON = {
  json: switchFlag('print one JSON document and nothing else'),
  quiet: switchFlag('print only errors and findings'),
  help: switchFlag('explain the verb'),
  progress: choiceFlag(
    'progress on stderr: a bar on a terminal, or lines of JSON for a program',
    ['bar', 'json'],
    'bar',
  ),
  workers: {
    label: 'threads; 0 takes one for each core; changes the time, never the result',
    unit: '',
    default: 0,
    min: 0,
    max: 64,
    source: 'command line',
  } satisfies Param<number>,
};
export type CommonFlags = { readonly [K in keyof typeof COMMON]: (typeof COMMON)[K]['default'] };

export interface Parsed {
  readonly args: readonly string[];
  readonly params: Record<string, ParamValue>;
  readonly common: CommonFlags;
  readonly given: ReadonlySet<string>;
}

export const kebab = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
const SHORT: Readonly<Record<string, string>> = { '-o': '--out', '-h': '--help', '-q': '--quiet' };

const usage = (facts: Record<string, string | number>, hint: string) => new OsteonError('cli.usage', facts, hint);

/** @throws cli.usage for an unknown flag, a missing value, a wrong number of arguments, a value out of range */
export function parseArgs(verb: Verb, words: readonly string[]): Parsed {
  const table: Record<string, Param> = { ...verb.params, ...COMMON };
  const byFlag = new Map(Object.keys(table).map((name) => [`--${kebab(name)}`, name]));
  const values: Record<string, ParamValue> = {};
  const args: string[] = [];
  let flagsOver = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (flagsOver || !word.startsWith('-') || word === '-' || /^-[\d.]/.test(word)) args.push(word);
    else if (word === '--') flagsOver = true;
    else {
      const [head, inline] = splitOnce(SHORT[word] ?? word);
      const name = byFlag.get(head);
      if (name === undefined) throw usage({ flag: head }, suggestion(head, [...byFlag.keys()]));
      const isSwitch = typeof table[name].default === 'boolean';
      const text = inline ?? (isSwitch ? 'true' : words[++i]);
      if (text === undefined) throw usage({ flag: head }, `${head} needs a value (${valueText(table[name])})`);
      const value = parseValue(head, table[name], text);
      const repeated = name in values && (verb.repeatable ?? []).includes(name);
      values[name] = repeated ? `${values[name]}\n${value}` : value;
    }
  }
  const common = { ...resolveParams(COMMON), ...pick(values, COMMON) } as CommonFlags;
  if (!common.help) checkCount(verb, args, values);
  return {
    args,
    params: resolveParams(verb.params, pick(values, verb.params)),
    common,
    given: new Set(Object.keys(values)),
  };
}

function checkCount(verb: Verb, args: readonly string[], values: object): void {
  const least = verb.args.filter((a) => !a.optional).length;
  if (args.length < least) throw usage({ missing: verb.args[args.length].name }, `osteon ${synopsis(verb)}`);
  if (args.length > verb.args.length && !verb.args.at(-1)?.many)
    throw usage({ unexpected: args[verb.args.length] }, `osteon ${synopsis(verb)}`);
  for (const name of verb.required ?? [])
    if (!(name in values)) throw usage({ missing: `--${kebab(name)}` }, `osteon ${synopsis(verb)}`);
}

function parseValue(flag: string, param: Param, text: string): ParamValue {
  const value = read(param, text);
  try {
    checkParam(flag, param, value);
  } catch {
    throw usage({ flag, value: text.slice(0, 80) }, `${flag} takes ${valueText(param)}`);
  }
  return value;
}

function read(param: Param, text: string): ParamValue {
  const number = (s: string) => (s.trim() === '' ? Number.NaN : Number(s));
  if (typeof param.default === 'number') return number(text);
  if (typeof param.default === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return Array.isArray(param.default) ? text.split(',').map(number) : text;
}

function pick(values: Record<string, ParamValue>, table: object): Record<string, ParamValue> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name in table));
}

function splitOnce(word: string): [string, string | undefined] {
  const at = word.startsWith('--') ? word.indexOf('=') : -1;
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

/** What may be written after a flag. */
export function valueText(param: Param): string {
  if (param.choices) return param.choices.join(' | ');
  if (typeof param.default === 'boolean') return '';
  if (typeof param.default === 'string') return param.unit || 'text';
  const range = param.min !== undefined && param.max !== undefined ? `${param.min} to ${param.max}` : 'number';
  const list = Array.isArray(param.default) ? ', several separated by commas' : '';
  return `${range}${param.unit ? ` ${param.unit}` : ''}${list}`;
}

/** `mesh check <mesh> [--json] …` */
export function synopsis(verb: Verb): string {
  const args = verb.args.map((a) => `${a.optional ? `[${a.name}]` : `<${a.name}>`}${a.many ? '…' : ''}`);
  const flags = (verb.required ?? []).map((name) => `--${kebab(name)} <${textOf(verb, name)}>`);
  return [verb.name, ...args, ...flags].join(' ');
}
const textOf = (verb: Verb, name: string): string => {
  const { unit, choices } = verb.params[name];
  return choices?.join('|') || unit || 'value';
};
