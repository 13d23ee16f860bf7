import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { OsteonError } from '../../base/index.ts';

/** A value of a YAML file with the line it stands on. Maps are Maps, so no key can mean more than a key. */
export interface Node {
  readonly line: number;
  readonly value: string | number | boolean | null | readonly Node[] | ReadonlyMap<string, Node>;
}

/** A case is ten lines; a long one with a point in each bone is a hundred. */
const MAX_CHARS = 16_384;
const MAX_ITEMS = 500;
const MAX_DEPTH = 16;

const refuse = (reason: string, line: number, hint: string): OsteonError =>
  new OsteonError('case.syntax', { line, reason }, hint);

/**
 * YAML 1.2 without what a case does not need: no aliases, no tags, no second document, no deep nesting.
 * @throws case.syntax with the line
 * @cost below 100 ms for any text up to the limit
 */
export function readYaml(text: string): Node {
  if (text.length > MAX_CHARS)
    throw refuse('too long', 1, `A case file has at most ${MAX_CHARS} characters; points and edits go into files`);
  if ((text.match(/[\n,]/g)?.length ?? 0) > MAX_ITEMS)
    throw refuse('too many items', 1, `A case file has at most ${MAX_ITEMS} items; points and edits go into files`);
  checkDepth(text);
  const lines = new LineCounter();
  const parsed = attempt(() =>
    parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, schema: 'core', merge: false }),
  );
  const problem = parsed.errors[0] ?? parsed.warnings[0];
  if (problem) throw refuse(problem.code, lines.linePos(problem.pos[0]).line, oneLine(problem.message));
  const convert = (node: unknown, depth: number): Node => {
    const range = (node as { range?: readonly number[] | null } | null)?.range;
    const line = range ? lines.linePos(range[0]).line : 1;
    if (depth > MAX_DEPTH) throw refuse('nested too deeply', line, 'Lists and maps may be nested a few levels only');
    if (isAlias(node)) throw refuse('alias', line, 'Write the value out instead of *name');
    if ((node as { tag?: string } | null)?.tag?.startsWith('!'))
      throw refuse('tag', line, 'A case file has no tags (!name)');
    if (isSeq(node)) return { line, value: node.items.map((item) => convert(item, depth + 1)) };
    if (isMap(node)) {
      const map = new Map<string, Node>();
      for (const { key, value } of node.items) {
        if (!isScalar(key)) throw refuse('key', line, 'A key is one word');
        const name = String(key.value);
        if (map.has(name)) throw refuse('key twice', line, `${name.slice(0, 80)} stands there more than once`);
        map.set(name, convert(value, depth + 1));
      }
      return { line, value: map };
    }
    const value = isScalar(node) ? node.value : null;
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value))
      return { line, value: value as string | number | boolean | null };
    throw refuse('value', line, 'Text, number, list or map is wanted');
  };
  return convert(parsed.contents, 0);
}

function attempt<T>(act: () => T): T {
  try {
    return act();
  } catch (e) {
    throw refuse('unreadable', 1, oneLine((e as Error).message));
  }
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200);

/** Before the parser, whose time grows with depth: flow brackets and lists in lists, counted per line and in all. */
function checkDepth(text: string): void {
  let depth = 0;
  let line = 1;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\n') line++;
    else if (c === '[' || c === '{') depth++;
    else if ((c === ']' || c === '}') && depth > 0) depth--;
    if (depth > 64) throw refuse('nested too deeply', line, 'Brackets are nested too deeply');
  }
  const deep = text.split('\n').findIndex((l) => /^\s{200}/.test(l) || /^\s*(?:[-?:]\s+){17}/.test(l));
  if (deep >= 0) throw refuse('nested too deeply', deep + 1, 'Lists and maps may be nested a few levels only');
}
