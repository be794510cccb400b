import type { Model } from '../domain/config.ts';
import type { ErrorClass } from '../domain/error-class.ts';

/** How one call to a model went. Times in milliseconds; `ttftMs` is the first content of a streamed answer. */
export interface CallReport {
  readonly ok: boolean;
  readonly latencyMs: number;
  readonly ttftMs: number | null;
  readonly errorClass: ErrorClass | null;
  /** What the model server said, or what went wrong on the way; null when all is well. */
  readonly message: string | null;
}

/** A system and a user message, to be answered in JSON of a form, where the model server can hold a model to one. */
export interface Instruction {
  readonly system: string;
  readonly user: string;
  readonly schema: object;
  readonly maxTokens: number;
}

/** What a model said to an instruction, or why it said nothing. */
export type Completion =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly errorClass: ErrorClass; readonly message: string };

/** One message of a conversation that a model is to answer. */
export interface TalkMessage {
  readonly role: string;
  readonly content: string;
}

export interface CompletionLimits {
  /** To the end of the answer. */
  readonly timeoutMs: number;
  /** Ends the call, which then fails. */
  readonly signal: AbortSignal;
}

/** Calls a model outside any user's request: checks, judges, probes and second answers. */
export interface ModelClient {
  /** One short question. Never throws: a failure is a report. Bounded by the model's own time limits. */
  ask(model: Model, stream: boolean): Promise<CallReport>;
  /** The whole answer, as free of chance as the model can be. Never throws. */
  complete(model: Model, instruction: Instruction, limits: CompletionLimits): Promise<Completion>;
  /** The whole answer to a conversation, as a user would get it: with the model's own prompt and options. Never throws. */
  answer(model: Model, talk: readonly TalkMessage[], limits: CompletionLimits): Promise<Completion>;
}
