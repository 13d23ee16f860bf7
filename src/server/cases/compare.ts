import type { Artefact } from '../store/types.ts';

/** One revision, as far as it can be told apart from another. */
export interface Snapshot {
  readonly document: unknown;
  readonly edits: unknown;
  /** Numbers of the plan, by key. */
  readonly numbers: unknown;
  readonly files: readonly Artefact[];
}
export interface Change {
  readonly what: string;
  readonly before: unknown;
  readonly after: unknown;
}
/** More than a person reads; the rest is in the files. */
const MOST_NUMBERS = 200;

/** Keys of the document first, then edits, then numbers of the plan, then files (by hash). */
export function compareDocuments(a: Snapshot, b: Snapshot): Change[] {
  const edits = (s: Snapshot) => leaves((s.edits as { edits?: unknown } | null)?.edits ?? [], 'edits', 2);
  const files = (s: Snapshot) =>
    new Map(s.files.filter((f) => !f.path.startsWith('view/')).map((f) => [f.path, f.sha256]));
  return [
    ...differences(leaves(a.document, '', 8), leaves(b.document, '', 8)),
    ...differences(edits(a), edits(b)),
    ...differences(leaves(a.numbers, 'plan', 8), leaves(b.numbers, 'plan', 8)).slice(0, MOST_NUMBERS),
    ...differences(files(a), files(b)),
  ];
}

function differences(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): Change[] {
  const same = (x: unknown, y: unknown) => JSON.stringify(x) === JSON.stringify(y);
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((what) => !same(a.get(what), b.get(what)))
    .map((what) => ({ what, before: a.get(what) ?? null, after: b.get(what) ?? null }));
}

/** `sizes.percent.0` → 95. Below `depth` a value is compared as a whole. */
function leaves(value: unknown, at: string, depth: number): Map<string, unknown> {
  const out = new Map<string, unknown>();
  const walk = (v: unknown, path: string, left: number): void => {
    if (typeof v === 'object' && v !== null && left > 0)
      for (const [key, child] of Object.entries(v)) walk(child, path ? `${path}.${key}` : key, left - 1);
    else if (v !== null && v !== undefined) out.set(path, v);
  };
  walk(value, at, depth);
  return out;
}
