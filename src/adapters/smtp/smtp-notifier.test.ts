import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { type MailServer, startMailServer } from '../../../test/support/mail-server.ts';
import type { EmailChannel } from '../../domain/alert-channel.ts';
import { type Manner, notificationOf, notifierConformance } from '../../ports/conformance/notifier.ts';
import { createSmtpNotifier } from './smtp-notifier.ts';

const LIMIT_MS = 1_000;
const smtpOf = (port: number, more: Partial<EmailChannel['smtp']> = {}): EmailChannel['smtp'] => ({
  host: '127.0.0.1',
  port,
  secure: false,
  user: null,
  password: null,
  from: 'sluice@example.com',
  ...more,
});
const channelOf = (port: number, more: Partial<EmailChannel['smtp']> = {}): EmailChannel => ({
  id: 'mail',
  type: 'email',
  to: ['ops@example.com'],
  smtp: smtpOf(port, more),
  events: [],
  language: 'en',
});

/** In front of a mail server: passes on, or misbehaves at the level of bytes. */
async function startGate(
  target: number,
  mannerOf: () => Manner,
): Promise<{ server: Server; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    const manner = mannerOf();
    if (manner === 'hangs') return;
    if (manner === 'resets') socket.resetAndDestroy();
    else if (manner === 'garbage') socket.end('\u0000\u0001 this is no mail server\r\n'.repeat(50));
    else {
      const behind = connect(target, '127.0.0.1').on('error', () => socket.destroy());
      socket.pipe(behind).pipe(socket);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, sockets };
}

notifierConformance<EmailChannel>({
  name: 'SMTP',
  async open() {
    let manner: Manner = 'takes';
    const server = await startMailServer({
      onRcptTo(_address, _session, done) {
        const code = manner === 'refuses' ? 550 : 451;
        if (manner === 'takes') done();
        else done(Object.assign(new Error('not now'), { responseCode: code }));
      },
    });
    const gate = await startGate(server.port, () => manner);
    return {
      notifier: createSmtpNotifier({ limitMs: LIMIT_MS }),
      take: () => server.mails.splice(0).map(({ subject, text }) => ({ title: subject, text })),
      channel: channelOf((gate.server.address() as AddressInfo).port),
      deserted: channelOf(9),
      behave: (next) => {
        manner = next;
      },
      async close() {
        for (const socket of gate.sockets) socket.destroy();
        gate.server.close();
        await server.close();
      },
    };
  },
});

describe('mail', () => {
  const open: MailServer[] = [];
  const start = async (options: SMTPServerOptions = {}): Promise<MailServer> => {
    const server = await startMailServer(options);
    open.push(server);
    return server;
  };
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
  });
  const login: SMTPServerOptions = {
    authOptional: false,
    onAuth({ username, password }, _session, done) {
      if (username === 'ops' && password === 'pass phrase') done(null, { user: 'ops' });
      else done(new Error('Invalid user or password'));
    },
  };
  const account = { user: 'ops', password: 'pass phrase' };

  it('says who sends, that a machine wrote it, and the same id at every attempt', async () => {
    const server = await start();
    const notifier = createSmtpNotifier();
    await notifier.send(channelOf(server.port), notificationOf());
    await notifier.send(channelOf(server.port), notificationOf());
    expect(server.mails.map(({ messageId }) => messageId)).toEqual([
      '<msg_1@example.com>',
      '<msg_1@example.com>',
    ]);
    expect(server.mails[0]).toMatchObject({ from: 'sluice@example.com', to: ['ops@example.com'] });
    expect(server.mails[0]?.source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  });

  it('lets no line end in a title begin a header', async () => {
    const server = await start();
    const title = 'one\r\nBcc: x@example.com';
    await createSmtpNotifier().send(channelOf(server.port), notificationOf({ title }));
    expect(server.mails[0]?.source).not.toMatch(/^Bcc/im);
  });

  it.each([
    ['implicit TLS', { secure: true }, true],
    ['STARTTLS', { disabledCommands: [] }, false],
  ])('goes through %s with a login', async (_name, options, secure) => {
    const server = await start({ ...login, ...options });
    const attempt = await createSmtpNotifier().send(
      channelOf(server.port, { ...account, secure }),
      notificationOf(),
    );
    expect(attempt).toEqual({ ok: true, note: null });
    expect(server.mails).toMatchObject([{ isSecure: true, user: 'ops' }]);
  });

  it('gives up a wrong password, and says nothing of it', async () => {
    const server = await start({ ...login, disabledCommands: [] });
    const wrong = { ...account, password: 'wrong-password' };
    const attempt = await createSmtpNotifier().send(channelOf(server.port, wrong), notificationOf());
    expect(attempt).toMatchObject({ ok: false, isFinal: true, message: expect.stringContaining('535') });
    expect(JSON.stringify(attempt)).not.toContain(wrong.password);
  });

  it('sends no password over the network without TLS, or to a certificate that nobody vouches for', async () => {
    const plain = await start(login);
    const selfSigned = await start({ ...login, disabledCommands: [] });
    // the name is another machine's as far as the notifier can tell; its address is looked up once more by nobody
    const resolve = async () => ['127.0.0.1', '10.9.9.9'];
    for (const server of [plain, selfSigned]) {
      const channel = channelOf(server.port, { ...account, host: 'mail.example.com' });
      const attempt = await createSmtpNotifier({ resolve }).send(channel, notificationOf());
      expect(attempt).toMatchObject({ ok: false });
      expect(server.mails).toEqual([]);
    }
  });

  it('tells when some recipients were refused', async () => {
    const server = await start({
      onRcptTo({ address }, _session, done) {
        done(
          address.startsWith('gone') ? Object.assign(new Error('no such user'), { responseCode: 550 }) : null,
        );
      },
    });
    const channel = { ...channelOf(server.port), to: ['ops@example.com', 'gone@example.com'] };
    const attempt = await createSmtpNotifier().send(channel, notificationOf());
    expect(attempt).toEqual({ ok: true, note: '1 of 2 recipients were refused' });
  });

  it('does not connect to link-local addresses', async () => {
    const resolve = async () => ['169.254.169.254'];
    const attempt = await createSmtpNotifier({ resolve }).send(
      channelOf(25, { host: 'x.example.com' }),
      notificationOf(),
    );
    expect(attempt).toMatchObject({
      ok: false,
      isFinal: true,
      message: expect.stringContaining('169.254.169.254'),
    });
  });
});
