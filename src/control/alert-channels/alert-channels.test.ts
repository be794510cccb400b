import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AdminRig, openAdminRig } from '../../../test/support/admin-rig.ts';
import { openConfigStore } from '../../adapters/sqlite/config-store.ts';
import type { AlertChannel } from '../../domain/alert-channel.ts';
import type { Attempt, Notification } from '../../ports/notifier.ts';

const SECRETS = [
  'mail-pass-phrase-1234567890',
  'whsec-signing-secret-0123456',
  'T00000/B00000/webhookpathsecret',
];
const EMAIL = {
  id: 'mail',
  type: 'email',
  to: ['ops@example.com'],
  smtp: { host: 'smtp.example.com', user: 'ops@example.com', password: SECRETS[0] },
};
const HOOK = {
  id: 'hook',
  type: 'webhook',
  preset: 'slack',
  url: `https://hooks.slack.com/${SECRETS[2]}`,
  secret: SECRETS[1],
};

let rig: AdminRig;
let folder: string;
const sent: { channel: AlertChannel; notification: Notification }[] = [];
let attempt: Attempt;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-channels-'));
  attempt = { ok: true, note: null };
  sent.length = 0;
  rig = await openAdminRig({
    store: openConfigStore({ path: join(folder, 'control.sqlite') }),
    notifier: {
      prepare: async () => {},
      async send(channel, notification) {
        sent.push({ channel, notification });
        return attempt;
      },
    },
  });
});
afterEach(async () => {
  expect(rig.internalErrors).toEqual([]);
  await rig.close();
  rmSync(folder, { recursive: true });
});
const stored = (id: string) => rig.control.core().door.state().alertChannels.get(id)?.document;

