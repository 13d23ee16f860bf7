import { OsteonError } from '../base/index.ts';

/** A table of text with one header line. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const MOST_CELLS = 2_000_000;

/**
 * Comma, semicolon or tab between cells, whichever the header line holds most of; cells in double quotes may hold them
 * and line ends. With semicolons or tabs a comma inside a number is a decimal comma.
 * @throws cohort.table where a row is not as long as the header, a name is missing or given twice, a quote stays open
 */
export function parseTable(text: string): Table & { readonly decimalComma: boolean } {
  const source = text.replace(/^\uFEFF/, '');
  const first = source.slice(0, source.indexOf('\n') < 0 ? source.length : source.indexOf('\n'));
  const count = (c: string) => first.split(c).length;
  const mark = [',', ';', '\t'].reduce((best, c) => (count(c) > count(best) ? c : best), ',');
  const lines = splitCells(source, mark).filter((row) => row.some((cell) => cell !== ''));
  const [head, ...rows] = lines;
  if (!head || rows.length === 0) throw new OsteonError('cohort.table', { rows: rows.length }, HINT);
  if (head.some((name) => name === '') || new Set(head).size < head.length)
    throw new OsteonError('cohort.table', { what: 'a column without a name, or two of one name' }, HINT);
  const short = rows.findIndex((row) => row.length !== head.length);
  if (short >= 0)
    throw new OsteonError('cohort.table', { row: short + 2, cells: rows[short].length, columns: head.length }, HINT);
  return { head, rows, decimalComma: mark !== ',' };
}

const HINT = 'One header line, one line for each case, the same number of cells in every line';

function splitCells(text: string, mark: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  let cells = 0;
  const push = () => {
    rows[rows.length - 1].push(cell.trim());
    cell = '';
    if (++cells > MOST_CELLS) throw new OsteonError('io.limit', { what: 'cells', most: MOST_CELLS });
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"' && cell.trim() === '') quoted = true;
    else if (c === mark) push();
    else if (c === '\n') {
      push();
      rows.push([]);
    } else if (c !== '\r') cell += c;
  }
  if (quoted) throw new OsteonError('cohort.table', { what: 'a quote that stays open' }, HINT);
  if (cell !== '' || rows[rows.length - 1].length > 0) push();
  return rows;
}

/** A cell is left out of the statistics when it says nothing. */
export const isEmptyCell = (cell: string): boolean => /^(|-|–|\?|na|n\/a|nan|missing)$/i.test(cell);

/** Number of a cell; NaN where it is none. */
export function cellNumber(cell: string, decimalComma: boolean): number {
  const plain = (decimalComma ? cell.replace(',', '.') : cell).replace('−', '-');
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN;
}

/** Text → one line of a CSV file. */
export const csvLine = (cells: readonly (string | number)[]): string =>
  cells.map((c) => (/[",\n;]/.test(`${c}`) ? `"${`${c}`.replaceAll('"', '""')}"` : `${c}`)).join(',');
