import { nodesPerTet, TET_FACE_MIDS, TET_FACES, type TetMesh, tetCount } from './tets.ts';

/** Faces with no neighbour. Corners run counter-clockwise from outside. */
export interface Boundary {
  readonly order: 1 | 2;
  /** Three nodes a face, or six: corners, then the mid-sides that follow each of them. */
  readonly nodes: Uint32Array;
  readonly element: Uint32Array;
  /** 0 to 3; CalculiX counts from 1. */
  readonly face: Uint8Array;
}

/** @cost O(elements): 80 ms for 160 000 */
export function boundaryOf(mesh: TetMesh): Boundary {
  const { tets, corners } = mesh;
  const stride = nodesPerTet(mesh);
  const n = tetCount(mesh);
  // Faces by their lowest corner; a face met a second time is inside and leaves its list.
  const first = new Int32Array(corners).fill(-1);
  const next = new Int32Array(4 * n);
  const inside = new Uint8Array(4 * n);
  const middle = new Uint32Array(4 * n);
  const high = new Uint32Array(4 * n);
  for (let e = 0; e < n; e++)
    for (let k = 0; k < 4; k++) {
      const a = tets[stride * e + TET_FACES[k][0]];
      const b = tets[stride * e + TET_FACES[k][1]];
      const c = tets[stride * e + TET_FACES[k][2]];
      const low = Math.min(a, b, c);
      const top = Math.max(a, b, c);
      const mid = a + b + c - low - top;
      const face = 4 * e + k;
      let twin = first[low];
      while (twin >= 0 && (inside[twin] === 1 || high[twin] !== top || middle[twin] !== mid)) twin = next[twin];
      if (twin >= 0) {
        inside[twin] = 1;
        inside[face] = 1;
        continue;
      }
      middle[face] = mid;
      high[face] = top;
      next[face] = first[low];
      first[low] = face;
    }
  let count = 0;
  for (let f = 0; f < inside.length; f++) if (inside[f] === 0) count++;
  const per = mesh.order === 1 ? 3 : 6;
  const out: Boundary = {
    order: mesh.order,
    nodes: new Uint32Array(per * count),
    element: new Uint32Array(count),
    face: new Uint8Array(count),
  };
  let at = 0;
  for (let f = 0; f < inside.length; f++) {
    if (inside[f] === 1) continue;
    const e = f >> 2;
    const k = f & 3;
    for (let i = 0; i < 3; i++) {
      out.nodes[per * at + i] = tets[stride * e + TET_FACES[k][i]];
      if (per === 6) out.nodes[per * at + 3 + i] = tets[stride * e + TET_FACE_MIDS[k][i]];
    }
    out.element[at] = e;
    out.face[at++] = k;
  }
  return out;
}

export const faceCount = (b: Boundary): number => b.element.length;
export const nodesPerFace = (b: Pick<Boundary, 'order'>): 3 | 6 => (b.order === 1 ? 3 : 6);

/** Those faces for which `keep` is true, as numbers. */
export function facesWhere(b: Boundary, keep: (face: number) => boolean): Uint32Array {
  const out: number[] = [];
  for (let f = 0; f < faceCount(b); f++) if (keep(f)) out.push(f);
  return Uint32Array.from(out);
}

/** All nodes of some faces, each once, ascending. */
export function nodesOfFaces(b: Boundary, faces: Uint32Array): Uint32Array {
  const per = nodesPerFace(b);
  const seen = new Set<number>();
  for (const f of faces) for (let i = 0; i < per; i++) seen.add(b.nodes[per * f + i]);
  return Uint32Array.from(seen).sort();
}
