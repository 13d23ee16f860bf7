import { OsteonError } from '../base/index.ts';
import {
  type Code,
  coded,
  commonModules,
  type DerivedTags,
  referencedSeries,
  type SeriesContext,
  sourceImages,
} from './derived.ts';
import { EXPLICIT_LITTLE } from './syntaxes.ts';
import { uidFrom } from './uid.ts';
import { writeDicomFile } from './writer.ts';

const ENCAPSULATED_STL = '1.2.840.10008.5.1.4.1.1.104.3';
const MILLIMETRE: Code = ['mm', 'UCUM', 'mm'];

export interface StlTags extends DerivedTags {
  readonly title: string;
  /** Changed against the patient other than by mirroring: a designed part is; a traced bone is not. */
  readonly isModified: boolean;
  readonly isMirrored: boolean;
  /** Parts that belong together (bone, implant, guide) carry one. */
  readonly groupSeed: string;
}

/**
 * A binary STL in millimetres, patient LPS, as a DICOM object of the study it was made from.
 * @throws io.format where the bytes are no binary STL
 * @source DICOM PS3.3 A.85.1, C.35
 */
export function writeEncapsulatedStl(stl: Uint8Array, context: SeriesContext, tags: StlTags): Uint8Array {
  const triangles = stl.length < 84 ? -1 : new DataView(stl.buffer, stl.byteOffset).getUint32(80, true);
  if (stl.length !== 84 + 50 * triangles) throw new OsteonError('io.format', { expected: 'binary STL' });
  const yes = (is: boolean) => (is ? 'YES' : 'NO');
  // The header of an STL is free text: nothing of it goes into an archive.
  const bytes = stl.slice();
  bytes.fill(0, 0, 80);
  return writeDicomFile(EXPLICIT_LITTLE, [
    ...commonModules(context, tags, ENCAPSULATED_STL, 'M3D'),
    [0x0008_002a, 'DT', ''],
    [0x0008_1115, 'SQ', [referencedSeries(context)]],
    [0x0028_0301, 'CS', 'NO'],
    [0x0040_08ea, 'SQ', coded(MILLIMETRE)],
    [0x0040_a043, 'SQ', coded(['85040-4', 'LN', '3D Manufacturing Model'])],
    [0x0042_0010, 'ST', tags.title],
    [0x0042_0011, 'OB', bytes],
    [0x0042_0012, 'LO', 'model/stl'],
    [0x0042_0013, 'SQ', sourceImages(context, context.sopInstanceUids)],
    [0x0042_0015, 'UL', [bytes.length]],
    [0x0068_7001, 'CS', yes(tags.isModified)],
    [0x0068_7002, 'CS', yes(tags.isMirrored)],
    [0x0068_7004, 'UI', uidFrom(`${tags.groupSeed}/group`)],
    [0x0070_0081, 'LO', tags.description.slice(0, 64)],
  ]);
}
