import type { Vec3 } from '../../base/index.ts';
import { cross, dot, sub, unit } from '../../math/index.ts';

/** How a pelvis lies in the scan: its mirror plane and a few places on it. LPS, mm. */
export interface PelvicFrame {
  /** Unit normal of the mirror plane, towards the patient's left, and where it meets it: `normal · p = offsetMm`. */
  readonly normal: Vec3;
  readonly offsetMm: number;
  /** Part of the bone whose mirror image is bone: about 0.8 for both sides in view, less than half for one. */
  readonly symmetry: number;
  /** Middle of the pubic bones at the symphysis, depth and height only (y, z); guessed from all bone where none is in view. */
  readonly symphysis: readonly [number, number];
  /** Unit vectors in the mirror plane, to the back and to the head of the pelvis, however the patient lies. */
  readonly back: Vec3;
  readonly up: Vec3;
  /** Patients differ in size: 1 is 130 mm from the plane to the side of an iliac wing. */
  readonly scale: number;
  /** The same from front to back: 1 is 90 mm from the symphysis to the middle of the sacrum. */
  readonly depthScale: number;
}

/** Cells of the map of bone that mirror images are compared with, mm. */
const CELL_MM = 4;
/** The midline holds what lies nearer to the plane than this, mm: sacrum and pubic bones, nothing else. */
const MIDLINE_MM = 20;
/** The true pelvis is wider than this from front to back, mm. */
const LEAST_INLET_MM = 18;
/** Middle of the symphysis from the middle of all bone, y and z, mm: what most scans of a pelvis have. */
const NO_SYMPHYSIS = [-45, -55] as const;
/** From the plane to the side of an iliac wing, mm. */
const HALF_WIDTH_MM = 130;
/** From the symphysis back to the sacrum, mm. */
const DEPTH_MM = 90;
/**
 * How steep the way is from the symphysis to the sacrum, radian from the back: what places of the pelvis allow for. One
 * tilted farther forward or back is turned to the nearer end.
 */
const STEEP = [0.56, 0.82] as const;
/** The midline of the sacrum lies this far from the symphysis, mm; vertebrae above it farther. */
const SACRUM_MM = [50, 150] as const;

type Plane = Pick<PelvicFrame, 'normal' | 'offsetMm'>;

/** Distance from the mirror plane, left positive, mm. */
export const lateralMm = ({ normal: n, offsetMm }: Plane, p: Vec3): number =>
  n[0] * p[0] + n[1] * p[1] + n[2] * p[2] - offsetMm;

/**
 * The plane that most of the bone is mirrored about, by a search that gets finer, and the symphysis as what is in front
 * of the large gap between front and back in the midline. A displaced fragment or a cut femur changes little in it.
 * @param points spread evenly over the bone, LPS mm
 * @cost some hundred passes over the points
 */
export function findPelvicFrame(points: readonly Vec3[]): PelvicFrame {
  const map = mapOf(points);
  const start = median(points.map((p) => p[0]));
  let best = { yaw: 0, roll: 0, offset: start, score: -1 };
  const middle: Vec3 = [start, median(points.map((p) => p[1])), median(points.map((p) => p[2]))];
  const look = (yaw: number, roll: number, offset: number) => {
    const n = normalOf(yaw, roll);
    // Offsets are of the plane at the middle of the bone, so that tilting does not move it.
    const score = mirrored(points, map, n, n[0] * offset + n[1] * middle[1] + n[2] * middle[2]);
    if (score > best.score) best = { yaw, roll, offset, score };
  };
  for (let d = -60; d <= 60; d += 3) look(0, 0, start + d);
  for (const [angle, mm] of [
    [0.08, 4],
    [0.04, 2],
    [0.02, 1],
    [0.01, 0.5],
  ]) {
    const { yaw, roll, offset } = best;
    for (let a = -2; a <= 2; a++)
      for (let b = -2; b <= 2; b++)
        for (let c = -2; c <= 2; c++) look(yaw + a * angle, roll + b * angle, offset + c * mm);
  }
  const normal = normalOf(best.yaw, best.roll);
  const offsetMm = normal[0] * best.offset + normal[1] * middle[1] + normal[2] * middle[2];
  const plane = { normal, offsetMm };
  const seen = symphysisOf(points, plane);
  const symphysis = seen ?? ([middle[1] + NO_SYMPHYSIS[0], middle[2] + NO_SYMPHYSIS[1]] as const);
  const axes = axesOf(points, plane, symphysis);
  const [scale, depthScale] = scalesOf(points.map((p) => withinOf({ ...plane, symphysis, ...axes }, p)));
  return { ...plane, ...axes, symmetry: best.score, symphysis, scale, depthScale };
}

/** A point by the pelvis: mm from the mirror plane, left positive, behind the symphysis and above it; not scaled. */
function withinOf(frame: Plane & Pick<PelvicFrame, 'symphysis' | 'back' | 'up'>, p: Vec3): Vec3 {
  const d = sub(p, originOf(frame));
  return [lateralMm(frame, p), dot(frame.back, d), dot(frame.up, d)];
}

