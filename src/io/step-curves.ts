import type { Vec3 } from '../base/index.ts';
import { cross, dot, norm, sub, unit } from '../math/index.ts';
import type { RoundSurface } from './step-rounds.ts';

/** A curve in space: through the ends of an edge, with what a reader needs to follow it from one to the other. */
export type Curve =
  | { readonly kind: 'line' }
  | {
      readonly kind: 'circle' | 'ellipse';
      readonly centre: Vec3;
      /** Normal of its plane, and the direction of the first (longer) half axis. */
      readonly normal: Vec3;
      readonly first: Vec3;
      readonly a: number;
      readonly b: number;
    };

const LINE: Curve = { kind: 'line' };
/** Planes that hold an axis to within this sine cut its cylinder in lines. */
const ALONG = 0.02;
/** A curve that does not go through both ends of its edge to this, mm, is not used; the straight line is. */
const THROUGH_MM = 5e-3;
/** Half axes nearer to each other than this make a circle, mm. */
const EQUAL_MM = 1e-9;

/** Where the plane of a facet cuts a round surface, if it runs through both points; else the straight line. */
export function planeCurve(s: RoundSurface, normal: Vec3, from: Vec3, to: Vec3): Curve {
  const curve =
    s.kind === 'sphere'
      ? sphereCut(s, normal, from)
      : s.kind === 'cylinder'
        ? cylinderCut(s, normal, from)
        : coneCut(s, normal, from);
  return runsThrough(curve, from, to) ? curve : LINE;
}

/** The common curve of two round surfaces about one axis, or of two halves of one: a circle or a line along it. */
export function commonCurve(s: RoundSurface, other: RoundSurface, from: Vec3, to: Vec3): Curve {
  const circle = parallelCircle(s, from);
  if (s !== other) return runsThrough(circle, from, to) ? circle : LINE;
  if (s.kind !== 'sphere') return LINE;
  const normal = unit(cross(s.axis, s.seam));
  const meridian: Curve = { kind: 'circle', centre: s.centreMm, normal, first: s.axis, a: s.radiusMm, b: s.radiusMm };
  return runsThrough(meridian, from, to) ? meridian : LINE;
}

function parallelCircle(s: RoundSurface, p: Vec3): Curve {
  const h = dot([p[0] - s.centreMm[0], p[1] - s.centreMm[1], p[2] - s.centreMm[2]], s.axis);
  const centre = [0, 1, 2].map((k) => s.centreMm[k] + h * s.axis[k]) as unknown as Vec3;
  const r = Math.hypot(p[0] - centre[0], p[1] - centre[1], p[2] - centre[2]);
  return { kind: 'circle', centre, normal: s.axis, first: s.seam, a: r, b: r };
}

function sphereCut(s: RoundSurface, normal: Vec3, p: Vec3): Curve {
  const away = dot([p[0] - s.centreMm[0], p[1] - s.centreMm[1], p[2] - s.centreMm[2]], normal);
  const centre = [0, 1, 2].map((k) => s.centreMm[k] + away * normal[k]) as unknown as Vec3;
  const r = Math.sqrt(Math.max(0, s.radiusMm * s.radiusMm - away * away));
  if (r < EQUAL_MM) return LINE;
  return { kind: 'circle', centre, normal, first: acrossTo(normal), a: r, b: r };
}

function cylinderCut(s: RoundSurface, normal: Vec3, p: Vec3): Curve {
  const cos = dot(normal, s.axis);
  if (Math.abs(cos) < ALONG) return LINE;
  const at = dot([p[0] - s.centreMm[0], p[1] - s.centreMm[1], p[2] - s.centreMm[2]], normal) / cos;
  const centre = [0, 1, 2].map((k) => s.centreMm[k] + at * s.axis[k]) as unknown as Vec3;
  return ovalOf(centre, normal, steepest(normal, s.axis), s.radiusMm / Math.abs(cos), s.radiusMm);
}

