import { POSITIONS } from '../bucket.ts';
import type { Model } from '../config.ts';
import { inferenceOf } from '../experiment/metric-inference.ts';
import { METRICS } from '../metric.ts';
import { isWithin, wanted } from './limit.ts';
import type { Gate, Plan, Stage } from './plan.ts';

/** Something about a plan, and where, as a path into the API's form: `stages[1].gates[0].value`. */
export interface PlanFinding {
  readonly path: string;
  readonly message: string;
}

/** What hinders nothing, and what the console shows of it. */
export interface PlanWarning extends PlanFinding {
  readonly messageZh: string;
}

/** Everything that keeps a plan from being carried out. Whether its models exist is asked elsewhere. */
export function checkPlan({ stages, stableModelId, candidateModelId }: Plan): PlanFinding[] {
  const faults = stages.flatMap((stage, i) => [
    ...stageFaults(stage, i, stages),
    ...stage.gates.flatMap((gate, k) => gateFaults(gate, stage, `stages[${i}].gates[${k}]`)),
  ]);
  if (stableModelId === candidateModelId) {
    const message = `"${candidateModelId}" is the route's stable model already; release another one`;
    faults.unshift({ path: 'candidate_model_id', message });
  }
  if (stages.at(-1)?.steps !== POSITIONS) {
    const message = 'the last stage has 100 %: it is watched like every other before the rollout is complete';
    faults.push({ path: 'stages', message });
  }
  return faults;
}

function stageFaults(stage: Stage, index: number, stages: readonly Stage[]): PlanFinding[] {
  const path = `stages[${index}]`;
  const faults: PlanFinding[] = [];
  const before = stages[index - 1]?.steps ?? 0;
  if (!Number.isInteger(stage.steps) || stage.steps <= before || stage.steps > POSITIONS) {
    const message = `each stage has more users than the one before (${before / 100} %), and 100 % at most`;
    faults.push({ path: `${path}.weight`, message });
  }
  if (stage.maxWaitMs < Math.max(stage.holdMs, stage.quietMs)) {
    const message = 'the stage would give up waiting before hold and quiet time are over';
    faults.push({ path: `${path}.max_wait`, message });
  }
  return faults;
}

function gateFaults(gate: Gate, stage: Stage, path: string): PlanFinding[] {
  const { metric, isVsStable } = gate;
  const isCount = metric === 'error_count';
  if (inferenceOf(metric) === null && !isCount) {
    const message = `${metric} cannot be a gate: a failure counts as infinitely slow, which no mean survives; use a quantile`;
    return [{ path: `${path}.metric`, message }];
  }
  const faults: PlanFinding[] = [];
  const add = (field: string, message: string) => faults.push({ path: `${path}.${field}`, message });
  const { better } = METRICS[metric];
  if (better !== 'neither' && better !== wanted(gate)) {
    add(
      'op',
      `of ${metric} ${better} is better: the gate keeps it ${better === 'lower' ? '< or <=' : '> or >='} its value`,
    );
  }
  if (gate.classes !== null && !isCount) add('classes', 'only error_count counts some classes alone');
  if (isCount && isVsStable) add('metric', 'a count is not compared with stable; use error_rate_vs_stable');
  if (isCount && gate.mode === 'confident') add('mode', 'a count is what it is: use point');
  if (isVsStable && stage.steps === POSITIONS) {
    add('metric', 'at 100 % nobody is left to compare with; use a limit without _vs_stable');
  }
  const limit = limitFault(gate);
  if (limit !== null) add('value', limit);
  const hard = hardLimitFault(gate);
  if (hard !== null) add('hard_limit', hard);
  return faults;
}

function limitFault({ metric, isVsStable, limit }: Gate): string | null {
  if (isVsStable) return limit > 0 ? null : 'a multiple of stable is above 0, such as 1.2';
  const { unit } = METRICS[metric];
  if (unit === 'ratio' && (limit < 0 || limit > 1))
    return `a share is from 0 to 1: 0.5 % is 0.005, not ${limit}`;
  return unit === 'ms' && limit <= 0 ? 'a duration is above 0' : null;
}

function hardLimitFault(gate: Gate): string | null {
  if (gate.hardLimit === null) return null;
  if (gate.metric === 'error_count') return 'the limit of a count acts at once already';
  if (gate.isVsStable) {
    return 'few requests make any multiple of stable: put the hard limit on the metric itself';
  }
  return isWithin(gate.hardLimit, gate) ? 'the hard limit lies within the limit; it must lie beyond' : null;
}

/** What an operator should know before the start, and what may be meant so. */
export function warnOfPlan(
  { stages }: Pick<Plan, 'stages'>,
  candidate: Pick<Model, 'id' | 'protocol' | 'onOverflow'>,
): PlanWarning[] {
  return stages.flatMap((stage, i) =>
    stage.gates.flatMap((gate, k) => {
      const path = `stages[${i}].gates[${k}]`;
      const warnings: PlanWarning[] = [];
      if (gate.isVsStable && gate.mode === 'point' && gate.onFail === 'abort') {
        const message =
          'a value near that of stable lies beyond the limit by chance often: use confident to abort';
        const messageZh = '与稳定版相近的数值常会偶然超过阈值；用于中止时请改用 confident';
        warnings.push({ path: `${path}.mode`, message, messageZh });
      }
      const isBlind = candidate.protocol === 'ollama' && candidate.onOverflow === 'truncate';
      if (isBlind && gate.classes?.includes('context_length')) {
        const message = `${candidate.id} shortens what does not fit and says nothing, so the gate cannot see context_length; set on_overflow to "error"`;
        const messageZh = `${candidate.id} 会截断放不下的内容且不报告，门禁看不到 context_length；请将 on_overflow 设为 "error"`;
        warnings.push({ path: `${path}.classes`, message, messageZh });
      }
      return warnings;
    }),
  );
}
