import type { Delta, ToolCallPiece } from './answer.ts';
import { type AnswerWriter, type Ending, usageJson } from './answer-writer.ts';
import type { AnswerMeta } from './wire.ts';

/** Writes an answer of another protocol as OpenAI's. `wantsUsage`: the client asked for the usage chunk. */
export function openaiAnswerWriter(meta: AnswerMeta, wantsUsage: boolean): AnswerWriter {
  const shared = {
    id: `chatcmpl-${meta.requestId.replace(/^req_/, '')}`,
    created: Math.floor(meta.createdAtMs / 1000),
    model: meta.upstreamModel,
    system_fingerprint: 'fp_sluice',
  };
  // A stream repeats everything but the delta: it is printed once.
  const head = JSON.stringify({ ...shared, object: 'chat.completion.chunk' }).slice(0, -1);
  const usageField = wantsUsage ? ',"usage":null' : '';
  const chunk = (delta: object, finish: string | null): string => {
    const end = finish === null ? 'null' : JSON.stringify(finish);
    return `data: ${head},"choices":[{"index":0,"delta":${JSON.stringify(delta)},"logprobs":null,"finish_reason":${end}}]${usageField}}\n\n`;
  };
  let hasRole = false;
  let calls = 0;
  const named = (pieces: readonly ToolCallPiece[]): object[] =>
    pieces.map((piece) => {
      const index = calls++;
      const id = piece.id || `call_${shared.id.slice('chatcmpl-'.length)}_${index}`;
      return { index, id, type: 'function', function: { name: piece.name, arguments: piece.argumentsText } };
    });
  const role = (): object => {
    if (hasRole) return {};
    hasRole = true;
    return { role: 'assistant' };
  };

  return {
    delta({ text, thinking, toolCalls }) {
      const hasCalls = toolCalls !== null && toolCalls.length > 0;
      if (text === '' && thinking === '' && !hasCalls) return '';
      const delta = {
        ...role(),
        ...(text === '' && (thinking !== '' || hasCalls) ? {} : { content: text }),
        // vLLM renamed the field, and clients read the one or the other.
        ...(thinking === '' ? {} : { reasoning: thinking, reasoning_content: thinking }),
        ...(hasCalls ? { tool_calls: named(toolCalls) } : {}),
      };
      return chunk(delta, null);
    },
    finish(ending) {
      const opening = hasRole ? '' : chunk({ ...role(), content: '' }, null);
      const usage = wantsUsage ? usageJson(ending.usage) : null;
      const usageChunk =
        usage === null ? '' : `data: ${head},"choices":[],"usage":${JSON.stringify(usage)}}\n\n`;
      return `${opening}${chunk({}, finishReason(ending, calls))}${usageChunk}data: [DONE]\n\n`;
    },
    whole(delta, ending) {
      const toolCalls = (delta.toolCalls ?? []).map(({ id, name, argumentsText }, index) => ({
        id: id || `call_${shared.id.slice('chatcmpl-'.length)}_${index}`,
        type: 'function',
        function: { name, arguments: argumentsText },
      }));
      return JSON.stringify({
        ...shared,
        object: 'chat.completion',
        choices: [
          {
            index: 0,
            message: wholeMessage(delta, toolCalls),
            logprobs: null,
            finish_reason: finishReason(ending, toolCalls.length),
          },
        ],
        usage: usageJson(ending.usage),
      });
    },
  };
}

function wholeMessage({ text, thinking }: Delta, toolCalls: readonly object[]): object {
  return {
    role: 'assistant',
    content: text === '' && toolCalls.length > 0 ? null : text,
    refusal: null,
    ...(thinking === '' ? {} : { reasoning: thinking, reasoning_content: thinking }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
  };
}

/** OpenAI's closed list; an answer that calls tools says so. Null stays null: an end is never made up. */
function finishReason({ finish }: Ending, toolCalls: number): string | null {
  if (finish === null || finish === 'length' || finish === 'content_filter') return finish;
  return toolCalls > 0 ? 'tool_calls' : 'stop';
}
