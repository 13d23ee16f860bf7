import { lameOf } from './system.ts';
import { nodesPerTet, type TetMesh, tetCount } from './tets.ts';

/** From grey value to density to stiffness: ρ = a + b·HU (g/cm³), E = c·ρ^d (GPa). */
export interface BoneLaw {
  readonly densityOffset: number;
  readonly densityPerHu: number;
  readonly youngGPa: number;
  readonly exponent: number;
  /** Nothing is softer than this, MPa: marrow and air would make the equations singular. */
  readonly leastMPa: number;
  readonly poisson: number;
  readonly source: string;
}

export const BONEMAT_LAW: BoneLaw = {
  densityOffset: -0.021075,
  densityPerHu: 0.000786,
  youngGPa: 2.0173,
  exponent: 2.46,
  leastMPa: 10,
  poisson: 0.3,
  source: 'Bonemat-type law and vectors after EORS 2016; calibrate density on a phantom before relying on it',
};

/** Density, g/cm³; never below zero. */
export const boneDensity = (hu: number, law: BoneLaw = BONEMAT_LAW): number =>
  Math.max(0, law.densityOffset + law.densityPerHu * hu);

/** Young's modulus, MPa. */
export const boneYoungMPa = (hu: number, law: BoneLaw = BONEMAT_LAW): number =>
  Math.max(law.leastMPa, 1000 * law.youngGPa * boneDensity(hu, law) ** law.exponent);

/** Places in a tetrahedron where its grey value is taken: eleven, in the proportions of a quadrature of degree four. */
const PLACES = [
  [0.25, 0.25, 0.25],
  ...[0, 1, 2, 3].map((k) => [0, 1, 2].map((i) => (i === k ? 0.7857142857142857 : 0.0714285714285714))),
  ...[
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 2],
    [1, 3],
    [2, 3],
  ].map(([a, b]) => [0, 1, 2].map((i) => (i === a || i === b ? 0.3994035761667992 : 0.1005964238332008))),
];

const CHUNK = 4096;

/**
 * λ and μ of each element from the CT under it: stiffness at eleven places, then its mean (the order matters: the law is
 * steep, and the mean of stiffness is what a coarse element should have).
 * @param sampleHu grey values at places in LPS mm (see `sampleAt` of the room volume)
 */
export function lameFromCt(
  mesh: TetMesh,
  sampleHu: (points: Float64Array) => Float64Array,
  law: BoneLaw = BONEMAT_LAW,
): Float64Array {
  const { positions: p, tets } = mesh;
  const stride = nodesPerTet(mesh);
  const n = tetCount(mesh);
  const out = new Float64Array(2 * n);
  for (let from = 0; from < n; from += CHUNK) {
    const count = Math.min(CHUNK, n - from);
    const points = new Float64Array(3 * PLACES.length * count);
    let at = 0;
    for (let e = from; e < from + count; e++) {
      const [a, b, c, d] = [0, 1, 2, 3].map((k) => 3 * tets[stride * e + k]);
      for (const [u, v, w] of PLACES)
        for (let i = 0; i < 3; i++)
          points[at++] = u * p[a + i] + v * p[b + i] + w * p[c + i] + (1 - u - v - w) * p[d + i];
    }
    const hu = sampleHu(points);
    for (let e = 0; e < count; e++) {
      let sum = 0;
      for (let k = 0; k < PLACES.length; k++) sum += boneYoungMPa(hu[PLACES.length * e + k], law);
      out.set(lameOf(sum / PLACES.length, law.poisson), 2 * (from + e));
    }
  }
  return out;
}
