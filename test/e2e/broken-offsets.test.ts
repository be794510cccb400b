import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, type Door, PATHS } from '../support/asker.ts';
import { messageOfError, messageOfFrame } from '../support/error-shape.ts';
import { openRaw, type RawAnswer, rawPost } from '../support/raw-http.ts';
import { OLLAMA_STREAM, OPENAI_STREAM } from '../support/recorded-streams.ts';
import {
  chunkedHead,
  httpChunk,
  NDJSON,
  type ScriptUpstream,
  SSE,
  startScriptUpstream,
} from '../support/script-upstream.ts';
import { startWorld, type UpstreamKind, type World } from '../support/world.ts';

const STREAMS: Readonly<
  Record<
    UpstreamKind,
    { bytes: Buffer; type: string; firstFrameEnds: number; lastOffsetBefore: number; wholeFrom: number }
  >
> = {
  ollama: {
    bytes: OLLAMA_STREAM,
    type: NDJSON,
    firstFrameEnds: OLLAMA_STREAM.indexOf('\n') + 1,
    lastOffsetBefore: OLLAMA_STREAM.indexOf('\n'),
    wholeFrom: OLLAMA_STREAM.length,
  },
  openai: {
    bytes: OPENAI_STREAM,
    type: SSE,
    // The comment before it is not an answer's frame.
    firstFrameEnds: OPENAI_STREAM.indexOf('\r\n\r\n') + 4,
    // One byte more is `\r\n\r`, and a CR by itself ends a line too.
    lastOffsetBefore: OPENAI_STREAM.indexOf('\r\n\r\n') + 2,
    wholeFrom: OPENAI_STREAM.indexOf('"finish_reason":"stop"'),
  },
};

/** How the connection to the model server ends. A reset may overtake bytes in the kernel, so it waits for them. */
const ENDINGS = ['closed', 'reset'] as const;

describe.each(['ollama', 'openai'] as const)('a stream that breaks after k bytes (%s)', (kind) => {
  const { bytes, type, firstFrameEnds, lastOffsetBefore, wholeFrom } = STREAMS[kind];
  const door: Door = kind;
  let script: ScriptUpstream;
  let world: World;
  beforeAll(async () => {
    script = await startScriptUpstream();
    world = await startWorld({
      upstream: kind,
      upstreamUrl: script.url,
      model: { breaker: { enabled: false } },
    });
  });
  afterAll(async () => {
    await world.close();
    await script.close();
  });

  async function breakAt(offset: number, ending: (typeof ENDINGS)[number]): Promise<RawAnswer> {
    const part = bytes.subarray(0, offset);
    const begun = script.next();
    script.play(({ socket }) => {
      socket.write(chunkedHead(type));
      if (part.length > 0) socket.write(httpChunk(part));
    });
    const client = await openRaw(world.sluice.port);
    const body = JSON.stringify(
      bodyOf({ door, stream: true, more: { stream_options: { include_usage: true } } }),
    );
    client.send(rawPost({ path: PATHS[door], body, headers: [`Authorization: Bearer ${world.chatKey}`] }));
    const { socket } = await begun;
    if (offset >= firstFrameEnds) await client.until((received) => received.includes(part));
    if (ending === 'reset') socket.resetAndDestroy();
    else socket.destroy();
    const answer = await client.answer();
    client.destroy();
    return answer;
  }

  const offsets = Array.from({ length: Math.ceil(wholeFrom / 13) }, (_, i) => i * 13);

  it.each(ENDINGS)(
    'gives exactly those bytes and then the error, or a status before the first frame (%s)',
    async (ending) => {
      for (const offset of [...offsets, lastOffsetBefore, firstFrameEnds]) {
        const answer = await breakAt(offset, ending);
        const at = `broken at ${offset}`;
        if (offset < firstFrameEnds) {
          expect(answer.status, at).toBe(502);
          messageOfError(door, { text: answer.body.toString(), headers: Object.fromEntries(answer.headers) });
          continue;
        }
        expect(answer.status, at).toBe(200);
        // The client's own connection ends well: what broke is told in band.
        expect(answer.whole, at).toBe(true);
        expect(answer.body.subarray(0, offset).equals(bytes.subarray(0, offset)), at).toBe(true);
        const rest = answer.body.subarray(offset).toString();
        const frame =
          kind === 'ollama' ? /^\n?(\{.*\})\n$/.exec(rest) : /^(?:\n\n)?data: (\{.*\})\n\n$/.exec(rest);
        expect(frame, `${at}: ${JSON.stringify(rest)}`).not.toBeNull();
        messageOfFrame(door, JSON.parse(frame?.[1] ?? ''));
      }
    },
  );
});
