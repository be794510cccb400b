import type { DerivedRecord, TextRecord } from '../../contract/event.ts';
import type { Frame } from '../../contract/frame.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Judging } from '../../ports/judging.ts';

/** Older answers are left unjudged. */
const MAX_REPLAY_MS = 30 * 60_000;
/** As many as may wait. */
const MAX_REPLAYED = 1_000;

/** Takes what an earlier process left: first the frames of its events, then those of its texts, the newest first. */
export interface JudgingReplay {
  /** False when older ones need not be brought. */
  takeEvents(frames: readonly Frame[]): boolean;
  takeTexts(frames: readonly Frame[]): boolean;
}

/**
 * Hands answers to the judge that waited for it when the process ended. What was said is known of models whose `capture`
 * is full; the others' answers stay unjudged. A session that has a verdict gets no second one.
 */
export function openJudgingReplay(judging: Judging, clock: Clock): JudgingReplay {
  const oldestMs = clock.nowMs() - MAX_REPLAY_MS;
  const judged = new Set<string | null>(); // requests, and sessions
  const unjudged = new Map<string, DerivedRecord>();

  const takeEvent = ({ kind, record }: Frame): void => {
    if (kind === 'judged') judged.add(record.session_instance);
    else if (kind === 'feedback' && record.task_completed !== null)
      judged.add(record.request_id ?? record.session_instance);
    else if (kind === 'request' && record.outcome !== 'ok') unjudged.delete(record.request_id);
    else if (kind === 'derived' && record.intent !== null && !isJudged(record))
      unjudged.set(record.request_id, record);
  };
  const isJudged = ({ task_completed, request_id, session_instance }: DerivedRecord): boolean =>
    task_completed !== null || judged.has(request_id) || judged.has(session_instance);
  const takeText = (said: TextRecord): void => {
    const { intent, session_instance } = unjudged.get(said.request_id) ?? {};
    unjudged.delete(said.request_id);
    const question = said.messages.findLast(({ role }) => role.toLowerCase() === 'user')?.content;
    if (!intent || !session_instance || !question || said.answer === '' || said.is_cut) return;
    judging.add({
      requestId: said.request_id,
      sessionInstance: session_instance,
      intentName: intent,
      question,
      answer: said.answer,
    });
  };

  return {
    takeEvents(frames) {
      for (const frame of frames) {
        if (frame.record.time_ms < oldestMs || unjudged.size >= MAX_REPLAYED) return false;
        takeEvent(frame);
      }
      return true;
    },
    takeTexts(frames) {
      for (const { kind, record } of frames) {
        if (unjudged.size === 0 || record.time_ms < oldestMs) return false;
        if (kind === 'text') takeText(record);
      }
      return unjudged.size > 0;
    },
  };
}
