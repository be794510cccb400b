import type { Protocol } from '../../domain/config.ts';
import { Fault } from '../fault.ts';
import type { Delta } from './answer.ts';
import type { FrameListener, FrameReader } from './frames.ts';
import { ndjsonReader } from './ndjson.ts';
import { readOllamaAnswer } from './ollama-answer-reader.ts';
import { readOpenaiAnswer } from './openai-answer-reader.ts';
import { sseReader } from './sse.ts';
import type { TapState } from './wire.ts';

/** How a model server's protocol is read. */
export interface Dialect {
  /** Cuts a stream into frames. */
  reader(listener: FrameListener): FrameReader;
  /** What a frame or a whole answer says; null when it is not of this protocol. */
  read(json: unknown, isErrorField: boolean): Delta | null;
  /** True when nothing follows the terminal frame; else usage and `[DONE]` may. */
  readonly endsAtTerminal: boolean;
}

export const DIALECTS: Readonly<Record<Protocol, Dialect>> = {
  ollama: { reader: ndjsonReader, read: readOllamaAnswer, endsAtTerminal: true },
  openai: { reader: sseReader, read: readOpenaiAnswer, endsAtTerminal: false },
};

/**
 * Reads an answer that is not streamed. Throws Fault `upstream_error` when it is not one, or is an error under a good
 * status (`state.error` then tells which).
 */
export function readWhole(dialect: Dialect, body: Buffer, state: TapState): Delta {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    state.parseErrors += 1;
    const kind =
      body.length === 0
        ? 'nothing'
        : /^\s*</.test(body.toString('latin1', 0, 64))
          ? 'an HTML page'
          : 'no JSON';
    throw new Fault('upstream_error', `the model server answered with ${kind} where a JSON answer belongs`);
  }
  const delta = dialect.read(json, false);
  if (delta === null) {
    state.parseErrors += 1;
    throw new Fault('upstream_error', 'the model server answered with JSON that is no chat answer');
  }
  if (delta.error !== null) {
    state.error = delta.error;
    throw new Fault('upstream_error', `the model server reported an error: ${delta.error.message}`);
  }
  return delta;
}
