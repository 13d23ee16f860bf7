import type { LpsTransform, Vec3 } from '../../base/index.ts';
import {
  apply,
  compose,
  cross,
  dot,
  eigenSymmetric,
  rotation,
  rotationAngleRad,
  solveSpd,
  translation,
} from '../../math/index.ts';
import { type Bvh, closestPoint, closestPoints, type Mesh } from '../../mesh/index.ts';
import type { GuideSeat } from './types.ts';

/** Where a guide meets what it sits on: flat xyz, with normals out of the plate or bone. */
export interface Contacts {
  readonly points: Float64Array;
  readonly normals: Float64Array;
  /** Gap that the surfaces keep there, mm. */
  readonly gaps: Float64Array;
}

/** A point of the guide this much farther than the gap is no contact, mm. */
const NEAR_MM = 0.2;
/** So many contacts are kept for trying other seats. */
const KEPT = 200;
/** Turns about the way off, and turns upside down of the long and the short way, from which other seats are looked for. */
const TURNS = 12;
const ROUNDS = 20;
/** A seat that comes back to the right one within this is the right one. */
const SAME_DEG = 8;
const SAME_MM = 3;

/** Vertices of the guide that lie at the gap to the plate or the bone. */
export function contactsOf(guide: Mesh, plate: Bvh, plateGapMm: number, bone: Bvh, boneGapMm: number): Contacts {
  const points: number[] = [];
  const normals: number[] = [];
  const gaps: number[] = [];
  const p = guide.positions;
  for (const [tree, gap] of [
    [plate, plateGapMm],
    [bone, boneGapMm],
  ] as const) {
    const near = closestPoints(tree, p, { limitMm: gap + NEAR_MM });
    for (let i = 0; i < p.length; i += 3) {
      const d = near.distanceMm[i / 3];
      if (!(d > 0) || !Number.isFinite(d)) continue;
      for (let k = 0; k < 3; k++) {
        points.push(p[i + k]);
        normals.push((p[i + k] - near.points[i + k]) / d);
      }
      gaps.push(gap);
    }
  }
  return { points: Float64Array.from(points), normals: Float64Array.from(normals), gaps: Float64Array.from(gaps) };
}

/**
 * Whether the seat says where the guide goes: how firmly its contacts hold every motion, its play within the gaps, and the
 * best of the wrong ways to put it on.
 * @param both tree of plate and bone together
 * @cost 23 small alignments of 200 points
 * @source contact normals: Gelfand et al. 2003; the alignments are point to plane, Chen and Medioni 1992
 */
export function seatOf(contacts: Contacts, both: Bvh, removal: Vec3, touchedFraction: number): GuideSeat {
  const { centre, radiusMm } = ballOf(contacts.points);
  const kept = thinned(contacts, KEPT);
  return {
    touchedFraction,
    firmness: firmnessOf(contacts, centre, radiusMm),
    ...playOf(contacts, centre, removal),
    ...wrongSeat(kept, both, removal, centre, radiusMm),
  };
}

function ballOf(p: Float64Array): { centre: Vec3; radiusMm: number } {
  const n = Math.max(1, p.length / 3);
  const c: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < p.length; i++) c[i % 3] += p[i] / n;
  let r = 0;
  for (let i = 0; i < p.length; i++) r += (p[i] - c[i % 3]) * (p[i] - c[i % 3]);
  return { centre: c, radiusMm: Math.sqrt(r / n) || 1 };
}

function thinned(c: Contacts, count: number): Contacts {
  const n = c.gaps.length;
  const picked = Array.from({ length: Math.min(n, count) }, (_, i) => Math.floor((i * n) / Math.min(n, count)));
  const three = (a: Float64Array) => Float64Array.from(picked.flatMap((i) => [a[3 * i], a[3 * i + 1], a[3 * i + 2]]));
  return { points: three(c.points), normals: three(c.normals), gaps: Float64Array.from(picked, (i) => c.gaps[i]) };
}

/** Six numbers of a contact: how fast it opens for a shift along, and a turn about, each axis. */
function wrench({ points: p, normals: m }: Contacts, i: number, centre: Vec3, unitMm: number): number[] {
  const n: Vec3 = [m[3 * i], m[3 * i + 1], m[3 * i + 2]];
  const t = cross([p[3 * i] - centre[0], p[3 * i + 1] - centre[1], p[3 * i + 2] - centre[2]], n);
  return [...n, t[0] / unitMm, t[1] / unitMm, t[2] / unitMm];
}

function firmnessOf(c: Contacts, centre: Vec3, radiusMm: number): number {
  const n = c.gaps.length;
  if (n < 6) return 0;
  const a = new Array<number>(36).fill(0);
  for (let i = 0; i < n; i++) {
    const w = wrench(c, i, centre, radiusMm);
    for (let r = 0; r < 6; r++) for (let k = 0; k < 6; k++) a[6 * r + k] += (w[r] * w[k]) / n;
  }
  return Math.max(0, eigenSymmetric(a, 6).values[5]);
}

