import Type, { type Static } from 'typebox';
import type { Experiment } from '../domain/experiment.ts';
import { METRIC_IDS } from '../domain/metric.ts';
import { durationMs } from './duration.ts';
import {
  CHANGE,
  DurationText,
  Id,
  Line,
  nullable,
  Page,
  READ_ONLY,
  RESOURCE,
  strict,
  Time,
} from './fields.ts';

const Share = Type.Number({
  minimum: 0.01,
  maximum: 50,
  multipleOf: 0.01,
  description: "percent of the route's users; with n arms at most 100/n each",
});
const ARM = { name: Line(64, 1), model_id: Id, share: Share };
const ArmInput = strict(ARM);
const Arm = strict({
  ...ARM,
  stopped_at: nullable({ ...Time, description: 'since when nobody is put into it any more' }),
});
const Arms = <S extends typeof Arm | typeof ArmInput>(arm: S) =>
  Type.Array(arm, { minItems: 2, maxItems: 10, description: 'the first is the control' });

const Target = strict(
  {
    absolute: Type.Optional(
      Type.Number({ description: "in the metric's unit; 0.08 is 8 points of a share" }),
    ),
    ratio_at_most: Type.Optional(Type.Number({ description: 'times control' })),
  },
  { minProperties: 1, maxProperties: 1 },
);
const Role = Type.Enum(['primary', 'secondary', 'guardrail'] as const);
const METRIC = { metric: Type.Enum([...METRIC_IDS]), role: Role };
const Margin = Type.Number({
  description: 'how much worse a guardrail may get: in its unit, or as a share of control where compared so',
});
const MetricInput = strict({
  ...METRIC,
  target: Type.Optional(nullable(Target)),
  margin: Type.Optional(nullable(Margin)),
});
const Metric = strict({ ...METRIC, target: nullable(Target), margin: nullable(Margin) });
const Metrics = <S extends typeof Metric | typeof MetricInput>(metric: S) =>
  Type.Array(metric, { minItems: 1, maxItems: 20 });

const Weights = strict({ new: Type.Number(), returning: Type.Number() });
const WITHIN = { new_user_within: DurationText('1m', '365d') };
const StrataInput = strict({ ...WITHIN, weights: Type.Optional(nullable(Weights)) });
const Strata = strict({ ...WITHIN, weights: nullable(Weights) });

const RULE = {
  primaries: Type.Enum(['all', 'any'] as const, {
    description: 'whether every primary metric must win, or one is enough',
  }),
  evidence: Type.Enum(['better', 'target'] as const, {
    description: 'whether better is enough, or the target must be reached',
  }),
};
const Rule = strict(RULE);

const DurationOf = DurationText('1m', '365d');
const Salt = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'made for you unless given; "generated" asks for that, too',
});
const ExpectedUsers = Type.Integer({
  minimum: 2,
  description: 'users of all arms by the end, as the plan tells; the tests are tuned for it',
});
const Fields = Type.Array(Line(64, 1), {
  maxItems: 32,
  uniqueItems: true,
  description: "fields in which the arms' models may differ besides their upstream model",
});

/** Why an experiment gives nobody a model any more. */
export const STOPS = ['operator', 'time_over', 'model_disabled', 'route_disabled'] as const;

/** An experiment as the store keeps it. Between start and stop nothing of it changes but what happens to it. */
const ExperimentDocument = strict({
  id: Id,
  name: Line(200, 1),
  route_id: Id,
  duration: DurationOf,
  salt: Salt,
  arms: Arms(Arm),
  strata: nullable(Strata),
  metrics: Metrics(Metric),
  rule: Rule,
  expected_users: nullable(ExpectedUsers),
  accepted_differences: Fields,
  status: Type.Enum(['draft', 'running', 'stopped', 'archived'] as const),
  started_at: nullable(Time),
  ends_at: nullable({ ...Time, description: 'fixed at the start' }),
  stopped_at: nullable(Time),
  stopped_because: nullable(Type.Enum(STOPS)),
  differences: Type.Array(Type.String(), {
    description: "fields in which the arms' models differed at the start besides their upstream model",
  }),
  edits: Type.Array(strict({ at: Time, model_id: Id, field: Type.String() }), {
    description: "fields of the arms' models that were edited while it ran; the first 100",
  }),
});
export type ExperimentDocument = Static<typeof ExperimentDocument>;

