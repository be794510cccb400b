import type { Warning } from '../contract/analysis.ts';
import type { Model } from '../domain/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, SessionRules } from '../ports/event-store.ts';
import type { UserData } from '../ports/user-data.ts';
import type { ExperimentCore } from './experiments/core.ts';

/** What every question is answered from. */
export interface AnalysisCore {
  readonly store: EventStore;
  readonly userData: UserData;
  readonly clock: Clock;
  /** What is known of where models compute and how much they remember. */
  readonly modelWarnings: () => readonly Warning[];
  /** The setting `sessions.idle` in force. */
  readonly idleMs: () => number;
  /** The models in force. */
  readonly models: () => ReadonlyMap<string, Model>;
  readonly experiments: ExperimentCore;
}

export function sessionRules({ clock, idleMs }: AnalysisCore): SessionRules {
  return { idleMs: idleMs(), nowMs: clock.nowMs() };
}
