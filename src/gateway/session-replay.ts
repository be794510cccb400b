import type { RequestRecord } from '../contract/event.ts';
import type { Frame } from '../contract/frame.ts';
import type { ErrorClass } from '../domain/error-class.ts';
import type { AssignmentReason } from '../domain/routing.ts';
import type { Clock } from '../ports/clock.ts';
import type { LiveBreakers } from './breakers.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

/** Older requests are left alone: their sessions have long been idle. */
export const MAX_REPLAY_MS = 30 * 60_000;
/** Far fewer than the registry holds, where newer ones would be forgotten for older ones. */
const MAX_REPLAYED = 30_000;
/** Reasons that make a model the one that a conversation stays on. */
const BY_RULES: ReadonlySet<string> = new Set<AssignmentReason>(['rule', 'rollout', 'experiment', 'pinned']);

export interface SessionReplay {
  /** Takes frames of the journal, the newest first. False when older ones need not be brought. */
  take(frames: readonly Frame[]): boolean;
}

/**
 * Puts the sessions of an earlier process back into the registry, so that their rounds go on counting and feedback
 * finds them, and lets the breakers count what it had counted. What only texts tell is not in the journal: a conversation that was known by its opening words alone,
 * and that goes on without the id that it was given, becomes a new instance.
 */
export function openSessionReplay(services: {
  readonly sessions: Pick<Sessions, 'restore'>;
  readonly breakers: Pick<LiveBreakers, 'recall'>;
  readonly clock: Clock;
}): SessionReplay {
  const { sessions, breakers, clock } = services;
  const replayed = new Map<string, Session>();
  const ended = new Set<string>();
  const oldestMs = clock.nowMs() - MAX_REPLAY_MS;

  const takeRequest = (record: RequestRecord): void => {
    const known = replayed.get(record.session_instance ?? '');
    const session = known ?? sessionOf(record, clock);
    if (session === null) return;
    if (known === undefined) {
      session.ended = ended.has(session.instance);
      replayed.set(session.instance, session);
      sessions.restore(session);
    }
    session.round = Math.max(session.round, record.round ?? 0);
    // The oldest request that the rules assigned is the one that counts; frames come in the other order.
    if (BY_RULES.has(record.reason ?? '')) session.modelId = record.assigned_model_id;
  };

  return {
    take(frames) {
      for (const { kind, record } of frames) {
        if (record.time_ms < oldestMs || replayed.size >= MAX_REPLAYED) return false;
        if (kind === 'request') {
          takeRequest(record);
          recallAttempts(record, breakers);
        } else if (kind === 'session_end' && record.session_instance !== null)
          ended.add(record.session_instance);
      }
      return true;
    },
  };
}

/** Each attempt counted for its model's breaker; of times there is only that of the whole request. */
function recallAttempts(record: RequestRecord, breakers: Pick<LiveBreakers, 'recall'>): void {
  const endedMs = record.time_ms + record.latency_ms;
  for (const { model_id, error_class } of record.attempts) {
    breakers.recall(model_id, error_class as ErrorClass | null, endedMs); // as `record.ts` wrote it
  }
}

/** The session as the request that ended last left it. */
function sessionOf(record: RequestRecord, clock: Clock): Session | null {
  const { session_id: id, session_instance: instance, round } = record;
  if (id === null || instance === null || round === null) return null;
  const ageMs = Math.max(0, clock.nowMs() - record.time_ms - record.latency_ms);
  return {
    id,
    instance,
    credentialId: record.credential_id,
    userId: record.user_id,
    isWeak: record.session_weak,
    modelId: null,
    round,
    userMessages: round, // of a client that resends the conversation, mostly
    lastUserMark: null,
    lastActiveMs: clock.monotonicMs() - ageMs,
    running: 0,
    ended: false,
    lastFailed: record.outcome === 'error',
    hasAnswer: round > 1 || record.outcome === 'ok',
  };
}
