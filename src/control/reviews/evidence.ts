import type { Item } from '../../contract/review.ts';
import type { RatioCell } from '../../domain/experiment/evidence.ts';
import type { MetricId } from '../../domain/metric.ts';
import { reviewCell } from '../../domain/review/evidence.ts';
import { isRated } from '../../domain/review/queue.ts';
import type { ReviewedExperiment } from '../../ports/exposure-sums.ts';
import type { ControlState } from '../state.ts';

/** Metrics that reviews tell, and the question behind each. */
const QUESTIONS: Readonly<Partial<Record<MetricId, string>>> = {
  review_accuracy: 'accuracy',
  review_instruction_following: 'instruction_following',
  review_redundancy: 'redundancy',
};
const SCALE = 'yes_no';

type Reviews = Pick<ControlState, 'reviews'>;

export interface ReviewScope {
  readonly modelId: string;
  /** Of answers given since then; epoch milliseconds. */
  readonly sinceMs: number;
}

/** What reviewers found of a model, as a gate counts it. Null for a metric that reviews do not tell. */
export function reviewEvidence(
  state: Reviews,
  metric: MetricId,
  { modelId, sinceMs }: ReviewScope,
): RatioCell | null {
  const id = QUESTIONS[metric];
  if (id === undefined) return null;
  const items = ratedItems(state, id).filter(
    (item) => item.model_id === modelId && Date.parse(item.time) >= sinceMs,
  );
  return reviewCell(items, { id, scale: SCALE });
}

/**
 * What reviewers found of each arm's answers. Users of whom answers of two arms were rated are in neither. Null for a metric
 * that reviews do not tell.
 */
export function reviewedArms(
  state: Reviews,
  metric: MetricId,
  { experimentId, arms, fromMs, toMs }: ReviewedExperiment,
): RatioCell[] | null {
  const id = QUESTIONS[metric];
  if (id === undefined) return null;
  const items = ratedItems(state, id).filter(({ time, exposure }) => {
    const atMs = Date.parse(time);
    return exposure?.experiment === experimentId && atMs >= fromMs && atMs < toMs;
  });
  const byUser = Map.groupBy(items, ({ user }) => user);
  const isInTwo = (user: string | null): boolean =>
    user !== null && new Set(byUser.get(user)?.map(({ exposure }) => exposure?.arm)).size > 1;
  return arms.map((arm) => {
    const own = items.filter(({ exposure, user }) => exposure?.arm === arm && !isInTwo(user));
    return reviewCell(own, { id, scale: SCALE });
  });
}

/** Answers that have all the ratings they are to get, each once, however many batches drew it. */
function ratedItems({ reviews }: Reviews, questionId: string): Item[] {
  const asked = Array.from(reviews.values(), ({ document }) => document).filter(({ questions }) =>
    questions.some(({ id, scale }) => id === questionId && scale === SCALE),
  );
  const items = asked.flatMap((review) =>
    review.items.filter((item) => isRated(item, review.ratings_per_item)),
  );
  return [...new Map(items.map((item) => [item.request_id, item])).values()];
}
