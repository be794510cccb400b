import type { ExperimentMetric } from '../experiment.ts';
import type { Contrast } from '../stats/contrast.ts';
import { readNonInferiority } from '../stats/non-inferiority.ts';
import type { Outcome } from '../stats/outcome.ts';
import { testRareEvent } from '../stats/rare-event.ts';
import type { MetricEvidence } from './evidence.ts';
import { type Direction, type Inference, scaleFor } from './metric-inference.ts';
import type { ReadingPlan } from './reading-plan.ts';

/** `harmed` within or beyond the margin; `safe`: surely not worse by more than the margin. */
export type GuardrailStatus = 'safe' | 'harmed' | 'harmed_within_margin' | 'open';

/** p of the exact test, where users with an event are counted and more of them is worse. */
export function rareEventP(
  evidence: MetricEvidence | undefined,
  { inference, arm }: { readonly inference: Inference; readonly arm: number },
): number | null {
  if (evidence?.kind !== 'ratio' || inference.kind !== 'ratio' || !inference.hasEvents) return null;
  const countOf = (index: number) => {
    const cells = evidence.strata.flatMap(({ arms }) => arms[index] ?? []);
    return {
      users: cells.reduce((sum, { sums }) => sum + sums.n, 0),
      withEvent: cells.reduce((sum, { usersWithEvent }) => sum + (usersWithEvent ?? Number.NaN), 0),
    };
  };
  const test = testRareEvent({ control: countOf(0), treatment: countOf(arm) });
  return test.status === 'ok' ? test.p : null;
}

export interface GuardrailInput {
  readonly spec: ExperimentMetric;
  readonly plan: ReadingPlan;
  readonly contrast: Outcome<Contrast>;
  readonly direction: Direction;
  /** p of the exact test, null where there is none. */
  readonly rare: number | null;
  /** Whether harm was clear at an earlier look. */
  readonly wasHarmed: boolean;
}

/** How a guardrail stands: by its variance where it has one, and by the exact test from the first event on. */
export function readGuardrail(input: GuardrailInput): GuardrailStatus | null {
  const { spec, plan, contrast, direction, rare, wasHarmed } = input;
  if (spec.role !== 'guardrail' || spec.margin === null) return null;
  // Each detector has its part of alpha, fixed by the metric and not by what it happens to show.
  const alphaHarm = plan.alphaHarm / (rare === null ? 1 : 2);
  const isStruck = wasHarmed || (rare !== null && rare < alphaHarm);
  const unread = isStruck ? 'harmed' : 'open';
  if (contrast.status !== 'ok') return unread;
  const read = readNonInferiority(contrast, {
    margin: scaleFor(spec) === 'log' ? marginOnLog(spec.margin, direction) : spec.margin,
    higherIsBetter: direction === 'higher',
    alpha: plan.alpha,
    alphaHarm,
    plannedUsers: plan.plannedUsers,
  });
  if (read.status !== 'ok') return unread;
  if (read.harm || isStruck) return read.nonInferior ? 'harmed_within_margin' : 'harmed';
  return read.nonInferior ? 'safe' : 'open';
}

/** A margin of 10 % is a factor of 1.1 where less is better, of 0.9 where more is. */
function marginOnLog(margin: number, direction: Direction): number {
  return direction === 'lower' ? Math.log1p(margin) : -Math.log1p(-Math.min(margin, 0.99));
}
