import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FailingRig, GOOD_STREAM, MESSAGES, startFailingRig } from '../../test/support/failing-rig.ts';
import { OLLAMA_END, OLLAMA_WHOLE, ollamaLine } from '../../test/support/frames.ts';

let world: FailingRig;
beforeAll(async () => {
  world = await startFailingRig();
});
afterEach(() => world.forget());
afterAll(() => world.close());

/** Sends a request and hands over its connection. */
function open(stream: boolean): Socket {
  const body = JSON.stringify({ model: 'x', stream, messages: MESSAGES });
  const socket = connect(world.rig.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer key-a\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  return socket;
}

const idle = () =>
  vi.waitFor(() => expect(world.rig.gateway.openStreams()).toBe(0), { timeout: 5_000, interval: 5 });

describe('a client that goes away', () => {
  const moments: readonly [string, boolean, string | null][] = [
    ['before the head', true, null],
    ['before the first frame', true, ''],
    ['in mid-stream', true, ollamaLine('a')],
    ['before a whole answer', false, null],
    ['in a whole answer', false, OLLAMA_WHOLE.slice(0, 20)],
  ];
  it.each(moments)('%s takes the model server along', async (_name, stream, sent) => {
    const closed: number[] = [];
    let asked: () => void = () => {};
    world.configure({ model: { maxConcurrent: 1, maxQueue: 0 } });
    world.play((res) => {
      if (sent !== null) {
        res.writeHead(200, { 'content-type': 'application/json' });
        res.flushHeaders();
        if (sent !== '') res.write(sent);
      }
      res.on('close', () => closed.push(performance.now()));
      asked();
    });
    const took: number[] = [];
    for (let i = 0; i < 20; i += 1) {
      const isAsked = new Promise<void>((resolve) => {
        asked = resolve;
      });
      const socket = open(stream);
      await isAsked;
      await delay(2);
      const goneAt = performance.now();
      if (i % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
      await vi.waitFor(() => expect(closed).toHaveLength(i + 1), { interval: 1 });
      took.push((closed[i] ?? 0) - goneAt);
      await idle(); // else the one place would still be taken
    }
    const [median = 0] = took.toSorted((a, b) => a - b).slice(took.length / 2);
    expect(median).toBeLessThan(50); // the rest tells how busy the machine is
    const outcomes = world.rig.events().map((event) => `${event.outcome} ${event.attempts.length}`);
    expect(outcomes).toEqual(Array(20).fill('client_abort 1'));
  });

  it('while it waits in the queue is no request of the model server', async () => {
    world.configure({ model: { maxConcurrent: 1, maxQueue: 5 } });
    world.play(() => {});
    const first = open(true);
    await vi.waitFor(() => expect(world.failing.requests).toHaveLength(1));
    const second = open(true);
    await vi.waitFor(() => expect(world.rig.gateway.openStreams()).toBe(2));
    second.destroy();
    await vi.waitFor(() => expect(world.rig.events()).toHaveLength(1));
    expect(world.rig.events()[0]).toMatchObject({ outcome: 'client_abort', attempts: [], model_id: null });
    first.destroy();
    await idle();
    expect(world.failing.requests).toHaveLength(1);
  });

  it('after the last word has its answer', async () => {
    world.configure({});
    world.play((res) => {
      res.writeHead(200, { 'content-type': 'application/x-ndjson' });
      res.write(GOOD_STREAM); // and no end
    });
    const socket = open(true);
    await new Promise<void>((resolve) => {
      let text = '';
      socket.on('data', (piece) => {
        text += piece;
        if (text.includes('"done":true')) resolve();
      });
    });
    expect(world.rig.events()).toMatchObject([{ outcome: 'ok' }]);
    socket.destroy();
    await idle();
    expect(world.rig.events()).toHaveLength(1);
  });
});

describe('a client that does not read', () => {
  it('holds the model server back and is let go at the idle time', async () => {
    const total = 64 * 1024 * 1024;
    const frame = Buffer.from(ollamaLine('x'.repeat(64 * 1024)));
    let sent = 0;
    world.configure({ model: { idleTimeoutMs: 400 } });
    world.play((res) => {
      res.writeHead(200, { 'content-type': 'application/x-ndjson' });
      const pump = (): void => {
        while (sent < total) {
          sent += frame.length;
          if (!res.write(frame)) {
            res.once('drain', pump);
            return;
          }
        }
        res.end(OLLAMA_END);
      };
      pump();
    });
    const before = process.memoryUsage().rss;
    const socket = open(true);
    socket.pause();
    await vi.waitFor(() => expect(world.rig.gateway.openStreams()).toBe(1));
    await delay(250);
    expect(sent).toBeLessThan(24 * 1024 * 1024); // what the sockets of three processes in one take
    expect(process.memoryUsage().rss - before).toBeLessThan(48 * 1024 * 1024);
    await idle();
    expect(world.rig.events()).toMatchObject([{ outcome: 'client_abort' }]);
    socket.destroy();
  });

  it('but reads on later gets every byte', async () => {
    const frames = Array.from({ length: 200 }, (_, i) => ollamaLine(`${i}`.repeat(10_000)));
    world.configure({});
    world.play((res) => {
      res.writeHead(200, { 'content-type': 'application/x-ndjson' });
      for (const frame of frames) res.write(frame);
      res.end(OLLAMA_END);
    });
    const text = await new Promise<string>((resolve) => {
      const body = JSON.stringify({ model: 'x', messages: MESSAGES });
      const request = httpRequest(
        `${world.rig.url}/api/chat`,
        { method: 'POST', headers: { authorization: 'Bearer key-a' } },
        (res: IncomingMessage) => {
          let all = '';
          res.setEncoding('utf8');
          res.pause();
          setTimeout(() => res.resume(), 150);
          res.on('data', (piece) => {
            all += piece;
          });
          res.on('end', () => resolve(all));
        },
      );
      request.end(body);
    });
    expect(text === frames.join('') + OLLAMA_END).toBe(true);
    expect(world.rig.events()).toMatchObject([{ outcome: 'ok', answer_bytes: text.length }]);
  });
});

describe('a full model', () => {
  it('queues, refuses beyond, and says when to come back', async () => {
    const waiting: (() => void)[] = [];
    world.configure({ model: { maxConcurrent: 1, maxQueue: 1 } });
    world.play((res) => {
      waiting.push(() => {
        res.writeHead(200, { 'content-type': 'application/json' });
        res.end(OLLAMA_WHOLE);
      });
    });
    const first = world.ask(false);
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    const second = world.ask(false);
    await vi.waitFor(() => expect(world.rig.gateway.openStreams()).toBe(2));
    const third = await world.ask(false);
    expect([third.status, third.headers.get('retry-after')]).toEqual([503, '1']);
    expect(third.event).toMatchObject({ outcome: 'refused', error_class: 'rejected', attempts: [] });
    waiting.shift()?.();
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    waiting.shift()?.();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    await idle();
  });

  it('lets nobody wait longer than its timeout', async () => {
    const places = { maxConcurrent: 1, maxQueue: 5 };
    world.configure({ model: { ...places, timeoutMs: 60_000 } });
    world.play(() => {});
    const holder = open(true);
    await vi.waitFor(() => expect(world.failing.requests).toHaveLength(1));
    world.configure({ model: { ...places, timeoutMs: 150 } });
    const { status, text, event } = await world.ask(false);
    expect([status, event?.error_class, event?.attempts]).toEqual([503, 'rejected', []]);
    expect(text).toContain('within 0.15 s');
    holder.destroy();
    await idle();
  });

  it('gives every place back', async () => {
    world.configure({ model: { maxConcurrent: 3, maxQueue: 100 } });
    world.play((res) => {
      if (Math.random() < 0.5) res.socket?.resetAndDestroy();
      else res.writeHead(200, { 'content-type': 'application/json' }).end(OLLAMA_WHOLE);
    });
    await Promise.all(Array.from({ length: 60 }, () => world.ask(false)));
    await idle();
    world.play((res) => void res.writeHead(200, { 'content-type': 'application/json' }).end(OLLAMA_WHOLE));
    const statuses = (await Promise.all(Array.from({ length: 9 }, () => world.ask(false)))).map(
      ({ status }) => status,
    );
    expect(statuses).toEqual(Array(9).fill(200));
    expect(world.rig.events()).toHaveLength(69);
  });
});

describe('shutting down', () => {
  it('lets streams finish, then tells the rest in their own words', async () => {
    const world2 = await startFailingRig();
    world2.configure({});
    const finishing: (() => void)[] = [];
    world2.play((res) => {
      res.writeHead(200, { 'content-type': 'application/x-ndjson' });
      res.write(ollamaLine('a'));
      finishing.push(() => res.end(OLLAMA_END));
    });
    const short = world2.ask(true);
    const long = world2.ask(true);
    const silent = world2.ask(true, '/v1/chat');
    await vi.waitFor(() => expect(finishing).toHaveLength(3));
    const drained = world2.rig.gateway.drain(200);
    finishing[0]?.();
    await drained;
    expect(world2.rig.gateway.openStreams()).toBe(0);
    expect((await short).text + (await long).text).toContain(OLLAMA_END);
    const texts = [(await short).text, (await long).text];
    expect(texts.filter((text) => text.endsWith('"Sluice is shutting down; try again"}\n'))).toHaveLength(1);
    expect((await silent).text).toContain('"shutting_down"');
    expect(
      world2.rig
        .events()
        .map((event) => event.outcome)
        .sort(),
    ).toEqual(['ok', 'refused', 'refused']);
    await world2.close();
  });
});
