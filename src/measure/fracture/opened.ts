import type { LpsTransform, Vec3 } from '../../base/index.ts';
import { add, apply, applyLinear, dot, scale, sub, unit } from '../../math/index.ts';
import type { FractureLine } from './lines.ts';

/** A place of a fracture line as it lies in the measured pose, LPS mm. */
export interface Opened {
  /** On the one piece and on the other. */
  readonly p: Vec3;
  readonly q: Vec3;
  /** Normal of the joint surface and way across the line: half-way between those of the two pieces. */
  readonly out: Vec3;
  readonly across: Vec3;
  /** Apart across the line; negative where the pieces overlap. mm. */
  readonly gapMm: number;
  /** Apart along the normal of the joint surface; positive where the second piece stands out of the bone. mm. */
  readonly stepMm: number;
  /** Length of line that it stands for, mm. */
  readonly lineMm: number;
  /** In the reduced pose, where what is neighbour is so whatever the motion. */
  readonly home: Vec3;
}

/** @param moved from the reduced pose to the measured one, for each piece */
export const opened = ({ a, b, places }: FractureLine, moved: readonly LpsTransform[]): Opened[] =>
  places.map(({ p: onA, q: onB, lineMm, ...home }) => {
    const [p, q] = [apply(moved[a], onA), apply(moved[b], onB)];
    const both = (v: Vec3) => add(applyLinear(moved[a], v), applyLinear(moved[b], v));
    const out = unit(both(home.out));
    const way = both(home.across);
    const across = unit(sub(way, scale(out, dot(way, out))));
    const v = sub(q, p);
    return { p, q, out, across, gapMm: dot(v, across), stepMm: dot(v, out), lineMm, home: onA };
  });
