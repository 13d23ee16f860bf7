import { NOTHING_PLANNED, type Planned, parsePlanned } from '../../src/plan/index.ts';
import { type Edit, parseEdits } from '../../src/segment/index.ts';
import { isPelvic, namesOf, plannedOf } from './pelvis.ts';

/** Everything a person decided in a case. Never changed: each change is a new one. */
export interface Decisions {
  /** `case.yaml` as written, without the name of the edits file: the server puts it there. */
  readonly document: string;
  readonly edits: readonly Edit[];
  readonly planned: Planned;
}

/** What was done, as data: enough to do it again, and to write it as a command line. */
export interface Command {
  readonly verb: string;
  readonly [argument: string]: unknown;
}

/** @throws segment.edit where the server holds what this program does not understand */
export function decisionsOf(document: string, edits: unknown): Decisions {
  const file = (edits ?? { edits: [] }) as { planned?: unknown };
  const text = withKey(document, 'edits', null);
  const beside = parsePlanned(file.planned);
  const planned = isPelvic(text) ? plannedOf(text, beside) : beside;
  return { document: text, edits: parseEdits(file, namesOf(text)).edits, planned };
}

/** The edits file as the case keeps it; none where the case file says it all. */
export function editsFile({ document, edits, planned }: Decisions): unknown {
  const beside = isPelvic(document) ? { ...planned, ...IN_CASE_FILE } : planned;
  const some = Object.values(beside).some((list) => list.length > 0);
  if (edits.length === 0 && !some) return null;
  return { edits: edits.map(written), ...(some && { planned: beside }) };
}
/** Of a pelvic case: these stand in the case file itself. */
const IN_CASE_FILE = { screws: NOTHING_PLANNED.screws, plates: NOTHING_PLANNED.plates };

/** An edit as its file has it: a motion is a matrix of 4 × 4. */
export const written = (edit: Edit): unknown =>
  edit.op === 'move' ? { ...edit, transform: [...edit.transform.m, 0, 0, 0, 1] } : edit;

export const sameDecisions = (a: Decisions, b: Decisions): boolean =>
  a.document === b.document && JSON.stringify(editsFile(a)) === JSON.stringify(editsFile(b));

/** One key of the case file set to a value, the rest of the text as it was. */
export function withKey(document: string, key: string, value: string | number | null): string {
  const lines = document.split('\n');
  const at = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (at < 0 && value === null) return document;
  const line = value === null ? [] : [`${key}: ${value}`];
  if (at < 0) {
    while (lines.at(-1) === '') lines.pop();
    return [...lines, ...line, ''].join('\n');
  }
  let end = at + 1;
  while (end < lines.length && /^\s+\S/.test(lines[end])) end++;
  lines.splice(at, end - at, ...line);
  return lines.join('\n');
}

const quoted = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[\w./@:=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
};

/** The same act from a shell; empty for what has no meaning there. */
export function commandLine({ verb, ...args }: Command, caseId: string): string {
  const change = `osteon change ${caseId}`;
  switch (verb) {
    case 'edit':
      return `${change} --edit ${quoted(args.edit)}`;
    case 'plan':
      return `${change} --planned ${quoted(args.planned)}`;
    case 'set':
      return [
        change,
        ...Object.entries(args.values as object).map(
          ([key, value]) =>
            `--set ${quoted(`${key}=${value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)}`)}`,
        ),
      ].join(' ');
    case 'undo':
      return args.to === undefined ? '' : `${change} --undo ${args.to}`;
    default:
      return '';
  }
}
