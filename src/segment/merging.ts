import type { Face } from './regions.ts';

/** One step of the merging: regions `a` and `b` became one, over a face of which this part was gap. `b` is no more. */
export interface Merge {
  readonly a: number;
  readonly b: number;
  readonly gap: number;
}

export interface MergeOptions {
  /** Regions with a smaller part of gap between them are one bone. */
  readonly gapLimit?: number;
  /** Whether two regions may become one; asked with the numbers they have by then. */
  readonly mayMerge?: (a: number, b: number) => boolean;
  /** Told of every merge, before the next question. */
  readonly onMerge?: (merge: Merge) => void;
}
export const MERGING_DEFAULTS = {
  gapLimit: 0.3,
} as const satisfies MergeOptions;

/** Regions that touch, and how: changed by every merge. */
export class Neighbours {
  readonly #of: Map<number, Face>[];
  constructor(faces: readonly Face[], count: number) {
    this.#of = Array.from({ length: count + 1 }, () => new Map());
    for (const face of faces) {
      this.#of[face.a].set(face.b, face);
      this.#of[face.b].set(face.a, face);
    }
  }
  of(region: number): ReadonlyMap<number, Face> {
    return this.#of[region];
  }
  /** `b` becomes part of `a`. */
  merge(a: number, b: number): void {
    for (const [other, face] of this.#of[b]) {
      this.#of[other].delete(b);
      if (other === a) continue;
      const mine = this.#of[a].get(other);
      const sum = mine ?? { a, b: other, areaMm2: 0, gapMm2: 0 };
      sum.areaMm2 += face.areaMm2;
      sum.gapMm2 += face.gapMm2;
      this.#of[a].set(other, sum);
      this.#of[other].set(a, sum);
    }
    this.#of[b] = new Map();
  }
}

/** A face as it was when both regions had these versions. */
interface Candidate extends Merge {
  readonly versionA: number;
  readonly versionB: number;
}

/**
 * Joins regions over the smallest part of gap first, until only joints are left. The smaller number survives.
 * @cost O(faces · log faces): a queue whose outdated entries are skipped
 */
export function mergeRegions(neighbours: Neighbours, count: number, options: MergeOptions = {}): Merge[] {
  const { gapLimit, mayMerge, onMerge } = { ...MERGING_DEFAULTS, ...options };
  const version = new Int32Array(count + 1);
  const queue = createQueue();
  const offer = (p: number, q: number, face: Face) => {
    const gap = face.gapMm2 / face.areaMm2;
    if (gap >= gapLimit) return;
    const [a, b] = p < q ? [p, q] : [q, p];
    queue.push({ a, b, gap, versionA: version[a], versionB: version[b] });
  };
  for (let a = 1; a <= count; a++) for (const [b, face] of neighbours.of(a)) if (b > a) offer(a, b, face);
  const merges: Merge[] = [];
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { a, b, gap } = next;
    if (version[a] !== next.versionA || version[b] !== next.versionB || mayMerge?.(a, b) === false) continue;
    neighbours.merge(a, b);
    merges.push({ a, b, gap });
    onMerge?.({ a, b, gap });
    version[a]++;
    version[b] = -1;
    for (const [c, face] of neighbours.of(a)) offer(a, c, face);
  }
  return merges;
}

const before = (p: Candidate, q: Candidate): boolean =>
  p.gap !== q.gap ? p.gap < q.gap : p.a !== q.a ? p.a < q.a : p.b < q.b;

/** Binary heap, smallest part of gap first. */
function createQueue() {
  const heap: Candidate[] = [];
  return {
    push(item: Candidate): void {
      let i = heap.push(item) - 1;
      while (i > 0) {
        const up = (i - 1) >> 1;
        if (!before(item, heap[up])) break;
        heap[i] = heap[up];
        i = up;
      }
      heap[i] = item;
    },
    pop(): Candidate | undefined {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined || heap.length === 0) return first;
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
        if (!before(heap[child], last)) break;
        heap[i] = heap[child];
        i = child;
      }
      heap[i] = last;
      return first;
    },
  };
}
