import type { JsonPieces } from '../../contract/frame.ts';
import { createFrameBatch } from './frame-batch.ts';
import { type LogWriter, type LogWriterOptions, openLogWriter } from './log-writer.ts';

/** A log that writes the records of a turn together. */
export interface Log extends Pick<LogWriter, 'sync' | 'needsSync' | 'tick' | 'writable'> {
  /** Takes the text of a frame. Throws RangeError when it is larger than any frame. */
  add(text: JsonPieces): void;
  /** Counts a record that was not taken. */
  drop(): void;
  /** Hands what was taken to the operating system. */
  flush(): void;
  /** The same, and ends the newest segment. Gives its number: up to it, nobody writes to any segment any more. */
  seal(): number;
  /** Records that came to nothing. */
  readonly dropped: number;
  close(): void;
}

/** Throws when the folder cannot be written. */
export function openLog(options: LogWriterOptions): Log {
  const writer = openLogWriter(options);
  const batch = createFrameBatch();
  let refused = 0;
  const flush = (): void => {
    const frames = batch.take();
    if (frames !== null) writer.write(frames);
  };
  return {
    add(text) {
      if (batch.add(text)) return;
      flush();
      batch.add(text);
    },
    drop() {
      refused += 1;
    },
    flush,
    seal() {
      flush();
      return writer.seal();
    },
    sync: writer.sync,
    tick: writer.tick,
    get needsSync() {
      return writer.needsSync;
    },
    get writable() {
      return writer.writable;
    },
    get dropped() {
      return refused + writer.dropped;
    },
    close() {
      flush();
      writer.close();
    },
  };
}
