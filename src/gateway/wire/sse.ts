import type { FrameListener, FrameReader } from './frames.ts';
import { lineSplitter, MAX_LINE_BYTES } from './lines.ts';
import { readJsonFrame } from './ndjson.ts';

const SPACE = 0x20;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const DATA = Buffer.from('data');
const ERROR = Buffer.from('error');
/** Fields of the standard that say nothing about a chat answer. */
const QUIET = [Buffer.from('event'), Buffer.from('id'), Buffer.from('retry')];

/**
 * Reads server-sent events whose data are JSON. Takes LF, CR and CRLF, a byte order mark, `data:` with and without a
 * space, comments, events of several `data` lines; besides the standard, llama.cpp's field `error:` and bare JSON
 * lines, as servers send them that fail before they begin to stream.
 */
export function sseReader(listener: FrameListener): FrameReader {
  let data: string | null = null;
  let isError = false;
  let isLost = false; // a part of the event was too long to keep
  let isFirstLine = true;

  const dispatch = (): void => {
    const text = data;
    if (isLost) listener.lost();
    else if (text !== null && text !== '') {
      if (text.startsWith('[DONE]')) listener.done();
      else readJsonFrame(text, isError, listener);
    }
    data = null;
    isError = false;
    isLost = false;
  };
  const append = (text: string): void => {
    if (data === null) data = text;
    else if (data.length + text.length > MAX_LINE_BYTES) isLost = true;
    else data = `${data}\n${text}`;
  };
  const field = (bytes: Buffer, from: number, to: number): void => {
    if (startsField(bytes, from, to, DATA)) append(valueText(bytes, from + DATA.length, to));
    else if (bytes[from] === COLON) return;
    else if (startsField(bytes, from, to, ERROR)) {
      isError = true;
      append(valueText(bytes, from + ERROR.length, to));
    } else if (bytes[from] === OPEN_BRACE) readJsonFrame(bytes.toString('utf8', from, to), false, listener);
    else if (!QUIET.some((name) => startsField(bytes, from, to, name))) listener.garbage();
  };
  const lines = lineSplitter(
    {
      line(bytes, from, to, after) {
        let start = from;
        if (isFirstLine) {
          isFirstLine = false;
          if (bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) start += 3;
        }
        if (start < to) field(bytes, start, to);
        else {
          dispatch();
          listener.boundary?.(after);
        }
      },
      lost() {
        isLost = true;
      },
    },
    true,
  );
  return {
    push: lines.push,
    end() {
      lines.end();
      dispatch();
    },
    isOpen: () => lines.isOpen() || data !== null,
  };
}

/** True when the line is the field `name`: the name alone or the name and a colon. */
function startsField(bytes: Buffer, from: number, to: number, name: Buffer): boolean {
  const end = from + name.length;
  if (end > to) return false;
  for (let i = 0; i < name.length; i += 1) if (bytes[from + i] !== name[i]) return false;
  return end === to || bytes[end] === COLON;
}

/** The value behind the field's name, without the colon and one space. */
function valueText(bytes: Buffer, end: number, to: number): string {
  let from = Math.min(end + 1, to);
  if (bytes[from] === SPACE && from < to) from += 1;
  return bytes.toString('utf8', from, to);
}
