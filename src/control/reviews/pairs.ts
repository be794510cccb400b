import type { Item, ReviewAnswer, ReviewDocument, SecondAnswer } from '../../contract/review.ts';
import type { ControlCore } from '../core.ts';

export type Pairs = NonNullable<ReviewAnswer['pairs']>;

/** The model that gives the second answer. */
export function secondModelOf({ model_ids }: ReviewDocument, { model_id }: Item): string {
  return model_ids.find((id) => id !== model_id) ?? '';
}

/** How far the second answers of a batch are; null where it has none. */
export function pairsOf(core: ControlCore, review: ReviewDocument): Pairs | null {
  if (review.mode === 'single') return null;
  const seconds = review.items.flatMap(({ second }) => second ?? []);
  const of = (state: SecondAnswer['state']) => seconds.filter((one) => one.state === state);
  const failures = Map.groupBy(of('failed'), ({ because }) => because ?? '');
  return {
    waiting: of('waiting').length,
    ready: of('ready').length,
    failed: of('failed').length,
    failures: Array.from(failures, ([because, { length }]) => ({ because, pairs: length })),
    held_up: heldUpIn(core, review),
  };
}

/** Why a batch goes on waiting: a sentence where none of the models that are still to answer is asked at the moment. */
function heldUpIn(core: ControlCore, review: ReviewDocument): string | null {
  const waiting = review.items.filter(({ second }) => second?.state === 'waiting');
  const models = new Set(waiting.map((item) => secondModelOf(review, item)));
  const reasons = Array.from(models, (id) => restsBecause(core, id));
  return reasons.length > 0 && reasons.every((one) => one !== null) ? reasons.join('; ') : null;
}

/** Why a model is not asked at the moment; null where nothing is in the way. One that is gone is no hindrance: its pairs fail. */
export function restsBecause({ door, breakers }: ControlCore, modelId: string): string | null {
  const model = door.snapshot().models.get(modelId);
  if (!model) return null;
  if (!model.enabled) return `"${modelId}" is disabled`;
  if (model.capture !== 'full') return `capture of "${modelId}" is not "full" any more`;
  return breakers().standingOf(modelId) === 'closed' ? null : `the breaker of "${modelId}" is not closed`;
}
