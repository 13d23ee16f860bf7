/**
 * The triangles of one cell of marching cubes, derived instead of listed. Corner `x + 2y + 4z`; edge `4·axis + u + 2v`,
 * where (u, v) are the two other coordinates of the edge in axis order.
 *
 * Each face with two or four cut edges carries one or two directed segments; following them from face to face closes
 * loops, and each loop is cut into triangles. A face with two inside corners on a diagonal can be read in two ways;
 * both cells that share it are told the same (`joined`), so the surface is closed. No cut runs along a face of the
 * cell, so no edge gets more than two triangles: the surface is manifold whatever the samples are.
 * @source Lorensen and Cline 1987; Nielson and Hamann 1991 for the ambiguous face
 */

/** The two corners of each edge, lower coordinate first. */
export const EDGE_CORNERS: readonly (readonly [number, number])[] = Array.from({ length: 12 }, (_, e) => {
  const axis = e >> 2;
  const [a, b] = [0, 1, 2].filter((k) => k !== axis);
  const lo = ((e & 1) << a) | (((e >> 1) & 1) << b);
  return [lo, lo | (1 << axis)];
});

/** Corners of the faces −x, +x, −y, +y, −z, +z, counter-clockwise seen from outside the cell. */
export const FACE_CORNERS: readonly (readonly number[])[] = Array.from({ length: 6 }, (_, f) => {
  const axis = f >> 1;
  const u = 1 << ((axis + 1) % 3);
  const v = 1 << ((axis + 2) % 3);
  const ring = [0, u, u | v, v].map((c) => c | ((f & 1) << axis));
  return f & 1 ? ring : ring.reverse();
});

const edgeBetween = (a: number, b: number): number =>
  EDGE_CORNERS.findIndex(([p, q]) => (p === a && q === b) || (p === b && q === a));

const FACE_EDGES = FACE_CORNERS.map((c) => c.map((a, i) => edgeBetween(a, c[(i + 1) % 4])));

/** Bit f: face f has its two inside corners on a diagonal. */
export const AMBIGUOUS_FACES: Uint8Array = Uint8Array.from({ length: 256 }, (_, inside) => {
  let bits = 0;
  for (let f = 0; f < 6; f++) {
    const [a, b, c, d] = FACE_CORNERS[f].map((k) => (inside >> k) & 1);
    if (a === c && b === d && a !== b) bits |= 1 << f;
  }
  return bits;
});

/** The closed loops of cut edges in one cell; `joined` bit f: the inside corners of the ambiguous face f are connected. */
function loops(inside: number, joined: number): number[][] {
  const next = new Array<number>(12).fill(-1);
  for (let f = 0; f < 6; f++) {
    const bit = FACE_CORNERS[f].map((k) => (inside >> k) & 1);
    for (let i = 0; i < 4; i++) {
      if (!(bit[i] && !bit[(i + 1) % 4])) continue;
      // The surface leaves through edge i; walk back to the edge where it entered (past it, where the corners are joined).
      let j = i;
      do j = (j + 3) % 4;
      while (!(!bit[j] && bit[(j + 1) % 4]));
      if ((joined >> f) & 1 && (AMBIGUOUS_FACES[inside] >> f) & 1) j = (j + 2) % 4;
      next[FACE_EDGES[f][j]] = FACE_EDGES[f][i];
    }
  }
  const out: number[][] = [];
  for (let e = 0; e < 12; e++) {
    const loop: number[] = [];
    for (let at = e; next[at] >= 0; ) {
      loop.push(at);
      const to = next[at];
      next[at] = -1;
      at = to;
    }
    if (loop.length) out.push(loop);
  }
  return out;
}

const onOneFace = (a: number, b: number): boolean => FACE_EDGES.some((f) => f.includes(a) && f.includes(b));

/** Cuts a loop into triangles without a diagonal along a face; null where there is no such way. */
function cut(loop: readonly number[]): number[] | null {
  if (loop.length === 3) return [...loop];
  for (let i = 0; i < loop.length; i++) {
    const before = loop[(i + loop.length - 1) % loop.length];
    const after = loop[(i + 1) % loop.length];
    if (onOneFace(before, after)) continue;
    const rest = cut(loop.filter((_, k) => k !== i));
    if (rest) return [before, loop[i], after, ...rest];
  }
  return null;
}

/**
 * Edge numbers, three a triangle, outward counter-clockwise where inside is the high side of a right-handed grid. Some
 * loops round a saddle have no cut that keeps off the faces; they get a centre, written `12 + n` with n the loop, and
 * are listed in `centres` with their edges.
 */
export interface CellCase {
  readonly corners: Uint8Array;
  /** The edges among them, each once, in the order they come. */
  readonly edges: Uint8Array;
  readonly centres: readonly (readonly number[])[];
}

export function cellCase(inside: number, joined: number): CellCase {
  const corners: number[] = [];
  const centres: number[][] = [];
  for (const loop of loops(inside, joined)) {
    const triangles = cut(loop);
    if (triangles) corners.push(...triangles);
    else {
      for (let i = 0; i < loop.length; i++) corners.push(loop[i], loop[(i + 1) % loop.length], 12 + centres.length);
      centres.push(loop);
    }
  }
  const edges = Uint8Array.from(new Set(corners.filter((e) => e < 12)));
  return { corners: Uint8Array.from(corners), edges, centres };
}
