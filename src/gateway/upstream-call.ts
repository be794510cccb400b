import type { Model } from '../domain/config.ts';
import type { UpstreamCall } from '../ports/upstream.ts';
import type { Exchange } from './exchange.ts';
import type { PreparedCall } from './wire/wire.ts';

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-[\x21-\x7e]{0,256})?$/;
const ACCEPTS = {
  openai: { stream: 'text/event-stream, application/json', whole: 'application/json' },
  ollama: { stream: 'application/x-ndjson, application/json', whole: 'application/json' },
} as const;

/** The request as the model server gets it. */
export function upstreamCall(x: Exchange, model: Model, prepared: PreparedCall): UpstreamCall {
  return {
    baseUrl: model.baseUrl,
    path: prepared.path,
    method: 'POST',
    headers: upstreamHeaders(x, model, prepared.stream),
    body: prepared.body,
    connectTimeoutMs: model.connectTimeoutMs,
  };
}

/** All that a model server gets to see besides the body. What is not named here is never forwarded. */
function upstreamHeaders(x: Exchange, model: Model, isStream: boolean): string[] {
  const accepts = ACCEPTS[model.protocol];
  const headers = [
    'content-type',
    'application/json',
    'accept',
    isStream ? accepts.stream : accepts.whole,
    'accept-encoding',
    'identity',
    'user-agent',
    x.services.userAgent,
    'x-request-id',
    x.requestId,
  ];
  if (model.apiKey !== null) headers.push('authorization', `Bearer ${model.apiKey}`);
  const { traceparent } = x.client.headers;
  if (typeof traceparent === 'string' && TRACEPARENT.test(traceparent))
    headers.push('traceparent', traceparent);
  return headers;
}
