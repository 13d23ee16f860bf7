import type { Side } from '../../base/index.ts';
import { PLACES } from './anchors.ts';
import type { FoundHip } from './assemble.ts';
import { FRAGMENT_NAMES, type PelvicId } from './names.ts';

/**
 * Names of the parts of a hip bone by what they carry: the sacro-iliac joint, the symphysis, the ischium. A part with two
 * of them has the first one's name. What carries none is numbered from 4, by volume; what a person named keeps that name.
 * @param isWhole all parts are one bone
 */
export function nameHip({ side, parts }: FoundHip, isWhole: boolean): Map<PelvicId, readonly number[]> {
  const out = new Map<PelvicId, readonly number[]>();
  if (parts.length === 0) return out;
  if (isWhole || parts.length === 1) {
    out.set(
      `${side}-hip-bone`,
      parts.flatMap((p) => p.pieces),
    );
    return out;
  }
  const taken = new Set<PelvicId>(parts.flatMap((p) => (p.name ? [p.name] : [])));
  const free = (name: PelvicId) => !taken.has(name);
  const rest: (typeof parts)[number][] = [];
  for (const part of parts) {
    const name = part.name ?? columnNames(side, part.places).find(free);
    if (name === undefined) rest.push(part);
    else {
      taken.add(name);
      out.set(name, part.pieces);
    }
  }
  const numbers = FRAGMENT_NAMES.slice(3)
    .map((n): PelvicId => `${side}-${n}`)
    .filter(free);
  rest.slice(0, numbers.length).forEach((part, k) => {
    out.set(numbers[k], part.pieces);
  });
  return out;
}

function columnNames(side: Side, places: number): PelvicId[] {
  const { wing, pubis, ischium } = PLACES[side];
  const out: PelvicId[] = [];
  if ((places & wing) !== 0) out.push(`${side}-ilium`);
  else if ((places & pubis) !== 0) out.push(`${side}-anterior-column`);
  else if ((places & ischium) !== 0) out.push(`${side}-posterior-column`);
  return out;
}
