import { bodyOf, PATHS } from '../support/asker.ts';
import { journalOf } from '../support/journal-events.ts';
import { openRaw, rawPost } from '../support/raw-http.ts';
import {
  chunkedHead,
  httpChunk,
  NDJSON,
  type ScriptRequest,
  startScriptUpstream,
} from '../support/script-upstream.ts';
import { startWorld } from '../support/world.ts';
import { atLeast, atMost, type Figure, percentile } from './figure.ts';

export interface AbortScale {
  readonly aborts: number;
  /** Which share of the times must keep the limit: a busy machine may hold up one of a hundred. */
  readonly share: number;
}

const PIECE = Buffer.from('{"model":"m","message":{"role":"assistant","content":"x"},"done":false}\n');

/** How far the model server has come when its client leaves. */
const MOMENTS = ['before headers', 'before the first token', 'mid-stream', 'not streamed'] as const;
type Moment = (typeof MOMENTS)[number];

const PLAY: Readonly<Record<Moment, (request: ScriptRequest) => void>> = {
  'before headers': () => {},
  'before the first token': ({ socket }) => void socket.write(chunkedHead(NDJSON)),
  'mid-stream': ({ socket }) =>
    void socket.write(Buffer.concat([Buffer.from(chunkedHead(NDJSON)), httpChunk(PIECE)])),
  'not streamed': () => {},
};

/**
 * Clients leave at every moment of an answer; the connection to the model server must close. The model takes one
 * call at a time and queues none, so that a permit which is not given back fails the very next request.
 */
export async function proveAborts({ aborts, share }: AbortScale): Promise<Figure[]> {
  const script = await startScriptUpstream();
  const world = await startWorld({ upstreamUrl: script.url, model: { max_concurrent: 1, max_queue: 0 } });
  const closedAfterMs: number[] = [];
  let outcomes: unknown[] = [];
  const perMoment: Record<Moment, number[]> = {
    'before headers': [],
    'before the first token': [],
    'mid-stream': [],
    'not streamed': [],
  };
  try {
    for (let i = 0; i < aborts; i += 1) {
      const moment = MOMENTS[i % MOMENTS.length] ?? 'mid-stream';
      script.play(PLAY[moment]);
      const reached = script.next();
      const client = await openRaw(world.sluice.port);
      const body = JSON.stringify(bodyOf({ door: 'ollama', stream: moment !== 'not streamed' }));
      client.send(rawPost({ path: PATHS.ollama, body, headers: [`Authorization: Bearer ${world.chatKey}`] }));
      const refused = client.answer().then(({ status, body: text }) => {
        throw new Error(`a request before abort ${i} was answered ${status}: ${text}`);
      });
      refused.catch(() => {});
      const request = await Promise.race([reached, refused]);
      if (moment === 'mid-stream') await client.until((received) => received.includes('"content":"x"'));
      const left = performance.now();
      client.destroy();
      const took = (await request.closed) - left;
      closedAfterMs.push(took);
      perMoment[moment].push(took);
    }
    outcomes = journalOf(world.sluice.dataDir, 'request').map((event) => event.outcome);
  } finally {
    await world.close();
    await script.close();
  }
  return [
    atLeast('clients that left', closedAfterMs.length, aborts),
    atLeast(
      'events that say client_abort',
      outcomes.filter((outcome) => outcome === 'client_abort').length,
      aborts,
    ),
    atMost('other events', outcomes.filter((outcome) => outcome !== 'client_abort').length, 0),
    atMost(
      `until the model server’s connection closed, p${share * 100}`,
      percentile(closedAfterMs, share),
      50,
      'ms',
    ),
    ...MOMENTS.map((moment) => atMost(`… ${moment}, p50`, percentile(perMoment[moment], 0.5), 25, 'ms')),
  ];
}
