import type { Experiment, ExperimentMetric } from '../experiment.ts';
import type { MetricId } from '../metric.ts';
import { testAnyTime } from '../stats/always-valid.ts';
import { contrastArms } from '../stats/contrast.ts';
import { estimateArm } from '../stats/estimate.ts';
import { discoverByEvidence } from '../stats/multiplicity.ts';
import { failed, type Outcome } from '../stats/outcome.ts';
import { READINESS } from '../stats/readiness.ts';
import type { Cells, Evidence } from './evidence.ts';
import { scaleFor } from './metric-inference.ts';

/** One metric in one group of users, for looking around; nothing is decided by it. */
export interface GroupReading {
  readonly metric: MetricId;
  readonly arm: string;
  readonly groupedBy: 'stratum' | 'intent';
  readonly group: string;
  readonly scale: 'absolute' | 'log';
  readonly reading: Outcome<{
    readonly control: number;
    readonly treatment: number;
    readonly est: number;
    readonly lo: number;
    readonly hi: number;
    readonly logE: number;
    /** Whether it stands out among all groups (e-BH): of those that do, at most 5 % do so by chance. */
    readonly standsOut: boolean;
  }>;
}

type Unmarked = Omit<GroupReading, 'reading'> & {
  readonly reading: Outcome<Omit<Extract<GroupReading['reading'], { status: 'ok' }>, 'standsOut' | 'status'>>;
};

/** Every ratio metric in every stratum and intent, marked where it stands out. */
export function readGroups(
  { arms, metrics }: Pick<Experiment, 'arms' | 'metrics'>,
  evidence: Evidence,
  plannedUsers: number,
): GroupReading[] {
  const found = metrics.flatMap((spec) => {
    const own = evidence.metrics.get(spec.metric);
    const groups = [
      ...(own?.kind === 'ratio' ? own.strata : []).map((cells) => ({ groupedBy: 'stratum' as const, cells })),
      ...(evidence.byIntent.get(spec.metric) ?? []).map((cells) => ({ groupedBy: 'intent' as const, cells })),
    ];
    return groups.flatMap(({ groupedBy, cells }) =>
      arms.slice(1).map(({ name }, i): Unmarked => {
        const reading = readGroup(cells, { spec, arm: i + 1, plannedUsers });
        return {
          metric: spec.metric,
          arm: name,
          groupedBy,
          group: cells.name,
          scale: scaleFor(spec),
          reading,
        };
      }),
    );
  });
  return mark(found);
}

function readGroup(
  cells: Cells,
  { spec, arm, plannedUsers }: { spec: ExperimentMetric; arm: number; plannedUsers: number },
): Unmarked['reading'] {
  const [controlCell, treatmentCell] = [cells.arms[0], cells.arms[arm]];
  if (controlCell === undefined || treatmentCell === undefined) return failed('insufficient_data');
  if (Math.min(controlCell.sums.n, treatmentCell.sums.n) < READINESS.minUsers)
    return failed('insufficient_users');
  const [control, treatment] = [estimateArm(controlCell.sums), estimateArm(treatmentCell.sums)];
  if (control.status !== 'ok') return control;
  if (treatment.status !== 'ok') return treatment;
  const contrast = contrastArms(control, treatment, scaleFor(spec));
  if (contrast.status !== 'ok') return contrast;
  const test = testAnyTime(contrast, { plannedUsers });
  if (test.status !== 'ok') return test;
  const { est, lo, hi, logE } = test;
  return { status: 'ok', control: control.est, treatment: treatment.est, est, lo, hi, logE };
}

function mark(found: readonly Unmarked[]): GroupReading[] {
  const evidence = found.map(({ reading }) => (reading.status === 'ok' ? Math.exp(reading.logE) : 0));
  const discovered = discoverByEvidence(evidence);
  const rejected = discovered.status === 'ok' ? discovered.rejected : [];
  return found.map((group, i) => {
    const { reading } = group;
    if (reading.status !== 'ok') return { ...group, reading };
    return { ...group, reading: { ...reading, standsOut: rejected[i] ?? false } };
  });
}
