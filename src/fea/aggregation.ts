import { type Blocks, multiplyBlocks, transposeBlocks } from './blocks.ts';

/**
 * Aggregates of neighbouring rows: every row of `a` that couples to another gets a number, or −1 where it is fixed
 * altogether or stands alone. Three passes: whole neighbourhoods, then leftovers to the aggregate they are tied to most
 * strongly, then what is still left among itself.
 * @source Vaněk, Mandel, Brezina, Algebraic multigrid by smoothed aggregation, Computing 1996
 */
export function aggregate(a: Blocks): { of: Int32Array; count: number } {
  const { rows, start, column, values } = a;
  const size = a.high * a.wide;
  const weight = new Float64Array(column.length);
  for (let at = 0; at < column.length; at++) {
    let s = 0;
    for (let k = 0; k < size; k++) s += values[size * at + k] * values[size * at + k];
    weight[at] = s;
  }
  const of = new Int32Array(rows).fill(-1);
  const alone = new Uint8Array(rows).fill(1);
  for (let i = 0; i < rows; i++)
    for (let at = start[i]; at < start[i + 1]; at++) if (column[at] !== i && weight[at] > 0) alone[i] = 0;
  let count = 0;
  for (let i = 0; i < rows; i++) {
    if (alone[i] || of[i] >= 0) continue;
    let free = true;
    for (let at = start[i]; free && at < start[i + 1]; at++) free = weight[at] === 0 || of[column[at]] < 0;
    if (!free) continue;
    for (let at = start[i]; at < start[i + 1]; at++) if (weight[at] > 0) of[column[at]] = count;
    of[i] = count++;
  }
  const first = of.slice();
  for (let i = 0; i < rows; i++) {
    if (alone[i] || first[i] >= 0) continue;
    let best = 0;
    for (let at = start[i]; at < start[i + 1]; at++)
      if (first[column[at]] >= 0 && weight[at] > best) {
        best = weight[at];
        of[i] = first[column[at]];
      }
  }
  for (let i = 0; i < rows; i++) {
    if (alone[i] || of[i] >= 0) continue;
    for (let at = start[i]; at < start[i + 1]; at++) if (weight[at] > 0 && of[column[at]] < 0) of[column[at]] = count;
    of[i] = count++;
  }
  return { of, count };
}

/** Modes a block row can take without strain: six columns of `high` numbers for each row. */
export interface Modes {
  readonly high: number;
  /** Row-major: `high` × 6 for each block row. */
  readonly values: Float64Array;
}

/** Rigid motions about the origin of nodes at `positions`; nothing at fixed directions. */
export function rigidModes(positions: Float64Array, nodes: number, fixed: Uint8Array): Modes {
  const values = new Float64Array(18 * nodes);
  let cx = 0;
  let cy = 0;
  let cz = 0;
  for (let i = 0; i < nodes; i++) {
    cx += positions[3 * i];
    cy += positions[3 * i + 1];
    cz += positions[3 * i + 2];
  }
  for (let i = 0; i < nodes; i++) {
    const x = positions[3 * i] - cx / nodes;
    const y = positions[3 * i + 1] - cy / nodes;
    const z = positions[3 * i + 2] - cz / nodes;
    const o = 18 * i;
    values.set([1, 0, 0, 0, z, -y, 0, 1, 0, -z, 0, x, 0, 0, 1, y, -x, 0], o);
    for (let r = 0; r < 3; r++) if (fixed[3 * i + r]) values.fill(0, o + 6 * r, o + 6 * r + 6);
  }
  return { high: 3, values };
}

/**
 * The tentative prolongation: the modes cut into aggregates and made orthonormal there (modified Gram-Schmidt, twice), with
 * the coarse modes that give the fine ones back. Modes an aggregate does not have become empty columns.
 */
