import { OsteonError, type Vec3 } from '../base/index.ts';
import { cross, dot, norm, scale, sub, unit } from '../math/index.ts';
import type { Keyword } from './dictionary.ts';
import { DICOM_LIMITS } from './limits.ts';
import { type DataSet, type ParsedFile, readElements } from './reader.ts';
import { TRANSFER_SYNTAXES } from './syntaxes.ts';
import type { DicomFile, Inflate, PixelFormat } from './types.ts';
import { code, codes, exactly, items, number, text, vec3, whole } from './values.ts';

/** Where one plane lies. */
export interface Placement {
  readonly positionMm: Vec3;
  readonly rowDirection: Vec3;
  readonly columnDirection: Vec3;
  /** Along a row, along a column, mm. */
  readonly pixelMm: readonly [number, number];
}

export interface Plane {
  readonly frame: number;
  readonly placement: Placement | null;
  readonly pixels: PixelFormat;
  /** What can tell planes at one place apart, in the order in which it is tried. */
  readonly marks: Readonly<Record<Mark, string>>;
}

export type Mark = 'thickness' | 'stack' | 'acquisition' | 'temporal' | 'echo' | 'imageType' | 'time';

/** What one file says. `patient` never leaves this room. */
export interface Instance {
  readonly file: number;
  readonly name: string;
  readonly patient: { readonly id: string; readonly name: string; readonly birthDate: string };
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly frameOfReferenceUid: string;
  readonly modality: string;
  readonly imageType: readonly string[];
  readonly conversionType: string;
  readonly seriesNumber: number | null;
  readonly instanceNumber: number | null;
  readonly description: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly bodyPart: string;
  readonly acquisitionDate: string;
  readonly patientPosition: string;
  readonly laterality: string;
  readonly kVp: number | null;
  readonly kernel: string;
  readonly sliceThicknessMm: number | null;
  readonly gantryTiltDeg: number | null;
  readonly rescaleType: string;
  readonly isRescaled: boolean;
  readonly isLossy: boolean;
  readonly hasModalityLut: boolean;
  /** Position of the frames was computed from SpacingBetweenSlices, because each has none of its own. */
  readonly isSpacingAssumed: boolean;
  readonly planes: readonly Plane[];
}

/** A data set with the functional groups of one frame in front of it. */
interface Scope {
  readonly top: DataSet;
  readonly groups: readonly DataSet[];
}

/** The data set that holds `keyword` for this frame: in the functional group `within`, or at the top. */
function holder(s: Scope, within: Keyword, keyword: Keyword): DataSet {
  for (const g of s.groups) {
    const [item] = items(g, within);
    if (item && code(item, keyword) !== '') return item;
  }
  return s.top;
}

/**
 * The header of one file, checked: sizes against limits and against the bytes that are there, directions for being unit
 * and perpendicular, numbers for being numbers.
 * @throws io.format, io.truncated, dicom.damaged, dicom.limit, dicom.syntax
 */
