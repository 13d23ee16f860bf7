import type { Vec3 } from '../base/index.ts';
import { blend, carve, ellipsoid, polygonDistance, rod } from './shapes.ts';

/**
 * Bones of a pelvis as formulas, in its own frame: mm, x to the patient's left from the midplane, y to the back, z up,
 * the height of the hip joints at 0. Invented shapes with the usual dimensions of an adult, fitted to no one's bones:
 * 244 mm between the iliac spines, 176 mm between the hip joints, heads of 48 mm.
 */
export type Field = (x: number, y: number, z: number) => number;

/** Centre of the left hip joint. */
export const HIP: Vec3 = [88, 0, 0];
export const HEAD_MM = 24;
/** Two millimetres of cartilage all around the head. */
export const CUP_MM = 26;
/** Where the left cup looks: to the side, down and a little forward. */
export const OPENING: Vec3 = [0.78, -0.26, -0.57];

/** The wing stands on a line from the posterior to the anterior iliac spine: u along it, w out of it, z up. */
const SPINE: Vec3 = [42, 88, 0];
const [COS, SIN] = [0.5242, -0.8516];
const WING_OUTLINE = cutCorners([
  152, 70, 141, 52, 138, 34, 128, 8, 100, 2, 78, 6, 65, 26, 32, 19, 14, 36, 0, 56, 6, 80, 28, 104, 58, 121, 90, 126,
  120, 115, 142, 92, 153, 77,
]);

/** A closed polygon with every corner cut at a quarter of its sides. */
function cutCorners(p: readonly number[]): number[] {
  return Array.from({ length: p.length / 2 }, (_, i) => {
    const at = (k: number) => [p[(2 * k) % p.length], p[(2 * k + 1) % p.length]];
    const [[u, v], [a, b]] = [at(i), at(i + 1)];
    return [0.75 * u + 0.25 * a, 0.75 * v + 0.25 * b, 0.25 * u + 0.75 * a, 0.25 * v + 0.75 * b];
  }).flat();
}

const bump = (x: number, width: number): number => Math.exp(-(x * x) / (width * width));
const rise = (x: number): number => {
  const t = Math.min(1, Math.max(0, x));
  return t * t * (3 - 2 * t);
};

/** A bent sheet: thin in the fossa, thick at the crest, above the joint, along the pillar and at the sacrum. */
function wing(x: number, y: number, z: number): number {
  const px = x - SPINE[0];
  const py = y - SPINE[1];
  const u = px * COS + py * SIN;
  const w = -px * SIN + py * COS;
  const edge = polygonDistance(u, z, WING_OUTLINE);
  const front = Math.sin(Math.PI * Math.min(1, Math.max(0, (u - 40) / 118)));
  const middle = -8 + 13 * front * rise((z - 15) / 95) - 5 * bump(u - 5, 28) * rise((z - 50) / 60);
  const half =
    2.6 +
    2.6 * bump(Math.min(0, edge + 3), 9) * rise((z - 45) / 25) +
    8 * bump(Math.sqrt((u - 99) * (u - 99) + z * z), 42) +
    1.6 * bump(u - 114, 11) +
    5.5 * bump(Math.sqrt((u - 24) * (u - 24) + (z - 48) * (z - 48)), 20);
  return -blend(-(edge + 1), -(Math.abs(w - middle) - half) / 1.08, 5);
}

