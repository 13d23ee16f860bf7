import { OsteonError } from '../base/index.ts';

/** Numbers as a 3MF writes them. */

export type Attribute = (name: string) => string | undefined;

export function bad(reason: string): never {
  throw new OsteonError('io.format', { what: '3MF', reason });
}

export function numberOf(text: string | undefined): number {
  if (text === undefined) bad('a coordinate is missing');
  const x = Number(text);
  if (text.trim() === '' || /[xob]/i.test(text)) bad('not a number');
  if (!Number.isFinite(x))
    throw new OsteonError(/inf|nan|e/i.test(text) ? 'mesh.not-finite' : 'io.format', { what: '3MF number' });
  return x;
}

export function indexOf(text: string | undefined): number {
  const i = numberOf(text);
  if (!Number.isInteger(i) || i < 0 || i > 0xfffffffe) throw new OsteonError('mesh.index', { vertex: i });
  return i;
}
