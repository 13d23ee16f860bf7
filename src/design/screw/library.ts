import { OsteonError } from '../../base/index.ts';
import type { ScrewType } from './screw.ts';

const NOT_READ =
  'Stated by makers and taught for decades; not read in the text of the standard, so check it against the tray';

const every = (stepMm: number, fromMm: number, toMm: number): number[] =>
  Array.from({ length: Math.round((toMm - fromMm) / stepMm) + 1 }, (_, i) => fromMm + i * stepMm);

/**
 * Screws that hold plates and columns of the pelvis. Threads are those called HA and HB in ISO 5835; what was read, and
 * what was not, is said for each. A hospital checks them against its own trays.
 */
export const SCREWS: readonly ScrewType[] = [
  {
    name: 'cortical-2.7',
    kind: 'cortical',
    diameterMm: 2.7,
    coreMm: 1.9,
    pitchMm: 1,
    headDiameterMm: 5,
    headHeightMm: 2.3,
    lengthsMm: every(2, 6, 60),
    drillMm: 2,
    source: `ISO 5835:1991 HA 2.7. ${NOT_READ}`,
  },
  {
    name: 'cortical-3.5',
    kind: 'cortical',
    diameterMm: 3.5,
    coreMm: 2.4,
    pitchMm: 1.25,
    headDiameterMm: 6,
    headHeightMm: 2.6,
    lengthsMm: [...every(2, 10, 50), ...every(5, 55, 150)],
    drillMm: 2.5,
    source: `core and drill read in Wheeless, Textbook of Orthopaedics, "Cortex screw 3.5 mm"; the rest ISO 5835:1991 HA 3.5. ${NOT_READ}`,
  },
  {
    name: 'locking-3.5',
    kind: 'locking',
    diameterMm: 3.5,
    coreMm: 2.9,
    pitchMm: 0.8,
    headDiameterMm: 5,
    headHeightMm: 2.7,
    lengthsMm: [...every(2, 10, 60), ...every(5, 65, 95)],
    drillMm: 2.8,
    source: `locking head screws have no dimensional standard. ${NOT_READ}`,
  },
  {
    name: 'cortical-4.5',
    kind: 'cortical',
    diameterMm: 4.5,
    coreMm: 3,
    pitchMm: 1.75,
    headDiameterMm: 8,
    headHeightMm: 4.6,
    lengthsMm: [...every(2, 14, 70), ...every(5, 75, 150)],
    drillMm: 3.2,
    source: `ISO 5835:1991 HA 4.5. ${NOT_READ}`,
  },
  {
    name: 'cannulated-6.5',
    kind: 'cannulated',
    diameterMm: 6.5,
    coreMm: 4.8,
    pitchMm: 2.75,
    headDiameterMm: 8,
    headHeightMm: 4.6,
    lengthsMm: every(5, 20, 150),
    drillMm: 5,
    wireMm: 2.8,
    source: `makers' catalogues. ${NOT_READ}`,
  },
  {
    name: 'cannulated-7.0',
    kind: 'cannulated',
    diameterMm: 7,
    coreMm: 4.5,
    pitchMm: 2.75,
    headDiameterMm: 8,
    headHeightMm: 4.6,
    lengthsMm: every(5, 20, 150),
    drillMm: 4.5,
    wireMm: 2,
    source: `head, shaft and wire read in Synthes, "7.0 mm Cannulated Screws", technique guide; the shaft stands for the core. The rest: ${NOT_READ}`,
  },
  {
    name: 'cannulated-7.3',
    kind: 'cannulated',
    diameterMm: 7.3,
    coreMm: 4.8,
    pitchMm: 2.75,
    headDiameterMm: 8,
    headHeightMm: 4.6,
    lengthsMm: every(5, 20, 180),
    drillMm: 5,
    wireMm: 2.8,
    source: `makers' catalogues. ${NOT_READ}`,
  },
];

/** @throws design.screw-type */
export function screwType(name: string): ScrewType {
  const found = SCREWS.find((s) => s.name === name);
  if (found) return found;
  throw new OsteonError('design.screw-type', { screw: name }, `One of ${SCREWS.map((s) => s.name).join(', ')}`);
}

/**
 * The longest stocked length that does not go beyond what is there, or nothing where even the shortest does.
 * @param availableMm from the top of the head to the point the tip may not pass
 */
export function stockedLength({ lengthsMm }: ScrewType, availableMm: number): number | undefined {
  return lengthsMm.findLast((mm) => mm <= availableMm + 1e-9);
}
