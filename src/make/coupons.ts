import { OsteonError } from '../base/index.ts';
import { bounds, type Mesh } from '../mesh/index.ts';
import { type Process, settingOf } from './process.ts';

/** A tensile specimen on the plate, standing, to be machined. */
export interface Coupon {
  readonly id: string;
  /** Place of its axis, plate mm. */
  readonly x: number;
  readonly y: number;
}

/** The small round specimen with a gauge of four diameters, and stock to machine it from. */
export const DOG_BONE = {
  standard: 'ASTM E8/E8M, round specimen 4 (gauge 6 mm across, 24 mm long)',
  gaugeMm: 6,
  gaugeLengthMm: 24,
  gripMm: 10,
  gripLengthMm: 12,
  filletMm: 6,
  /** On the radius, turned off before the test. */
  stockMm: 0.5,
} as const;

const SIDES = 48;

/** A specimen about z from z = 0: grip, fillet, gauge, fillet, grip, with its stock. */
export function dogBone(): Mesh {
  const d = DOG_BONE;
  const gauge = d.gaugeMm / 2 + d.stockMm;
  const grip = d.gripMm / 2 + d.stockMm;
  const gaugeFrom = d.gripLengthMm + d.filletMm;
  const gaugeTo = gaugeFrom + d.gaugeLengthMm + 2 * d.stockMm;
  const profile: [r: number, z: number][] = [
    [grip, 0],
    [grip, d.gripLengthMm],
  ];
  // A straight cone stands in for the fillet: 2 mm in over 6 mm up builds without support.
  profile.push(
    [gauge, gaugeFrom],
    [gauge, gaugeTo],
    [grip, gaugeTo + d.filletMm],
    [grip, gaugeTo + d.filletMm + d.gripLengthMm],
  );
  const points: number[] = [];
  const triangles: number[] = [];
  for (const [r, z] of profile)
    for (let i = 0; i < SIDES; i++) {
      const a = (2 * Math.PI * i) / SIDES;
      points.push(r * Math.cos(a), r * Math.sin(a), z);
    }
  for (let ring = 0; ring + 1 < profile.length; ring++)
    for (let i = 0; i < SIDES; i++) {
      const a = ring * SIDES + i;
      const b = ring * SIDES + ((i + 1) % SIDES);
      triangles.push(a, b, b + SIDES, a, b + SIDES, a + SIDES);
    }
  const bottom = points.length / 3;
  points.push(0, 0, 0, 0, 0, profile[profile.length - 1][1]);
  const last = (profile.length - 1) * SIDES;
  for (let i = 0; i < SIDES; i++) {
    const j = (i + 1) % SIDES;
    triangles.push(bottom, j, i, bottom + 1, last + i, last + j);
  }
  return { positions: Float64Array.from(points), triangles: Uint32Array.from(triangles) };
}

/** Room between coupons and everything else, mm. */
const CLEAR_MM = 8;

/**
 * Coupons in a row beside the part, where they warm up with it and are out of the recoater's way.
 * @throws make.too-large where the plate has no room
 */
export function placeCoupons(process: Process, part: Mesh, count: number): Coupon[] {
  if (count === 0) return [];
  const { lo, hi } = bounds(part);
  const roomX = settingOf(process, 'buildXMm') / 2;
  const roomY = settingOf(process, 'buildYMm') / 2;
  const grip = DOG_BONE.gripMm / 2 + DOG_BONE.stockMm;
  const step = 2 * grip + CLEAR_MM;
  const y = hi[1] + CLEAR_MM + grip;
  const first = -((count - 1) * step) / 2;
  const fits = y + grip <= roomY && Math.max(-lo[0], hi[0]) <= roomX && -first + grip <= roomX;
  if (!fits)
    throw new OsteonError('make.too-large', { what: 'coupons', count, plateXMm: 2 * roomX, plateYMm: 2 * roomY });
  return Array.from({ length: count }, (_, i) => ({ id: `T${i + 1}`, x: first + i * step, y }));
}

/** The coupon's mesh at its place. */
export function couponMesh({ x, y }: Coupon): Mesh {
  const { positions, triangles } = dogBone();
  return { positions: positions.map((v, i) => v + (i % 3 === 0 ? x : i % 3 === 1 ? y : 0)), triangles };
}
