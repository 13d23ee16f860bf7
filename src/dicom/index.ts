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
