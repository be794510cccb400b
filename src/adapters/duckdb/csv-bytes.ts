import { type Cell, csvCell } from '../../domain/csv.ts';
import type { JsonList } from '../journal/json-list.ts';

/** Lines of CSV on their way out, as bytes. */
export interface CsvBytes {
  cell(cell: Cell): void;
  /** The same for a value of a frame: most are copied as they stand there. */
  value(list: JsonList, place: number): void;
  endLine(): void;
  /** Bytes that wait. */
  readonly length: number;
  /** What waits; the next lines go into bytes of their own. */
  take(): Uint8Array;
}

const FIRST_BYTES = 128 * 1024;
/** What a UTF-16 unit can become in UTF-8. */
const MOST_BYTES_PER_UNIT = 3;
const [QUOTE, COMMA, CR, LF, BACKSLASH] = [0x22, 0x2c, 0x0d, 0x0a, 0x5c];
const [MINUS, ZERO, NINE, TRUE, FALSE, LAST_PLAIN] = [0x2d, 0x30, 0x39, 0x74, 0x66, 0x7e];
/** A text that begins so, or that has anything but plain ASCII in it, is left to `csvCell`. */
const FORMULAS = [...'=+-@'].map((sign) => sign.charCodeAt(0));

export function createCsvBytes(): CsvBytes {
  let out = Buffer.allocUnsafe(FIRST_BYTES);
  let length = 0;
  let isFirst = true;

  function makeRoom(bytes: number): void {
    if (length + bytes <= out.length) return;
    const larger = Buffer.allocUnsafe(2 * (length + bytes));
    out.copy(larger, 0, 0, length);
    out = larger;
  }
  function separate(): void {
    if (!isFirst) out[length++] = COMMA;
    isFirst = false;
  }
  function write(cell: Cell): void {
    const text = csvCell(cell);
    makeRoom(MOST_BYTES_PER_UNIT * text.length);
    length += out.write(text, length);
  }
  /** False where a byte needs care; nothing is written then. */
  function copyText({ bytes }: JsonList, from: number, to: number): boolean {
    if (FORMULAS.includes(bytes[from] ?? 0)) return false;
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === COMMA || byte === BACKSLASH || byte > LAST_PLAIN) return false;
      out[length + at - from] = byte;
    }
    length += to - from;
    return true;
  }

  return {
    cell(cell) {
      makeRoom(1);
      separate();
      if (cell !== null) write(cell);
    },
    value(list, place) {
      const [from, to] = [list.start(place), list.end(place)];
      makeRoom(1 + to - from);
      separate();
      if (list.isNull(place)) return;
      const first = list.bytes[from] ?? 0;
      if (first === QUOTE) {
        if (!copyText(list, from + 1, to - 1)) write(list.text(place));
      } else if ((first >= ZERO && first <= NINE) || first === MINUS || first === TRUE || first === FALSE) {
        const { bytes } = list; // a few, so that calling for a copy would take longer
        for (let at = from; at < to; at += 1) out[length++] = bytes[at] ?? 0;
      } else throw new Error('a list is no cell');
    },
    endLine() {
      makeRoom(2);
      out[length++] = CR;
      out[length++] = LF;
      isFirst = true;
    },
    get length() {
      return length;
    },
    take() {
      const taken = out.subarray(0, length);
      out = Buffer.allocUnsafe(FIRST_BYTES);
      length = 0;
      return taken;
    },
  };
}
