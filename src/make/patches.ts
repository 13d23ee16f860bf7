import type { Vec3 } from '../base/index.ts';
import { buildEdges, type Mesh } from '../mesh/index.ts';
import { ARTICULAR, type Faces } from './faces.ts';

/** A connected patch of articular face that looks down too flatly. */
export interface FlatPatch {
  readonly triangles: readonly number[];
  readonly areaMm2: number;
  /** Four times the area over the outline: a disc's diameter, twice the width of a strip. */
  readonly widthMm: number;
  /** A point of it, in the frame of the mesh. */
  readonly at: Vec3;
}

/**
 * @param normals unit, three numbers a triangle
 * @param limit   cosine of the flattest angle above the plate that is allowed
 */
export function flatPatches(mesh: Mesh, normals: Float64Array, faces: Faces, up: Vec3, limit: number): FlatPatch[] {
  const { positions: p, triangles: t } = mesh;
  const flat = new Uint8Array(faces.length);
  let any = false;
  for (let i = 0, k = 0; i < faces.length; i++, k += 3)
    if (faces[i] === ARTICULAR && -(normals[k] * up[0] + normals[k + 1] * up[1] + normals[k + 2] * up[2]) > limit) {
      flat[i] = 1;
      any = true;
    }
  if (!any) return [];
  const { start, halfEdges, edgeOf } = buildEdges(mesh);
  const out: FlatPatch[] = [];
  for (let seed = 0; seed < flat.length; seed++) {
    if (flat[seed] !== 1) continue;
    const triangles = [seed];
    flat[seed] = 2;
    let areaMm2 = 0;
    let outlineMm = 0;
    for (let at = 0; at < triangles.length; at++) {
      const i = triangles[at];
      areaMm2 += areaOf(p, t, i);
      for (let h = 3 * i; h < 3 * i + 3; h++) {
        const e = edgeOf[h];
        let inner = false;
        for (let j = start[e]; j < start[e + 1]; j++) {
          const other = (halfEdges[j] / 3) | 0;
          if (other === i || flat[other] === 0) continue;
          inner = true;
          if (flat[other] === 1) {
            flat[other] = 2;
            triangles.push(other);
          }
        }
        if (!inner) outlineMm += edgeLength(p, t[h], t[h % 3 === 2 ? h - 2 : h + 1]);
      }
    }
    const v = 3 * t[3 * seed];
    out.push({ triangles, areaMm2, widthMm: (4 * areaMm2) / outlineMm, at: [p[v], p[v + 1], p[v + 2]] });
  }
  return out;
}

function edgeLength(p: Float64Array, a: number, b: number): number {
  const x = p[3 * a] - p[3 * b];
  const y = p[3 * a + 1] - p[3 * b + 1];
  const z = p[3 * a + 2] - p[3 * b + 2];
  return Math.sqrt(x * x + y * y + z * z);
}

function areaOf(p: Float64Array, t: Uint32Array, i: number): number {
  const a = edgeLength(p, t[3 * i], t[3 * i + 1]);
  const b = edgeLength(p, t[3 * i + 1], t[3 * i + 2]);
  const c = edgeLength(p, t[3 * i + 2], t[3 * i]);
  const s = (a + b + c) / 2;
  return Math.sqrt(Math.max(0, s * (s - a) * (s - b) * (s - c)));
}
