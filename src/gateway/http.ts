import type { ServerOptions } from 'node:http';
import type { DataInbound } from './data-inbound.ts';
import { ollamaEmbed, ollamaEmbeddings, openaiEmbeddings } from './embeddings.ts';
import { inbounds } from './wire/inbounds.ts';
import type { Endpoint, InboundProtocol } from './wire/wire.ts';

/** How the listening server is made: limits that keep a slow or hostile client from holding a connection. */
export const SERVER_OPTIONS: ServerOptions = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000, // otherwise the two limits above act up to 30 s late
  keepAliveTimeout: 75_000, // above the 60 s of common load balancers, so that they, not we, close first
  noDelay: true,
};

export type ListingKind =
  | 'openai_models'
  | 'openai_model'
  | 'ollama_tags'
  | 'ollama_show'
  | 'ollama_ps'
  | 'ollama_version';

/** What stands behind a path of the data plane. */
export type Target =
  | {
      readonly kind: 'request';
      readonly method: 'POST';
      readonly protocol: InboundProtocol;
      readonly inbound: DataInbound;
    }
  | {
      readonly kind: 'listing';
      readonly method: 'GET' | 'POST';
      readonly protocol: InboundProtocol;
      readonly listing: ListingKind;
      /** The model that the path names. */
      readonly name: string | null;
    }
  | { readonly kind: 'feedback'; readonly method: 'POST'; readonly protocol: 'chat' }
  | {
      readonly kind: 'session_end';
      readonly method: 'POST';
      readonly protocol: 'chat';
      readonly sessionId: string;
    }
  | { readonly kind: 'forbidden'; readonly method: 'POST'; readonly protocol: 'ollama' };

const chat = (endpoint: Endpoint): Target => {
  const inbound: DataInbound = { ...inbounds[endpoint], isChat: true };
  return { kind: 'request', method: 'POST', protocol: inbound.protocol, inbound };
};
const embed = (inbound: DataInbound): Target => {
  return { kind: 'request', method: 'POST', protocol: inbound.protocol, inbound };
};
const listing = (method: 'GET' | 'POST', protocol: InboundProtocol, of: ListingKind): Target => {
  return { kind: 'listing', method, protocol, listing: of, name: null };
};
const FORBIDDEN: Target = { kind: 'forbidden', method: 'POST', protocol: 'ollama' };

const TARGETS: ReadonlyMap<string, Target> = new Map([
  ['/v1/chat/completions', chat('openai_chat')],
  ['/v1/chat', chat('chat')],
  ['/api/chat', chat('ollama_chat')],
  ['/api/generate', chat('ollama_generate')],
  ['/v1/embeddings', embed(openaiEmbeddings)],
  ['/api/embed', embed(ollamaEmbed)],
  ['/api/embeddings', embed(ollamaEmbeddings)],
  ['/v1/models', listing('GET', 'openai', 'openai_models')],
  ['/api/tags', listing('GET', 'ollama', 'ollama_tags')],
  ['/api/show', listing('POST', 'ollama', 'ollama_show')],
  ['/api/ps', listing('GET', 'ollama', 'ollama_ps')],
  ['/api/version', listing('GET', 'ollama', 'ollama_version')],
  ['/v1/feedback', { kind: 'feedback', method: 'POST', protocol: 'chat' }],
  // What changes a model server: never forwarded.
  ...['pull', 'push', 'create', 'copy', 'delete'].map((verb): [string, Target] => [
    `/api/${verb}`,
    FORBIDDEN,
  ]),
]);

const SESSION_END = /^\/v1\/sessions\/([^/]+)\/end$/;
const MODELS = '/v1/models/';
const BLOBS = '/api/blobs/';

/** What a request's target means; null when the path is none of the data plane's. */
export function targetOf(url: string): Target | null {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  const exact = TARGETS.get(path);
  if (exact) return exact;
  if (path.startsWith(MODELS)) {
    // The name of a model may hold slashes: `Qwen/Qwen3-32B`.
    const name = decoded(path.slice(MODELS.length));
    return { kind: 'listing', method: 'GET', protocol: 'openai', listing: 'openai_model', name };
  }
  const session = SESSION_END.exec(path)?.[1];
  if (session !== undefined) {
    return { kind: 'session_end', method: 'POST', protocol: 'chat', sessionId: decoded(session) };
  }
  return path.startsWith(BLOBS) ? FORBIDDEN : null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
