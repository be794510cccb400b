import { type Delta, failed, type Timings, type ToolCallPiece } from './answer.ts';
import { asCount, asText, isRecord, type Json } from './fields.ts';
import type { Usage } from './wire.ts';

const NOTHING: Json = {};

/**
 * Reads one chunk of an OpenAI stream (`delta`) or a whole answer (`message`). Of several choices only the first is
 * read for its text; any choice's finish reason is a terminal marker.
 */
export function readOpenaiAnswer(frame: unknown, isErrorField = false): Delta | null {
  if (!isRecord(frame)) return isErrorField ? failed(frame) : null;
  if (isErrorField || frame.object === 'error' || (frame.error ?? false)) return failed(frame);
  const choices: readonly unknown[] | null = Array.isArray(frame.choices) ? frame.choices : null;
  if (choices === null && !isRecord(frame.usage)) return null; // no answer of this protocol looks so
  let first = NOTHING;
  let finish: string | null = null;
  for (const choice of choices ?? []) {
    if (!isRecord(choice)) continue;
    finish ??= asText(choice.finish_reason);
    if ((choice.index ?? 0) === 0) first = choice;
  }
  const piece = isRecord(first.delta) ? first.delta : isRecord(first.message) ? first.message : NOTHING;
  return {
    // A refusal is what the user gets to read in place of an answer.
    text: textOf(piece.content) || (asText(piece.refusal) ?? ''),
    thinking: asText(piece.reasoning_content) || asText(piece.reasoning) || '',
    toolCalls: Array.isArray(piece.tool_calls) ? piece.tool_calls.map(toolCall) : null,
    finish,
    isTerminal: finish !== null,
    usage: isRecord(frame.usage) ? usageOf(frame.usage) : null,
    timings: isRecord(frame.timings) ? timingsOf(frame.timings) : null,
    error: null,
  };
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: unknown) => (isRecord(part) ? (asText(part.text) ?? '') : '')).join('');
}

function toolCall(call: unknown): ToolCallPiece {
  if (!isRecord(call)) return { index: null, id: null, name: null, argumentsText: '' };
  const of = isRecord(call.function) ? call.function : NOTHING;
  const given = of.arguments;
  return {
    index: asCount(call.index),
    id: asText(call.id),
    name: asText(of.name),
    // Some servers send an object where the protocol wants its text.
    argumentsText: asText(given) ?? (isRecord(given) ? JSON.stringify(given) : ''),
  };
}

function usageOf(usage: Json): Usage {
  return {
    promptTokens: asCount(usage.prompt_tokens),
    completionTokens: asCount(usage.completion_tokens),
  };
}

/** llama.cpp tells its timings beside the usage. */
function timingsOf(timings: Json): Timings {
  return { promptMs: asCount(timings.prompt_ms), completionMs: asCount(timings.predicted_ms) };
}
