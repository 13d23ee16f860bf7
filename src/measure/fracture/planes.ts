import type { Vec3 } from '../../base/index.ts';
import { add, cross, distance, dot, norm, sub, unit } from '../../math/index.ts';
import type { Opened } from './opened.ts';

export const SLICE_PLANES = ['axial', 'coronal', 'sagittal'] as const;
export type SlicePlane = (typeof SLICE_PLANES)[number];

/** What is read off one slice: the worst fracture line in it. */
export interface SliceGap {
  readonly plane: SlicePlane;
  /** Place of the slice along its normal (x sagittal, y coronal, z axial), LPS mm. */
  readonly atMm: number;
  readonly gapMm: number;
  readonly stepMm: number;
  /** Every place where the slice crosses a fracture line of the joint surface. */
  readonly crossings: readonly Crossing[];
}

export interface Crossing {
  readonly a: string;
  readonly b: string;
  readonly gapMm: number;
  readonly stepMm: number;
  /** The two sides of the fracture, just below the joint surface; LPS mm, measured pose. */
  readonly edgeA: Vec3;
  readonly edgeB: Vec3;
}

/** A fracture line in the measured pose, with the names of its pieces. */
export interface OpenedLine {
  readonly a: string;
  readonly b: string;
  readonly places: readonly Opened[];
}

const NORMALS: Record<SlicePlane, Vec3> = { axial: [0, 0, 1], coronal: [0, 1, 0], sagittal: [1, 0, 0] };
/** A slice shows what lies about it, by a bell curve of this standard deviation, mm: that of a CT with its neighbours. */
const SLICE_MM = 1.5;
/** What lies farther from it, in standard deviations, is not shown. */
const SHOWN = 2;
/** A slice at less than this (sine: 20°) to a fracture, or to the joint surface, does not show it. */
const LEAST_SLANT = 0.35;
/** Two fracture lines in one slice are farther apart than this, mm. */
const APART_MM = 6;
/** Less of a line than this in a slice is its end or a splinter, mm: half of what a slice straight across shows. */
const LEAST_LINE_MM = (Math.sqrt(2 * Math.PI) * SLICE_MM) / 2;

/**
 * Gap and step-off in one slice. Where the slice passes a fracture line half-way between its sides, the way from one side to
 * its partner on the other is split across the fracture (gap) and out of the joint (step-off); both are seen longer the more
 * the slice slants to them, as on a screen. Where pieces are so far apart that a slice shows one side only, the partner is
 * the one that lies nearest to the slice. A fracture that runs along the slice is not seen in it.
 *
 * Contributor's note: tried with the ends of the outlines of the joint surface instead, as a person reads them. On clean
 * meshes the same to 0.1 mm; on traced bone rounded edges, and a femoral head that dents the socket in the scan, read as
 * gaps of 2 to 7 mm that are not there. Tried with a reading for each place and their median: the slant of a rough face
 * divides by a wrong number, 2 to 6 mm off where a slice slants to a line.
 * @returns null where the slice crosses no fracture line of the joint surface
 */
export function sliceGap(lines: readonly OpenedLine[], plane: SlicePlane, atMm: number): SliceGap | null {
  const crossings = lines.flatMap(({ a, b, places }) =>
    crossed(places, NORMALS[plane], atMm).flatMap((shown) => {
      const reading = readingOf(shown, NORMALS[plane]);
      return reading ? [{ a, b, ...reading }] : [];
    }),
  );
  if (crossings.length === 0) return null;
  const worst = (of: (c: Crossing) => number) => crossings.reduce((m, c) => Math.max(m, of(c)), 0);
  return { plane, atMm, gapMm: worst((c) => c.gapMm), stepMm: worst((c) => c.stepMm), crossings };
}

/** A place that a slice shows, and how much of its line. */
interface Shown {
  readonly place: Opened;
  /** Of its middle from the slice, along the normal of the slice. */
  readonly offMm: number;
  readonly lineMm: number;
}

/** Every crossing of a slice with one fracture line, as the places that it shows there. */
function crossed(places: readonly Opened[], normal: Vec3, atMm: number): Shown[][] {
  const between = places.flatMap((place): Shown[] => {
    const offMm = dot(add(place.p, place.q), normal) / 2 - atMm;
    const apartMm = Math.abs(dot(sub(place.q, place.p), normal));
    return Math.abs(offMm) < SHOWN * SLICE_MM + apartMm / 2 ? [{ place, offMm, lineMm: place.lineMm }] : [];
  });
  return groupsOf(between).flatMap((group) => {
    const nearest = nearestOf(group);
    const shown = group.flatMap((s): Shown[] => {
      const off = (Math.abs(s.offMm) - Math.abs(nearest)) / SLICE_MM;
      return off < SHOWN ? [{ ...s, lineMm: s.lineMm * Math.exp((-off * off) / 2) }] : [];
    });
    return groupsOf(shown).filter((g) => lengthOf(g) >= LEAST_LINE_MM);
  });
}

/** 0 where the slice passes between the places, else that of the nearest one. */
function nearestOf(group: readonly Shown[]): number {
  const [lo, hi] = group.reduce(([l, h], { offMm: s }) => [Math.min(l, s), Math.max(h, s)], [Infinity, -Infinity]);
  return Math.min(Math.max(lo, 0), hi);
}

const lengthOf = (group: readonly Shown[]): number => group.reduce((sum, s) => sum + s.lineMm, 0);

/** Places that lie near each other belong to one crossing. */
function groupsOf(all: readonly Shown[]): Shown[][] {
  const groups: Shown[][] = [];
  for (const one of all) {
    const near = groups.filter((g) => g.some((s) => distance(s.place.home, one.place.home) < APART_MM));
    const joined = [...near.flat(), one];
    for (const g of near) groups.splice(groups.indexOf(g), 1);
    groups.push(joined);
  }
  return groups;
}

/** As the slice shows the places, read where it passes them; null where it runs along the fracture or the joint surface. */
function readingOf(shown: readonly Shown[], normal: Vec3): Omit<Crossing, 'a' | 'b'> | null {
  const length = lengthOf(shown);
  const mean = (of: (s: Shown) => number) => shown.reduce((sum, s) => sum + s.lineMm * of(s), 0) / length;
  const nearest = nearestOf(shown);
  const off = mean((s) => s.offMm);
  const spread = mean((s) => (s.offMm - off) * (s.offMm - off));
  // A straight line through the places: at the end of a fracture line they lie on one side of the slice only.
  const share = (s: Shown) => 1 + (spread > 0 ? ((nearest - off) * (s.offMm - off)) / spread : 0);
  const here = (of: (o: Opened) => number) => mean((s) => share(s) * of(s.place));
  const middle = (of: (o: Opened) => Vec3): Vec3 => [
    here((o) => of(o)[0]),
    here((o) => of(o)[1]),
    here((o) => of(o)[2]),
  ];
  const inSlice = cross(unit(middle((o) => o.out)), normal);
  const height = norm(inSlice);
  const slant = Math.abs(dot(unit(middle((o) => o.across)), unit(inSlice)));
  if (slant < LEAST_SLANT || height < LEAST_SLANT) return null;
  return {
    gapMm: Math.max(
      0,
      here((o) => o.gapMm),
    ),
    stepMm: Math.abs(here((o) => o.stepMm)),
    edgeA: middle((o) => o.p),
    edgeB: middle((o) => o.q),
  };
}
