import { type Cell, csvCell } from '../../domain/csv.ts';
import type { JsonList } from '../journal/json-list.ts';
import { createTimeWriter } from './time-writer.ts';

/** Lines of CSV on their way out, as bytes. */
export interface CsvBytes {
  /** `room`: bytes that `value` will copy for this line, at most. */
  beginLine(room: number): void;
  cell(cell: Cell): void;
  /** The same for a text of ours in plain ASCII, such as a number. */
  plain(text: string): void;
  /** The same for a time, as `toISOString` writes it. */
  time(timeMs: number): void;
  /** The same for a value of a frame: most are copied as they stand there. */
  value(list: JsonList, place: number): void;
  endLine(): void;
  /** Bytes that wait. */
  readonly length: number;
  /** What waits; the next lines go into bytes of their own. */
  take(): Uint8Array<ArrayBuffer>;
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
  return new Lines();
}

/** A class, so that all writers have one shape: asked for thirty cells of a line, that counts. */
class Lines implements CsvBytes {
  length = 0;
  private out = Buffer.allocUnsafe(FIRST_BYTES);
  private lineRoom = 0;
  private isFirst = true;
  private readonly writeTime = createTimeWriter();

  beginLine(room: number): void {
    this.lineRoom = room + OWN_BYTES;
    this.makeRoom(this.lineRoom);
  }

  cell(cell: Cell): void {
    this.separate();
    if (cell !== null) this.write(cell);
  }

  plain(text: string): void {
    this.separate();
    for (let at = 0; at < text.length; at += 1) this.out[this.length++] = text.charCodeAt(at);
  }

  time(timeMs: number): void {
    this.separate();
    this.length = this.writeTime(this.out, this.length, timeMs);
  }

  value(list: JsonList, place: number): void {
    this.separate();
    if (list.isNull(place)) return;
    const { bytes } = list;
    const [from, to] = [list.start(place), list.end(place)];
    const first = bytes[from];
    if (first === QUOTE) {
      if (!this.copyText(bytes, from + 1, to - 1)) this.write(list.text(place));
    } else if (first === OPEN_LIST || first === OPEN_OBJECT) throw new Error('a list is no cell');
    else this.copy(bytes, from, to);
  }

  endLine(): void {
    this.out[this.length++] = CR;
    this.out[this.length++] = LF;
    this.isFirst = true;
  }

  take(): Uint8Array<ArrayBuffer> {
    const taken = this.out.subarray(0, this.length);
    this.out = Buffer.allocUnsafe(FIRST_BYTES);
    this.length = 0;
    return taken;
  }

  private makeRoom(bytes: number): void {
    if (this.length + bytes <= this.out.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.length + bytes));
    this.out.copy(larger, 0, 0, this.length);
    this.out = larger;
  }

  private separate(): void {
    if (this.isFirst) this.isFirst = false;
    else this.out[this.length++] = COMMA;
  }

  private write(cell: Cell): void {
    const text = csvCell(cell);
    this.makeRoom(MOST_BYTES_PER_UNIT * text.length + this.lineRoom);
    this.length += this.out.write(text, this.length);
  }

  private copy(bytes: Buffer, from: number, to: number): void {
    const { out, length } = this;
    const shift = length - from;
    for (let at = from; at < to; at += 1) out[at + shift] = bytes[at] ?? 0;
    this.length = length + to - from;
  }

  /** False where a byte needs care: what was written then is written over. */
  private copyText(bytes: Buffer, from: number, to: number): boolean {
    if (from === to) return true;
    if (MAY_BEGIN[bytes[from] ?? 0] === 0) return false;
    const { out, length } = this;
    const shift = length - from;
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at] ?? 0;
      if (IS_PLAIN[byte] === 0) return false;
      out[at + shift] = byte;
    }
    this.length = length + to - from;
    return true;
  }
}
