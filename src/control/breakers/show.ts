import type { BreakerAnswer } from '../../contract/breaker.ts';
import { formatDuration } from '../../contract/duration.ts';
import type { BreakerChange } from '../../domain/breaker-change.ts';
import { arithmeticOf } from '../../domain/breaker-words.ts';
import type { Model } from '../../domain/config.ts';
import { standbyOf } from '../../domain/routing.ts';
import type { CompiledRoute, Snapshot } from '../../domain/snapshot.ts';
import type { BreakerReport, Breakers } from '../../ports/breakers.ts';
import type { ControlCore } from '../core.ts';

/** Every model's breaker, with its arithmetic, its countdown, and who stands in. */
export function showBreakers(core: Pick<ControlCore, 'door' | 'breakers' | 'clock'>): BreakerAnswer[] {
  const breakers = core.breakers();
  return breakers.reports().flatMap((report) => answerBreaker(core, report) ?? []);
}

/** Null for a model that left the configuration just now. */
export function answerBreaker(
  { door, breakers, clock }: Pick<ControlCore, 'door' | 'breakers' | 'clock'>,
  report: BreakerReport,
): BreakerAnswer | null {
  const snapshot = door.snapshot();
  const model = snapshot.models.get(report.modelId);
  if (!model) return null;
  const { state, isHeld, requests, failures, history } = report;
  const arithmetic = arithmeticOf(report, model.breaker);
  const openUntilMs = state === 'OPEN' && !isHeld ? report.openUntilMs : null;
  const [last] = history;
  return {
    model_id: model.id,
    state,
    enabled: model.breaker.enabled,
    held: isHeld,
    ...(state === 'CLOSED' || last === undefined
      ? { because: arithmetic.en, because_zh: arithmetic.zh }
      : saidOf(last)),
    since: last === undefined ? null : timeOf(last.atMs),
    open_until: openUntilMs === null ? null : timeOf(openUntilMs),
    open_left: openUntilMs === null ? null : leftOf(openUntilMs - clock.nowMs()),
    counts: {
      window: formatDuration(model.breaker.windowMs),
      requests,
      failures,
      error_rate_pct: requests === 0 ? null : Math.round((failures * 10_000) / requests) / 100,
      consecutive_failures: report.consecutiveFailures,
      arithmetic: arithmetic.en,
      arithmetic_zh: arithmetic.zh,
    },
    probes: {
      passed: report.probesPassed,
      needed: model.breaker.probes,
      under_way: report.probesUnderWay,
    },
    trips: report.trips,
    fallbacks: fallbacksOf(model, snapshot, breakers()),
    history: history.map(toldChange),
  };
}

function toldChange(change: BreakerChange): BreakerAnswer['history'][number] {
  const { atMs, from, to, reason, openUntilMs } = change;
  const open_until = openUntilMs === null ? null : timeOf(openUntilMs);
  return { at: timeOf(atMs), from, to, reason, ...saidOf(change), open_until };
}

function saidOf({ because, becauseZh = because }: BreakerChange) {
  return { because, because_zh: becauseZh };
}

function fallbacksOf(model: Model, snapshot: Snapshot, breakers: Breakers): BreakerAnswer['fallbacks'] {
  const grounds = { snapshot, standingOf: (id: string) => breakers.standingOf(id) };
  return snapshot.routes
    .filter((compiled) => uses(compiled, model))
    .map(({ route, stable }) => {
      const standby = standbyOf({ serving: model, assigned: model, stable }, grounds);
      return { route_id: route.id, model_id: standby?.id ?? null };
    });
}

function uses({ stable, bounds, audienceModels, experiment }: CompiledRoute, model: Model): boolean {
  const shared = [...bounds, ...(experiment?.arms ?? [])];
  return stable === model || audienceModels.includes(model) || shared.some((one) => one.model === model);
}

/** Whole seconds, never less than are left. */
function leftOf(ms: number): string {
  return `${Math.max(0, Math.ceil(ms / 1_000))}s`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
