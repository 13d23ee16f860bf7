import { type Job, NO_JOB, OsteonError } from '../../base/index.ts';
import type { Mesh } from '../../mesh/index.ts';
import { footOf, plateGround } from './ground.ts';
import { createWalker, vertexNear, type Ways, waysFrom } from './paths.ts';
import type { PlateArm, PlateNetwork, PlateScrew } from './types.ts';

/** The surface around the screws that ways may use, mm beyond them. */
const ROOM_MM = 25;

/**
 * A network through the entries of all screws: the tree of ways over the bone whose total length is least, its longest
 * chain of screws as the first arm, what branches off as further arms. Where a chain turns back on itself, that is what
 * is shortest; a person may draw it otherwise.
 * @throws param.missing for fewer than two screws, plate.not-connected
 * @cost a coarse distance field around the screws, then one search over the surface for each screw
 * @source minimum spanning tree: Prim 1957, with ways by Dijkstra 1959
 */
export function suggestNetwork(
  bones: readonly Mesh[],
  screws: readonly PlateScrew[],
  options: { readonly bridgeRadiusMm: number },
  job: Job = NO_JOB,
): PlateNetwork {
  if (screws.length < 2)
    throw new OsteonError(
      'param.missing',
      { param: 'screws', screws: screws.length },
      'A plate joins two screws or more.',
    );
  const entries = screws.flatMap((s) => [...s.entryMm]);
  const ground = plateGround(bones, entries, ROOM_MM, options.bridgeRadiusMm, job.part(0, 0.7));
  const walker = createWalker(ground.walk);
  const points = screws.map(({ id, entryMm }) => ({ id, at: footOf(ground, entryMm).at }));
  const vertices = points.map((p) => vertexNear(walker, p.at));
  const ways: Ways[] = vertices.map((v, i) => {
    job.at(0.7 + (0.3 * i) / vertices.length);
    return waysFrom(walker, v, vertices);
  });
  const length = (i: number, j: number) => ways[Math.min(i, j)].lengthMm[vertices[Math.max(i, j)]];
  return { points, arms: chainsOf(spanningTree(screws.length, length), length).map((c, i) => armOf(c, i, points)) };
}

const armOf = (chain: readonly number[], i: number, points: readonly { id: string }[]): PlateArm => ({
  id: `arm ${i + 1}`,
  points: chain.map((k) => points[k].id),
});

/** Neighbours of every node in the tree of least total length. */
function spanningTree(n: number, length: (i: number, j: number) => number): number[][] {
  const tree: number[][] = Array.from({ length: n }, () => []);
  const joined = new Set([0]);
  while (joined.size < n) {
    let best = Number.POSITIVE_INFINITY;
    let edge: [number, number] = [0, 0];
    for (const i of joined)
      for (let j = 0; j < n; j++) {
        if (joined.has(j) || length(i, j) >= best) continue;
        best = length(i, j);
        edge = [i, j];
      }
    tree[edge[0]].push(edge[1]);
    tree[edge[1]].push(edge[0]);
    joined.add(edge[1]);
  }
  return tree;
}

/** The longest chain of the tree, then again the longest of what is left, each from the node it branches off. */
function chainsOf(tree: readonly number[][], length: (i: number, j: number) => number): number[][] {
  const used = new Set<string>();
  const key = (i: number, j: number) => (i < j ? `${i} ${j}` : `${j} ${i}`);
  /** Longest unused way from a node, with its length. */
  const longest = (from: number, before: number): { chain: number[]; mm: number } => {
    let best = { chain: [from], mm: 0 };
    for (const to of tree[from]) {
      if (to === before || used.has(key(from, to))) continue;
      const rest = longest(to, from);
      const mm = rest.mm + length(from, to);
      if (mm > best.mm) best = { chain: [from, ...rest.chain], mm };
    }
    return best;
  };
  const take = (chain: number[]) => {
    for (let i = 1; i < chain.length; i++) used.add(key(chain[i - 1], chain[i]));
    return chain;
  };
  const far = longest(0, -1).chain;
  const chains = [take(longest(far[far.length - 1], -1).chain)];
  for (;;) {
    let best = { chain: [] as number[], mm: 0 };
    for (let i = 0; i < tree.length; i++) {
      if (!chains.some((c) => c.includes(i))) continue;
      const next = longest(i, -1);
      if (next.mm > best.mm) best = next;
    }
    if (best.mm === 0) return chains;
    chains.push(take(best.chain));
  }
}
