import { OLLAMA_VERSION, openAiModel, psBody, showBody, tagsBody } from './catalogue.ts';
import { answerChat, answerEmbedding, type Call, findModel, parseBody, type World } from './chat.ts';
import type { Protocol } from './chat-dialect.ts';
import { ollamaEmbedBody, ollamaEmbeddingsBody, openAiEmbeddingsBody } from './embedding.ts';
import { ollamaChat, ollamaGenerate } from './ollama-reply.ts';
import { readModelName } from './ollama-request.ts';
import { openAiChat } from './openai-reply.ts';
import { clean, type Playback, whole } from './playback.ts';
import { errorReply, JSON_TYPE, Refusal } from './refusal.ts';
import { preciseNowMs } from './request-log.ts';

export interface Endpoint {
  readonly protocol: Protocol;
  readonly method: 'GET' | 'POST';
  readonly answer: (world: World, call: Call) => Playback;
}

const plain = (body: string, status = 200): Playback =>
  clean(whole({ status, contentType: 'text/plain; charset=utf-8', body }));
const json = (protocol: Protocol, body: object): Playback =>
  clean(whole({ status: 200, contentType: JSON_TYPE[protocol], body: JSON.stringify(body) }));
const get = (protocol: Protocol, answer: Endpoint['answer']): Endpoint => ({
  protocol,
  method: 'GET',
  answer,
});
const post = (protocol: Protocol, answer: Endpoint['answer']): Endpoint => ({
  protocol,
  method: 'POST',
  answer,
});

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/': get('ollama', () => plain('Ollama is running')),
  '/api/version': get('ollama', () => json('ollama', { version: OLLAMA_VERSION })),
  '/api/tags': get('ollama', ({ shelf }) => json('ollama', tagsBody(shelf.models))),
  '/api/ps': get('ollama', ({ shelf }) => json('ollama', psBody(shelf.loaded(preciseNowMs())))),
  '/api/show': post('ollama', ({ shelf }, { body }) => {
    const name = readModelName(parseBody('ollama', body));
    return json('ollama', showBody(findModel(shelf, 'ollama', name)));
  }),
  '/api/chat': post('ollama', (world, call) => answerChat(world, ollamaChat, call)),
  '/api/generate': post('ollama', (world, call) => answerChat(world, ollamaGenerate, call)),
  '/api/embed': post('ollama', (world, call) =>
    answerEmbedding(world, 'ollama', { call, render: ollamaEmbedBody }),
  ),
  '/api/embeddings': post('ollama', (world, call) =>
    answerEmbedding(world, 'ollama', { call, render: ollamaEmbeddingsBody }),
  ),
  '/health': get('openai', () => plain('')),
  '/v1/models': get('openai', ({ shelf }) =>
    json('openai', { object: 'list', data: shelf.models.map(openAiModel) }),
  ),
  '/v1/chat/completions': post('openai', (world, call) => answerChat(world, openAiChat, call)),
  '/v1/embeddings': post('openai', (world, call) =>
    answerEmbedding(world, 'openai', { call, render: openAiEmbeddingsBody }),
  ),
};

const MODEL_PREFIX = '/v1/models/';

/** The endpoint at a path, among those of the protocols that are served; null when there is none. */
export function endpointAt(path: string, protocols: readonly Protocol[]): Endpoint | null {
  const endpoint = path.startsWith(MODEL_PREFIX) ? oneModel(path) : ENDPOINTS[path];
  return endpoint && protocols.includes(endpoint.protocol) ? endpoint : null;
}

function oneModel(path: string): Endpoint {
  return get('openai', ({ shelf }) => {
    const raw = path.slice(MODEL_PREFIX.length);
    let name = raw;
    try {
      name = decodeURIComponent(raw);
    } catch {
      // A stray percent sign: no model is called so, and the 404 shows what was asked.
    }
    return json('openai', openAiModel(findModel(shelf, 'openai', name)));
  });
}

/** What gin, or FastAPI, answers to a path or method that it does not have. */
export function notServed(protocols: readonly Protocol[], status: 404 | 405): Playback {
  const words = status === 404 ? 'Not Found' : 'Method Not Allowed';
  if (protocols.includes('ollama'))
    return plain(status === 404 ? '404 page not found' : '405 method not allowed', status);
  return clean(whole({ status, contentType: 'application/json', body: JSON.stringify({ detail: words }) }));
}

/** Runs an endpoint; a refusal becomes the protocol's error. */
export function runEndpoint({ protocol, answer }: Endpoint, world: World, call: Call): Playback {
  try {
    return answer(world, call);
  } catch (error) {
    if (error instanceof Refusal) return clean(errorReply(protocol, error));
    throw error;
  }
}
