import type { Finding } from '../../base/index.ts';
import {
  asHounsfield,
  assembleVolume,
  checkView,
  type DicomFile,
  decodeSlices,
  type Frame,
  type Scan,
  type Series,
  type Slices,
  summariseSeries,
} from '../../dicom/index.ts';
import type { Volume } from '../../volume/index.ts';
import type { Engines } from '../engines.ts';
import type { Step } from '../step.ts';

type None = Record<string, never>;

/** Headers of all files → every series with its geometry and findings. */
export const scanList: Step<{ files: readonly DicomFile[] }, None, Scan, Engines> = {
  id: 'scan.list',
  version: 2,
  label: 'reading headers',
  costS: 1,
  params: {},
  handler: ({ files }, _, { engines }) => summariseSeries(files, { inflate: engines.inflate }),
};

/** A run of planes and the files they are in; `Frame.file` is an index into `files`. */
export interface PlaneRun {
  readonly frames: readonly Frame[];
  readonly files: readonly Uint8Array[];
}

/** One run of planes → Hounsfield units. Runs are decoded side by side. */
export const scanDecode: Step<{ run: PlaneRun }, { paddingHu: number }, Slices, Engines> = {
  id: 'scan.decode',
  version: 1,
  label: 'decoding slices',
  costS: 0.5,
  transient: true,
  params: {
    paddingHu: {
      label: 'what stands where the scanner has no data',
      unit: 'HU',
      default: -1024,
      min: -32768,
      max: 0,
      source: 'air, the lowest value of the CT scale',
    },
  },
  async handler({ run }, { paddingHu }, { engines, job }) {
    const syntaxes = [...new Set(run.frames.map((f) => f.pixels.transferSyntax))];
    const decoders = await engines.decoders(syntaxes);
    const { inflate } = engines;
    return decodeSlices(run.frames, (file) => run.files[file], { inflate, decoders, paddingUnit: paddingHu, job });
  },
};

export interface ScanVolume {
  readonly volume: Volume<'hu' | 'mr', Int16Array>;
  readonly findings: readonly Finding[];
}

/** Decoded runs → one volume on the grid of the slice positions. */
export const scanVolume: Step<{ series: Series; slices: readonly Slices[] }, None, ScanVolume, Engines> = {
  id: 'scan.volume',
  version: 1,
  label: 'building the volume',
  costS: 1,
  params: {},
  handler: ({ series, slices }, _, { job }) => assembleVolume(series, slices, job),
};

/** Both feet in view, whole and up to the shank? Refuses anything but Hounsfield units. */
export const scanView: Step<{ scan: ScanVolume }, None, { findings: readonly Finding[] }, Engines> = {
  id: 'scan.view',
  version: 1,
  label: 'checking the field of view',
  costS: 0.5,
  params: {},
  handler: ({ scan }) => ({ findings: checkView(asHounsfield(scan.volume)) }),
};
