import type { DuckDBConnection } from '@duckdb/node-api';
import type { DerivedRecord, FeedbackRecord, JudgedRecord, RequestRecord } from '../../contract/event.ts';
import type { Frame } from '../../contract/frame.ts';
import type { PlacedFrame, Position } from '../journal/reader.ts';
import { rowsOf, type Value } from './database.ts';
import { OUTCOMES } from './index-schema.ts';
import { createKeyTable, type KeyTable } from './key-table.ts';
import { createNameFilter, type NameFilter } from './name-filter.ts';
import { createRowBatch } from './row-batch.ts';
import { stepOf } from './spread-steps.ts';
import type { Words } from './words.ts';

/** Sessions and requests whose numbers are kept in memory, each twice at most; others are looked up in the file. */
const KEPT_SESSIONS = 100_000;
const KEPT_REQUESTS = 100_000;

export interface Progress {
  readonly journal: Position;
  readonly texts: Position;
  readonly nextSeq: number;
  readonly nextSession: number;
  readonly settledSeq: number;
  /** The journal was read to its end once, so that the index answers for all of it. */
  readonly isWhole: boolean;
}

export interface IndexWriter {
  progress(): Progress;
  /**
   * Takes frames in a transaction that `commit` ends together with the places behind them. What fails leaves the file as
   * it was and this writer unusable: the process ends and begins again from the file.
   */
  take(frames: readonly PlacedFrame[]): Promise<void>;
  commit(next: Pick<Progress, 'journal' | 'texts' | 'isWhole'>): Promise<void>;
  /** Says that sessions are settled up to `seq`, as the file has it. */
  setSettled(seq: number): void;
}

interface Placed {
  readonly seq: number;
  readonly session: number | null;
  readonly record: RequestRecord;
  readonly position: Position;
  readonly words: Words;
}

type Note = Extract<Frame, { readonly kind: 'derived' | 'feedback' | 'judged' }>;

/** What a word is about: a request, or with no `seq` a session as a whole. */
interface Known {
  readonly seq: number | null;
  readonly session: number | null;
}

export async function openIndexWriter(connection: DuckDBConnection, words: Words): Promise<IndexWriter> {
  let progress = await readProgress(connection);
  let { nextSeq, nextSession } = progress;
  const sessions = createKeyTable(KEPT_SESSIONS);
  const requests = createKeyTable(KEPT_REQUESTS);
  const tables = createTables();
  // What an earlier process wrote is not in it.
  const written = nextSession === 0 ? createNameFilter() : null;
  let isBegun = false;

  function sessionKey(instance: string | null, sessionId: string | null): number | null {
    if (instance === null) return null;
    const known = sessions.get(instance);
    if (known !== undefined) return known;
    const key = nextSession++;
    sessions.set(instance, key);
    written?.add(instance);
    tables.session_keys.add(key, instance, sessionId ?? instance);
    return key;
  }

  function addRequest(record: RequestRecord, position: Position): void {
    const seq = nextSeq++;
    const session = sessionKey(record.session_instance, record.session_id);
    requests.set(record.request_id, seq);
    tables.requests.add(...requestValues({ seq, session, record, position, words }));
    for (const { model_id, outcome, error_class } of record.attempts) {
      const error = outcome === 'ok' ? null : (error_class ?? outcome);
      tables.attempts.add(seq, record.time_ms, words.numberOf(model_id), words.numberOf(error));
    }
  }

  /** A word about a request that is not there, or about nothing, tells nothing. */
  function addNote(known: Known | null, note: Note): void {
    if (known !== null) tables.notes.add(nextSeq++, ...noteValues(known, note, words));
  }

  function knownOf(
    record: DerivedRecord | FeedbackRecord | JudgedRecord,
    found: ReadonlyMap<string, Known>,
  ): Known | null {
    const instance = record.session_instance ?? ('session_id' in record ? record.session_id : null);
    if (record.request_id === null) {
      const session = sessionKey(instance, 'session_id' in record ? record.session_id : null);
      return session === null ? null : { seq: null, session };
    }
    const seq = requests.get(record.request_id);
    if (seq !== undefined && instance !== null) return { seq, session: sessionKey(instance, null) };
    return found.get(record.request_id) ?? (seq === undefined ? null : { seq, session: null });
  }

  function add({ frame, position }: PlacedFrame, found: ReadonlyMap<string, Known>): void {
    if (frame.kind === 'request') addRequest(frame.record, position);
    else if (isNote(frame)) addNote(knownOf(frame.record, found), frame);
    else if (frame.kind === 'session_end') {
      const { session_instance, session_id, time_ms, reason } = frame.record;
      const session = sessionKey(session_instance ?? session_id, session_id);
      tables.ends.add(nextSeq++, session, time_ms, reason === 'completed');
    } else {
      const { request_id, time_ms } = frame.record;
      tables.texts.add(request_id, time_ms, position.segment, position.offset);
    }
  }

  return {
    progress: () => progress,
    setSettled(settledSeq) {
      progress = { ...progress, settledSeq };
    },
    async take(frames) {
      if (frames.length === 0) return;
      if (!isBegun) await connection.run('BEGIN');
      isBegun = true;
      await findSessions({ connection, frames, sessions, written });
      const found = await findRequests({ connection, frames, requests });
      for (const placed of frames) add(placed, found);
      for (const table of Object.values(tables)) await table.flush(connection);
    },
    async commit(next) {
      progress = { ...progress, ...next, nextSeq, nextSession };
      if (!isBegun) await connection.run('BEGIN');
      await words.flush(connection);
      await saveProgress(connection, progress);
      await connection.run('COMMIT');
      isBegun = false;
    },
  };
}

