import { isSamePlace, type Position } from './reader.ts';

/** Pages that wait to be taken. */
const MOST_AHEAD = 4;

interface Reached {
  readonly next: Position;
  readonly isAtEnd: boolean;
}

/** Reads pages of a log before they are asked for. */
export interface ReadAhead<Page> {
  /** The page of this place: most often the one behind that taken last, which is there already. */
  take(from: Position): Page;
  /** Reads one more. False when so many wait already, or the log's end was seen: there may be more by the next question. */
  readOn(): boolean;
}

export function createReadAhead<Page extends Reached>(read: (from: Position) => Page): ReadAhead<Page> {
  const waiting: { readonly from: Position; readonly page: Page }[] = [];
  let last: Reached | null = null; // of all that were read
  return {
    take(from) {
      if (waiting[0] && !isSamePlace(waiting[0].from, from)) waiting.length = 0;
      const ready = waiting.shift();
      if (ready) return ready.page;
      const page = read(from);
      last = page;
      return page;
    },
    readOn() {
      if (last === null || last.isAtEnd || waiting.length >= MOST_AHEAD) return false;
      const { next: from } = last;
      const page = read(from);
      if (page.isAtEnd) last = { next: from, isAtEnd: true };
      else {
        waiting.push({ from, page });
        last = page;
      }
      return !page.isAtEnd;
    },
  };
}