export function tentative(
  modes: Modes,
  { of, count }: { of: Int32Array; count: number },
): { prolongation: Blocks; coarse: Modes } {
  const { high } = modes;
  const rows = of.length;
  const members = membersOf(of, count);
  const q = new Float64Array(6 * high * rows);
  const r = new Float64Array(36 * count);
  for (let g = 0; g < count; g++) {
    const list = members.list.subarray(members.start[g], members.start[g + 1]);
    orthonormal(modes.values, q, list, high, r, 36 * g);
  }
  const start = new Uint32Array(rows + 1);
  for (let i = 0; i < rows; i++) start[i + 1] = start[i] + (of[i] >= 0 ? 1 : 0);
  const column = new Uint32Array(start[rows]);
  const values = new Float64Array(6 * high * start[rows]);
  for (let i = 0; i < rows; i++) {
    if (of[i] < 0) continue;
    column[start[i]] = of[i];
    values.set(q.subarray(6 * high * i, 6 * high * (i + 1)), 6 * high * start[i]);
  }
  const prolongation: Blocks = { rows, columns: count, high, wide: 6, start, column, values };
  return { prolongation, coarse: { high: 6, values: r } };
}

function membersOf(of: Int32Array, count: number): { start: Uint32Array; list: Uint32Array } {
  const start = new Uint32Array(count + 1);
  for (const g of of) if (g >= 0) start[g + 1]++;
  for (let g = 0; g < count; g++) start[g + 1] += start[g];
  const fill = start.slice(0, count);
  const list = new Uint32Array(start[count]);
  for (let i = 0; i < of.length; i++) if (of[i] >= 0) list[fill[of[i]]++] = i;
  return { start, list };
}

/** Columns of the rows in `list` of `from`, orthonormal, into `q`; R into `r[o…]`, from = q·R. */
function orthonormal(
  from: Float64Array,
  q: Float64Array,
  list: Uint32Array,
  high: number,
  r: Float64Array,
  o: number,
): void {
  const block = 6 * high;
  for (const i of list) for (let k = 0; k < block; k++) q[block * i + k] = from[block * i + k];
  const product = (a: number, b: number) => {
    let s = 0;
    for (const i of list) for (let k = block * i; k < block * i + block; k += 6) s += q[k + a] * q[k + b];
    return s;
  };
  for (let c = 0; c < 6; c++) {
    const before = product(c, c);
    for (let pass = 0; pass < 2; pass++)
      for (let b = 0; b < c; b++) {
        const s = product(b, c);
        r[o + 6 * b + c] += s;
        for (const i of list) for (let k = block * i; k < block * i + block; k += 6) q[k + c] -= s * q[k + b];
      }
    const after = product(c, c);
    // Less than 1e-10 of its square left: this motion is made of the others here (few nodes, or nodes on a line).
    const keep = after > 1e-10 * before && after > 0;
    const norm = keep ? Math.sqrt(after) : 0;
    r[o + 6 * c + c] = norm;
    for (const i of list) for (let k = block * i; k < block * i + block; k += 6) q[k + c] = keep ? q[k + c] / norm : 0;
  }
}

/** (1 − ω·D⁻¹A)·P with ω = 4/3 of the reciprocal of the greatest eigenvalue. */
export function smoothed(a: Blocks, inverse: Float64Array, greatest: number, p: Blocks): Blocks {
  const ap = multiplyBlocks(a, p);
  const { high, wide } = p;
  const size = high * wide;
  const omega = 4 / (3 * greatest);
  const row = new Float64Array(size);
  for (let i = 0; i < ap.rows; i++) {
    const d = high * high * i;
    for (let at = ap.start[i]; at < ap.start[i + 1]; at++) {
      const o = size * at;
      row.fill(0);
      for (let r = 0; r < high; r++)
        for (let k = 0; k < high; k++) {
          const v = inverse[d + high * r + k];
          for (let c = 0; c < wide; c++) row[wide * r + c] -= omega * v * ap.values[o + wide * k + c];
        }
      const own = p.start[i];
      if (own < p.start[i + 1] && p.column[own] === ap.column[at])
        for (let k = 0; k < size; k++) row[k] += p.values[size * own + k];
      ap.values.set(row, o);
    }
  }
  return ap;
}

/** Pᵀ·A·P. */
export const galerkin = (a: Blocks, p: Blocks): Blocks => multiplyBlocks(transposeBlocks(p), multiplyBlocks(a, p));
