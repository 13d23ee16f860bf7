import { areaMm2, bounds, type Mesh, triangleCount, vertexCount, volumeMm3 } from '../mesh/index.ts';

export interface MeshFacts {
  readonly triangles: number;
  readonly vertices: number;
  readonly volumeMm3: number;
  readonly areaMm2: number;
  readonly loMm: readonly number[];
  readonly hiMm: readonly number[];
}

/** One line of the conversion log. The caller adds the hashes of the bytes. */
export interface ConversionRow {
  readonly before: MeshFacts;
  readonly after: MeshFacts;
  /** after − before. */
  readonly volumeChangeMm3: number;
  readonly areaChangeMm2: number;
  /** Largest move of a corner of the bounding box along an axis, mm. */
  readonly boxChangeMm: number;
  /** Largest move of a corner of a triangle, mm; absent where the number of triangles changed. */
  readonly maxCornerMoveMm?: number;
  /** The same triangles in the same order with the same neighbours; the numbering of vertices may differ. */
  readonly sameTopology: boolean;
}

export function meshFacts(mesh: Mesh): MeshFacts {
  const { lo, hi } = bounds(mesh);
  return {
    triangles: triangleCount(mesh),
    vertices: vertexCount(mesh),
    volumeMm3: volumeMm3(mesh),
    areaMm2: areaMm2(mesh),
    loMm: lo,
    hiMm: hi,
  };
}

/** What a conversion did to a mesh. @throws mesh.empty */
export function conversionRow({ before, after }: { readonly before: Mesh; readonly after: Mesh }): ConversionRow {
  const a = meshFacts(before);
  const b = meshFacts(after);
  let box = 0;
  for (let k = 0; k < 3; k++) box = Math.max(box, Math.abs(a.loMm[k] - b.loMm[k]), Math.abs(a.hiMm[k] - b.hiMm[k]));
  const same = a.triangles === b.triangles;
  return {
    before: a,
    after: b,
    volumeChangeMm3: b.volumeMm3 - a.volumeMm3,
    areaChangeMm2: b.areaMm2 - a.areaMm2,
    boxChangeMm: box,
    ...(same && { maxCornerMoveMm: maxCornerMove(before, after) }),
    sameTopology: same && sameNumbering(before, after) && sameNumbering(after, before),
  };
}

function maxCornerMove(a: Mesh, b: Mesh): number {
  let worst = 0;
  for (let i = 0; i < a.triangles.length; i++) {
    const u = 3 * a.triangles[i];
    const v = 3 * b.triangles[i];
    const x = a.positions[u] - b.positions[v];
    const y = a.positions[u + 1] - b.positions[v + 1];
    const z = a.positions[u + 2] - b.positions[v + 2];
    worst = Math.max(worst, x * x + y * y + z * z);
  }
  return Math.sqrt(worst);
}

/** Does every vertex of `a` go to one vertex of `b`, corner by corner? */
function sameNumbering(a: Mesh, b: Mesh): boolean {
  const to = new Int32Array(vertexCount(a)).fill(-1);
  for (let i = 0; i < a.triangles.length; i++) {
    const v = a.triangles[i];
    if (to[v] < 0) to[v] = b.triangles[i];
    else if (to[v] !== b.triangles[i]) return false;
  }
  return true;
}
