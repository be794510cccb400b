import Type, { type Static } from 'typebox';
import { SCALES } from '../domain/review/reading.ts';
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

/** One answer at a time, or two models' answers to the same question. */
const MODES = ['single', 'side_by_side'] as const;
export type ReviewMode = (typeof MODES)[number];
/** Answers of one batch, all models together: a batch is one document. */
export const MAX_ITEMS = 1_000;
const Count = Type.Integer({ minimum: 0 });

const Question = strict({
  id: Type.String({
    pattern: '^[a-z][a-z0-9_]{0,39}$',
    'x-form': '1 to 40 small letters, digits and _, the first a letter',
  }),
  text: Line(500, 1),
  scale: Type.Enum(SCALES, { description: 'yes or no, a mark from 1 to 5, or which of two answers' }),
});
export type Question = Static<typeof Question>;

const FIELDS = {
  mode: Type.Enum(MODES, {
    description:
      '`side_by_side`: two models, and each question that one of them was asked is put to the other too',
  }),
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

const Mark = Type.Union([
  Type.Boolean(),
  Type.Integer({ minimum: 1, maximum: 5 }),
  Type.Enum(['left', 'right', 'same'] as const),
]);
const Rating = strict({
  reviewer: Type.String(),
  reviewer_name: Type.String(),
  at: Time,
  marks: nullable(Type.Record(Type.String(), Mark)),
  comment: nullable(Type.String()),
});
export type Rating = Static<typeof Rating>;

/** The arm whose own model gave the answer, to a user who is surely one. */
const Exposure = strict({ experiment: Id, arm: Line(64, 1) });

/** The other model's answer to the same question. Its text stands in the journal under the item's id and this time. */
const SecondAnswer = strict({
  /** Whose answer stands left. */
  left: Id,
  state: Type.Enum(['waiting', 'ready', 'failed'] as const),
  at: nullable(Time),
  /** Why there is none. */
  because: nullable(Type.String()),
});
export type SecondAnswer = Static<typeof SecondAnswer>;

const Item = strict({
  id: Type.String(),
  model_id: Id,
  request_id: Type.String(),
  session_instance: Type.String(),
  /** Keyed digest: enough to take a user's answers out. */
  user: nullable(Type.String()),
  time: Time,
  exposure: Type.Optional(Exposure),
  second: Type.Optional(SecondAnswer),
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

const Pairs = strict(
  {
    waiting: Count,
    ready: Count,
    failed: Count,
    failures: Type.Array(strict({ because: Type.String(), pairs: Count }), {
      description: 'why there is no second answer: an error class, or what the question lacks',
    }),
    held_up: { ...nullable(Type.String()), description: 'why no second answer is made at the moment' },
  },
  { description: 'side by side: how far the second answers are' },
);
export const ReviewAnswer = strict({
  ...HEAD,
  items: { ...Count, description: 'to be rated; without pairs that failed' },
  pairs: nullable(Pairs),
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
      answer: nullable(Type.String({ description: 'null side by side' })),
      answers: nullable(
        strict({ left: Type.String(), right: Type.String() }, { description: 'side by side only' }),
      ),
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
      Type.Record(Type.String(), Mark, {
        description: 'by question: true or false, 1 to 5, or `left`, `right` or `same`',
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
const PREFERENCE = {
  status: Status,
  value: { ...Figure, description: 'preference for the second of `model_ids`; the same counts half' },
  low: { ...Figure, description: 'of the 95 % interval over users, which holds at every look' },
  high: Figure,
  pairs: { ...Count, description: 'with a mark' },
  users: { ...Count, description: 'whose questions those were; each counts once' },
};
export const ReviewResult = strict({
  id: Id,
  mode: FIELDS.mode,
  items: Count,
  rated: Count,
  preferences: Type.Array(
    strict({
      ...Question.properties,
      ...PREFERENCE,
      wins: Type.Array(strict({ model_id: Id, pairs: Count })),
      same: Count,
      by_conversation: Type.Array(strict({ model_id: Id, ...PREFERENCE }), {
        description: 'by the model that the conversation was held with: an answer of its own may fit better',
      }),
    }),
    { description: 'side by side only' },
  ),
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
    { description: 'single answers only' },
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
