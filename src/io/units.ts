import { OsteonError } from '../base/index.ts';
import type { Box } from '../mesh/index.ts';

/** Units that files of the field are found in, mm each. */
export const UNIT_MM = {
  micron: 0.001,
  millimeter: 1,
  centimeter: 10,
  inch: 25.4,
  foot: 304.8,
  meter: 1000,
} as const;
export type LengthUnit = keyof typeof UNIT_MM;

export interface UnitGuess {
  /** The longest side of the box as read, in the numbers of the file. */
  readonly length: number;
  /** Is it plausible as millimetres? */
  readonly plausible: boolean;
  /** The unit the numbers most likely have; absent where none fits. */
  readonly unit?: LengthUnit;
  /** What to multiply the numbers with to get mm. Without a `unit`: someone converted inches (or cm, m) once too often. */
  readonly factor?: number;
}

/**
 * STL, PLY and OBJ carry no unit. A part whose longest side falls outside the range it can have in mm is most likely in the
 * unit that brings it nearest to the middle of that range (on a logarithmic scale); failing that, millimetres were taken for
 * another unit and multiplied before.
 * @param expectedMm shortest and longest plausible length of this part, mm, e.g. 35 to 75 for an adult's talus
 */
export function suggestUnit({ lo, hi }: Box, expectedMm: readonly [shortest: number, longest: number]): UnitGuess {
  const length = Math.max(hi[0] - lo[0], hi[1] - lo[1], hi[2] - lo[2]);
  const [a, b] = expectedMm;
  if (length >= a && length <= b) return { length, plausible: true, unit: 'millimeter', factor: 1 };
  const names = Object.keys(UNIT_MM) as LengthUnit[];
  const unit = nearest(names, (name) => length * UNIT_MM[name], a, b);
  if (unit) return { length, plausible: false, unit, factor: UNIT_MM[unit] };
  const twice = nearest(names, (name) => length / UNIT_MM[name], a, b);
  return { length, plausible: false, ...(twice && { factor: 1 / UNIT_MM[twice] }) };
}

function nearest(
  names: readonly LengthUnit[],
  toMm: (name: LengthUnit) => number,
  a: number,
  b: number,
): LengthUnit | undefined {
  const off = (name: LengthUnit) => Math.max(toMm(name) / Math.sqrt(a * b), Math.sqrt(a * b) / toMm(name));
  const fitting = names.filter((name) => toMm(name) >= a && toMm(name) <= b);
  return fitting.sort((p, q) => off(p) - off(q))[0];
}

/** @throws io.unit naming the likely unit, where the length is not plausible as mm */
export function requireMillimetres(box: Box, expectedMm: readonly [number, number], what: string): void {
  const { plausible, unit, factor, length } = suggestUnit(box, expectedMm);
  if (plausible) return;
  const [shortestMm, longestMm] = expectedMm;
  let hint = 'No common unit makes this length plausible; is it the right part?';
  if (factor !== undefined)
    hint = unit
      ? `The numbers look like ${unit}; say the unit, or write the file in millimetres.`
      : `The numbers look like millimetres that were converted once too often; multiply by ${factor}.`;
  throw new OsteonError('io.unit', { what, length, shortestMm, longestMm, ...(unit && { unit }) }, hint);
}
