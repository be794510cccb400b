import type { RatioCell } from '../../domain/experiment/evidence.ts';
import type { MetricId } from '../../domain/metric.ts';
import { reviewCell } from '../../domain/review/evidence.ts';
import { isRated } from '../../domain/review/queue.ts';
import type { ControlState } from '../state.ts';

/** Metrics that reviews tell, and the question behind each. */
const QUESTIONS: Readonly<Partial<Record<MetricId, string>>> = {
  review_accuracy: 'accuracy',
  review_instruction_following: 'instruction_following',
  review_redundancy: 'redundancy',
};

export interface ReviewScope {
  readonly modelId: string;
  /** Of answers given since then; epoch milliseconds. */
  readonly sinceMs: number;
}

/**
 * What reviewers found of a model, as a gate counts it: users, and of their answers the marks. Only answers that have all
 * the ratings they are to get, each once, however many batches drew it. Null for a metric that reviews do not tell.
 */
export function reviewEvidence(
  { reviews }: Pick<ControlState, 'reviews'>,
  metric: MetricId,
  { modelId, sinceMs }: ReviewScope,
): RatioCell | null {
  const id = QUESTIONS[metric];
  if (id === undefined) return null;
  const scale = 'yes_no';
  const asked = Array.from(reviews.values(), ({ document }) => document).filter(({ questions }) =>
    questions.some((question) => question.id === id && question.scale === scale),
  );
  const items = asked.flatMap((review) =>
    review.items.filter(
      (item) =>
        item.model_id === modelId &&
        Date.parse(item.time) >= sinceMs &&
        isRated(item, review.ratings_per_item),
    ),
  );
  const once = new Map(items.map((item) => [item.request_id, item]));
  return reviewCell([...once.values()], { id, scale });
}
