/**
 * The assignment of rows to columns with the least total cost; -1 where a row is better left alone at `costOfNone`.
 * @cost rows² × columns
 * @source Kuhn 1955, Munkres 1957, in the shortest-path form of Jonker and Volgenant 1987
 */
export function assign(cost: readonly (readonly number[])[], costOfNone: number): Int32Array {
  const n = cost.length;
  const columns = cost[0]?.length ?? 0;
  const m = columns + n;
  // Columns past the real ones mean "none"; each row has its own.
  const at = (i: number, j: number) => (j < columns ? Math.min(cost[i][j], 1e9) : j === columns + i ? costOfNone : 1e9);
  const u = new Float64Array(n + 1);
  const v = new Float64Array(m + 1);
  const rowOf = new Int32Array(m + 1);
  const way = new Int32Array(m + 1);
  for (let i = 1; i <= n; i++) {
    rowOf[0] = i;
    let j0 = 0;
    const least = new Float64Array(m + 1).fill(Number.POSITIVE_INFINITY);
    const used = new Uint8Array(m + 1);
    do {
      used[j0] = 1;
      const i0 = rowOf[j0];
      let delta = Number.POSITIVE_INFINITY;
      let j1 = 0;
      for (let j = 1; j <= m; j++) {
        if (used[j]) continue;
        const c = at(i0 - 1, j - 1) - u[i0] - v[j];
        if (c < least[j]) {
          least[j] = c;
          way[j] = j0;
        }
        if (least[j] < delta) {
          delta = least[j];
          j1 = j;
        }
      }
      for (let j = 0; j <= m; j++)
        if (used[j]) {
          u[rowOf[j]] += delta;
          v[j] -= delta;
        } else least[j] -= delta;
      j0 = j1;
    } while (rowOf[j0] !== 0);
    do {
      const j1 = way[j0];
      rowOf[j0] = rowOf[j1];
      j0 = j1;
    } while (j0 !== 0);
  }
  const out = new Int32Array(n).fill(-1);
  for (let j = 1; j <= columns; j++) if (rowOf[j] > 0) out[rowOf[j] - 1] = j - 1;
  return out;
}
