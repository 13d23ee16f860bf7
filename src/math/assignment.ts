/**
 * The pairing of rows with columns that costs least in all (Hungarian method with potentials).
 * @param cost row by row; rows need not be as many as columns; infinite where a pair is not allowed
 * @returns column of each row, −1 where none is left or none is allowed
 * @cost O(n³)
 * @source H. W. Kuhn, Naval Research Logistics Quarterly 2 (1955) 83; shortest augmenting paths as by R. Jonker and
 * A. Volgenant, Computing 38 (1987) 325
 */
export function assign(cost: readonly (readonly number[])[]): number[] {
  const rows = cost.length;
  const columns = cost[0]?.length ?? 0;
  const n = Math.max(rows, columns);
  let most = 1;
  for (const row of cost) for (const c of row) if (Number.isFinite(c)) most = Math.max(most, Math.abs(c));
  // Staying alone costs more than any pairing could save.
  const alone = most * (n + 1);
  const at = (i: number, j: number) => (i < rows && j < columns && Number.isFinite(cost[i][j]) ? cost[i][j] : alone);
  const u = new Float64Array(n + 1);
  const v = new Float64Array(n + 1);
  const rowOf = new Int32Array(n + 1);
  const from = new Int32Array(n + 1);
  for (let i = 1; i <= n; i++) {
    rowOf[0] = i;
    let j0 = 0;
    const least = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
    const done = new Uint8Array(n + 1);
    do {
      done[j0] = 1;
      const i0 = rowOf[j0];
      let delta = Number.POSITIVE_INFINITY;
      let j1 = 0;
      for (let j = 1; j <= n; j++) {
        if (done[j]) continue;
        const c = at(i0 - 1, j - 1) - u[i0] - v[j];
        if (c < least[j]) {
          least[j] = c;
          from[j] = j0;
        }
        if (least[j] < delta) {
          delta = least[j];
          j1 = j;
        }
      }
      for (let j = 0; j <= n; j++)
        if (done[j]) {
          u[rowOf[j]] += delta;
          v[j] -= delta;
        } else least[j] -= delta;
      j0 = j1;
    } while (rowOf[j0] !== 0);
    while (j0 !== 0) {
      rowOf[j0] = rowOf[from[j0]];
      j0 = from[j0];
    }
  }
  const out = new Array<number>(rows).fill(-1);
  for (let j = 1; j <= columns; j++) {
    const i = rowOf[j] - 1;
    if (i < rows && Number.isFinite(cost[i][j - 1])) out[i] = j - 1;
  }
  return out;
}
