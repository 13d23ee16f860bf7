/**
 * A UID below 2.25 (a number of 128 bits) made from a text: the same text gives the same UID. For data that the program
 * makes itself; not a cryptographic hash.
 */
export function uidFrom(seedText: string): string {
  const bytes = new TextEncoder().encode(seedText);
  let value = 0n;
  for (let lane = 0; lane < 4; lane++) value = (value << 32n) | BigInt(murmur3(bytes, 0x9747b28c + lane));
  return `2.25.${value}`;
}

/** MurmurHash3, 32 bits (public domain, A. Appleby), one byte a block: short texts only. */
function murmur3(bytes: Uint8Array, seed: number): number {
  let h = seed >>> 0;
  for (const b of bytes) {
    let k = Math.imul(b + 1, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    h ^= k;
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) >>> 0;
  }
  h ^= bytes.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
