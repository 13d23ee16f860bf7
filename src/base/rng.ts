/** Seeded uniform numbers in [0, 1), 32 bits each. Same seed, same numbers, on every engine. Mulberry32 (public domain). */
export function createRng(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let t = s;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Standard normal numbers from a uniform source (sum of twelve: no `log` or `cos`, so equal bits everywhere; |z| < 6). */
export function createNormal(uniform: () => number): () => number {
  return () => {
    let s = -6;
    for (let i = 0; i < 12; i++) s += uniform();
    return s;
  };
}
