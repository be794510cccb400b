import type { Model } from '../../domain/config.ts';
import { isRecord, type Json } from './fields.ts';
import { commonEdits, missingMembers, patchBody, prependSystem, setInside } from './pass-request.ts';
import type { RawBody } from './wire.ts';

/** Members that a model's options may not bring in: they decide what is asked, not how it is answered. */
const NEVER_MERGED: ReadonlySet<string> = new Set(['model', 'messages', 'stream', 'stream_options', 'n']);

/** Two names of one limit; a caller who gave either has spoken. */
const LENGTH_LIMITS = ['max_tokens', 'max_completion_tokens'] as const;

export interface PassedOpenai {
  readonly body: readonly Buffer[];
  /** True when the usage was asked for by us alone, so that the client must not see it. */
  readonly hidesUsage: boolean;
}

/** The body of `/chat/completions` for an OpenAI server, changed where it must be and nowhere else. */
export function passOpenai(body: RawBody, model: Model): PassedOpenai {
  const edits = commonEdits(body, model);
  for (const [key, value] of openaiOptionsFor(model, body.json)) edits.set(key, JSON.stringify(value));
  const patches = model.systemPrompt === null ? [] : prependSystem(body, model.systemPrompt);
  const hidesUsage = model.injectUsage && body.json.stream === true && !asksForUsage(body.json);
  if (hidesUsage) {
    patches.push(...setInside(body, 'stream_options', new Map([['include_usage', 'true']]), edits));
  }
  return { body: patchBody(body, edits, patches), hidesUsage };
}

/** The model's options as top-level members, where the caller is silent. */
export function openaiOptionsFor(model: Model, given: Json): [string, unknown][] {
  if (model.options === null) return [];
  const hasLimit = LENGTH_LIMITS.some((key) => typeof given[key] === 'number');
  const skip = (key: string): boolean =>
    NEVER_MERGED.has(key) || (hasLimit && (LENGTH_LIMITS as readonly string[]).includes(key));
  return missingMembers(model.options, given, skip);
}

/** True when the caller wants the usage chunk of a stream. */
export function asksForUsage(json: Json): boolean {
  const options = json.stream_options;
  return isRecord(options) && options.include_usage === true;
}
