import { createRng } from '../../sim/rng.ts';
import { type Door, type Reply, textOf } from '../support/asker.ts';
import { crowd } from '../support/crowd.ts';
import { type JournalEvent, journalOf } from '../support/journal-events.ts';
import { OLLAMA_STREAM, OPENAI_STREAM, RECORDED_TEXT } from '../support/recorded-streams.ts';
import { cut, NDJSON, playPieces, SSE, startScriptUpstream } from '../support/script-upstream.ts';
import { startWorld, type UpstreamKind } from '../support/world.ts';
import { atLeast, atMost, type Figure } from './figure.ts';

export interface StreamScale {
  /** Every place where a stream can be cut in two, or every n-th. */
  readonly everyNthCut: number;
  /** Cuts into many pieces at random places. */
  readonly randomCuts: number;
}

const WIDTH = 16;
const SEED = 20_260_512;

interface Case {
  readonly upstream: UpstreamKind;
  readonly door: Door;
  readonly bytes: Buffer;
}
const CASES: readonly Case[] = [
  { upstream: 'ollama', door: 'ollama', bytes: OLLAMA_STREAM },
  { upstream: 'openai', door: 'openai', bytes: OPENAI_STREAM },
  { upstream: 'ollama', door: 'openai', bytes: OLLAMA_STREAM },
  { upstream: 'openai', door: 'ollama', bytes: OPENAI_STREAM },
  { upstream: 'ollama', door: 'chat', bytes: OLLAMA_STREAM },
  { upstream: 'openai', door: 'chat', bytes: OPENAI_STREAM },
];

/** The same upstream bytes in many cuts: same protocol, the same bytes come out; translated, the same answer. */
export async function proveStreams(scale: StreamScale): Promise<Figure[]> {
  const totals = { streams: 0, differentBytes: 0, differentText: 0, differentFacts: 0 };
  for (const one of CASES) {
    const result = await playCuts(one, scale);
    totals.streams += result.streams;
    totals.differentBytes += result.differentBytes;
    totals.differentText += result.differentText;
    totals.differentFacts += result.differentFacts;
  }
  const cuts = CASES.reduce((sum, { bytes }) => sum + cutsOf(bytes, scale).length, 0);
  return [
    atLeast('streams cut at other places', totals.streams, cuts),
    atMost('answers with other bytes', totals.differentBytes, 0),
    atMost('answers with another text', totals.differentText, 0),
    atMost('events with other tapped facts', totals.differentFacts, 0),
  ];
}

async function playCuts({ upstream, door, bytes }: Case, scale: StreamScale) {
  const script = await startScriptUpstream();
  const world = await startWorld({ upstream, upstreamUrl: script.url, model: { max_concurrent: WIDTH } });
  const cuts = cutsOf(bytes, scale);
  const result = { streams: 0, differentBytes: 0, differentText: 0, differentFacts: 0 };
  script.play(({ socket, body }) => {
    const index = Number(/cut=(\d+)/.exec(body)?.[1]);
    return playPieces(socket, upstream === 'ollama' ? NDJSON : SSE, cut(bytes, cuts[index] ?? []));
  });
  const ask = (index: number): Promise<Reply> =>
    world.asker.ask({
      door,
      stream: true,
      content: `cut=${index}`,
      headers: { 'x-session-id': 'one' },
      // Without it the usage chunk is not for this client.
      ...(door === 'openai' ? { more: { stream_options: { include_usage: true } } } : {}),
    });
  const requestIds: string[] = [];
  try {
    const uncut = await ask(cuts.length);
    const isPassThrough = upstream === door;
    const expected = isPassThrough ? bytes.toString() : comparable(uncut);
    await crowd(cuts.length, WIDTH, async (index) => {
      const reply = await ask(index);
      result.streams += 1;
      requestIds.push(String(reply.headers['x-request-id']));
      if ((isPassThrough ? reply.text : comparable(reply)) !== expected) result.differentBytes += 1;
      if (textOf(door, reply, true) !== RECORDED_TEXT) result.differentText += 1;
    });
    const events = new Map(
      journalOf(world.sluice.dataDir, 'request').map((event) => [event.request_id, event]),
    );
    const facts = factsOf(events.get(String(uncut.headers['x-request-id'])));
    result.differentFacts = requestIds.filter((id) => factsOf(events.get(id)) !== facts).length;
    if (facts === '') result.differentFacts = cuts.length; // no event at all
  } finally {
    await world.close();
    await script.close();
  }
  return result;
}

/** Offsets of each play-back: all two-piece cuts first, then random ones, down to single bytes. */
function cutsOf(bytes: Buffer, { everyNthCut, randomCuts }: StreamScale): number[][] {
  const cuts: number[][] = [];
  for (let at = 1; at < bytes.length; at += everyNthCut) cuts.push([at]);
  const rng = createRng(SEED, String(bytes.length));
  for (let i = 0; i < randomCuts; i += 1) {
    const pieces = 2 + Math.floor(rng.next() ** 3 * 200);
    cuts.push(Array.from({ length: pieces }, () => Math.floor(rng.next() * bytes.length)));
  }
  return cuts;
}

/** An answer without what is its own each time: ids and times. */
function comparable(reply: Reply): string {
  return reply.text
    .replaceAll(String(reply.headers['x-request-id']), 'REQUEST')
    .replace(/"(created_at|id)":"[^"]*"/g, '"$1":""')
    .replace(/"created":\d+/g, '"created":0')
    .replace(/"(\w+_duration)":\d+/g, '"$1":0');
}

/** What the tap read of an answer, as the event keeps it; empty when there is no event. */
function factsOf(event: JournalEvent | undefined): string {
  if (event === undefined) return '';
  const { outcome, status, finish_reason, prompt_tokens, completion_tokens, tool_calls, error_class } = event;
  return JSON.stringify({
    outcome,
    status,
    finish_reason,
    prompt_tokens,
    completion_tokens,
    tool_calls,
    error_class,
  });
}
