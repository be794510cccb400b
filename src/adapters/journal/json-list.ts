/** Reads a JSON list out of bytes, value by value and only those that are asked for: nothing else is made of them. */
export interface JsonList {
  /** Looks at the list, or at the keys and values of the object, that begins at `from`. Its JSON must be sound. */
  open(bytes: Buffer, from: number, to: number): void;
  /** What it was opened with. */
  readonly bytes: Buffer;
  /** How many values it has, at most as many as this reader was made for. */
  readonly count: number;
  /** Offsets of the value's first byte, and of the one behind it. */
  start(place: number): number;
  end(place: number): number;
  /** True when the value is these bytes, as JSON. */
  is(place: number, json: Uint8Array): boolean;
  /** True also for a place behind the last. */
  isNull(place: number): boolean;
  /** Null for what is no number. */
  number(place: number): number | null;
  boolean(place: number): boolean | null;
  /** Null for what is no text. */
  text(place: number): string | null;
  /** Any value, as a parser gives it. */
  value(place: number): unknown;
}

const [QUOTE, COMMA, MINUS, POINT, ZERO, NINE, COLON] = [0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x39, 0x3a];
const [OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5c, 0x5d, 0x7b, 0x7d];
const [FALSE, NULL, TRUE] = [0x66, 0x6e, 0x74];
/** So many digits fit into a double with none lost, and dividing by a power of ten up to this one rounds rightly. */
const EXACT_DIGITS = 15;

/** Values behind the first `limit` are passed over. */
export function createJsonList(limit: number): JsonList {
  const starts = new Int32Array(limit);
  const ends = new Int32Array(limit);
  let bytes: Buffer = Buffer.alloc(0);
  let count = 0;
  const start = (place: number): number => starts[place] ?? 0;
  const end = (place: number): number => ends[place] ?? 0;
  const opening = (place: number): number | undefined => (place < count ? bytes[start(place)] : NULL);
  const number = (place: number): number | null => {
    const first = opening(place);
    if (first === undefined || !(isDigit(first) || first === MINUS)) return null;
    return numberIn(bytes, start(place), end(place));
  };
  const boolean = (place: number): boolean | null => {
    const first = opening(place);
    return first === TRUE ? true : first === FALSE ? false : null;
  };
  const text = (place: number): string | null =>
    opening(place) === QUOTE ? textIn(bytes, start(place), end(place)) : null;
  return {
    open(source, from, to) {
      bytes = source;
      count = findValues({ bytes, from, to, starts, ends });
    },
    get bytes() {
      return bytes;
    },
    get count() {
      return count;
    },
    start,
    end,
    is(place, json) {
      const from = start(place);
      if (place >= count || end(place) - from !== json.length) return false;
      for (let at = 0; at < json.length; at += 1) if (bytes[from + at] !== json[at]) return false;
      return true;
    },
    isNull: (place) => opening(place) === NULL,
    number,
    boolean,
    text,
    value(place) {
      const first = opening(place);
      if (first === OPEN_LIST || first === OPEN_OBJECT)
        return JSON.parse(bytes.toString('utf8', start(place), end(place)));
      return text(place) ?? number(place) ?? boolean(place);
    },
  };
}

interface Search {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Notes where the values begin and end, as far as there is room; gives how many it noted. */
function findValues({ bytes, from, to, starts, ends }: Search): number {
  let count = 0;
  let depth = 0;
  let begin = from + 1;
  for (let at = begin; at < to && count < starts.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = closingQuote(bytes, at, to);
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth += 1;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      depth -= 1;
      if (depth >= 0) continue;
      if (at > begin) {
        starts[count] = begin;
        ends[count++] = at;
      }
      break;
    } else if (depth === 0 && (byte === COMMA || byte === COLON)) {
      starts[count] = begin;
      ends[count++] = at;
      begin = at + 1;
    }
  }
  return count;
}

function closingQuote(bytes: Buffer, from: number, to: number): number {
  let at = from + 1;
  while (at < to && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

/** Digits with at most one point are read here, which is most of them; the rest by the language. */
function numberIn(bytes: Buffer, from: number, to: number): number {
  let digits = 0;
  let scale = 0;
  if (to - from > EXACT_DIGITS) return Number(bytes.toString('latin1', from, to));
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === POINT && scale === 0) scale = 1;
    else if (isDigit(byte)) {
      digits = digits * 10 + byte - ZERO;
      scale *= 10;
    } else return Number(bytes.toString('latin1', from, to));
  }
  return scale === 0 ? digits : digits / scale;
}

function textIn(bytes: Buffer, from: number, to: number): string {
  for (let at = from + 1; at < to - 1; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === BACKSLASH || byte > 0x7e) return JSON.parse(bytes.toString('utf8', from, to)) as string;
  }
  return bytes.toString('latin1', from + 1, to - 1);
}