/** Left hip bone. @accuracy zero set as written; within a few mm of it the value is a distance to about 10 % */
export const hipBone: Field = (x, y, z) => {
  const cx = x - HIP[0];
  const cy = y - HIP[1];
  const cz = z - HIP[2];
  const toOpening = cx * OPENING[0] + cy * OPENING[1] + cz * OPENING[2];
  const ball = Math.sqrt((cx + 2.5) * (cx + 2.5) + cy * cy + cz * cz) - 34;
  const block = -blend(-ball, -(toOpening - 4), 5);
  const superior = blend(
    rod(x, y, z, [76, -20, 2], [46, -46, -8], 13, 8.5),
    rod(x, y, z, [46, -46, -8], [16, -58, -16], 8.5, 9),
    6,
  );
  const pubis = ellipsoid(x - 13, y + 58, z + 23, 12.5, 8.5, 19);
  const inferior = rod(x, y, z, [13, -55, -38], [40, -16, -66], 7, 6.5);
  const ramus = rod(x, y, z, [40, -16, -66], [62, 22, -68], 6.5, 9);
  const ischium = rod(x, y, z, [78, 20, -8], [67, 31, -54], 16, 13.5);
  const tuber = ellipsoid(x - 64, y - 31, z + 62, 12, 18, 17);
  const spine = rod(x, y, z, [70, 30, -6], [51, 47, -13], 9, 2.6);
  const front = blend(blend(superior, pubis, 8), inferior, 5);
  const back = blend(blend(blend(ischium, tuber, 8), ramus, 6), spine, 8);
  const solid = blend(blend(blend(wing(x, y, z), block, 10), front, 7), back, 7);
  const cup = rod(x, y, z, HIP, [HIP[0] + 70 * OPENING[0], 70 * OPENING[1], 70 * OPENING[2]], CUP_MM, CUP_MM + 3);
  const fossa = ellipsoid(cx + 13, cy - 1, cz + 8, 17, 14, 16);
  const notch = rod(x, y, z, [HIP[0] - 2, -2, -12], [HIP[0] - 12, -6, -42], 8, 10);
  const joint = Math.min(cup, blend(fossa, notch, 4));
  return carve(carve(solid, joint, 2), x - 2.2, 1.5);
};

/** Left half of the sacrum and of the coccyx, mirrored about x = 0; stands 2.5 mm clear of the hip bone. */
export const sacrum: Field = (xSigned, y, z) => {
  const x = Math.abs(xSigned);
  const body = blend(ellipsoid(x, y - 32, z - 63, 27, 17, 17), ellipsoid(x, y - 52, z - 42, 24, 14, 18), 10);
  const ala = blend(ellipsoid(x - 33, y - 46, z - 60, 25, 17, 17), ellipsoid(x - 33, y - 60, z - 42, 16, 13, 22), 10);
  const lower = blend(ellipsoid(x, y - 66, z - 18, 24, 11, 20), ellipsoid(x, y - 70, z + 6, 17, 9, 16), 8);
  const tail = blend(ellipsoid(x, y - 66, z + 24, 9, 6.5, 11), ellipsoid(x, y - 58, z + 38, 6, 5, 8), 5);
  const crest = rod(x, y, z, [0, 64, 62], [0, 78, 12], 8, 5);
  const solid = blend(blend(blend(blend(body, ala, 10), lower, 10), tail, 6), crest, 7);
  const canal = rod(x, y, z, [0, 56, 84], [0, 63, 36], 9, 4);
  const foramina = Math.min(
    rod(x, y, z, [17, 30, 44], [19, 80, 46], 4.5, 4),
    rod(x, y, z, [15, 44, 20], [17, 90, 22], 4, 3.5),
  );
  const clear = carve(carve(solid, canal, 3), foramina, 2);
  // Only near the hip bone is its formula needed.
  return clear > 6 || x < 20 ? clear : carve(clear, hipBone(x, y, z) - 2.5, 1.5);
};

/** Upper end of the left femur, cut off 130 mm below the joint. */
export const femur: Field = (x, y, z) => {
  const cx = x - HIP[0];
  const head = Math.sqrt(cx * cx + y * y + z * z) - HEAD_MM;
  const neck = rod(x, y, z, HIP, [127, 7, -34], 14, 17);
  const trochanter = ellipsoid(x - 138, y - 13, z + 20, 13, 17, 20);
  const lesser = ellipsoid(x - 110, y - 18, z + 68, 9, 10, 13);
  const shaft = rod(x, y, z, [128, 8, -46], [119, 4, -150], 17, 14);
  const solid = blend(blend(blend(head, neck, 8), blend(trochanter, shaft, 12), 8), lesser, 12);
  return Math.max(solid, -130 - z);
};

/** Boxes that hold the bones with a margin, mm. */
export const BONE_BOXES = {
  hipBone: { lo: [-3, -76, -88], hi: [144, 102, 138] },
  sacrum: { lo: [-66, 8, -54], hi: [66, 94, 90] },
  femur: { lo: [58, -30, -136], hi: [158, 38, 30] },
} as const satisfies Record<string, { lo: Vec3; hi: Vec3 }>;
