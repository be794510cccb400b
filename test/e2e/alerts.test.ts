import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { proveAlerts } from '../prove/alerts.ts';
import { type ChildSluice, startChildSluice } from '../support/child-sluice.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { makeDataDir, startSluice } from '../support/sluice.ts';

const SMTP = { host: '127.0.0.1', secure: false, user: 'ops', password: 'pass phrase' };
/** A rule that is breached wherever the tests run. */
const FULL_DISK = { id: 'full', event: 'disk_low', free_below_bytes: Number.MAX_SAFE_INTEGER };

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
const mailServer = async (options: SMTPServerOptions = {}): Promise<MailServer> => {
  const server = await startMailServer(options);
  closers.push(server.close);
  return server;
};
const mailChannel = ({ port }: MailServer, more: object = {}) => ({
  id: 'mail',
  type: 'email',
  to: ['ops@example.com'],
  smtp: { ...SMTP, port },
  ...more,
});

describe('an incident', () => {
  it('is told in exactly one mail when the process is killed twice between its opening and the mail', async () => {
    let held: 'greeting' | 'recipient' | null = 'greeting';
    let reached = (): void => {};
    const untilHeld = (): Promise<void> =>
      new Promise((resolve) => {
        reached = resolve;
      });
    const passes = (moment: typeof held, done: () => void): void => (held === moment ? reached() : done());
    const mail = await mailServer({
      onConnect: (_session, done) => passes('greeting', done),
      onRcptTo: (_address, _session, done) => passes('recipient', done),
      onAuth: ({ username }, _session, done) => done(null, { user: username }),
    });
    const { dataDir, remove } = await makeDataDir();
    closers.push(remove);
    let isHeld = untilHeld();
    const first = await start(dataDir);
    await first.admin.must('POST', '/alert-channels', mailChannel(mail));
    await first.admin.must('POST', '/alert-rules', FULL_DISK);
    await isHeld;
    await first.kill();

    held = 'recipient';
    isHeld = untilHeld();
    const second = await start(dataDir);
    await isHeld;
    await second.kill();

    held = null;
    const third = await start(dataDir);
    await mail.until(1);
    await delay(1_000);
    expect(mail.mails.map(({ subject, user }) => [subject, user])).toEqual([
      [expect.stringMatching(/^\[Sluice\] disk low, .* GiB free$/), 'ops'],
    ]);
    expect((await third.admin.must('GET', '/alerts')).items).toMatchObject([
      { rule_id: 'full', state: 'open', deliveries: [{ channel_id: 'mail', state: 'sent', attempts: 1 }] },
    ]);
  }, 90_000);

  it('reaches a webhook, signed, and a test does', async () => {
    const posts: { headers: Record<string, unknown>; body: string }[] = [];
    const receiver = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      posts.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.end();
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    closers.push(async () => receiver.close());
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alerts`;
    const sluice = await startSluice();
    closers.push(sluice.close);
    await sluice.admin.must('PATCH', '/settings', { alerts: { webhook_networks: ['127.0.0.1'] } });
    await sluice.admin.must('POST', '/alert-channels', {
      id: 'hook',
      type: 'webhook',
      url,
      secret: 'a shared secret',
    });
    expect(await sluice.admin.must('POST', '/alert-channels/hook/test')).toMatchObject({
      ok: true,
      error: null,
    });
    await sluice.admin.must('POST', '/alert-rules', FULL_DISK);
    while (posts.length < 2) await delay(50);

    for (const { headers, body } of posts) {
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
      const expected = createHmac('sha256', 'a shared secret').update(signed).digest('base64');
      expect(headers['webhook-signature']).toBe(`v1,${expected}`);
    }
    expect(posts.map(({ body }) => JSON.parse(body).type)).toEqual(['test', 'alert']);
    expect(JSON.parse(posts[1]?.body ?? '').alerts).toMatchObject([
      { event: 'disk_low', rule_id: 'full', model_id: null },
    ]);
    await sluice.admin.must('PATCH', '/settings', { alerts: { webhook_networks: [] } });
    const refused = await sluice.admin.must('POST', '/alert-channels/hook/test');
    expect(refused).toMatchObject({ ok: false, error: expect.stringContaining('127.0.0.1') });
  });
});

it('serves beside mail servers and webhooks that hang', async () => {
  const figures = await proveAlerts({ requests: 30 });
  const figureOf = (name: string) => figures.find((figure) => figure.name === name)?.value;
  expect(figureOf('failed requests')).toBe(0);
  expect(figureOf('attempts that hang')).toBeGreaterThanOrEqual(8);
}, 90_000);

async function start(dataDir: string): Promise<ChildSluice> {
  const child = await startChildSluice({ dataDir });
  closers.push(child.kill);
  return child;
}
