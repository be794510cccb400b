import type { Protocol } from './chat-dialect.ts';
import type { ContextShape, FaultRule, FrameStyle } from './fault-rules.ts';
import { clean, type Piece, type Playback, type Reply, whole } from './playback.ts';
import { errorBody, errorReply, JSON_TYPE, Refusal } from './refusal.ts';
import { isObject } from './schema-value.ts';

export interface FaultTarget {
  readonly protocol: Protocol;
  readonly isStream: boolean;
  readonly contextLength: number;
}

/** Chunks that come before a break, when the rule does not say. */
const DEFAULT_AFTER_CHUNKS = 3;
const RUNNER_DIED =
  'model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, check ollama server logs for details';
const ENGINE_DIED = 'EngineCore encountered an issue. See stack trace (above) for the root cause.';
const OUT_OF_MEMORY = {
  ollama: 'llama runner process has terminated: cudaMalloc failed: out of memory',
  openai:
    'CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 23.65 GiB of which 1.20 GiB is free.',
} as const;
// The two spaces are Ollama's own.
const QUEUE_FULL = {
  ollama: 'server busy, please try again.  maximum pending requests exceeded',
  openai: 'The engine is currently overloaded, please try again later',
} as const;
const RATE_LIMITED = 'Rate limit exceeded, please try again later.';

/** What becomes of a good reply when a fault strikes it. */
export function withFault(reply: Reply, fault: FaultRule | null, target: FaultTarget): Playback {
  const { protocol } = target;
  const refuse = (status: number, message: string): Playback =>
    clean(errorReply(protocol, new Refusal(status, message)));
  switch (fault?.fault) {
    case undefined:
    case 'chatter':
    case 'cold_load':
    case 'slow':
      return clean(reply);
    case 'status_500':
      return refuse(
        fault.status ?? 500,
        fault.message ?? (protocol === 'ollama' ? RUNNER_DIED : ENGINE_DIED),
      );
    case 'out_of_memory':
      return refuse(500, OUT_OF_MEMORY[protocol]);
    case 'queue_full':
      return refuse(503, QUEUE_FULL[protocol]);
    case 'rate_limited':
      return clean(rateLimited(protocol, fault.retry_after_seconds ?? 5));
    case 'context_length':
      return clean(contextReply(target, fault.shape ?? 'llama_400', fault.plain ?? false));
    case 'html':
      return clean(htmlReply(fault.status ?? 502));
    case 'reset_before':
      return { reply: { ...reply, pieces: [] }, ending: 'reset', trickleMs: null };
    case 'hang':
      return { reply: { ...reply, pieces: [] }, ending: 'hang', trickleMs: null };
    case 'reset_mid': {
      const chunks = fault.after_chunks ?? DEFAULT_AFTER_CHUNKS;
      const pieces =
        fault.after_bytes === undefined ? firstChunks(reply, chunks) : firstBytes(reply, fault.after_bytes);
      return { reply: { ...reply, pieces }, ending: 'reset', trickleMs: null };
    }
    case 'hang_mid': {
      const pieces = firstChunks(reply, fault.after_chunks ?? DEFAULT_AFTER_CHUNKS);
      return { reply: { ...reply, pieces }, ending: 'hang', trickleMs: null };
    }
    case 'trickle':
      return { reply, ending: 'clean', trickleMs: fault.every_ms ?? 1000 };
    case 'truncated':
      return clean(truncatedReply(reply, target, fault.after_chunks));
    case 'error_frame': {
      const message = fault.message ?? (protocol === 'ollama' ? RUNNER_DIED : ENGINE_DIED);
      return clean(
        errorFrameReply(reply, target, { message, style: fault.style, after: fault.after_chunks ?? 0 }),
      );
    }
  }
}

function rateLimited(protocol: Protocol, retryAfterSeconds: number): Reply {
  const reply = errorReply(protocol, new Refusal(429, RATE_LIMITED));
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(retryAfterSeconds) } };
}

/** What a proxy in between answers: nginx's page, whatever the protocol. */
function htmlReply(status: number): Reply {
  const title = status === 200 ? 'Welcome to nginx!' : `${status} Bad Gateway`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
  return whole({ status, contentType: 'text/html', body });
}

