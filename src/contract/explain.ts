import Type, { type Static } from 'typebox';
import { ConfigVersion, Id, nullable, strict, Time, UserId } from './fields.ts';

const FACTS = {
  segment: Type.Optional(
    Type.String({ minLength: 1, maxLength: 128, description: 'as if X-User-Segment said so' }),
  ),
  created_at: Type.Optional({ ...Time, description: 'as if X-User-Created-At said so' }),
};
export const ExplainQuery = strict({
  user_id: UserId,
  session_id: Type.Optional(
    Type.String({ minLength: 1, maxLength: 512, description: 'as in this conversation under way' }),
  ),
  ...FACTS,
});
export type ExplainQuery = Static<typeof ExplainQuery>;
export const ExplainRequest = strict({
  user_ids: Type.Array(UserId, { minItems: 1, maxItems: 10_000 }),
  ...FACTS,
});
export type ExplainRequest = Static<typeof ExplainRequest>;

const RuleRange = strict({
  index: Type.Integer({ minimum: 0 }),
  model_id: Id,
  from: Type.Number({ description: 'first bucket of the rule, two decimals' }),
  below: Type.Number({ description: 'first bucket after the rule, two decimals' }),
});

/** Where one user falls, and why. `serving_model_id` differs from the assigned one while that is disabled or cut off. */
export const Explanation = strict({
  user_id: Type.String(),
  bucket: Type.Integer({ minimum: 0, maximum: 99 }),
  position: Type.Integer({
    minimum: 0,
    maximum: 9_999,
    description: 'the bucket with two decimals, times 100',
  }),
  assigned_model_id: nullable(Id),
  serving_model_id: nullable(Id),
  reason: nullable(Type.String({ examples: ['rule'] })),
  fallback: nullable(Type.String()),
  rule: nullable({ ...RuleRange, description: 'the rule that the bucket falls to, whatever decided' }),
  audience: nullable(Type.String()),
  experiment: nullable({ ...Id, description: 'the experiment that decides for this user' }),
  arm: nullable({ ...Type.String(), description: 'of that experiment' }),
  pinned_model_id: nullable({ ...Id, description: 'what the conversation is held to' }),
  pin_broken: nullable(Type.String({ description: 'why it would leave that model', examples: ['breaker'] })),
  refusal: nullable(Type.String({ description: 'why nobody would answer' })),
});
export type Explanation = Static<typeof Explanation>;
export const ExplainAnswer = strict({
  route_id: Id,
  config_version: ConfigVersion,
  ...Explanation.properties,
});
export const ExplainList = strict({
  route_id: Id,
  config_version: ConfigVersion,
  counts: Type.Record(Type.String(), Type.Integer(), { description: 'users by assigned model' }),
  items: Type.Array(Explanation),
});
export type ExplainList = Static<typeof ExplainList>;
