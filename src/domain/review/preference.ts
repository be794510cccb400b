import { failed, type Outcome, ok } from '../stats/outcome.ts';
import { rateSequence } from '../stats/rate-sequence.ts';
import type { OwnedItem } from './evidence.ts';
import { type Mark, type ReviewItem, ratingsOf } from './queue.ts';
import { itemMeans, LEAST_PLANNED, type ReviewQuestion, type ReviewReading } from './reading.ts';

/** Two models' answers to one question. */
export interface AnswerPair extends OwnedItem {
  /** Of the answer that stands left. */
  readonly left: string;
}

/** Pairs by what was said of them on average: models in the order of `models`. */
export interface PairWins {
  readonly wins: readonly [first: number, second: number];
  readonly same: number;
}

/** The share of pairs in which the second model was preferred; one in which neither was counts half. */
export interface PreferenceReading extends ReviewReading {
  readonly users: number;
}

/** The same ratings in numbers: 1 where the second model was preferred, 0 the first, ½ neither. */
export function asScores(pairs: readonly AnswerPair[], second: string): OwnedItem[] {
  return pairs.map(({ id, user, left, ...pair }) => {
    const scoreOf = (mark: Mark): number =>
      mark === 'same' ? 0.5 : Number((mark === 'left') === (left === second));
    const ratings = ratingsOf({ id, ...pair }).map(({ reviewer, marks }) => ({
      reviewer,
      marks: Object.fromEntries(Object.entries(marks ?? {}).map(([name, mark]) => [name, scoreOf(mark)])),
    }));
    return { id, user, ratings };
  });
}

/** Of pairs `asScores`. */
export function countWins(pairs: readonly ReviewItem[], question: ReviewQuestion): PairWins {
  const means = itemMeans(pairs, question);
  const second = means.filter((mean) => mean > 0.5).length;
  const first = means.filter((mean) => mean < 0.5).length;
  return { wins: [first, second], same: means.length - first - second };
}

/**
 * The preference for the second model among users, of pairs `asScores`, with its 95 % interval. Several answers to one user
 * are alike: a user counts once, with the mean of the pairs that were rated, and who is nobody stands for itself. The
 * interval is that of `readQuestion` over users: it holds at every look, by the proof where each user has one rated pair,
 * by simulation (in the tests) where a user's mean goes on changing. Fails with `insufficient_data`.
 */
export function readPreference(
  pairs: readonly OwnedItem[],
  question: ReviewQuestion,
): Outcome<PreferenceReading> {
  const byUser = [...Map.groupBy(pairs, ({ id, user }) => user ?? `item ${id}`).values()];
  const users = byUser.map((own) => itemMeans(own, question)).filter(({ length }) => length > 0);
  if (users.length === 0) return failed('insufficient_data');
  const successes = users.reduce((total, means) => total + meanOf(means), 0);
  const tightestAt = Math.max(LEAST_PLANNED, byUser.length);
  const found = rateSequence({ successes, n: users.length }, { tightestAt });
  if (found.status !== 'ok') return found;
  return ok({ est: found.est, lo: found.lo, hi: found.hi, n: users.flat().length, users: users.length });
}

const meanOf = (scores: readonly number[]): number =>
  scores.reduce((total, score) => total + score, 0) / scores.length;
