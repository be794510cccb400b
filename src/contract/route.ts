import Type, { type Static } from 'typebox';
import { Alias, CHANGE, Id, Line, Page, READ_ONLY, RESOURCE, strict, Time, UserId } from './fields.ts';

export const Weight = Type.Number({
  minimum: 0,
  maximum: 100,
  multipleOf: 0.01,
  description: 'percent of the users, two decimals; all weights of a route add up to exactly 100',
});

const RuleInput = strict({ model_id: Id, weight: Weight, description: Type.Optional(Line(500)) });
const Rule = strict({ model_id: Id, weight: Weight, description: Line(500) });

const AudienceMatch = strict(
  {
    user_ids: Type.Optional(Type.Array(UserId, { minItems: 1, maxItems: 10_000, uniqueItems: true })),
    user_prefix: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
    segment: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        description: 'header X-User-Segment, body metadata.segment',
      }),
    ),
    created_after: Type.Optional(Time),
  },
  { minProperties: 1, maxProperties: 1 },
);
export const Audience = strict({ name: Line(128, 1), match: AudienceMatch, model_id: Id });
export type Audience = Static<typeof Audience>;

const Rules = <S extends typeof Rule | typeof RuleInput>(rule: S) =>
  Type.Array(rule, {
    minItems: 1,
    maxItems: 100,
    description: 'ranges of buckets in written order, from 0 up',
  });
const Strategy = Type.Enum(['hash_user_id'] as const);
const Stickiness = Type.Enum(['user', 'conversation'] as const);
const Aliases = Type.Array(Alias, { maxItems: 100, uniqueItems: true });
const Audiences = Type.Array(Audience, { maxItems: 100, description: 'ordered, the first match decides' });

/** A route as the store keeps it: complete. */
export const RouteDocument = strict({
  id: Id,
  name: Line(200, 1),
  aliases: Aliases,
  default: Type.Boolean({ description: 'takes every request that names nothing known' }),
  strategy: Strategy,
  stickiness: Stickiness,
  enabled: Type.Boolean(),
  stable_model_id: Id,
  rules: Rules(Rule),
  audiences: Audiences,
});
export type RouteDocument = Static<typeof RouteDocument>;

const OPTIONAL = {
  name: Type.Optional(Line(200, 1)),
  aliases: Type.Optional(Aliases),
  default: Type.Optional(Type.Boolean()),
  strategy: Type.Optional(Strategy),
  stickiness: Type.Optional(Stickiness),
  enabled: Type.Optional(Type.Boolean()),
  stable_model_id: Type.Optional(Id),
  audiences: Type.Optional(Audiences),
};
/** While a rollout is active: whom users get then, and why. */
const UNDER_WAY = {
  rollout_id: Type.Optional(Id),
  effective_rules: Type.Optional(Rules(Rule)),
};
/**
 * A route as an operator writes it. `{"strategy":"hash_user_id","rules":[…]}` alone is enough: the id is then
 * `default`, the first rule's model is stable, and the first route is the default one.
 */
export const RouteInput = strict({ id: Type.Optional(Id), ...OPTIONAL, rules: Rules(RuleInput) });
export type RouteInput = Static<typeof RouteInput>;
export const RoutePatch = strict({
  ...OPTIONAL,
  rules: Type.Optional(Rules(RuleInput)),
  ...READ_ONLY,
  ...UNDER_WAY,
});
export type RoutePatch = Static<typeof RoutePatch>;

export const RouteAnswer = strict({ ...RouteDocument.properties, ...RESOURCE, ...UNDER_WAY });
export type RouteAnswer = Static<typeof RouteAnswer>;
export const RouteChange = strict({ ...RouteAnswer.properties, ...CHANGE });
export const RoutePage = Page(RouteAnswer);

export const Rollback = strict({
  version: Type.Integer({ minimum: 1, description: 'a configuration version among the kept ones' }),
});

/** The id of a route that is posted without one. */
export const DEFAULT_ROUTE_ID = 'default';

/** A route with everything that was not written filled in. `isFirst`: no other route exists. */
export function completeRoute(input: RouteInput, isFirst: boolean): RouteDocument {
  const id = input.id ?? DEFAULT_ROUTE_ID;
  return {
    id,
    name: input.name ?? id,
    aliases: input.aliases ?? [],
    default: input.default ?? isFirst,
    strategy: 'hash_user_id',
    stickiness: input.stickiness ?? 'user',
    enabled: input.enabled ?? true,
    stable_model_id: input.stable_model_id ?? firstModelOf(input.rules),
    rules: completeRules(input.rules),
    audiences: input.audiences ?? [],
  };
}

export function completeRules(rules: RouteInput['rules']): RouteDocument['rules'] {
  return rules.map((rule) => ({
    model_id: rule.model_id,
    weight: rule.weight,
    description: rule.description ?? '',
  }));
}

/** The model of the first rule: the stable one where none is named. */
export function firstModelOf(rules: RouteInput['rules']): string {
  const first = rules[0];
  if (!first) throw new Error('a route has at least one rule');
  return first.model_id;
}
