import { OsteonError } from '../base/index.ts';

/** One measured value by the id of its row. */
export interface Measurement {
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  readonly instrument: string;
}

const MOST_BYTES = 4_000_000;

/**
 * Measurements from a table with a head: `id` and `value` are needed, `unit` and `instrument` are kept. Rows without a
 * value are taken as not measured. Commas, semicolons or tabs; a decimal comma where semicolons part the cells.
 * @throws make.file naming the line
 */
export function parseMeasurements(text: string): Measurement[] {
  if (text.length > MOST_BYTES) throw new OsteonError('io.limit', { what: 'measurements', bytes: text.length });
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  const first = lines.findIndex((l) => l.trim() !== '' && !l.startsWith('#'));
  const refuse = (line: number, reason: string): never => {
    throw new OsteonError(
      'make.file',
      { what: 'measurements', line: line + 1, reason },
      'A table with the columns id and value is wanted',
    );
  };
  if (first < 0) return refuse(0, 'empty');
  const separator = [';', '\t', ','].find((s) => lines[first].includes(s)) ?? refuse(first, 'one column only');
  const head = cells(lines[first], separator).map((c) => c.trim().toLowerCase());
  const column = (name: string) => head.indexOf(name);
  if (column('id') < 0 || column('value') < 0) return refuse(first, 'no columns id and value');
  const seen = new Set<string>();
  const out: Measurement[] = [];
  for (let i = first + 1; i < lines.length; i++) {
    if (lines[i].trim() === '' || lines[i].startsWith('#')) continue;
    const row = cells(lines[i], separator).map((c) => c.trim());
    const at = (name: string) => (column(name) < 0 ? '' : (row[column(name)] ?? ''));
    const id = at('id');
    const raw = separator === ';' ? at('value').replace(',', '.') : at('value');
    if (id === '') refuse(i, 'no id');
    if (raw === '') continue;
    if (seen.has(id)) refuse(i, `${id.slice(0, 40)} is measured twice`);
    seen.add(id);
    if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(raw)) refuse(i, 'the value is no number');
    out.push({ id, value: Number(raw), unit: at('unit'), instrument: at('instrument') });
  }
  return out;
}

/** Cells of one line; quotes hold separators, doubled quotes stand for one. */
function cells(line: string, separator: string): string[] {
  const out: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (line[i + 1] === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === separator) {
      out.push(cell);
      cell = '';
    } else cell += c;
  }
  out.push(cell);
  return out;
}