const OPTIONAL = {
  name: Type.Optional(Line(200, 1)),
  salt: Type.Optional(Salt),
  strata: Type.Optional(nullable(StrataInput)),
  rule: Type.Optional(Type.Partial(Rule, { additionalProperties: false })),
  expected_users: Type.Optional(nullable(ExpectedUsers)),
  accepted_differences: Type.Optional(Fields),
};
/** An experiment as an operator writes it. */
export const ExperimentInput = strict({
  id: Id,
  route_id: Id,
  duration: DurationOf,
  arms: Arms(ArmInput),
  metrics: Metrics(MetricInput),
  ...OPTIONAL,
});
export type ExperimentInput = Static<typeof ExperimentInput>;
/** A draft's fields that change. */
export const ExperimentPatch = strict({
  ...OPTIONAL,
  route_id: Type.Optional(Id),
  duration: Type.Optional(DurationOf),
  arms: Type.Optional(Arms(ArmInput)),
  metrics: Type.Optional(Metrics(MetricInput)),
  ...READ_ONLY,
});
export type ExperimentPatch = Static<typeof ExperimentPatch>;

const { managed_by: _file, ...VERSION } = RESOURCE;
export const ExperimentAnswer = strict({ ...ExperimentDocument.properties, ...VERSION });
export type ExperimentAnswer = Static<typeof ExperimentAnswer>;
export const ExperimentChange = strict({ ...ExperimentAnswer.properties, ...CHANGE });
export const ExperimentPage = Page(ExperimentAnswer);

/** What is over is history: it may name what is gone. */
export function isOpen({ status }: Pick<ExperimentDocument, 'status'>): boolean {
  return status === 'draft' || status === 'running';
}

/** A draft with everything that was not written filled in; `salt` is the one to use where none was given. */
export function completeExperiment(input: ExperimentInput, salt: string): ExperimentDocument {
  return {
    id: input.id,
    name: input.name ?? input.id,
    route_id: input.route_id,
    duration: input.duration,
    salt: input.salt === undefined || input.salt === GENERATED ? salt : input.salt,
    arms: input.arms.map(({ name, model_id, share }) => ({ name, model_id, share, stopped_at: null })),
    strata: input.strata ? { ...input.strata, weights: input.strata.weights ?? null } : null,
    metrics: input.metrics.map(({ metric, role, target, margin }) => ({
      metric,
      role,
      target: target ?? null,
      margin: margin ?? null,
    })),
    rule: { primaries: 'all', evidence: 'better', ...input.rule },
    expected_users: input.expected_users ?? null,
    accepted_differences: input.accepted_differences ?? [],
    status: 'draft',
    started_at: null,
    ends_at: null,
    stopped_at: null,
    stopped_because: null,
    differences: [],
    edits: [],
  };
}
const GENERATED = 'generated';

/** What of it is the domain's: its shape, without what happened to it. */
export function toExperiment(document: ExperimentDocument): Experiment {
  const { strata } = document;
  return {
    id: document.id,
    routeId: document.route_id,
    salt: document.salt,
    durationMs: durationMs(document.duration),
    arms: document.arms.map(({ name, model_id, share }) => ({
      name,
      modelId: model_id,
      steps: Math.round(share * 100),
    })),
    strata: strata && { newUserWithinMs: durationMs(strata.new_user_within), weights: strata.weights },
    metrics: document.metrics.map(({ metric, role, target, margin }) => ({
      metric,
      role,
      target: target && toTarget(target),
      margin,
    })),
  };
}

function toTarget({ absolute, ratio_at_most: ratio }: Static<typeof Target>) {
  if (absolute !== undefined) return { kind: 'absolute', value: absolute } as const;
  if (ratio !== undefined) return { kind: 'ratio_at_most', value: ratio } as const;
  throw new Error('a target is one of two');
}
