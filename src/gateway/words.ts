import { MAX_MESSAGE_CHARS } from '../domain/fold-text.ts';
import type { Assignment } from '../domain/routing.ts';
import type { RawBody, Skim } from './wire/wire.ts';

/** A text among images and files is read by the first and the last parts of its message. */
const MAX_PARTS = 16;

/** The user's messages that facts are told from, each by its two ends; decoded when asked for, off the request's path. */
export interface Words {
  last(): string;
  /** The user's message before; null where the client does not resend the conversation. */
  previous(): string | null;
}

type Json = Readonly<Record<string, unknown>>;

/** What the facts about a request need of its body, where a model that may answer it lets its texts be used. */
export function wordsIn(body: RawBody, { serving, standby }: Assignment): Words | null {
  const isUsed = serving.capture !== 'off' || (standby !== null && standby.capture !== 'off');
  return isUsed ? userWords(body.skim) : null;
}

export function userWords(skim: Skim): Words | null {
  const [last, previous] = lastUserContents(skim.json, 2);
  if (last === undefined) return null;
  return {
    last: keep(last, skim),
    previous: previous === undefined ? () => null : keep(previous, skim),
  };
}

/** Contents of the last user messages, the last first; a prompt is one. */
export function lastUserContents({ prompt, messages }: Json, most: number): readonly unknown[] {
  if (typeof prompt === 'string') return [prompt];
  const found: unknown[] = [];
  if (!Array.isArray(messages)) return found;
  for (let at = messages.length - 1; at >= 0 && found.length < most; at -= 1) {
    const { role, content } = messages[at] as Json;
    if (role === 'user' || (typeof role === 'string' && role.toLowerCase() === 'user')) found.push(content);
  }
  return found;
}

function keep(content: unknown, skim: Skim): () => string {
  if (typeof content === 'string') return skim.keep(content, MAX_MESSAGE_CHARS);
  if (!Array.isArray(content)) return () => '';
  const texts = (content as readonly Json[])
    .map(({ text }) => text)
    .filter((text) => typeof text === 'string');
  const half = MAX_PARTS / 2;
  const few = texts.length <= MAX_PARTS ? texts : [...texts.slice(0, half), ...texts.slice(-half)];
  const kept = few.map((text) => skim.keep(text, MAX_MESSAGE_CHARS));
  return () =>
    kept
      .map((text) => text())
      .filter((text) => text !== '')
      .join('\n');
}
