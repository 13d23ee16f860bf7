import type { Finding, Side } from '../base/index.ts';
import { isConeBeam, isSecondaryCapture } from './devices.ts';
import type { Group, PlaneOfFile } from './grouping.ts';
import type { Instance } from './instance.ts';
import { geometryFindings, valueFindings } from './series-findings.ts';
import { measureStack } from './stack.ts';
import { TRANSFER_SYNTAXES } from './syntaxes.ts';
import type { Frame, Series, SeriesKind, SeriesSummary, StackGeometry } from './types.ts';

/** One stack as the room hands it out: facts, findings, and its planes in order. `id` is set by the caller. */
export function seriesOf(group: Group, id: string): Series {
  const { instance: i, plane } = group[0];
  const geometry = plane.placement
    ? measureStack(
        group.map((g) => g.plane.placement!),
        plane.pixels.columns,
        plane.pixels.rows,
      )
    : null;
  const kind = kindOf(group[0], geometry);
  const facts: Omit<SeriesSummary, 'findings'> = {
    ...commonFacts(i, id),
    kind,
    imageType: plane.marks.imageType.split('\\').filter((s) => s !== ''),
    transferSyntax: syntaxOf(group),
    bits: { allocated: plane.pixels.bitsAllocated, stored: plane.pixels.bitsStored, signed: plane.pixels.signed },
    photometric: plane.pixels.photometric,
    rescale: {
      slope: rangeOf(group, (p) => p.pixels.slope),
      intercept: rangeOf(group, (p) => p.pixels.intercept),
      type: i.rescaleType,
      isStated: group.every((g) => g.instance.isRescaled),
    },
    fileCount: new Set(group.map((g) => g.instance.file)).size,
    frameCount: group.length,
    geometry,
  };
  const findings = kind === 'volume' ? findingsOf(facts, group) : [];
  return { summary: { ...facts, findings }, frames: geometry ? group.map(frameOf) : [] };
}

/** A file without pixels: a report, a structure set, a presentation state. */
export function documentOf(i: Instance, id: string): Series {
  return {
    summary: {
      ...commonFacts(i, id),
      kind: 'document',
      imageType: i.imageType,
      transferSyntax: { uid: '', name: '', isLossy: false },
      bits: { allocated: 0, stored: 0, signed: false },
      photometric: '',
      rescale: { slope: [1, 1], intercept: [0, 0], type: '', isStated: false },
      fileCount: 1,
      frameCount: 0,
      geometry: null,
      findings: [],
    },
    frames: [],
  };
}

function commonFacts(i: Instance, id: string) {
  return {
    id,
    seriesInstanceUid: i.seriesInstanceUid,
    studyInstanceUid: i.studyInstanceUid,
    frameOfReferenceUid: i.frameOfReferenceUid,
    modality: i.modality,
    seriesNumber: i.seriesNumber,
    description: i.description,
    sopClassUid: i.sopClassUid,
    manufacturer: i.manufacturer,
    model: i.model,
    bodyPart: i.bodyPart,
    acquisitionDate: i.acquisitionDate,
    patientPosition: i.patientPosition,
    laterality: sideOf(i.laterality),
    kVp: i.kVp,
    kernel: i.kernel,
    sliceThicknessMm: i.sliceThicknessMm,
    gantryTiltDeg: i.gantryTiltDeg,
    isConeBeam: isConeBeam(i.sopClassUid, i.manufacturer, i.model),
  };
}

const SIDES: Readonly<Record<string, Side | 'both'>> = { L: 'left', R: 'right', B: 'both' };
const sideOf = (letter: string): Side | 'both' | null => SIDES[letter] ?? null;

function syntaxOf(group: Group): SeriesSummary['transferSyntax'] {
  const uid = group[0].plane.pixels.transferSyntax;
  const isLossy = group.some((g) => g.instance.isLossy);
  return { uid, name: TRANSFER_SYNTAXES[uid]?.name ?? 'unknown', isLossy };
}

function kindOf({ instance: i, plane }: PlaneOfFile, geometry: StackGeometry | null): SeriesKind {
  const words = plane.marks.imageType.toUpperCase();
  if (/LOCALIZER|SCOUT|TOPOGRAM/.test(words)) return 'localizer';
  if (isSecondaryCapture(i.sopClassUid) || i.conversionType !== '' || plane.pixels.samplesPerPixel > 1 || !geometry)
    return 'secondary';
  return geometry.size[2] < 3 ? 'single' : 'volume';
}

function rangeOf(group: Group, of: (p: PlaneOfFile['plane']) => number): readonly [number, number] {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const { plane } of group) {
    lo = Math.min(lo, of(plane));
    hi = Math.max(hi, of(plane));
  }
  return [lo, hi];
}

const frameOf = ({ instance, plane }: PlaneOfFile): Frame => ({
  file: instance.file,
  frame: plane.frame,
  frameCount: instance.planes.length,
  positionMm: plane.placement!.positionMm,
  instanceNumber: instance.instanceNumber,
  sopInstanceUid: instance.sopInstanceUid,
  pixels: plane.pixels,
});

function findingsOf(s: Omit<SeriesSummary, 'findings'>, group: Group): Finding[] {
  const numbers = group.map((g) => g.instance.instanceNumber);
  return [
    ...geometryFindings(s.geometry!, s, numbers),
    ...(group.some((g) => g.instance.isSpacingAssumed) ? [SPACING_ASSUMED] : []),
    ...valueFindings(s),
    ...(group.some((g) => g.instance.hasModalityLut) ? [MODALITY_LUT] : []),
  ];
}

const SPACING_ASSUMED: Finding = {
  level: 'warning',
  code: 'dicom.spacing-assumed',
  text: 'The frames have no positions of their own; SpacingBetweenSlices was used',
  hint: 'Check a known length in the images',
};

const MODALITY_LUT: Finding = {
  level: 'blocker',
  code: 'dicom.modality-lut',
  text: 'The values pass through a table (Modality LUT) that is not applied',
  hint: 'Export the series with RescaleSlope and RescaleIntercept',
};
