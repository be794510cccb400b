import type { SimAnswer, SimPrompt } from './answer.ts';
import type { Pace } from './pace.ts';
import type { Reply } from './playback.ts';
import type { JsonObject } from './schema-value.ts';
import type { FullSimModel } from './sim-model.ts';

export type Protocol = 'ollama' | 'openai';

/** A chat request of any endpoint, read and checked. */
export interface ChatRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly prompt: SimPrompt;
  /** Ollama: no prompt means load the model, or with `keep_alive: 0` unload it. */
  readonly isEmpty: boolean;
  /** Ollama's `keep_alive`; null when not given, Infinity for ever. */
  readonly keepAliveMs: number | null;
  /** Context of this request, where the caller sets it (`num_ctx`). */
  readonly contextLength: number | null;
  /** False: a prompt that is too long is cut in silence, as Ollama does. */
  readonly refusesOverflow: boolean;
  /** OpenAI: the usage chunk was asked for. */
  readonly includeUsage: boolean;
}

export interface ReplyOptions {
  readonly request: ChatRequest;
  readonly model: FullSimModel;
  readonly answer: SimAnswer;
  readonly pace: Pace;
  readonly nowMs: number;
  /** Hexadecimal, new for each request. */
  readonly id: string;
}

/** One chat endpoint of a protocol. */
export interface ChatDialect {
  readonly protocol: Protocol;
  /** Throws Refusal as the real server would answer. */
  read(json: JsonObject): ChatRequest;
  reply(options: ReplyOptions): Reply;
}

/** The JSON that both protocols stream: text in pieces, then a terminal part. */
export function streamed(options: {
  readonly contentType: string;
  readonly pace: Pace;
  readonly frames: readonly { readonly text: string; readonly isTerminal: boolean }[];
}): Reply {
  const { contentType, pace, frames } = options;
  return {
    status: 200,
    headers: { 'content-type': contentType },
    pieces: frames.map(({ text, isTerminal }, i) => ({
      bytes: Buffer.from(text),
      delayMs: i === 0 ? pace.firstMs : isTerminal ? 0 : pace.gapMs,
      terminal: isTerminal,
    })),
  };
}

/** How long the whole answer takes, for a reply that is not streamed. */
export function wholeMs(pace: Pace, { thinking, pieces }: SimAnswer): number {
  return pace.firstMs + Math.max(0, thinking.length + pieces.length - 1) * pace.gapMs;
}
