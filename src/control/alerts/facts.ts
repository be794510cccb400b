import type { AlertFacts, ModelFigures } from '../../domain/alert-rule.ts';
import type { BreakerChange } from '../../domain/breaker-change.ts';
import type { Clock } from '../../ports/clock.ts';

/** Where the facts come from. */
export interface AlertSources {
  /** What each model did in the last `windowMs`; null while nobody can count. Never rejects. */
  figures(windowMs: number): Promise<ReadonlyMap<string, ModelFigures> | null>;
  /** Records of the journal lost since the process began. */
  dropped(): number;
  /** Of the disk that holds the journal; null when it cannot be told. */
  freeBytes(): Promise<number | null>;
}

/** What alerts need to know of a breaker's change. */
export type TurnedBreaker = Pick<BreakerChange, 'modelId' | 'to' | 'because' | 'becauseZh'>;

export interface FactsOptions {
  readonly sources: AlertSources;
  readonly clock: Clock;
  /** Models whose breaker is not closed at the start. */
  readonly breakers: AlertFacts['breakers'];
}

/** What is known, as fresh as it was last asked for. */
export function createFacts({ sources, clock, breakers: atStart }: FactsOptions) {
  const beganMs = clock.monotonicMs();
  const breakers = new Map(atStart);
  let figures: AlertFacts['figures'] = new Map();
  let freeBytes: number | null = null;
  let dropped: AlertFacts['dropped'] = { count: 0, lastAtMs: null };
  let isCounting = false;

  return {
    breakerChanged({ modelId, to, because, becauseZh = because }: TurnedBreaker): void {
      breakers.set(modelId, { state: to, reason: because, reasonZh: becauseZh });
    },
    /** What can be asked for at any time. */
    async refresh(): Promise<void> {
      freeBytes = await sources.freeBytes();
    },
    /** What the models did in each window, which may take its time; false while an earlier count is not done. */
    async count(windowsMs: readonly number[]): Promise<boolean> {
      if (isCounting) return false;
      isCounting = true;
      const counted = await Promise.all(
        windowsMs.map(async (windowMs) => [windowMs, await sources.figures(windowMs)] as const),
      );
      figures = new Map(counted.flatMap(([windowMs, found]) => (found === null ? [] : [[windowMs, found]])));
      isCounting = false;
      return true;
    },
    now(modelIds: readonly string[], rollouts: AlertFacts['rollouts'] = []): AlertFacts {
      const nowMs = clock.nowMs();
      const lost = sources.dropped();
      if (lost > dropped.count) dropped = { count: lost, lastAtMs: nowMs };
      const upMs = clock.monotonicMs() - beganMs;
      return { nowMs, upMs, modelIds, breakers, figures, dropped, freeBytes, rollouts };
    },
  };
}
