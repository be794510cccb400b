import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FailingRig, GOOD_STREAM, startFailingRig, stream } from '../../test/support/failing-rig.ts';
import {
  OLLAMA_END,
  OPENAI_DONE,
  OPENAI_FINISH,
  ollamaLine,
  openaiEvent,
} from '../../test/support/frames.ts';
import type { Script } from '../../test/support/gateway-rig.ts';

let world: FailingRig;
beforeAll(async () => {
  world = await startFailingRig();
});
afterEach(() => world.forget());
afterAll(() => world.close());

describe('time limits', () => {
  const LIMITS = { timeoutMs: 120, idleTimeoutMs: 120, totalTimeoutMs: 5_000 };
  const silentAfter =
    (...pieces: string[]): Script =>
    (res) => {
      res.writeHead(200, { 'content-type': 'application/x-ndjson' });
      for (const piece of pieces) res.write(piece);
      res.flushHeaders();
    };

  it.each([
    ['no answer', () => {}, 504, 'timeout_first_byte'],
    ['a head and nothing', silentAfter(), 504, 'timeout_first_byte'],
    ['half a frame', silentAfter('{"mess'), 504, 'timeout_first_byte'],
    ['a frame and nothing', silentAfter(ollamaLine('a')), 200, 'timeout_idle'],
  ])('%s', async (_name, given, status, errorClass) => {
    world.play(given as Script);
    world.configure({ model: LIMITS });
    const answer = await world.ask(true);
    expect([answer.status, answer.event?.error_class]).toEqual([status, errorClass]);
    expect(answer.event?.latency_ms).toBeGreaterThanOrEqual(119);
    expect(answer.event?.latency_ms).toBeLessThan(1_000);
  });

  it('end a trickle at the total time, and a whole answer at its timeout', async () => {
    const trickle: Script = (res) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => res.write(ollamaLine('a')), 20);
      res.on('close', () => clearInterval(timer));
    };
    world.play(trickle);
    world.configure({ model: { ...LIMITS, totalTimeoutMs: 300 } });
    expect((await world.ask(true)).event).toMatchObject({ status: 200, error_class: 'timeout_total' });
    world.configure({ model: LIMITS });
    expect((await world.ask(false)).event).toMatchObject({ status: 504, error_class: 'timeout_total' });
  });

  it('give the fallback its own time', async () => {
    world.play(() => {});
    world.configure({ fallback: true, model: LIMITS });
    const answer = await world.ask(true);
    expect([answer.status, answer.text]).toEqual([200, GOOD_STREAM]);
    expect(answer.event?.attempts[0]?.error_class).toBe('timeout_first_byte');
  });
});

describe('a failure after the first frame', () => {
  const FRAME = ollamaLine('a');

  it.each([
    [
      'a reset',
      (res) => {
        res.write(FRAME);
        setTimeout(() => res.socket?.resetAndDestroy(), 20);
      },
      'connection_reset',
    ],
    ['a clean end', stream(FRAME), 'truncated'],
    ['an end inside a frame', stream(FRAME, '{"model":"m"'), 'truncated'],
  ] as readonly [string, Script, string][])(
    '%s ends the stream in its own words',
    async (_name, given, errorClass) => {
      world.play(given);
      world.configure({ fallback: true });
      const { status, text, event } = await world.ask(true);
      expect(status).toBe(200);
      expect(text.startsWith(FRAME)).toBe(true);
      const lines = text.trimEnd().split('\n');
      expect(JSON.parse(lines.at(-1) ?? '')).toHaveProperty('error');
      expect(text).not.toContain('"done":true');
      expect(world.healthy.requests).toHaveLength(0);
      expect(event).toMatchObject({
        status: 200,
        outcome: 'error',
        error_class: errorClass,
        model_id: 'bad',
      });
      expect(world.rig.events()).toHaveLength(1);
    },
  );

  it('passes the error frame of the model server on, and adds none', async () => {
    const error = '{"error":"llama runner process has terminated"}\n';
    world.play(stream(FRAME, error));
    world.configure({ fallback: true });
    const { text, event } = await world.ask(true);
    expect(text).toBe(FRAME + error);
    expect(event).toMatchObject({ outcome: 'error', error_class: 'upstream_5xx' });
  });

  it('tells a client of another protocol in its own, without [DONE]', async () => {
    world.play(stream(FRAME, '{"error":"out of memory"}\n'));
    world.configure({});
    const { text } = await world.ask(true, '/v1/chat/completions');
    const events = text.trimEnd().split('\n\n');
    expect(JSON.parse(events.at(-1)?.slice('data: '.length) ?? '')).toMatchObject({
      error: { message: expect.any(String) },
    });
    expect(text).not.toContain('[DONE]');
    expect(text.match(/"error":/g)).toHaveLength(1);
  });

  it('is none when only the goodbye is missing', async () => {
    world.play((res) => {
      res.write(FRAME + OLLAMA_END);
      setTimeout(() => res.socket?.resetAndDestroy(), 20);
    });
    world.configure({});
    const { text, event } = await world.ask(true);
    expect([text, event?.outcome]).toEqual([FRAME + OLLAMA_END, 'ok']);
  });

  it('at any byte leaves a clean prefix, one error, and one event', async () => {
    const whole = openaiEvent('hé') + openaiEvent('llo') + OPENAI_FINISH + OPENAI_DONE;
    const bytes = Buffer.from(whole);
    world.configure({ protocol: 'openai' });
    const first = Buffer.byteLength(openaiEvent('hé'));
    for (let cut = 0; cut < bytes.length; cut += 7) {
      world.play((res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        res.write(bytes.subarray(0, cut), () => setTimeout(() => res.socket?.resetAndDestroy(), 2));
      });
      const { status, text, event } = await world.ask(true, '/v1/chat/completions');
      expect([cut, status]).toEqual([cut, cut < first ? 502 : 200]);
      expect([cut, event?.error_class, event?.outcome]).toEqual([cut, 'connection_reset', 'error']);
      if (status === 200) {
        const prefix = bytes.subarray(0, cut);
        const got = Buffer.from(text);
        expect(got.subarray(0, cut).equals(prefix)).toBe(true);
        expect(got.subarray(cut).toString()).toMatch(/^\n*data: \{"error":.*\}\n\n$/);
      }
    }
    expect(world.rig.events()).toHaveLength(Math.ceil(bytes.length / 7));
  });
});
