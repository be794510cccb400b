import { createHmac } from 'node:crypto';
import type { Measure, Notice } from '../../domain/alert.ts';
import type { WebhookChannel, WebhookPreset } from '../../domain/alert-channel.ts';
import type { Notification } from '../../ports/notifier.ts';

/** What is posted, and where. */
export interface WebhookRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** WeCom takes 2,048 bytes of text, the others more; nobody reads more in a chat. */
const MAX_TEXT_BYTES = 2_000;
/** A secret in the form of Standard Webhooks is base64 behind this. */
const STANDARD_SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

/** The message in the shape of the channel's preset, signed as it asks for. `nowMs`: of the signature. */
export function webhookRequest(
  channel: WebhookChannel,
  notification: Notification,
  nowMs: number,
): WebhookRequest {
  const { preset, secret } = channel;
  const url = new URL(channel.url);
  const text = clip(`${notification.title}\n\n${notification.text}`);
  const seconds = String(Math.floor(nowMs / 1_000));
  const shape = SHAPES[preset](notification, text);
  if (preset === 'feishu' && secret !== null) {
    Object.assign(shape, { timestamp: seconds, sign: hmac(`${seconds}\n${secret}`, '') });
  }
  if (preset === 'dingtalk' && secret !== null) {
    url.searchParams.set('timestamp', String(nowMs));
    url.searchParams.set('sign', hmac(secret, `${nowMs}\n${secret}`));
  }
  const body = JSON.stringify(shape);
  const signature = secret === null ? {} : standardSignature({ secret, id: notification.id, seconds, body });
  const headers = { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'sluice' };
  return { url, headers: { ...headers, ...signature }, body };
}

const SHAPES: Readonly<Record<WebhookPreset, (notification: Notification, text: string) => object>> = {
  generic: ({ id, kind, title, text, atMs, notices, omitted }) => ({
    id,
    type: kind,
    sent_at: timeOf(atMs),
    title,
    text,
    alerts: notices.map(wireOf),
    omitted,
  }),
  slack: (_, text) => ({
    text: text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  }),
  feishu: (_, text) => ({ msg_type: 'text', content: { text } }),
  dingtalk: (_, text) => ({ msgtype: 'text', text: { content: text } }),
  wecom: (_, text) => ({ msgtype: 'text', text: { content: text } }),
};

function wireOf({ event, atMs, alert }: Notice): object {
  return {
    event,
    at: timeOf(atMs),
    id: alert.id,
    rule_id: alert.ruleId,
    model_id: alert.modelId,
    opened_at: timeOf(alert.openedAtMs),
    opening: measureOf(alert.opening),
    resolved_at: alert.resolvedAtMs === null ? null : timeOf(alert.resolvedAtMs),
    closing: alert.closing && measureOf(alert.closing),
  };
}

function measureOf({ value, limit, samples, windowMs, reason }: Measure): object {
  return { value, limit, samples, window_ms: windowMs, reason };
}

/** Headers of Standard Webhooks (standardwebhooks.com): what libraries of many languages verify. */
function standardSignature(signed: { secret: string; id: string; seconds: string; body: string }) {
  const { secret, id, seconds, body } = signed;
  const encoded = STANDARD_SECRET.exec(secret)?.[1];
  const key = encoded === undefined ? secret : Buffer.from(encoded, 'base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${hmac(key, `${id}.${seconds}.${body}`)}`,
  };
}

function hmac(key: string | Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64');
}

/** The lines that fit; a character is never cut in two. */
function clip(text: string): string {
  if (Buffer.byteLength(text) <= MAX_TEXT_BYTES) return text;
  const room = MAX_TEXT_BYTES - Buffer.byteLength('\n…');
  const whole = Buffer.from(text)
    .subarray(0, room)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  return `${whole.slice(0, Math.max(whole.lastIndexOf('\n'), 0)) || whole}\n…`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
