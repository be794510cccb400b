import Type, { type Static } from 'typebox';
import { Id, nullable, Page, strict, Time } from './fields.ts';

const Count = Type.Integer({ minimum: 0 });
const State = Type.Enum(['CLOSED', 'OPEN', 'HALF_OPEN'] as const);
const ARITHMETIC_ZH = '180 次中失败 7 次 = 3.9 % ≥ 3.0 %';
const Because = Type.String({ description: 'in words', examples: ['7 of 180 = 3.9 % ≥ 3.0 %'] });
const BecauseZh = Type.String({ description: 'the same in Chinese', examples: [ARITHMETIC_ZH] });

export const BreakerChanged = strict({
  at: Time,
  from: State,
  to: State,
  reason: Type.String({ examples: ['error_rate', 'consecutive_failures', 'probes_passed', 'operator_open'] }),
  because: Because,
  because_zh: BecauseZh,
  open_until: nullable(Time),
});

/** A model's breaker as it is now. */
export const BreakerAnswer = strict({
  model_id: Id,
  state: State,
  enabled: Type.Boolean({ description: "the model's setting; switched off, it counts and never opens" }),
  held: Type.Boolean({ description: 'an operator opened it: it stays so until one closes or resets it' }),
  because: Because,
  because_zh: BecauseZh,
  since: nullable({ ...Time, description: 'of its last change' }),
  open_until: nullable({
    ...Time,
    description: 'then probes may try the model; null unless it is open by itself',
  }),
  open_left: nullable(Type.String({ description: 'the same as a duration', examples: ['212s'] })),
  counts: strict({
    window: Type.String({ examples: ['5m'] }),
    requests: { ...Count, description: 'attempts that counted: none while it is not closed' },
    failures: Count,
    error_rate_pct: nullable(Type.Number({ minimum: 0, maximum: 100 })),
    consecutive_failures: Count,
    arithmetic: Type.String({ examples: ['7 of 180 = 3.9 % ≥ 3.0 %'] }),
    arithmetic_zh: BecauseZh,
  }),
  probes: strict({
    passed: Count,
    needed: { ...Count, description: 'so many good ones close it' },
    under_way: Count,
  }),
  trips: { ...Count, description: 'openings that are not forgotten yet' },
  fallbacks: Type.Array(
    strict({
      route_id: Id,
      model_id: nullable({ ...Id, description: 'null: nobody can, and the model goes on serving' }),
    }),
    { description: 'who answers in its place while it is open, on each route that uses it' },
  ),
  history: Type.Array(BreakerChanged, { description: 'newest first; the audit has all' }),
});
export type BreakerAnswer = Static<typeof BreakerAnswer>;
export const BreakerPage = Page(BreakerAnswer);
