import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Finding } from './finding.ts';
import { type KnownLine, knownTrouble } from './log-patterns.ts';

/** A line is looked at up to here; prompts in a debug log may be megabytes long. */
const MAX_LINE_LETTERS = 4096;
const SHOWN_LETTERS = 160;

interface Sight {
  count: number;
  last: string;
}

/** Findings of the known lines among `lines`, each once, with how often and where it was seen last. */
export async function scanLog(lines: AsyncIterable<string> | Iterable<string>): Promise<Finding[]> {
  const sights = new Map<KnownLine, Sight>();
  for await (const line of lines) {
    const known = knownTrouble(line.slice(0, MAX_LINE_LETTERS));
    if (!known) continue;
    const sight = sights.get(known);
    if (sight) [sight.count, sight.last] = [sight.count + 1, line];
    else sights.set(known, { count: 1, last: line });
  }
  if (sights.size === 0) {
    const what = 'the log shows none of the known troubles';
    return [{ check: 'ollama_log', level: 'ok', model: null, what, why: null, command: null }];
  }
  return [...sights].map(([known, { count, last }]) => ({
    check: known.check,
    level: known.level,
    model: null,
    what: `${known.what} (${count === 1 ? 'once' : `${count} times`} in the log, last: ${last.trim().slice(0, SHOWN_LETTERS)})`,
    why: known.why,
    command: known.command,
  }));
}

/** Reads the file line by line, whatever its size. Rejects with the system's error when it cannot be read. */
export async function scanLogFile(file: string): Promise<Finding[]> {
  const input = createReadStream(file, 'utf8');
  // readline swallows an error of its input and would wait for ever.
  const failed = new Promise<never>((_, reject) => {
    input.once('error', reject);
  });
  return Promise.race([scanLog(createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })), failed]);
}