export function readInstance(file: DicomFile, index: number, inflate?: Inflate): Instance {
  const parsed = readElements(file, inflate);
  const d = parsed.dataSet;
  const characterSet = codes(d, 'SpecificCharacterSet')[0] ?? '';
  const say = (k: Keyword) => text(d, k, characterSet);
  const [shared] = items(d, 'SharedFunctionalGroupsSequence');
  const perFrame = items(d, 'PerFrameFunctionalGroupsSequence');
  const scopeOf = (f: number): Scope => ({ top: d, groups: [perFrame[f], shared].filter((g) => g !== undefined) });
  const first = scopeOf(0);
  const from = (within: Keyword, k: Keyword) => holder(first, within, k);
  const rescale = from('PixelValueTransformationSequence', 'RescaleSlope');
  const planes = parsed.pixels ? readPlanes(parsed, scopeOf, perFrame.length) : [];
  return {
    file: index,
    name: file.name,
    patient: { id: say('PatientID'), name: say('PatientName'), birthDate: code(d, 'PatientBirthDate') },
    sopClassUid: code(d, 'SOPClassUID'),
    sopInstanceUid: code(d, 'SOPInstanceUID'),
    seriesInstanceUid: code(d, 'SeriesInstanceUID'),
    studyInstanceUid: code(d, 'StudyInstanceUID'),
    frameOfReferenceUid: code(d, 'FrameOfReferenceUID'),
    modality: code(d, 'Modality'),
    imageType: codes(d, 'ImageType'),
    conversionType: code(d, 'ConversionType'),
    seriesNumber: number(d, 'SeriesNumber'),
    instanceNumber: number(d, 'InstanceNumber'),
    description: say('SeriesDescription'),
    manufacturer: say('Manufacturer'),
    model: say('ManufacturerModelName'),
    bodyPart: code(d, 'BodyPartExamined'),
    acquisitionDate: code(d, 'AcquisitionDate') || code(d, 'StudyDate'),
    patientPosition: code(d, 'PatientPosition'),
    laterality:
      code(d, 'ImageLaterality') ||
      code(from('FrameAnatomySequence', 'FrameLaterality'), 'FrameLaterality') ||
      code(d, 'Laterality'),
    kVp: number(from('CTXRayDetailsSequence', 'KVP'), 'KVP'),
    kernel: codes(from('CTReconstructionSequence', 'ConvolutionKernel'), 'ConvolutionKernel').join('\\'),
    sliceThicknessMm: number(from('PixelMeasuresSequence', 'SliceThickness'), 'SliceThickness'),
    gantryTiltDeg: number(from('CTAcquisitionDetailsSequence', 'GantryDetectorTilt'), 'GantryDetectorTilt'),
    rescaleType: code(from('PixelValueTransformationSequence', 'RescaleType'), 'RescaleType'),
    isRescaled: code(rescale, 'RescaleSlope') !== '',
    isLossy: code(d, 'LossyImageCompression') === '01' || (TRANSFER_SYNTAXES[parsed.transferSyntax]?.isLossy ?? false),
    hasModalityLut: items(d, 'ModalityLUTSequence').length > 0,
    isSpacingAssumed: planes.length > 1 && perFrame.length === 0,
    planes,
  };
}

function readPlanes(parsed: ParsedFile, scopeOf: (f: number) => Scope, groupCount: number): Plane[] {
  const d = parsed.dataSet;
  const frames = whole(d, 'NumberOfFrames', 1, DICOM_LIMITS.side) ?? 1;
  if (groupCount > 0 && groupCount !== frames)
    throw new OsteonError('dicom.damaged', { frames, functionalGroups: groupCount });
  const format = readFormat(parsed, frames);
  const step = frames > 1 && groupCount === 0 ? number(d, 'SpacingBetweenSlices') : null;
  const planes: Plane[] = [];
  for (let f = 0; f < frames; f++) {
    const scope = scopeOf(f);
    const value = holder(scope, 'PixelValueTransformationSequence', 'RescaleSlope');
    const slope = number(value, 'RescaleSlope') ?? 1;
    const intercept = number(value, 'RescaleIntercept') ?? 0;
    if (slope === 0) throw new OsteonError('dicom.damaged', { attribute: 'RescaleSlope', value: 0 });
    let placement = readPlacement(scope);
    if (placement && frames > 1 && groupCount === 0) placement = step ? moveAlong(placement, f * step) : null;
    planes.push({ frame: f, placement, pixels: { ...format, slope, intercept }, marks: readMarks(scope) });
  }
  return planes;
}

function moveAlong(p: Placement, mm: number): Placement {
  const step = scale(cross(p.rowDirection, p.columnDirection), mm);
  const [x, y, z] = p.positionMm;
  return { ...p, positionMm: [x + step[0], y + step[1], z + step[2]] };
}

function readMarks(s: Scope): Plane['marks'] {
  const get = (within: Keyword, k: Keyword) => {
    const d = holder(s, within, k);
    return k === 'TemporalPositionIndex' ? String(number(d, k) ?? '') : code(d, k);
  };
  return {
    thickness: get('PixelMeasuresSequence', 'SliceThickness'),
    stack: get('FrameContentSequence', 'StackID'),
    acquisition: code(s.top, 'AcquisitionNumber'),
    temporal: get('FrameContentSequence', 'TemporalPositionIndex') || code(s.top, 'TemporalPositionIdentifier'),
    echo: code(s.top, 'EchoTime'),
    imageType:
      get('CTImageFrameTypeSequence', 'FrameType') ||
      get('MRImageFrameTypeSequence', 'FrameType') ||
      code(s.top, 'ImageType'),
    time: code(s.top, 'AcquisitionTime'),
  };
}

