import type { Fault } from '../fault.ts';
import { badField, isRecord, type Json } from './fields.ts';

/** A picture: its bytes, or where to get it. */
export type NeutralImage =
  | { readonly kind: 'data'; readonly mediaType: string; readonly base64: string }
  | { readonly kind: 'url'; readonly url: string };

export interface NeutralToolCall {
  readonly id: string | null;
  readonly name: string;
  readonly arguments: Json;
}

export interface NeutralMessage {
  readonly role: string;
  readonly text: string;
  readonly images: readonly NeutralImage[];
  readonly thinking: string | null;
  readonly toolCalls: readonly NeutralToolCall[];
  /** Of a tool's result: the call it answers, by id, by the tool's name, or both. */
  readonly toolCallId: string | null;
  readonly toolName: string | null;
}

/** A chat request in words that every protocol can be written from. */
export interface NeutralRequest {
  readonly stream: boolean;
  readonly messages: readonly NeutralMessage[];
  /** Tool definitions; both protocols write them alike. */
  readonly tools: readonly unknown[];
  readonly format: 'json' | { readonly schema: unknown } | null;
  /** Ollama's words: on, off, or an effort such as "low". */
  readonly think: boolean | string | null;
  /** Options in Ollama's names, the larger vocabulary of the two. */
  readonly options: Json;
  /** Fields that were left behind on reading. */
  readonly dropped: readonly string[];
}

/** A request in the words of a model server. */
export interface WrittenRequest {
  readonly body: Buffer;
  /** Fields that were left behind on writing. */
  readonly dropped: readonly string[];
}

/** A message that has nothing but a role and a text. */
export function plainMessage(role: string, text: string): NeutralMessage {
  return { role, text, images: [], thinking: null, toolCalls: [], toolCallId: null, toolName: null };
}

/** The conversation with a system prompt before the caller's, in one message: some templates refuse a second one. */
export function withSystem(
  messages: readonly NeutralMessage[],
  prompt: string | null,
): readonly NeutralMessage[] {
  if (prompt === null) return messages;
  const [first, ...rest] = messages;
  if (first?.role !== 'system') return [plainMessage('system', prompt), ...messages];
  return [{ ...first, text: first.text === '' ? prompt : `${prompt}\n\n${first.text}` }, ...rest];
}

/** More names than this are counted only: they go into a response header. */
const MAX_DROPPED = 32;

/** Names for `X-Sluice-Dropped`: each once, in characters that a header can hold. */
export function droppedNames(...lists: readonly (readonly string[])[]): readonly string[] {
  const names = [...new Set(lists.flat())].map((name) =>
    encodeURIComponent(name.slice(0, 64).toWellFormed()),
  );
  if (names.length <= MAX_DROPPED) return names;
  return [...names.slice(0, MAX_DROPPED), `and-${names.length - MAX_DROPPED}-more`];
}

/** The members of `json` that are set and not among `known`. */
export function unknownFields(json: Json, known: ReadonlySet<string>, at = ''): string[] {
  return Object.keys(json)
    .filter((key) => !known.has(key) && json[key] !== null)
    .map((key) => at + key);
}

/** Refuses a field that the upstream's protocol cannot say and whose absence would change the answer's meaning. */
export function untranslatable(param: string, upstream: string): Fault {
  return badField(
    param,
    `cannot be expressed in the ${upstream} protocol of the model that serves this request`,
  );
}

/** A tool call's arguments from JSON text or an object. */
export function toolArguments(given: unknown, at: string): Json {
  if (given === undefined || given === null || given === '') return {};
  if (isRecord(given)) return given;
  try {
    const parsed: unknown = JSON.parse(String(given));
    if (isRecord(parsed)) return parsed;
  } catch {
    // told below
  }
  throw badField(at, 'must be a JSON object');
}
