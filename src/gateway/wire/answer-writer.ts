import type { Delta, Timings } from './answer.ts';
import type { Usage } from './wire.ts';

/** How an answer ended, in the words of its model server. */
export interface Ending {
  readonly finish: string | null;
  readonly usage: Usage;
  readonly timings: Timings | null;
}

/** Writes one answer in a client's protocol. Texts are put together by the relay, so a writer gives strings. */
export interface AnswerWriter {
  /** The frames for a delta; empty when there is nothing to say. */
  delta(delta: Delta): string;
  /** The last frames of a stream that ended well. Throws Fault when the answer cannot be finished rightly. */
  finish(ending: Ending): string;
  /** The body of an answer that is not streamed. Throws Fault. */
  whole(delta: Delta, ending: Ending): string;
}

/** Sum of both counts, null when one is unknown: missing usage is null, never zero. */
export function totalTokens(usage: Usage): number | null {
  const { promptTokens, completionTokens } = usage;
  return promptTokens === null || completionTokens === null ? null : promptTokens + completionTokens;
}

/** Usage in the names of OpenAI's and Sluice's own protocol; null when nothing is known. */
export function usageJson(usage: Usage): object | null {
  const { promptTokens, completionTokens } = usage;
  if (promptTokens === null && completionTokens === null) return null;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: totalTokens(usage),
  };
}
