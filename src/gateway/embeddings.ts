import type { Model } from '../domain/config.ts';
import type { DataInbound, EmbedEndpoint } from './data-inbound.ts';
import { Fault } from './fault.ts';
import { newTapState } from './wire/answer.ts';
import { applyPatches, type Edits, memberPatches } from './wire/splice.ts';
import type { AnswerRelay, InboundProtocol, PreparedCall, RawBody, RequestOutline } from './wire/wire.ts';

/** Sluice's own fields, which no model server gets to see. */
const OWN_FIELDS = ['user_id', 'session_id', 'model_id', 'route'] as const;

export const openaiEmbeddings = embedInbound('openai_embeddings', 'openai');
export const ollamaEmbed = embedInbound('ollama_embed', 'ollama');
export const ollamaEmbeddings = embedInbound('ollama_embeddings', 'ollama');

function embedInbound(endpoint: EmbedEndpoint, protocol: InboundProtocol): DataInbound {
  return {
    endpoint,
    protocol,
    isChat: false,
    outline,
    prepare: (body, model) => prepare(endpoint, body, model),
  };
}

function outline({ json }: RawBody): RequestOutline {
  return {
    model: textOf(json, 'model'),
    overrideModelId: textOf(json, 'model_id'),
    route: textOf(json, 'route'),
    stream: false,
    systemText: '',
    firstUserText: '',
    userMessages: 0,
    assistantMessages: 0,
    endsWithUser: false,
  };
}

function textOf(json: RawBody['json'], key: string): string | null {
  const value = json[key];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') throw new Fault('bad_request', `${key} must be a string`, { param: key });
  return value;
}

/** Ollama serves all three paths; an OpenAI server the first, and `/api/embed` in its words. */
function prepare(endpoint: EmbedEndpoint, body: RawBody, model: Model): PreparedCall {
  if (endpoint === 'openai_embeddings') {
    return call(
      model.protocol === 'openai' ? '/embeddings' : '/v1/embeddings',
      forwarded(body, model),
      passOn,
    );
  }
  if (model.protocol === 'ollama') {
    return call(
      endpoint === 'ollama_embed' ? '/api/embed' : '/api/embeddings',
      forwarded(body, model),
      passOn,
    );
  }
  if (endpoint === 'ollama_embed') {
    const asked = { model: model.upstreamModel, input: body.json.input };
    return call('/embeddings', Buffer.from(JSON.stringify(asked)), (answer) =>
      asOllama(answer, body.json.model),
    );
  }
  const message = `model "${model.id}" speaks the OpenAI protocol, which has no /api/embeddings; use /api/embed or /v1/embeddings`;
  throw new Fault('bad_request', message);
}

function call(path: string, body: Buffer, whole: (answer: Buffer) => Buffer): PreparedCall {
  return {
    path,
    body: [body],
    stream: false,
    contentType: 'application/json',
    dropped: [],
    openRelay: () => relay(whole),
  };
}

/** The body as it came, with the model's own name in it and without Sluice's fields. */
function forwarded(body: RawBody, model: Model): Buffer {
  const edits: Edits = new Map<string, string | null>([
    ['model', JSON.stringify(model.upstreamModel)],
    ...OWN_FIELDS.map((field): [string, null] => [field, null]),
  ]);
  return applyPatches(body.bytes, memberPatches(body, edits));
}

const passOn = (answer: Buffer): Buffer => answer;

function relay(whole: (answer: Buffer) => Buffer): AnswerRelay {
  const state = newTapState();
  return {
    state,
    passThrough: true,
    midFrame: () => false,
    push: () => null,
    end: () => null,
    whole(answer) {
      state.terminal = true;
      return whole(answer);
    },
  };
}

interface OpenaiEmbeddings {
  readonly data: readonly { readonly embedding: readonly number[] }[];
  readonly usage?: { readonly prompt_tokens?: number };
}

function asOllama(answer: Buffer, model: unknown): Buffer {
  let vectors: OpenaiEmbeddings;
  try {
    vectors = JSON.parse(answer.toString('utf8')) as OpenaiEmbeddings;
    const embeddings = vectors.data.map((item) => item.embedding);
    return Buffer.from(
      JSON.stringify({ model, embeddings, prompt_eval_count: vectors.usage?.prompt_tokens }),
    );
  } catch {
    throw new Fault('upstream_error', 'the model server answered with something else than embeddings');
  }
}
