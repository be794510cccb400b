import type { Experiment, StrataConfig } from '../experiment.ts';
import { PLANNED_USERS } from '../stats/always-valid.ts';

/** How an experiment is read, fixed before its start. */
export interface DecisionRule {
  /** Whether every primary metric must be better, or one is enough. */
  readonly primaries: 'all' | 'any';
  /** Whether better is enough, or the target must be reached. */
  readonly evidence: 'better' | 'target';
  /** Users of both arms expected by the end; null when nobody can say. */
  readonly plannedUsers: number | null;
}

export const DEFAULT_RULE: DecisionRule = { primaries: 'all', evidence: 'better', plannedUsers: null };

/** Levels and tuning of every test of one read-out. */
export interface ReadingPlan {
  readonly alpha: number;
  /** Spent on looks before the end. */
  readonly alphaEarly: number;
  /** Of each guardrail: any of them can stop the experiment. */
  readonly alphaHarm: number;
  readonly power: number;
  /** Chances to win: primary metrics, where one is enough, times arms besides the control. */
  readonly comparisons: number;
  readonly plannedUsers: number;
  readonly isFinal: boolean;
  readonly strata: StrataConfig | null;
}

const ALPHA = 0.05;
const ALPHA_EARLY = 0.01;
const POWER = 0.8;

/** The levels by the rule. All-must-pass needs no correction, any-may-win is shared among the chances. */
export function planReading(
  { arms, metrics, strata }: Pick<Experiment, 'arms' | 'metrics' | 'strata'>,
  rule: DecisionRule,
  isFinal: boolean,
): ReadingPlan {
  const treatments = Math.max(1, arms.length - 1);
  const countOf = (role: string) => Math.max(1, metrics.filter((metric) => metric.role === role).length);
  return {
    alpha: ALPHA,
    alphaEarly: ALPHA_EARLY,
    alphaHarm: ALPHA / (countOf('guardrail') * treatments),
    power: POWER,
    comparisons: treatments * (rule.primaries === 'any' ? countOf('primary') : 1),
    plannedUsers: rule.plannedUsers ?? PLANNED_USERS,
    isFinal,
    strata,
  };
}
