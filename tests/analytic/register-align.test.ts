import { describe, expect, test } from 'vitest';
import type { LpsTransform } from '../../src/base/index.ts';
import {
  apply,
  compose,
  determinant,
  distance,
  invert,
  reflection,
  rotation,
  rotationAngleRad,
  translation,
} from '../../src/math/index.ts';
import { createMesh, type Mesh, sphere, transformMesh } from '../../src/mesh/index.ts';
import { alignSurfaces } from '../../src/register/index.ts';
import { lumpyBody, noisy, shaped } from './register-shapes.ts';

const body = lumpyBody(5);
const far = compose(translation([120, -40, 300]), rotation([1, 2, -0.7], 2.4));
const mirrored = compose(far, reflection([7, 0, 0], [1, 0.1, 0]));

/** Largest distance of a vertex from where the truth puts it, mm, and the turn, degrees. */
function errorOf(found: LpsTransform, truth: LpsTransform, mesh: Mesh): { mm: number; deg: number } {
  const e = compose(found, invert(truth));
  let mm = 0;
  for (let i = 0; i < mesh.positions.length; i += 3) {
    const p = [mesh.positions[i], mesh.positions[i + 1], mesh.positions[i + 2]] as const;
    mm = Math.max(mm, distance(apply(e, p), p));
  }
  return { mm, deg: (rotationAngleRad(e) * 180) / Math.PI };
}

describe('alignSurfaces', () => {
  test('finds an exact motion and an exact mirror image from anywhere, to rounding', () => {
    for (const [truth, mirror] of [
      [far, false],
      [mirrored, true],
    ] as const) {
      const a = alignSurfaces(transformMesh(invert(truth), body), body, { mirror, samples: 2000 });
      expect(determinant(a.lpsFromMoving)).toBeCloseTo(mirror ? -1 : 1, 9);
      expect(errorOf(a.lpsFromMoving, truth, body).mm).toBeLessThan(1e-6);
      expect(a.overlapFraction).toBe(1);
      expect(a.findings).toEqual([]);
    }
  });

  test('noise on both surfaces and a part that differs move the answer by hundredths of a millimetre', () => {
    const worn = shapedAway(body);
    const moving = noisy(transformMesh(invert(mirrored), worn), 0.1, 3);
    const a = alignSurfaces(moving, noisy(body, 0.1, 4), { mirror: true });
    const { mm, deg } = errorOf(a.lpsFromMoving, mirrored, body);
    expect(mm).toBeLessThan(0.05);
    expect(deg).toBeLessThan(0.05);
    expect(a.sdMm).toBeGreaterThan(0.08);
    expect(a.sdMm).toBeLessThan(0.2);
    expect(a.jackknife.tenthLeftOutMaxMm).toBeGreaterThan(0);
    expect(a.jackknife.tenthLeftOutMaxMm).toBeLessThan(0.1);
  });

  test('a bone cut off by the field of view lands on the whole one', () => {
    const bone = shaped(5, ([x, y, z]) => {
      const r = 9 + 5 * Math.exp(-(1 - z) / 0.15) * (1 + 0.4 * x) + 4 * Math.exp(-(1 + z) / 0.1) * (1 + 0.5 * y);
      return [r * x * (1 + 0.15 * x), r * y, 80 * z + 3 * x * x];
    });
    const p = bone.positions.slice();
    for (let i = 2; i < p.length; i += 3) p[i] = Math.min(p[i], 30);
    const a = alignSurfaces(transformMesh(invert(far), createMesh(p, bone.triangles)), bone);
    expect(errorOf(a.lpsFromMoving, far, bone).mm).toBeLessThan(0.02);
    expect(a.overlapFraction).toBeGreaterThan(0.9);
  });

  test('a region that is damaged can be left out by hand', () => {
    const { positions, triangles } = body;
    const crushed = positions.slice();
    for (let i = 2; i < crushed.length; i += 3) if (crushed[i] > 0) crushed[i] *= 0.75;
    const region = Uint8Array.from({ length: triangles.length / 3 }, (_, i) =>
      [0, 1, 2].every((k) => positions[3 * triangles[3 * i + k] + 2] < -1) ? 1 : 0,
    );
    const truth = compose(translation([1, 2, -1]), rotation([0, 1, 1], 0.1));
    const moving = transformMesh(invert(truth), createMesh(crushed, triangles));
    const all = { initial: translation([0, 0, 0]), movingRegion: region, fixedRegion: region };
    expect(errorOf(alignSurfaces(moving, body, all).lpsFromMoving, truth, body).mm).toBeLessThan(1e-5);
  });

  test('says when a shape can be turned without changing the fit, and when another way fits as well', () => {
    const ball = alignSurfaces(sphere(10, 4), sphere(10, 4, [5, 5, 5]), { samples: 1000 });
    expect(ball.findings.map((f) => f.code)).toContain('register.free-motion');
    const brick = shaped(4, ([x, y, z]) => {
      const s = 1 / Math.max(Math.abs(x), Math.abs(y), Math.abs(z));
      return [30 * s * x, 20 * s * y, 12 * s * z];
    });
    const two = alignSurfaces(transformMesh(far, brick), brick, { samples: 1000 });
    expect(two.findings.map((f) => f.code)).toContain('register.rival');
  });

  test('refuses bodies that have nothing in common', () => {
    expect(() =>
      alignSurfaces(sphere(10, 3), transformMesh(translation([500, 0, 0]), sphere(60, 3)), {
        samples: 300,
        coarseSamples: 60,
      }),
    ).toThrow(expect.objectContaining({ code: 'register.no-overlap' }));
  });

  test('gives the same bits twice and leaves its inputs alone', () => {
    const moving = noisy(transformMesh(far, body), 0.1, 9);
    const before = moving.positions.slice();
    const run = () => alignSurfaces(moving, body, { samples: 1000 }).lpsFromMoving.m;
    expect(run()).toEqual(run());
    expect(moving.positions).toEqual(before);
  });
});

/** About 5 % of the surface planed off by up to 2 mm. */
function shapedAway({ positions, triangles }: Mesh): Mesh {
  const p = positions.slice();
  const sorted = Float64Array.from({ length: p.length / 3 }, (_, i) => p[3 * i]).sort();
  const limit = sorted[Math.floor(0.95 * sorted.length)];
  for (let i = 0; i < p.length; i += 3) p[i] = Math.min(p[i], Math.max(limit, p[i] - 2));
  return createMesh(p, triangles);
}
