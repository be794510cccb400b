import { expect } from 'vitest';
import type { Model } from '../src/domain/config.ts';
import { inbounds } from '../src/gateway/wire/inbounds.ts';
import { readRawBody } from '../src/gateway/wire/raw-body.ts';
import type { AnswerMeta, AnswerRelay, Endpoint, PreparedCall, TapState } from '../src/gateway/wire/wire.ts';
import { modelOf } from './config-fixture.ts';

export const META: AnswerMeta = {
  requestId: 'req_1',
  sessionId: 'ses_1',
  modelId: 'm1',
  upstreamModel: 'qwen3:32b',
  createdAtMs: 1_700_000_000_000,
  assignment: {
    routeId: 'support',
    reason: 'rule',
    bucket: 89,
    assignedModelId: 'm1',
    fallback: null,
    configVersion: 7,
  },
};

export type Kind =
  | 'tap'
  | 'tap generate'
  | 'usage filter'
  | 'to openai'
  | 'to ollama'
  | 'to generate'
  | 'to chat';

export const OPENAI = modelOf('m1', { protocol: 'openai', baseUrl: 'http://127.0.0.1:8000/v1' });
export const OLLAMA = modelOf('m1');
export const TALK = { messages: [{ role: 'user', content: 'hi' }] };

/** A relay made as the pipeline makes it: by an endpoint, for a body and a model. */
export function open(kind: Kind, upstream: 'ollama' | 'openai', more: object = {}): AnswerRelay {
  const endpoints: Record<Kind, Endpoint> = {
    tap: upstream === 'ollama' ? 'ollama_chat' : 'openai_chat',
    'tap generate': 'ollama_generate',
    'usage filter': 'openai_chat',
    'to openai': 'openai_chat',
    'to ollama': 'ollama_chat',
    'to generate': 'ollama_generate',
    'to chat': 'chat',
  };
  const asked = kind.endsWith('generate') ? { prompt: 'hi' } : TALK;
  const body = readRawBody(Buffer.from(JSON.stringify({ ...asked, stream: true, ...more })));
  const model = { ...(upstream === 'ollama' ? OLLAMA : OPENAI), injectUsage: kind === 'usage filter' };
  return inbounds[endpoints[kind]].prepare(body, model).openRelay(META);
}

export function run(relay: AnswerRelay, chunks: readonly Buffer[]): { out: string; state: TapState } {
  const pieces = [...chunks.map((bytes) => relay.push(bytes)), relay.end()];
  return {
    out: Buffer.concat(pieces.filter((piece) => piece !== null)).toString('latin1'),
    state: relay.state,
  };
}

export const ndjson = (...frames: readonly (object | string)[]): string =>
  frames.map((frame) => `${typeof frame === 'string' ? frame : JSON.stringify(frame)}\n`).join('');
export const sse = (...frames: readonly (object | string)[]): string =>
  frames.map((frame) => `data: ${typeof frame === 'string' ? frame : JSON.stringify(frame)}\n\n`).join('');

export const said = (message: object): object => ({
  model: 'qwen3:32b',
  created_at: '2025-01-01T00:00:00.1Z',
  message: { role: 'assistant', content: '', ...message },
  done: false,
});
export const OLLAMA_END = {
  ...said({}),
  done: true,
  done_reason: 'stop',
  prompt_eval_count: 30,
  eval_count: 45,
};
export const chunk = (delta: object, finish: string | null = null, more: object = {}): object => ({
  id: 'chatcmpl-9',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'qwen3',
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
});
export const USAGE = { prompt_tokens: 30, completion_tokens: 45, total_tokens: 75 };
export const USAGE_CHUNK = { ...chunk({}), choices: [], usage: USAGE };

export const OLLAMA_STREAM = ndjson(
  said({ thinking: '思' }),
  said({ content: 'Hé' }),
  said({ content: '好😀\n"x"' }),
  said({ tool_calls: [{ function: { name: 'weather', arguments: { city: '北京' } } }] }),
  OLLAMA_END,
);
export const OPENAI_STREAM = sse(
  chunk({ role: 'assistant', content: null }),
  chunk({ reasoning: '思' }),
  chunk({ content: 'Hé' }),
  chunk({ content: '好😀\n"x"' }),
  chunk({
    tool_calls: [{ index: 0, id: 'call_a', type: 'function', function: { name: 'weather', arguments: '' } }],
  }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '"北京"}' } }] }),
  chunk({}, 'tool_calls'),
  USAGE_CHUNK,
  '[DONE]',
);

export const parseSse = (out: string): unknown[] =>
  Buffer.from(out, 'latin1')
    .toString()
    .split('\n\n')
    .filter(Boolean)
    .map((event) => {
      expect(event.startsWith('data: ')).toBe(true);
      return event === 'data: [DONE]' ? '[DONE]' : JSON.parse(event.slice(6));
    });
export const parseLines = (out: string): unknown[] =>
  Buffer.from(out, 'latin1')
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** The call that an endpoint makes of a body for a model, as the pipeline would have it made. */
export function prepareCall(endpoint: Endpoint, body: object, model: Model): PreparedCall {
  const raw = readRawBody(Buffer.from(JSON.stringify(body)));
  inbounds[endpoint].outline(raw);
  return inbounds[endpoint].prepare(raw, model);
}

/** The parsed body that goes to the model server. */
export function sentBody(endpoint: Endpoint, body: object, model: Model): unknown {
  return JSON.parse(prepareCall(endpoint, body, model).body.toString());
}

export const USER = { role: 'user', content: 'hi' };
export const PNG = 'iVBORw0KGgoAAAA';
export const TOOL = {
  type: 'function',
  function: { name: 'weather', description: 'd', parameters: { type: 'object' } },
};
export const SCHEMA = { type: 'object', properties: { a: { type: 'string' } } };