describe('channels', () => {
  it('are completed, counted by themselves, and no part of the configuration', async () => {
    const made = await rig.call('POST', '/alert-channels', EMAIL);
    expect(made).toMatchObject({
      status: 201,
      headers: { etag: '"1"', location: '/admin/v1/alert-channels/mail' },
      body: {
        smtp: { port: 587, secure: false, from: 'ops@example.com', password: '••••7890' },
        language: 'en',
        version: 1,
        config_version: 0,
      },
    });
    expect(made.body.events).toEqual(
      expect.arrayContaining(['breaker_opened', 'breaker_closed', 'recovered']),
    );
    const patch = { language: 'zh-CN', smtp: { secure: true, port: 465 } };
    const changed = await rig.call('PATCH', '/alert-channels/mail', patch, { 'if-match': '"1"' });
    expect(changed.body).toMatchObject({
      version: 2,
      language: 'zh-CN',
      smtp: { host: 'smtp.example.com', port: 465 },
    });
    expect((await rig.call('PATCH', '/alert-channels/mail', patch, { 'if-match': '"1"' })).status).toBe(412);
    expect((await rig.call('POST', '/alert-channels', EMAIL)).status).toBe(409);
    expect((await rig.call('GET', '/alert-channels')).body.items).toHaveLength(1);
    expect((await rig.call('DELETE', '/alert-channels/mail')).body).toMatchObject({
      deleted: true,
      config_version: 0,
    });
    expect((await rig.call('GET', '/alert-channels/mail')).status).toBe(404);
  });

  it('keep their secrets to themselves: in answers, audit and on disk', async () => {
    const answers = [
      await rig.call('POST', '/alert-channels', EMAIL),
      await rig.call('POST', '/alert-channels', HOOK),
      await rig.call('PATCH', '/alert-channels/mail', { smtp: { password: `${SECRETS[0]}!` } }),
      await rig.call('GET', '/alert-channels'),
      await rig.call('GET', '/alert-channels/hook'),
      await rig.call('DELETE', '/alert-channels/hook'),
      await rig.call('GET', '/audit'),
    ];
    expect(answers[4]?.body).toMatchObject({ url: 'https://hooks.slack.com/••••cret', secret: '••••3456' });
    expect(answers[6]?.body.items.slice(0, 4).map((entry: { action: string }) => entry.action)).toEqual([
      'alert_channels.delete',
      'alert_channels.update',
      'alert_channels.create',
      'alert_channels.create',
    ]);
    const disk = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    const everything = JSON.stringify(answers.map(({ body }) => body)) + disk.join('');
    for (const secret of SECRETS) expect(everything).not.toContain(secret);
  });

  it('keep a secret when its mask comes back, and lose it with null', async () => {
    await rig.call('POST', '/alert-channels', HOOK);
    const { body } = await rig.call('GET', '/alert-channels/hook');
    expect((await rig.call('PATCH', '/alert-channels/hook', body)).body.version).toBe(1);
    expect(stored('hook')).toMatchObject({ url: HOOK.url, secret: HOOK.secret });
    await rig.call('PATCH', '/alert-channels/hook', { secret: null });
    expect(stored('hook')).toMatchObject({ secret: null });
    const lost = await rig.call('PATCH', '/alert-channels/hook', { secret: '••••3456' });
    expect([lost.status, lost.body.errors[0].path]).toEqual([400, 'secret']);
    const elsewhere = await rig.call('PATCH', '/alert-channels/hook', {
      url: 'https://evil.example.com/••••cret',
    });
    expect([elsewhere.status, elsewhere.body.errors[0].path]).toEqual([400, 'url']);
  });

  it.each([
    ['a recipient that is two', { ...EMAIL, to: ['a@x.com, b@x.com'] }, 'to[0]'],
    ['a recipient with a name', { ...EMAIL, to: ['Ops <ops@x.com>'] }, 'to[0]'],
    ['nobody', { ...EMAIL, to: [] }, 'to'],
    ['a line end in a user', { ...EMAIL, smtp: { host: 'x', user: 'a\r\nRCPT TO:<b>' } }, 'smtp.user'],
    ['an unknown event', { ...EMAIL, events: ['rollout_lost'] }, 'events[0]'],
    ['a webhook field on a mail', { ...EMAIL, url: 'https://x.example.com' }, 'url'],
    ['credentials in a URL', { ...HOOK, url: 'https://user:pass@x.example.com' }, 'url'],
    ['a loopback URL', { ...HOOK, url: 'https://127.0.0.1/x' }, 'url'],
    ['a private URL in hexadecimal', { ...HOOK, url: 'https://0x0a000001/x' }, 'url'],
    ['the metadata service', { ...HOOK, url: 'http://169.254.169.254/latest' }, 'url'],
    ['a mask for a secret', { ...HOOK, secret: '••••' }, 'secret'],
  ])('refuse %s', async (_name, input, path) => {
    const { status, body } = await rig.call('POST', '/alert-channels', input);
    expect([status, body.errors[0].path]).toEqual([400, path]);
  });

  it('may lead to an address that a setting allows', async () => {
    const local = { ...HOOK, url: 'http://127.0.0.1:9000/x' };
    expect((await rig.call('POST', '/alert-channels', local)).status).toBe(400);
    await rig.call('PATCH', '/settings', { alerts: { webhook_networks: ['127.0.0.0/8'] } });
    expect((await rig.call('POST', '/alert-channels', local)).status).toBe(201);
    const wrong = await rig.call('PATCH', '/settings', { alerts: { webhook_networks: ['127.0.0.1/8'] } });
    expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, 'alerts.webhook_networks[0]']);
  });

  it('are tried with a message in their language; the audit has it', async () => {
    await rig.call('POST', '/alert-channels', { ...HOOK, language: 'zh-CN' });
    expect((await rig.call('POST', '/alert-channels/hook/test')).body).toEqual({
      channel_id: 'hook',
      ok: true,
      latency_ms: 0,
      error: null,
    });
    expect(sent).toMatchObject([
      { channel: { url: HOOK.url }, notification: { kind: 'test', title: '[Sluice] 测试' } },
    ]);
    attempt = { ok: false, isFinal: true, message: 'answered 404' };
    expect((await rig.call('POST', '/alert-channels/hook/test')).body).toMatchObject({
      ok: false,
      error: 'answered 404',
    });
    expect((await rig.call('POST', '/alert-channels/none/test')).status).toBe(404);
    expect((await rig.call('GET', '/audit?limit=1')).body.items[0]).toMatchObject({
      action: 'alert_channels.test',
      resource: 'alert-channels/hook',
    });
  });
});
