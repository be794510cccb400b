import Type, { type Static } from 'typebox';
import { VERDICTS } from '../domain/rollout/gate-reading.ts';
import { BLOCKS, ROLLOUT_STATUSES } from '../domain/rollout/state.ts';
import { CHANGE, Id, Line, nullable, Page, strict, Time } from './fields.ts';
import { RolloutDocument } from './rollout-plan.ts';
import { Weight } from './route.ts';

const Count = Type.Integer({ minimum: 0 });
const StageIndex = Type.Integer({ minimum: 0, maximum: 49, description: 'counted from 0' });
const Said = strict({ code: Type.String(), en: Type.String(), zh: Type.String() });
const Block = Type.Enum(BLOCKS as unknown as [string, ...string[]]);
const Status = Type.Enum(ROLLOUT_STATUSES as unknown as [string, ...string[]]);
const Duration = Type.String({ examples: ['3600s'] });
const Figure = nullable(Type.Number());

const COMMAND = {
  reason: Type.Optional(Line(500)),
  force: Type.Optional(Type.Boolean({ description: 'passes a failed gate by; needs the admin role' })),
  command_id: Type.Optional({ ...Line(100, 1), description: 'the same id twice is done once' }),
};
const Addressed = {
  stage: {
    ...StageIndex,
    description: 'the stage that was seen; of retry the one to begin at; counted from 0',
  },
  expected_version: { ...Count, description: 'the version that was seen: another present one is 409' },
};
/** What every command takes. It does nothing unless stage and version are still those that were seen. */
export const RolloutCommand = strict({ ...Addressed, ...COMMAND });
export type RolloutCommand = Static<typeof RolloutCommand>;
/** `abort` and `pause` work from every page, the oldest too. */
export const RolloutStop = strict({ ...Type.Partial(strict(Addressed)).properties, ...COMMAND });
export type RolloutStop = Static<typeof RolloutStop>;

export const GateFigures = strict({
  metric: Type.String({ examples: ['error_rate_vs_stable'] }),
  verdict: Type.Enum(VERDICTS as unknown as [string, ...string[]]),
  value: Figure,
  control: { ...Figure, description: "the control group's value, where it is compared with that" },
  bound: { ...Figure, description: 'of a confident gate: the end of its interval' },
  samples: Count,
  needed: Count,
  said: Said,
});

export type GateFigures = Static<typeof GateFigures>;

/** A rollout with its plan, where it stands, and why. */
export const RolloutAnswer = strict({
  ...RolloutDocument.properties,
  stable_model_id: Id,
  version: { ...Count, description: 'events so far; what a command names as expected_version' },
  status: Status,
  stage: StageIndex,
  weight: Weight,
  attempt: Count,
  blocks: Type.Array(strict({ block: Block, since: Time, said: Said }), {
    description: 'the weightiest first',
  }),
  not_advancing_because: nullable(Type.String({ description: 'one sentence; null unless it is active' })),
  because: nullable({ ...Said, description: 'the same in both languages' }),
  stage_since: nullable(Time),
  hold_left: nullable({ ...Duration, description: 'observed time that the stage still lasts' }),
  quiet_left: nullable(Duration),
  gates: Type.Array(GateFigures, { description: 'as they stood at the last look' }),
  approved_by: nullable(Type.String()),
  ended: nullable(strict({ stage: StageIndex, at: Time, said: Said })),
  outlook: Type.Array(
    strict({
      stage: StageIndex,
      status: Type.Enum(['fits', 'too_slow', 'never', 'unknown'] as const),
      days: Figure,
      gates: Type.Array(
        Type.Object({ en: Type.String(), zh: Type.String() }, { additionalProperties: false }),
      ),
    }),
    { description: 'of a draft: what each stage takes at the present traffic' },
  ),
  warnings: Type.Array(
    strict({
      path: Type.String(),
      message: Type.String(),
      message_zh: Type.String({ description: 'the same in Chinese' }),
    }),
  ),
});
export type RolloutAnswer = Static<typeof RolloutAnswer>;
export const RolloutChange = strict({ ...RolloutAnswer.properties, ...CHANGE });
export const RolloutPage = Page(RolloutAnswer);

/** One change of a rollout: who, why, from where, and the gates as they stood. */
export const RolloutEventAnswer = strict({
  version: Count,
  at: Time,
  actor: Type.String({ description: 'an operator, or "sluice"' }),
  type: Type.String({ examples: ['stage_entered', 'held'] }),
  from: strict({ status: Status, stage: StageIndex, weight: Weight }),
  to: strict({ status: Status, stage: StageIndex, weight: Weight }),
  blocks: nullable(Type.Array(Block, { description: 'as they are after it; null where it leaves them' })),
  said: Said,
  gates: Type.Array(GateFigures),
  command_id: nullable(Type.String()),
});
export type RolloutEventAnswer = Static<typeof RolloutEventAnswer>;
export const RolloutEventPage = Page(RolloutEventAnswer);