/** A motion is over when the contacts that face it most have closed their gap: a hundredth of them decide, not one. */
const DECIDE = 0.01;

function playOf(c: Contacts, centre: Vec3, removal: Vec3): { playMm: number; playDeg: number } {
  const free = (rate: (w: number[]) => number): number => {
    const ways = Array.from(c.gaps, (gap, i) => {
      const closing = -rate(wrench(c, i, centre, 1));
      return closing > 1e-6 ? gap / closing : Number.POSITIVE_INFINITY;
    }).sort((a, b) => a - b);
    return ways.length ? ways[Math.floor(DECIDE * ways.length)] : Number.POSITIVE_INFINITY;
  };
  const side = Math.abs(removal[0]) < 0.6 ? cross(removal, [1, 0, 0]) : cross(removal, [0, 1, 0]);
  const other = cross(removal, side);
  let playMm = 0;
  for (let k = 0; k < 16; k++) {
    const [s, t] = [Math.cos((k * Math.PI) / 8), Math.sin((k * Math.PI) / 8)];
    const l = Math.hypot(...side);
    const d = [0, 1, 2].map((i) => (s * side[i] + t * other[i]) / l);
    playMm = Math.max(
      playMm,
      free((w) => d[0] * w[0] + d[1] * w[1] + d[2] * w[2]),
    );
  }
  const turn = (sign: number) => free((w) => sign * (removal[0] * w[3] + removal[1] * w[4] + removal[2] * w[5]));
  return { playMm, playDeg: (Math.max(turn(1), turn(-1)) * 180) / Math.PI };
}

/** The least misfit of any seat but the right one. */
function wrongSeat(c: Contacts, both: Bvh, removal: Vec3, centre: Vec3, radiusMm: number) {
  let wrongSeatMm = Number.POSITIVE_INFINITY;
  let wrongSeatDeg = 0;
  const side = cross(removal, Math.abs(removal[0]) < 0.6 ? [1, 0, 0] : [0, 1, 0]);
  for (const flip of [0, 1])
    for (let k = flip ? 0 : 1; k < TURNS; k++) {
      let t = rotation(removal, (2 * Math.PI * k) / TURNS, centre);
      if (flip) t = compose(t, rotation(side, Math.PI, centre));
      let rms = Number.POSITIVE_INFINITY;
      for (let round = 0; round < ROUNDS; round++) {
        const step = oneStep(c, t, both, centre, radiusMm);
        rms = step.rms;
        if (!step.motion) break;
        t = compose(step.motion, t);
      }
      const deg = (rotationAngleRad(t) * 180) / Math.PI;
      const shift = apply(t, centre).map((x, i) => x - centre[i]);
      if (deg < SAME_DEG && Math.hypot(...shift) < SAME_MM) continue;
      if (rms < wrongSeatMm) {
        wrongSeatMm = rms;
        wrongSeatDeg = deg;
      }
    }
  return { wrongSeatMm, wrongSeatDeg };
}

/** One Gauss-Newton step that brings the contacts of a moved guide to their gaps. */
function oneStep(c: Contacts, t: LpsTransform, both: Bvh, centre: Vec3, radiusMm: number) {
  const n = c.gaps.length;
  const a = new Float64Array(36);
  const b = new Float64Array(6);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const p = apply(t, [c.points[3 * i], c.points[3 * i + 1], c.points[3 * i + 2]]);
    const q = closestPoint(both, ...p)!;
    const f = 3 * q.triangle;
    const out: Vec3 = [p[0] - q.x, p[1] - q.y, p[2] - q.z];
    const face: Vec3 = [both.faceNormals[f], both.faceNormals[f + 1], both.faceNormals[f + 2]];
    const sign = dot(out, face) < 0 ? -1 : 1;
    const d = q.distanceMm;
    const g: Vec3 = d > 1e-6 ? [(sign * out[0]) / d, (sign * out[1]) / d, (sign * out[2]) / d] : face;
    const off = sign * d - c.gaps[i];
    sum += off * off;
    const r = cross([p[0] - centre[0], p[1] - centre[1], p[2] - centre[2]], g);
    const w = [...g, r[0] / radiusMm, r[1] / radiusMm, r[2] / radiusMm];
    for (let x = 0; x < 6; x++) {
      b[x] -= w[x] * off;
      for (let y = 0; y < 6; y++) a[6 * x + y] += w[x] * w[y];
    }
  }
  const rms = Math.sqrt(sum / n);
  for (let x = 0; x < 6; x++) a[7 * x] += 1e-3 * n;
  const s = solveSpd(a, b, 6);
  if (!s || Math.hypot(...s) < 1e-3) return { rms, motion: null };
  const turn: Vec3 = [s[3] / radiusMm, s[4] / radiusMm, s[5] / radiusMm];
  const angle = Math.hypot(...turn);
  const shift = translation([s[0], s[1], s[2]]);
  const axis: Vec3 = angle > 0 ? [turn[0] / angle, turn[1] / angle, turn[2] / angle] : [0, 0, 1];
  return { rms, motion: compose(shift, rotation(axis, angle, centre)) };
}
