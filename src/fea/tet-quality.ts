import { nodesPerTet, sixVolumeAt, type TetMesh, tetCount } from './tets.ts';

export interface TetQuality {
  readonly minDihedralDeg: number;
  readonly maxDihedralDeg: number;
  /** The smallest dihedral angle of the worst hundredth of elements. */
  readonly p01DihedralDeg: number;
  /** Element of the smallest angle. */
  readonly worst: number;
}

/** Angles between faces, between the corners. @cost 1 µs an element */
export function tetQuality(mesh: TetMesh): TetQuality {
  const n = tetCount(mesh);
  const stride = nodesPerTet(mesh);
  const least = new Float64Array(n);
  let lowest = -1;
  let highest = 1;
  let worst = 0;
  for (let e = 0; e < n; e++) {
    const sharp = cosines(mesh.positions, mesh.tets, stride * e);
    if (range[0] < highest) highest = range[0];
    least[e] = sharp;
    if (sharp > lowest) {
      lowest = sharp;
      worst = e;
    }
  }
  const degrees = (cosine: number) => (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI;
  const sorted = least.sort();
  return {
    minDihedralDeg: degrees(lowest),
    maxDihedralDeg: degrees(highest),
    p01DihedralDeg: degrees(sorted[Math.floor(0.99 * (n - 1))]),
    worst,
  };
}

/** Cosine of the smallest dihedral angle of one element; above 1 where it is flat or inside out. */
export function leastDihedralCosine(mesh: TetMesh, element: number): number {
  const i = nodesPerTet(mesh) * element;
  return sixVolumeAt(mesh.positions, mesh.tets, i) > 0 ? cosines(mesh.positions, mesh.tets, i) : 2;
}

const normals = new Float64Array(12);
/** Cosine of the greatest angle of the last element looked at. */
const range = new Float64Array(1);

/** Cosine of the smallest dihedral angle of the element that starts at `tets[i]`. */
function cosines(p: Float64Array, tets: Uint32Array, i: number): number {
  faceNormals(p, tets, i, normals);
  let sharp = -1;
  let blunt = 1;
  for (let a = 0; a < 3; a++)
    for (let b = a + 1; b < 4; b++) {
      // Outward normals: the angle between faces is the supplement.
      const c = -(
        normals[3 * a] * normals[3 * b] +
        normals[3 * a + 1] * normals[3 * b + 1] +
        normals[3 * a + 2] * normals[3 * b + 2]
      );
      if (c > sharp) sharp = c;
      if (c < blunt) blunt = c;
    }
  range[0] = blunt;
  return sharp;
}

const FACES = [
  [0, 2, 1],
  [0, 1, 3],
  [1, 2, 3],
  [2, 0, 3],
];

function faceNormals(p: Float64Array, tets: Uint32Array, i: number, out: Float64Array): void {
  for (let f = 0; f < 4; f++) {
    const a = 3 * tets[i + FACES[f][0]];
    const b = 3 * tets[i + FACES[f][1]];
    const c = 3 * tets[i + FACES[f][2]];
    const ux = p[b] - p[a];
    const uy = p[b + 1] - p[a + 1];
    const uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a];
    const vy = p[c + 1] - p[a + 1];
    const vz = p[c + 2] - p[a + 2];
    const x = uy * vz - uz * vy;
    const y = uz * vx - ux * vz;
    const z = ux * vy - uy * vx;
    const s = Math.sqrt(x * x + y * y + z * z);
    out[3 * f] = x / s;
    out[3 * f + 1] = y / s;
    out[3 * f + 2] = z / s;
  }
}
