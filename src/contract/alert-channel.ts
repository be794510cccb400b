import Type, { type Static, type TSchema } from 'typebox';
import { ALERT_EVENTS } from '../domain/alert.ts';
import { WEBHOOK_PRESETS } from '../domain/alert-channel.ts';
import { ConfigVersion, Id, Line, nullable, OWN_VERSION, Page, READ_ONLY, strict } from './fields.ts';

/** Narrower than mail allows: what every mail server takes, and no parser can read two ways. */
const EMAIL =
  '^[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$';
const Email = Type.String({
  maxLength: 254,
  pattern: EMAIL,
  'x-form': 'a mail address such as ops@example.com',
  examples: ['ops@example.com'],
});
const Secret = (description: string) =>
  nullable(
    Type.String({
      minLength: 1,
      maxLength: 1_024,
      writeOnly: true,
      description: `${description}. Stored encrypted, never shown again: answers hold null or a mask; the mask given back keeps it, null removes it`,
    }),
  );

const SMTP = {
  host: Type.String({
    pattern: '^[A-Za-z0-9.:\\[\\]-]{1,253}$',
    'x-form': 'a host name or an address',
    examples: ['smtp.example.com'],
  }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  secure: Type.Boolean({
    description:
      'TLS from the first byte; else STARTTLS, without which no password is sent but to this machine',
  }),
  user: nullable(Line(320, 1)),
  password: Secret('for the mail server'),
  from: Email,
};
const { host: _host, ...SMTP_DEFAULTED } = SMTP;
const SmtpInput = strict({ host: SMTP.host, ...Type.Partial(strict(SMTP_DEFAULTED)).properties });
const SmtpPatch = Type.Partial(strict(SMTP), { additionalProperties: false });

const LISTENING = {
  events: Type.Array(Type.Enum(ALERT_EVENTS), {
    maxItems: ALERT_EVENTS.length,
    uniqueItems: true,
    description: 'what the channel is told of; everything unless written',
  }),
  language: Type.Enum(['en', 'zh-CN'] as const),
};
const Recipients = Type.Array(Email, { minItems: 1, maxItems: 20, uniqueItems: true });
const WEBHOOK = {
  preset: Type.Enum(WEBHOOK_PRESETS, { description: 'whose shape the message has' }),
  url: Type.String({
    format: 'webhook-url',
    minLength: 1,
    maxLength: 2_048,
    description:
      'https; http and addresses that are not public only within the setting `alerts.webhook_networks`. Often a secret itself: answers hold its origin and a mask',
  }),
  secret: Secret('signs each message'),
};

const email = { id: Id, type: Type.Literal('email'), to: Recipients };
const webhook = { id: Id, type: Type.Literal('webhook') };

const EmailDocument = strict({ ...email, smtp: strict(SMTP), ...LISTENING });
const WebhookDocument = strict({ ...webhook, ...WEBHOOK, ...LISTENING });
type EmailDocument = Static<typeof EmailDocument>;
type WebhookDocument = Static<typeof WebhookDocument>;
/** A channel as the store keeps it: complete, with its secrets, and sealed as a whole. */
export type AlertChannelDocument = EmailDocument | WebhookDocument;

const partial = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Partial(strict(properties)).properties;
const { url, ...WEBHOOK_DEFAULTED } = WEBHOOK;
const EmailInput = strict({ ...email, smtp: SmtpInput, ...partial(LISTENING) });
const WebhookInput = strict({ ...webhook, url, ...partial(WEBHOOK_DEFAULTED), ...partial(LISTENING) });
export const AlertChannelInput = Type.Union([EmailInput, WebhookInput]);
export type AlertChannelInput = Static<typeof AlertChannelInput>;

const TYPE = Type.Optional(Type.Enum(['email', 'webhook'] as const));
export const AlertChannelPatch = strict({
  ...READ_ONLY,
  type: TYPE,
  to: Type.Optional(Recipients),
  smtp: Type.Optional(SmtpPatch),
  ...partial(WEBHOOK),
  ...partial(LISTENING),
});
export type AlertChannelPatch = Static<typeof AlertChannelPatch>;

export const AlertChannelAnswer = Type.Union([
  strict({ ...EmailDocument.properties, ...OWN_VERSION }),
  strict({ ...WebhookDocument.properties, ...OWN_VERSION }),
]);
export type AlertChannelAnswer = Static<typeof AlertChannelAnswer>;
export const AlertChannelChange = Type.Union([
  strict({ ...EmailDocument.properties, ...OWN_VERSION, config_version: ConfigVersion }),
  strict({ ...WebhookDocument.properties, ...OWN_VERSION, config_version: ConfigVersion }),
]);
export const AlertChannelPage = Page(AlertChannelAnswer);

export const AlertChannelTest = strict({
  channel_id: Id,
  ok: Type.Boolean(),
  latency_ms: Type.Number({ minimum: 0 }),
  error: nullable(Type.String()),
});
export type AlertChannelTest = Static<typeof AlertChannelTest>;

/** A channel with everything that was not written filled in. */
export function completeChannel(input: AlertChannelInput): AlertChannelDocument {
  const { id, events = [...ALERT_EVENTS], language = 'en' } = input;
  if (input.type === 'webhook') {
    const { preset = 'generic', secret = null } = input;
    return { id, type: 'webhook', preset, url: input.url, secret, events, language };
  }
  const { host, secure = input.smtp.port === 465, user = null, password = null } = input.smtp;
  const { port = secure ? 465 : 587, from = senderFor(user, host) } = input.smtp;
  return {
    id,
    type: 'email',
    to: input.to,
    smtp: { host, port, secure, user, password, from },
    events,
    language,
  };
}

/** The account's address where it is one; else a name at the mail server. */
function senderFor(user: string | null, host: string): string {
  if (user !== null && new RegExp(EMAIL).test(user)) return user;
  return /^[A-Za-z][A-Za-z0-9.-]*$/.test(host) ? `sluice@${host}` : 'sluice@localhost';
}
