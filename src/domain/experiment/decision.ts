import type { MetricReading } from './metric-reading.ts';
import type { DecisionRule } from './reading-plan.ts';
import { nameOf, type Said } from './words.ts';

/** `stop`: an arm does harm and should be taken back now. */
export type Action = 'ship' | 'keep_control' | 'stop' | 'wait' | 'none';

export interface Decision {
  readonly action: Action;
  /** The arm that is to be shipped or stopped. */
  readonly arm: string | null;
  readonly said: Said;
}

export interface DecisionInput {
  readonly rule: DecisionRule;
  readonly treatments: readonly string[];
  readonly readings: readonly MetricReading[];
  /** The planned end is over; nothing further will be seen. */
  readonly isOver: boolean;
}

/**
 * What the rule that was fixed before the start says now. An invalid experiment decides nothing; harm stops; an arm that
 * meets the rule on every guardrail and the primary metrics ships, early too, for the readings bear looking early.
 */
export function decideExperiment(input: DecisionInput): Decision {
  const { readings, treatments, isOver } = input;
  if (readings.some(({ verdict }) => verdict === 'invalid')) {
    const said = { en: 'No decision: the experiment is invalid.', zh: '无法决定：实验无效。' };
    return { action: 'none', arm: null, said };
  }
  const harmful = readings.find(isHarmful);
  if (harmful !== undefined) {
    const name = nameOf(harmful.metric);
    const said = {
      en: `Stop ${harmful.arm}: ${name.en} is worse.`,
      zh: `停止 ${harmful.arm}：${name.zh}变差。`,
    };
    return { action: 'stop', arm: harmful.arm, said };
  }
  const winner = treatments.find((arm) => meetsRule(arm, input));
  if (winner !== undefined) {
    const said = {
      en: `Ship ${winner}: it meets the rule that was fixed before the start.`,
      zh: `发布 ${winner}：满足开始前确定的规则。`,
    };
    return { action: 'ship', arm: winner, said };
  }
  return isOver
    ? {
        action: 'keep_control',
        arm: null,
        said: { en: 'Keep the control: no arm meets the rule.', zh: '保留对照组：没有实验组满足规则。' },
      }
    : {
        action: 'wait',
        arm: null,
        said: { en: 'Go on: the rule is not met yet.', zh: '继续：尚未满足规则。' },
      };
}

/** Harm within a margin that was called bearable beforehand is no reason to stop. */
function isHarmful({ role, guardrail, verdict }: MetricReading): boolean {
  return role === 'guardrail' ? guardrail === 'harmed' : role === 'primary' && verdict === 'worse';
}

function meetsRule(arm: string, { rule, readings }: DecisionInput): boolean {
  const own = readings.filter((reading) => reading.arm === arm);
  const primaries = own.filter(({ role }) => role === 'primary');
  const isMet = (reading: MetricReading) =>
    reading.verdict === 'better' && (rule.evidence === 'better' || reading.target === 'reached');
  const isEnough = rule.primaries === 'all' ? primaries.every(isMet) : primaries.some(isMet);
  const areSafe = own.every(
    ({ guardrail }) => guardrail === null || guardrail === 'safe' || guardrail === 'harmed_within_margin',
  );
  return primaries.length > 0 && isEnough && areSafe;
}
