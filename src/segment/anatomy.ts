import type { Vec3 } from '../base/index.ts';

/** Bones of one foot that are recognised by name; the toes are numbered. */
export const FOOT_BONES = [
  'talus',
  'calcaneus',
  'navicular',
  'cuboid',
  'cuneiform-medial',
  'cuneiform-intermediate',
  'cuneiform-lateral',
  'metatarsal-1',
  'metatarsal-2',
  'metatarsal-3',
  'metatarsal-4',
  'metatarsal-5',
] as const;
export const SHANK_BONES = ['tibia', 'fibula'] as const;
export type FootBone = (typeof FOOT_BONES)[number];
export type ShankBone = (typeof SHANK_BONES)[number];
export type BoneName = FootBone | ShankBone;

/** A bone of the reference foot: an adult left foot, standing. */
export interface ReferenceBone {
  readonly bone: FootBone;
  /** Centre of volume from that of the talus: x lateral, y to the back, z up, mm. */
  readonly centreMm: Vec3;
  readonly volumeMm3: number;
  /** Standard deviation of its volume along its longest axis, mm. */
  readonly lengthMm: number;
  /** That axis; its sign means nothing. */
  readonly axis: Vec3;
}

/**
 * @source measured on the CC0 foot in `data/feet` (Lenz et al., subject KSBL_L_01; heads of the metatarsals modelled).
 * People's feet differ by 20 % in volume and more in shape; the tolerances of `naming.ts` allow for it.
 */
export const REFERENCE_FOOT: readonly ReferenceBone[] = [
  { bone: 'talus', centreMm: [0, 0, 0], volumeMm3: 23381, lengthMm: 12.6, axis: [-0.25, -0.92, -0.29] },
  { bone: 'calcaneus', centreMm: [4.3, 25, -28.4], volumeMm3: 54259, lengthMm: 18.6, axis: [0.19, -0.93, 0.31] },
  { bone: 'navicular', centreMm: [-5.9, -29.3, -14.3], volumeMm3: 6661, lengthMm: 9.2, axis: [-0.92, 0.15, -0.37] },
  { bone: 'cuboid', centreMm: [18.1, -24.5, -31], volumeMm3: 8742, lengthMm: 7.6, axis: [-0.51, 0.72, 0.47] },
  {
    bone: 'cuneiform-medial',
    centreMm: [-9.7, -47.5, -24.4],
    volumeMm3: 6513,
    lengthMm: 8.4,
    axis: [-0.37, 0.81, -0.45],
  },
  {
    bone: 'cuneiform-intermediate',
    centreMm: [3, -45.5, -15.6],
    volumeMm3: 2342,
    lengthMm: 4.3,
    axis: [-0.49, 0.86, 0.11],
  },
  {
    bone: 'cuneiform-lateral',
    centreMm: [14.1, -39.6, -22.3],
    volumeMm3: 3094,
    lengthMm: 5.8,
    axis: [-0.31, 0.82, 0.48],
  },
  {
    bone: 'metatarsal-1',
    centreMm: [-14.7, -90.6, -34.9],
    volumeMm3: 9005,
    lengthMm: 18.8,
    axis: [-0.1, -0.93, -0.35],
  },
  { bone: 'metatarsal-2', centreMm: [5.8, -82.6, -33.1], volumeMm3: 5475, lengthMm: 23, axis: [0.05, 0.92, 0.38] },
  { bone: 'metatarsal-3', centreMm: [17.3, -74.7, -34.4], volumeMm3: 5980, lengthMm: 22.1, axis: [0.03, -0.95, -0.3] },
  { bone: 'metatarsal-4', centreMm: [26.6, -71.8, -41.6], volumeMm3: 4572, lengthMm: 19.5, axis: [0.06, -0.99, -0.13] },
  { bone: 'metatarsal-5', centreMm: [36.2, -53, -47.2], volumeMm3: 5726, lengthMm: 18.3, axis: [-0.16, 0.99, 0.03] },
];

/** Where tibia and fibula come closest to the middle of the reference talus, and the least of them that is seen above it. */
export const REFERENCE_SHANK: readonly {
  readonly bone: ShankBone;
  readonly nearMm: Vec3;
  readonly volumeMm3: number;
}[] = [
  { bone: 'tibia', nearMm: [2, 5, 16], volumeMm3: 12000 },
  { bone: 'fibula', nearMm: [25, 16, 3], volumeMm3: 4000 },
];
