import type { ReviewDocument, ReviewResult } from '../../contract/review.ts';
import { reviewCell } from '../../domain/review/evidence.ts';
import { type AnswerPair, asScores, countWins, readPreference } from '../../domain/review/preference.ts';
import { isRated } from '../../domain/review/queue.ts';
import { type ReviewQuestion, readAgreement, readQuestion } from '../../domain/review/reading.ts';
import { ratableIn, ratedIn } from './write.ts';

/** What a batch has found so far. */
export function resultOf(review: ReviewDocument): ReviewResult {
  const { id, mode, items, questions, model_ids } = review;
  const pairs = pairsIn(review);
  const [, second = ''] = model_ids;
  return {
    id,
    mode,
    items: ratableIn(review).length,
    rated: ratedIn(review),
    preferences: mode === 'single' ? [] : preferencesOf(review, pairs),
    models: mode === 'single' ? modelsOf(review) : [],
    agreement: questions.map((question) => {
      const found = readAgreement(mode === 'single' ? items : asScores(pairs, second), question);
      const figures =
        found.status === 'ok'
          ? { alpha: found.alpha, same: found.same, answers: found.answers }
          : { alpha: null, same: null, answers: 0 };
      return { question_id: question.id, status: found.status, ...figures };
    }),
  };
}

function modelsOf({
  items,
  questions,
  model_ids,
  ratings_per_item: wanted,
}: ReviewDocument): ReviewResult['models'] {
  return model_ids.map((modelId) => {
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
  });
}

interface ShownPair extends AnswerPair {
  readonly model_id: string;
}

function pairsIn({ items }: ReviewDocument): ShownPair[] {
  return items.flatMap(({ id, user, model_id, second, ratings }) =>
    second === undefined ? [] : [{ id, user, model_id, left: second.left, ratings }],
  );
}

function preferencesOf(
  { questions, model_ids }: ReviewDocument,
  pairs: readonly ShownPair[],
): ReviewResult['preferences'] {
  const [, second = ''] = model_ids;
  const preferenceIn = (some: readonly ShownPair[], question: ReviewQuestion) => {
    const found = readPreference(asScores(some, second), question);
    return found.status === 'ok'
      ? {
          status: found.status,
          value: found.est,
          low: found.lo,
          high: found.hi,
          pairs: found.n,
          users: found.users,
        }
      : { status: found.status, value: null, low: null, high: null, pairs: 0, users: 0 };
  };
  return questions.map((question) => {
    const { wins, same } = countWins(asScores(pairs, second), question);
    return {
      ...question,
      ...preferenceIn(pairs, question),
      wins: model_ids.map((model_id, i) => ({ model_id, pairs: wins[i] ?? 0 })),
      same,
      by_conversation: model_ids.map((model_id) => ({
        model_id,
        ...preferenceIn(
          pairs.filter((pair) => pair.model_id === model_id),
          question,
        ),
      })),
    };
  });
}
