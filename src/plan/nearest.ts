/** The known word nearest to a mistyped one, or nothing when none is near. @cost O(words × length²) */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const short = word.slice(0, 64);
  let best: string | undefined;
  let bestEdits = Math.max(2, Math.floor(short.length / 3)) + 1;
  for (const candidate of known) {
    const edits = editDistance(short.toLowerCase(), candidate.toLowerCase());
    if (edits < bestEdits) {
      best = candidate;
      bestEdits = edits;
    }
  }
  return best;
}

/** A hint for an unknown word: the nearest known one, or all of them. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near
    ? `Did you mean "${near}"?`
    : known.length
      ? `Known: ${known.join(', ')}`
      : 'There is none to choose from';
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}
