import { absorb, newTapState } from './answer.ts';
import { DIALECTS, readWhole } from './dialect.ts';
import { isRecord } from './fields.ts';
import { scanObject } from './json-scan.ts';
import { applyPatches, memberPatches } from './splice.ts';
import { tapListener } from './tap.ts';
import type { AnswerRelay } from './wire.ts';

const OPEN_BRACE = 0x7b;
const EMPTY = Buffer.alloc(0);
const WITHOUT_USAGE = new Map([['usage', null]]);

type Verdict = 'pass' | 'drop' | 'strip';

/** More of an unfinished event is not held back: it goes out unfiltered. */
const MAX_HELD_BYTES = 1024 * 1024;

/** So many pieces of an unfinished event are joined into one: a trickle must not cost a Buffer a byte. */
const MAX_HELD_PIECES = 256;

/**
 * Passes an OpenAI stream through, except for the usage that Sluice asked for and the client did not: the chunk
 * without choices is kept back, and `"usage":null` is cut out of the others. All other bytes stay as they are.
 */
export function usageFilterRelay(): AnswerRelay {
  const dialect = DIALECTS.openai;
  const state = newTapState();
  let held: Buffer[] = []; // the event that is being received
  let heldBytes = 0;
  let isSpilled = false; // the beginning of this event went out unfiltered
  let verdict: Verdict | null = null; // on the event's JSON, once it is read
  let out: Buffer[] = [];
  let chunk: Buffer = EMPTY;
  let from = 0; // of the part of `chunk` that is not dealt with yet

  const boundary = (after: number): void => {
    const rest = chunk.subarray(from, after);
    const event = held.length === 0 ? rest : Buffer.concat([...held, rest]);
    if (isSpilled || verdict === null || verdict === 'pass') out.push(event);
    else if (verdict === 'strip') out.push(withoutUsage(event));
    from = after;
    held = [];
    heldBytes = 0;
    isSpilled = false;
    verdict = null;
  };
  const hold = (piece: Buffer): void => {
    held.push(piece);
    heldBytes += piece.length;
    if (heldBytes > MAX_HELD_BYTES) {
      out.push(...held);
      held = [];
      heldBytes = 0;
      isSpilled = true;
    } else if (held.length > MAX_HELD_PIECES) held = [Buffer.concat(held)];
  };
  const delta = (_: unknown, frame: unknown): void => {
    verdict = verdict === null ? verdictOn(frame) : 'pass'; // several values in one event: not ours to edit
  };
  const reader = dialect.reader(tapListener(dialect, state, { delta, boundary }));

  return {
    state,
    passThrough: true,
    midFrame: () => isSpilled, // what is held has not gone out
    push(next) {
      chunk = next;
      from = 0;
      reader.push(next);
      if (from < next.length) hold(next.subarray(from));
      return flush();
    },
    end() {
      chunk = EMPTY;
      from = 0;
      reader.end();
      boundary(0);
      return flush();
    },
    whole(body) {
      absorb(state, readWhole(dialect, body, state));
      return body;
    },
  };

  function flush(): Buffer | null {
    const ready = out;
    out = [];
    const only = ready[0];
    if (only === undefined) return null;
    const joined = ready.length === 1 ? only : Buffer.concat(ready);
    return joined.length === 0 ? null : joined;
  }
}

function verdictOn(frame: unknown): Verdict {
  if (!isRecord(frame) || frame.usage === undefined) return 'pass';
  if (frame.usage === null) return 'strip';
  return Array.isArray(frame.choices) && frame.choices.length === 0 ? 'drop' : 'pass';
}

/** Cuts the member `usage` out of the JSON of an event; an event that spreads it over lines stays as it is. */
function withoutUsage(event: Buffer): Buffer {
  const open = event.indexOf(OPEN_BRACE);
  if (event.indexOf('data:', open) !== -1) return event;
  return applyPatches(event, memberPatches(scanObject(event.toString('latin1'), open), WITHOUT_USAGE));
}
