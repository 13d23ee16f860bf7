import type { Vec3 } from '../src/base/index.ts';
import { createMesh, type Mesh, orientOutward } from '../src/mesh/index.ts';

export const CENTRE: Vec3 = [80, 20, 900];
export const R = 25;
export const WALL = 10;
const DEG = Math.PI / 180;
/** The line between the halves runs over this arc, from `FROM` off the y axis. */
export const FROM = 20 * DEG;
export const ARC = 140 * DEG;

/** Surface of a curved block: u, v, w in [0, 1] go to `place`; corners and edges are sharp. */
export function block([nu, nv, nw]: Vec3, place: (u: number, v: number, w: number) => Vec3): Mesh {
  const at = new Map<string, number>();
  const points: Vec3[] = [];
  const vertex = (i: number, j: number, k: number) => {
    const key = `${i},${j},${k}`;
    if (!at.has(key)) at.set(key, points.push(place(i / nu, j / nv, k / nw)) - 1);
    return at.get(key)!;
  };
  const triangles: number[] = [];
  const side = (na: number, nb: number, of: (a: number, b: number) => number) => {
    for (let a = 0; a < na; a++)
      for (let b = 0; b < nb; b++) {
        const [p, q, r, s] = [of(a, b), of(a + 1, b), of(a + 1, b + 1), of(a, b + 1)];
        triangles.push(p, q, r, p, r, s);
      }
  };
  for (const e of [0, 1]) {
    side(nu, nv, (a, b) => vertex(a, b, e * nw));
    side(nu, nw, (a, b) => vertex(a, e * nv, b));
    side(nv, nw, (a, b) => vertex(e * nu, a, b));
  }
  return orientOutward(createMesh(Float64Array.from(points.flat()), Uint32Array.from(triangles))).mesh;
}

export interface HalfShape {
  readonly steps?: Vec3;
  /** Latitude of the fracture face over the place along the line (0 to 1) and in the wall (0 inner to 1), radian. */
  readonly face?: (along: number, deep: number) => number;
  /** Radius to which the edge between fracture face and joint surface is rounded, mm, as a scan does. */
  readonly roundMm?: number;
}

/** Half of a hollow socket that opens to the left; the two halves meet in the axial plane through the centre. */
export const half = (upper: boolean, { steps = [8, 70, 50], face = () => 0, roundMm = 0 }: HalfShape = {}): Mesh =>
  block(steps, (u, v, w) => {
    const r = R + u * WALL;
    const a = FROM + v * ARC;
    const under = Math.max(0, 1 - (u * WALL) / (roundMm || 1));
    const back = roundMm ? (roundMm * (1 - Math.sqrt(1 - under * under))) / r : 0;
    const edge = face(v, u) + (upper ? back : -back);
    const far = (upper ? 80 : -80) * DEG;
    const b = upper ? edge + w * (far - edge) : far + w * (edge - far);
    return [
      CENTRE[0] - r * Math.sin(a) * Math.cos(b),
      CENTRE[1] + r * Math.cos(a),
      CENTRE[2] + r * Math.sin(a) * Math.sin(b),
    ];
  });
