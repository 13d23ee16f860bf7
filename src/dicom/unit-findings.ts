import type { Finding } from '../base/index.ts';
import type { Volume } from '../volume/index.ts';
import type { Slices } from './types.ts';

/** Background air of a calibrated CT lies at −1000 HU; scanners that cut at −1024 fill with that. */
export const AIR_RANGE_HU = [-1050, -950] as const;

/** What the samples say about their own units. @cost one pass over every 13th sample */
export function unitFindings(volume: Volume<'hu' | 'mr', Int16Array>, slices: readonly Slices[]): Finding[] {
  const out: Finding[] = [];
  const sum = (of: (s: Slices) => number) => slices.reduce((n, s) => n + of(s), 0);
  const padded = sum((s) => s.paddedCount);
  const clamped = sum((s) => s.clampedCount);
  const ceiling = sum((s) => s.ceilingCount);
  const total = sum((s) => s.data.length);
  if (padded > 0)
    out.push({
      level: 'note',
      code: 'dicom.padding',
      text: `${percent(padded / total)} of the pixels hold no data (PixelPaddingValue); they count as ${volume.quantity === 'hu' ? 'air' : '0'}`,
      facts: { paddedPercent: (100 * padded) / total },
    });
  if (clamped > 0)
    out.push({
      level: 'warning',
      code: 'dicom.clamped',
      text: `${clamped} samples lie outside −32768 to 32767 and were cut to that`,
      facts: { samples: clamped },
    });
  if (volume.quantity !== 'hu') return out;
  if (ceiling > 0)
    out.push({
      level: 'note',
      code: 'dicom.ceiling',
      text: `${ceiling} samples are at the top of the stored range: metal may be cut off there`,
      facts: { samples: ceiling },
      hint: 'Export with an extended HU scale to measure metal',
    });
  const air = airPeakHu(volume.data);
  if (air !== null && (air < AIR_RANGE_HU[0] || air > AIR_RANGE_HU[1]))
    out.push({
      level: 'warning',
      code: 'dicom.air',
      text: `The air around the patient reads ${air} HU, not −1000`,
      facts: { airHu: air },
      hint: 'The values are not calibrated HU, or the rescale is wrong',
    });
  return out;
}

const percent = (f: number) => `${(100 * f).toFixed(1)} %`;

/** The commonest value below −300 HU, the fill of −1024 left out; null where less than 1 % of the samples are that low. */
function airPeakHu(data: Int16Array): number | null {
  const counts = new Uint32Array(32768);
  let low = 0;
  let seen = 0;
  for (let i = 0; i < data.length; i += 13, seen++)
    if (data[i] < -300 && data[i] !== -1024) {
      counts[data[i] + 32768]++;
      low++;
    }
  if (low < 0.01 * seen) return null;
  // Ten values wide, so that noise does not choose.
  let best = 0;
  let bestAt = 0;
  let run = 0;
  for (let v = 0; v < counts.length; v++) {
    run += counts[v] - (v >= 10 ? counts[v - 10] : 0);
    if (run > best) {
      best = run;
      bestAt = v - 5;
    }
  }
  return bestAt - 32768;
}
