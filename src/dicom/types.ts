import type { Finding, Side, Vec3 } from '../base/index.ts';

/**
 * A DICOM file as the host hands it in. `name` is a label for people and is never opened as a path. `head` holds the
 * file's first bytes, enough to reach the pixels (or all of them); `sizeBytes` is the length of the whole file.
 */
export interface DicomFile {
  readonly name: string;
  readonly head: Uint8Array;
  readonly sizeBytes: number;
}

/** Raw inflate (RFC 1951) by the host. Must throw as soon as the output would pass `maxBytes`. */
export type Inflate = (deflated: Uint8Array, maxBytes: number) => Uint8Array;

/** How the stored samples of a frame are laid out, and what turns them into units. Plain data. */
export interface PixelFormat {
  readonly transferSyntax: string;
  readonly columns: number;
  readonly rows: number;
  readonly samplesPerPixel: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  /** Stored values from the first to the second mean "no data here". */
  readonly padding: readonly [from: number, to: number] | null;
  readonly photometric: string;
  /** unit = stored · slope + intercept */
  readonly slope: number;
  readonly intercept: number;
}

/** One image plane: which frame of which file, and where it lies in the patient. */
export interface Frame {
  /** Index into the list of files that was summarised. */
  readonly file: number;
  /** Frame number inside the file, from 0. */
  readonly frame: number;
  readonly frameCount: number;
  /** Centre of the first pixel, LPS mm. */
  readonly positionMm: Vec3;
  readonly instanceNumber: number | null;
  readonly sopInstanceUid: string;
  readonly pixels: PixelFormat;
}

/**
 * `volume`: planes that can be stacked. `localizer`: a scout view. `secondary`: a screen shot, a dose page, a colour
 * picture. `document`: no pixels (report, structure set, presentation state). `single`: fewer than three planes.
 */
export type SeriesKind = 'volume' | 'localizer' | 'secondary' | 'document' | 'single';

/** Everything measured about a stack of planes. Positions along the normal, never SliceThickness. */
export interface StackGeometry {
  /** Columns, rows, planes (complete: duplicates taken out, missing planes not counted). */
  readonly size: Vec3;
  /** Along a row, along a column, median step between planes, mm. */
  readonly spacingMm: Vec3;
  /** Centre of the first pixel of the lowest plane along the normal, LPS mm. */
  readonly originMm: Vec3;
  readonly rowDirection: Vec3;
  readonly columnDirection: Vec3;
  /** rowDirection × columnDirection: the stack is always sorted along it, so the grid is right-handed. */
  readonly normal: Vec3;
  readonly orientation: 'axial' | 'coronal' | 'sagittal' | 'oblique';
  /** Angle between the line through the plane origins and the normal, degrees; 0 for an upright stack. */
  readonly shearDeg: number;
  /** Greatest distance inside the plane between a plane's origin and the normal through the first one's, mm. */
  readonly shiftMm: number;
  /** Greatest distance of a plane from the evenly spaced line, mm; `isEven` where it is within tolerance. */
  readonly unevenMm: number;
  readonly isEven: boolean;
  /** Smallest and greatest step between planes, mm. */
  readonly stepMm: readonly [min: number, max: number];
  /** Indices, in the complete stack along the normal, of planes that are not there. */
  readonly missing: readonly number[];
  /** Indices, in `Series.frames`, of planes that lie where the plane before them lies. */
  readonly duplicates: readonly number[];
}

/** What is known about a series. Plain data without any identity of the patient; this is what `scan.json` shows. */
export interface SeriesSummary {
  /** SeriesInstanceUID; with `#1`, `#2` … where one UID holds several stacks. */
  readonly id: string;
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly frameOfReferenceUid: string;
  readonly kind: SeriesKind;
  readonly modality: string;
  readonly seriesNumber: number | null;
  readonly description: string;
  readonly imageType: readonly string[];
  readonly sopClassUid: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly bodyPart: string;
  readonly acquisitionDate: string;
  readonly patientPosition: string;
  readonly laterality: Side | 'both' | null;
  readonly kVp: number | null;
  readonly kernel: string;
  readonly sliceThicknessMm: number | null;
  /** GantryDetectorTilt as the header states it, degrees. The measured one is `geometry.shearDeg`. */
  readonly gantryTiltDeg: number | null;
  /** Cone-beam devices do not give calibrated HU. */
  readonly isConeBeam: boolean;
  readonly transferSyntax: { readonly uid: string; readonly name: string; readonly isLossy: boolean };
  readonly bits: { readonly allocated: number; readonly stored: number; readonly signed: boolean };
  readonly photometric: string;
  readonly rescale: {
    readonly slope: readonly [min: number, max: number];
    readonly intercept: readonly [min: number, max: number];
    readonly type: string;
    readonly isStated: boolean;
  };
  readonly fileCount: number;
  readonly frameCount: number;
  readonly geometry: StackGeometry | null;
  readonly findings: readonly Finding[];
}

/** A series with its planes, sorted along the normal. */
export interface Series {
  readonly summary: SeriesSummary;
  readonly frames: readonly Frame[];
}

/** A file that takes no part, and why. */
export interface SkippedFile {
  readonly name: string;
  readonly code: string;
  readonly reason: string;
}

/** Everything found among the files of one patient. */
export interface Scan {
  readonly series: readonly Series[];
  readonly skipped: readonly SkippedFile[];
  readonly findings: readonly Finding[];
}

/** Planes in units (HU, or MR signal), one after the other as `Series.frames` has them. Plain data: crosses workers. */
export interface Slices {
  readonly data: Int16Array;
  /** Samples that held the padding value; samples outside Int16; samples at the top of the stored range. */
  readonly paddedCount: number;
  readonly clampedCount: number;
  readonly ceilingCount: number;
}

/** Turns one compressed frame into stored samples (sign and unused bits still raw). Made by the host. */
export type FrameDecoder = (
  frame: Uint8Array,
  pixels: PixelFormat,
) => Uint8Array | Uint16Array | Int16Array | Int8Array;

/** A decoder for each transfer syntax UID that is compressed. */
export type FrameDecoders = Readonly<Record<string, FrameDecoder>>;
