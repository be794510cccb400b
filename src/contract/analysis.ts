import Type, { type Static } from 'typebox';
import { ERROR_CLASS_NAMES } from '../domain/error-class.ts';
import { JUDGE_FAILURES, JUDGE_REASONS, JUDGES } from '../domain/judgement.ts';
import { METRIC_IDS } from '../domain/metric.ts';
import { RequestRecord } from './event.ts';
import { DurationText, nullable, PAGE, Page, strict, Time } from './fields.ts';

const Count = Type.Integer({ minimum: 0 });
const Text = nullable(Type.String());
const Verdict = nullable(Type.Boolean());
const MetricName = Type.Enum(METRIC_IDS as [string, ...string[]]);

/** A figure and what it rests on, or the word that there is none. */
export const MetricFigure = Type.Union([
  strict({
    status: Type.Literal('ok'),
    value: Type.Number(),
    samples: Count,
    coverage: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'share of what could be judged that was' }),
    ),
  }),
  strict({ status: Type.Literal('no_data') }),
]);

export const MetricDefinition = strict({
  id: MetricName,
  unit: Type.String({ examples: ['ratio', 'ms'] }),
  of: Type.String({ description: 'what one sample is', examples: ['attempt', 'session'] }),
  better: Type.Enum(['lower', 'higher', 'neither'] as const),
  name: strict({ en: Type.String(), zh: Type.String() }),
});

export const ModelFigures = strict({
  model_id: Type.String(),
  attempts: Count,
  errors: Type.Record(Type.String(), Count, { description: 'attempts by error class, neutral ones too' }),
  closed_sessions: Count,
  mixed_sessions: {
    ...Count,
    description: 'answered by two models: in none of the figures',
  },
  metrics: Type.Record(Type.String(), MetricFigure, { description: 'by metric id' }),
});

export const ModelTable = strict({
  from: Time,
  to: Time,
  items: Type.Array(ModelFigures),
  metrics: Type.Array(MetricDefinition, { description: 'what the ids mean' }),
});
export type ModelTable = Static<typeof ModelTable>;

export const MetricSeries = strict({
  metric: MetricDefinition,
  from: Time,
  to: Time,
  step: Type.String({ examples: ['10m'] }),
  items: Type.Array(
    strict({
      model_id: Type.String(),
      points: Type.Array(strict({ time: Time, value: Type.Number(), samples: Count }), {
        description: 'steps without data are left out; `time` is the beginning of the step',
      }),
    }),
  ),
});
export type MetricSeries = Static<typeof MetricSeries>;

const {
  time_ms: _time,
  user_created_at_ms: _created,
  user_first_seen_ms: _seen,
  session_began_ms: _began,
  opening_mark: _mark,
  ...recorded
} = RequestRecord.properties;

const JUDGEMENT = {
  task_completed: Verdict,
  judged_by: {
    ...nullable(Type.Enum(JUDGES)),
    description: 'who decided: the first of these that has an opinion',
  },
  judge_model_id: { ...Text, description: 'the judge model that was asked, whoever decided' },
  judge_reason: {
    ...Text,
    description: `its reason: ${Object.keys(JUDGE_REASONS).join(', ')}; or ${JUDGE_FAILURES.join(', ')}`,
  },
};

/** One request with what was found out about it later; what was said stands elsewhere. */
export const RequestItem = strict({
  time: Time,
  ...recorded,
  user_created_at: nullable(Time),
  user_first_seen_at: nullable(Time),
  session_began_at: nullable(Time),
  is_follow_up: Verdict,
  intent: Text,
  ...JUDGEMENT,
  rating: nullable(Type.Number()),
});
export type RequestItem = Static<typeof RequestItem>;
export const RequestPage = Page(RequestItem);

export const SessionItem = strict({
  session_instance: Type.String({ description: 'one of a kind, while a session_id may be taken up again' }),
  session_id: Type.String(),
  user_id: Text,
  model_id: { ...Text, description: 'assigned in the first round' },
  route_id: Text,
  started_at: Time,
  stay_ms: Type.Number(),
  rounds: Count,
  completed: { ...Verdict, description: 'null while the session may go on' },
  abandoned: Verdict,
  ended_by: nullable(Type.Enum(['end_call', 'idle'] as const)),
  follow_ups: Count,
  intent: Text,
  ...JUDGEMENT,
  errors: Count,
  latency_mean_ms: nullable(Type.Number()),
  is_mixed: Type.Boolean({ description: 'two models answered in it' }),
});
export type SessionItem = Static<typeof SessionItem>;
export const SessionPage = Page(SessionItem);

