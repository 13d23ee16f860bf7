import type { Vec3 } from '../../src/base/index.ts';
import { type Hindfoot, transformHindfoot } from '../../src/design/index.ts';
import {
  add,
  compose,
  cross,
  frameAbout,
  reflection,
  rotation,
  scale,
  sub,
  translation,
  unit,
} from '../../src/math/index.ts';
import { createMesh, type Mesh, transformMesh } from '../../src/mesh/index.ts';
import { lumpyBody, lumpyPoint, shaped } from './register-shapes.ts';

/** Joint space of the made-up hindfoot, everywhere, mm. */
export const GAP_MM = 2;
export const COLLAPSE_MM = 3;

/** A talus without symmetry and neighbours whose joint surfaces follow it at the same distance. Left; standing along z. */
export function leftHindfoot(levels = 4): Hindfoot {
  return {
    talus: lumpyBody(levels),
    tibia: neighbour(levels, [0.05, 0, 1], 0.55, 70, 0.3),
    fibula: neighbour(levels, [0.1, 1, 0.2], 0.3, 30, 0.1),
    calcaneus: neighbour(levels, [-0.3, 0.1, -1], 0.6, 35, -0.5),
    navicular: neighbour(levels, [1, -0.1, -0.1], 0.4, 14, 0.2),
  };
}

/** A body that covers the talus around direction `w` at the joint's distance and goes on outward for `lengthMm`. */
function neighbour(levels: number, towards: Vec3, spread: number, lengthMm: number, lean: number): Mesh {
  const [u, v, w] = frameAbout(unit(towards), [0.3, 0.8, 0.1]);
  const joint = (a: number, b: number) => offsetPoint(unit(add(w, add(scale(u, spread * a), scale(v, spread * b)))));
  return shaped(levels, ([a, b, c]) => {
    if (c <= 0) return joint(a, b);
    const r = Math.sqrt(a * a + b * b) || 1;
    const rim = joint(a / r, b / r);
    const middle = joint(0, 0);
    const inPlane = scale(sub(rim, middle), r);
    const along = scale(add(w, scale(u, lean * (1 - r))), lengthMm * c);
    return add(add(middle, inPlane), along);
  });
}

/** The talus' point in a direction, pushed out along the surface's normal by the joint space. */
function offsetPoint(d: Vec3): Vec3 {
  const h = 1e-5;
  const [s, t] = frameAbout(d, [0.2, 0.5, 0.9]);
  const p = lumpyPoint(d);
  const ds = sub(lumpyPoint(unit(add(d, scale(s, h)))), p);
  const dt = sub(lumpyPoint(unit(add(d, scale(t, h)))), p);
  return add(p, scale(unit(cross(ds, dt)), GAP_MM));
}

/** The other foot: an exact mirror image in its own pose, and the affected one with its dome crushed and its shank sunk. */
export function collapsedCase(levels = 4) {
  const natural = leftHindfoot(levels);
  const rightFromLeft = compose(
    compose(translation([-110, 4, 2]), rotation([0.1, 0.2, 1], 0.2)),
    reflection([0, 0, 0], [0, 1, 0]),
  );
  const healthy = transformHindfoot(rightFromLeft, natural);
  const sunk = translation([0, 0, -COLLAPSE_MM]);
  const p = natural.talus.positions.slice();
  for (let i = 0; i < p.length; i += 3) {
    const w = Math.max(0, p[i + 2] / 18);
    p[i + 2] -= COLLAPSE_MM * w * Math.sqrt(w) * (1 + 0.15 * Math.sin(p[i] / 3));
  }
  const affected: Hindfoot = {
    ...natural,
    talus: createMesh(p, natural.talus.triangles),
    tibia: transformMesh(sunk, natural.tibia),
    fibula: transformMesh(sunk, natural.fibula),
  };
  return { natural, healthy, affected, rightFromLeft };
}
