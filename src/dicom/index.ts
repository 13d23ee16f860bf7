/**
 * DICOM files → series → volume, and back. This room never opens a file: the host hands bytes in.
 *
 *     const files = await readDicomFiles(path);                       // platform/node
 *     const scan = summariseSeries(files, { inflate });
 *     const series = chooseSeries(scan, { profile, seriesUid });
 *     const findings = checkProfile(series.summary, PROFILES.foot);
 *     const slices = decodeSlices(series, bytesOf, decoders);         // any part of the frames, on any worker
 *     const { volume, findings } = assembleVolume(series, [slices]);
 */

export { type ChooseOptions, chooseSeries } from './choose.ts';
export { type DecodeOptions, decodeSlices } from './decode.ts';
export {
  createDeidentifier,
  DEIDENTIFY_DEFAULTS,
  type Deidentified,
  type DeidentifyOptions,
  type Identity,
  type Pseudonyms,
} from './deidentify.ts';
export { type DerivedTags, type SeriesContext, seriesContext } from './derived.ts';
export { DICOM_LIMITS } from './limits.ts';
export { type Preamble, preambleOf } from './preamble.ts';
export { checkProfile, PROFILES, type Profile, type ProfileName, type Rule } from './profiles.ts';
export { readElements } from './reader.ts';
export { decodeRle, encodeRle } from './rle.ts';
export { type ScanOptions, summariseSeries } from './series.ts';
export { STACK_TOLERANCES } from './stack.ts';
export { TRANSFER_SYNTAXES, type TransferSyntax } from './syntaxes.ts';
export type {
  DicomFile,
  Frame,
  FrameDecoder,
  FrameDecoders,
  Inflate,
  PixelFormat,
  Scan,
  Series,
  SeriesKind,
  SeriesSummary,
  SkippedFile,
  Slices,
  StackGeometry,
} from './types.ts';
export { uidFrom } from './uid.ts';
export { checkView, VIEW_DEFAULTS } from './view.ts';
export { type AssembledVolume, asHounsfield, assembleVolume } from './volume.ts';
export {
  type FoundStudy,
  readFound,
  readMultipart,
  requireUid,
  type StudyQuery,
  studiesPath,
  writeMultipart,
} from './web.ts';
export { CT_TAGS_DEFAULTS, type CtTags, writeCtSeries } from './write-ct.ts';
export { type SegmentName, writeSegmentation } from './write-seg.ts';
export { type StlTags, writeEncapsulatedStl } from './write-stl.ts';
export { type NewElements, type NewValue, writeDicomFile } from './writer.ts';
