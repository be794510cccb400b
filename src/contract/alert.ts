import Type, { type Static } from 'typebox';
import { ALERT_EVENTS, OPENING_EVENTS } from '../domain/alert.ts';
import { nullable, Page, strict, Time } from './fields.ts';

const Measure = strict(
  {
    value: nullable(Type.Number()),
    limit: nullable(Type.Number()),
    samples: nullable(Type.Integer()),
    window_ms: nullable(Type.Integer()),
    reason: Type.String(),
    reason_zh: Type.String({ description: 'the same in Chinese' }),
  },
  { description: 'the figures that it rests on: shares from 0 to 1, milliseconds, bytes or records' },
);
const DELIVERY_STATES = ['waiting', 'sent', 'dead'] as const;

const AlertDelivery = strict({
  channel_id: Type.String(),
  event: Type.Enum(ALERT_EVENTS),
  message_id: Type.String({ description: 'several alerts share a message in a digest' }),
  digest: Type.Boolean(),
  state: Type.Enum(DELIVERY_STATES, { description: '`dead`: given up; `error` says why' }),
  attempts: Type.Integer(),
  next_attempt_at: nullable(Time),
  settled_at: nullable(Time),
  error: nullable(Type.String({ description: 'of the last attempt' })),
});
export const AlertItem = strict({
  id: Type.String(),
  rule_id: Type.String(),
  event: Type.Enum(OPENING_EVENTS),
  model_id: nullable(Type.String()),
  state: Type.Enum(['open', 'resolved'] as const),
  opened_at: Time,
  opening: Measure,
  resolved_at: nullable(Time),
  closing: nullable(Measure),
  deliveries: Type.Array(AlertDelivery),
});
export type AlertItem = Static<typeof AlertItem>;
export const AlertPage = Page(AlertItem);

export const ALERT_FILTER = {
  state: Type.Optional(Type.Enum(['open', 'resolved'] as const)),
  delivery: Type.Optional(
    Type.Enum(DELIVERY_STATES, {
      description: 'alerts with a delivery in this state; `dead` are the dead letters',
    }),
  ),
};
