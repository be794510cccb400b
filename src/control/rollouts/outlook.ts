import type { RolloutAnswer } from '../../contract/rollout.ts';
import { lookAhead, type StageOutlook } from '../../domain/rollout/outlook.ts';
import type { ControlCore } from '../core.ts';
import { planOf, rolloutOf } from './record.ts';

/** An answer with what each stage of a draft will take at the present traffic; of other rollouts it is left as it is. */
export async function withOutlook<A extends RolloutAnswer>(
  { door, metrics }: Pick<ControlCore, 'door' | 'metrics'>,
  answer: A,
): Promise<A> {
  if (answer.status !== 'draft') return answer;
  const plan = planOf(rolloutOf(door.state(), answer.id));
  const traffic = await metrics().traffic({
    routeId: plan.routeId,
    modelId: plan.stableModelId,
    gates: plan.stages.flatMap((stage) => stage.gates),
  });
  const stages = lookAhead(plan, traffic);
  return {
    ...answer,
    outlook: stages.map(({ stage, status, days, gates }) => ({
      stage,
      status,
      days,
      gates: gates.map(({ said }) => said),
    })),
    warnings: [...answer.warnings, ...stages.flatMap(warningOf)],
  };
}

function warningOf({ stage, status, steps, days }: StageOutlook): RolloutAnswer['warnings'] {
  const path = `stages[${stage}]`;
  const share = `${steps / 100} %`;
  if (status === 'never') {
    const message = `at ${share} this stage can never be proved at the present traffic; ask for fewer samples, or for more users`;
    const message_zh = `${share} 时按当前流量永远无法得出结论；请减少所需样本或增加用户`;
    return [{ path, message, message_zh }];
  }
  if (status !== 'too_slow') return [];
  const message = `at ${share} this stage takes ${days?.toFixed(1)} days at the present traffic, longer than its max_wait`;
  const message_zh = `${share} 时按当前流量需要 ${days?.toFixed(1)} 天，超过其 max_wait`;
  return [{ path: `${path}.max_wait`, message, message_zh }];
}
