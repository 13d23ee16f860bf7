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
}

/**
 * STL, PLY and OBJ carry no unit. A part whose longest side falls outside the range it can have in mm is most likely in the
 * unit that brings it nearest to the middle of that range (on a logarithmic scale).
 * @param expectedMm shortest and longest plausible length of this part, mm, e.g. 35 to 75 for an adult's talus
 */
export function suggestUnit({ lo, hi }: Box, expectedMm: readonly [shortest: number, longest: number]): UnitGuess {
  const length = Math.max(hi[0] - lo[0], hi[1] - lo[1], hi[2] - lo[2]);
  const [a, b] = expectedMm;
  if (length >= a && length <= b) return { length, plausible: true, unit: 'millimeter' };
  const middle = Math.log(Math.sqrt(a * b));
  let unit: LengthUnit | undefined;
  let best = Number.POSITIVE_INFINITY;
  for (const name of Object.keys(UNIT_MM) as LengthUnit[]) {
    const mm = length * UNIT_MM[name];
    const off = Math.abs(Math.log(mm) - middle);
    if (mm < a || mm > b || off >= best) continue;
    best = off;
    unit = name;
  }
  return unit ? { length, plausible: false, unit } : { length, plausible: false };
}

/** @throws io.unit naming the likely unit, where the length is not plausible as mm */
export function requireMillimetres(box: Box, expectedMm: readonly [number, number], what: string): void {
  const guess = suggestUnit(box, expectedMm);
  if (guess.plausible) return;
  throw new OsteonError(
    'io.unit',
    {
      what,
      length: guess.length,
      shortestMm: expectedMm[0],
      longestMm: expectedMm[1],
      ...(guess.unit && { unit: guess.unit }),
    },
    guess.unit
      ? `The numbers look like ${guess.unit}; say the unit, or write the file in millimetres.`
      : 'No common unit makes this length plausible; is it the right part?',
  );
}
