import type { DuckDBConnection } from '@duckdb/node-api';
import type { TextRecord } from '../../contract/event.ts';
import {
  ATTEMPT_PLACES as ATTEMPT,
  DERIVED_PLACES as DERIVED,
  FRAME_OPENING,
  type Frame,
  REQUEST_PLACES as REQUEST,
  readFrame,
} from '../../contract/frame.ts';
import { createJsonList, type JsonList } from '../journal/json-list.ts';
import type { RawPage } from '../journal/reader.ts';
import { FRAME_HEAD_BYTES, type FoundFrame, payloadText } from '../journal/segment.ts';
import { rowsOf } from './database.ts';
import { OUTCOMES } from './index-schema.ts';
import { createIndexTables } from './index-tables.ts';
import { createKeyTable } from './key-table.ts';
import { hashBytes, hashOfName, type NameHash } from './name-hash.ts';
import { NotInMemory, openNameNumbers } from './name-numbers.ts';
import type { Cell } from './row-batch.ts';
import { stepOf } from './spread-steps.ts';
import type { Words } from './words.ts';

/** Requests whose numbers are kept in memory, twice at most: words about others look them up in the file. */
const KEPT_REQUESTS = 200_000;
/** Values of a list that are looked at; a request has fewer. */
const MOST_VALUES = 64;

export interface FrameRows {
  nextSeq(): number;
  /** Makes rows of all frames of a page of either log. */
  add(page: RawPage): Promise<void>;
  /** Appends the rows that wait, within the connection's transaction. */
  flush(): Promise<void>;
}

export interface FrameRowsOptions {
  readonly connection: DuckDBConnection;
  readonly words: Words;
  readonly nextSeq: number;
}

/** Rows in memory at a time. */
const FLUSH_ROWS = 20_000;
/** Words that are told apart without making a text. */
const json = (word: string): Buffer => Buffer.from(JSON.stringify(word));
const [REQUEST_KIND, DERIVED_KIND, OK] = [json('request'), json('derived'), json('ok')];
const TEXT_INITIAL = 't'.charCodeAt(0);
const OUTCOMES_JSON = OUTCOMES.map(json);

/** What a word is about: a request, or with no `seq` a session as a whole. */
interface About {
  readonly seq: number | null;
  readonly session: number | null;
}

interface Attempted {
  readonly seq: number;
  readonly time: number;
  readonly model: number | null;
  readonly error: number | null;
}

type TextHead = Pick<TextRecord, 'time_ms' | 'request_id'>;
type Note = Extract<Frame, { readonly kind: 'derived' | 'feedback' | 'judged' }>;

