import type { RequestRecord } from '../contract/event.ts';
import type { Frame } from '../contract/frame.ts';
import type { ErrorClass } from '../domain/error-class.ts';
import { type Pin, pinAfter } from '../domain/pin.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Clock } from '../ports/clock.ts';
import type { LiveBreakers } from './breakers.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

/** Older requests are left alone, unless sessions may be idle for longer. */
export const MIN_REPLAY_MS = 30 * 60_000;
/** Far fewer than the registry holds, where newer ones would be forgotten for older ones. */
const MAX_REPLAYED = 30_000;

export interface SessionReplay {
  /** Takes frames of the journal, the newest first. False when older ones need not be brought. */
  take(frames: readonly Frame[]): boolean;
}

/**
 * Puts the sessions of an earlier process back into the registry, so that they keep their model, their rounds go on
 * counting and feedback finds them, and lets the breakers count what it had counted.
 */
export function openSessionReplay(services: {
  readonly sessions: Pick<Sessions, 'restore'>;
  readonly breakers: Pick<LiveBreakers, 'recall'>;
  readonly clock: Clock;
  snapshot(): Snapshot;
}): SessionReplay {
  const { sessions, breakers, clock } = services;
  const replayed = new Map<string, Replayed>();
  const ended = new Set<string>();
  const oldestMs = clock.nowMs() - Math.max(MIN_REPLAY_MS, services.snapshot().settings.sessionIdleMs);

  const takeRequest = (record: RequestRecord): void => {
    const known = replayed.get(record.session_instance ?? '');
    const session = known?.session ?? sessionOf(record, clock);
    if (session === null) return;
    const pins = known?.pins ?? new Map<string, Pin>();
    if (known === undefined) {
      session.ended = ended.has(session.instance);
      replayed.set(session.instance, { session, pins });
      sessions.restore(session);
    }
    session.round = Math.max(session.round, record.round ?? 0);
    repin(session, pins, record);
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

interface Replayed {
  readonly session: Session;
  /** By route. Few: a conversation hardly ever meets a second one. */
  readonly pins: Map<string, Pin>;
}

/** The oldest request tells the route that holds a conversation, the newest there its model; older ones come later. */
function repin(session: Session, pins: Map<string, Pin>, record: RequestRecord): void {
  const { experiment, arm } = record;
  const pin = pinAfter(null, {
    routeId: record.route_id,
    reason: record.reason,
    assignedModelId: record.assigned_model_id,
    servingModelId: record.model_id,
    fallback: record.fallback,
    arm: experiment === null || arm === null ? null : { experimentId: experiment, name: arm },
  });
  if (pin === null) return;
  session.pin = pins.get(pin.routeId) ?? pin;
  pins.set(pin.routeId, session.pin);
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
    openingMark: record.opening_mark,
    beganAtMs: record.session_began_ms ?? record.time_ms,
    pin: null,
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
