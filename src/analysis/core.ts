import type { Clock } from '../ports/clock.ts';
import type { EventStore, SessionRules } from '../ports/event-store.ts';
import type { UserData } from '../ports/user-data.ts';

/** What every question is answered from. */
export interface AnalysisCore {
  readonly store: EventStore;
  readonly userData: UserData;
  readonly clock: Clock;
  /** The setting `sessions.idle` in force. */
  readonly idleMs: () => number;
}

export function sessionRules({ clock, idleMs }: AnalysisCore): SessionRules {
  return { idleMs: idleMs(), nowMs: clock.nowMs() };
}
