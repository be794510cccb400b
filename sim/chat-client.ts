import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { isObject } from './schema-value.ts';

export type ClientProtocol = 'chat' | 'openai' | 'ollama';
export type Outcome = 'ok' | 'http_error' | 'stream_error' | 'truncated' | 'connection' | 'abandoned';

export interface ChatMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

export interface AskOptions {
  readonly agent: Agent;
  /** Base address without a path. */
  readonly url: string;
  readonly key: string | null;
  readonly protocol: ClientProtocol;
  readonly stream: boolean;
  /** What OpenAI and Ollama clients send as `model`. */
  readonly model: string;
  readonly userId: string;
  /** Only Sluice's own protocol sends one; the others rely on being recognised. */
  readonly sessionId: string;
  readonly messages: readonly ChatMessage[];
  /** The user leaves after so long; null stays to the end. */
  readonly leaveAfterMs: number | null;
}

export interface Asked {
  readonly status: number | null;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly outcome: Outcome;
  readonly latencyMs: number;
  /** To the first piece of text of a stream; null when there was none. */
  readonly ttftMs: number | null;
}

const PATHS = { chat: '/v1/chat', openai: '/v1/chat/completions', ollama: '/api/chat' } as const;
/** Longer than any time limit of a gateway in between. */
const PATIENCE_MS = 10 * 60_000;
/** Text beyond it is read but not kept. */
const MAX_TEXT_CHARS = 256 * 1024;

/** One chat request as a real client of the protocol makes it. Never rejects. */
export function ask(options: AskOptions): Promise<Asked> {
  const { protocol, stream } = options;
  const startMs = performance.now();
  const reader = createReader(protocol, stream);
  const body = Buffer.from(JSON.stringify(requestBody(options)));
  return new Promise((resolve) => {
    let response: IncomingMessage | null = null;
    let ttftMs: number | null = null;
    const finish = (outcome: Outcome): void => {
      clearTimeout(leaveTimer);
      resolve({
        status: response?.statusCode ?? null,
        headers: response?.headers ?? {},
        text: reader.text(),
        outcome,
        latencyMs: performance.now() - startMs,
        ttftMs,
      });
      // After a full answer this frees nothing; after a failure it closes the connection.
      if (outcome !== 'ok' && outcome !== 'http_error') req.destroy();
    };
    const leaveTimer = setTimeout(
      () => finish(options.leaveAfterMs === null ? 'connection' : 'abandoned'),
      options.leaveAfterMs ?? PATIENCE_MS,
    );
    const req = request(
      options.url + PATHS[protocol],
      { method: 'POST', agent: options.agent, headers: requestHeaders(options, body.length) },
      (res) => {
        response = res;
        res.setEncoding('utf8');
        res.on('data', (part: string) => {
          reader.push(part);
          if (ttftMs === null && stream && reader.text() !== '') ttftMs = performance.now() - startMs;
        });
        res.on('end', () => finish(res.statusCode === 200 ? reader.end() : 'http_error'));
        res.on('error', () => finish('connection'));
      },
    );
    req.on('error', () => finish('connection'));
    req.end(body);
  });
}

/** A small JSON call beside the chat, such as feedback; the answer does not matter. Never rejects. */
export function tell(
  options: Pick<AskOptions, 'agent' | 'url' | 'key'>,
  path: string,
  json: object,
): Promise<void> {
  const body = Buffer.from(JSON.stringify(json));
  return new Promise((resolve) => {
    const { agent } = options;
    const headers = baseHeaders(options.key, body.length);
    const req = request(
      options.url + path,
      { method: 'POST', agent, headers, timeout: PATIENCE_MS },
      (res) => {
        res.resume();
        res.on('close', resolve);
      },
    );
    req.on('error', () => resolve());
    req.end(body);
  });
}

function requestBody({ protocol, stream, model, userId, sessionId, messages }: AskOptions): object {
  if (protocol === 'chat') return { messages, user_id: userId, session_id: sessionId, stream };
  return protocol === 'openai' ? { model, messages, stream, user: userId } : { model, messages, stream };
}

function requestHeaders(
  { protocol, key, userId }: AskOptions,
  length: number,
): Record<string, string | number> {
  const base = baseHeaders(key, length);
  // Ollama's protocol has no field for the user.
  return protocol === 'ollama' ? { ...base, 'x-user-id': userId } : base;
}

function baseHeaders(key: string | null, length: number): Record<string, string | number> {
  const common = { 'content-type': 'application/json', 'content-length': length };
  return key === null ? common : { ...common, authorization: `Bearer ${key}` };
}

interface AnswerReader {
  push(part: string): void;
  text(): string;
  end(): Outcome;
}

/** Reads a streamed or whole answer of any of the three protocols. */
function createReader(protocol: ClientProtocol, stream: boolean): AnswerReader {
  let rest = '';
  let text = '';
  let isTerminal = false;
  let hasError = false;

  const take = (line: string): void => {
    const data = line.startsWith('data:') ? line.slice(5).trim() : line.trim();
    if (data === '' || data === '[DONE]' || data.startsWith(':')) return;
    const json = parse(data);
    if (json === null || 'error' in json) {
      hasError = true;
      return;
    }
    const choice = Array.isArray(json.choices) ? json.choices[0] : null;
    const from = protocol === 'openai' ? (isObject(choice) ? choice : {}) : json;
    const said = from.delta ?? from.message;
    const piece = isObject(said) && typeof said.content === 'string' ? said.content : '';
    if (text.length < MAX_TEXT_CHARS) text += piece;
    // A whole answer of Sluice's own protocol and of OpenAI's carries a finish reason, a whole one of Ollama's `done`.
    if (from.done === true || (typeof from.finish_reason === 'string' && from.finish_reason !== ''))
      isTerminal = true;
  };

  return {
    push: (part) => {
      rest += part;
      if (!stream) return;
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) take(line);
    },
    text: () => text,
    end: () => {
      if (rest.trim() !== '') take(rest);
      return hasError ? 'stream_error' : isTerminal ? 'ok' : 'truncated';
    },
  };
}

function parse(data: string): Readonly<Record<string, unknown>> | null {
  try {
    const json: unknown = JSON.parse(data);
    return isObject(json) ? json : null;
  } catch {
    return null;
  }
}
