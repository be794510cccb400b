import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { answersIn, closeLanes, echo, HEADERS, listenOn, post, until } from '../../../test/support/lanes.ts';
import { openRaw } from '../../../test/support/raw-http.ts';

afterEach(closeLanes);

describe.each(['plain', 'node'] as const)('a client on the %s lane', (lane) => {
  it('gets a whole answer', async () => {
    const { port } = await listenOn(lane, echo);
    const raw = await openRaw(port);
    raw.send(post('用户 asks'));
    const { status, headers, body } = await raw.answer();
    expect([status, body.toString()]).toEqual([200, '用户 asks']);
    expect(headers.get('content-length')).toBe('11');
    expect(headers.get('x-name')).toBe('v\u00e4lue');
    expect(headers.get('connection')).toBe('keep-alive');
    expect(Date.parse(headers.get('date') ?? '')).toBeGreaterThan(Date.now() - 5_000);
    raw.destroy();
  });

  it('gets an answer in parts, small and large, byte for byte', async () => {
    const parts = ['one', '字'.repeat(9), 'x'.repeat(20_000), '', 'end'].map((part) => Buffer.from(part));
    const { port } = await listenOn(lane, (client) => {
      client.readBody(
        9,
        () => {
          client.begin(200, HEADERS, Buffer.from('first'));
          for (const part of parts) client.write(part);
          client.end();
        },
        () => {},
      );
    });
    const raw = await openRaw(port);
    raw.send(post('{}'));
    const answer = await raw.answer();
    expect(answer.headers.get('transfer-encoding')).toBe('chunked');
    expect(answer.body.equals(Buffer.concat([Buffer.from('first'), ...parts]))).toBe(true);
    raw.destroy();
  });

  it('may ask again, and ahead of its turn, on one connection', async () => {
    const { port } = await listenOn(lane, (client) =>
      client.readBody(
        99,
        (body) => setTimeout(() => client.answer(200, [], body), 5 - Number(body.toString())),
        () => {},
      ),
    );
    const raw = await openRaw(port);
    raw.send(Buffer.concat([post('1'), post('2'), post('3')]));
    const got = await until(raw, '3');
    expect(got.toString().match(/\r\n\r\n./g)).toEqual(['\r\n\r\n1', '\r\n\r\n2', '\r\n\r\n3']);
    raw.send(post('4'));
    expect(answersIn((await until(raw, '\r\n\r\n4')).toString())).toBe(4);
    raw.destroy();
  });

  it('is told when the connection ends with the answer', async () => {
    const { port } = await listenOn(lane, (client) =>
      client.answer(200, ['Connection', 'close'], Buffer.from('bye')),
    );
    const raw = await openRaw(port);
    raw.send(post(''));
    await vi.waitFor(() => expect(raw.socket.closed).toBe(true));
    expect((await raw.answer()).headers.get('connection')).toBe('close');
  });

  it('is read however its bytes are cut', async () => {
    const { port } = await listenOn(lane, echo);
    const wire = Buffer.concat([post('你好'), post('', 'X-A: 1\r\n'), post('abc')]);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(wire.length), { maxLength: 5 }), async (cuts) => {
        const raw = await openRaw(port);
        let from = 0;
        for (const cut of [...cuts.toSorted((a, b) => a - b), wire.length]) {
          raw.send(wire.subarray(from, cut));
          from = cut;
          await new Promise(setImmediate);
        }
        const got = (await until(raw, '\r\n\r\nabc')).toString();
        expect([answersIn(got), got.includes('\r\n\r\n你好HTTP')]).toEqual([3, true]);
        raw.destroy();
      }),
      { numRuns: 60 },
    );
  });

  it('is refused a body over the limit as soon as it is announced, and asks on', async () => {
    const { port } = await listenOn(lane, (client) =>
      client.readBody(
        10,
        (body) => client.answer(200, [], body),
        () => client.answer(413, [], Buffer.from('too large')),
      ),
    );
    const raw = await openRaw(port);
    raw.send(post('x'.repeat(100_000)).subarray(0, 200));
    await until(raw, 'too large');
    raw.send('x'.repeat(100_000 - 200 + post('x'.repeat(100_000)).indexOf('xxx')));
    raw.send(post('small'));
    const got = (await until(raw, 'small')).toString();
    expect(got.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
    raw.destroy();
  });

  it('may be answered before its body has come; the rest is let go', async () => {
    const { port } = await listenOn(lane, (client) => client.answer(401, [], Buffer.from('no')));
    const raw = await openRaw(port);
    const wire = post('y'.repeat(50_000));
    raw.send(wire.subarray(0, 1_000));
    await until(raw, 'no');
    raw.send(wire.subarray(1_000));
    raw.send(post('again'));
    await raw.until((got) => answersIn(got.toString()) === 2);
    raw.destroy();
  });

  it('is heard to leave, once, whenever it does', async () => {
    const closes: boolean[] = [];
    let served = 0;
    const { port } = await listenOn(lane, (client) => {
      served += 1;
      client.onClose(() => closes.push(client.isGone));
      client.readBody(
        99,
        (body) => {
          if (body.toString() === 'stream') client.begin(200, [], Buffer.from('a'));
        },
        () => {},
      );
    });
    const wires = [post('silent'), post('stream'), post('body').subarray(0, -2)];
    for (const wire of wires) {
      const raw = await openRaw(port);
      raw.send(wire);
      await vi.waitFor(() => expect(served).toBe(closes.length + 1));
      raw.destroy();
      await vi.waitFor(() => expect(closes).toHaveLength(served));
    }
    expect(closes).toEqual([true, true, true]);
  });

  it('is heard to have got all of its answer, once', async () => {
    let closes = 0;
    const { port } = await listenOn(lane, (client) => {
      client.onClose(() => {
        closes += 1;
      });
      echo(client);
    });
    const raw = await openRaw(port);
    raw.send(post('x'));
    await raw.answer();
    await vi.waitFor(() => expect(closes).toBe(1));
    raw.destroy();
    await vi.waitFor(() => expect(raw.socket.closed).toBe(true));
    expect(closes).toBe(1);
  });

  it('that does not read holds the writer back until it does', async () => {
    const seen: string[] = [];
    const part = Buffer.alloc(256 * 1024, 'z');
    const { port } = await listenOn(lane, (client) => {
      const pump = (): void => {
        if (seen.length > 200) client.end();
        else if (client.write(part)) setImmediate(pump);
        else {
          seen.push('full');
          client.onDrain(() => {
            seen.push('drained');
            pump();
          });
        }
      };
      client.begin(200, [], part);
      pump();
    });
    const raw = await openRaw(port);
    raw.socket.pause();
    raw.send(post(''));
    await vi.waitFor(() => expect(seen.at(-1)).toBe('full'), { timeout: 3_000 });
    const held = seen.length;
    raw.socket.resume();
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(held + 2));
    raw.destroy();
  });

  it('can be cut off', async () => {
    const { port } = await listenOn(lane, (client) => client.destroy());
    const raw = await openRaw(port);
    raw.send(post('x'));
    await vi.waitFor(() => expect(raw.socket.closed).toBe(true));
  });
});
