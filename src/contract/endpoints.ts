import Type, { type TSchema } from 'typebox';
import { ChatAnswer, ChatError, ChatRequest, FeedbackRequest, SessionEndRequest } from './chat.ts';
import { SessionAnswer, SignedIn, SignIn } from './console-session.ts';
import { strict } from './fields.ts';

/** One endpoint outside the admin API, as `openapi.json` tells it. */
export interface Endpoint {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly tag: 'Chat' | 'OpenAI' | 'Ollama' | 'Service';
  readonly summary: string;
  readonly body?: TSchema;
  readonly status?: 202;
  /** Schema of the answer; absent where another project's documentation holds. */
  readonly answer?: TSchema;
  /** Schema of errors. */
  readonly error?: TSchema;
  readonly contentType?: string;
}

/** Bodies of other protocols: what Sluice reads of them; everything else is forwarded untouched. */
const Foreign = (properties: Record<string, TSchema>) =>
  Type.Object(properties, { additionalProperties: true });
const Messages = Type.Array(Type.Unknown());
const OpenAiChat = Foreign({
  model: Type.Optional(
    Type.String({ description: 'a route id, an alias, a model id, or anything (default route)' }),
  ),
  messages: Messages,
  stream: Type.Optional(Type.Boolean({ default: false })),
  user: Type.Optional(Type.String({ description: 'one of the places in which the user id is looked for' })),
});
const OllamaChat = Foreign({
  model: Type.Optional(Type.String()),
  messages: Type.Optional(Messages),
  stream: Type.Optional(Type.Boolean({ default: true })),
});
const OllamaGenerate = Foreign({
  model: Type.Optional(Type.String()),
  prompt: Type.Optional(Type.String()),
  stream: Type.Optional(Type.Boolean({ default: true })),
});
const Embed = Foreign({ model: Type.Optional(Type.String()), input: Type.Optional(Type.Unknown()) });

const OpenAiError = strict({
  error: strict({ message: Type.String(), type: Type.String(), param: Type.Unknown(), code: Type.Unknown() }),
});
const OllamaError = strict({ error: Type.String() });
const Accepted = strict({ status: Type.Literal('accepted') });
const Ndjson = 'application/x-ndjson';

const openAi = { tag: 'OpenAI', error: OpenAiError } as const;
const ollama = { tag: 'Ollama', error: OllamaError } as const;
const own = { tag: 'Chat', error: ChatError } as const;
const service = { tag: 'Service', method: 'get' } as const;

/** Every endpoint that is not an operation of the admin API. */
export const ENDPOINTS: readonly Endpoint[] = [
  {
    ...own,
    method: 'post',
    path: '/v1/chat',
    summary: 'One answer, or a stream of pieces',
    body: ChatRequest,
    answer: ChatAnswer,
  },
  {
    ...own,
    method: 'post',
    path: '/v1/feedback',
    summary: 'Say how a request or a session went',
    body: FeedbackRequest,
    status: 202,
    answer: Accepted,
  },
  {
    ...own,
    method: 'post',
    path: '/v1/sessions/{session_id}/end',
    summary: 'Say that a session is over',
    body: SessionEndRequest,
    status: 202,
    answer: Accepted,
  },
  { ...openAi, method: 'post', path: '/v1/chat/completions', summary: 'As OpenAI', body: OpenAiChat },
  { ...openAi, method: 'post', path: '/v1/embeddings', summary: 'As OpenAI', body: Embed },
  { ...openAi, method: 'get', path: '/v1/models', summary: 'Routes, aliases and, where allowed, models' },
  { ...openAi, method: 'get', path: '/v1/models/{id}', summary: 'One of them' },
  {
    ...ollama,
    method: 'post',
    path: '/api/chat',
    summary: 'As Ollama',
    body: OllamaChat,
    contentType: Ndjson,
  },
  {
    ...ollama,
    method: 'post',
    path: '/api/generate',
    summary: 'As Ollama',
    body: OllamaGenerate,
    contentType: Ndjson,
  },
  { ...ollama, method: 'post', path: '/api/embed', summary: 'As Ollama', body: Embed },
  { ...ollama, method: 'post', path: '/api/embeddings', summary: 'As Ollama', body: Embed },
  { ...ollama, method: 'get', path: '/api/tags', summary: 'Routes, aliases and, where allowed, models' },
  {
    ...ollama,
    method: 'post',
    path: '/api/show',
    summary: 'As Ollama',
    body: Foreign({ model: Type.Optional(Type.String()) }),
  },
  { ...ollama, method: 'get', path: '/api/ps', summary: 'As Ollama' },
  { ...ollama, method: 'get', path: '/api/version', summary: 'As Ollama' },
  {
    ...service,
    path: '/',
    summary: 'Says "Ollama is running"; a browser goes to the console',
    contentType: 'text/plain',
  },
  { ...service, path: '/healthz', summary: 'The process lives' },
  { ...service, path: '/readyz', summary: 'Requests can be served; 503 while they cannot' },
  {
    ...service,
    path: '/admin/v1/sign-in',
    summary: 'Who is signed in to the console by its cookie; null for nobody',
    answer: SignedIn,
  },
  {
    ...service,
    method: 'post',
    path: '/admin/v1/sign-in',
    summary: 'Sign in to the console: a key becomes a cookie for the admin API',
    body: SignIn,
    answer: SessionAnswer,
  },
  {
    ...service,
    path: '/metrics',
    summary: 'Figures for Prometheus; models and routes by id, never users',
    contentType: 'text/plain',
  },
  { ...service, path: '/version', summary: 'Version of Sluice' },
  { ...service, path: '/openapi.json', summary: 'This document' },
  { ...service, path: '/docs', summary: 'This document, to be read', contentType: 'text/html' },
  { ...service, path: '/console/', summary: 'The console', contentType: 'text/html' },
];
