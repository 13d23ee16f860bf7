import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readMesh } from '../../src/io/index.ts';
import {
  apply,
  compose,
  distance,
  invert,
  reflection,
  rotation,
  rotationAngleRad,
  translation,
} from '../../src/math/index.ts';
import { bounds, type Mesh, pickTriangles, remesh, transformMesh } from '../../src/mesh/index.ts';
import { alignSurfaces } from '../../src/register/index.ts';
import { noisy } from './register-shapes.ts';

/** Real bones (data/feet) against their mirror images in another place, of other triangles. docs/evidence/registration.md */

const truth = compose(
  compose(translation([120, -40, 300]), rotation([1, 2, -0.7], 2.4)),
  reflection([7, 0, 0], [1, 0.1, 0]),
);
const NOISE_MM = 0.15;

/** Largest distance of a vertex from where the truth puts it, and the turn. */
function errorOf(moving: Mesh, fixed: Mesh): { mm: number; deg: number } {
  const { lpsFromMoving } = alignSurfaces(transformMesh(invert(truth), moving), fixed, { mirror: true });
  const e = compose(lpsFromMoving, invert(truth));
  let mm = 0;
  const { positions: p } = fixed;
  for (let i = 0; i < p.length; i += 3) {
    const at = [p[i], p[i + 1], p[i + 2]] as const;
    mm = Math.max(mm, distance(apply(e, at), at));
  }
  return { mm, deg: (rotationAngleRad(e) * 180) / Math.PI };
}

/** What a field of view leaves of it. */
function lowerPart(mesh: Mesh, fraction: number): Mesh {
  const { lo, hi } = bounds(mesh);
  const { positions: p, triangles: t } = mesh;
  const top = lo[2] + fraction * (hi[2] - lo[2]);
  return pickTriangles(mesh, (i) => [0, 1, 2].every((k) => p[3 * t[3 * i + k] + 2] < top));
}

test.each(['calcaneus', 'navicular'])('%s and its mirror image', (name) => {
  const path = new URL(`../../data/feet/${name}.stl`, import.meta.url).pathname;
  const bone = readMesh(readFileSync(path), path).mesh;
  const moving = remesh(bone, { edgeMm: 0.8 }).mesh;
  const fixed = remesh(bone, { edgeMm: 1 }).mesh;
  const within = (mm: number, deg: number, e: { mm: number; deg: number }) => {
    expect(e.mm).toBeLessThan(mm);
    expect(e.deg).toBeLessThan(deg);
  };
  within(0.006, 0.02, errorOf(moving, fixed));
  const rough = noisy(fixed, NOISE_MM, 4);
  within(0.05, 0.1, errorOf(noisy(moving, NOISE_MM, 3), rough));
  within(0.1, 0.25, errorOf(noisy(lowerPart(moving, 0.6), NOISE_MM, 3), rough));
});
