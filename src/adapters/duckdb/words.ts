import type { DuckDBConnection } from '@duckdb/node-api';
import type { JsonList } from '../journal/json-list.ts';
import { rowsOf } from './database.ts';
import { createKeyTable } from './key-table.ts';
import { hashBytes } from './name-hash.ts';
import { createRowBatch } from './row-batch.ts';

/** Words whose numbers are found without making a text; the operator has fewer. */
const KEPT = 10_000;

/** Names of models, routes, error classes and intents as numbers. They are the operator's, so they are few. */
export interface Words {
  /** The number of a word, a new one where it has none. */
  numberOf(word: string | null): number | null;
  /** The same for a value of a frame. */
  numberAt(list: JsonList, place: number): number | null;
  /** Null for one that no frame used. */
  find(word: string): number | null;
  wordOf(number: unknown): string | null;
  /** The words from a number on. */
  since(number: number): readonly string[];
  /** Writes new words within the connection's transaction. */
  flush(connection: DuckDBConnection): Promise<void>;
}

export async function loadWords(connection: DuckDBConnection): Promise<Words> {
  const words: string[] = [];
  const numbers = new Map<string, number>();
  const byHash = createKeyTable(KEPT);
  const hash = { low: 0, high: 0 };
  const added = createRowBatch('words', ['integer', 'varchar']);
  for (const { id, word } of await rowsOf(connection, 'SELECT id, word FROM words')) {
    words[id as number] = word as string;
    numbers.set(word as string, id as number);
  }
  const numberOf = (word: string): number => {
    const known = numbers.get(word);
    if (known !== undefined) return known;
    const id = words.push(word) - 1;
    numbers.set(word, id);
    added.add(id, word);
    return id;
  };
  return {
    numberOf: (word) => (word === null ? null : numberOf(word)),
    numberAt(list, place) {
      if (list.isNull(place)) return null;
      hashBytes(list.bytes, list.start(place), list.end(place), hash);
      const known = byHash.get(hash);
      if (known !== undefined) return known;
      const word = list.text(place);
      if (word === null) return null;
      const number = numberOf(word);
      byHash.set(hash, number);
      return number;
    },
    find: (word) => numbers.get(word) ?? null,
    wordOf: (number) => (typeof number === 'number' ? (words[number] ?? null) : null),
    since: (number) => (number < words.length ? words.slice(number) : []),
    flush: (target) => added.flush(target),
  };
}
