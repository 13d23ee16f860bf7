import type { Side } from '../../base/index.ts';
import type { Shape } from '../shapes.ts';
import { type PelvicFrame, placeIn } from './frame.ts';

/** Places of the pelvis that can be told by where they lie, whatever is broken. Each is a bit, so sets of them are numbers. */
export const SACRUM = 1;
const LEFT = { femur: 2, wing: 4, blade: 8, pubis: 16, ischium: 32 } as const;
const RIGHT = { femur: 64, wing: 128, blade: 256, pubis: 512, ischium: 1024 } as const;
export const PLACES = { left: LEFT, right: RIGHT } as const;
export function hipOf(side: Side): number {
  const { wing, blade, pubis, ischium } = PLACES[side];
  return wing | blade | pubis | ischium;
}

/** Where a piece must have its middle to be surely of a place: mm from the mirror plane, behind the symphysis, above it. */
interface Region {
  readonly lateral: readonly [number, number];
  readonly behind: readonly [number, number];
  readonly above: readonly [number, number];
  readonly leastMm3: number;
}
const REGIONS = {
  sacrum: { lateral: [0, 25], behind: [45, 190], above: [0, 200], leastMm3: 200 },
  /** The back of the ilium, towards the sacro-iliac joint, and its front, which may break off with the anterior column. */
  wing: { lateral: [60, 190], behind: [40, 110], above: [45, 190], leastMm3: 300 },
  blade: { lateral: [60, 190], behind: [-70, 40], above: [45, 190], leastMm3: 300 },
  pubis: { lateral: [10, 45], behind: [-30, 28], above: [-45, 25], leastMm3: 150 },
  ischium: { lateral: [30, 88], behind: [52, 115], above: [-80, 2], leastMm3: 800 },
  femur: { lateral: [92, 190], behind: [-30, 90], above: [-150, 30], leastMm3: 4000 },
} as const satisfies Record<string, Region>;

/** The place of each region that can be told. */
export function anchorsOf(shapes: readonly Shape[], frame: PelvicFrame): Map<number, number> {
  const out = new Map<number, number>();
  for (const shape of shapes) {
    const [lateral, behind, above] = placeIn(frame, shape.centre);
    const at = (r: Region): boolean =>
      shape.volumeMm3 >= r.leastMm3 &&
      within(Math.abs(lateral), r.lateral) &&
      within(behind, r.behind) &&
      within(above, r.above);
    const side = lateral > 0 ? LEFT : RIGHT;
    if (at(REGIONS.sacrum)) out.set(shape.region, SACRUM);
    else if (at(REGIONS.femur)) out.set(shape.region, side.femur);
    else if (at(REGIONS.wing)) out.set(shape.region, side.wing);
    else if (at(REGIONS.blade)) out.set(shape.region, side.blade);
    else if (at(REGIONS.pubis)) out.set(shape.region, side.pubis);
    else if (at(REGIONS.ischium)) out.set(shape.region, side.ischium);
  }
  return out;
}

const within = (v: number, [lo, hi]: readonly [number, number]): boolean => v >= lo && v <= hi;
