/** The first of `s1`, `s2` … that nothing has. */
export function freeId(prefix: string, taken: Iterable<{ readonly id: string }>): string {
  const ids = new Set([...taken].map((t) => t.id));
  for (let n = 1; ; n++) if (!ids.has(`${prefix}${n}`)) return `${prefix}${n}`;
}
