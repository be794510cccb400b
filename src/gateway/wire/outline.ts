import {
  badField,
  isRecord,
  type Json,
  kindOf,
  optionalBoolean,
  optionalList,
  optionalText,
} from './fields.ts';
import type { RawBody, RequestOutline, Skim } from './wire.ts';

/**
 * Reads the text of a message's content and checks its shape. `at` names the field, for faults; `textOf` gives the
 * texts of a skimmed body.
 */
export type ReadContent = (content: unknown, at: string, textOf?: Skim['textOf']) => string;

const asItIs = (text: string): string => text;

/** Ollama's and Sluice's own form: a text, or nothing. */
export const plainContent: ReadContent = (content, at, textOf = asItIs) => {
  if (content === undefined || content === null) return '';
  if (typeof content !== 'string') throw badField(at, `must be a string, not ${kindOf(content)}`);
  return textOf(content);
};

/** OpenAI's form: a text, nothing, or a list of parts of which the texts count. */
export const partedContent: ReadContent = (content, at, textOf) => {
  if (!Array.isArray(content)) return plainContent(content, at, textOf);
  const texts: string[] = [];
  content.forEach((part: unknown, index) => {
    if (!isRecord(part)) throw badField(`${at}[${index}]`, `must be an object, not ${kindOf(part)}`);
    if (typeof part.type !== 'string') throw badField(`${at}[${index}].type`, 'must be a string');
    if (part.type === 'text') texts.push(plainContent(part.text, `${at}[${index}].text`, textOf));
  });
  return texts.join('\n');
};

type Talk = Pick<
  RequestOutline,
  'systemText' | 'firstUserText' | 'userMessages' | 'assistantMessages' | 'endsWithUser'
>;

/**
 * Reads who said what, in words that routing and sessions need; no other text is looked up. Throws Fault that names
 * the field.
 */
export function outlineOfMessages(
  messages: readonly unknown[],
  contentOf: ReadContent,
  textOf: Skim['textOf'],
): Talk {
  const systemTexts: string[] = [];
  let firstUserText = '';
  let userMessages = 0;
  let assistantMessages = 0;
  let lastRole = '';
  for (const [index, message] of messages.entries()) {
    if (!isRecord(message)) throw badField(`messages[${index}]`, `must be an object, not ${kindOf(message)}`);
    const role = roleOf(message, index);
    const isSystem = role === 'system' || role === 'developer';
    const isOpening = role === 'user' && userMessages === 0;
    const lookUp = isSystem || isOpening ? textOf : asItIs;
    const text = contentOf(message.content, `messages[${index}].content`, lookUp);
    if (isSystem) systemTexts.push(text);
    if (isOpening) firstUserText = text;
    if (role === 'user') userMessages += 1;
    else if (role === 'assistant') assistantMessages += 1;
    lastRole = role;
  }
  return {
    systemText: systemTexts.join('\n'),
    firstUserText,
    userMessages,
    assistantMessages,
    endsWithUser: lastRole === 'user',
  };
}

/** The fields that every protocol shares: the entry point, and Sluice's own. */
export function outlineOf(body: RawBody, streamByDefault: boolean, talk: Talk): RequestOutline {
  const { json } = body;
  return {
    model: optionalText(json, 'model') || null,
    overrideModelId: optionalText(json, 'model_id') || null,
    route: optionalText(json, 'route') || null,
    stream: optionalBoolean(json, 'stream') ?? streamByDefault,
    ...talk,
  };
}

/** `messages`, which must be there and not be empty. */
export function requiredMessages(json: Json): readonly unknown[] {
  const messages = optionalList(json, 'messages');
  if (messages === null) throw badField('messages', 'is missing; send a list of {"role", "content"}');
  if (messages.length === 0) throw badField('messages', 'is empty; send at least one message');
  return messages;
}

/** Role of a message, lower case as Ollama makes it. */
export function roleOf(message: Json, index: number): string {
  const { role } = message;
  if (typeof role !== 'string' || role === '') {
    throw badField(`messages[${index}].role`, 'must be a string such as "user"');
  }
  return role.toLowerCase();
}
