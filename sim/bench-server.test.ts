import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BenchServer, startBenchServer } from './bench-server.ts';
import { createRequestCutter } from './http-requests.ts';

let server: BenchServer;
beforeAll(async () => {
  server = await startBenchServer({ chunks: 4, intervalMs: 1, chunkBytes: 250 });
});
afterAll(() => server.close());

async function post(path: string, body: object): Promise<{ type: string | null; text: string }> {
  const response = await fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) });
  return { type: response.headers.get('content-type'), text: await response.text() };
}

describe('startBenchServer', () => {
  it.each([
    ['/api/chat', {}, 'application/x-ndjson'],
    ['/api/chat', { stream: false }, 'application/json'],
    ['/v1/chat/completions', { stream: true }, 'text/event-stream'],
    ['/v1/chat/completions', {}, 'application/json'],
  ])('%s %j answers as %s', async (path, body, type) => {
    const answer = await post(path, body);
    expect(answer.type).toBe(type);
    expect(answer.text).toMatch(/"done":true|\[DONE\]|"finish_reason":"stop"/);
  });

  it('sends as many chunks of as many bytes as asked, by option and by path', async () => {
    const lines = (await post('/api/chat', {})).text.split('\n');
    expect(lines.map(({ length }) => length + 1).slice(0, 4)).toEqual([250, 250, 250, 250]);
    expect(lines).toHaveLength(6);
    const events = (await post('/s/7/0/400/v1/chat/completions', { stream: true })).text.split('\n\n');
    expect(events.filter(({ length }) => length === 398)).toHaveLength(7);
  });

  it('floods to the byte count and no further than its reader goes', async () => {
    const whole = await post('/flood/1000000/api/chat', {});
    expect(whole.text.length).toBeGreaterThan(1_000_000);
    expect(whole.text.length).toBeLessThan(1_100_000);

    const before = server.stats().bytesSent;
    const socket = connect(server.port, '127.0.0.1');
    socket.pause();
    socket.write('POST /flood/536870912/api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}');
    await expect.poll(() => server.stats().open).toBe(1);
    let seen = -1;
    await expect
      .poll(() => {
        const isStill = seen === server.stats().bytesSent;
        seen = server.stats().bytesSent;
        return isStill;
      })
      .toBe(true);
    expect(server.stats().bytesSent - before).toBeLessThan(64 * 2 ** 20);
    const { aborted } = server.stats();
    socket.destroy();
    await expect.poll(() => server.stats()).toMatchObject({ open: 0, aborted: aborted + 1 });
  });

  it('shows its counters and knows no other path', async () => {
    expect(await (await fetch(`${server.url}/stats`)).json()).toMatchObject({ open: 0 });
    expect((await fetch(`${server.url}/nope`)).status).toBe(404);
  });
});

describe('createRequestCutter', () => {
  const body = '{"a":1}';
  const sized = `POST /a HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const chunked = `POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n${body}\r\n0\r\n\r\n`;
  const bare = 'GET /c HTTP/1.1\r\nHost: x\r\n\r\n';

  it('cuts the same requests however the bytes are split', () => {
    const bytes = Buffer.from(sized + chunked + bare + sized);
    for (let step = 1; step <= bytes.length; step++) {
      const cutter = createRequestCutter();
      const requests = [];
      for (let at = 0; at < bytes.length; at += step)
        requests.push(...cutter.push(bytes.subarray(at, at + step)));
      expect(requests.map(({ path }) => path)).toEqual(['/a', '/b', '/c', '/a']);
      expect(requests[0]?.body.toString()).toBe(body);
      expect(requests[1]?.body.toString()).toContain(body);
    }
  });

  it('gives up on a head without end', () => {
    expect(() => createRequestCutter().push(Buffer.alloc(70_000, 'x'))).toThrow(RangeError);
  });
});
