/**
 * A graph of the six neighbours of some voxels, with integer capacities, cut where it is cheapest between two terminals.
 * @source maximum flow by blocking flows: Dinic 1970; minimal cuts as surfaces: Boykov and Kolmogorov 2003
 */
export interface CutGraph {
  /** Node beyond each of the six faces (x−, x+, y−, y+, z−, z+) of each node, −1 for none. */
  readonly neighbours: Int32Array;
  /** What it costs to cut each of those faces; the same from both sides. Changed by the flow. */
  readonly capacity: Int32Array;
  /** What it costs to put a node on the other side than the first terminal, or than the second. Changed by the flow. */
  readonly first: Int32Array;
  readonly second: Int32Array;
}

const OPPOSITE = [1, 0, 3, 2, 5, 4];

/**
 * For each node 1 if it belongs to the first terminal, 0 if to the second.
 * @cost some tens of passes over the nodes
 */
export function minCut({ neighbours, capacity, first, second }: CutGraph): Uint8Array {
  const count = first.length;
  for (let i = 0; i < count; i++) {
    const through = Math.min(first[i], second[i]);
    first[i] -= through;
    second[i] -= through;
  }
  const level = new Int32Array(count);
  const at = new Uint8Array(count);
  const queue = new Int32Array(count);
  const path = new Int32Array(count);
  /** Distances from the first terminal in what is left; true if the second can be reached. */
  const measure = (): boolean => {
    level.fill(-1);
    let end = 0;
    let reached = false;
    for (let i = 0; i < count; i++)
      if (first[i] > 0) {
        level[i] = 0;
        queue[end++] = i;
      }
    for (let k = 0; k < end; k++) {
      const i = queue[k];
      if (second[i] > 0) reached = true;
      for (let e = 6 * i; e < 6 * i + 6; e++) {
        const j = neighbours[e];
        if (j < 0 || level[j] >= 0 || capacity[e] === 0) continue;
        level[j] = level[i] + 1;
        queue[end++] = j;
      }
    }
    return reached;
  };
  /** Sends flow from one node along rising levels until nothing more goes through. */
  const send = (root: number): void => {
    let depth = 0;
    path[0] = root;
    while (first[root] > 0) {
      const i = path[depth];
      if (second[i] > 0) {
        let flow = Math.min(first[root], second[i]);
        for (let d = 0; d < depth; d++) flow = Math.min(flow, capacity[6 * path[d] + at[path[d]]]);
        first[root] -= flow;
        second[i] -= flow;
        let back = depth;
        for (let d = depth - 1; d >= 0; d--) {
          const e = 6 * path[d] + at[path[d]];
          capacity[e] -= flow;
          capacity[6 * path[d + 1] + OPPOSITE[at[path[d]]]] += flow;
          if (capacity[e] === 0) back = d;
        }
        depth = back;
        continue;
      }
      let next = -1;
      for (; at[i] < 6; at[i]++) {
        const e = 6 * i + at[i];
        const j = neighbours[e];
        if (j >= 0 && capacity[e] > 0 && level[j] === level[i] + 1) {
          next = j;
          break;
        }
      }
      if (next >= 0) path[++depth] = next;
      else if (depth === 0) return;
      else {
        depth--;
        at[path[depth]]++;
      }
    }
  };
  while (measure()) {
    at.fill(0);
    for (let i = 0; i < count; i++) if (first[i] > 0) send(i);
  }
  return Uint8Array.from(level, (v) => (v >= 0 ? 1 : 0));
}
