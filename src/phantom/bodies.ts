import type { Vec3 } from '../base/index.ts';
import { blend, carve, ellipsoid } from './shapes.ts';

/**
 * A solid known by formula, LPS mm. Its surface is where `bodyDistance` is zero. Sphere, torus and tube have their exact
 * distance everywhere; the knuckle, a blend with a trochlea, a neck and a head like a talus, has it near its surface only.
 */
export type Body =
  | { readonly kind: 'sphere'; readonly centreMm: Vec3; readonly radiusMm: number }
  | { readonly kind: 'torus'; readonly centreMm: Vec3; readonly ringMm: number; readonly radiusMm: number }
  | {
      readonly kind: 'tube';
      readonly centreMm: Vec3;
      readonly outerMm: number;
      readonly innerMm: number;
      readonly lengthMm: number;
    }
  | { readonly kind: 'knuckle'; readonly centreMm: Vec3 };

/** Signed distance, mm, negative inside. */
export function bodyDistance(body: Body, px: number, py: number, pz: number): number {
  const x = px - body.centreMm[0];
  const y = py - body.centreMm[1];
  const z = pz - body.centreMm[2];
  switch (body.kind) {
    case 'sphere':
      return Math.sqrt(x * x + y * y + z * z) - body.radiusMm;
    case 'torus': {
      const ring = Math.sqrt(x * x + y * y) - body.ringMm;
      return Math.sqrt(ring * ring + z * z) - body.radiusMm;
    }
    case 'tube': {
      const wall = (body.outerMm - body.innerMm) / 2;
      const across = Math.abs(Math.sqrt(x * x + y * y) - (body.outerMm + body.innerMm) / 2) - wall;
      const along = Math.abs(z) - body.lengthMm / 2;
      if (across <= 0 || along <= 0) return Math.max(across, along);
      return Math.sqrt(across * across + along * along);
    }
    case 'knuckle': {
      const f = knuckle(x, y, z);
      const e = 1e-4;
      const gx = (knuckle(x + e, y, z) - knuckle(x - e, y, z)) / (2 * e);
      const gy = (knuckle(x, y + e, z) - knuckle(x, y - e, z)) / (2 * e);
      const gz = (knuckle(x, y, z + e) - knuckle(x, y, z - e)) / (2 * e);
      return f / Math.max(0.3, Math.sqrt(gx * gx + gy * gy + gz * gz));
    }
  }
}

/** A box that holds the body, mm. */
export function bodyBounds(body: Body): { readonly lo: Vec3; readonly hi: Vec3 } {
  const [x, y, z] = body.centreMm;
  const box = (a: number, b: number, c: number) => ({
    lo: [x - a, y - b, z - c] as const,
    hi: [x + a, y + b, z + c] as const,
  });
  switch (body.kind) {
    case 'sphere':
      return box(body.radiusMm, body.radiusMm, body.radiusMm);
    case 'torus':
      return box(body.ringMm + body.radiusMm, body.ringMm + body.radiusMm, body.radiusMm);
    case 'tube':
      return box(body.outerMm, body.outerMm, body.lengthMm / 2);
    case 'knuckle':
      return box(24, 38, 20);
  }
}

/** Volume of the solid, mm³, where a formula gives it. */
export function bodyVolumeMm3(body: Body): number | undefined {
  switch (body.kind) {
    case 'sphere':
      return (4 / 3) * Math.PI * body.radiusMm * body.radiusMm * body.radiusMm;
    case 'torus':
      return 2 * Math.PI * Math.PI * body.ringMm * body.radiusMm * body.radiusMm;
    case 'tube':
      return Math.PI * (body.outerMm * body.outerMm - body.innerMm * body.innerMm) * body.lengthMm;
    case 'knuckle':
      return undefined;
  }
}

/** About 46 × 64 × 36 mm: a block with a saddle on top and a hollow below, a neck, and a rounded head in front. */
function knuckle(x: number, y: number, z: number): number {
  const trunk = ellipsoid(x, y - 12, z, 21, 24, 17);
  const head = ellipsoid(x - 3, y + 23, z + 2, 12.5, 11, 11.5);
  const neck = ellipsoid(x - 2, y + 10, z + 1, 11, 18, 10);
  const process = ellipsoid(x + 16, y - 10, z + 5, 6.5, 9, 7.5);
  const solid = blend(blend(trunk, blend(neck, head, 4), 6), process, 4);
  const groove = Math.sqrt(x * x + (z - 36) * (z - 36)) - 22;
  const hollow = ellipsoid(x, y - 12, z + 26, 28, 15, 14);
  return carve(carve(solid, groove, 3), hollow, 3);
}
