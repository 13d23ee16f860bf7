import type { Vec3 } from '../../base/index.ts';
import { add, scale } from '../../math/index.ts';
import type { Opened } from './opened.ts';

/** Between two pieces, along their common fracture line in the joint surface. */
export interface SpaceGap {
  readonly a: string;
  readonly b: string;
  /** Length of the fracture line, mm. */
  readonly lengthMm: number;
  /** Across the line, in the joint surface: median along the line, and the widest (95 % of the line is below). mm. */
  readonly gapMedianMm: number;
  readonly gapMm: number;
  /** Along the normal of the joint surface, size without sign. mm. */
  readonly stepMedianMm: number;
  readonly stepMm: number;
  /** Area of the joint surface that is open, mm²: gap times length of line. */
  readonly gapAreaMm2: number;
  /** Where the gap is widest, LPS mm, measured pose. */
  readonly widestAt: Vec3;
}

/**
 * Gap and step-off in space between two pieces. Points of the fracture face just below the joint surface know their partners
 * from the reduced pose; what lies between them in the measured pose is split into the normal of the joint surface
 * (step-off), across the fracture line (gap) and along it.
 * @requires at least one place
 * @accuracy exact for faces that match; rounded edges of traced bone do not count, because faces are compared, not rims
 * @source after Meesters et al. 2019, PMC6583999 (gap area, gap and step-off in three dimensions); correspondence own
 */
export function spaceGap(a: string, b: string, places: readonly Opened[]): SpaceGap {
  const gap = (o: Opened) => Math.max(0, o.gapMm);
  const gaps = alongLine(places, gap);
  const steps = alongLine(places, (o) => Math.abs(o.stepMm));
  const widest = places.reduce((m, o) => (o.gapMm > m.gapMm ? o : m));
  return {
    a,
    b,
    lengthMm: places.reduce((s, o) => s + o.lineMm, 0),
    gapMedianMm: gaps(0.5),
    gapMm: gaps(0.95),
    stepMedianMm: steps(0.5),
    stepMm: steps(0.95),
    gapAreaMm2: places.reduce((s, o) => s + gap(o) * o.lineMm, 0),
    widestAt: scale(add(widest.p, widest.q), 0.5),
  };
}

/** Quantiles of a value along the fracture line: each place counts with its length. */
function alongLine(places: readonly Opened[], value: (o: Opened) => number): (q: number) => number {
  const sorted = places.map((o) => [value(o), o.lineMm] as const).sort((x, y) => x[0] - y[0]);
  const total = sorted.reduce((s, [, w]) => s + w, 0);
  return (q) => {
    let run = 0;
    for (const [v, w] of sorted) {
      run += w;
      if (run >= q * total) return v;
    }
    return sorted[sorted.length - 1][0];
  };
}
