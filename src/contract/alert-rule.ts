import Type, { type Static } from 'typebox';
import { OPENING_EVENTS, type OpeningEvent } from '../domain/alert.ts';
import type { AlertRule } from '../domain/alert-rule.ts';
import { durationMs } from './duration.ts';
import { fieldsFault } from './fault.ts';
import { ConfigVersion, DurationText, Id, nullable, OWN_VERSION, Page, READ_ONLY, strict } from './fields.ts';

const FIELDS = {
  model_id: nullable({ ...Id, description: 'null: every model by itself; for no_traffic all together' }),
  above_pct: Type.Number({ minimum: 0, maximum: 100, description: 'error_rate: the share that is too much' }),
  above: DurationText('1ms', '24h'),
  window: DurationText('1m', '24h'),
  min_requests: Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    description: 'with fewer in the window nothing is concluded',
  }),
  free_below_bytes: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
};
type Fields = Static<ReturnType<typeof strict<typeof FIELDS>>>;

/** The fields that a rule for an event has besides id, event and switch, with what they are unless written. */
const FIELDS_OF = {
  breaker_opened: { model_id: null },
  error_rate: { model_id: null, above_pct: 5, window: '5m', min_requests: 20 },
  latency_p95: { model_id: null, above: '10s', window: '5m', min_requests: 20 },
  no_traffic: { model_id: null, window: '15m' },
  journal_dropping: {},
  disk_low: { free_below_bytes: 1_073_741_824 },
  rollout_held: {},
  rollout_aborted: {},
} as const satisfies Record<OpeningEvent, Partial<Fields>>;

const SWITCH = { enabled: Type.Boolean() };
const WRITTEN = Type.Partial(strict({ ...SWITCH, ...FIELDS })).properties;
const EVENT = Type.Enum(OPENING_EVENTS);

export const AlertRuleInput = strict({ id: Id, event: EVENT, ...WRITTEN });
export type AlertRuleInput = Static<typeof AlertRuleInput>;
export const AlertRulePatch = strict({ event: Type.Optional(EVENT), ...WRITTEN, ...READ_ONLY });
export type AlertRulePatch = Static<typeof AlertRulePatch>;

/** A rule as the store keeps it: with all fields of its event, and no other. */
const AlertRuleDocument = strict({
  id: Id,
  event: EVENT,
  ...SWITCH,
  ...Type.Partial(strict(FIELDS)).properties,
});
export type AlertRuleDocument = Static<typeof AlertRuleDocument>;
export const AlertRuleAnswer = strict({ ...AlertRuleDocument.properties, ...OWN_VERSION });
export type AlertRuleAnswer = Static<typeof AlertRuleAnswer>;
export const AlertRuleChange = strict({ ...AlertRuleAnswer.properties, config_version: ConfigVersion });
export const AlertRulePage = Page(AlertRuleAnswer);

/** A rule with everything that was not written filled in. Throws AdminFault for a field that its event does not have. */
export function completeRule(input: AlertRuleInput): AlertRuleDocument {
  const { id, event, enabled = true, ...fields } = input;
  const own = FIELDS_OF[event];
  const foreign = Object.keys(fields).filter((name) => !Object.hasOwn(own, name));
  if (foreign.length > 0) {
    const known = Object.keys(own).join(', ') || 'none';
    throw fieldsFault(foreign.map((path) => ({ path, message: `is no field of ${event}; it has ${known}` })));
  }
  return { id, event, enabled, ...own, ...fields };
}

/** What a new installation watches. */
export const FIRST_RULES: readonly AlertRuleDocument[] = [
  completeRule({ id: 'breaker-opened', event: 'breaker_opened' }),
  completeRule({ id: 'journal-dropping', event: 'journal_dropping' }),
  completeRule({ id: 'disk-low', event: 'disk_low' }),
  completeRule({ id: 'rollout-held', event: 'rollout_held' }),
  completeRule({ id: 'rollout-aborted', event: 'rollout_aborted' }),
];

export function toAlertRule(document: AlertRuleDocument): AlertRule {
  const { id, event } = document;
  const own = <E extends OpeningEvent>(of: E) => ({ ...FIELDS_OF[of], ...document });
  switch (event) {
    case 'breaker_opened':
      return { id, event, modelId: own(event).model_id };
    case 'error_rate': {
      const { model_id: modelId, above_pct: abovePct, window, min_requests: minRequests } = own(event);
      return { id, event, modelId, abovePct, windowMs: durationMs(window), minRequests };
    }
    case 'latency_p95': {
      const { model_id: modelId, above, window, min_requests: minRequests } = own(event);
      return { id, event, modelId, aboveMs: durationMs(above), windowMs: durationMs(window), minRequests };
    }
    case 'no_traffic':
      return { id, event, modelId: own(event).model_id, windowMs: durationMs(own(event).window) };
    case 'journal_dropping':
    case 'rollout_held':
    case 'rollout_aborted':
      return { id, event };
    case 'disk_low':
      return { id, event, belowBytes: own(event).free_below_bytes };
  }
}
