import { fieldsFault } from './fault.ts';
import { MAX_ITEMS, type Question, type ReviewInput, type ReviewMode } from './review.ts';

/** Asked where nothing else is written. */
const DEFAULT_QUESTIONS: Readonly<Record<ReviewMode, readonly Question[]>> = {
  single: [
    { id: 'accuracy', text: 'Are all facts right?', scale: 'yes_no' },
    {
      id: 'instruction_following',
      text: 'Was what was asked done, and nothing else?',
      scale: 'yes_no',
    },
    { id: 'redundancy', text: 'Does it repeat itself or say what nobody needs?', scale: 'yes_no' },
  ],
  side_by_side: [{ id: 'preference', text: 'Which answer helps the user more?', scale: 'which' }],
};
/** Models whose answers stand side by side. */
const MODELS_OF_A_PAIR = 2;

const DAY_MS = 86_400_000;
/** Answers of so long are drawn from unless told. */
const DEFAULT_RANGE_MS = 7 * DAY_MS;

/** A batch with everything that was not written filled in. Throws AdminFault for fields that do not fit together. */
export function completeReview(input: ReviewInput, made: { readonly nowMs: number; readonly salt: string }) {
  const { id, mode = 'single', model_ids, sample_size, to = new Date(made.nowMs).toISOString() } = input;
  const from = input.from ?? new Date(Date.parse(to) - DEFAULT_RANGE_MS).toISOString();
  const questions = [...(input.questions ?? DEFAULT_QUESTIONS[mode])];
  const faults = questions.flatMap(({ scale }, i) => {
    if ((scale === 'which') === (mode === 'side_by_side')) return [];
    const message =
      scale === 'which'
        ? 'compares two answers: that takes mode "side_by_side"'
        : 'must be "which" side by side';
    return [{ path: `questions[${i}].scale`, message }];
  });
  if (mode === 'side_by_side' && model_ids.length !== MODELS_OF_A_PAIR) {
    faults.push({ path: 'model_ids', message: 'must be two: their answers stand side by side' });
  }
  if (Date.parse(from) >= Date.parse(to)) faults.push({ path: 'from', message: 'must be before `to`' });
  if (model_ids.length * sample_size > MAX_ITEMS) {
    const message = `${model_ids.length} models of ${sample_size} answers are more than ${MAX_ITEMS} in all`;
    faults.push({ path: 'sample_size', message });
  }
  if (new Set(questions.map((question) => question.id)).size < questions.length) {
    faults.push({ path: 'questions', message: 'two of them have the same id' });
  }
  if (faults.length > 0) throw fieldsFault(faults);
  return {
    id,
    mode,
    model_ids,
    sample_size,
    route_id: input.route_id ?? null,
    from,
    to,
    questions,
    ratings_per_item: input.ratings_per_item ?? 1,
    reserve: input.reserve ?? '15m',
    salt: input.salt ?? made.salt,
    created_at: new Date(made.nowMs).toISOString(),
  };
}