/** Null where the frame has no place in the patient. Directions within 1e-3 of unit and perpendicular are made exact. */
function readPlacement(s: Scope): Placement | null {
  const position = vec3(holder(s, 'PlanePositionSequence', 'ImagePositionPatient'), 'ImagePositionPatient');
  const cosines = exactly(
    holder(s, 'PlaneOrientationSequence', 'ImageOrientationPatient'),
    'ImageOrientationPatient',
    6,
  );
  const pixel = exactly(holder(s, 'PixelMeasuresSequence', 'PixelSpacing'), 'PixelSpacing', 2);
  if (!position || !cosines || !pixel) return null;
  const u: Vec3 = [cosines[0], cosines[1], cosines[2]];
  const v: Vec3 = [cosines[3], cosines[4], cosines[5]];
  if (Math.abs(norm(u) - 1) > 1e-3 || Math.abs(norm(v) - 1) > 1e-3 || Math.abs(dot(u, v)) > 1e-3)
    throw new OsteonError('dicom.damaged', {
      attribute: 'ImageOrientationPatient',
      why: 'not two perpendicular unit vectors',
    });
  if (!(pixel[0] > 0.001 && pixel[0] < 100 && pixel[1] > 0.001 && pixel[1] < 100))
    throw new OsteonError('dicom.damaged', { attribute: 'PixelSpacing', rowMm: pixel[0], columnMm: pixel[1] });
  if (position.some((x) => Math.abs(x) > 1e5))
    throw new OsteonError('dicom.damaged', { attribute: 'ImagePositionPatient', why: 'beyond 100 m' });
  const row = unit(u);
  const column = unit(sub(v, scale(row, dot(row, v))));
  // PixelSpacing names the step between rows first.
  return { positionMm: position, rowDirection: row, columnDirection: column, pixelMm: [pixel[1], pixel[0]] };
}

/** Sizes and bits, checked against each other and against the bytes that are there. */
function readFormat(parsed: ParsedFile, frames: number): PixelFormat {
  const { dataSet: d, transferSyntax, pixels, sizeBytes } = parsed;
  const need = (k: Keyword, least: number, most: number) => {
    const n = whole(d, k, least, most);
    if (n === null) throw new OsteonError('dicom.damaged', { attribute: k, why: 'it is missing' });
    return n;
  };
  const rows = need('Rows', 1, DICOM_LIMITS.side);
  const columns = need('Columns', 1, DICOM_LIMITS.side);
  const samplesPerPixel = whole(d, 'SamplesPerPixel', 1, 4) ?? 1;
  const bitsAllocated = need('BitsAllocated', 1, 64);
  const bitsStored = need('BitsStored', 1, bitsAllocated);
  const highBit = whole(d, 'HighBit', bitsStored - 1, bitsAllocated - 1) ?? bitsStored - 1;
  const signed = whole(d, 'PixelRepresentation', 0, 1) === 1;
  const format: PixelFormat = {
    transferSyntax,
    columns,
    rows,
    samplesPerPixel,
    bitsAllocated,
    bitsStored,
    highBit,
    signed,
    padding: readPadding(d, signed, bitsAllocated),
    photometric: code(d, 'PhotometricInterpretation'),
    slope: 1,
    intercept: 0,
  };
  if (rows * columns * frames > DICOM_LIMITS.samples)
    throw new OsteonError('dicom.limit', { rows, columns, frames, samples: rows * columns * frames });
  const there = Math.min(pixels?.length ?? Number.POSITIVE_INFINITY, sizeBytes - (pixels?.at ?? 0));
  const isNative = pixels?.length !== null;
  // An encapsulated frame takes at least the eight bytes of its item.
  const needed = isNative ? Math.ceil((rows * columns * frames * samplesPerPixel * bitsAllocated) / 8) : 8 * frames;
  if (there < needed)
    throw new OsteonError(
      'dicom.damaged',
      { rows, columns, frames, neededBytes: needed, pixelBytes: Math.max(0, there) },
      'The pixels are cut off: copy the file again',
    );
  return format;
}

/** Padding values in the sign of the pixels, whichever of US and SS the file wrote. */
function readPadding(d: DataSet, signed: boolean, bits: number): readonly [number, number] | null {
  const first = number(d, 'PixelPaddingValue');
  if (first === null) return null;
  const range = bits <= 8 ? 256 : 65536;
  const fix = (n: number) => (signed && n >= range / 2 ? n - range : !signed && n < 0 ? n + range : n);
  const a = fix(first);
  const b = fix(number(d, 'PixelPaddingRangeLimit') ?? first);
  return a < b ? [a, b] : [b, a];
}
