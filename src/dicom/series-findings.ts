import type { Finding } from '../base/index.ts';
import { isSheared } from './stack.ts';
import type { SeriesSummary, StackGeometry } from './types.ts';

type Facts = Omit<SeriesSummary, 'findings'>;

/** What the positions say about the stack. */
export function geometryFindings(g: StackGeometry, s: Facts, instanceNumbers: readonly (number | null)[]): Finding[] {
  const out: Finding[] = [];
  const step = g.spacingMm[2];
  if (g.missing.length > 0)
    out.push({
      level: 'blocker',
      code: 'dicom.missing-slice',
      text: `${plural(g.missing.length, 'slice is', 'slices are')} missing: ${listed(g.missing)} of ${g.size[2] + g.missing.length}, counted from 0 along the normal`,
      facts: { missing: g.missing.length, medianStepMm: step, greatestStepMm: g.stepMm[1] },
      hint: 'Export the whole series again; slices are never invented',
    });
  else if (!g.isEven)
    out.push({
      level: 'warning',
      code: 'dicom.uneven',
      text: `Slice steps range from ${mm(g.stepMm[0])} to ${mm(g.stepMm[1])} mm; the volume is resampled to even slices`,
      facts: { unevenMm: g.unevenMm, smallestStepMm: g.stepMm[0], greatestStepMm: g.stepMm[1] },
    });
  if (g.duplicates.length > 0)
    out.push({
      level: 'note',
      code: 'dicom.duplicate-slice',
      text: `${plural(g.duplicates.length, 'slice lies', 'slices lie')} where another one does; kept once if the pixels are the same, refused if not`,
      facts: { duplicates: g.duplicates.length },
    });
  if (isSheared(g))
    out.push({
      level: 'warning',
      code: 'dicom.tilt',
      text: `The stack leans by ${g.shearDeg.toFixed(2)}° (gantry tilt); the volume is sheared upright`,
      facts: { shearDeg: g.shearDeg, shiftMm: g.shiftMm },
    });
  else if (Math.abs(s.gantryTiltDeg ?? 0) > 0.5 && g.orientation === 'axial' && Math.abs(g.normal[2]) > 1 - 1e-6)
    out.push({
      level: 'warning',
      code: 'dicom.tilt-unseen',
      text: `The header states a gantry tilt of ${s.gantryTiltDeg}°, the positions show none`,
      facts: { gantryTiltDeg: s.gantryTiltDeg! },
      hint: 'Check a right angle in the images, or export the original series',
    });
  if (s.sliceThicknessMm !== null && s.sliceThicknessMm > 0 && step > 1.5 * s.sliceThicknessMm)
    out.push({
      level: 'warning',
      code: 'dicom.slice-gap',
      text: `Slices of ${mm(s.sliceThicknessMm)} mm lie ${mm(step)} mm apart: between them nothing was imaged`,
      facts: { stepMm: step, thicknessMm: s.sliceThicknessMm },
      hint: 'Make sure that the whole series was exported, not every second slice',
    });
  const left = skippedNumbers(instanceNumbers);
  if (left > 0 && g.missing.length === 0)
    out.push({
      level: 'note',
      code: 'dicom.instance-numbers',
      text: `The instance numbers leave out ${left}, though the slices lie evenly`,
      facts: { leftOut: left },
    });
  return out;
}

/** What the header says about the grey values. */
export function valueFindings(s: Facts): Finding[] {
  const out: Finding[] = [];
  const isCt = s.modality === 'CT';
  if (isCt && !s.rescale.isStated)
    out.push({
      level: 'blocker',
      code: 'dicom.rescale',
      text: 'RescaleSlope is missing: slope 1 and intercept as stated or 0 are assumed, and HU cannot be trusted',
      hint: 'Export the series again from the scanner',
    });
  if (isCt && s.rescale.type !== '' && s.rescale.type !== 'HU' && s.rescale.type !== 'US')
    out.push({
      level: 'warning',
      code: 'dicom.rescale',
      text: `The values are rescaled to ${s.rescale.type}, not to HU`,
    });
  if (!Number.isInteger(s.rescale.slope[0]) || !Number.isInteger(s.rescale.slope[1]))
    out.push({
      level: 'note',
      code: 'dicom.rescale',
      text: `Values are rounded to whole units (slope ${s.rescale.slope[0]} to ${s.rescale.slope[1]})`,
    });
  if (s.transferSyntax.isLossy)
    out.push({
      level: 'warning',
      code: 'dicom.lossy',
      text: 'The images were compressed with loss; edges may have moved',
      hint: 'Use the original series where it is still there',
    });
  if (s.imageType[0] === 'DERIVED' && s.imageType[1] === 'SECONDARY')
    out.push({
      level: 'blocker',
      code: 'dicom.derived',
      text: `The images are a derived reformat (${s.imageType.join('\\')}), not the scanner's own slices`,
      hint: 'Use the original series, or override with a reason',
    });
  if (s.isConeBeam)
    out.push({
      level: 'warning',
      code: 'dicom.cone-beam',
      text: 'A cone-beam device: grey values are not calibrated HU',
      hint: 'Rely on surfaces at half maximum, not on thresholds named in HU',
    });
  if (s.photometric === 'MONOCHROME1')
    out.push({
      level: 'note',
      code: 'dicom.photometric',
      text: 'MONOCHROME1: shown inverted on a screen; the values themselves are as the rescale gives them',
    });
  return out;
}

/** How many numbers are left out between the least and the greatest, where none is used twice. */
function skippedNumbers(numbers: readonly (number | null)[]): number {
  const known = numbers.filter((n) => n !== null);
  const unique = new Set(known);
  if (known.length < 3 || unique.size !== known.length || known.length !== numbers.length) return 0;
  let lo = known[0];
  let hi = known[0];
  for (const n of known) {
    lo = Math.min(lo, n);
    hi = Math.max(hi, n);
  }
  return hi - lo + 1 - known.length;
}

const mm = (x: number) => String(Math.round(x * 1000) / 1000);
const plural = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;
const listed = (n: readonly number[]) => n.slice(0, 20).join(', ') + (n.length > 20 ? ', …' : '');