export async function openFrameRows(options: FrameRowsOptions): Promise<FrameRows> {
  const { connection, words } = options;
  let { nextSeq } = options;
  const tables = createIndexTables();
  const numbers = await openNameNumbers(connection, tables);
  const requests = createKeyTable(KEPT_REQUESTS);
  const [list, attempts, attempt] = [0, 1, 2].map(() => createJsonList(MOST_VALUES)) as [
    JsonList,
    JsonList,
    JsonList,
  ];
  const name = { low: 0, high: 0 };

  function hashAt(place: number): NameHash {
    hashBytes(list.bytes, list.start(place) + 1, list.end(place) - 1, name);
    return name;
  }

  function addRequest({ place }: RawPage, { start }: FoundFrame): void {
    // Numbers first: they may not be known yet, and the frame is then taken again.
    const user = numbers.userAt(list, REQUEST.user_id);
    const session = numbers.sessionAt(list, REQUEST.session_instance, REQUEST.session_id);
    const seq = nextSeq++;
    const time = list.number(REQUEST.time_ms) ?? 0;
    const model = words.numberAt(list, REQUEST.model_id);
    const error = words.numberAt(list, REQUEST.error_class);
    const latency = list.number(REQUEST.latency_ms) ?? 0;
    const ttft = list.number(REQUEST.ttft_ms);
    const { low, high } = hashAt(REQUEST.request_id);
    requests.set(name, seq);
    tables.requests.add(
      seq,
      time,
      place.segment,
      place.offset + start,
      low,
      high,
      user,
      session,
      list.number(REQUEST.round),
      words.numberAt(list, REQUEST.route_id),
      words.numberAt(list, REQUEST.assigned_model_id),
      model,
      OUTCOMES_JSON.findIndex((outcome) => list.is(REQUEST.outcome, outcome)),
      error,
      list.text(REQUEST.error_message),
      addAttempts({ seq, time, model, error }),
      latency,
      ttft,
      stepOf(latency),
      ttft === null ? null : stepOf(ttft),
      list.number(REQUEST.completion_tokens),
    );
  }

  /** True when the last attempt tells no more than its request. */
  function addAttempts(request: Attempted): boolean {
    attempts.open(list.bytes, list.start(REQUEST.attempts), list.end(REQUEST.attempts));
    for (let at = 0; at < attempts.count; at += 1) {
      attempt.open(list.bytes, attempts.start(at), attempts.end(at));
      const model = words.numberAt(attempt, ATTEMPT.model_id);
      const error =
        attempt.is(ATTEMPT.outcome, OK)
          ? null
          : (words.numberAt(attempt, ATTEMPT.error_class) ?? words.numberAt(attempt, ATTEMPT.outcome));
      if (at === attempts.count - 1 && model === request.model && error === request.error) return true;
      tables.attempts.add(request.seq, request.time, model, error);
    }
    return false;
  }

  /** False where the request is not in memory. */
  function addDerived(): boolean {
    const seq = requests.get(hashAt(DERIVED.request_id));
    if (seq === undefined) return false;
    const { session_instance: session, is_follow_up: isFollowUp, task_completed: isCompleted } = DERIVED;
    const about = { seq, session: numbers.sessionAt(list, session, session) };
    const intent = words.numberAt(list, DERIVED.intent);
    addNote(about, [false, list.boolean(isFollowUp), intent, list.boolean(isCompleted), null, null, null]);
    return true;
  }

  function addNote({ seq, session }: About, values: readonly Cell[]): void {
    tables.notes.add(nextSeq++, seq, session, ...values);
  }

  /** What a word is about; null for a request that is not there, and for nothing. */
  async function aboutOf({ record }: Note): Promise<About | null> {
    const instance = record.session_instance ?? ('session_id' in record ? record.session_id : null);
    if (record.request_id === null) {
      const session = numbers.sessionOf(instance, 'session_id' in record ? record.session_id : null);
      return session === null ? null : { seq: null, session };
    }
    const hash = hashOfName(record.request_id);
    const seq = requests.get(hash);
    if (seq !== undefined && instance !== null) return { seq, session: numbers.sessionOf(instance, null) };
    await tables.flush(connection);
    const [row] = await rowsOf(
      connection,
      `SELECT seq, session FROM requests WHERE name_low = ${hash.low} AND name_high = ${hash.high}`,
    );
    return row ? { seq: Number(row.seq), session: row.session as number | null } : null;
  }

  function addText({ place }: RawPage, { start }: FoundFrame, { time_ms, request_id }: TextHead): void {
    const { low, high } = hashOfName(request_id);
    tables.texts.add(low, high, time_ms, place.segment, place.offset + start);
  }

  async function addOther(page: RawPage, found: FoundFrame): Promise<void> {
    const frame = readFrame(payloadText(page.bytes, found));
    if (frame?.kind === 'text') addText(page, found, frame.record);
    else if (frame?.kind === 'session_end') {
      const { session_instance, session_id, time_ms, reason } = frame.record;
      const session = numbers.sessionOf(session_instance ?? session_id, session_id);
      tables.ends.add(nextSeq++, session, time_ms, reason === 'completed');
    } else if (frame !== null && frame.kind !== 'request') {
      const about = await aboutOf(frame);
      if (about !== null) addNote(about, noteValues(frame, words));
    }
  }

  /** True when the frame needs nothing that only the file knows, and no reading of its JSON as a whole. */
  function addQuickly(page: RawPage, found: FoundFrame): boolean {
    const from = found.start + FRAME_HEAD_BYTES;
    // A text's frame is long, and nothing of it is read here.
    if (page.bytes[from + FRAME_OPENING.length] === TEXT_INITIAL) return false;
    list.open(page.bytes, from, found.end);
    if (list.is(0, REQUEST_KIND)) {
      addRequest(page, found);
      return true;
    }
    return list.is(0, DERIVED_KIND) && list.count > DERIVED.request_id && addDerived();
  }

  return {
    nextSeq: () => nextSeq,
    async add(page) {
      for (const found of page.frames) {
        for (let isTaken = false; !isTaken; ) {
          try {
            if (!addQuickly(page, found)) await addOther(page, found);
            isTaken = true;
          } catch (error) {
            if (!(error instanceof NotInMemory)) throw error;
            await error.lookUp(); // at most once for each of its names
          }
        }
      }
      if (tables.requests.count() + tables.notes.count() >= FLUSH_ROWS) await tables.flush(connection);
    },
    flush: () => tables.flush(connection),
  };
}

function noteValues(note: Note, words: Words): Cell[] {
  const derived = note.kind === 'derived' ? note.record : null;
  const feedback = note.kind === 'feedback' ? note.record : null;
  const judged = note.kind === 'judged' ? note.record : null;
  return [
    feedback !== null,
    derived?.is_follow_up ?? null,
    words.numberOf(derived?.intent ?? null),
    note.record.task_completed,
    feedback?.rating ?? null,
    words.numberOf(judged?.judge_model_id ?? null),
    words.numberOf(judged?.reason ?? null),
  ];
}
