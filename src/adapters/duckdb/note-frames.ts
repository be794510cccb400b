import { DERIVED_PLACES as DERIVED, type Frame } from '../../contract/frame.ts';
import type { JsonList } from '../journal/json-list.ts';
import { rowsOf } from './database.ts';
import { type FrameSink, NO_SESSION } from './frame-sink.ts';
import { hashOfName, hashValue } from './name-hash.ts';
import type { Cell } from './row-batch.ts';
import type { Words } from './words.ts';

/** A word about a request or a session. */
export type Note = Extract<Frame, { readonly kind: 'derived' | 'feedback' | 'judged' }>;

/** What a word is about: a request, or with no `seq` a session as a whole. */
interface About {
  readonly seq: number | null;
  readonly session: number | null;
}

/** Makes rows of notes. Throws NotInMemory before it has done anything. */
export interface NoteRows {
  /** Of a derived frame, which the list was opened on. False where the request is not in memory: `add` it as a note. */
  addDerived(list: JsonList): boolean;
  /** A word about a request that is not there, or about nothing, tells nothing. */
  add(note: Note): Promise<void>;
}

export function createNoteRows(sink: FrameSink): NoteRows {
  const { connection, words, tables, numbers, requests } = sink;
  const id = { low: 0, high: 0 };

  function addRow({ seq, session }: About, values: readonly Cell[]): void {
    tables.notes.add(sink.takeSeq(), seq, session, ...values);
  }

  async function aboutOf({ record }: Note): Promise<About | null> {
    const instance = record.session_instance ?? ('session_id' in record ? record.session_id : null);
    if (record.request_id === null) {
      const session = numbers.sessionOf(instance, 'session_id' in record ? record.session_id : null);
      return session === null ? null : { seq: null, session };
    }
    const { low, high } = hashOfName(record.request_id);
    const seq = requests.get({ low, high });
    const session = requests.besideOf({ low, high });
    if (seq !== undefined && session !== undefined)
      return { seq, session: session === NO_SESSION ? null : session };
    // Rows that wait are remembered: what is not is in the file.
    const [row] = await rowsOf(
      connection,
      `SELECT seq, session FROM requests WHERE name_low = ${low} AND name_high = ${high}`,
    );
    return row ? { seq: Number(row.seq), session: row.session as number | null } : null;
  }

  return {
    addDerived(list) {
      hashValue(list, DERIVED.request_id, id);
      const seq = requests.get(id);
      if (seq === undefined) return false;
      const session = requests.besideOf(id) ?? NO_SESSION;
      const isFollowUp = list.boolean(DERIVED.is_follow_up);
      const intent = words.numberAt(list, DERIVED.intent);
      const isCompleted = list.boolean(DERIVED.task_completed);
      addRow({ seq, session: session === NO_SESSION ? null : session }, [
        false,
        isFollowUp,
        intent,
        isCompleted,
        null,
        null,
        null,
      ]);
      return true;
    },
    async add(note) {
      const about = await aboutOf(note);
      if (about !== null) addRow(about, valuesOf(note, words));
    },
  };
}

/** From `is_feedback` on. */
function valuesOf(note: Note, words: Words): Cell[] {
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
