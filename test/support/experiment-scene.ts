import { createRng, type Rng } from '../../sim/rng.ts';
import type {
  Evidence,
  HealthFacts,
  MetricEvidence,
  RatioCell,
} from '../../src/domain/experiment/evidence.ts';
import { DEFAULT_RULE } from '../../src/domain/experiment/reading-plan.ts';
import { type ExperimentReport, reportExperiment } from '../../src/domain/experiment/report.ts';
import type { Stratum } from '../../src/domain/experiment.ts';
import { EXPERIMENT } from './experiment-spec.ts';
import { ratioSums } from './stats-arbitraries.ts';

export const HOUR = 3_600_000;
export const START = 1_750_000_000_000;

export const FINE: HealthFacts = {
  exposures: [],
  byStratum: [],
  usersInTwoArms: 0,
  weakRequests: 0,
  answers: [100, 100],
  fallbackAnswers: [0, 0],
  clients: [],
  idsAreUnstable: false,
  editsSinceStart: [],
  differences: [],
};

/** How the users of an arm fare. */
export interface Truth {
  readonly completed: number;
  readonly followUps: number;
  readonly depth: number;
  readonly errors: number;
}
export const CONTROL: Truth = { completed: 0.63, followUps: 0.29, depth: 3, errors: 0.01 };
export const BETTER: Truth = { completed: 0.79, followUps: 0.17, depth: 4.2, errors: 0.01 };

export const METRICS_OF: Readonly<Record<string, (truth: Truth, rng: Rng) => number>> = {
  task_completion: ({ completed }, rng) => (rng.chance(completed) ? 1 : 0),
  follow_up_rate: ({ followUps }, rng) => (rng.chance(followUps) ? 1 : 0),
  session_depth: ({ depth }, rng) => Math.max(1, Math.round(rng.logNormal(depth * 0.9, 0.45))),
  error_rate: ({ errors }, rng) => (rng.chance(errors) ? 1 : 0),
};

export function cellOf(
  id: string,
  { truth, users, rng }: { truth: Truth; users: number; rng: Rng },
): RatioCell {
  const draw = METRICS_OF[id];
  const rows = Array.from({ length: users }, () => {
    const d = 1 + rng.int(3);
    let m = 0;
    for (let i = 0; i < d; i += 1) m += draw?.(truth, rng) ?? 0;
    return { m, d };
  });
  return { sums: ratioSums(rows), usersWithEvent: rows.filter(({ m }) => m > 0).length };
}

export interface Scene {
  readonly truths?: readonly Truth[];
  readonly users?: readonly number[];
  readonly strata?: readonly Stratum[];
  readonly health?: Partial<HealthFacts>;
  readonly seed?: number | string;
}

export function evidenceOf({
  truths = [CONTROL, BETTER],
  users = [2_000, 2_000],
  strata = ['unknown'],
  health = {},
  seed = 1,
}: Scene): Evidence {
  const rng = createRng('report', seed);
  const evidenceFor = (id: string): MetricEvidence => ({
    kind: 'ratio',
    strata: strata.map((name) => ({
      name,
      arms: truths.map((truth, i) =>
        cellOf(id, { truth, users: Math.round((users[i] ?? 0) / strata.length), rng }),
      ),
    })),
  });
  return {
    metrics: new Map(EXPERIMENT.metrics.map(({ metric: id }) => [id, evidenceFor(id)])),
    byIntent: new Map(),
    health: { ...FINE, exposures: [users], ...health },
  };
}

export const report = (
  scene: Scene,
  more: Partial<Parameters<typeof reportExperiment>[0]> = {},
): ExperimentReport =>
  reportExperiment({
    experiment: EXPERIMENT,
    rule: DEFAULT_RULE,
    evidence: evidenceOf(scene),
    startedAtMs: START,
    stoppedAtMs: null,
    nowMs: START + 72 * HOUR,
    crossings: [],
    ...more,
  });
export const verdicts = ({ metrics }: ExperimentReport) => metrics.map(({ verdict }) => verdict);
