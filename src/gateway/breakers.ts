import { NO_PASS, type Pass, type Standing, type Verdict } from '../domain/breaker.ts';
import type { BreakerChange } from '../domain/breaker-change.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Breakers, SavedBreaker } from '../ports/breakers.ts';
import type { Clock } from '../ports/clock.ts';
import type { ModelClient } from '../ports/model-client.ts';
import { LiveBreaker } from './live-breaker.ts';

/** How late a breaker may notice that its time is over while nobody asks. */
const TICK_MS = 200;

export type Prober = Pick<ModelClient, 'ask'>;

export interface BreakersOptions {
  readonly snapshot: () => Snapshot;
  readonly clock: Clock;
  /** Tries models that no user tries; without it only users do. */
  readonly prober: Prober | null;
  readonly saved: readonly SavedBreaker[];
  /** Hears of each change, in order, once the request that made it has been served. */
  readonly onChange: (change: BreakerChange) => void;
}

/** The live breakers of all models, as requests meet them. An untouched one costs a request three look-ups and a sum. */
export interface LiveBreakers extends Breakers {
  /** A function of its own: decisions are handed it. */
  readonly standingOf: (modelId: string) => Standing;
  enter(modelId: string): Pass;
  leave(modelId: string, pass: Pass, verdict: Verdict): void;
  /** What a caller who insists on the model is told to wait. */
  retryAfterSeconds(modelId: string): number;
  /** Counts an attempt of an earlier process; wall time. */
  recall(modelId: string, verdict: Verdict, atMs: number): void;
  close(): void;
}

export function createBreakers(options: BreakersOptions): LiveBreakers {
  const saved = new Map(options.saved.map((one) => [one.modelId, one]));
  let lives = new Map<string, LiveBreaker>(); // one a registered model
  let seen: Snapshot | null = null;
  /** While no breaker has tripped, none needs to be asked. */
  let hasTripped = false;
  let timer: NodeJS.Timeout | null = null;

  const stop = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  const watch = (): void => {
    hasTripped = [...lives.values()].some((live) => !live.isClosed);
    if (hasTripped) timer ??= setInterval(tick, TICK_MS).unref();
    else stop();
  };
  const onChange = (change: BreakerChange): void => {
    watch();
    setImmediate(options.onChange, change);
  };
  /** The breakers of the configuration in force: a model that is gone takes its own along. */
  const all = (): Map<string, LiveBreaker> => {
    const snapshot = options.snapshot();
    if (snapshot === seen) return lives;
    seen = snapshot;
    lives = new Map(
      Array.from(snapshot.models.values(), (model) => {
        const live = lives.get(model.id);
        if (live) live.model = model;
        const { clock } = options;
        return [
          model.id,
          live ?? new LiveBreaker({ model, clock, saved: saved.get(model.id), onChange }),
        ] as const;
      }),
    );
    saved.clear(); // a model that is registered later begins anew
    watch();
    return lives;
  };
  const tick = (): void => {
    for (const live of lives.values()) {
      if (!live.isClosed) live.settle();
      if (options.prober !== null && live.wantsProbe) void probe(options.prober, live);
    }
  };

  return {
    standingOf(modelId) {
      const live = all().get(modelId);
      return hasTripped && live ? live.standing : 'closed';
    },
    enter: (modelId) => all().get(modelId)?.enter() ?? NO_PASS,
    leave: (modelId, pass, verdict) => all().get(modelId)?.leave(pass, verdict),
    retryAfterSeconds: (modelId) => all().get(modelId)?.retryAfterSeconds ?? 1,
    recall: (modelId, verdict, atMs) => all().get(modelId)?.recall(verdict, atMs),
    reports: () => Array.from(all().values(), (live) => live.report()),
    force(modelId, action) {
      const live = all().get(modelId);
      live?.force(action);
      return live?.report() ?? null;
    },
    close: stop,
  };
}

/** One question of our own, where no user asks. */
async function probe(client: Prober, live: LiveBreaker): Promise<void> {
  const pass = live.enter();
  const { errorClass } = await client.ask(live.model, true);
  live.leave(pass, errorClass);
}