/** llama.cpp's own object; Ollama hands it on as a text inside its `error` unless `plain`. */
function contextReply(
  { protocol, contextLength: n }: FaultTarget,
  shape: ContextShape,
  plain: boolean,
): Reply {
  const tokens = n + 294;
  if (shape === 'vllm') {
    const message = `This model's maximum context length is ${n} tokens. However, your request has ${tokens} input tokens. Please reduce the length of the input messages.`;
    return errorReply(protocol, new Refusal(400, message));
  }
  if (shape === 'ollama') {
    const message =
      'the prompt is longer than the context length currently available to the model; shorten the prompt, or raise num_ctx';
    return errorReply(protocol, new Refusal(400, message));
  }
  const error =
    shape === 'llama_500'
      ? { code: 500, message: 'Context size has been exceeded.', type: 'server_error' }
      : {
          code: 400,
          message: `request (${tokens} tokens) exceeds the available context size (${n} tokens), try increasing it`,
          type: 'exceed_context_size_error',
          n_prompt_tokens: tokens,
          n_ctx: n,
        };
  const inner = JSON.stringify({ error });
  const body = protocol === 'ollama' && !plain ? JSON.stringify({ error: inner }) : inner;
  return whole({ status: error.code, contentType: JSON_TYPE[protocol], body });
}

/** The first chunks, never the end marker; of an answer in one piece, its first half. */
function firstChunks(reply: Reply, count: number): Piece[] {
  const content = reply.pieces.filter(({ terminal }) => !terminal);
  const [only] = content;
  if (reply.pieces.length === 1 && only)
    return count === 0 ? HEAD_ONLY : firstBytes(reply, only.bytes.length >> 1);
  return count === 0 ? HEAD_ONLY : content.slice(0, count);
}

/** Status and headers leave, no byte of the body does. */
const HEAD_ONLY: Piece[] = [{ bytes: Buffer.alloc(0), delayMs: 0, terminal: false }];

function firstBytes(reply: Reply, count: number): Piece[] {
  let left = count;
  const pieces: Piece[] = [];
  for (const piece of reply.pieces) {
    if (left <= 0) break;
    pieces.push({ ...piece, bytes: piece.bytes.subarray(0, left) });
    left -= piece.bytes.length;
  }
  return pieces.length === 0 ? HEAD_ONLY : pieces;
}

/** A clean end without the end marker. Not streamed: Ollama says `done: false`, OpenAI has no finish reason. */
function truncatedReply(reply: Reply, { isStream }: FaultTarget, afterChunks: number | undefined): Reply {
  const [only] = reply.pieces;
  if (isStream || !only)
    return { ...reply, pieces: firstChunks(reply, afterChunks ?? Number.POSITIVE_INFINITY) };
  const json: unknown = JSON.parse(only.bytes.toString());
  if (!isObject(json)) return reply;
  const choices = Array.isArray(json.choices) ? json.choices.filter(isObject) : null;
  const { done_reason: _, ...rest } = json;
  const cut = choices
    ? { ...json, choices: choices.map((choice) => ({ ...choice, finish_reason: null })) }
    : { ...rest, done: false };
  const contentType = reply.headers['content-type'] ?? 'application/json';
  return whole({ status: 200, contentType, body: JSON.stringify(cut), delayMs: only.delayMs });
}

function errorFrameReply(
  reply: Reply,
  { protocol, isStream }: FaultTarget,
  { message, style, after }: { message: string; style: FrameStyle | undefined; after: number },
): Reply {
  const body = errorBody(protocol, new Refusal(500, message));
  if (!isStream) return whole({ status: 200, contentType: JSON_TYPE[protocol], body });
  const before = after === 0 ? [] : firstChunks(reply, after);
  const text = protocol === 'ollama' ? `${body}\n` : sseError(body, style ?? 'llama');
  const delayMs = before.length === 0 ? (reply.pieces[0]?.delayMs ?? 0) : 0;
  return { ...reply, pieces: [...before, { bytes: Buffer.from(text), delayMs, terminal: true }] };
}

function sseError(body: string, style: FrameStyle): string {
  if (style === 'llama_field') return `error: ${body.slice('{"error":'.length, -1)}\n\ndata: [DONE]\n\n`;
  return style === 'vllm' ? `data: ${body}\n\ndata: [DONE]\n\n` : `data: ${body}\n\n`;
}
