import { chatAnswerWriter } from './chat-answer-writer.ts';
import {
  badField,
  isRecord,
  type Json,
  kindOf,
  optionalBoolean,
  optionalRecord,
  optionalText,
} from './fields.ts';
import { type NeutralRequest, plainMessage } from './neutral.ts';
import { outlineOf, outlineOfMessages, plainContent, requiredMessages, roleOf } from './outline.ts';
import { translatedCall } from './translate.ts';
import type { Inbound } from './wire.ts';

/** `metadata` is read by routing and identity and goes no further. */
const FIELDS = [
  'messages',
  'user_id',
  'session_id',
  'model_id',
  'route',
  'stream',
  'options',
  'metadata',
] as const;
const ROLES = ['system', 'user', 'assistant'] as const;

/** Sampling options, in Ollama's names. What the runner loads a model with is the operator's to set. */
const OPTIONS: Readonly<Record<string, 'number' | 'texts'>> = {
  temperature: 'number',
  top_k: 'number',
  top_p: 'number',
  min_p: 'number',
  typical_p: 'number',
  repeat_last_n: 'number',
  repeat_penalty: 'number',
  presence_penalty: 'number',
  frequency_penalty: 'number',
  seed: 'number',
  num_predict: 'number',
  stop: 'texts',
};

/** `POST /v1/chat`: Sluice's own protocol. Unlike the others it refuses what it does not know. */
export const chat: Inbound = {
  endpoint: 'chat',
  protocol: 'chat',
  outline(body) {
    const { json } = body;
    refuseUnknown(json, FIELDS, '');
    const messages = requiredMessages(json);
    const talk = outlineOfMessages(messages, plainContent);
    messages.forEach(checkMessage);
    optionalText(json, 'user_id');
    optionalText(json, 'session_id');
    optionalRecord(json, 'metadata');
    checkOptions(optionalRecord(json, 'options') ?? {});
    return outlineOf(body, false, talk);
  },
  prepare(body, model) {
    const request = readChat(body.json);
    return translatedCall(request, model, {
      contentType: request.stream ? 'text/event-stream' : 'application/json',
      writer: chatAnswerWriter,
    });
  },
};

function readChat(json: Json): NeutralRequest {
  return {
    stream: optionalBoolean(json, 'stream') ?? false,
    messages: requiredMessages(json).map((message, index) => {
      const { content } = message as Json;
      return plainMessage(
        roleOf(message as Json, index),
        plainContent(content, `messages[${index}].content`),
      );
    }),
    tools: [],
    format: null,
    think: null,
    options: optionalRecord(json, 'options') ?? {},
    dropped: [],
  };
}

function checkMessage(message: unknown, index: number): void {
  const at = `messages[${index}].`;
  if (!isRecord(message)) return; // refused before
  refuseUnknown(message, ['role', 'content'], at);
  if (!(ROLES as readonly unknown[]).includes(message.role)) {
    throw badField(`${at}role`, `must be one of ${ROLES.map((role) => `"${role}"`).join(', ')}`);
  }
  if (typeof message.content !== 'string') throw badField(`${at}content`, 'must be a string');
}

function checkOptions(options: Json): void {
  refuseUnknown(options, Object.keys(OPTIONS), 'options.');
  for (const [key, value] of Object.entries(options)) {
    if (value === null) continue;
    const isTexts = Array.isArray(value) && value.every((item) => typeof item === 'string');
    if (OPTIONS[key] === 'texts' ? isTexts : typeof value === 'number') continue;
    throw badField(
      `options.${key}`,
      `must be ${OPTIONS[key] === 'texts' ? 'a list of strings' : `a number, not ${kindOf(value)}`}`,
    );
  }
}

function refuseUnknown(json: Json, known: readonly string[], at: string): void {
  const unknown = Object.keys(json).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const hint =
    at === '' && unknown === 'model'
      ? 'name a model with model_id, or a route with route'
      : `known are ${known.join(', ')}`;
  throw badField(`${at}${unknown.slice(0, 64)}`, `is not a field of /v1/chat; ${hint}`);
}
