import { METRICS } from '../../domain/metric.ts';
import type { GateEvidence } from '../../domain/rollout/gate-evidence.ts';
import type { Traffic } from '../../domain/rollout/outlook.ts';
import type { Gate } from '../../domain/rollout/plan.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/event-store.ts';
import type { TrafficQuestion } from '../../ports/metric-source.ts';

const DAY_MS = 86_400_000;
/** Less than this says nothing of a day. */
const LEAST_MS = 60_000;
const UNKNOWN: Traffic = { perDay: {}, shareOf: () => null };

export interface TrafficOptions {
  readonly store: Pick<EventStore, 'gateSums'>;
  readonly clock: Clock;
  readonly idleMs: () => number;
}

/** What a route's users did in the last day, as the gates of a plan would count it. Nothing is known while nobody can count. */
export async function trafficOf(
  { store, clock, idleMs }: TrafficOptions,
  { routeId, modelId, gates }: TrafficQuestion,
): Promise<Traffic> {
  const nowMs = clock.nowMs();
  // Against stable, a gate counts what it counts without.
  const plain = gates.map((gate) => ({ ...gate, isVsStable: false }));
  const counted = await store
    .gateSums({
      of: { kind: 'route', routeId },
      candidateModelId: modelId,
      sinceMs: nowMs - DAY_MS,
      onlyNewConversations: false,
      gates: plain,
      idleMs: idleMs(),
      nowMs,
    })
    .catch(() => null);
  if (counted === null || counted.firstAtMs === null) return UNKNOWN;
  const days = Math.max(LEAST_MS, nowMs - counted.firstAtMs) / DAY_MS;
  const perDay: { -readonly [U in keyof Traffic['perDay']]: Traffic['perDay'][U] } = {
    attempt: counted.requests / days,
  };
  const shares = new Map<Gate, number>();
  for (const [i, gate] of gates.entries()) {
    const sums = sumsOf(counted.gates[i] ?? null);
    if (sums === null) continue;
    perDay[METRICS[gate.metric].of] = sums.dSum / days;
    if (sums.dSum > 0) shares.set(gate, sums.mSum / sums.dSum);
  }
  return { perDay, shareOf: (gate) => shares.get(gate) ?? null };
}

function sumsOf(evidence: GateEvidence | null) {
  return evidence?.kind === 'ratio' ? evidence.candidate.sums : null;
}
