import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, DOORS, framesOf, PATHS, type Reply } from '../support/asker.ts';
import { messageOfError } from '../support/error-shape.ts';
import { requestEvent } from '../support/journal-events.ts';
import { openRaw, rawPost } from '../support/raw-http.ts';
import {
  chunkedHead,
  httpChunk,
  LAST_CHUNK,
  NDJSON,
  type ScriptRequest,
  type ScriptUpstream,
  startScriptUpstream,
} from '../support/script-upstream.ts';
import { CANDIDATE, STABLE, startWorld, type World } from '../support/world.ts';

const PIECE = Buffer.from('{"model":"m","message":{"role":"assistant","content":"x"},"done":false}\n');
const DONE = Buffer.from(
  '{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}\n',
);
/** A whole streamed answer. */
const finish = (request: ScriptRequest | undefined): void => {
  request?.socket.write(
    Buffer.concat([Buffer.from(chunkedHead(NDJSON)), httpChunk(DONE), Buffer.from(LAST_CHUNK)]),
  );
};
const QUICK = { breaker: { enabled: false } };

describe('limits in time', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({
      model: { ...QUICK, timeout: '300ms', idle_timeout: '300ms', total_timeout: '900ms' },
    });
  });
  afterEach(() => world.sim.setFaults([]));
  afterAll(() => world.close());

  /** How long it took, and what came of it. */
  async function timed(stream: boolean): Promise<{ reply: Reply; tookMs: number; error: unknown }> {
    const began = performance.now();
    const reply = await world.asker.ask({ door: 'ollama', stream });
    const tookMs = performance.now() - began;
    return {
      reply,
      tookMs,
      error: requestEvent(world.sluice.dataDir, String(reply.headers['x-request-id'])).error_class,
    };
  }

  it('timeout: no first frame', async () => {
    world.sim.setFaults([{ fault: 'hang' }]);
    const { reply, tookMs, error } = await timed(true);
    expect([reply.status, error]).toEqual([504, 'timeout_first_byte']);
    expect(tookMs).toBeGreaterThanOrEqual(295);
    expect(tookMs).toBeLessThan(1_300);
  });

  it('timeout: bytes that make no frame do not count', async () => {
    // One byte every 20 ms: a whole line would take seconds.
    world.sim.setFaults([{ fault: 'trickle', every_ms: 20 }]);
    const { reply, error } = await timed(true);
    expect([reply.status, error]).toEqual([504, 'timeout_first_byte']);
  });

  it('timeout: an answer that is not streamed must end within it', async () => {
    world.sim.setFaults([{ fault: 'trickle', every_ms: 20 }]);
    const { reply, error } = await timed(false);
    expect([reply.status, error]).toEqual([504, 'timeout_total']);
    expect(messageOfError('ollama', reply)).toMatch(/0\.3 s/);
  });

  it('idle_timeout: silence between chunks', async () => {
    world.sim.setFaults([{ fault: 'hang_mid', after_chunks: 2 }]);
    const { reply, tookMs, error } = await timed(true);
    expect([reply.status, error]).toEqual([200, 'timeout_idle']);
    expect(tookMs).toBeGreaterThanOrEqual(295);
    expect(framesOf('ollama', reply.text).at(-1)).toEqual({ error: expect.stringContaining('idle_timeout') });
  });

  it('are raised and lowered for the next request', async () => {
    world.sim.setFaults([{ fault: 'hang' }]);
    await world.sluice.admin.must('PATCH', `/models/${STABLE}`, { timeout: '100ms' });
    const { tookMs } = await timed(true);
    await world.sluice.admin.must('PATCH', `/models/${STABLE}`, { timeout: '300ms' });
    expect(tookMs).toBeLessThan(295);
  });
});

