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
}

type Json = Readonly<Record<string, unknown>>;

/** What is to be kept of a request's words, where a model that may answer it wants that; its body may then go. */
export function saidIn(body: RawBody, { serving, standby }: Assignment): Said | null {
  return serving.capture === 'full' || standby?.capture === 'full' ? newMessages(body.skim) : null;
}

/** The messages behind the last answer: clients resend the whole conversation, of which the rest is known. */
export function newMessages(skim: Skim): Said {
  const { json } = skim;
  if (typeof json.prompt === 'string') return cut([{ role: 'user', content: json.prompt }], skim);
  const messages = Array.isArray(json.messages) ? (json.messages as readonly Json[]) : [];
  // An assistant's message at the very end is the beginning of the answer that is asked for.
  const answered = messages.findLastIndex(
    ({ role }, index) => role === 'assistant' && index + 1 < messages.length,
  );
  const fresh = messages.slice(answered + 1);
  return cut(fresh, skim);
}

function cut(messages: readonly Json[], skim: Skim): Said {
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
