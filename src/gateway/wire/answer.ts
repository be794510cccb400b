import { readUpstreamError } from './upstream-error.ts';
import type { TapState, UpstreamErrorInfo, Usage } from './wire.ts';

/** A piece of a tool call. Ollama sends each call in one piece, OpenAI spreads the arguments over many. */
export interface ToolCallPiece {
  /** Number of the call within the answer; null when the server did not say. */
  readonly index: number | null;
  readonly id: string | null;
  readonly name: string | null;
  /** JSON text, or a part of it. */
  readonly argumentsText: string;
}

/** How long the parts of an answer took, in milliseconds, where the server told. */
export interface Timings {
  readonly promptMs: number | null;
  readonly completionMs: number | null;
}

/** What one frame, or a whole answer, adds to an answer: the neutral form between two protocols. */
export interface Delta {
  readonly text: string;
  readonly thinking: string;
  readonly toolCalls: readonly ToolCallPiece[] | null;
  /** The server's word for why it stopped; null while it goes on. */
  readonly finish: string | null;
  /** The frame carried the protocol's terminal marker. */
  readonly isTerminal: boolean;
  readonly usage: Usage | null;
  readonly timings: Timings | null;
  readonly error: UpstreamErrorInfo | null;
}

/**
 * The text that the tap keeps of one answer, in characters; more than any model writes in one go. It is most of
 * what a flood to a client who never reads can cost: two bytes a character, and as much again to grow.
 */
export const MAX_TAP_CHARS = 1024 * 1024;

export function newTapState(): TapState {
  return {
    frames: 0,
    terminal: false,
    isOver: false,
    error: null,
    text: '',
    thinking: '',
    toolCalls: 0,
    finishReason: null,
    usage: { promptTokens: null, completionTokens: null },
    hasContent: false,
    parseErrors: 0,
    parseTruncated: false,
  };
}

/** A delta that is nothing but an error: `frame` in any of the shapes that servers give it. */
export function failed(frame: unknown): Delta {
  return {
    text: '',
    thinking: '',
    toolCalls: null,
    finish: null,
    isTerminal: false,
    usage: null,
    timings: null,
    error: readUpstreamError(frame),
  };
}

/** Adds a delta to what is known of the answer. */
export function absorb(state: TapState, delta: Delta): void {
  if (delta.error !== null) {
    state.error ??= delta.error;
    return;
  }
  absorbText(state, delta.text);
  if (delta.thinking !== '') {
    state.hasContent = true;
    if (state.thinking.length + delta.thinking.length <= MAX_TAP_CHARS) state.thinking += delta.thinking;
    else state.parseTruncated = true;
  }
  if (delta.toolCalls !== null) countToolCalls(state, delta.toolCalls);
  if (delta.finish !== null) state.finishReason = delta.finish;
  if (delta.usage !== null) state.usage = delta.usage;
  // An answer that failed has no good end, whatever the server sends after the error.
  if (delta.isTerminal && state.error === null) state.terminal = true;
}

/** Adds a frame that says `text` and nothing else. */
export function absorbText(state: TapState, text: string): void {
  state.frames += 1;
  if (text === '') return;
  state.hasContent = true;
  if (state.text.length + text.length <= MAX_TAP_CHARS) state.text += text;
  else state.parseTruncated = true;
}

/** True for a piece of text and nothing besides. */
export function isTextAlone(delta: Delta): boolean {
  const { text, thinking, toolCalls, finish, isTerminal, usage, error } = delta;
  const hasMore =
    thinking !== '' || toolCalls !== null || finish !== null || usage !== null || error !== null;
  return text !== '' && !hasMore && !isTerminal;
}

function countToolCalls(state: TapState, pieces: readonly ToolCallPiece[]): void {
  for (const piece of pieces) {
    state.hasContent = true;
    if (piece.index !== null) state.toolCalls = Math.max(state.toolCalls, piece.index + 1);
    else if (piece.name) state.toolCalls += 1;
  }
}
