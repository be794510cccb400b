import type { Protocol } from './chat-dialect.ts';
import { type Reply, whole } from './playback.ts';

/** A request that the model server answers with an error status. */
export class Refusal extends Error {
  readonly status: number;
  /** OpenAI side: the field at fault. */
  readonly param: string | null;

  constructor(status: number, message: string, param: string | null = null) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.param = param;
  }
}

/** vLLM's names for statuses. */
const TYPES: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  401: 'AuthenticationError',
  404: 'NotFoundError',
  422: 'UnprocessableEntityError',
  429: 'RateLimitError',
  501: 'NotImplementedError',
  503: 'ServiceUnavailableError',
};

export const JSON_TYPE = { ollama: 'application/json; charset=utf-8', openai: 'application/json' } as const;

/** An error body in the protocol's shape: Ollama's single string, or vLLM's object whose `code` is a number. */
export function errorBody(protocol: Protocol, { status, message, param }: Refusal): string {
  if (protocol === 'ollama') return JSON.stringify({ error: message });
  const type = TYPES[status] ?? 'InternalServerError';
  return JSON.stringify({ error: { message, type, param, code: status } });
}

export function errorReply(protocol: Protocol, refusal: Refusal): Reply {
  const body = errorBody(protocol, refusal);
  return whole({ status: refusal.status, contentType: JSON_TYPE[protocol], body });
}
