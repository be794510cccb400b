/** Reads a JSON list out of bytes, value by value and only those that are asked for: nothing else is made of them. */
export interface JsonList {
  /** Looks at the list, or at the keys and values of the object, that begins at `from`. Its JSON must be sound. */
  open(bytes: Buffer, from: number, to: number): void;
  /** The same where `placeValues` has found its values before. */
  view(bytes: Buffer, found: FoundValues): void;
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

/** Values stand one byte apart: each place is that of a value's first byte, and the one behind them that of the next. */
export interface FoundValues {
  readonly places: Int32Array;
  /** Where this list's places begin among them, and how many values it has. */
  readonly first: number;
  readonly count: number;
}

const [QUOTE, COMMA, MINUS, POINT, ZERO, NINE, COLON] = [0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x39, 0x3a];
const [OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5c, 0x5d, 0x7b, 0x7d];
const [FALSE, NULL, TRUE] = [0x66, 0x6e, 0x74];
/** So many digits fit into a double with none lost, and dividing by a power of ten up to this one rounds rightly. */
const EXACT_DIGITS = 15;

/** Values behind the first `limit` are passed over. */
export function createJsonList(limit: number): JsonList {
  return new Reader(limit);
}

/** A class, so that all readers have one shape: asked for fifty values of a frame, that counts. */
class Reader implements JsonList {
  bytes: Buffer = Buffer.alloc(0);
  count = 0;
  private readonly own: Int32Array;
  private places: Int32Array;
  private first = 0;

  constructor(limit: number) {
    this.own = new Int32Array(limit + 1);
    this.places = this.own;
  }

  open(bytes: Buffer, from: number, to: number): void {
    const { own: places } = this;
    const count = placeValues({ bytes, from, to, places, first: 0, limit: places.length - 1 });
    this.view(bytes, { places, first: 0, count });
  }

  view(bytes: Buffer, { places, first, count }: FoundValues): void {
    this.bytes = bytes;
    this.places = places;
    this.first = first;
    this.count = count;
  }

  start(place: number): number {
    return this.places[this.first + place] ?? 0;
  }

  end(place: number): number {
    return (this.places[this.first + place + 1] ?? 1) - 1;
  }

  is(place: number, json: Uint8Array): boolean {
    const from = this.start(place);
    if (place >= this.count || this.end(place) - from !== json.length) return false;
    for (let at = 0; at < json.length; at += 1) if (this.bytes[from + at] !== json[at]) return false;
    return true;
  }

  isNull(place: number): boolean {
    return this.opening(place) === NULL;
  }

  number(place: number): number | null {
    const first = this.opening(place);
    const isNumber = isDigit(first) || first === MINUS;
    return isNumber ? numberIn(this.bytes, this.start(place), this.end(place)) : null;
  }

  boolean(place: number): boolean | null {
    const first = this.opening(place);
    return first === TRUE ? true : first === FALSE ? false : null;
  }

  text(place: number): string | null {
    return this.opening(place) === QUOTE ? textIn(this.bytes, this.start(place), this.end(place)) : null;
  }

  value(place: number): unknown {
    const first = this.opening(place);
    if (first === OPEN_LIST || first === OPEN_OBJECT)
      return JSON.parse(this.bytes.toString('utf8', this.start(place), this.end(place)));
    return this.text(place) ?? this.number(place) ?? this.boolean(place);
  }

  private opening(place: number): number {
    return place < this.count ? (this.bytes[this.start(place)] ?? NULL) : NULL;
  }
}

export interface Search {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  /** Has room from `first` on for one place more than `limit`. */
  readonly places: Int32Array;
  readonly first: number;
  readonly limit: number;
}

/** Notes where the values of a list or object stand, `limit` at most; gives how many it noted. */
export function placeValues({ bytes, from, to, places, first, limit }: Search): number {
  let count = 0;
  let depth = 0;
  places[first] = from + 1;
  for (let at = from + 1; at < to && count < limit; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      for (at += 1; at < to && bytes[at] !== QUOTE; at += 1) if (bytes[at] === BACKSLASH) at += 1;
    } else if (byte === COMMA || byte === COLON) {
      if (depth === 0) places[first + ++count] = at + 1;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth += 1;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      depth -= 1;
      if (depth >= 0) continue;
      if (at > from + 1) places[first + ++count] = at + 1;
      break;
    }
  }
  return count;
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
