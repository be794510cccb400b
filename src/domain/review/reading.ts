import type { Interval } from '../stats/interval.ts';
import { failed, type Outcome, ok } from '../stats/outcome.ts';
import { rateSequence } from '../stats/rate-sequence.ts';
import { agreementOf, type MarkLevel } from './agreement.ts';
import { type ReviewItem, ratingsOf } from './queue.ts';

/** How a question is answered; `which` of two answers. */
export const SCALES = ['yes_no', '1-5', 'which'] as const;
export type Scale = (typeof SCALES)[number];

export interface ReviewQuestion {
  readonly id: string;
  readonly scale: Scale;
}

const RANGES: Readonly<
  Record<Scale, { readonly from: number; readonly span: number; readonly level: MarkLevel }>
> = {
  yes_no: { from: 0, span: 1, level: 'nominal' },
  '1-5': { from: 1, span: 4, level: 'ordinal' },
  which: { from: 0, span: 1, level: 'ordinal' }, // as scores: one model, neither, the other
};
/** The interval is tightest at this many answers, or more: with fewer there is no such sequence. */
export const LEAST_PLANNED = 20;

export interface ReviewReading extends Interval {
  /** Share of yes, or the mean mark. */
  readonly est: number;
  /** Answers with a mark. */
  readonly n: number;
}

/**
 * What reviewers found of one question, with its 95 % interval. An answer counts once, with the mean of its marks. The
 * interval holds at every look, so that it may be read while rating goes on, and for any marks within the scale: scaled
 * to 0–1 the Dirichlet-multinomial e-value of `rateSequence` has mean ≤ 1 for them too, because a^x·b^(1−x) ≤ x·a + (1−x)·b
 * (Waudby-Smith, Ramdas, "Estimating means of bounded random variables by betting", 2024, §2). It speaks of all answers
 * that the sample was drawn from. Fails with `insufficient_data`.
 */
export function readQuestion(items: readonly ReviewItem[], question: ReviewQuestion): Outcome<ReviewReading> {
  const { from, span } = RANGES[question.scale];
  const means = itemMeans(items, question);
  const n = means.length;
  if (n === 0) return failed('insufficient_data');
  const successes = means.reduce((sum, mean) => sum + mean, 0);
  const found = rateSequence({ successes, n }, { tightestAt: Math.max(LEAST_PLANNED, items.length) });
  if (found.status !== 'ok') return found;
  const unscaled = (share: number): number => from + span * share;
  return ok({ est: unscaled(found.est), lo: unscaled(found.lo), hi: unscaled(found.hi), n });
}

/** How far reviewers agree on one question. */
export function readAgreement(items: readonly ReviewItem[], { id, scale }: ReviewQuestion) {
  return agreementOf(marksOf(items, id), RANGES[scale].level);
}

/** The mean mark of each answer that has one, scaled to 0–1. */
export function itemMeans(items: readonly ReviewItem[], { id, scale }: ReviewQuestion): number[] {
  const { from, span } = RANGES[scale];
  return marksOf(items, id).map((marks) => (meanOf(marks) - from) / span);
}

/** By answer that has some; yes is 1, no 0. */
function marksOf(items: readonly ReviewItem[], questionId: string): number[][] {
  const marks = items.map((item) =>
    ratingsOf(item).flatMap((rating) => {
      const mark = rating.marks?.[questionId];
      return mark === undefined ? [] : [Number(mark)];
    }),
  );
  return marks.filter((list) => list.length > 0);
}

const meanOf = (marks: readonly number[]): number =>
  marks.reduce((sum, mark) => sum + mark, 0) / marks.length;
