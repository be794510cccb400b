import { POSITIONS } from '../../domain/bucket.ts';
import type { RatioCell } from '../../domain/experiment/evidence.ts';
import type { MetricId } from '../../domain/metric.ts';
import { cellOfCounts, type GateEvidence, type Reading } from '../../domain/rollout/gate-evidence.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/event-store.ts';
import type { GateQuestion, MetricSource } from '../../ports/metric-source.ts';
import { trafficOf } from './traffic.ts';

export interface MetricSourceOptions {
  readonly store: Pick<EventStore, 'gateSums'>;
  readonly clock: Clock;
  readonly idleMs: () => number;
  /** What people found of a model's answers since a time; null for a metric that reviews do not tell. */
  readonly reviews: (metric: MetricId, modelId: string, sinceMs: number) => RatioCell | null;
}

/** Counts gates from the index of the journal, and reviews from where people leave them. */
export function createMetricSource({ store, clock, idleMs, reviews }: MetricSourceOptions): MetricSource {
  const reviewOf = (metric: MetricId, modelId: string, { epochAtMs }: GateQuestion): RatioCell =>
    reviews(metric, modelId, epochAtMs) ?? cellOfCounts(0, 0);
  const reviewEvidence = (question: GateQuestion, i: number): GateEvidence | null => {
    const gate = question.gates[i];
    if (!gate?.metric.startsWith('review_')) return null;
    const { candidateModelId, stableModelId } = question;
    return {
      kind: 'ratio',
      candidate: reviewOf(gate.metric, candidateModelId, question),
      control: gate.isVsStable ? reviewOf(gate.metric, stableModelId, question) : null,
      beyondHardLimit: null,
      shownMs: null,
      errors: null,
    };
  };
  return {
    traffic: (question) => trafficOf({ store, clock, idleMs }, question),
    async read(question): Promise<Reading> {
      const { rolloutId, candidateModelId, stage, steps, epoch, epochAtMs, isSticky, gates } = question;
      try {
        const counted = await store.gateSums({
          of: { kind: 'rollout', rolloutId, stage },
          candidateModelId,
          sinceMs: epochAtMs,
          onlyNewConversations: isSticky,
          gates,
          idleMs: idleMs(),
          nowMs: clock.nowMs(),
        });
        return {
          status: 'ok',
          epoch,
          requests: counted.requests,
          gates: counted.gates.map((evidence, i) => evidence ?? reviewEvidence(question, i)),
          users: steps === POSITIONS ? null : counted.users,
        };
      } catch (error) {
        return { status: 'failed', detail: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