describe('with a scripted model server', () => {
  let script: ScriptUpstream;
  let world: World;
  beforeAll(async () => {
    script = await startScriptUpstream();
    world = await startWorld({
      upstreamUrl: script.url,
      model: { ...QUICK, total_timeout: '600ms', max_concurrent: 1, max_queue: 1 },
    });
  });
  afterAll(async () => {
    await world.close();
    await script.close();
  });

  it('total_timeout: an answer that never ends', async () => {
    script.play(({ socket }) => {
      socket.write(chunkedHead(NDJSON));
      const timer = setInterval(() => socket.write(httpChunk(PIECE)), 30);
      socket.on('close', () => clearInterval(timer));
    });
    const upstream = script.next();
    const reply = await world.asker.ask({ door: 'ollama', stream: true });
    expect(requestEvent(world.sluice.dataDir, String(reply.headers['x-request-id'])).error_class).toBe(
      'timeout_total',
    );
    const frames = framesOf('ollama', reply.text);
    expect(frames.length).toBeGreaterThan(5);
    expect(frames.at(-1)).toEqual({ error: expect.stringMatching(/0\.6 s.*total_timeout/) });
    await (await upstream).closed;
  });

  it('one runs, one waits, the next is refused with Retry-After in its own shape', async () => {
    const running: ScriptRequest[] = [];
    script.play((request) => void running.push(request));
    const begun = script.next();
    const first = world.asker.ask({ door: 'ollama', stream: true });
    await begun;
    const second = world.asker.ask({ door: 'ollama', stream: true });
    // Whether the second has joined the queue shows in the third being refused.
    for (const door of DOORS) {
      const refused = await world.asker.ask({ door });
      expect(refused.status).toBe(503);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      messageOfError(door, refused);
      const event = requestEvent(world.sluice.dataDir, String(refused.headers['x-request-id']));
      expect(event).toMatchObject({ error_class: 'rejected', error_code: 'rejected', status: 503 });
    }
    expect(running).toHaveLength(1);
    const next = script.next();
    finish(running[0]);
    expect((await first).status).toBe(200);
    await next;
    finish(running[1]);
    expect((await second).status).toBe(200);
    const [one, two] = [await first, await second].map(({ headers }) =>
      requestEvent(world.sluice.dataDir, String(headers['x-request-id'])),
    );
    expect(Number(two?.queued_ms)).toBeGreaterThan(Number(one?.queued_ms));
  });

  it('who leaves the queue is forgotten by it', async () => {
    const running: ScriptRequest[] = [];
    script.play((request) => void running.push(request));
    const begun = script.next();
    const first = world.asker.ask({ door: 'ollama', stream: true });
    await begun;
    const waiting = await openRaw(world.sluice.port);
    waiting.send(
      rawPost({
        path: PATHS.ollama,
        body: JSON.stringify(bodyOf({ door: 'ollama' })),
        headers: [`Authorization: Bearer ${world.chatKey}`],
      }),
    );
    // Its bytes lie before Sluice; an answer to later ones shows that they have been read.
    await fetch(`${world.sluice.url}/healthz`);
    expect((await world.asker.ask({ door: 'ollama' })).status).toBe(503);
    waiting.destroy();
    await fetch(`${world.sluice.url}/healthz`);
    finish(running[0]);
    await first;
    expect(running).toHaveLength(1);
    const next = script.next();
    const later = world.asker.ask({ door: 'ollama', stream: true });
    finish(await next);
    expect((await later).status).toBe(200);
  });
});

describe('the stand-in', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ model: { ...QUICK, timeout: '300ms', idle_timeout: '300ms' } });
  });
  afterEach(() => world.sim.setFaults([]));
  afterAll(() => world.close());
  const ask = (stream: boolean): Promise<Reply> =>
    world.asker.ask({ door: 'ollama', stream, userId: 'uid_123456' });

  it.each([
    [{ fault: 'status_500' }, 'upstream_5xx'],
    [{ fault: 'reset_before' }, 'connection_reset'],
    [{ fault: 'hang' }, 'timeout_first_byte'],
    [{ fault: 'html', status: 200 }, 'invalid_response'],
    [{ fault: 'error_frame' }, 'upstream_5xx'],
    [{ fault: 'queue_full' }, 'overloaded'],
    [{ fault: 'out_of_memory' }, 'out_of_memory'],
  ] as const)('takes over before the first frame: %j', async (fault, errorClass) => {
    for (const stream of [true, false]) {
      world.sim.setFaults([{ ...fault, model: 'qwen3:32b' }]);
      const asked = world.sim.requests.length;
      const reply = await ask(stream);
      expect(reply.status).toBe(200);
      expect(reply.headers).toMatchObject({
        'x-model-used': STABLE,
        'x-sluice-fallback': 'error',
        'x-sluice-assigned-model': CANDIDATE,
      });
      const seen = world.sim.requests.slice(asked).map(({ model }) => model);
      // A kept connection that proves dead is no failure of the model yet: it is asked once more on a new one.
      if (fault.fault === 'reset_before' && seen.length === 3) seen.shift();
      expect(seen).toEqual(['qwen3:32b', 'qwen2:7b']);
      expect(requestEvent(world.sluice.dataDir, String(reply.headers['x-request-id']))).toMatchObject({
        outcome: 'ok',
        model_id: STABLE,
        assigned_model_id: CANDIDATE,
        attempts: [
          { model_id: CANDIDATE, outcome: 'error', error_class: errorClass },
          { model_id: STABLE, outcome: 'ok', error_class: null },
        ],
      });
    }
  });

  it.each([
    [{ fault: 'context_length' }, 400],
    [{ fault: 'rate_limited' }, 429],
  ] as const)('does not for what is the caller’s: %j', async (fault, status) => {
    world.sim.setFaults([{ ...fault, model: 'qwen3:32b' }]);
    const asked = world.sim.requests.length;
    expect((await ask(true)).status).toBe(status);
    expect(world.sim.requests.length).toBe(asked + 1);
  });

  it.each([{ fault: 'reset_mid' }, { fault: 'truncated' }, { fault: 'hang_mid' }] as const)(
    'never does after it: %j',
    async (fault) => {
      world.sim.setFaults([{ ...fault, model: 'qwen3:32b' }]);
      const asked = world.sim.requests.length;
      const reply = await ask(true);
      expect(reply.status).toBe(200);
      expect(reply.headers['x-model-used']).toBe(CANDIDATE);
      expect(framesOf('ollama', reply.text).at(-1)).toHaveProperty('error');
      expect(world.sim.requests.length).toBe(asked + 1);
    },
  );

  it('is tried once: when it fails too, its failure is told', async () => {
    world.sim.setFaults([{ fault: 'status_500' }]);
    const asked = world.sim.requests.length;
    const reply = await ask(false);
    expect(reply.status).toBe(502);
    expect(world.sim.requests.length).toBe(asked + 2);
  });
});
