/** Columns of text, aligned; numbers (columns from `numbersFrom` on) to the right. */
export function columns(rows: readonly (readonly string[])[], numbersFrom = Number.POSITIVE_INFINITY): string {
  const widths = rows.reduce<number[]>((w, row) => row.map((cell, i) => Math.max(w[i] ?? 0, cell.length)), []);
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i >= numbersFrom ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}

/** `label   value` lines. */
export const facts = (rows: readonly (readonly [string, string])[]): string => columns(rows);

/** Plain numbers for terminals: ASCII minus, so that they can be copied. */
export const num = (value: number | null | undefined, decimals = 2): string =>
  value === null || value === undefined || !Number.isFinite(value) ? '-' : value.toFixed(decimals);
