import type { ReviewDocument, ReviewResult } from '../../contract/review.ts';
import { reviewCell } from '../../domain/review/evidence.ts';
import { isRated } from '../../domain/review/queue.ts';
import { readAgreement, readQuestion } from '../../domain/review/reading.ts';
import { ratedIn } from './write.ts';

/** What a batch has found so far. */
export function resultOf(review: ReviewDocument): ReviewResult {
  const { id, items, questions, model_ids, ratings_per_item: wanted } = review;
  return {
    id,
    items: items.length,
    rated: ratedIn(review),
    models: model_ids.map((modelId) => {
      const own = items.filter((item) => item.model_id === modelId);
      return {
        model_id: modelId,
        items: own.length,
        rated: own.filter((item) => isRated(item, wanted)).length,
        questions: questions.map((question) => {
          const found = readQuestion(own, question);
          const figures =
            found.status === 'ok'
              ? { value: found.est, low: found.lo, high: found.hi, answers: found.n }
              : { value: null, low: null, high: null, answers: 0 };
          const users = reviewCell(own, question).sums.n;
          return { ...question, status: found.status, ...figures, users };
        }),
      };
    }),
    agreement: questions.map((question) => {
      const found = readAgreement(items, question);
      const figures =
        found.status === 'ok'
          ? { alpha: found.alpha, same: found.same, answers: found.answers }
          : { alpha: null, same: null, answers: 0 };
      return { question_id: question.id, status: found.status, ...figures };
    }),
  };
}
