import { type ChatDialect, type ReplyOptions, streamed, wholeMs } from './chat-dialect.ts';
import { readOllamaChat, readOllamaGenerate } from './ollama-request.ts';
import { type Reply, whole } from './playback.ts';
import { JSON_TYPE } from './refusal.ts';

export const ollamaChat: ChatDialect = {
  protocol: 'ollama',
  read: readOllamaChat,
  reply: (options) => ollamaReply(options, chatPart),
};

export const ollamaGenerate: ChatDialect = {
  protocol: 'ollama',
  read: readOllamaGenerate,
  reply: (options) => ollamaReply(options, generatePart),
};

interface Said {
  readonly text: string;
  readonly thinking?: string;
  readonly toolCalls?: readonly unknown[];
}
/** Where an answer's text stands: in `message` for chat, in `response` for generate. */
type Part = (said: Said) => object;

const chatPart: Part = ({ text, thinking, toolCalls }) => ({
  message: {
    role: 'assistant',
    content: text,
    ...(thinking ? { thinking } : {}),
    ...(toolCalls?.length ? { tool_calls: toolCalls } : {}),
  },
});
const generatePart: Part = ({ text, thinking }) => ({ response: text, ...(thinking ? { thinking } : {}) });

function ollamaReply(options: ReplyOptions, part: Part): Reply {
  const { request, answer, pace, nowMs } = options;
  const toolCalls = answer.toolCalls.map(({ id, name, arguments: args }, index) => ({
    id,
    function: { index, name, arguments: args },
  }));
  const final = {
    done_reason: doneReason(options),
    done: true,
    ...contextOf(options, part),
    ...durations(options),
  };
  const head = (atMs: number): object => ({ model: request.model, created_at: goTime(atMs) });
  const totalMs = wholeMs(pace, answer);
  const thinking = answer.thinking.join('');

  if (!request.stream) {
    const said = { text: answer.pieces.join(''), thinking, toolCalls };
    const body = JSON.stringify({ ...head(nowMs + totalMs), ...part(said), ...final });
    return whole({ status: 200, contentType: JSON_TYPE.ollama, body, delayMs: totalMs });
  }
  const said: Said[] = [
    ...answer.thinking.map((piece) => ({ text: '', thinking: piece })),
    ...answer.pieces.map((text) => ({ text })),
    ...(toolCalls.length > 0 ? [{ text: '', toolCalls }] : []),
  ];
  const lines = said.map((one, i) => ({
    text: `${JSON.stringify({ ...head(nowMs + pace.firstMs + i * pace.gapMs), ...part(one), done: false })}\n`,
    isTerminal: false,
  }));
  const last = JSON.stringify({ ...head(nowMs + totalMs), ...part({ text: '' }), ...final });
  return streamed({
    contentType: 'application/x-ndjson',
    pace,
    frames: [...lines, { text: `${last}\n`, isTerminal: true }],
  });
}

function doneReason({ request, answer }: ReplyOptions): string {
  if (request.isEmpty) return request.keepAliveMs === 0 ? 'unload' : 'load';
  return answer.finish === 'length' ? 'length' : 'stop';
}

/** Deprecated, but still sent by generate: the tokens of prompt and answer. */
function contextOf({ answer, request }: ReplyOptions, part: Part): object {
  if (part !== generatePart || request.isEmpty) return {};
  const length = Math.min(answer.promptTokens + answer.answerTokens, 64);
  return { context: Array.from({ length }, (_, i) => 151_644 + ((i * 7919) % 1000)) };
}

/** Nanoseconds. Go leaves out what is zero, so an empty request has none. */
function durations({ request, answer, pace }: ReplyOptions): object {
  if (request.isEmpty) return {};
  const evalMs = Math.max(0, wholeMs(pace, answer) - pace.firstMs) + pace.gapMs;
  const nanos = (ms: number): number => Math.max(1, Math.round(ms * 1e6));
  return {
    total_duration: nanos(wholeMs(pace, answer) + pace.gapMs),
    load_duration: nanos(pace.loadMs + 12),
    prompt_eval_count: answer.promptTokens,
    prompt_eval_duration: nanos(pace.firstMs - pace.loadMs),
    ...(answer.answerTokens > 0 ? { eval_count: answer.answerTokens, eval_duration: nanos(evalMs) } : {}),
  };
}

/** RFC 3339 with nanoseconds, as Go prints times. */
export function goTime(atMs: number): string {
  const nanos = String(Math.floor((atMs % 1) * 1e6)).padStart(6, '0');
  return `${new Date(atMs).toISOString().slice(0, -1)}${nanos}Z`;
}