/** The same in the size of a common pelvis. */
export function placeIn(frame: PelvicFrame, p: Vec3): Vec3 {
  const [lateral, behind, above] = withinOf(frame, p);
  return [lateral / frame.scale, behind / frame.depthScale, above / frame.scale];
}

/** The symphysis on the mirror plane. */
function originOf({ normal: n, offsetMm, symphysis: [y, z] }: Plane & Pick<PelvicFrame, 'symphysis'>): Vec3 {
  return [(offsetMm - n[1] * y - n[2] * z) / n[0], y, z];
}

/** Back and up in the mirror plane, turned where the pelvis is tilted more than most. */
function axesOf(points: readonly Vec3[], plane: Plane, symphysis: readonly [number, number]) {
  const n = plane.normal;
  const up = unit([-n[2] * n[0], -n[2] * n[1], 1 - n[2] * n[2]]);
  const back = cross(up, n);
  const frame = { ...plane, symphysis, back, up };
  const sacrum = points
    .map((p) => withinOf(frame, p))
    .filter(([lateral, behind, above]) => {
      const far = Math.sqrt(behind * behind + above * above);
      return Math.abs(lateral) < MIDLINE_MM && behind > 10 && far > SACRUM_MM[0] && far < SACRUM_MM[1];
    });
  if (sacrum.length < 50) return { back, up };
  const steep = Math.atan2(median(sacrum.map((p) => p[2])), median(sacrum.map((p) => p[1])));
  const tilt = steep - Math.max(STEEP[0], Math.min(STEEP[1], steep));
  const [c, s] = [Math.cos(tilt), Math.sin(tilt)];
  const turned = (u: Vec3, v: Vec3): Vec3 => [c * u[0] + s * v[0], c * u[1] + s * v[1], c * u[2] + s * v[2]];
  return { back: turned(back, up), up: turned(up, [-back[0], -back[1], -back[2]]) };
}

function normalOf(yaw: number, roll: number): Vec3 {
  const l = Math.sqrt(1 + yaw * yaw + roll * roll);
  return [1 / l, yaw / l, roll / l];
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

const FACES = [
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
];

const key = (x: number, y: number, z: number): number =>
  (Math.floor(x / CELL_MM) + 512) * 1048576 + (Math.floor(y / CELL_MM) + 512) * 1024 + Math.floor(z / CELL_MM) + 512;

/** 1 in cells with bone, one half in their neighbours over a face. */
function mapOf(points: readonly Vec3[]): Map<number, number> {
  const out = new Map<number, number>();
  for (const [x, y, z] of points)
    for (const [a, b, c] of FACES) out.set(key(x + a * CELL_MM, y + b * CELL_MM, z + c * CELL_MM), 0.5);
  for (const [x, y, z] of points) out.set(key(x, y, z), 1);
  return out;
}

function mirrored(points: readonly Vec3[], map: ReadonlyMap<number, number>, n: Vec3, offsetMm: number): number {
  let hits = 0;
  for (const [x, y, z] of points) {
    const d = 2 * (n[0] * x + n[1] * y + n[2] * z - offsetMm);
    hits += map.get(key(x - d * n[0], y - d * n[1], z - d * n[2])) ?? 0;
  }
  return hits / points.length;
}

/** Where the midline is widest open: the pubic bones lie in front of and below it, sacrum and coccyx behind it. */
function symphysisOf(points: readonly Vec3[], plane: Plane): readonly [number, number] | undefined {
  const midline = points
    .filter((p) => Math.abs(lateralMm(plane, p)) < MIDLINE_MM)
    .map(([, y, z]) => ({ y, z, d: y + 0.4 * z }))
    .sort((a, b) => a.d - b.d);
  let at = -1;
  let widest = LEAST_INLET_MM;
  for (let k = 5; k + 5 < midline.length; k++) {
    const gap = midline[k].d - midline[k - 1].d;
    if (gap > widest) {
      widest = gap;
      at = k;
    }
  }
  if (at < 0) return undefined;
  const front = midline.slice(0, at);
  return [median(front.map((p) => p.y)), median(front.map((p) => p.z))];
}

/** @param points by the pelvis, see `withinOf` */
function scalesOf(points: readonly Vec3[]): [number, number] {
  const wings = points.filter((p) => p[2] > 60).map((p) => Math.abs(p[0]));
  const back = points.filter((p) => Math.abs(p[0]) < MIDLINE_MM && p[1] > 40 && Math.abs(p[2] - 80) < 70);
  wings.sort((a, b) => a - b);
  return [
    wings.length < 100 ? 1 : clamped(wings[Math.floor(0.98 * wings.length)] / HALF_WIDTH_MM),
    back.length < 50 ? 1 : clamped(median(back.map((p) => p[1])) / DEPTH_MM),
  ];
}

const clamped = (scale: number): number => Math.max(0.75, Math.min(1.3, scale));
