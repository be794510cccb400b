import type { TextRecord } from '../contract/event.ts';
import type { Assignment } from '../domain/routing.ts';
import type { RawBody, Skim } from './wire/wire.ts';

/** What is kept of one request's messages, in characters: as much as of an answer. */
const MAX_SAID_CHARS = 1024 * 1024;

/** The new messages of a request, as texts. */
export interface Said {
  readonly messages: TextRecord['messages'];
  /** There was more than is kept. */
  readonly isCut: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/** What is to be kept of a request's words, where a model that may answer it wants that; its body may then go. */
export function saidIn(body: RawBody, { serving, standby }: Assignment): Said | null {
  return serving.capture === 'full' || standby?.capture === 'full' ? newMessages(body.skim) : null;
}

/** The messages behind the last answer: clients resend the whole conversation, of which the rest is known. */
export function newMessages({ json, textOf }: Skim): Said {
  if (typeof json.prompt === 'string') return cut([{ role: 'user', content: textOf(json.prompt) }]);
  const messages = Array.isArray(json.messages) ? (json.messages as readonly Json[]) : [];
  // An assistant's message at the very end is the beginning of the answer that is asked for.
  const answered = messages.findLastIndex(
    ({ role }, index) => role === 'assistant' && index + 1 < messages.length,
  );
  const fresh = messages.slice(answered + 1);
  return cut(fresh.map(({ role, content }) => ({ role: String(role), content: textIn(content, textOf) })));
}

function textIn(content: unknown, textOf: Skim['textOf']): string {
  if (typeof content === 'string') return textOf(content);
  if (!Array.isArray(content)) return '';
  const texts = (content as readonly Json[]).map(({ text }) =>
    typeof text === 'string' ? textOf(text) : '',
  );
  return texts.filter((text) => text !== '').join('\n');
}

function cut(messages: TextRecord['messages']): Said {
  let left = MAX_SAID_CHARS;
  let isCut = false;
  const kept = messages.map(({ role, content }) => {
    const text = content.slice(0, left);
    left -= text.length;
    isCut ||= text.length < content.length;
    return { role, content: text };
  });
  return { messages: kept, isCut };
}
