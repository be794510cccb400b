import type { ExperimentMetric } from '../experiment.ts';
import type { Contrast } from '../stats/contrast.ts';
import { readNonInferiority } from '../stats/non-inferiority.ts';
import type { Outcome } from '../stats/outcome.ts';
import { type EventCounts, testRareEvent } from '../stats/rare-event.ts';
import { rateSequence } from '../stats/rate-sequence.ts';
import type { MetricEvidence } from './evidence.ts';
import { type Direction, type Inference, scaleFor } from './metric-inference.ts';
import type { ReadingPlan } from './reading-plan.ts';

/** `harmed` within or beyond the margin; `safe`: surely not worse by more than the margin. */
export type GuardrailStatus = 'safe' | 'harmed' | 'harmed_within_margin' | 'open';

/** Users with at least one event, where they are counted and more of them is worse; null where not. */
export function struckUsers(
  evidence: MetricEvidence | undefined,
  { inference, arm }: { readonly inference: Inference; readonly arm: number },
): EventCounts | null {
  if (evidence?.kind !== 'ratio' || inference.kind !== 'ratio' || !inference.hasEvents) return null;
  const countOf = (index: number) => {
    const cells = evidence.strata.flatMap(({ arms }) => arms[index] ?? []);
    return {
      users: cells.reduce((sum, { sums }) => sum + sums.n, 0),
      withEvent: cells.reduce((sum, { usersWithEvent }) => sum + (usersWithEvent ?? Number.NaN), 0),
    };
  };
  return { control: countOf(0), treatment: countOf(arm) };
}

/** p of the exact test; null where there is none. */
export function rareEventP(struck: EventCounts | null): number | null {
  const test = struck === null ? null : testRareEvent(struck);
  return test?.status === 'ok' ? test.p : null;
}

/**
 * Whether surely no more of the arm's users are struck than the margin beyond the control's: exact at every look, also
 * where events are too rare for a variance, as they are while all is well. Each bound has half of alpha.
 */
function isSurelyRare({ control, treatment }: EventCounts, margin: number, plan: ReadingPlan): boolean {
  const boundsOf = ({ users, withEvent }: EventCounts['control']) =>
    rateSequence(
      { successes: withEvent, n: users },
      { alpha: plan.alpha / 2, tightestAt: plan.plannedUsers / 2 },
    );
  const [ofControl, ofTreatment] = [boundsOf(control), boundsOf(treatment)];
  if (ofControl.status !== 'ok' || ofTreatment.status !== 'ok') return false;
  return ofTreatment.hi - ofControl.lo < margin;
}

export interface GuardrailInput {
  readonly spec: ExperimentMetric;
  readonly plan: ReadingPlan;
  readonly contrast: Outcome<Contrast>;
  readonly direction: Direction;
  readonly struck: EventCounts | null;
  /** Whether harm was clear at an earlier look. */
  readonly wasHarmed: boolean;
}

/** How a guardrail stands: by its variance where it has one, and by the exact test from the first event on. */
export function readGuardrail(input: GuardrailInput): GuardrailStatus | null {
  const { spec, plan, contrast, direction, struck, wasHarmed } = input;
  if (spec.role !== 'guardrail' || spec.margin === null) return null;
  const rare = rareEventP(struck);
  // Each detector has its part of alpha, fixed by the metric and not by what it happens to show.
  const alphaHarm = plan.alphaHarm / (rare === null ? 1 : 2);
  const isStruck = wasHarmed || (rare !== null && rare < alphaHarm);
  const isSafe = struck !== null && isSurelyRare(struck, spec.margin, plan);
  const unread = isStruck ? 'harmed' : isSafe ? 'safe' : 'open';
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
