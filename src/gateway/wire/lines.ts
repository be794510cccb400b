/** A longer line is let go unread; its bytes still flow. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;

/** Between lines no more than this is kept for the next one. */
const KEPT_BYTES = 64 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const EMPTY = Buffer.alloc(0);

export interface LineListener {
  /**
   * One line without its end: `bytes[from, to)`, valid during the call only. `after` is the offset behind the line's
   * end in the chunk that is being pushed; at the end of the stream it is 0.
   */
  line(bytes: Buffer, from: number, to: number, after: number): void;
  /** A line was longer than `MAX_LINE_BYTES`; called once, at its end. */
  lost(after: number): void;
}

export interface LineSplitter {
  push(chunk: Buffer): void;
  /** Hands over an unfinished last line. */
  end(): void;
  /** True inside a line. */
  isOpen(): boolean;
}

/**
 * Cuts chunks into lines however they were split. Lines end with LF; with `atCr` also with CR or CRLF, as SSE wants
 * (a CR ends its line at once, an LF that follows is skipped, even in the next chunk). No copy is made of a line that
 * lies in one chunk.
 */
export function lineSplitter(listener: LineListener, atCr: boolean): LineSplitter {
  let held: Buffer = EMPTY; // the beginning of a line from earlier chunks: held[0, size)
  let size = 0;
  let isTooLong = false;
  let skipsLf = false;

  const hold = (chunk: Buffer, from: number, to: number): void => {
    const needed = size + to - from;
    if (isTooLong || needed > MAX_LINE_BYTES) {
      isTooLong = true;
      size = 0;
      held = EMPTY;
      return;
    }
    if (needed > held.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, Math.min(held.length * 2, MAX_LINE_BYTES), 1024));
      held.copy(grown, 0, 0, size);
      held = grown;
    }
    chunk.copy(held, size, from, to);
    size = needed;
  };
  /** Ends the line whose last part is `chunk[from, to)`. */
  const finish = (chunk: Buffer, from: number, to: number, after: number): void => {
    if (size === 0 && !isTooLong && to - from <= MAX_LINE_BYTES) {
      listener.line(chunk, from, to, after);
      return;
    }
    hold(chunk, from, to);
    if (isTooLong) {
      isTooLong = false;
      listener.lost(after);
      return;
    }
    const length = size;
    size = 0;
    listener.line(held, 0, length, after);
    if (held.length > KEPT_BYTES) held = EMPTY;
  };

  return {
    push(chunk) {
      let from = 0;
      if (skipsLf && chunk.length > 0) {
        if (chunk[0] === LF) from = 1;
        skipsLf = false;
      }
      let cr = atCr ? chunk.indexOf(CR, from) : -1; // one native search for the usual chunk without any
      for (;;) {
        const lf = chunk.indexOf(LF, from);
        if (cr !== -1 && (lf === -1 || cr < lf)) {
          finish(chunk, from, cr, cr + 1);
          from = cr + 1;
          if (from === chunk.length) skipsLf = true;
          else if (chunk[from] === LF) from += 1;
          cr = chunk.indexOf(CR, from);
        } else if (lf !== -1) {
          finish(chunk, from, lf, lf + 1);
          from = lf + 1;
        } else break;
      }
      if (from < chunk.length) hold(chunk, from, chunk.length);
    },
    end() {
      if (size > 0 || isTooLong) finish(EMPTY, 0, 0, 0);
    },
    isOpen: () => size > 0 || isTooLong,
  };
}
