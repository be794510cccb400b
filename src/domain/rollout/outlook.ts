import { POSITIONS } from '../bucket.ts';
import { nameOf, type Said } from '../experiment/words.ts';
import { METRICS, type Metric } from '../metric.ts';
import { controlRange } from './exposure.ts';
import type { Gate, Plan, Stage } from './plan.ts';
import { type Need, samplesNeeded } from './samples-needed.ts';

type Unit = Metric['of'];

/** What the route sees at present. */
export interface Traffic {
  /** Of the whole route; absent where nobody counts. Reviews are people's work and have no traffic. */
  readonly perDay: Readonly<Partial<Record<Unit, number>>>;
  /** Stable's present value of what a gate counts, as `samplesNeeded` wants it. */
  readonly shareOf: (gate: Gate) => number | null;
}

/** How long a gate waits for its evidence. */
export interface GateOutlook {
  readonly gate: number;
  readonly need: Need;
  /** Samples that the smaller of the groups gets; null where nobody can say. */
  readonly perDay: number | null;
  readonly days: number | null;
  /** "600 requests at 80 a day = 7.5 days". */
  readonly said: Said;
}

export interface StageOutlook {
  readonly stage: number;
  readonly steps: number;
  readonly gates: readonly GateOutlook[];
  /** Hold, quiet time or evidence, whichever takes longest; null where a gate's time is not known. */
  readonly days: number | null;
  /** `never`: the stage can never be proved; `too_slow`: not within its longest wait. */
  readonly status: 'fits' | 'too_slow' | 'never' | 'unknown';
}

const DAY_MS = 86_400_000;

/** What each stage will take at the present traffic; for an operator to read before the start. */
export function lookAhead({ stages }: Pick<Plan, 'stages'>, traffic: Traffic): StageOutlook[] {
  return stages.map((stage, i) => stageOutlook(stage, i, traffic));
}

function stageOutlook(stage: Stage, index: number, traffic: Traffic): StageOutlook {
  const gates = stage.gates.map((gate, i) => gateOutlook(gate, i, stage, traffic));
  // What only warns when it does not know is not waited for.
  const awaited = gates.filter(({ gate }) => isAwaited(stage.gates[gate]));
  const leastDays = Math.max(stage.holdMs, stage.quietMs) / DAY_MS;
  const base = { stage: index, steps: stage.steps, gates };
  if (awaited.some(({ need, perDay }) => need.kind === 'never' || perDay === 0)) {
    return { ...base, days: null, status: 'never' };
  }
  const known = awaited.flatMap(({ days }) => (days === null ? [] : [days]));
  const days = Math.max(leastDays, ...known);
  if (days > stage.maxWaitMs / DAY_MS) return { ...base, days, status: 'too_slow' };
  return known.length < awaited.length
    ? { ...base, days: null, status: 'unknown' }
    : { ...base, days, status: 'fits' };
}

function isAwaited(gate: Gate | undefined): boolean {
  return gate !== undefined && gate.onFail !== 'warn' && gate.onNoData !== 'warn';
}

function gateOutlook(gate: Gate, index: number, stage: Stage, traffic: Traffic): GateOutlook {
  const need = samplesNeeded(gate, traffic.shareOf(gate));
  const unit: Unit = METRICS[gate.metric].of;
  const total = traffic.perDay[unit];
  const { from, below } = controlRange(stage.steps);
  const steps = gate.isVsStable ? Math.min(stage.steps, below - from) : stage.steps;
  const perDay = unit === 'review' || total === undefined ? null : (total * steps) / POSITIONS;
  const days = need.kind === 'samples' && perDay !== null && perDay > 0 ? need.samples / perDay : null;
  return { gate: index, need, perDay, days, said: say({ gate, need, perDay, days, unit }) };
}

const UNITS: Readonly<Record<Unit, Said>> = {
  attempt: { en: 'requests', zh: '个请求' },
  good_answer: { en: 'requests', zh: '个请求' },
  session: { en: 'sessions', zh: '个会话' },
  round: { en: 'later rounds', zh: '个后续轮次' },
  rating: { en: 'ratings', zh: '个评分' },
  review: { en: 'reviewed answers', zh: '个评审回答' },
};

function say(about: {
  readonly gate: Gate;
  readonly need: Need;
  readonly perDay: number | null;
  readonly days: number | null;
  readonly unit: Unit;
}): Said {
  const { gate, need, perDay, days, unit } = about;
  const name = nameOf(gate.metric);
  if (need.kind === 'never') {
    return {
      en: `${name.en}: no number of samples can prove this`,
      zh: `${name.zh}：无论多少样本都无法证明`,
    };
  }
  if (need.kind === 'unknown') {
    return {
      en: `${name.en}: known once there are figures of stable`,
      zh: `${name.zh}：需先有稳定版的数据才能估算`,
    };
  }
  const [count, units] = [need.samples.toLocaleString('en-US'), UNITS[unit]];
  const many = need.samples === 1 ? units.en.slice(0, -1) : units.en;
  if (perDay === null) return { en: `${count} ${many}`, zh: `${count} ${units.zh}` };
  const rate = Math.round(perDay).toLocaleString('en-US');
  if (days === null)
    return { en: `${count} ${many} at 0 a day: never`, zh: `${count} ${units.zh}，每天 0：永远不够` };
  const time = timeOf(days);
  return {
    en: `${count} ${many} at ${rate} a day = ${time.en}`,
    zh: `${count} ${units.zh}，每天 ${rate}，约需 ${time.zh}`,
  };
}

function timeOf(days: number): Said {
  if (days >= 1) return { en: `${Number(days.toFixed(1))} days`, zh: `${Number(days.toFixed(1))} 天` };
  const hours = days * 24;
  if (hours >= 1) return { en: `${Number(hours.toFixed(1))} h`, zh: `${Number(hours.toFixed(1))} 小时` };
  const minutes = Math.max(1, Math.ceil(hours * 60));
  return { en: `${minutes} min`, zh: `${minutes} 分钟` };
}
