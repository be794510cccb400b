import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { WebhookChannel, WebhookPreset } from '../../domain/alert-channel.ts';
import { notificationOf } from '../../ports/conformance/notifier.ts';
import { webhookRequest } from './request.ts';

const NOW_MS = Date.UTC(2025, 5, 1, 8);
const CHANNEL: WebhookChannel = {
  id: 'hook',
  type: 'webhook',
  preset: 'generic',
  url: 'https://hooks.example.com/hook',
  secret: null,
  events: [],
  language: 'en',
};
const requestOf = (more: Partial<WebhookChannel>, text = notificationOf().text) =>
  webhookRequest({ ...CHANNEL, ...more }, notificationOf({ text }), NOW_MS);
const hmac = (key: string | Buffer, text: string): string =>
  createHmac('sha256', key).update(text).digest('base64');

describe('shapes', () => {
  const { title, text } = notificationOf();
  it.each<[WebhookPreset, object]>([
    [
      'generic',
      {
        id: 'msg_1',
        type: 'alert',
        sent_at: '2025-06-01T00:00:00.000Z',
        title,
        text,
        alerts: [],
        omitted: 0,
      },
    ],
    ['slack', { text: `${title}\n\none line &lt;b&gt;&amp; another&lt;/b&gt;\nzweite Zeile 第三行` }],
    ['feishu', { msg_type: 'text', content: { text: `${title}\n\n${text}` } }],
    ['dingtalk', { msgtype: 'text', text: { content: `${title}\n\n${text}` } }],
    ['wecom', { msgtype: 'text', text: { content: `${title}\n\n${text}` } }],
  ])('%s', (preset, body) => {
    const { body: sent, headers } = requestOf({ preset });
    expect(JSON.parse(sent)).toEqual(body);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers).not.toHaveProperty('webhook-signature');
  });

  it('cut long texts at the end of a line, within 2,000 bytes', () => {
    const long = Array.from({ length: 100 }, (_, i) => `第 ${i} 条告警 🚨 qwen3`).join('\n');
    const { content } = JSON.parse(requestOf({ preset: 'wecom' }, long).body).text;
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(2_000);
    expect(Buffer.byteLength(content)).toBeGreaterThan(1_900);
    expect(content).toMatch(/qwen3\n…$/);
  });
});

describe('signatures', () => {
  it('of Standard Webhooks verify, and fail for anything changed', () => {
    for (const [secret, key] of [
      ['a pass phrase', 'a pass phrase'],
      ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')],
    ] as const) {
      const { headers, body } = requestOf({ secret });
      const verify = (text: string): boolean => {
        const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
        return headers['webhook-signature'] === `v1,${hmac(key, signed)}`;
      };
      expect(headers['webhook-timestamp']).toBe(String(NOW_MS / 1_000));
      expect(verify(body)).toBe(true);
      expect(verify(`${body} `)).toBe(false);
    }
  });

  it('of Feishu stand in the body', () => {
    const { timestamp, sign } = JSON.parse(requestOf({ preset: 'feishu', secret: 's3cret' }).body);
    expect(timestamp).toBe(String(NOW_MS / 1_000));
    expect(sign).toBe(hmac(`${timestamp}\ns3cret`, ''));
  });

  it('of DingTalk stand in the address', () => {
    const { url } = requestOf({
      preset: 'dingtalk',
      secret: 'SECs3cret',
      url: `${CHANNEL.url}?access_token=x`,
    });
    const query = url.searchParams;
    expect(query.get('access_token')).toBe('x');
    expect(query.get('timestamp')).toBe(String(NOW_MS));
    expect(query.get('sign')).toBe(hmac('SECs3cret', `${NOW_MS}\nSECs3cret`));
  });
});
