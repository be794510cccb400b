import Type, { type Static } from 'typebox';
import { SCALES } from '../domain/review/reading.ts';
import { fieldsFault } from './fault.ts';
import {
  ConfigVersion,
  DurationText,
  Id,
  Line,
  nullable,
  OWN_VERSION,
  Page,
  strict,
  Time,
} from './fields.ts';

/** Answers of one batch, all models together: a batch is one document. */
export const MAX_ITEMS = 1_000;
const Count = Type.Integer({ minimum: 0 });

const Question = strict({
  id: Type.String({
    pattern: '^[a-z][a-z0-9_]{0,39}$',
    'x-form': '1 to 40 small letters, digits and _, the first a letter',
  }),
  text: Line(500, 1),
  scale: Type.Enum(SCALES, { description: 'yes or no, or a mark from 1 to 5' }),
});
type Question = Static<typeof Question>;

/** Asked where nothing else is written. */
const DEFAULT_QUESTIONS: readonly Question[] = [
  { id: 'accuracy', text: 'Are all facts right?', scale: 'yes_no' },
  {
    id: 'instruction_following',
    text: 'Was what was asked done, and nothing else?',
    scale: 'yes_no',
  },
  { id: 'redundancy', text: 'Does it repeat itself or say what nobody needs?', scale: 'yes_no' },
];

const FIELDS = {
  model_ids: Type.Array(Id, { minItems: 1, maxItems: 5, uniqueItems: true }),
  sample_size: Type.Integer({
    minimum: 1,
    maximum: MAX_ITEMS,
    description: `answers of each model, drawn at random; at most ${MAX_ITEMS} in all`,
  }),
  route_id: nullable({ ...Id, description: 'only answers given on this route' }),
  from: Time,
  to: Time,
  questions: Type.Array(Question, { minItems: 1, maxItems: 10 }),
  ratings_per_item: Type.Integer({
    minimum: 1,
    maximum: 5,
    description: 'reviewers who rate the same answer; two or more show how far they agree',
  }),
  reserve: DurationText('1m', '24h'),
  salt: { ...Line(100, 1), description: 'the same salt draws the same answers' },
};
const { model_ids, sample_size, ...optional } = FIELDS;
export const ReviewInput = strict({
  id: Id,
  model_ids,
  sample_size,
  ...Type.Partial(strict(optional)).properties,
});
export type ReviewInput = Static<typeof ReviewInput>;

const Rating = strict({
  reviewer: Type.String(),
  reviewer_name: Type.String(),
  at: Time,
  marks: nullable(Type.Record(Type.String(), Type.Union([Type.Boolean(), Type.Integer()]))),
  comment: nullable(Type.String()),
});
export type Rating = Static<typeof Rating>;

/** The arm whose own model gave the answer, to a user who is surely one. */
const Exposure = strict({ experiment: Id, arm: Line(64, 1) });

const Item = strict({
  id: Type.String(),
  model_id: Id,
  request_id: Type.String(),
  session_instance: Type.String(),
  /** Keyed digest: enough to take a user's answers out. */
  user: nullable(Type.String()),
  time: Time,
  exposure: Type.Optional(Exposure),
  ratings: Type.Array(Rating),
});
export type Item = Static<typeof Item>;

const Drawn = strict({
  model_id: Id,
  answers: { ...Count, description: 'whole answers in the range' },
  with_text: { ...Count, description: 'those of which a text is kept' },
  drawn: Count,
});
const HEAD = { id: Id, ...FIELDS, created_at: Time, drawn: Type.Array(Drawn) };

/** A batch as the store keeps it. What was said stands in the journal alone. */
const ReviewDocument = strict({ ...HEAD, items: Type.Array(Item) });
export type ReviewDocument = Static<typeof ReviewDocument>;

export const ReviewAnswer = strict({
  ...HEAD,
  items: Count,
  rated: { ...Count, description: 'answers that have all the ratings they are to get' },
  ratings: Count,
  ...OWN_VERSION,
});
export type ReviewAnswer = Static<typeof ReviewAnswer>;
const Notes = Type.Array(Type.String(), { description: 'what the draw could not give, one sentence each' });
export const ReviewMade = strict({ ...ReviewAnswer.properties, notes: Notes, config_version: ConfigVersion });
export const ReviewPage = Page(ReviewAnswer);

/** What a reviewer sees: nothing of it says which model answered, or whom. */
export const ReviewNext = strict({
  item: nullable(
    strict({
      id: Type.String(),
      conversation: Type.Array(strict({ role: Type.String(), content: Type.String() }), {
        description: 'what was said before the answer, as far as it is kept',
      }),
      answer: Type.String(),
      is_cut: Type.Boolean({ description: 'more was said than is kept of one request' }),
      reserved_until: Time,
    }),
  ),
  because: nullable(Type.String({ description: 'why there is none' })),
  questions: Type.Array(Question),
  items: Count,
  rated: Count,
  rated_by_you: Count,
});
export type ReviewNext = Static<typeof ReviewNext>;

export const ReviewVerdict = strict(
  {
    marks: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.Boolean(), Type.Integer({ minimum: 1, maximum: 5 })]), {
        description: 'by question: true or false, or 1 to 5',
        maxProperties: 10,
      }),
    ),
    comment: Type.Optional(nullable(Type.String({ maxLength: 1_000 }))),
    skip: Type.Optional(Type.Literal(true, { description: 'pass it over; others may rate it' })),
    undo: Type.Optional(Type.Literal(true, { description: 'take your rating of it back' })),
  },
  { minProperties: 1 },
);
export type ReviewVerdict = Static<typeof ReviewVerdict>;
export const ReviewRated = strict({
  id: Type.String(),
  rated: Count,
  items: Count,
  config_version: ConfigVersion,
});

const Figure = nullable(Type.Number());
const Status = Type.String({
  description: '`ok`, or why there is no figure',
  examples: ['insufficient_data'],
});
export const ReviewResult = strict({
  id: Id,
  items: Count,
  rated: Count,
  models: Type.Array(
    strict({
      model_id: Id,
      items: Count,
      rated: Count,
      questions: Type.Array(
        strict({
          ...Question.properties,
          status: Status,
          value: { ...Figure, description: 'share of yes, or the mean mark' },
          low: { ...Figure, description: 'of the 95 % interval, which holds at every look' },
          high: Figure,
          answers: { ...Count, description: 'with a mark' },
          users: { ...Count, description: 'to whom those were given' },
        }),
      ),
    }),
  ),
  agreement: Type.Array(
    strict({
      question_id: Type.String(),
      status: Status,
      alpha: { ...Figure, description: "Krippendorff's alpha: 1 is perfect, 0 what chance gives" },
      same: { ...Figure, description: 'share of pairs of marks that are equal' },
      answers: { ...Count, description: 'rated by two or more' },
    }),
  ),
});
export type ReviewResult = Static<typeof ReviewResult>;

const DAY_MS = 86_400_000;
/** Answers of so long are drawn from unless told. */
const DEFAULT_RANGE_MS = 7 * DAY_MS;

/** A batch with everything that was not written filled in. Throws AdminFault for fields that do not fit together. */
export function completeReview(input: ReviewInput, made: { readonly nowMs: number; readonly salt: string }) {
  const { id, model_ids, sample_size, to = new Date(made.nowMs).toISOString() } = input;
  const from = input.from ?? new Date(Date.parse(to) - DEFAULT_RANGE_MS).toISOString();
  const questions = [...(input.questions ?? DEFAULT_QUESTIONS)];
  const faults = [];
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