/** Both ends of the long axis lie in the plane through the cone's axis along which the facet rises most. */
function coneCut(s: RoundSurface, normal: Vec3, p: Vec3): Curve {
  const slope = s.slope ?? 0;
  const cos = dot(normal, s.axis);
  const sin = Math.sqrt(Math.max(0, 1 - cos * cos));
  const eccentric = sin * Math.sqrt(1 + slope * slope);
  if (Math.abs(cos) < ALONG || eccentric > 0.95) return LINE;
  const out = sin > 1e-12 ? unit(cross(cross(s.axis, normal), s.axis)) : s.seam;
  const at = dot([p[0] - s.centreMm[0], p[1] - s.centreMm[1], p[2] - s.centreMm[2]], normal) / cos;
  // The plane is h = at − x·tan along `out`; the cone there |x| = radius + slope·h.
  const tan = dot(normal, out) / cos;
  const right = (s.radiusMm + slope * at) / (1 + slope * tan);
  const left = -(s.radiusMm + slope * at) / (1 - slope * tan);
  const x = (right + left) / 2;
  const centre = [0, 1, 2].map((k) => s.centreMm[k] + x * out[k] + (at - x * tan) * s.axis[k]) as unknown as Vec3;
  const a = ((right - left) / 2) * Math.sqrt(1 + tan * tan);
  return ovalOf(centre, normal, steepest(normal, s.axis), a, a * Math.sqrt(1 - eccentric * eccentric));
}

function ovalOf(centre: Vec3, normal: Vec3, first: Vec3, a: number, b: number): Curve {
  return { kind: a - b < EQUAL_MM ? 'circle' : 'ellipse', centre, normal, first, a, b: Math.min(a, b) };
}

/** Direction in a plane that runs most along an axis. */
function steepest(normal: Vec3, axis: Vec3): Vec3 {
  const c = dot(normal, axis);
  const d: Vec3 = [axis[0] - c * normal[0], axis[1] - c * normal[1], axis[2] - c * normal[2]];
  return Math.hypot(d[0], d[1], d[2]) < 1e-9 ? acrossTo(normal) : unit(d);
}

const acrossTo = (n: Vec3): Vec3 => unit(cross(n, Math.abs(n[0]) < 0.6 ? [1, 0, 0] : [0, 1, 0]));

function runsThrough(c: Curve, from: Vec3, to: Vec3): boolean {
  return c.kind === 'line' || [from, to].every((p) => offCurve(c, p) < THROUGH_MM);
}

/** How far a point lies from a circle or, nearly, an ellipse, mm. */
export function offCurve(c: Curve, p: Vec3): number {
  if (c.kind === 'line') return 0;
  const { x, y, z } = inPlane(c, p);
  const r = Math.hypot(x / c.a, y / c.b);
  return Math.hypot(z, (r - 1) * Math.min(c.a, c.b));
}

function inPlane(c: Exclude<Curve, { kind: 'line' }>, p: Vec3) {
  const second = cross(c.normal, c.first);
  const d: Vec3 = [p[0] - c.centre[0], p[1] - c.centre[1], p[2] - c.centre[2]];
  return { x: dot(d, c.first), y: dot(d, second), z: dot(d, c.normal) };
}

/** Whether a curve between the ends of a way passes next to all of its points. */
export function follows(c: Curve, way: readonly Vec3[]): boolean {
  if (c.kind !== 'line') return way.every((p) => offCurve(c, p) < THROUGH_MM);
  const [from, to] = [way[0], way[way.length - 1]];
  const d = unit(sub(to, from));
  return way.every((p) => norm(cross(sub(p, from), d)) < THROUGH_MM);
}

/** Whether a way of short steps runs as the parameter of the curve rises, all in all. */
export function risesAlong(c: Curve, way: readonly Vec3[]): boolean {
  if (c.kind === 'line') return true;
  const angles = way.map((p) => {
    const { x, y } = inPlane(c, p);
    return Math.atan2(y / c.b, x / c.a);
  });
  let turn = 0;
  for (let i = 1; i < angles.length; i++) {
    const step = angles[i] - angles[i - 1];
    turn += step > Math.PI ? step - 2 * Math.PI : step <= -Math.PI ? step + 2 * Math.PI : step;
  }
  return turn > 0;
}
