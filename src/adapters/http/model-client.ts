import { type Dispatcher, request } from 'undici';
import type { Model } from '../../domain/config.ts';
import { classifyUpstream, type ErrorClass } from '../../domain/error-class.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CallReport, ModelClient } from '../../ports/model-client.ts';

/** Answers of more than this are not read on: a check needs to know that the model speaks, not what. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const MAX_ANSWER_TOKENS = 16;
const QUESTION = 'Reply with the single word: ready';

export function createModelClient(options: { clock: Clock; version: string }): ModelClient {
  const { clock, version } = options;
  return {
    async ask(model, stream) {
      const startedMs = clock.monotonicMs();
      let ttftMs: number | null = null;
      const report = (errorClass: ErrorClass | null, message: string | null): CallReport => {
        const latencyMs = clock.monotonicMs() - startedMs;
        return { ok: errorClass === null, latencyMs, ttftMs, errorClass, message };
      };
      try {
        const answer = await post(model, stream, version);
        let text = '';
        for await (const chunk of answer.body) {
          text += chunk;
          if (stream && hasContent(text)) ttftMs ??= clock.monotonicMs() - startedMs;
          if (text.length > MAX_ANSWER_BYTES) break;
        }
        const message = errorIn(text) ?? (answer.statusCode >= 300 ? text.slice(0, 500) : null);
        if (message !== null) {
          const status = answer.statusCode;
          return report(classifyUpstream({ status, message, type: null, code: null }), message);
        }
        if (!hasContent(text)) return report('invalid_response', `no answer in: ${text.slice(0, 200)}`);
        if (stream && !hasTerminal(text))
          return report('truncated', 'the stream ended without its terminal marker');
        return report(null, null);
      } catch (error) {
        return report(...failureOf(error));
      }
    },
  };
}

function post(model: Model, stream: boolean, version: string): Promise<Dispatcher.ResponseData> {
  const ollama = model.protocol === 'ollama';
  const shared = { model: model.upstreamModel, messages: [{ role: 'user', content: QUESTION }], stream };
  const body = ollama
    ? { ...shared, options: { ...model.options, num_predict: MAX_ANSWER_TOKENS } }
    : { ...model.options, ...shared, max_tokens: MAX_ANSWER_TOKENS };
  return request(`${model.baseUrl}${ollama ? '/api/chat' : '/chat/completions'}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': `sluice/${version}`,
      ...(model.apiKey === null ? {} : { authorization: `Bearer ${model.apiKey}` }),
    },
    body: JSON.stringify(body),
    headersTimeout: model.timeoutMs,
    bodyTimeout: model.idleTimeoutMs,
    signal: AbortSignal.timeout(model.timeoutMs),
  });
}

/** Text, thinking or a tool call in either protocol: what shows that a model speaks. */
function hasContent(text: string): boolean {
  return /"(content|thinking|reasoning|reasoning_content)"\s*:\s*"[^"]|"tool_calls"\s*:\s*\[\s*\{/.test(text);
}

function hasTerminal(text: string): boolean {
  return /"done"\s*:\s*true|\[DONE\]|"finish_reason"\s*:\s*"/.test(text);
}

function errorIn(text: string): string | null {
  for (const line of text.split('\n')) {
    const json = line.replace(/^(data|error):\s*/, '').trim();
    if (!json.startsWith('{') || !json.includes('"error"')) continue;
    try {
      const { error } = JSON.parse(json);
      if (typeof error === 'string') return error;
      if (typeof error?.message === 'string') return error.message;
    } catch {
      // not a whole JSON line; the status tells
    }
  }
  return null;
}

function failureOf(error: unknown): [ErrorClass, string] {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const name = error instanceof Error ? error.name : '';
  const message = error instanceof Error && error.message ? error.message : String(error);
  if (name === 'TimeoutError' || code === 'UND_ERR_HEADERS_TIMEOUT') return ['timeout_first_byte', message];
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return ['timeout_connect', message];
  if (code === 'UND_ERR_BODY_TIMEOUT') return ['timeout_idle', message];
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET')
    return ['connection_reset', message];
  if (code.startsWith('HPE_')) return ['invalid_response', message];
  return ['connection_refused', message];
}