function createTables() {
  const [int, num, text, bool] = ['integer', 'double', 'varchar', 'boolean'] as const;
  return {
    requests: createRowBatch('requests', [
      ...[int, num, int, num, text, text, int, int, int, int, int, int, int, text, num, num],
      'smallint',
      'smallint',
      int,
    ]),
    attempts: createRowBatch('attempts', [int, num, int, int]),
    notes: createRowBatch('notes', [int, int, int, bool, bool, int, bool, int, int, int]),
    ends: createRowBatch('ends', [int, int, num, bool]),
    texts: createRowBatch('texts', [text, num, int, num]),
    session_keys: createRowBatch('session_keys', [int, text, text]),
  };
}

/** In the order of the columns. */
function requestValues({ seq, session, record, position, words }: Placed): Value[] {
  return [
    seq,
    record.time_ms,
    position.segment,
    position.offset,
    record.request_id,
    record.user_id,
    session,
    record.round,
    words.numberOf(record.route_id),
    words.numberOf(record.assigned_model_id),
    words.numberOf(record.model_id),
    OUTCOMES.indexOf(record.outcome),
    words.numberOf(record.error_class),
    record.error_message,
    record.latency_ms,
    record.ttft_ms,
    stepOf(record.latency_ms),
    record.ttft_ms === null ? null : stepOf(record.ttft_ms),
    record.completion_tokens,
  ];
}

function noteValues({ seq, session }: Known, note: Note, words: Words): Value[] {
  const derived = note.kind === 'derived' ? note.record : null;
  const feedback = note.kind === 'feedback' ? note.record : null;
  const judged = note.kind === 'judged' ? note.record : null;
  return [
    seq,
    session,
    feedback !== null,
    derived?.is_follow_up ?? null,
    words.numberOf(derived?.intent ?? null),
    note.record.task_completed,
    feedback?.rating ?? null,
    words.numberOf(judged?.judge_model_id ?? null),
    words.numberOf(judged?.reason ?? null),
  ];
}

function isNote(frame: Frame): frame is Note {
  return frame.kind === 'derived' || frame.kind === 'feedback' || frame.kind === 'judged';
}

async function readProgress(connection: DuckDBConnection): Promise<Progress> {
  const [row = {}] = await rowsOf(connection, 'SELECT * FROM progress');
  return {
    journal: { segment: Number(row.segment), offset: Number(row.byte) },
    texts: { segment: Number(row.text_segment), offset: Number(row.text_at) },
    nextSeq: Number(row.next_seq),
    nextSession: Number(row.next_session),
    settledSeq: Number(row.settled_seq),
    isWhole: row.is_whole === true,
  };
}

async function saveProgress(connection: DuckDBConnection, progress: Progress): Promise<void> {
  const { journal, texts, nextSeq, nextSession, isWhole } = progress;
  await connection.run(
    `UPDATE progress SET segment = $1, byte = $2, text_segment = $3, text_at = $4, next_seq = $5, next_session = $6,
       is_whole = $7`,
    [journal.segment, journal.offset, texts.segment, texts.offset, nextSeq, nextSession, isWhole],
  );
}

interface Lookup {
  readonly connection: DuckDBConnection;
  readonly frames: readonly PlacedFrame[];
}

/** Brings the numbers of sessions that were seen long ago, or by an earlier process, into memory. */
async function findSessions({
  connection,
  frames,
  sessions,
  written,
}: Lookup & { sessions: KeyTable; written: NameFilter | null }): Promise<void> {
  const unknown = new Set<string>();
  for (const { frame } of frames) {
    if (frame.kind === 'text') continue;
    const { session_instance } = frame.record;
    const name = session_instance ?? ('session_id' in frame.record ? frame.record.session_id : null);
    if (name === null || sessions.get(name) !== undefined) continue;
    if (written === null || written.mayHave(name)) unknown.add(name);
  }
  if (unknown.size === 0) return;
  const sql = 'SELECT instance, session FROM session_keys JOIN wanted ON instance = name';
  for (const row of await lookUp(connection, unknown, sql))
    sessions.set(row.instance as string, row.session as number);
}

/** The requests that words are about and that are not in memory. */
async function findRequests({
  connection,
  frames,
  requests,
}: Lookup & { requests: KeyTable }): Promise<ReadonlyMap<string, Known>> {
  const unknown = new Set<string>();
  const here = new Set<string>();
  for (const { frame } of frames) {
    if (frame.kind === 'request') here.add(frame.record.request_id);
    if (!isNote(frame)) continue;
    const { request_id, session_instance } = frame.record;
    if (request_id === null || here.has(request_id)) continue;
    if (requests.get(request_id) === undefined || session_instance === null) unknown.add(request_id);
  }
  const found = new Map<string, Known>();
  if (unknown.size === 0) return found;
  const sql = 'SELECT request_id, seq, session FROM requests JOIN wanted ON request_id = name';
  for (const row of await lookUp(connection, unknown, sql))
    found.set(row.request_id as string, { seq: row.seq as number, session: row.session as number | null });
  return found;
}

async function lookUp(connection: DuckDBConnection, names: ReadonlySet<string>, sql: string) {
  const wanted = createRowBatch('wanted', ['varchar']);
  for (const name of names) wanted.add(name);
  await connection.run('CREATE OR REPLACE TEMP TABLE wanted (name VARCHAR)');
  await wanted.flush(connection);
  return rowsOf(connection, sql);
}
