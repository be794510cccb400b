import type { DuckDBConnection } from '@duckdb/node-api';
import { rowsOf } from './database.ts';
import { createRowBatch } from './row-batch.ts';

/** Names of models, routes, error classes and intents as numbers. They are the operator's, so they are few. */
export interface Words {
  /** The number of a word, a new one where it has none. */
  numberOf(word: string | null): number | null;
  /** Null for one that no frame used. */
  find(word: string): number | null;
  wordOf(number: unknown): string | null;
  /** Writes new words within the connection's transaction. */
  flush(connection: DuckDBConnection): Promise<void>;
}

export async function loadWords(connection: DuckDBConnection): Promise<Words> {
  const words: string[] = [];
  const numbers = new Map<string, number>();
  const added = createRowBatch('words', ['integer', 'varchar']);
  for (const { id, word } of await rowsOf(connection, 'SELECT id, word FROM words')) {
    words[id as number] = word as string;
    numbers.set(word as string, id as number);
  }
  return {
    numberOf(word) {
      if (word === null) return null;
      const known = numbers.get(word);
      if (known !== undefined) return known;
      const id = words.push(word) - 1;
      numbers.set(word, id);
      added.add(id, word);
      return id;
    },
    find: (word) => numbers.get(word) ?? null,
    wordOf: (number) => (typeof number === 'number' ? (words[number] ?? null) : null),
    flush: (target) => added.flush(target),
  };
}
