import { type Finding, OsteonError } from '../base/index.ts';
import { eigenSymmetric } from '../math/index.ts';
import { checkMesh, type Mesh, triangleAreasMm2, unitFaceNormals, volumeMm3 } from '../mesh/index.ts';
import { FACE_CLASSES, type FaceClass, type Faces } from './faces.ts';
import type { Process } from './process.ts';

/** The part as it is built: nominal plus what finishing takes off. */
export interface Stocked {
  readonly mesh: Mesh;
  /** Stock on each class of face, mm. */
  readonly stockMm: Readonly<Record<FaceClass, number>>;
  readonly nominalMm3: number;
  readonly asBuiltMm3: number;
  /** Farthest that a point was moved, mm: at sharp edges more than the stock. */
  readonly maxMoveMm: number;
  readonly findings: readonly Finding[];
}

/** Stock of a process for each class of face, mm; 0 where it names none. */
export function stockOf({ settings }: Process): Readonly<Record<FaceClass, number>> {
  const general = settings.stockGeneralMm?.value ?? 0;
  return {
    general,
    articular: settings.stockArticularMm?.value ?? general,
    porous: settings.stockPorousMm?.value ?? general,
    machined: settings.stockMachinedMm?.value ?? general,
  };
}

/**
 * Moves every face outward by the stock of its class. A vertex goes where all faces around it lie at their own stock, so
 * edges and corners stay sharp; where classes meet, the step between them lies in the triangles of the border.
 *
 * @param mesh closed, outward faces
 * @throws mesh.empty
 * @accuracy exact for planes; on curved faces to the chord error of the mesh
 * @cost O(triangles)
 */
export function withStock(mesh: Mesh, faces: Faces, stockMm: Readonly<Record<FaceClass, number>>): Stocked {
  if (mesh.triangles.length === 0) throw new OsteonError('mesh.empty');
  const nominalMm3 = volumeMm3(mesh);
  const values = FACE_CLASSES.map((name) => stockMm[name]);
  if (values.every((s) => s === 0))
    return { mesh, stockMm, nominalMm3, asBuiltMm3: nominalMm3, maxMoveMm: 0, findings: [] };
  const positions = mesh.positions.slice();
  const { sums, right } = equations(mesh, faces, values);
  let maxMoveMm = 0;
  for (let v = 0; v < positions.length / 3; v++) {
    const [x, y, z] = solve(sums, right, v);
    positions[3 * v] += x;
    positions[3 * v + 1] += y;
    positions[3 * v + 2] += z;
    maxMoveMm = Math.max(maxMoveMm, Math.sqrt(x * x + y * y + z * z));
  }
  const grown: Mesh = { positions, triangles: mesh.triangles };
  return {
    mesh: grown,
    stockMm,
    nominalMm3,
    asBuiltMm3: volumeMm3(grown),
    maxMoveMm,
    findings: checkMesh(grown).findings.filter((f) => f.level === 'blocker'),
  };
}

/** Of every vertex the normal equations of: move along each face's normal by its stock, faces weighted by area. */
function equations(mesh: Mesh, faces: Faces, stock: readonly number[]): { sums: Float64Array; right: Float64Array } {
  const { positions, triangles: t } = mesh;
  const n = unitFaceNormals(mesh);
  const area = triangleAreasMm2(mesh);
  const sums = new Float64Array(2 * positions.length);
  const right = new Float64Array(positions.length);
  for (let i = 0; i < t.length; i++) {
    const f = (i / 3) | 0;
    const w = area[f];
    const x = n[3 * f];
    const y = n[3 * f + 1];
    const z = n[3 * f + 2];
    const s = w * stock[faces[f]];
    const a = 6 * t[i];
    sums[a] += w * x * x;
    sums[a + 1] += w * x * y;
    sums[a + 2] += w * x * z;
    sums[a + 3] += w * y * y;
    sums[a + 4] += w * y * z;
    sums[a + 5] += w * z * z;
    right[3 * t[i]] += s * x;
    right[3 * t[i] + 1] += s * y;
    right[3 * t[i] + 2] += s * z;
  }
  return { sums, right };
}

/**
 * Directions in which the faces around a vertex differ by less than about 35° are left alone: there no point lies at two
 * different stocks, and looking for one would push the vertex far along the surface.
 */
const LEAST_SHARE = 0.1;

function solve(sums: Float64Array, right: Float64Array, v: number): readonly [number, number, number] {
  const [xx, xy, xz, yy, yz, zz] = sums.subarray(6 * v, 6 * v + 6);
  const trace = xx + yy + zz;
  const out: [number, number, number] = [0, 0, 0];
  if (trace === 0) return out;
  const { values, vectors } = eigenSymmetric([xx, xy, xz, xy, yy, yz, xz, yz, zz], 3);
  vectors.forEach((u, i) => {
    if (values[i] < LEAST_SHARE * trace) return;
    const along = (u[0] * right[3 * v] + u[1] * right[3 * v + 1] + u[2] * right[3 * v + 2]) / values[i];
    for (let k = 0; k < 3; k++) out[k] += along * u[k];
  });
  return out;
}
