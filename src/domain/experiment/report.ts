import type { Experiment } from '../experiment.ts';
import type { MetricId } from '../metric.ts';
import { checkArms } from './check-arms.ts';
import { checkSharing } from './check-sharing.ts';
import { type Decision, decideExperiment } from './decision.ts';
import type { Evidence } from './evidence.ts';
import { type GroupReading, readGroups } from './exploratory.ts';
import type { Finding } from './finding.ts';
import { type Crossing, type MetricReading, readMetric } from './metric-reading.ts';
import { type DecisionRule, planReading } from './reading-plan.ts';
import { sayReading } from './reading-words.ts';
import type { Said } from './words.ts';

export interface ReportInput {
  readonly experiment: Experiment;
  readonly rule: DecisionRule;
  /** Of the time from the start to the planned end, the stop or now, whichever is first. */
  readonly evidence: Evidence;
  readonly startedAtMs: number;
  /** Null while it runs. */
  readonly stoppedAtMs: number | null;
  readonly nowMs: number;
  /** What earlier reports handed back. */
  readonly crossings: readonly Crossing[];
}

export interface ExperimentReport {
  /** Stopped before its planned end it is read by the rules of an early look. */
  readonly status: 'running' | 'ended' | 'stopped_early';
  readonly endsAtMs: number;
  readonly metrics: readonly (MetricReading & { readonly said: Said })[];
  readonly health: readonly Finding[];
  readonly decision: Decision;
  /** By stratum and intent; exploratory. */
  readonly groups: readonly GroupReading[];
  /** To be kept for the next report: what was clear once stays clear. */
  readonly crossings: readonly Crossing[];
}

/** The whole read-out. The same evidence gives the same report, however often it is asked for. */
export function reportExperiment(input: ReportInput): ExperimentReport {
  const { experiment, rule, evidence, startedAtMs, stoppedAtMs, nowMs } = input;
  const endsAtMs = startedAtMs + experiment.durationMs;
  const isFinal = (stoppedAtMs ?? nowMs) >= endsAtMs;
  const isOver = isFinal || stoppedAtMs !== null;
  const weights = experiment.arms.map(({ steps }) => steps);
  const health = [...checkSharing(evidence.health, weights), ...checkArms(experiment.arms, evidence)];
  const isInvalid = health.some(({ level }) => level === 'invalid');
  const readings = isInvalid ? invalidReadings(experiment) : readAll(input, isFinal);
  const plan = planReading(experiment, rule, isFinal);
  return {
    status: isFinal ? 'ended' : isOver ? 'stopped_early' : 'running',
    endsAtMs,
    metrics: experiment.metrics.flatMap((spec) =>
      readings
        .filter(({ metric }) => metric === spec.metric)
        .map((reading) => ({ ...reading, said: sayReading(reading, spec, isFinal) })),
    ),
    health,
    decision: decideExperiment({
      rule,
      treatments: treatmentsOf(experiment),
      readings,
      isOver,
    }),
    groups: isInvalid ? [] : readGroups(experiment, evidence, plan.plannedUsers),
    crossings: crossingsAfter(input, readings, isFinal),
  };
}

const treatmentsOf = ({ arms }: Experiment): string[] => arms.slice(1).map(({ name }) => name);

function invalidReadings(experiment: Experiment): MetricReading[] {
  return experiment.metrics.flatMap(({ metric, role }) =>
    treatmentsOf(experiment).map((arm) => ({
      metric,
      role,
      arm,
      guardrail: null,
      clearSinceMs: null,
      verdict: 'invalid' as const,
    })),
  );
}

function readAll(
  { experiment, rule, evidence, nowMs, crossings }: ReportInput,
  isFinal: boolean,
): MetricReading[] {
  const plan = planReading(experiment, rule, isFinal);
  return experiment.metrics.flatMap((spec) =>
    treatmentsOf(experiment).map((name, i) =>
      readMetric({
        spec,
        arm: { index: i + 1, name },
        evidence: evidence.metrics.get(spec.metric),
        plan,
        nowMs,
        crossing: crossingOf(crossings, spec.metric, name),
      }),
    ),
  );
}

/** Harm that was clear outranks a benefit that was. */
function crossingOf(crossings: readonly Crossing[], metric: MetricId, arm: string): Crossing | null {
  const own = crossings.filter((known) => known.metric === metric && known.arm === arm);
  return own.find(({ verdict }) => verdict === 'worse') ?? own[0] ?? null;
}

/** Crossings so far, with those of this look. The one read at the end is no crossing: there is nothing after it. */
function crossingsAfter(
  { crossings }: ReportInput,
  readings: readonly MetricReading[],
  isFinal: boolean,
): readonly Crossing[] {
  if (isFinal) return crossings;
  const fresh = readings.flatMap((reading): Crossing[] => {
    const { metric, arm, verdict, clearSinceMs } = reading;
    if (clearSinceMs === null || (verdict !== 'better' && verdict !== 'worse')) return [];
    return crossingOf(crossings, metric, arm)?.verdict === verdict
      ? []
      : [{ metric, arm, atMs: clearSinceMs, verdict }];
  });
  return [...crossings, ...fresh];
}
