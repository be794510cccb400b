import { durationMs } from '../../contract/duration.ts';
import { completeExperiment, type ExperimentDocument, toExperiment } from '../../contract/experiment.ts';
import type { PlanRequest, ExperimentPlan as Told } from '../../contract/experiment-report.ts';
import { fieldsFault, invalid, notFound } from '../../contract/fault.ts';
import { checkExperiment } from '../../domain/experiment/check-experiment.ts';
import type { MetricEvidence } from '../../domain/experiment/evidence.ts';
import type { MetricPlan } from '../../domain/experiment/plan.ts';
import { METRICS, type MetricId } from '../../domain/metric.ts';
import type { Estimate } from '../../domain/stats/estimate.ts';
import type { Outcome } from '../../domain/stats/outcome.ts';
import type { ExposureSums } from '../../ports/exposure-sums.ts';
import { type AnalysisCore, sessionRules } from '../core.ts';
import { DAY_MS, isoTime } from '../range.ts';

const HOUR_MS = 3_600_000;

/** What an experiment could show at the route's present figures and traffic. Throws `invalid`, `not_found`. */
export async function planReport(core: AnalysisCore, request: PlanRequest): Promise<Told> {
  const document = planned(core, request);
  const experiment = toExperiment(document);
  const faults = checkExperiment(experiment);
  if (faults.length > 0) throw fieldsFault(faults);
  const toMs = core.clock.nowMs();
  const fromMs = toMs - Math.max(DAY_MS, durationMs(document.duration));
  const metrics = experiment.metrics.map(({ metric }) => metric);
  const population = { kind: 'route', id: experiment.routeId } as const;
  const sums = await core.experiments.store.exposureSums(
    { fromMs, toMs, population, metrics },
    sessionRules(core),
  );
  const observedFromMs = Math.max(fromMs, sums.firstAtMs ?? fromMs);
  const usersPerDay = (usersOf(sums) * DAY_MS) / Math.max(HOUR_MS, toMs - observedFromMs);
  // as in `read.ts`
  const { planExperiment } = await import('../../domain/experiment/plan.ts');
  const { estimateArm } = await import('../../domain/stats/estimate.ts');
  const { addSums } = await import('../../domain/stats/add-sums.ts');
  const estimateOf = (evidence: MetricEvidence): Outcome<Estimate> => {
    if (evidence.kind === 'quantile') return evidence.arms[0]?.estimate ?? { status: 'insufficient_data' };
    const cells = evidence.strata.flatMap(({ arms }) => arms[0]?.sums ?? []);
    return cells.length === 0 ? { status: 'insufficient_data' } : estimateArm(cells.reduce(addSums));
  };
  const baselines = new Map<MetricId, Estimate>();
  for (const [metric, evidence] of sums.metrics) {
    const estimate = estimateOf(evidence);
    if (estimate.status === 'ok') baselines.set(metric, estimate);
  }
  const plan = planExperiment({
    experiment,
    rule: { ...document.rule, plannedUsers: null },
    baselines,
    usersPerDay,
  });
  return {
    route_id: experiment.routeId,
    duration: document.duration,
    observed_from: isoTime(observedFromMs),
    observed_to: isoTime(toMs),
    users_per_day: usersPerDay,
    expected_users: plan.expectedUsers,
    is_enough: plan.isEnough,
    metrics: plan.metrics.map((one) => tellPlan(one, baselines.get(one.metric))),
  };
}

/** The experiment that is meant: one that was written, or the outline in the request. */
function planned({ experiments }: AnalysisCore, request: PlanRequest): ExperimentDocument {
  const { experiment_id: id, route_id, duration, arms, metrics, ...rest } = request;
  if (id !== undefined) {
    const found = experiments.documents().get(id)?.document;
    if (found === undefined) throw notFound('experiment', id);
    return found;
  }
  const missing = Object.entries({ route_id, duration, arms, metrics }).filter(
    ([, value]) => value === undefined,
  );
  if (route_id === undefined || duration === undefined || arms === undefined || metrics === undefined) {
    const message = 'is missing; give experiment_id, or route_id, duration, arms and metrics';
    throw fieldsFault(missing.map(([path]) => ({ path, message })));
  }
  if (!experiments.routes().has(route_id)) throw invalid('route_id', `there is no route "${route_id}"`);
  return completeExperiment({ id: 'plan', route_id, duration, arms, metrics, ...rest }, 'plan');
}

function usersOf({ health }: ExposureSums): number {
  return health.byStratum.reduce((sum, { users }) => sum + (users[0] ?? 0), 0);
}

function tellPlan(
  { metric, role, plan, said }: MetricPlan,
  baseline: Estimate | undefined,
): Told['metrics'][number] {
  const base = { metric, name: METRICS[metric].name, role, said };
  if (plan.status !== 'ok') return { ...base, because: plan.status, numbers: null };
  const { scale, effect, users, days, smallestEffect, isEnough } = plan;
  const told = (value: number): number => (scale === 'log' ? Math.exp(value) : value);
  return {
    ...base,
    because: null,
    numbers: {
      baseline: baseline?.est ?? 0,
      scale: scale === 'log' ? 'ratio' : 'difference',
      effect: effect === null ? null : told(effect),
      users_control: users?.control ?? null,
      users_treatment: users?.treatment ?? null,
      days,
      smallest_effect: told(smallestEffect),
      is_enough: isEnough,
    },
  };
}
