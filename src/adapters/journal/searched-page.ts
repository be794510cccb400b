import { FRAME_OPENING } from '../../contract/frame.ts';
import { type FoundValues, placeValues } from './json-list.ts';
import type { RawPage } from './reader.ts';
import { type FoundFrame, FRAME_HEAD_BYTES } from './segment.ts';

/** Values of a frame that are looked at; a request has fewer. */
const MOST_VALUES = 64;
const TEXT_INITIAL = 't'.charCodeAt(0);

/** A page with the places of all values in its frames: flat, so that a thread gives it to another without a copy. */
export interface SearchedPage extends Omit<RawPage, 'frames'> {
  readonly count: number;
  /** Of each frame: where it begins and ends, where its places begin, how many values it has. */
  readonly frames: Int32Array<ArrayBuffer>;
  readonly places: Int32Array<ArrayBuffer>;
}
const FIELDS = 4;

/** One frame of it. */
export interface SearchedFrame extends FoundFrame, FoundValues {
  /** Has no values: a text is long, and little of it is read. */
  readonly isText: boolean;
}

/** Gives a search of pages, each as long as it needs to be. */
export function createPageSearch(): (page: RawPage) => SearchedPage {
  let places = new Int32Array(0); // of the page with the most
  return ({ frames: found, ...page }) => {
    const most = found.length * (MOST_VALUES + 1);
    if (places.length < most) places = new Int32Array(most);
    const frames = new Int32Array(found.length * FIELDS);
    let [at, first] = [0, 0];
    for (const { start, end } of found) {
      const from = start + FRAME_HEAD_BYTES;
      const search = { bytes: page.bytes, from, to: end, places, first, limit: MOST_VALUES };
      const count = isText(page.bytes, start) ? 0 : placeValues(search);
      frames[at] = start;
      frames[at + 1] = end;
      frames[at + 2] = first;
      frames[at + 3] = count;
      at += FIELDS;
      first += count + 1; // and the place behind the last
    }
    return { ...page, count: found.length, frames, places: places.slice(0, first) };
  };
}

export function frameOf({ bytes, frames, places }: SearchedPage, number: number): SearchedFrame {
  const at = number * FIELDS;
  const start = frames[at] ?? 0;
  return {
    start,
    end: frames[at + 1] ?? 0,
    first: frames[at + 2] ?? 0,
    count: frames[at + 3] ?? 0,
    places,
    isText: isText(bytes, start),
  };
}

function isText(bytes: Buffer, start: number): boolean {
  return bytes[start + FRAME_HEAD_BYTES + FRAME_OPENING.length] === TEXT_INITIAL;
}
