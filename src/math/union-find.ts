/** Sets of whole numbers as trees: `parent[i] === i` is the root of its set. Begin with `separateSets`. */
export type Sets = Int32Array;

export function separateSets(count: number): Sets {
  const parent = new Int32Array(count);
  for (let i = 0; i < count; i++) parent[i] = i;
  return parent;
}

/** Root of a set, halving the path. */
export function rootOf(parent: Sets, i: number): number {
  let at = i;
  while (parent[at] !== at) {
    parent[at] = parent[parent[at]];
    at = parent[at];
  }
  return at;
}

/** The smaller root wins, so the result does not depend on the order of joins. */
export function joinSets(parent: Sets, a: number, b: number): void {
  const x = rootOf(parent, a);
  const y = rootOf(parent, b);
  if (x < y) parent[y] = x;
  else parent[x] = y;
}
