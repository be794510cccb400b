import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebhookChannel, WebhookPreset } from '../../domain/alert-channel.ts';
import { parseNetwork } from '../../domain/network.ts';
import { type Manner, notificationOf, notifierConformance } from '../../ports/conformance/notifier.ts';
import { createWebhookNotifier, type WebhookNotifierOptions } from './webhook-notifier.ts';

const NOW_MS = Date.UTC(2025, 5, 1, 8);
const LIMIT_MS = 1_000;
const networksOf = (...texts: string[]) => texts.flatMap((text) => parseNetwork(text) ?? []);
const notifierTo = (networks: readonly string[], more: Partial<WebhookNotifierOptions> = {}) =>
  createWebhookNotifier({
    clock: { nowMs: () => NOW_MS, monotonicMs: () => 0 },
    networks: () => networksOf(...networks),
    limitMs: LIMIT_MS,
    ...more,
  });
const channelTo = (url: string, more: Partial<WebhookChannel> = {}): WebhookChannel => ({
  id: 'hook',
  type: 'webhook',
  preset: 'generic',
  url,
  secret: null,
  events: [],
  language: 'en',
  ...more,
});

interface Post {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
interface Receiver {
  readonly url: string;
  readonly server: Server;
  readonly posts: Post[];
  /** Connections, whatever came over them. */
  connections: number;
  manner: Manner;
  /** Of a message that is taken. */
  answer: { status: number; headers: Record<string, string>; body: string };
}

async function startReceiver(): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { manner, answer } = receiver;
    if (manner === 'hangs') return;
    if (manner === 'resets') request.socket.resetAndDestroy();
    else if (manner === 'garbage') request.socket.end('\u0000 this is no HTTP\r\n\r\n');
    else if (manner === 'refuses') response.writeHead(410).end();
    else if (manner === 'is busy') response.writeHead(503).end();
    else {
      receiver.posts.push({
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    }
  });
  server.on('connection', () => {
    receiver.connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const answer = { status: 200, headers: {}, body: '{"errcode":0}' };
  const receiver: Receiver = { url, server, posts: [], connections: 0, manner: 'takes', answer };
  return receiver;
}
const stop = ({ server }: Receiver): void => {
  server.closeAllConnections();
  server.close();
};

notifierConformance<WebhookChannel>({
  name: 'webhook',
  async open() {
    const receiver = await startReceiver();
    return {
      notifier: notifierTo(['127.0.0.0/8']),
      channel: channelTo(receiver.url),
      deserted: channelTo('http://127.0.0.1:9/'),
      take: () =>
        receiver.posts.splice(0).map(({ body }) => {
          const { title, text } = JSON.parse(body);
          return { title, text };
        }),
      behave: (manner) => {
        receiver.manner = manner;
      },
      close: async () => stop(receiver),
    };
  },
});

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => stop(receiver));

const ALLOWED = ['127.0.0.0/8'];
describe('answers', () => {
  const answered = async (preset: WebhookPreset, answer: Partial<Receiver['answer']>) => {
    const usual = receiver.answer;
    receiver.answer = { ...usual, ...answer };
    const attempt = await notifierTo(ALLOWED).send(channelTo(receiver.url, { preset }), notificationOf());
    receiver.answer = usual;
    return attempt;
  };

  it.each<[WebhookPreset, string, boolean]>([
    ['feishu', '{"code":0,"msg":"success"}', true],
    ['feishu', '{"StatusCode":0,"StatusMessage":"success"}', true],
    ['feishu', '{"code":19021,"msg":"sign match fail"}', false],
    ['dingtalk', '{"errcode":0,"errmsg":"ok"}', true],
    ['dingtalk', '{"errcode":310000,"errmsg":"keywords not in content"}', false],
    ['wecom', '{"errcode":93000,"errmsg":"invalid webhook url"}', false],
    ['wecom', '<html>', false],
    ['wecom', 'null', false],
    ['slack', 'ok', true],
    ['generic', '', true],
  ])('of %s: %s', async (preset, body, ok) => expect((await answered(preset, { body })).ok).toBe(ok));

  it('that never end are read to their limit only', async () => {
    expect(await answered('generic', { body: 'x'.repeat(5_000_000) })).toEqual({ ok: true, note: null });
  });

  it('that lead elsewhere are not followed', async () => {
    for (const status of [301, 302, 307, 308]) {
      const before = receiver.connections;
      const headers = { location: 'http://169.254.169.254/latest/meta-data' };
      expect(await answered('generic', { status, headers })).toMatchObject({ ok: false, isFinal: true });
      expect(receiver.connections).toBe(before + 1);
    }
  });
});

describe('targets', () => {
  /** Nobody may reach the receiver with no network allowed, whatever the address looks like. */
  const isReached = async (url: string, more: Partial<WebhookNotifierOptions> = {}): Promise<boolean> => {
    const before = receiver.connections;
    const attempt = await notifierTo([], more).send(channelTo(url), notificationOf());
    expect(attempt).toMatchObject({ ok: false });
    expect(JSON.stringify(attempt)).not.toContain('/hook');
    return receiver.connections !== before;
  };
  const port = (): string => new URL(receiver.url).port;

  it.each([
    ...[
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0x7f.1',
      '017700000001',
      '0177.0.0.1',
      '0',
      '0.0.0.0',
    ],
    ...[
      '127.0.0.1.',
      '127.255.255.254',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::127.0.0.1]',
    ],
    ...['[0:0:0:0:0:ffff:127.0.0.1]', '[64:ff9b::127.0.0.1]', '[2002:7f00:1::]', '①②⑦.⓪.⓪.①', '127。0。0。1'],
    ...[
      'localhost',
      'LOCALHOST',
      'localhost.',
      '10.0.0.1',
      '172.16.0.1',
      '192.168.0.1',
      '169.254.169.254',
      '100.100.100.200',
    ],
  ])('%s is refused', async (host) => {
    for (const scheme of ['http', 'https'])
      expect(await isReached(`${scheme}://${host}:${port()}/hook`)).toBe(false);
  });

  it('are refused for a name with one private address among public ones', async () => {
    for (const addresses of [
      ['127.0.0.1'],
      ['8.8.8.8', '127.0.0.1'],
      ['2606:4700::1111', '::1'],
      ['10.2.3.4'],
      [],
    ]) {
      const resolve = async () => addresses;
      const attempt = await notifierTo([], { resolve }).send(
        channelTo('https://hooks.example.com/x'),
        notificationOf(),
      );
      expect(attempt).toMatchObject({ ok: false, isFinal: true });
    }
  });

  it('are connected to at the address that was looked at, whatever the name answers next', async () => {
    let asked = 0;
    const rebinding = async () => [['8.8.8.8'], ['127.0.0.1']][asked++] ?? ['127.0.0.1'];
    expect(
      await isReached(`https://rebind.example.com:${port()}/hook`, { resolve: rebinding, limitMs: 300 }),
    ).toBe(false);
    expect(asked).toBe(1);
    expect(await isReached(`https://rebind.example.com:${port()}/hook`, { resolve: rebinding })).toBe(false);
  });

  it('without TLS are refused outside the allowed networks', async () => {
    const resolve = async () => ['8.8.8.8'];
    const attempt = await notifierTo(ALLOWED, { resolve }).send(
      channelTo('http://hooks.example.com/x'),
      notificationOf(),
    );
    expect(attempt).toMatchObject({ ok: false, isFinal: true, message: expect.stringContaining('https://') });
  });

  it('that no spelling of an address gets around', async () => {
    const octet = fc.constantFrom('127', '0x7f', '0177', '0', '00', '0x0', '1', '0x1', '01');
    const host = fc.oneof(
      fc.array(octet, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.')),
      fc.ipV4(),
      fc.ipV6().map((ip) => `[${ip}]`),
      fc.ipV4().map((ip) => `[::ffff:${ip}]`),
    );
    await fc.assert(
      fc.asyncProperty(host, fc.constantFrom('', '.'), async (name, dot) => {
        const url = `http://${name}${dot}:${port()}/hook`; // http: never to a public address either
        fc.pre(URL.canParse(url));
        expect(await isReached(url, { resolve: async (asked) => [asked] })).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
