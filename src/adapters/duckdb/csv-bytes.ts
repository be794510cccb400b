import { type Cell, csvCell } from '../../domain/csv.ts';
import type { JsonList } from '../journal/json-list.ts';

/** Lines of CSV on their way out, as bytes. */
export interface CsvBytes {
  /** `room`: bytes that `value` will copy for this line, at most. */
  beginLine(room: number): void;
  cell(cell: Cell): void;
  /** The same for a text of ours in plain ASCII, such as a number or a time. */
  plain(text: string): void;
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
/** Commas, the line's end, and a few plain texts. */
const OWN_BYTES = 512;
const [QUOTE, COMMA, CR, LF, OPEN_LIST, OPEN_OBJECT] = [0x22, 0x2c, 0x0d, 0x0a, 0x5b, 0x7b];
/** Bytes that a text is copied with; one with any other, or that begins as a formula does, is left to `csvCell`. */
const IS_PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= 0x20 && byte <= 0x7e && byte !== COMMA && byte !== 0x5c),
);
const MAY_BEGIN = IS_PLAIN.map((isPlain, byte) =>
  Number(isPlain && !'=+-@'.includes(String.fromCharCode(byte))),
);

export function createCsvBytes(): CsvBytes {
  let out = Buffer.allocUnsafe(FIRST_BYTES);
  let length = 0;
  let lineRoom = 0;
  let isFirst = true;

  function makeRoom(bytes: number): void {
    if (length + bytes <= out.length) return;
    const larger = Buffer.allocUnsafe(2 * (length + bytes));
    out.copy(larger, 0, 0, length);
    out = larger;
  }
  function separate(): void {
    if (isFirst) isFirst = false;
    else out[length++] = COMMA;
  }
  function write(cell: Cell): void {
    const text = csvCell(cell);
    makeRoom(MOST_BYTES_PER_UNIT * text.length + lineRoom);
    length += out.write(text, length);
  }
  /** False where a byte needs care; nothing is written then. */
  function copyText(bytes: Buffer, from: number, to: number): boolean {
    if (from === to) return true;
    if (MAY_BEGIN[bytes[from] ?? 0] === 0) return false;
    let end = length;
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at] ?? 0;
      if (IS_PLAIN[byte] === 0) return false;
      out[end++] = byte;
    }
    length = end;
    return true;
  }

  return {
    beginLine(room) {
      lineRoom = room + OWN_BYTES;
      makeRoom(lineRoom);
    },
    cell(cell) {
      separate();
      if (cell !== null) write(cell);
    },
    plain(text) {
      separate();
      for (let at = 0; at < text.length; at += 1) out[length++] = text.charCodeAt(at);
    },
    value(list, place) {
      separate();
      if (list.isNull(place)) return;
      const { bytes } = list;
      const [from, to] = [list.start(place), list.end(place)];
      const first = bytes[from];
      if (first === QUOTE) {
        if (!copyText(bytes, from + 1, to - 1)) write(list.text(place));
      } else if (first === OPEN_LIST || first === OPEN_OBJECT) throw new Error('a list is no cell');
      else for (let at = from; at < to; at += 1) out[length++] = bytes[at] ?? 0;
    },
    endLine() {
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
