import type { VoxelArray } from './volume.ts';

/** Number of levels that samples are sorted into: every Int16 value has its own. */
export const LEVELS = 65536;

/**
 * Samples as whole levels 0 to 65535, order kept: int16 and smaller kinds exactly, the others in even steps of their
 * range (so two values within 1/65535 of the range may tie). `value(level)`: the lowest sample of a level.
 */
export function levelsOf(data: VoxelArray): { levels: Uint16Array; value: (level: number) => number } {
  const levels = new Uint16Array(data.length);
  if (data instanceof Int16Array) {
    for (let o = 0; o < data.length; o++) levels[o] = data[o] + 32768;
    return { levels, value: (level) => level - 32768 };
  }
  if (data instanceof Uint8Array || data instanceof Uint16Array) {
    levels.set(data);
    return { levels, value: (level) => level };
  }
  const { lo, scale } =
    data instanceof Float32Array ? quantise(data, levels) : quantise(Float32Array.from(data), levels);
  return { levels, value: (level) => lo + level / scale };
}

function quantise(data: Float32Array, levels: Uint16Array): { lo: number; scale: number } {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (let o = 0; o < data.length; o++) {
    const v = data[o];
    if (v < lo) lo = v;
    if (v > hi && v < Number.POSITIVE_INFINITY) hi = v;
  }
  const scale = hi > lo ? (LEVELS - 1) / (hi - lo) : 1;
  for (let o = 0; o < data.length; o++) levels[o] = Math.min((data[o] - lo) * scale, LEVELS - 1);
  return { lo, scale };
}

/** First in, first out within a level; lowest level first. Every item at most once. Constant time, no allocation. */
export interface LevelQueue {
  readonly head: Int32Array;
  readonly tail: Int32Array;
  readonly next: Int32Array;
  /** No item waits below this level. */
  level: number;
}

export const createLevelQueue = (items: number): LevelQueue => ({
  head: new Int32Array(LEVELS).fill(-1),
  tail: new Int32Array(LEVELS),
  next: new Int32Array(items),
  level: LEVELS,
});

export function push(q: LevelQueue, item: number, level: number): void {
  q.next[item] = -1;
  if (q.head[level] < 0) q.head[level] = item;
  else q.next[q.tail[level]] = item;
  q.tail[level] = item;
  if (level < q.level) q.level = level;
}

/** The next item, or −1 when none waits; `q.level` is its level. */
export function pop(q: LevelQueue): number {
  const { head } = q;
  while (q.level < LEVELS && head[q.level] < 0) q.level++;
  if (q.level === LEVELS) return -1;
  const item = head[q.level];
  head[q.level] = q.next[item];
  return item;
}
