import { OsteonError, type Vec3 } from '../../base/index.ts';
import { suggestion } from '../nearest.ts';
import type { Node } from './yaml.ts';

/** Reads one value of the case, or refuses it by name, line and what is wanted. */
export type Reader<T> = (node: Node, key: string) => T;

export function refuseValue(node: Node, key: string, wanted: string): OsteonError {
  const { value } = node;
  const shown = value instanceof Map ? 'a map' : Array.isArray(value) ? 'a list' : String(value).slice(0, 60);
  return new OsteonError('case.value', { key, line: node.line, value: shown }, `${key} takes ${wanted}`);
}

export const number =
  (min: number, max: number, unit: string): Reader<number> =>
  (node, key) => {
    const { value } = node;
    if (typeof value !== 'number' || !(value >= min && value <= max))
      throw refuseValue(node, key, `a number from ${min} to ${max}${unit ? ` ${unit}` : ''}`);
    return value;
  };

export const choice =
  <T extends string>(...choices: readonly T[]): Reader<T> =>
  (node, key) => {
    if (!choices.includes(node.value as T)) throw refuseValue(node, key, choices.map((c) => `"${c}"`).join(' or '));
    return node.value as T;
  };

/** Printable text of one line. */
export const text =
  (wanted: string, pattern: RegExp, maxLength = 1024): Reader<string> =>
  (node, key) => {
    const { value } = node;
    if (typeof value !== 'string' || value.length > maxLength || hasControl(value) || !pattern.test(value))
      throw refuseValue(node, key, wanted);
    return value;
  };

const hasControl = (s: string): boolean => [...s].some((c) => c < ' ' || c === '\u007f');

export const list =
  <T>(item: Reader<T>, min: number, max: number, wanted: string): Reader<readonly T[]> =>
  (node, key) => {
    const { value } = node;
    if (!Array.isArray(value) || value.length < min || value.length > max) throw refuseValue(node, key, wanted);
    return value.map((n: Node, i) => item(n, `${key}[${i}]`));
  };

export const pointMm: Reader<Vec3> = (node, key) =>
  list(number(-10_000, 10_000, 'mm'), 3, 3, 'three numbers [x, y, z] (patient LPS, mm)')(node, key) as unknown as Vec3;

/** A map whose keys are names of one kind. */
export const record =
  <T>(known: (name: string) => string | undefined, item: Reader<T>): Reader<Readonly<Record<string, T>>> =>
  (node, key) => {
    const { value } = node;
    if (!(value instanceof Map)) throw refuseValue(node, key, 'a map');
    const out: [string, T][] = [];
    for (const [name, child] of value as ReadonlyMap<string, Node>) {
      const hint = known(name);
      if (hint !== undefined) throw unknownKey(`${key}.${name}`, child.line, hint);
      out.push([name, item(child, `${key}.${name}`)]);
    }
    return Object.fromEntries(out);
  };

/** A map with fixed keys. */
export function fields<T extends object>(
  readers: { readonly [K in keyof T]-?: Reader<T[K]> },
  required: readonly (keyof T & string)[],
): Reader<T> {
  const names = Object.keys(readers);
  return (node, key) => {
    const { value } = node;
    if (!(value instanceof Map)) throw refuseValue(node, key || 'the case', `a map with ${names.join(', ')}`);
    const at = (name: string) => (key ? `${key}.${name}` : name);
    const out: Record<string, unknown> = {};
    for (const [name, child] of value as ReadonlyMap<string, Node>) {
      if (!names.includes(name)) throw unknownKey(at(name), child.line, suggestion(name, names));
      out[name] = (readers as Record<string, Reader<unknown>>)[name](child, at(name));
    }
    for (const name of required)
      if (!(name in out))
        throw new OsteonError('case.value', { key: at(name), line: node.line, value: 'missing' }, `Add ${at(name)}`);
    return out as T;
  };
}

export function unknownKey(key: string, line: number, hint: string): OsteonError {
  return new OsteonError('case.unknown-key', { key: key.slice(0, 80), line }, hint);
}
