import type { ExperimentReport as Told } from '../../contract/experiment-report.ts';
import type { GroupReading } from '../../domain/experiment/exploratory.ts';
import type { MetricReading } from '../../domain/experiment/metric-reading.ts';
import type { ExperimentReport } from '../../domain/experiment/report.ts';
import { METRICS } from '../../domain/metric.ts';
import type { AnalysisCore } from '../core.ts';
import { isoTime } from '../range.ts';
import { type Reading, readExperiment } from './read.ts';

/** What an experiment says now, in the form of the API. */
export async function experimentReport(core: AnalysisCore, id: string): Promise<Told> {
  return tellReading(await readExperiment(core, id));
}

function tellReading({ document, report, health, arms, readAtMs }: Reading): Told {
  const users = arms.map((_, place) =>
    health.exposures.reduce((sum, counts) => sum + (counts[place] ?? 0), 0),
  );
  return {
    experiment_id: document.id,
    name: document.name,
    route_id: document.route_id,
    status: report.status,
    started_at: document.started_at ?? '',
    ends_at: isoTime(report.endsAtMs),
    read_at: isoTime(readAtMs),
    arms: arms.map((arm, place) => ({ ...arm, users: users[place] ?? 0 })),
    decision: report.decision,
    metrics: report.metrics.map(tellMetric),
    health: [...report.health],
    groups: report.groups.map(tellGroup),
  };
}

type Metric = Told['metrics'][number];

function tellMetric(reading: ExperimentReport['metrics'][number]): Metric {
  const { metric, role, arm, verdict, guardrail, clearSinceMs, said } = reading;
  return {
    metric,
    name: METRICS[metric].name,
    role,
    arm,
    verdict,
    because: 'because' in reading ? reading.because : null,
    guardrail,
    target: 'target' in reading ? reading.target : null,
    clear_since: clearSinceMs === null ? null : isoTime(clearSinceMs),
    numbers: 'numbers' in reading ? tellNumbers(reading.numbers) : null,
    said,
  };
}

type Numbers = Extract<MetricReading, { numbers: object }>['numbers'];

function tellNumbers(numbers: Numbers): NonNullable<Metric['numbers']> {
  const { control, treatment, users, usersNeeded, pSequential, pFixed, alpha, posterior } = numbers;
  return {
    control,
    treatment,
    effect: { ...tellEffect(numbers), confidence: 1 - alpha },
    p_sequential: pSequential,
    p_final: pFixed,
    users,
    users_needed: usersNeeded,
    belief: posterior && {
      chance_to_win: posterior.chanceToWin,
      loss_if_shipped: posterior.lossShipTreatment,
      loss_if_kept: posterior.lossKeepControl,
    },
  };
}

/** A logarithm is told as what it is the logarithm of: how many times control. */
function tellEffect({ scale, est, lo, hi }: Pick<Numbers, 'scale' | 'est' | 'lo' | 'hi'>) {
  return scale === 'absolute'
    ? { scale: 'difference' as const, value: est, lo, hi }
    : { scale: 'ratio' as const, value: Math.exp(est), lo: Math.exp(lo), hi: Math.exp(hi) };
}

function tellGroup({ metric, arm, groupedBy, group, scale, reading }: GroupReading): Told['groups'][number] {
  const base = { metric, arm, grouped_by: groupedBy, group };
  if (reading.status !== 'ok') return { ...base, because: reading.status, numbers: null };
  const { control, treatment, standsOut } = reading;
  const numbers = { control, treatment, ...tellEffect({ scale, ...reading }), stands_out: standsOut };
  return { ...base, because: null, numbers };
}
