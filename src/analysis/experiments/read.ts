import { type ExperimentDocument, toExperiment } from '../../contract/experiment.ts';
import { AdminFault, notFound } from '../../contract/fault.ts';
import type { MetricEvidence } from '../../domain/experiment/evidence.ts';
import type { ExperimentReport } from '../../domain/experiment/report.ts';
import type { Experiment } from '../../domain/experiment.ts';
import type { MetricId } from '../../domain/metric.ts';
import type { TimeRange } from '../../ports/event-store.ts';
import type { ExposureSums } from '../../ports/exposure-sums.ts';
import { type AnalysisCore, sessionRules } from '../core.ts';
import { DAY_MS } from '../range.ts';
import { hasUnstableIds } from '../warnings.ts';

/** An experiment that has begun, read at one time. */
export interface Reading {
  readonly document: ExperimentDocument;
  readonly report: ExperimentReport;
  readonly health: ExposureSums['health'];
  readonly arms: readonly ExperimentDocument['arms'][number][];
  readonly readAtMs: number;
}

/** Throws `not_found`, or `wrong_state` for a draft: there is nothing to read yet. */
export async function readExperiment(core: AnalysisCore, id: string): Promise<Reading> {
  const { clock, experiments } = core;
  const document = experiments.documents().get(id)?.document;
  if (document === undefined) throw notFound('experiment', id);
  if (document.started_at === null) {
    throw new AdminFault(
      'wrong_state',
      `experiment "${id}" has not begun; see POST /admin/v1/experiments/plan`,
    );
  }
  const nowMs = clock.nowMs();
  const experiment = readable(document);
  const { metrics, strata, arms } = experiment;
  const [startedAtMs, stoppedAtMs] = [Date.parse(document.started_at), timeOrNull(document.stopped_at)];
  const toMs = Math.min(startedAtMs + experiment.durationMs, stoppedAtMs ?? nowMs);
  const sums = await experiments.store.exposureSums(
    {
      fromMs: startedAtMs,
      toMs,
      population: {
        kind: 'experiment',
        id,
        arms: arms.map(({ name }) => name),
        newUserWithinMs: strata?.newUserWithinMs ?? null,
      },
      metrics: metrics.map(({ metric }) => metric),
    },
    sessionRules(core),
  );
  const reviewed = reviewsOf(core, experiment, { fromMs: startedAtMs, toMs });
  const identities = await core.store.identitySums({ fromMs: toMs - DAY_MS, toMs });
  // The distribution functions take a quarter of a second to load: who never reads a report never pays for them.
  const { reportExperiment } = await import('../../domain/experiment/report.ts');
  const report = reportExperiment({
    experiment,
    rule: { ...document.rule, plannedUsers: document.expected_users },
    evidence: {
      metrics: new Map([...sums.metrics, ...reviewed]),
      byIntent: new Map(sums.byIntent),
      health: {
        ...sums.health,
        idsAreUnstable: hasUnstableIds(identities),
        editsSinceStart: document.edits.map(({ model_id, field }) => ({ modelId: model_id, field })),
        differences: document.differences,
      },
    },
    startedAtMs,
    stoppedAtMs,
    nowMs,
    crossings: experiments.memory.crossings(id),
  });
  experiments.memory.keep(id, report.crossings);
  const names = new Set(arms.map(({ name }) => name));
  const shown = document.arms.filter(({ name }) => names.has(name));
  return { document, report, health: sums.health, arms: shown, readAtMs: toMs };
}

/** Reviews are few: nobody looks at them by stratum. */
function reviewsOf(
  { experiments }: AnalysisCore,
  { id, arms, metrics }: Experiment,
  range: TimeRange,
): [MetricId, MetricEvidence][] {
  const names = arms.map(({ name }) => name);
  return metrics.flatMap(({ metric }): [MetricId, MetricEvidence][] => {
    const cells = experiments.reviews(metric, { ...range, experimentId: id, arms: names });
    return cells === null ? [] : [[metric, { kind: 'ratio', strata: [{ name: 'unknown', arms: cells }] }]];
  });
}

/** Without the arms that were stopped while the others went on: half of their time they had nobody. */
function readable(document: ExperimentDocument) {
  const experiment = toExperiment(document);
  const gone = document.arms.filter(
    ({ stopped_at }) => stopped_at !== null && stopped_at !== document.stopped_at,
  );
  return {
    ...experiment,
    arms: experiment.arms.filter((arm) => !gone.some(({ name }) => name === arm.name)),
  };
}

function timeOrNull(text: string | null): number | null {
  return text === null ? null : Date.parse(text);
}
