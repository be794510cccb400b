import type { Delta } from './answer.ts';
import type { AnswerWriter, Ending } from './answer-writer.ts';
import { toolCallAssembler } from './tool-calls.ts';
import type { AnswerMeta } from './wire.ts';

/** Writes an answer of another protocol as Ollama's, for `/api/chat` or `/api/generate`. */
export function ollamaAnswerWriter(meta: AnswerMeta, endpoint: 'chat' | 'generate'): AnswerWriter {
  const { clock, createdAtMs } = meta;
  const nowMs = (): number => clock?.nowMs() ?? createdAtMs;
  const assembler = toolCallAssembler();
  let firstContentMs: number | null = null;

  const head = (): object => ({ model: meta.upstreamModel, created_at: new Date(nowMs()).toISOString() });
  const body = (text: string, thinking: string, toolCalls: readonly object[]): object => {
    const more = {
      ...(thinking === '' ? {} : { thinking }),
      ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
    };
    if (endpoint === 'generate') return { response: text, ...more };
    return { message: { role: 'assistant', content: text, ...more } };
  };
  const line = (...parts: readonly object[]): string => `${JSON.stringify(Object.assign({}, ...parts))}\n`;
  const last = (ending: Ending): object => ({
    done: ending.finish !== null,
    ...(ending.finish === null ? {} : { done_reason: doneReason(ending.finish) }),
    ...(clock ? durations(ending, { startMs: createdAtMs, firstContentMs, endMs: nowMs() }) : {}),
    ...(ending.usage.promptTokens === null ? {} : { prompt_eval_count: ending.usage.promptTokens }),
    ...(ending.usage.completionTokens === null ? {} : { eval_count: ending.usage.completionTokens }),
  });
  /** Ollama's protocol knows whole calls only, so they wait for the end of the answer. */
  const toolCalls = (finish: string | null): object[] =>
    assembler.calls(finish === 'length').map(({ id, name, arguments: given }, index) => ({
      ...(id === null ? {} : { id }),
      function: { index, name, arguments: given },
    }));

  return {
    delta({ text, thinking, toolCalls: pieces }) {
      if (pieces !== null) assembler.add(pieces);
      if (text === '' && thinking === '') return '';
      firstContentMs ??= nowMs();
      return line(head(), body(text, thinking, []), { done: false });
    },
    finish(ending) {
      const calls = toolCalls(ending.finish);
      const callLine = calls.length === 0 ? '' : line(head(), body('', '', calls), { done: false });
      return callLine + line(head(), body('', '', []), last(ending));
    },
    whole(delta: Delta, ending) {
      assembler.add(delta.toolCalls ?? []);
      const calls = toolCalls(ending.finish);
      return JSON.stringify(Object.assign({}, head(), body(delta.text, delta.thinking, calls), last(ending)));
    },
  };
}

/** Ollama ends an answer that calls tools with "stop". */
function doneReason(finish: string): string {
  return finish === 'tool_calls' || finish === 'function_call' ? 'stop' : finish;
}

/** In nanoseconds, as Ollama tells them: measured by the model server where it told, else by the clock here. */
function durations(
  ending: Ending,
  times: { startMs: number; firstContentMs: number | null; endMs: number },
): object {
  const { startMs, endMs } = times;
  const firstMs = times.firstContentMs ?? endMs;
  const promptMs = ending.timings?.promptMs ?? firstMs - startMs;
  const completionMs = ending.timings?.completionMs ?? endMs - firstMs;
  return {
    total_duration: nanoseconds(endMs - startMs),
    prompt_eval_duration: nanoseconds(promptMs),
    eval_duration: nanoseconds(completionMs),
  };
}

/** The wall clock may jump back; a duration may not. */
function nanoseconds(ms: number): number {
  return Math.max(0, Math.round(ms * 1e6));
}
