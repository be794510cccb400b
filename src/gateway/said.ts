import type { NewText } from '../contract/frame.ts';
import type { Assignment } from '../domain/routing.ts';
import type { RawBody, Skim } from './wire/wire.ts';

/** What is kept of one request's messages, in characters, or in bytes where they are kept as they came. */
const MAX_SAID = 1024 * 1024;

/** The new messages of a request, as texts. */
export interface Said {
  readonly messages: NewText['messages'];
  /** There was more than is kept. */
  readonly isCut: boolean;
  /** Messages before them; null where they are not all that was asked, so that it cannot be asked again. */
  readonly before: number | null;
}

/** What of a request no text holds: what a model may do, and the form in which it is to answer. */
const BEYOND_TEXT = ['tools', 'functions', 'format', 'response_format'];
/** The same of a prompt without a conversation. */
const BEYOND_PROMPT = ['system', 'template', 'context', 'suffix', 'images', 'raw'];

type Json = Readonly<Record<string, unknown>>;

/** What is to be kept of a request's words, where a model that may answer it wants that; its body may then go. */
export function saidIn(body: RawBody, { serving, standby }: Assignment): Said | null {
  return serving.capture === 'full' || standby?.capture === 'full' ? newMessages(body.skim) : null;
}

/** The messages behind the last answer: clients resend the whole conversation, of which the rest is known. */
export function newMessages(skim: Skim): Said {
  const { json } = skim;
  const isPlain = !holdsAny(json, BEYOND_TEXT);
  if (typeof json.prompt === 'string') {
    const before = isPlain && !holdsAny(json, BEYOND_PROMPT) ? 0 : null;
    return { ...cut([{ role: 'user', content: json.prompt }], skim), before };
  }
  const messages = Array.isArray(json.messages) ? (json.messages as readonly Json[]) : [];
  // An assistant's message at the very end is the beginning of the answer that is asked for.
  const answered = messages.findLastIndex(
    ({ role }, index) => role === 'assistant' && index + 1 < messages.length,
  );
  const fresh = messages.slice(answered + 1);
  return { ...cut(fresh, skim), before: isPlain && fresh.every(isText) ? answered + 1 : null };
}

function holdsAny(json: Json, names: readonly string[]): boolean {
  return names.some((name) => {
    const value = json[name];
    return Array.isArray(value) ? value.length > 0 : Boolean(value);
  });
}

/** Said by a person or a system, in nothing but words. */
function isText({ role, content, images }: Json): boolean {
  if (role === 'tool' || role === 'function' || (Array.isArray(images) && images.length > 0)) return false;
  return Array.isArray(content) ? content.every((part: Json) => typeof part.text === 'string') : true;
}

function cut(messages: readonly Json[], skim: Skim): Pick<Said, 'messages' | 'isCut'> {
  let left = MAX_SAID;
  let isCut = false;
  const kept = messages.map(({ role, content }) => {
    if (typeof content === 'string') {
      const copy = skim.copyOf(content);
      const length = typeof copy === 'string' ? copy.length : copy.length - 2; // its quotes
      if (length <= left) {
        left -= length;
        return { role: String(role), content: copy };
      }
    }
    const text = textIn(content, skim.textOf);
    const most = text.slice(0, left);
    left -= most.length;
    isCut ||= most.length < text.length;
    return { role: String(role), content: most };
  });
  return { messages: kept, isCut };
}

function textIn(content: unknown, textOf: Skim['textOf']): string {
  if (typeof content === 'string') return textOf(content);
  if (!Array.isArray(content)) return '';
  const texts = (content as readonly Json[]).map(({ text }) =>
    typeof text === 'string' ? textOf(text) : '',
  );
  return texts.filter((text) => text !== '').join('\n');
}
