import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Side, Vec3 } from '../../src/base/index.ts';
import { writeCtSeries } from '../../src/dicom/index.ts';
import { readStl } from '../../src/io/index.ts';
import { ctOfFeet, type NamedMesh, type TwoFeet, twoFeet } from '../../src/phantom/index.ts';
import type { ScanSource } from '../../src/plan/index.ts';
import { sha256 } from '../../src/platform/node/index.ts';
import type { Volume } from '../../src/volume/index.ts';

const SHIPPED = join(import.meta.dirname, '../../data/feet');

/** The bones of one left foot that the program ships. */
const shippedFoot = (): NamedMesh[] =>
  readdirSync(SHIPPED)
    .filter((file) => file.endsWith('.stl'))
    .sort()
    .map((file) => ({
      name: file.slice(0, -4),
      mesh: readStl(new Uint8Array(readFileSync(join(SHIPPED, file)))).mesh,
    }));

export interface FeetScan {
  readonly feet: TwoFeet;
  readonly volume: Volume<'hu', Int16Array>;
}

/** CT of two feet with a collapsed left talus; `without` leaves a bone out. */
export function scanFeet(spacingMm: Vec3, without = ''): FeetScan {
  const feet = twoFeet(shippedFoot(), { spacingMm, seed: 3 });
  const bones = feet.imaged.filter(({ name }) => name !== without);
  return { feet, volume: ctOfFeet(bones, feet.grid, { noiseHu: 15, seed: 5 }) };
}

/** A volume as the files of one series. */
export function sourceOf(volume: Volume<'hu', Int16Array>, laterality: Side | 'both' = 'both'): ScanSource {
  const files = writeCtSeries(volume, { seed: 'feet', patientId: 'F1', laterality });
  return {
    files: files.map((head, i) => ({ name: `${String(i).padStart(4, '0')}.dcm`, head, sizeBytes: head.length })),
    bytesOf: (i) => files[i],
    hashOf: (i) => sha256(files[i]),
  };
}
