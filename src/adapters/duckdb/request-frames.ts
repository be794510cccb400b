import { ATTEMPT_PLACES as ATTEMPT, REQUEST_PLACES as REQUEST } from '../../contract/frame.ts';
import { createJsonList, type JsonList } from '../journal/json-list.ts';
import type { Position } from '../journal/reader.ts';
import { type FrameSink, NO_SESSION, wordBytes } from './frame-sink.ts';
import { OUTCOMES } from './index-schema.ts';
import { hashValue } from './name-hash.ts';
import { stepOf } from './spread-steps.ts';

const OUTCOME_BYTES = OUTCOMES.map(wordBytes);
const OK = wordBytes('ok');
/** Where a key stands for a user, nobody knows how many people share it. */
const BY_KEY = wordBytes('api_key');
/** Attempts that are looked at, and values of each: more than there are. */
const MOST_ATTEMPTS = 64;
const MOST_VALUES = 16;

/** What its attempts are held against. */
interface Request {
  readonly seq: number;
  readonly time: number;
  readonly model: number | null;
  readonly error: number | null;
}

/** Makes rows of a request's frame, which the list was opened on. Throws NotInMemory before it has done anything. */
export function createRequestRows(sink: FrameSink) {
  const { words, tables, numbers, requests } = sink;
  const attempts = createJsonList(MOST_ATTEMPTS);
  const attempt = createJsonList(MOST_VALUES);
  const id = { low: 0, high: 0 };

  /** True when the last attempt tells no more than its request. */
  function addAttempts(list: JsonList, request: Request): boolean {
    attempts.open(list.bytes, list.start(REQUEST.attempts), list.end(REQUEST.attempts));
    for (let at = 0; at < attempts.count; at += 1) {
      attempt.open(list.bytes, attempts.start(at), attempts.end(at));
      const model = words.numberAt(attempt, ATTEMPT.model_id);
      const error = attempt.is(ATTEMPT.outcome, OK)
        ? null
        : (words.numberAt(attempt, ATTEMPT.error_class) ?? words.numberAt(attempt, ATTEMPT.outcome));
      if (at === attempts.count - 1 && model === request.model && error === request.error) return true;
      tables.attempts.add(request.seq, request.time, model, error);
    }
    return false;
  }

  const outcomeOf = (list: JsonList): number => {
    const outcome = OUTCOME_BYTES.findIndex((word) => list.is(REQUEST.outcome, word));
    return outcome === -1 ? OUTCOMES.indexOf('error') : outcome;
  };

  return (list: JsonList, { segment, offset }: Position): void => {
    const user = numbers.userAt(list, REQUEST.user_id);
    const session = numbers.sessionAt(list, REQUEST.session_instance, REQUEST.session_id);
    const seq = sink.takeSeq();
    hashValue(list, REQUEST.request_id, id);
    requests.set(id, seq, session ?? NO_SESSION);
    const time = list.number(REQUEST.time_ms) ?? 0;
    const model = words.numberAt(list, REQUEST.model_id);
    const error = words.numberAt(list, REQUEST.error_class);
    const latency = list.number(REQUEST.latency_ms) ?? 0;
    const ttft = list.number(REQUEST.ttft_ms);
    tables.requests.add(
      seq,
      time,
      segment,
      offset,
      id.low,
      id.high,
      user,
      session,
      list.number(REQUEST.round),
      words.numberAt(list, REQUEST.route_id),
      words.numberAt(list, REQUEST.assigned_model_id),
      model,
      outcomeOf(list),
      error,
      list.text(REQUEST.error_message),
      addAttempts(list, { seq, time, model, error }),
      latency,
      ttft,
      stepOf(latency),
      ttft === null ? null : stepOf(ttft),
      list.number(REQUEST.completion_tokens),
      words.numberAt(list, REQUEST.experiment),
      words.numberAt(list, REQUEST.arm),
      words.numberAt(list, REQUEST.rollout),
      list.number(REQUEST.stage),
    );
    if (!list.isNull(REQUEST.experiment)) {
      tables.exposures.add(
        seq,
        words.numberAt(list, REQUEST.endpoint),
        list.number(REQUEST.user_created_at_ms),
        list.number(REQUEST.user_first_seen_ms),
        !list.is(REQUEST.user_source, BY_KEY),
      );
    }
  };
}
