/** A value of a cell. Numbers and truth values are written by us; a text may be anything. */
export type Cell = string | number | boolean | null;

export interface Column<Row> {
  readonly name: string;
  readonly value: (row: Row) => Cell;
}

/** Spreadsheets take a file for UTF-8 only with it. */
const BOM = '\uFEFF';
/**
 * A text that begins so could be run as a formula; so could one behind a tab or a line end, which spreadsheets skip, and
 * behind a full-width sign, which some read as the plain one.
 */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const NEEDS_QUOTES = /[",\r\n]/;
/** Most texts are neither; one look tells. */
const NEEDS_CARE = new RegExp(`${FORMULA.source}|${NEEDS_QUOTES.source}`);

/** A cell of RFC 4180. Texts that could be a formula get an apostrophe before them; numbers stay numbers. */
export function csvCell(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  if (!NEEDS_CARE.test(value)) return value;
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvHead<Row>(columns: readonly Column<Row>[]): string {
  return `${BOM}${columns.map(({ name }) => csvCell(name)).join(',')}\r\n`;
}

/** Written without a list in between: a million rows have tens of millions of cells. */
export function csvRow<Row>(columns: readonly Column<Row>[], row: Row): string {
  let line = '';
  let separator = '';
  for (const { value } of columns) {
    line += separator + csvCell(value(row));
    separator = ',';
  }
  return `${line}\r\n`;
}
