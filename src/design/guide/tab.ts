import type { Vec3 } from '../../base/index.ts';
import { add, cross, dot, scale, unit } from '../../math/index.ts';
import { type ArmCurve, footOf, type Ground } from '../plate/index.ts';
import { along } from './body.ts';
import { type TextPlace, textSizeMm } from './lettering.ts';
import type { GuideValues } from './params.ts';
import type { GuideBore } from './types.ts';

/** A flat place on a guide for its letters. */
export interface Letters {
  readonly place: TextPlace;
  /** Half sizes of the flat, along and up, mm. */
  readonly half: readonly [number, number];
  /** Height of capitals, mm. */
  readonly sizeMm: number;
  readonly lines: readonly string[];
}

/** Flat rim around the letters, mm. */
const RIM_MM = 1.2;
/** The flat stands this far over the wall, so that it is flat where the wall is round, mm. */
const PROUD_MM = 1.5;
const STAND_OFF_MM = 0.2;
/** Smaller letters that are tried where wanted ones have no room, and the smallest that can be read, mm. */
const SIZES = [1, 0.8, 0.65];
const LEAST_MM = 2.4;
/** Room that a flat keeps from sleeves, mm. */
const ROOM_MM = 0.5;
/** Inside a panel, places between its middle and its outline. */
const INSIDE = [0, 0.3, 0.55];

/**
 * Where on a guide letters have room: over an arm, along it or across, or over a panel, clear of every drill and looking
 * the way the guide comes off. Null where there is none.
 */
export function placeText(
  arms: readonly ArmCurve[],
  bores: readonly GuideBore[],
  text: readonly string[],
  removal: Vec3,
  ground: Ground,
  v: GuideValues,
): Letters | null {
  const places = candidates(arms, ground, v);
  // Lines below each other, then, where sleeves stand close, all in one that lies between them.
  const layouts = SIZES.flatMap((s) => [text, [text.join(' ')]].map((lines) => ({ lines, sizeMm: s * v.textMm })));
  for (const { lines, sizeMm } of layouts) {
    if (sizeMm < LEAST_MM) break;
    const [w, h] = textSizeMm(lines, sizeMm);
    const half = [w / 2 + RIM_MM, h / 2 + RIM_MM] as const;
    let best: TextPlace | null = null;
    let bestScore = 0;
    for (const { place, weight } of places) {
      const facing = dot(place.out, removal) - 0.3;
      if (weight * facing <= bestScore) continue;
      const room = Math.min(...bores.map((b) => clearOf(place, half, b)));
      const score = weight * facing * Math.min(1, room / 3);
      if (room <= ROOM_MM || score <= bestScore) continue;
      bestScore = score;
      best = place;
    }
    if (best) return { place: best, half, sizeMm, lines };
  }
  return null;
}

function candidates(arms: readonly ArmCurve[], ground: Ground, v: GuideValues): { place: TextPlace; weight: number }[] {
  const out: { place: TextPlace; weight: number }[] = [];
  const put = (foot: Vec3, normal: Vec3, way: Vec3, thicknessMm: number, weight: number) => {
    const a = unit(add(way, scale(normal, -dot(way, normal))));
    const height = STAND_OFF_MM + thicknessMm + v.plateGapMm + v.wallMm + PROUD_MM;
    out.push({ place: { at: add(foot, scale(normal, height)), along: a, up: cross(normal, a), out: normal }, weight });
  };
  for (const arm of arms) {
    const n = arm.points.length / 3;
    const at = (a: Float64Array, i: number): Vec3 => [a[3 * i], a[3 * i + 1], a[3 * i + 2]];
    const middle = scale(Array.from({ length: n }, (_, i) => at(arm.points, i)).reduce(add), 1 / n);
    const closed = Math.hypot(...add(at(arm.points, 0), scale(at(arm.points, n - 1), -1))) < 0.1;
    for (let i = 2; i + 2 < n; i++) {
      const way = add(at(arm.points, i + 2), scale(at(arm.points, i - 2), -1));
      const normal = at(arm.normals, i);
      put(at(arm.points, i), normal, way, arm.thicknessMm, 1);
      put(at(arm.points, i), normal, cross(normal, way), arm.thicknessMm, 0.7);
      if (!closed || i % 4 !== 0) continue;
      for (const s of INSIDE) {
        const foot = footOf(ground, add(scale(middle, 1 - s), scale(at(arm.points, i), s)));
        put(foot.at, foot.normal, way, arm.thicknessMm, 1.2);
        put(foot.at, foot.normal, cross(foot.normal, way), arm.thicknessMm, 1.2);
      }
    }
  }
  return out;
}

/** Room between the tab and a sleeve, mm; negative where they overlap. */
function clearOf({ at, along: a, up, out }: TextPlace, half: readonly number[], b: GuideBore): number {
  let least = Number.POSITIVE_INFINITY;
  for (let z = b.fromMm; z <= b.toMm + 30; z += 1.5) {
    const p = along(b, z);
    const d: Vec3 = [p[0] - at[0], p[1] - at[1], p[2] - at[2]];
    if (dot(d, out) < -8) continue;
    const x = Math.max(0, Math.abs(dot(d, a)) - half[0]);
    const y = Math.max(0, Math.abs(dot(d, up)) - half[1]);
    // Beyond its sleeve only the drill itself passes.
    least = Math.min(least, Math.hypot(x, y) - (z <= b.toMm ? b.outerDiameterMm : b.boreDiameterMm) / 2);
  }
  return least;
}
