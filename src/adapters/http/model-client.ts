import { type Dispatcher, request } from 'undici';
import type { Model } from '../../domain/config.ts';
import { classifyUpstream, type ErrorClass } from '../../domain/error-class.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  CallReport,
  Completion,
  Instruction,
  ModelClient,
  TalkMessage,
} from '../../ports/model-client.ts';

/** Answers of more than this are not read on: nobody asks for so much here. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const MAX_ANSWER_TOKENS = 16;
const QUESTION = 'Reply with the single word: ready';

/** As little chance as a model server lets a caller ask for. */
const SOBER = { temperature: 0 };

/** As far as it is looked at; what a model server sends may be anything. */
interface Answer {
  readonly message?: { readonly content?: unknown };
  readonly choices?: readonly { readonly message?: { readonly content?: unknown } }[];
}

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
        const answer = await post(model, questionOf(model, stream), { version, timeoutMs: model.timeoutMs });
        let text = '';
        for await (const chunk of answer.body) {
          text += chunk;
          if (stream && hasContent(text)) ttftMs ??= clock.monotonicMs() - startedMs;
          if (text.length > MAX_ANSWER_BYTES) break;
        }
        const refusal = refusalIn(answer.statusCode, text);
        if (refusal !== null) return report(...refusal);
        if (!hasContent(text)) return report('invalid_response', `no answer in: ${text.slice(0, 200)}`);
        if (stream && !hasTerminal(text))
          return report('truncated', 'the stream ended without its terminal marker');
        return report(null, null);
      } catch (error) {
        return report(...failureOf(error));
      }
    },
    complete: (model, instruction, limits) =>
      whole(model, bodyOf(model, instruction), { version, ...limits }),
    answer: (model, talk, limits) => whole(model, talkOf(model, talk), { version, ...limits }),
  };
}

/** The text of an answer in one piece. */
async function whole(model: Model, body: object, limits: PostLimits): Promise<Completion> {
  try {
    const answer = await post(model, body, limits);
    let text = '';
    for await (const chunk of answer.body.setEncoding('utf8')) {
      text += chunk;
      if (text.length > MAX_ANSWER_BYTES) return failed('invalid_response', 'the answer does not end');
    }
    const refusal = refusalIn(answer.statusCode, text);
    return refusal === null ? completionOf(model, text) : failed(...refusal);
  } catch (error) {
    return failed(...failureOf(error));
  }
}

function questionOf(model: Model, stream: boolean): object {
  const shared = { model: model.upstreamModel, messages: [{ role: 'user', content: QUESTION }], stream };
  return model.protocol === 'ollama'
    ? { ...shared, options: { ...model.options, num_predict: MAX_ANSWER_TOKENS } }
    : { ...model.options, ...shared, max_tokens: MAX_ANSWER_TOKENS };
}

/** OpenAI's form of a schema is refused by some servers; who has one that knows it names it in the model's options. */
function bodyOf(model: Model, { system, user, schema, maxTokens }: Instruction): object {
  const prompt = model.systemPrompt === null ? system : `${model.systemPrompt}\n\n${system}`;
  const messages = [
    { role: 'system', content: prompt },
    { role: 'user', content: user },
  ];
  const shared = { model: model.upstreamModel, messages, stream: false };
  return model.protocol === 'ollama'
    ? {
        ...shared,
        think: false,
        format: schema,
        options: { ...model.options, ...SOBER, num_predict: maxTokens },
      }
    : { ...model.options, ...shared, ...SOBER, max_tokens: maxTokens };
}

/** The model's prompt goes into a system message that is there already: templates of some models refuse a second one. */
function talkOf(model: Model, talk: readonly TalkMessage[]): object {
  const { systemPrompt, options, upstreamModel, onOverflow } = model;
  const messages = systemPrompt === null ? talk : withPrompt(talk, systemPrompt);
  const shared = { model: upstreamModel, messages, stream: false };
  if (model.protocol === 'openai') return { ...options, ...shared };
  const overflow = onOverflow === 'error' ? { truncate: false, shift: false } : {};
  return { ...shared, ...(options === null ? {} : { options }), ...overflow };
}

function withPrompt(talk: readonly TalkMessage[], prompt: string): readonly TalkMessage[] {
  const [first, ...rest] = talk;
  if (first?.role !== 'system' && first?.role !== 'developer')
    return [{ role: 'system', content: prompt }, ...talk];
  const content = first.content === '' ? prompt : `${prompt}\n\n${first.content}`;
  return [{ role: first.role, content }, ...rest];
}

interface PostLimits {
  readonly version: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

function post(model: Model, body: object, limits: PostLimits): Promise<Dispatcher.ResponseData> {
  const { version, timeoutMs, signal } = limits;
  const timeout = AbortSignal.timeout(timeoutMs);
  return request(`${model.baseUrl}${model.protocol === 'ollama' ? '/api/chat' : '/chat/completions'}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': `sluice/${version}`,
      ...(model.apiKey === null ? {} : { authorization: `Bearer ${model.apiKey}` }),
    },
    body: JSON.stringify(body),
    headersTimeout: timeoutMs,
    bodyTimeout: model.idleTimeoutMs,
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
}

/**
 * The answer's text; empty of a model that thought until its tokens were used up. Messages do not quote it: it may be
 * about a conversation, and they stand in logs.
 */
function completionOf({ protocol }: Model, body: string): Completion {
  let json: Answer;
  try {
    json = JSON.parse(body);
  } catch {
    return failed('invalid_response', 'the answer is not JSON');
  }
  const message = protocol === 'ollama' ? json?.message : json?.choices?.[0]?.message;
  const content = message?.content ?? '';
  if (message === undefined || typeof content !== 'string')
    return failed('invalid_response', 'there is no message in the answer');
  return { ok: true, text: content };
}

function failed(errorClass: ErrorClass, message: string): Completion {
  return { ok: false, errorClass, message };
}

/** Text, thinking or a tool call in either protocol: what shows that a model speaks. */
function hasContent(text: string): boolean {
  return /"(content|thinking|reasoning|reasoning_content)"\s*:\s*"[^"]|"tool_calls"\s*:\s*\[\s*\{/.test(text);
}

function hasTerminal(text: string): boolean {
  return /"done"\s*:\s*true|\[DONE\]|"finish_reason"\s*:\s*"/.test(text);
}

/** What a model server says instead of an answer. */
function refusalIn(status: number, text: string): [ErrorClass, string] | null {
  const message = errorIn(text) ?? (status >= 300 ? text.slice(0, 500) : null);
  return message === null ? null : [classifyUpstream({ status, message, type: null, code: null }), message];
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
