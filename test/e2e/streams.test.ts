import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../sim/fault-rules.ts';
import { proveAborts } from '../prove/aborts.ts';
import { proveBackpressure } from '../prove/backpressure.ts';
import { broken } from '../prove/figure.ts';
import { proveStreams } from '../prove/streams.ts';
import { DOORS, type Door, framesOf, type Reply } from '../support/asker.ts';
import { messageOfError, messageOfFrame } from '../support/error-shape.ts';
import { requestEvent } from '../support/journal-events.ts';
import { startWorld, type UpstreamKind, type World } from '../support/world.ts';

describe('streams', () => {
  it('give the same bytes and facts however the upstream bytes are cut', { timeout: 60_000 }, async () => {
    expect(broken(await proveStreams({ everyNthCut: 3, randomCuts: 50 }))).toEqual([]);
  });

  it('close upstream when the client leaves, at any moment', { timeout: 60_000 }, async () => {
    expect(broken(await proveAborts({ aborts: 100, share: 0.9 }))).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'hold back a flood that nobody reads (memory is read from /proc)',
    { timeout: 60_000 },
    async () => {
      expect(broken(await proveBackpressure({ floodBytes: 64 * 1024 * 1024, silentMs: 1_000 }))).toEqual([]);
    },
  );
});

/** A way to fail, and what the client and the event must say of it. */
interface Case {
  readonly name: string;
  readonly fault: FaultRule;
  readonly status: number;
  readonly errorClass: string;
  readonly says: RegExp;
}

const BEFORE_FIRST_FRAME: readonly Case[] = [
  {
    name: 'a 500',
    fault: { fault: 'status_500', message: 'boom' },
    status: 502,
    errorClass: 'upstream_5xx',
    says: /boom/,
  },
  {
    name: 'out of memory',
    fault: { fault: 'out_of_memory' },
    status: 502,
    errorClass: 'out_of_memory',
    says: /out of memory/i,
  },
  {
    name: 'a full queue',
    fault: { fault: 'queue_full' },
    status: 503,
    errorClass: 'overloaded',
    says: /busy|overloaded/,
  },
  {
    name: 'too many requests',
    fault: { fault: 'rate_limited', retry_after_seconds: 7 },
    status: 429,
    errorClass: 'rate_limited',
    says: /rate limit/i,
  },
  {
    name: 'a question that is too long',
    fault: { fault: 'context_length' },
    status: 400,
    errorClass: 'context_length',
    says: /context/,
  },
  {
    name: 'a cache that ran out (llama.cpp)',
    fault: { fault: 'context_length', shape: 'llama_500' },
    status: 503,
    errorClass: 'overloaded',
    says: /context size/i,
  },
  {
    name: 'a page of HTML',
    fault: { fault: 'html', status: 200 },
    status: 502,
    errorClass: 'invalid_response',
    says: /HTML|JSON|text\/html/i,
  },
  {
    name: 'a gateway’s page of HTML',
    fault: { fault: 'html', status: 502 },
    status: 502,
    errorClass: 'upstream_5xx',
    says: /502/,
  },
  {
    name: 'a gateway’s page that says 504',
    fault: { fault: 'html', status: 504 },
    status: 504,
    errorClass: 'timeout_first_byte',
    says: /504.*nginx/,
  },
  {
    name: 'a reset',
    fault: { fault: 'reset_before' },
    status: 502,
    errorClass: 'connection_reset',
    says: /connection|reset/i,
  },
  {
    name: 'silence',
    fault: { fault: 'hang' },
    status: 504,
    errorClass: 'timeout_first_byte',
    says: /0\.4 s/,
  },
  {
    name: 'an error as the first frame',
    fault: { fault: 'error_frame', message: 'compute error' },
    status: 502,
    errorClass: 'upstream_5xx',
    says: /compute error/,
  },
];

const MID_STREAM: readonly Omit<Case, 'status'>[] = [
  {
    name: 'a reset',
    fault: { fault: 'reset_mid' },
    errorClass: 'connection_reset',
    says: /connection|reset/i,
  },
  {
    name: 'an end without a terminal marker',
    fault: { fault: 'truncated' },
    errorClass: 'truncated',
    says: /ended|marker|whole|truncated/i,
  },
  { name: 'silence', fault: { fault: 'hang_mid' }, errorClass: 'timeout_idle', says: /0\.4 s/ },
  {
    name: 'an error frame',
    fault: { fault: 'error_frame', after_chunks: 3, message: 'compute error' },
    errorClass: 'upstream_5xx',
    says: /compute error/,
  },
];

const KINDS: readonly UpstreamKind[] = ['ollama', 'openai'];

describe.each(KINDS)('a failing model server (%s)', (upstream) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({
      upstream,
      model: { timeout: '400ms', idle_timeout: '400ms', breaker: { enabled: false } },
    });
  });
  afterAll(() => world.close());

  const ask = (door: Door, stream: boolean): Promise<Reply> => world.asker.ask({ door, stream });
  const eventOf = (reply: Reply) => requestEvent(world.sluice.dataDir, String(reply.headers['x-request-id']));

  describe.each(DOORS)('seen by a client of %s', (door) => {
    it.each(BEFORE_FIRST_FRAME)(
      '$name before the first frame is a status',
      async ({ fault, status, errorClass, says }) => {
        for (const stream of [true, false]) {
          // Where the answer is not streamed, an error frame is a 200 that holds an error.
          world.sim.setFaults([fault]);
          const reply = await ask(door, stream);
          expect([reply.status, stream]).toEqual([status, stream]);
          expect(messageOfError(door, reply)).toMatch(says);
          expect(reply.headers['retry-after'] !== undefined).toBe(status === 429 || status === 503);
          if (fault.fault === 'rate_limited') expect(reply.headers['retry-after']).toBe('7');
          expect(eventOf(reply)).toMatchObject({ outcome: 'error', error_class: errorClass, status });
        }
      },
    );

    it.each(MID_STREAM)('$name in mid-stream is an error in band', async ({ fault, errorClass, says }) => {
      world.sim.setFaults([fault]);
      const reply = await ask(door, true);
      expect(reply.status).toBe(200);
      const frames = framesOf(door, reply.text);
      expect(frames.length).toBeGreaterThan(1);
      expect(messageOfFrameIn(door, frames)).toMatch(says);
      expect(terminalMarkers(door, reply.text, frames)).toBe(0);
      expect(eventOf(reply)).toMatchObject({ outcome: 'error', error_class: errorClass, status: 200 });
    });

    it('a good answer after all of that', async () => {
      world.sim.setFaults([]);
      const reply = await ask(door, true);
      expect(terminalMarkers(door, reply.text, framesOf(door, reply.text))).toBe(1);
      expect(eventOf(reply)).toMatchObject({ outcome: 'ok', error_class: null });
    });
  });

  /** The last frame is the only error. The model server's own words pass through in its own protocol. */
  function messageOfFrameIn(door: Door, frames: readonly Record<string, unknown>[]): string {
    expect(frames.filter((frame) => 'error' in frame)).toHaveLength(1);
    const last = frames.at(-1);
    const { error } = last as { error: { message?: unknown } };
    if (upstream === door && typeof error === 'object' && !('param' in error)) return String(error.message);
    return messageOfFrame(door, last);
  }
});

/** How often a stream says that it is whole. */
function terminalMarkers(door: Door, text: string, frames: readonly Record<string, unknown>[]): number {
  if (door === 'openai') return text.split('\n').filter((line) => line.trim() === 'data: [DONE]').length;
  return frames.filter((frame) => frame.done === true).length;
}
