import { describe, expect, it } from 'vitest';
import {
  chunk,
  type Kind,
  META,
  ndjson,
  OLLAMA_END,
  OLLAMA_STREAM,
  OPENAI,
  OPENAI_STREAM,
  open,
  parseLines,
  parseSse,
  run,
  said,
  sse,
  TALK,
  USAGE,
  USAGE_CHUNK,
} from '../../../test/relay-fixture.ts';
import { inbounds } from './inbounds.ts';
import { readRawBody } from './raw-body.ts';

describe('translated streams', () => {
  it('Ollama → OpenAI', () => {
    const shared = {
      id: 'chatcmpl-1',
      created: 1_700_000_000,
      model: 'qwen3:32b',
      system_fingerprint: 'fp_sluice',
      object: 'chat.completion.chunk',
    };
    const of = (delta: object, finish: string | null = null): object => ({
      ...shared,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    });
    const expected = [
      of({ role: 'assistant', reasoning: '思', reasoning_content: '思' }),
      of({ content: 'Hé' }),
      of({ content: '好😀\n"x"' }),
      of({
        tool_calls: [
          {
            index: 0,
            id: 'call_1_0',
            type: 'function',
            function: { name: 'weather', arguments: '{"city":"北京"}' },
          },
        ],
      }),
      of({}, 'tool_calls'),
    ];
    const plain = run(open('to openai', 'ollama'), [Buffer.from(OLLAMA_STREAM)]);
    expect(parseSse(plain.out)).toEqual([...expected, '[DONE]']);

    const asked = open('to openai', 'ollama', { stream_options: { include_usage: true } });
    const withNull = expected.map((frame) => ({ ...frame, usage: null }));
    expect(parseSse(run(asked, [Buffer.from(OLLAMA_STREAM)]).out)).toEqual([
      ...withNull,
      { ...shared, choices: [], usage: USAGE },
      '[DONE]',
    ]);
  });

  it('Ollama → OpenAI: several tool calls over several frames are numbered on', () => {
    const call = (name: string): object => ({ function: { index: 0, name, arguments: {} } });
    const stream = ndjson(
      said({ tool_calls: [call('a'), call('b')] }),
      said({ tool_calls: [call('c')] }),
      OLLAMA_END,
    );
    const frames = parseSse(run(open('to openai', 'ollama'), [Buffer.from(stream)]).out);
    const indices = JSON.stringify(frames).match(/"index":\d,"id":"call_1_\d"/g);
    expect(indices).toEqual([
      '"index":0,"id":"call_1_0"',
      '"index":1,"id":"call_1_1"',
      '"index":2,"id":"call_1_2"',
    ]);
  });

  it('Ollama → OpenAI: an empty answer still has a role', () => {
    const frames = parseSse(run(open('to openai', 'ollama'), [Buffer.from(ndjson(OLLAMA_END))]).out);
    expect(frames).toMatchObject([
      { choices: [{ delta: { role: 'assistant', content: '' } }] },
      { choices: [{ delta: {}, finish_reason: 'stop' }] },
      '[DONE]',
    ]);
  });

  it('OpenAI → Ollama', () => {
    const head = { model: 'qwen3:32b', created_at: '2023-11-14T22:13:20.000Z' };
    const of = (message: object): object => ({
      ...head,
      message: { role: 'assistant', content: '', ...message },
      done: false,
    });
    expect(parseLines(run(open('to ollama', 'openai'), [Buffer.from(OPENAI_STREAM)]).out)).toEqual([
      of({ thinking: '思' }),
      of({ content: 'Hé' }),
      of({ content: '好😀\n"x"' }),
      of({
        tool_calls: [{ id: 'call_a', function: { index: 0, name: 'weather', arguments: { city: '北京' } } }],
      }),
      { ...of({}), done: true, done_reason: 'stop', prompt_eval_count: 30, eval_count: 45 },
    ]);
  });

  it('OpenAI → Ollama: durations come from the clock, or from the server where it tells', () => {
    let nowMs = META.createdAtMs;
    const meta = { ...META, clock: { nowMs: () => nowMs, monotonicMs: () => 0 } };
    const times = (usageMore: object): unknown => {
      nowMs = META.createdAtMs + 100;
      const body = readRawBody(Buffer.from(JSON.stringify(TALK)));
      const relay = inbounds.ollama_chat.prepare(body, OPENAI).openRelay(meta);
      relay.push(Buffer.from(sse(chunk({ content: 'a' }))));
      nowMs += 300;
      const out = relay.push(Buffer.from(sse(chunk({}, 'stop'), { ...USAGE_CHUNK, ...usageMore }, '[DONE]')));
      return JSON.parse(String(out));
    };
    expect(times({})).toMatchObject({ total_duration: 4e8, prompt_eval_duration: 1e8, eval_duration: 3e8 });
    expect(times({ timings: { prompt_ms: 7.5, predicted_ms: 200 } })).toMatchObject({
      total_duration: 4e8,
      prompt_eval_duration: 7.5e6,
      eval_duration: 2e8,
    });
  });

  it('OpenAI → Ollama: /api/generate answers in its own shape', () => {
    const stream = sse(chunk({ content: 'a' }), chunk({}, 'length'), '[DONE]');
    expect(parseLines(run(open('to generate', 'openai'), [Buffer.from(stream)]).out)).toMatchObject([
      { response: 'a', done: false },
      { response: '', done: true, done_reason: 'length' },
    ]);
  });

  it.each(['openai', 'ollama'] as const)('%s → chat', (upstream) => {
    const plain =
      upstream === 'openai'
        ? sse(chunk({ reasoning_content: 't' }), chunk({ content: 'a' }, 'stop'), USAGE_CHUNK, '[DONE]')
        : ndjson(said({ thinking: 't' }), said({ content: 'a' }), OLLAMA_END);
    expect(parseSse(run(open('to chat', upstream), [Buffer.from(plain)]).out)).toEqual([
      { delta: { content: '', thinking: 't' } },
      { delta: { content: 'a' } },
      {
        done: true,
        finish_reason: 'stop',
        usage: USAGE,
        assignment: {
          route_id: 'support',
          reason: 'rule',
          bucket: 89,
          assigned_model_id: 'm1',
          fallback: null,
          config_version: 7,
        },
      },
    ]);
  });

  it('takes a finish reason for the end where a server sends no [DONE]', () => {
    const { out } = run(open('to chat', 'openai'), [Buffer.from(sse(chunk({ content: 'a' }, 'stop')))]);
    expect(parseSse(out)).toMatchObject([{ delta: { content: 'a' } }, { done: true, usage: null }]);
  });

  it.each<[kind: Kind, upstream: 'ollama' | 'openai', stream: string]>([
    ['to openai', 'ollama', ndjson(said({ content: 'a' }))],
    ['to ollama', 'openai', sse(chunk({ content: 'a' }))],
    ['to chat', 'openai', sse(chunk({ content: 'a' }))],
    ['to chat', 'ollama', ndjson(said({ content: 'a' }))],
  ])('%s from %s never makes an end up', (kind, upstream, stream) => {
    const { out, state } = run(open(kind, upstream), [Buffer.from(stream)]);
    expect(state.terminal).toBe(false);
    expect(out).not.toMatch(/DONE|"done":true|"finish_reason":"/);
    expect(out).toContain('"content":"a"');
  });

  it.each<[kind: Kind, upstream: 'ollama' | 'openai', stream: string]>([
    ['to openai', 'ollama', ndjson(said({ content: 'a' }), { error: 'boom' }, OLLAMA_END)],
    ['to ollama', 'openai', sse(chunk({ content: 'a' }), { error: { message: 'boom' } }, '[DONE]')],
    ['to chat', 'openai', `${sse(chunk({ content: 'a' }))}error: {"message":"boom"}\n\n${sse('[DONE]')}`],
  ])(
    '%s from %s keeps an in-stream error for the pipeline and writes nothing after it',
    (kind, upstream, stream) => {
      const { out, state } = run(open(kind, upstream), [Buffer.from(stream)]);
      expect(state).toMatchObject({ terminal: false, error: { message: 'boom' } });
      expect(out).not.toMatch(/boom|DONE|"done":true/);
    },
  );

  it('reports tool arguments that are no JSON, unless the answer was cut at its limit', () => {
    const call = { index: 0, id: 'c', function: { name: 'f', arguments: '{"a":' } };
    const broken = sse(chunk({ tool_calls: [call] }), chunk({}, 'tool_calls'), '[DONE]');
    const first = run(open('to ollama', 'openai'), [Buffer.from(broken)]);
    expect(first.state.error?.message).toMatch(/tool "f" has arguments that are no JSON object/);
    expect(first.out).toBe('');
    const cut = sse(chunk({ tool_calls: [call] }), chunk({}, 'length'), '[DONE]');
    expect(parseLines(run(open('to ollama', 'openai'), [Buffer.from(cut)]).out)).toMatchObject([
      { done: true, done_reason: 'length' },
    ]);
  });
});