const Said = strict({
  messages: Type.Array(strict({ role: Type.String(), content: Type.String() })),
  answer: Type.String(),
  thinking: Text,
  is_cut: Type.Boolean(),
});
export const SessionStory = strict({
  session: SessionItem,
  texts: Type.Enum(['shown', 'hidden'] as const, { description: 'hidden from the role viewer' }),
  rounds: Type.Array(
    strict({
      round: nullable(Count),
      requests: Type.Array(
        strict({
          ...RequestItem.properties,
          said: { ...nullable(Said), description: 'null where nothing was kept, or texts are hidden' },
        }),
      ),
    }),
  ),
});
export type SessionStory = Static<typeof SessionStory>;

export const ErrorItem = strict({
  time: Time,
  request_id: Type.String(),
  route_id: Text,
  model_id: Text,
  user_id: Text,
  session_id: Text,
  status: Count,
  outcome: RequestRecord.properties.outcome,
  error_class: Text,
  error_code: Text,
  message: { ...Text, description: 'for the role viewer without what it may quote of a conversation' },
  saved_by: {
    ...Text,
    description:
      'the model that answered in place of `model_id`, which had failed; null where the request failed',
  },
});
export type ErrorItem = Static<typeof ErrorItem>;
export const ErrorPage = Page(ErrorItem);

/** CONTRACT §4: what the record of requests tells, and the models' servers. */
export const WARNINGS = [
  'no_user_id',
  'unstable_user_ids',
  'user_id_is_session_id',
  'shared_user_id',
  'model_on_cpu',
  'context_small',
  'breaker_will_flap',
] as const;
const Warning = strict({
  warning: Type.Enum(WARNINGS),
  message: Type.String({ description: 'what was seen' }),
  message_zh: Type.String({ description: 'the same in Chinese' }),
  advice: Type.String({ description: 'what to send or set instead' }),
  advice_zh: Type.String({ description: 'the same in Chinese' }),
  user_id: Type.Optional(Type.String()),
  model_id: Type.Optional(Type.String()),
  share: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'how much of the day it concerns, where that can be told',
    }),
  ),
});
export type Warning = Static<typeof Warning>;
export const WarningList = strict({ from: Time, to: Time, items: Type.Array(Warning) });
export type WarningList = Static<typeof WarningList>;

/** How far the index of the journal is. */
export const IndexReport = strict({
  state: Type.Enum(['ready', 'rebuilding', 'unavailable'] as const, {
    description: 'unavailable for a moment: its process starts, or starts again',
  }),
  requests: { ...nullable(Count), description: 'in the index; null where it is unavailable' },
  lag_bytes: { ...nullable(Count), description: 'of the journal that are not in the index yet' },
  progress: nullable(
    Type.Number({ minimum: 0, maximum: 1, description: 'share of the journal that a rebuild has read' }),
  ),
});
export type IndexReport = Static<typeof IndexReport>;

const RANGE = {
  from: Type.Optional({ ...Time, description: 'RFC 3339, inclusive' }),
  to: Type.Optional({ ...Time, description: 'RFC 3339, exclusive; now unless told' }),
  window: Type.Optional({
    ...DurationText('1s', '3650d'),
    description: 'instead of from and to: the time until now, such as "5m"',
  }),
};
const Wanted = Type.Optional(Type.String({ minLength: 1, maxLength: 512 }));
const ErrorClassWanted = Type.Optional(
  Type.Enum(ERROR_CLASS_NAMES, { description: '`timeout` stands for every `timeout_*`' }),
);
const SESSION_FILTER = { model_id: Wanted, route_id: Wanted, user_id: Wanted, session_id: Wanted };
const REQUEST_FILTER = {
  ...SESSION_FILTER,
  assigned_model_id: Wanted,
  request_id: Wanted,
  outcome: Type.Optional(RequestRecord.properties.outcome),
  error_class: ErrorClassWanted,
};
const PARTS = {
  split: Type.Optional(
    Type.Integer({
      minimum: 1_000,
      maximum: 10_000_000,
      description: 'rows of one file; the header Link names the next',
    }),
  ),
  part: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: 'which file, from 1' })),
};

export const ModelTableQuery = strict(RANGE);
export const SeriesQuery = strict({
  ...RANGE,
  metric: MetricName,
  step: Type.Optional({ ...DurationText('1s', '365d'), description: 'chosen by the range unless told' }),
  model_id: Wanted,
});
export const RequestQuery = strict({ ...RANGE, ...REQUEST_FILTER, ...PAGE });
export const SessionQuery = strict({ ...RANGE, ...SESSION_FILTER, ...PAGE });
export const ErrorQuery = strict({
  ...RANGE,
  ...SESSION_FILTER,
  class: ErrorClassWanted,
  q: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'part of the message' })),
  ...PAGE,
});
export const RequestExportQuery = strict({
  ...RANGE,
  ...REQUEST_FILTER,
  text: Type.Optional(Type.Boolean({ description: 'what was said too; needs the role analyst' })),
  ...PARTS,
});
export const SessionExportQuery = strict({ ...RANGE, ...SESSION_FILTER, ...PARTS });
