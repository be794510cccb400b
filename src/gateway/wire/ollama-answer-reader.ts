import { type Delta, failed, type Timings, type ToolCallPiece } from './answer.ts';
import { asCount, asText, isRecord, type Json } from './fields.ts';
import type { Usage } from './wire.ts';

/** Reads one line of Ollama's `/api/chat` or `/api/generate`, or a whole answer: they have the same fields. */
export function readOllamaAnswer(frame: unknown): Delta | null {
  if (!isRecord(frame)) return null;
  if (frame.error !== undefined && frame.error !== null && frame.error !== '') return failed(frame);
  const message = isRecord(frame.message) ? frame.message : frame;
  const content = message === frame ? frame.response : message.content;
  const isDone = frame.done === true;
  if (!isDone && message === frame && frame.response === undefined) return null; // no answer of Ollama looks so
  return {
    text: asText(content) ?? '',
    thinking: asText(message.thinking) ?? '',
    toolCalls: Array.isArray(message.tool_calls) ? message.tool_calls.map(toolCall) : null,
    finish: isDone ? (asText(frame.done_reason) ?? 'stop') : null,
    isTerminal: isDone,
    usage: isDone ? usageOf(frame) : null,
    timings: isDone ? timingsOf(frame) : null,
    error: null,
  };
}

function toolCall(call: unknown): ToolCallPiece {
  const of = isRecord(call) && isRecord(call.function) ? call.function : {};
  return {
    index: null, // Ollama's own index starts anew with every message of a stream
    id: isRecord(call) ? asText(call.id) : null,
    name: asText(of.name) ?? '',
    argumentsText: typeof of.arguments === 'string' ? of.arguments : JSON.stringify(of.arguments ?? {}),
  };
}

/** Ollama leaves a count out when it is zero or when a cached prompt was not counted: unknown, not zero. */
function usageOf(frame: Json): Usage {
  return { promptTokens: asCount(frame.prompt_eval_count), completionTokens: asCount(frame.eval_count) };
}

function timingsOf(frame: Json): Timings {
  const promptNs = asCount(frame.prompt_eval_duration);
  const completionNs = asCount(frame.eval_duration);
  return {
    promptMs: promptNs === null ? null : promptNs / 1e6,
    completionMs: completionNs === null ? null : completionNs / 1e6,
  };
}
