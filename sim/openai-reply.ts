import type { SimAnswer } from './answer.ts';
import { type ChatDialect, type ReplyOptions, streamed, wholeMs } from './chat-dialect.ts';
import { readOpenAiChat } from './openai-request.ts';
import { type Reply, whole } from './playback.ts';
import { JSON_TYPE } from './refusal.ts';

/** Pieces into which the arguments of one tool call are cut in a stream. */
const ARGUMENT_PIECES = 3;

export const openAiChat: ChatDialect = { protocol: 'openai', read: readOpenAiChat, reply: openAiReply };

function openAiReply(options: ReplyOptions): Reply {
  return options.request.stream ? streamReply(options) : wholeReply(options);
}

function wholeReply({ request, model, answer, pace, nowMs, id }: ReplyOptions): Reply {
  const toolCalls = answer.toolCalls.map(({ id: callId, name, arguments: args }) => ({
    id: callId,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  }));
  const message = {
    role: 'assistant',
    content: toolCalls.length > 0 ? null : answer.pieces.join(''),
    refusal: null,
    ...(answer.thinking.length > 0 ? { [model.reasoningField]: answer.thinking.join('') } : {}),
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
  };
  const choice = { index: 0, message, logprobs: null, finish_reason: answer.finish, stop_reason: null };
  const body = {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: Math.floor(nowMs / 1000),
    model: request.model,
    choices: [choice],
    usage: usageOf(answer),
  };
  const delayMs = wholeMs(pace, answer);
  return whole({ status: 200, contentType: JSON_TYPE.openai, body: JSON.stringify(body), delayMs });
}

function streamReply({ request, model, answer, pace, nowMs, id }: ReplyOptions): Reply {
  const head = {
    id: `chatcmpl-${id}`,
    object: 'chat.completion.chunk',
    created: Math.floor(nowMs / 1000),
    model: request.model,
  };
  // With the usage chunk asked for, the chunks before it say null.
  const tail = request.includeUsage ? { usage: null } : {};
  const frame = (choices: readonly object[], more: object = tail): string =>
    `data: ${JSON.stringify({ ...head, choices, ...more })}\n\n`;
  const delta = (content: object, finish: string | null = null): string =>
    frame([{ index: 0, delta: content, logprobs: null, finish_reason: finish }]);

  const content = [
    delta({ role: 'assistant', content: '' }),
    ...answer.thinking.map((piece) => delta({ [model.reasoningField]: piece })),
    ...answer.pieces.map((piece) => delta({ content: piece })),
    ...toolDeltas(answer).map((tool_calls) => delta({ tool_calls })),
  ];
  const terminal = [
    delta({}, answer.finish),
    ...(request.includeUsage ? [frame([], { usage: usageOf(answer) })] : []),
    'data: [DONE]\n\n',
  ];
  return streamed({
    contentType: 'text/event-stream; charset=utf-8',
    pace,
    frames: [
      ...content.map((text) => ({ text, isTerminal: false })),
      ...terminal.map((text) => ({ text, isTerminal: true })),
    ],
  });
}

/** Each call opens with its id and name; its arguments follow as pieces of a JSON text. */
function toolDeltas({ toolCalls }: SimAnswer): object[][] {
  return toolCalls.flatMap(({ id, name, arguments: args }, index) => {
    const json = JSON.stringify(args);
    const step = Math.ceil(json.length / ARGUMENT_PIECES);
    const opening = { index, id, type: 'function', function: { name, arguments: '' } };
    const pieces = Array.from({ length: Math.ceil(json.length / step) }, (_, i) => ({
      index,
      function: { arguments: json.slice(i * step, (i + 1) * step) },
    }));
    return [opening, ...pieces].map((piece) => [piece]);
  });
}

function usageOf({ promptTokens, answerTokens, thinking }: SimAnswer): object {
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + answerTokens,
    completion_tokens: answerTokens,
    ...(thinking.length > 0 ? { completion_tokens_details: { reasoning_tokens: thinking.length } } : {}),
    prompt_tokens_details: null,
  };
}
