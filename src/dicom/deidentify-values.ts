import type { NewValue } from './writer.ts';

/** A value that says nothing, where the standard wants one. */
export function dummyOf(vr: string, uid: () => string): NewValue {
  if (vr === 'UI') return uid();
  if (vr === 'DA') return '19000101';
  if (vr === 'DT') return '19000101000000';
  if (vr === 'TM') return '000000';
  if (vr === 'AS') return '000Y';
  if (vr === 'DS' || vr === 'IS') return '0';
  if (['LO', 'SH', 'PN', 'LT', 'ST', 'UT', 'UC', 'AE', 'CS'].includes(vr)) return 'REMOVED';
  return new Uint8Array(0);
}

export const time = (t: string): string => (/^\d{2,6}(\.\d{1,6})?$/.test(t) ? t : '');

/** A date, or the date in front of a time, some days on. What is no date goes. */
export function shifted(value: string, days: number): string {
  const m = /^(\d{4})(\d\d)(\d\d)((?:\d{2,6}(?:\.\d{1,6})?)?)$/.exec(value);
  if (!m) return '';
  const { year, month, day } = civil(dayNumber(Number(m[1]), Number(m[2]), Number(m[3])) + days);
  return `${String(year).padStart(4, '0')}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}${m[4]}`;
}

/** Days since 1 March of the year 0, Gregorian calendar. */
function dayNumber(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const m = (month + 9) % 12;
  return (
    365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + Math.floor((153 * m + 2) / 5) + day - 1
  );
}

function civil(n: number): { year: number; month: number; day: number } {
  let year = Math.floor(n / 365.2425) + 1;
  while (dayNumber(year, 3, 1) > n) year--;
  const rest = n - dayNumber(year, 3, 1);
  const m = Math.floor((5 * rest + 2) / 153);
  const day = rest - Math.floor((153 * m + 2) / 5) + 1;
  return { year: m >= 10 ? year + 1 : year, month: ((m + 2) % 12) + 1, day };
}

/** Words that tell a series apart and no patient: anything else of a description goes. */
const WORDS = new Set(
  `ct mr mri cbct axial ax coronal cor sagittal sag oblique bone knochen soft tissue weichteil standard sharp smooth kernel
  thin thick mpr 3d native nativ contrast km arterial venous left right links rechts lt rt both bilateral foot feet fuss ankle
  talus hindfoot forefoot pelvis becken hip huefte acetabulum knee femur tibia shoulder skull head face orbit mandible spine
  t1 t2 pd fs stir flair dixon scout localizer topogram preop postop pre post op follow up weight bearing wb standing low dose
  recon reconstruction filter volume helical spiral mm of the with without and scan series study`.split(/\s+/),
);
export const knownWords = (description: string): string =>
  description
    .split(/[^A-Za-z0-9.]+/)
    .filter((word) => WORDS.has(word.toLowerCase()) || /^\d(\.\d{1,3})?$/.test(word))
    .join(' ')
    .slice(0, 64)
    .trim();
