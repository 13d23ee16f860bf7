import { useView } from '../state/view.ts';

/** How often each grey value occurs, on a logarithmic scale, with the chosen range. */
export function HistogramView() {
  const histogram = useView((v) => v.histogram);
  const [low, high] = useView((v) => v.range);
  if (!histogram) return null;
  const { counts, lowHu, binHu } = histogram;
  const top = Math.log1p(Math.max(...counts));
  const width = counts.length;
  const x = (hu: number) => Math.min(width, Math.max(0, (hu - lowHu) / binHu));
  const path = [...counts]
    .map((c, i) => `L${i},${56 - (54 * Math.log1p(c)) / top}L${i + 1},${56 - (54 * Math.log1p(c)) / top}`)
    .join('');
  return (
    <svg
      className="histogram"
      viewBox={`0 0 ${width} 56`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Grey values of the scan; ${low} to ${high} HU are chosen`}
    >
      <rect x={x(low)} width={Math.max(0.5, x(high) - x(low))} y="0" height="56" fill="#e0b13c" opacity="0.22" />
      <path d={`M0,56${path}L${width},56Z`} fill="#8b96a5" opacity="0.8" />
      <line x1={x(low)} x2={x(low)} y1="0" y2="56" stroke="#e0b13c" strokeWidth="0.7" />
      <line x1={x(high)} x2={x(high)} y1="0" y2="56" stroke="#e0b13c" strokeWidth="0.7" />
    </svg>
  );
}
