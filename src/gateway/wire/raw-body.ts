import { isUtf8 } from 'node:buffer';
import { Fault } from '../fault.ts';
import { abridge, abridgedSkim, wholeSkim } from './abridge.ts';
import type { Json } from './fields.ts';
import { findJsonFault } from './json-fault.ts';
import { type LongText, type ScanLimits, scanObject } from './json-scan.ts';
import type { RawBody } from './wire.ts';

/**
 * What a body may hold. Deeper ones parse, but whoever prints or clones them afterwards may run out of stack; one of
 * more parts would keep the parser busy for so long that the streams of everybody else would stand still.
 */
export const BODY_LIMITS: ScanLimits = { depth: 64, parts: 50_000 };

/** Shorter bodies are parsed as they are: to abridge them would cost more. */
const LONG_BODY_BYTES = 4096;

/**
 * Keys that Sluice reads or writes. Go, and so Ollama, matches keys whatever their case: next to a `model` that
 * Sluice rewrites, a `Model` would decide at the model server. Such spellings are refused.
 */
const CONTROL_KEYS: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'messages',
  'prompt',
  'system',
  'options',
  'truncate',
  'shift',
  'user_id',
  'session_id',
  'model_id',
  'route',
]);

/**
 * Reads a request body. The scan comes before the parse, so that hostile nesting costs no memory; the parse comes
 * after it and is the judge of what JSON is. A UTF-8 byte order mark is taken off.
 * Throws Fault `bad_json` for what is not a JSON object in UTF-8, `bad_request` for a top-level key written twice.
 */
export function readRawBody(given: Buffer): RawBody {
  const bytes = withoutMark(given);
  const open = firstByte(bytes);
  if (open === -1) throw new Fault('bad_json', 'the body is empty; send a JSON object');
  if (bytes[open] !== 0x7b) throw notAnObject(bytes);
  const latin = bytes.toString('latin1');
  const { spans, duplicate, exceeded, longTexts } = scanObject(latin, open, BODY_LIMITS);
  if (exceeded === 'depth') {
    throw new Fault('bad_json', `the body nests deeper than ${BODY_LIMITS.depth} levels, which is the limit`);
  }
  if (exceeded === 'parts') {
    const message = `the body has more than ${BODY_LIMITS.parts} objects, lists and members, which is the limit`;
    throw new Fault('bad_json', message);
  }
  if (!isUtf8(bytes)) throw notUtf8();
  const abridged =
    bytes.length < LONG_BODY_BYTES ? null : abridge(bytes, latin, { longTexts, talk: spans.get('messages') });
  const parsed: Record<string, unknown> = parse(abridged?.text ?? bytes.toString('utf8'), bytes);
  if (duplicate !== null) {
    const message = `"${shorten(duplicate)}" is written twice at the top level of the body; write it once`;
    throw new Fault('bad_request', message, { param: shorten(duplicate) });
  }
  for (const key of spans.keys()) refuseOtherSpelling(key);
  if (abridged === null) return { bytes, open, json: parsed, skim: wholeSkim(parsed), spans };
  const { cuts, messages } = abridged;
  if (messages !== null) parsed.messages = messages;
  const skim = abridgedSkim(parsed, bytes, cuts);
  return { bytes, open, json: restored(parsed, cuts, { bytes, spans }), skim, spans };
}

/** The abridged object with its cut members whole again, each as soon as somebody looks at it. */
function restored(
  abridged: Json,
  cuts: readonly LongText[],
  { bytes, spans }: Pick<RawBody, 'bytes' | 'spans'>,
): Json {
  const json = { ...abridged };
  let next = 0; // of the cuts, which stand in written order like the members
  for (const [key, { start, end }] of spans) {
    if ((cuts[next]?.start ?? end) >= end) continue;
    while ((cuts[next]?.start ?? end) < end) next += 1;
    const get = (): unknown => {
      const value: unknown = JSON.parse(bytes.toString('utf8', start, end));
      Object.defineProperty(json, key, { value });
      return value;
    };
    Object.defineProperty(json, key, { get, configurable: true, enumerable: true });
  }
  return json;
}

/** Parses the body's text, or its abridged form; the one is JSON exactly when the other is. */
function parse(text: string, bytes: Buffer): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw syntaxFault(bytes.toString('utf8'));
  }
}

function syntaxFault(text: string): Fault {
  const { at, problem } = findJsonFault(text);
  const line = text.slice(0, at).split('\n').length;
  const column = at - text.lastIndexOf('\n', at - 1);
  return new Fault('bad_json', `the body is not valid JSON: ${problem}, at line ${line} column ${column}`);
}

function notAnObject(bytes: Buffer): Fault {
  if (!isUtf8(bytes)) return notUtf8();
  if (bytes.includes(0))
    return new Fault('bad_json', `the body holds a NUL byte, at byte ${bytes.indexOf(0)}`);
  return new Fault('bad_json', 'the body must be a JSON object, it does not begin with "{"');
}

function notUtf8(): Fault {
  return new Fault('bad_json', 'the body is not valid UTF-8; send JSON encoded as UTF-8');
}

/** Lower-case letters and underscores cannot be another spelling of anything: only the rest is looked at closely. */
const PLAIN_KEY = /^[a-z_]*$/;

function refuseOtherSpelling(key: string): void {
  if (PLAIN_KEY.test(key)) return;
  // Upper, then lower case folds the long s and the Kelvin sign too, as Go does.
  const folded = key.toUpperCase().toLowerCase();
  if (folded !== key && CONTROL_KEYS.has(folded)) {
    const message = `"${key}" is another spelling of "${folded}", which some model servers take for the same; write "${folded}"`;
    throw new Fault('bad_request', message, { param: folded });
  }
}

function withoutMark(bytes: Buffer): Buffer {
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return isMarked ? bytes.subarray(3) : bytes;
}

/** Offset of the first byte that is not JSON white space, or -1. */
function firstByte(bytes: Buffer): number {
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
  }
  return -1;
}

function shorten(key: string): string {
  return key.length <= 64 ? key : `${key.slice(0, 64)}…`;
}
