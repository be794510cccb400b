import type { FrameListener, FrameReader } from './frames.ts';
import { jsonValuesIn } from './json-values.ts';
import { lineSplitter } from './lines.ts';

/** Reads newline-delimited JSON, a frame a line. Blank lines are nothing; several values on one line are several frames. */
export function ndjsonReader(listener: FrameListener): FrameReader {
  const lines = lineSplitter(
    {
      line(bytes, from, to, after) {
        if (to > from) readJsonFrame(bytes.toString('utf8', from, to), false, listener);
        listener.boundary?.(after);
      },
      lost(after) {
        listener.lost();
        listener.boundary?.(after);
      },
    },
    false,
  );
  return { push: lines.push, end: lines.end, isOpen: lines.isOpen };
}

/** Hands the JSON of one frame to the listener; what is not JSON as far as it can be read. */
export function readJsonFrame(text: string, isError: boolean, listener: FrameListener): void {
  if (!isError && listener.isKnown?.(text)) return;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { values, hasGarbage } = jsonValuesIn(text);
    for (const part of values) listener.json(part, isError, null);
    if (hasGarbage) listener.garbage();
    return;
  }
  listener.json(value, isError, text);
}
