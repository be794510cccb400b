import type { Model } from '../domain/config.ts';
import type { Endpoint, InboundProtocol, PreparedCall, RawBody, RequestOutline } from './wire/wire.ts';

export type EmbedEndpoint = 'openai_embeddings' | 'ollama_embed' | 'ollama_embeddings';

/** What the pipeline serves: the chat endpoints of `wire/`, and the embedding endpoints, which have no user. */
export interface DataInbound {
  readonly endpoint: Endpoint | EmbedEndpoint;
  readonly protocol: InboundProtocol;
  /** False for embeddings: no identity, no session, no stand-in model, no event. */
  readonly isChat: boolean;
  outline(body: RawBody): RequestOutline;
  prepare(body: RawBody, model: Model): PreparedCall;
}
