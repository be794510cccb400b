import Type, { type Static, type TSchema } from 'typebox';
import { METRIC_IDS } from '../domain/metric.ts';
import { ExperimentInput } from './experiment.ts';
import { Id, nullable, strict, Time } from './fields.ts';

const Said = strict(
  { en: Type.String(), zh: Type.String() },
  { description: 'a sentence in both languages of the console' },
);
const MetricName = Type.Enum([...METRIC_IDS]);
const Role = Type.Enum(['primary', 'secondary', 'guardrail'] as const);
const Count = Type.Integer({ minimum: 0 });
const Scale = Type.Enum(['difference', 'ratio'] as const, {
  description: "a difference in the metric's unit, or how many times control",
});
const INTERVAL = { value: Type.Number(), lo: Type.Number(), hi: Type.Number() };

const Effect = strict({
  scale: Scale,
  ...INTERVAL,
  confidence: Type.Number({ description: 'of the interval: 0.99 at an early look, 0.96 at the end' }),
});
const Belief = strict(
  {
    chance_to_win: Type.Number(),
    loss_if_shipped: Type.Number(),
    loss_if_kept: Type.Number(),
  },
  { description: 'Bayesian, for display only: stopping by it finds winners that are none' },
);
const Numbers = strict({
  control: Type.Number(),
  treatment: Type.Number(),
  effect: Effect,
  p_sequential: Type.Number({ description: 'valid at any look' }),
  p_final: nullable(Type.Number({ description: 'of the one read at the end; null before' })),
  users: Count,
  users_needed: nullable({ ...Count, description: 'of both arms for the target; null without one' }),
  belief: nullable(Belief),
});

const Metric = strict({
  metric: MetricName,
  name: Said,
  role: Role,
  arm: Type.String({ description: 'held against the control' }),
  verdict: Type.Enum(['better', 'worse', 'no_difference_shown', 'not_enough_data', 'invalid'] as const),
  because: nullable(
    Type.String({ description: 'why there are no numbers', examples: ['insufficient_users'] }),
  ),
  guardrail: nullable(Type.Enum(['safe', 'harmed', 'harmed_within_margin', 'open'] as const)),
  target: nullable(Type.Enum(['reached', 'missed', 'open'] as const)),
  clear_since: nullable({ ...Time, description: 'since when it was clear, where it was before the end' }),
  numbers: nullable(Numbers),
  said: Said,
});

const Group = strict(
  {
    metric: MetricName,
    arm: Type.String(),
    grouped_by: Type.Enum(['stratum', 'intent'] as const),
    group: Type.String(),
    because: nullable(Type.String({ description: 'why there are no numbers' })),
    numbers: nullable(
      strict({
        control: Type.Number(),
        treatment: Type.Number(),
        scale: Scale,
        ...INTERVAL,
        stands_out: Type.Boolean({ description: 'among all groups; of those that do 5 % do so by chance' }),
      }),
    ),
  },
  { description: 'exploratory: nothing is decided by it' },
);

const Finding = strict({
  check: Type.String({ examples: ['sample_ratio'] }),
  level: Type.Enum(['fine', 'warning', 'invalid'] as const),
  said: Said,
});

const Decision = strict({
  action: Type.Enum(['ship', 'keep_control', 'stop', 'wait', 'none'] as const),
  arm: nullable(Type.String()),
  said: Said,
});

/** What an experiment says, by the rule that was fixed before its start. */
export const ExperimentReport = strict({
  experiment_id: Id,
  name: Type.String(),
  route_id: Id,
  status: Type.Enum(['running', 'ended', 'stopped_early'] as const),
  started_at: Time,
  ends_at: Time,
  read_at: { ...Time, description: 'up to here, or to the end where that is earlier' },
  arms: Type.Array(
    strict({
      name: Type.String(),
      model_id: Id,
      share: Type.Number(),
      users: Count,
      stopped_at: nullable(Time),
    }),
  ),
  decision: Decision,
  metrics: Type.Array(Metric),
  health: Type.Array(Finding),
  groups: Type.Array(Group),
});
export type ExperimentReport = Static<typeof ExperimentReport>;

const fileQuery = {
  language: Type.Optional(Type.Enum(['en', 'zh-CN'] as const, { default: 'en' })),
};
/** In which language a report is written for a person. */
export const ReportFileQuery = strict(fileQuery);
export type ReportFileQuery = Static<typeof ReportFileQuery>;

const optional = <S extends TSchema>(schema: S) => Type.Optional(schema);
const { route_id, duration, arms, metrics, rule } = ExperimentInput.properties;
/** What is planned: an experiment that is written already, or one in outline. */
export const PlanRequest = strict({
  experiment_id: optional(Id),
  route_id: optional(route_id),
  duration: optional(duration),
  arms: optional(arms),
  metrics: optional(metrics),
  rule,
});
export type PlanRequest = Static<typeof PlanRequest>;

const MetricPlan = strict({
  metric: MetricName,
  name: Said,
  role: Role,
  because: nullable(
    Type.String({ description: 'why nothing can be planned', examples: ['insufficient_data'] }),
  ),
  numbers: nullable(
    strict({
      baseline: Type.Number({ description: 'at present on the route' }),
      scale: Scale,
      effect: nullable(Type.Number({ description: 'the target, or the margin of a guardrail' })),
      users_control: nullable(Count),
      users_treatment: nullable(Count),
      days: nullable(Type.Number({ description: 'at the present traffic' })),
      smallest_effect: Type.Number({ description: 'the smallest that shows by the planned end' }),
      is_enough: nullable(Type.Boolean()),
    }),
  ),
  said: Said,
});

export const ExperimentPlan = strict({
  route_id: Id,
  duration,
  observed_from: Time,
  observed_to: Time,
  users_per_day: Type.Number({ description: 'new to the experiment, on the whole route' }),
  expected_users: { ...Count, description: 'of all arms by the end; the value for expected_users' },
  is_enough: Type.Boolean({
    description: 'every primary metric and guardrail can answer in the planned time',
  }),
  metrics: Type.Array(MetricPlan),
});
export type ExperimentPlan = Static<typeof ExperimentPlan>;
