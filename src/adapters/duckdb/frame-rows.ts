import type { DuckDBConnection } from '@duckdb/node-api';
import { DERIVED_PLACES, readFrame } from '../../contract/frame.ts';
import { createJsonList } from '../journal/json-list.ts';
import type { Position } from '../journal/reader.ts';
import { frameOf, type SearchedFrame, type SearchedPage } from '../journal/searched-page.ts';
import { FRAME_HEAD_BYTES, payloadText } from '../journal/segment.ts';
import { type FrameSink, wordBytes } from './frame-sink.ts';
import { createIndexTables } from './index-tables.ts';
import { createKeyTable } from './key-table.ts';
import { hashOfName, hashValue } from './name-hash.ts';
import { NotInMemory, openNameNumbers } from './name-numbers.ts';
import { createNoteRows } from './note-frames.ts';
import { createRequestRows } from './request-frames.ts';
import type { Words } from './words.ts';

/** Requests whose numbers are kept in memory, twice at most: words about others look them up in the file. */
const KEPT_REQUESTS = 200_000;
const [REQUEST_KIND, DERIVED_KIND] = [wordBytes('request'), wordBytes('derived')];
const TEXT_OPENING = '["text",';
/** The first members of a text's record. */
const TEXT_HEAD = ['time_ms', 'request_id'].map(wordBytes);

export interface FrameRows {
  nextSeq(): number;
  /** Makes rows of all frames of a page of either log. */
  add(page: SearchedPage): Promise<void>;
  /** How many rows wait, or few more. */
  waiting(): number;
  /** Appends the rows that wait, within the connection's transaction. */
  flush(): Promise<void>;
}

export interface FrameRowsOptions {
  readonly connection: DuckDBConnection;
  readonly words: Words;
  readonly nextSeq: number;
}

/** Most frames are read value by value out of their bytes; of the others, and rare kinds, the JSON is parsed. */
export async function openFrameRows(options: FrameRowsOptions): Promise<FrameRows> {
  const { connection, words } = options;
  let { nextSeq } = options;
  const tables = createIndexTables();
  const numbers = await openNameNumbers(connection, tables);
  const requests = createKeyTable(KEPT_REQUESTS);
  const sink: FrameSink = { connection, words, tables, numbers, requests, takeSeq: () => nextSeq++ };
  const addRequest = createRequestRows(sink);
  const notes = createNoteRows(sink);
  const list = createJsonList(0);
  const head = createJsonList(2 * TEXT_HEAD.length);
  const id = { low: 0, high: 0 };

  /** Of a text only the first two members are read: what follows is long. */
  function addText(bytes: Buffer, { start, end }: SearchedFrame, { segment, offset }: Position): boolean {
    head.open(bytes, start + FRAME_HEAD_BYTES + TEXT_OPENING.length, end);
    if (!TEXT_HEAD.every((word, at) => head.is(2 * at, word))) return false;
    hashValue(head, 3, id);
    tables.texts.add(id.low, id.high, head.number(1), segment, offset);
    return true;
  }

  /** False for a frame whose JSON has to be parsed. */
  function addBytes(bytes: Buffer, found: SearchedFrame, place: Position): boolean {
    if (found.isText) return addText(bytes, found, place);
    list.view(bytes, found);
    if (list.is(0, REQUEST_KIND)) addRequest(list, place);
    else if (!list.is(0, DERIVED_KIND) || list.count <= DERIVED_PLACES.request_id) return false;
    else return notes.addDerived(list);
    return true;
  }

  async function addParsed(text: string, place: Position): Promise<void> {
    const frame = readFrame(text);
    if (frame === null || frame.kind === 'request') return;
    if (frame.kind === 'text') {
      const { low, high } = hashOfName(frame.record.request_id);
      tables.texts.add(low, high, frame.record.time_ms, place.segment, place.offset);
    } else if (frame.kind === 'session_end') {
      const { session_instance, session_id, time_ms, reason } = frame.record;
      const session = numbers.sessionOf(session_instance ?? session_id, session_id);
      tables.ends.add(nextSeq++, session, time_ms, reason === 'completed');
    } else await notes.add(frame);
  }

  async function addSlowly(bytes: Buffer, found: SearchedFrame, place: Position): Promise<void> {
    for (;;) {
      try {
        if (!addBytes(bytes, found, place)) await addParsed(payloadText(bytes, found), place);
        return;
      } catch (error) {
        if (!(error instanceof NotInMemory)) throw error;
        await error.lookUp(); // at most once for each of a frame's two names
      }
    }
  }

  function addQuickly(bytes: Buffer, found: SearchedFrame, place: Position): boolean {
    try {
      return addBytes(bytes, found, place);
    } catch (error) {
      if (error instanceof NotInMemory) return false;
      throw error;
    }
  }

  return {
    nextSeq: () => nextSeq,
    waiting: () => tables.requests.count() + tables.notes.count(),
    async add(page) {
      const { bytes, place } = page;
      for (let number = 0; number < page.count; number += 1) {
        const found = frameOf(page, number);
        const its = { segment: place.segment, offset: place.offset + found.start };
        if (!addQuickly(bytes, found, its)) await addSlowly(bytes, found, its);
      }
    },
    flush: () => tables.flush(connection),
  };
}
